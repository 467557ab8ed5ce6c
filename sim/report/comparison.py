"""A comparison in words: the main figures as a table, and the answer in sentences."""

from __future__ import annotations

from math import isinf, isnan
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.report.answer_folder import one_object, records, write_answer
from sim.report.targets import MEASURES, said, subject
from sim.report.words import cut, level_words, listed, number
from sim.results.figure import KEYS, Figure
from sim.stats.intervals import Estimate
from sim.study.comparison import MAIN
from sim.study.diff import BETTER_NOW, CHANGED, NOT_SHOWN, NOT_TESTED, SAME, WORSE
from sim.study.manifest import code_part
from sim.study.own import own_point

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sim.study.comparison import SideBySide

ROUGH_BELOW = 10
"""Fewer pairs than this say only roughly what pairing is worth."""
FINDINGS = (WORSE, BETTER_NOW, CHANGED, NOT_SHOWN, SAME, NOT_TESTED)


def in_percent(measure: str) -> bool:
    """Return whether a measure is said in percent, and its differences in percentage points."""
    return measure in MEASURES and MEASURES[measure].unit == "%"


def settings(found: SideBySide, pair: int) -> tuple[str, str]:
    """Return the settings of a pair of design points in words.

    Empty for a study without factors.
    """
    first, second = (
        ", ".join(level_words(study, study.manifest["points"].index(levels)))
        for study, levels in zip((found.a, found.b), found.pairs[pair], strict=True)
    )
    return first, second


def shown_pair(found: SideBySide) -> int:
    """Return the pair at B's own setting, else at A's, else the first."""
    for study, side in ((found.b, 1), (found.a, 0)):
        if (own := own_point(study)) >= 0:
            levels = [pair[side] for pair in found.pairs]
            if study.manifest["points"][own] in levels:
                return levels.index(study.manifest["points"][own])
    return 0


def main_rows(found: SideBySide) -> list[dict[str, Any]]:
    """Return the main figures, pair by pair, in their order."""
    rows: list[dict[Any, Any]] = found.figures[found.figures["main"]].to_dict("records")
    order = {measure: place for place, (measure, *_) in enumerate(MAIN)}
    return sorted(rows, key=lambda row: (row["pair"], order[row["measure"]]))


def main_table(found: SideBySide) -> pd.DataFrame:
    """Return the main figures in words, a row a figure and pair of design points.

    Parameters
    ----------
    found
        The comparison.

    Returns
    -------
    DataFrame
        ``setting`` where there are several pairs, ``figure``, the mean of each side, the difference
        with its interval, the finding, and what pairing is worth, in times the replications.
    """
    names = f"A: {cut(found.a.name)}", f"B: {cut(found.b.name)}"
    several = {"setting"} if len(found.pairs) > 1 else set()
    rows = [
        {
            "setting": settings(found, row["pair"])[1],
            "figure": subject_of_row(row),
            names[0]: said(row["measure"], _point(row["a"])),
            names[1]: said(row["measure"], _point(row["b"])),
            "difference": difference_words(row),
            "finding": row["finding"],
            "pairing is worth": worth_words(row),
        }
        for row in main_rows(found)
    ]
    return pd.DataFrame(rows).drop(columns=list({"setting"} - several))


def _point(value: float) -> Estimate:
    return Estimate(value, value, value)


def subject_of_row(row: dict[str, Any]) -> str:
    """Return what a figure is of: ``on-time share of guaranteed images``."""
    return subject(Figure(*(row[name] for name in KEYS)))


def difference_words(row: dict[str, Any]) -> str:
    """Return a difference with its interval.

    Of shares in percentage points, of others in their own unit.
    """
    if isnan(row["difference"]):
        return "-"
    points = in_percent(row["measure"])
    unit = " points" if points else _unit(row["measure"])
    if row["finding"] == SAME:
        return f"0{unit}"
    mean, low, high = (
        f"{100 * value:+.2f}" if points else _signed(value)
        for value in (row["difference"], row["low"], row["high"])
    )
    return f"{mean}{unit}" + ("" if isnan(row["low"]) else f" ({low} to {high})")


def _unit(measure: str) -> str:
    """Return the unit of a difference, with a space; a factor has none."""
    unit = MEASURES[measure].unit if measure in MEASURES else ""
    return "" if unit in ("", "times") else f" {unit}"


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{number(value)}"


def worth_words(row: dict[str, Any]) -> str:
    """Return what pairing is worth: ``7.3 times (2.1 to 25)``.

    Nothing where nothing differs or nothing is paired.
    """
    factor, low, high = (row[f"variance_reduction{end}"] for end in ("", "_low", "_high"))
    if isnan(factor) or row["finding"] == SAME:
        return "-"
    if isinf(factor):
        return "all differences alike"
    return f"{_times(factor)} times" + ("" if isnan(low) else f" ({_times(low)} to {_times(high)})")


def _times(factor: float) -> str:
    return f"{factor:,.0f}" if factor >= 9.95 else f"{factor:.1f}"


