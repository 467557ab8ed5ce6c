"""Verdicts on targets: met, missed or not decided, and the interim analyses that decide.

Docs: ``docs/decisions/0008-gates.md`` says why, and what several interim analyses do to the error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, inf, isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.stats.intervals import UNKNOWN, Estimate, most_of, t_intervals, widened

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from sim.runs.replication import Outcome
    from sim.scenario.schema import ScenarioSpec
    from sim.scenario.targets import Asked, Gate, Precision, Target

ROUND = 1.5
"""How many times the replications of an interim analysis those of the next are."""


class State(StrEnum):
    """What can be said of a target at a design point."""

    MET = "met"
    MISSED = "missed"
    UNDECIDED = "not decided"


@dataclass(frozen=True)
class Verdict:
    """Whether a design point meets a target."""

    point: int
    levels: dict[str, Any]
    target: Target
    found: Estimate
    """The mean with the interval that is judged."""
    confidence: float
    """Confidence of that interval: higher than the scenario's, so that all verdicts of a study hold
    together."""

    @property
    def state(self) -> State:
        """Return the verdict."""
        return judged(self.target, self.found)

    def __str__(self) -> str:
        """Return the verdict in a sentence, with figure, interval and target."""
        where = ", ".join(f"{key} = {value}" for key, value in self.levels.items())
        word = "met" if self.state is State.MET else self.state.upper()
        return f"{word}: {target_words(self.target)}: {self.figure}{where and f' at {where}'}"

    @property
    def figure(self) -> str:
        """Return the figure with its interval in words."""
        mean, low, high = self.found
        if not self.found.known:
            return "was not measured"
        if isnan(low):
            return f"{mean:.4g} (no interval)"
        return f"{mean:.4g} ({low:.4g} to {high:.4g} at {confidence_words(self.confidence)})"


def confidence_words(confidence: float) -> str:
    """Return a confidence in percent, with two digits of what is left to 100 %."""
    return f"{100 - float(f'{100 * (1 - confidence):.2g}'):.10g} %"


def target_words(target: Target) -> str:
    """Return what a target asks for: ``on_time_share of guaranteed at least 0.98``."""
    bounds = {"at least": target.at_least, "at most": target.at_most}
    asked = " and ".join(f"{word} {bound:g}" for word, bound in bounds.items() if bound is not None)
    return f"{target.figure} {asked}"


def judged(target: Target, found: Estimate) -> State:
    """Return the verdict on a figure.

    Parameters
    ----------
    target
        Lowest and highest mean that meet it, either or both.
    found
        The mean with its interval, cut to what the measure can be.

    Returns
    -------
    State
        Met or missed where the interval lies wholly on one side. What no replication could measure
        is missed: a target of what is never there (a slip of the pen) must not pass. One
        replication alone decides nothing.
    """
    if not found.known:
        return State.MISSED
    least = -inf if target.at_least is None else target.at_least
    most = inf if target.at_most is None else target.at_most
    if found.low >= least and found.high <= most:
        return State.MET
    return State.MISSED if found.high < least or found.low > most else State.UNDECIDED


def schedule(replications: int, most: int | None) -> tuple[int, ...]:
    """Return the interim analyses, each as its number of replications.

    They are known before the first run.

    Parameters
    ----------
    replications
        Those of the scenario: the first analysis.
    most
        The limit; None or fewer for no more than those.

    Returns
    -------
    tuple of int
        Rising, each half as many again as the one before, up to the limit.
    """
    found = [replications]
    while most and found[-1] < most:
        found.append(min(ceil(ROUND * found[-1]), most))
    return tuple(found)


def interim_analyses(replications: int | Precision, gate: Gate) -> tuple[int, ...]:
    """Return the interim analyses of a scenario, each as its number of replications."""
    if isinstance(replications, int):
        return schedule(replications, gate.most_replications)
    most = (replications.at_most, gate.most_replications)
    return tuple(sorted({n for limit in most for n in schedule(replications.at_least, limit)}))


def confidence_of_each(confidence: float, n_verdicts: int, n_analyses: int) -> float:
    """Return the confidence of each interval, so that all hold together at the scenario's.

    Notes
    -----
    The Bonferroni inequality over targets x design points x analyses: Dunn, "Multiple comparisons
    among means", Journal of the American Statistical Association 56 (1961). It asks nothing of how
    the figures or the analyses depend on each other, and the analyses are known in advance, so stopping
    at one of them does no harm.
    """
    return 1 - (1 - confidence) / max(n_verdicts * n_analyses, 1)


def verdict_estimate(row: pd.Series | None, confidence: float, wanted: float) -> Estimate:
    """Return the figure of a row of the summary, its interval brought to another confidence."""
    if row is None:
        return UNKNOWN
    mean, low, high = (float(row[name]) for name in ("mean", "low", "high"))
    half_width = widened((high - low) / 2, int(row["n"]), confidence, wanted)
    return Estimate(mean, mean - half_width, mean + half_width).within(
        0.0, most_of(str(row["measure"]))
    )


def all_decided(spec: ScenarioSpec, outcomes: tuple[list[Outcome], ...]) -> bool:
    """Return whether every target is met or missed at every design point.

    Parameters
    ----------
    spec
        The scenario.
    outcomes
        One list a replication, with an outcome a design point.
    """
    return all(
        State.UNDECIDED is not judged(target, found) for target, found in _estimates(spec, outcomes)
    )


def _estimates(
    spec: ScenarioSpec, outcomes: tuple[list[Outcome], ...]
) -> Iterator[tuple[Target, Estimate]]:
    n_points = len(outcomes[0])
    n_analyses = len(interim_analyses(spec.replications, spec.gate))
    confidence = confidence_of_each(spec.confidence, len(spec.targets) * n_points, n_analyses)
    for target in spec.targets:
        found = t_intervals(values_of(target, outcomes), confidence)
        for point in range(n_points):
            mean, low, high = (float(part[point]) for part in (found.mean, found.low, found.high))
            yield target, Estimate(mean, low, high).within(0.0, most_of(target.measure))


def values_of(asked: Asked, outcomes: tuple[list[Outcome], ...]) -> NDArray[np.float64]:
    """Return a figure in every run, shape (replications, points), NaN where there is none."""
    key = asked.figure
    return np.array([[outcome.figures.get(key, np.nan) for outcome in row] for row in outcomes])
