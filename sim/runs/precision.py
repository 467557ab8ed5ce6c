"""How many replications: on until an interval is narrow enough.

The rule: analyse after n replications, each time half as many again as the one before; stop at the
first analysis at which the t-interval of the figure is narrow enough at every design point, or at the
limit. Source of the rule: Chow and Robbins, "On the asymptotic theory of fixed-width sequential
confidence intervals for the mean", Annals of Mathematical Statistics 36 (1965); in simulation, Law,
*Simulation Modeling and Analysis*, 5th ed., section 9.4.1. It stops early more often where the
variance happens to be seen small, so it errs a little more often than it says when the first one
comes after few replications. ``docs/statistics.md`` has the coverage that was measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.runs.gate import all_decided, values_of
from sim.stats.intervals import t_intervals, widened

if TYPE_CHECKING:
    import pandas as pd

    from sim.runs.replication import Outcome
    from sim.scenario.schema import ScenarioSpec
    from sim.scenario.targets import Until


def enough(spec: ScenarioSpec, outcomes: tuple[list[Outcome], ...]) -> bool:
    """Return whether a study may stop: its interval narrow enough, its targets decided.

    Parameters
    ----------
    spec
        The scenario; gives precision, targets, gate and confidence.
    outcomes
        One list a replication, with an outcome a design point.

    Notes
    -----
    Each is waited for up to a limit of its own: ``replications.at_most`` and
    ``gate.most_replications``.
    """
    wide = not isinstance(spec.replications, int) and len(outcomes) < spec.replications.at_most
    if wide and not _narrow(spec, outcomes):
        return False
    return len(outcomes) >= (spec.gate.most_replications or 0) or all_decided(spec, outcomes)


def _narrow(spec: ScenarioSpec, outcomes: tuple[list[Outcome], ...]) -> bool:
    """Return whether the interval is narrow enough wherever the figure exists."""
    assert not isinstance(spec.replications, int)
    until = spec.replications.until
    values = values_of(until, outcomes)
    found = t_intervals(values, until.confidence or spec.confidence)
    half_width = np.where(found.n > 0, found.high - found.mean, 0.0)
    return bool(np.all(half_width <= until.half_width))  # NaN, of one value alone, is not


@dataclass(frozen=True)
class Precise:
    """The half-width that was reached at a design point."""

    levels: dict[str, Any]
    half_width: float
    """NaN where the figure was measured in fewer than two replications."""
    is_enough: bool


def precise(
    until: Until, levels: dict[str, Any], row: pd.Series | None, confidence: float
) -> Precise:
    """Return what was reached at a design point.

    Parameters
    ----------
    until
        What was asked for.
    levels
        Levels of the design point.
    row
        The figure's row of the summary.
    confidence
        Confidence of the interval in that row.
    """
    if row is None:
        return Precise(levels, float("nan"), False)
    half_width = (float(row["high"]) - float(row["low"])) / 2
    reached = widened(half_width, int(row["n"]), confidence, until.confidence or confidence)
    return Precise(levels, reached, reached <= until.half_width * (1 + 1e-9))