def answer_lines(found: SideBySide) -> list[str]:
    """Return the answer in sentences.

    What the findings on the main figures are, how sure, and by which method.
    """
    return [_compared(found), _findings(found), *_pairing(found), *_others(found)]


def _compared(found: SideBySide) -> str:
    """Say what was compared with what."""
    names = ("A", "B")
    if len(found.pairs) > 1:
        return (
            f"A: {found.a.name}, B: {found.b.name}, at {len(found.pairs)} settings that both have."
        )
    sides = [
        f"{name}: {study.name}{setting and f' at {cut(setting) if len(setting) > 60 else setting}'}"
        for name, study, setting in zip(names, (found.a, found.b), settings(found, 0), strict=True)
    ]
    return f"{', '.join(sides)}."


def _findings(found: SideBySide) -> str:
    rows = main_rows(found)
    worse, better = (_subjects(found, rows, finding) for finding in (WORSE, BETTER_NOW))
    rest = [
        f"{finding}: {listed(words)}"
        for finding in FINDINGS[2:]
        if (words := _subjects(found, rows, finding))
    ]
    lead = f"B is better in {listed(better) or 'nothing'} and worse in {listed(worse) or 'nothing'}"
    if not better and not worse:
        lead = "B is shown neither better nor worse in a main figure"
    return "; ".join([lead, *rest]) + "."


def _subjects(found: SideBySide, rows: Sequence[dict[str, Any]], finding: str) -> list[str]:
    """Return the main figures of a finding, with the difference at one pair of points, or at how many it is so."""
    own = [row for row in rows if row["finding"] == finding]
    n = len(found.pairs)
    words = []
    for name in dict.fromkeys(map(subject_of_row, own)):
        same = [row for row in own if subject_of_row(row) == name]
        tells = finding in (WORSE, BETTER_NOW, CHANGED)
        at = f" at {len(same)} of {n} settings" if 1 < n != len(same) else ""
        words.append(
            f"{name}{at}" + (f" by {difference_words(same[0])}" if tells and n == 1 else "")
        )
    return words


def _pairing(found: SideBySide) -> list[str]:
    """Say whether replications were paired, and what that is worth."""
    n = int(found.figures["n_b"].max())
    if not found.paired:
        return [_not_paired(found)]
    rows = [
        row
        for row in main_rows(found)
        if not isnan(row["variance_reduction"]) and row["finding"] != SAME
    ]
    finite = [row["variance_reduction"] for row in rows if not isinf(row["variance_reduction"])]
    lead = f"{n} replications of each, paired by common random numbers"
    if not finite:
        return [f"{lead}."]
    low, high = _times(min(finite)), _times(max(finite))
    much = f"{low} times" if low == high else f"{low} to {high} times, by figure,"
    rough = f" (rough: {n} pairs tell little of it)" if n < ROUGH_BELOW else ""
    return [f"{lead}: as good as {much} the replications with independent draws{rough}."]


def _not_paired(found: SideBySide) -> str:
    seeds = [study.manifest["seed"] for study in (found.a, found.b)]
    common = set(found.a.manifest["replications"]) & set(found.b.manifest["replications"])
    if seeds[0] != seeds[1]:
        why = f"the seeds differ ({seeds[0]} and {seeds[1]})"
    elif len(common) < 2:
        why = "they have fewer than two replications in common"
    else:
        why = "the seeds of design points differ"
    remedy = "With one seed and the same replications, smaller differences show"
    return f"NOT PAIRED, for {why}: compared as independent samples (Welch's test). {remedy}."


def _others(found: SideBySide) -> list[str]:
    """Count the findings on all other figures, and say how sure all of them are."""
    counts = found.figures.loc[~found.figures["main"], "finding"].value_counts()
    said_ = ", ".join(f"{counts[finding]} {finding}" for finding in FINDINGS if finding in counts)
    sure = f"By chance alone a figure is called worse in at most {100 * (1 - found.confidence):g} % of comparisons"
    return [f"Of all other figures: {said_}. {sure}; an interval holds by itself."]


def comparison_json(found: SideBySide) -> str:
    """Return a comparison as one JSON object on one line; what is not there or infinite is null."""
    plain = {
        "a": found.a.name,
        "b": found.b.name,
        "confidence": found.confidence,
        "pairs": [pair._asdict() for pair in found.pairs],
        "figures": records(found.figures),
    }
    return one_object(plain)


def write_comparison(found: SideBySide, folder: Path, *, charts: bool) -> None:
    """Write ``differences.csv``, the manifest and, where wanted, the chart.

    Parameters
    ----------
    found
        The comparison.
    folder
        An existing folder.
    charts
        Draw the chart.
    """
    manifest = {
        "question": "compare",
        "answer": answer_lines(found),
        "pairs": [pair._asdict() for pair in found.pairs],
        "a": found.a.manifest,
        "b": found.b.manifest,
        "code": code_part()["code"],
    }
    write_answer(folder, {"differences": found.figures}, manifest)
    if charts:
        from sim.report.difference_chart import differences
        from sim.report.write import write_figure

        write_figure(differences(found), folder, "differences")
