"""What a reader of a study has to mind.

A warm-up that is too short, an interval that is wider than was asked for.
"""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from sim.report.words import listed, number, words_of
from sim.results.figure import ALL
from sim.runs.gate import confidence_words

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.study import Study


def cautions(study: Study) -> list[str]:
    """Return what has to be minded, each in a sentence; none for a study that is in order.

    Parameters
    ----------
    study
        The results.
    """
    return [*_warm_up(study), *_precision(study)]


def precision_words(study: Study) -> str:
    """Return the half-width that was reached, in a sentence.

    Empty where a number of replications was asked for.
    """
    reached, until = study.precision(), study.until
    if until is None or any(isnan(point.half_width) for point in reached):
        return ""
    n = len(study.manifest["replications"])
    widest = max(point.half_width for point in reached)
    return f"Precision: {_asked(study)}: {widest:.3g} or less after {n} replications"


def _asked(study: Study) -> str:
    until = study.until
    assert until is not None
    of = listed([level for level in until.figure[1:] if level != ALL]) or ALL
    confidence = confidence_words(until.confidence or study.confidence)
    return f"half-width of {words_of(until.measure)} of {of} at {confidence}, asked {until.half_width:g}"


def _precision(study: Study) -> list[str]:
    wide = [point for point in study.precision() if not point.is_enough]
    if not wide:
        return []
    known = [point.half_width for point in wide if not isnan(point.half_width)]
    found = f"is up to {max(known):.3g}" if known else "was not measured"
    n = len(study.manifest["replications"])
    where = f" at {len(wide)} of {len(study.manifest['points'])} settings" if study.factors else ""
    return [
        f"The {_asked(study)}, {found}{where} after {n} replications: raise replications.at_most."
    ]


def _warm_up(study: Study) -> list[str]:
    table = study.tables.get("warm_up")
    if table is None or not table["too_short"].any():
        return []
    short = table[table["too_short"]]
    worst = short.iloc[int(short["change"].abs().argmax())]
    weeks = int(worst["given_weeks"])
    given = "1 week" if weeks == 1 else f"{weeks} weeks"
    if isnan(worst["suggested_weeks"]):
        return [
            f"The plant does not settle: after a warm-up of {given} the first half of what is counted has "
            f"{_images(worst)} in the system than the second. Take more weeks, or read the "
            "figures as those of these very weeks."
        ]
    return [
        f"The warm-up of {given} is too short: MSER-5 suggests {int(worst['suggested_weeks'])}, and the weeks between "
        f"have {_images(worst)} in the system than those after. Raise horizon.warm_up_weeks."
    ]


def _images(row: pd.Series) -> str:
    """Return a change as ``120 (80 to 160) images more``."""
    way = "more" if row["change"] > 0 else "fewer"
    low, high = sorted((abs(row["low"]), abs(row["high"])))
    return f"{number(abs(row['change']))} ({number(low)} to {number(high)}) images {way}"
