"""Targets in words: what was asked, and at which design points it was met."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isnan
from typing import TYPE_CHECKING, NamedTuple

from sim.report.words import factor_names, level_words, listed, number, percent
from sim.runs.gate import State
from sim.stats.intervals import Estimate

if TYPE_CHECKING:
    from sim.results.figure import Figure
    from sim.runs.gate import Verdict
    from sim.scenario.targets import Target
    from sim.study.study import Study


class Measured(NamedTuple):
    """A measure in words."""

    name: str
    noun: str = ""
    """What it is taken of, where commitment and service tell that apart."""
    unit: str = ""
    """After the number; a share and a utilisation are said in percent."""


MEASURES = {
    "on_time_share": Measured("on-time share", "images", "%"),
    "tranche_on_time_share": Measured("on-time share", "tranches", "%"),
    "order_on_time_share": Measured("on-time share", "orders", "%"),
    "tardiness_hours_p95": Measured("95 % point of the tardiness", "images", "h"),
    "overflow_share": Measured("overflow", "images", "%"),
    "overflow_images_per_day": Measured("overflow a day", "images", "images"),
    "unpromised_share": Measured("share without a deadline", "images", "%"),
    "refused_share": Measured("refused share", "images", "%"),
    "censored_share": Measured("unfinished share", "images", "%"),
    "pile_up_factor": Measured("Monday pile-up", unit="times"),
    "monday_backlog": Measured("Monday backlog", unit="images"),
    "utilisation": Measured("utilisation", unit="%"),
    "wait_minutes_mean": Measured("mean wait", "images", "min"),
    "in_system_mean": Measured("mean number in the system", unit="images"),
    "time_in_system_hours_mean": Measured("mean time in the system", "images", "h"),
    "throughput_per_day": Measured("deliveries a day", unit="images"),
    "support_on_time_share": Measured("share of reviews answered in time", unit="%"),
}
NOT_MEASURED = "not measured"
WORDS = (*State, NOT_MEASURED)
LISTED = 8
"""More levels of a factor than this are counted, not listed; of several factors, more than one
design point."""


def by_target(study: Study) -> list[list[Verdict]]:
    """Return the verdicts on each target, a list of all design points for each."""
    verdicts, n = study.verdicts(), len(study.manifest["points"])
    return [verdicts[start : start + n] for start in range(0, len(verdicts), n)]


def subject(figure: Figure) -> str:
    """Return what a figure is of: ``on-time share of guaranteed images``."""
    measure, *kinds, pool = figure
    name, noun, _ = MEASURES.get(measure, Measured(measure.replace("_", " "), "images"))
    kinds = [kind.replace("_", " ") for kind in kinds if kind != "all"]
    of = f" of {' '.join([*(kinds or ['all']), noun])}" if noun else ""
    return f"{name}{of}{f' in {pool}' if pool != 'all' else ''}"


def unit_of(measure: str) -> str:
    """Return the unit of a measure, ``%`` for a share; empty where it has none."""
    return MEASURES[measure].unit if measure in MEASURES else ""


def asked(target: Target) -> str:
    """Return what a target asks for: ``at least 97 %``."""
    bound = (("at least", target.at_least), ("at most", target.at_most))
    return " and ".join(
        f"{word} {exactly(target.measure, value)}" for word, value in bound if value is not None
    )


def exactly(measure: str, value: float) -> str:
    """Return a bound with its unit as it was given."""
    unit = MEASURES.get(measure, Measured("")).unit
    return f"{100 * value:g} %" if unit == "%" else f"{value:,g} {unit}".rstrip()


def said(measure: str, value: Estimate) -> str:
    """Return a figure with its unit."""
    if not value.known:
        return "not measured"
    unit = MEASURES.get(measure, Measured("")).unit
    return f"{percent(value.mean)} %" if unit == "%" else f"{number(value.mean)} {unit}".rstrip()


def interval(measure: str, value: Estimate) -> str:
    """Return the bounds of a figure with their unit, or nothing."""
    unit = MEASURES.get(measure, Measured("")).unit
    write: Callable[[float], str] = percent if unit == "%" else number
    return "" if isnan(value.low) else f"{write(value.low)} to {write(value.high)} {unit}".rstrip()


def verdict_words(study: Study, verdicts: Sequence[Verdict]) -> str:
    """Return at which design points a target is met: ``met at DGI 100 and 200.

    Missed at DGI 300``.
    """
    if len(verdicts) == 1:
        return word_of(verdicts[0])
    points = {word: [one.point for one in verdicts if word_of(one) == word] for word in WORDS}
    return "; ".join(f"{word} {points_words(study, own)}" for word, own in points.items() if own)


def word_of(verdict: Verdict) -> str:
    """Return the verdict in a word or two.

    What was not measured is missed, and called what it is.
    """
    return str(verdict.state) if verdict.found.known else NOT_MEASURED


def points_words(study: Study, points: Sequence[int]) -> str:
    """Return design points in words.

    ``at DGI 100 and 200``, ``at all 5 levels``, ``at 12 of 40 design points``.
    """
    n, one_factor = len(study.manifest["points"]), len(study.factors) == 1
    kind = "levels" if one_factor else "design points"
    if len(points) == n > 1:
        return f"at both {kind}" if n == 2 else f"at all {n} {kind}"
    if len(points) > (LISTED if one_factor else 1):
        return f"at {len(points)} of {n} {kind}"
    words = [", ".join(level_words(study, point)) for point in points]
    name = f"{next(iter(factor_names(study).values()))} "
    return (
        f"at {name}{listed([word.removeprefix(name) for word in words])}"
        if one_factor
        else f"at {words[0]}"
    )


def target_rows(study: Study) -> list[dict[str, str]]:
    """Return each target with its verdict, for a list: ``subject, asked, verdict, state``."""
    return [
        {
            "subject": subject(verdicts[0].target.figure),
            "asked": asked(verdicts[0].target),
            "verdict": verdict_words(study, verdicts),
            "state": _state(verdicts),
        }
        for verdicts in by_target(study)
    ]


def _state(verdicts: Sequence[Verdict]) -> str:
    states = {verdict.state for verdict in verdicts}
    return str(*states).replace(" ", "-") if len(states) == 1 else "mixed"
