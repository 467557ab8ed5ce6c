"""How long the warm-up has to be: MSER-5, on the images in the system hour by hour."""

from __future__ import annotations

from math import ceil, isnan, nan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from sim.clock import HOUR, WEEK
from sim.demand.profile import HOURS_OF_WEEK
from sim.stats.intervals import t_intervals
from sim.study.tables import with_levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.runs.replication import Outcome
    from sim.scenario.load import Levels

    Floats = NDArray[np.float64]

BATCH = 5
"""Values that a batch averages: the 5 of MSER-5."""
FEWEST_LEFT = 5
"""Batches that have to be left: with fewer, their variance is luck."""
FEWEST_WEEKS = 3
"""Whole weeks that it takes to know the week's own shape."""


def mser5(series: Floats) -> int | None:
    """Return how many values at the start of a series MSER-5 leaves out.

    Parameters
    ----------
    series
        Shape (n,), evenly spaced in time.

    Returns
    -------
    int or None
        A multiple of 5; None where it would leave less than half, which is a sign that the series
        is too short, or never settles.

    Notes
    -----
    Batches of 5 are averaged, and as many are left out as make the mean of the rest most certain:
    the sum of squares about it, over the square of the number of batches, is least. White, "An
    effective truncation heuristic for bias reduction in simulation output", Simulation 69 (1997);
    Spratt (1998) for the batches; that less than half must go: Hoad, Robinson and Davies,
    "Automating warm-up length estimation", Journal of the Operational Research Society 61 (2010).
    """
    n = len(series) // BATCH
    if n < 2 * FEWEST_LEFT:
        return None
    batches = (
        series[: n * BATCH].reshape(n, BATCH).mean(axis=1)[::-1]
    )  # from the end, so that sums are of what is left
    left = np.arange(1, n + 1)
    total, squares = np.cumsum(batches), np.cumsum((batches - batches.mean()) ** 2)
    about = squares - left * (total / left - batches.mean()) ** 2
    error = (about / left**2)[FEWEST_LEFT - 1 :]
    kept = FEWEST_LEFT + int(
        np.flatnonzero(error <= error.min() * (1 + 1e-12))[-1]
    )  # of equals, leave out least
    return (n - kept) * BATCH if 2 * kept >= n else None


def suggested(in_system: Floats) -> float:
    """Return after how many hours MSER-5 finds that the start of a run stops to show.

    Parameters
    ----------
    in_system
        Shape (replications, hours): images in the system from the start of the run, which is a
        Monday at 00:00 UTC.

    Returns
    -------
    float
        NaN where the run is too short to tell, or never settles.

    Notes
    -----
    MSER-5 is made for a steady state. Here it is taken of the mean over the replications less the
    week's own shape, which is the median of each hour of the week over all weeks: what a week
    repeats is no sign of the start, and what the first weeks alone have is none of the shape.
    """
    weeks = in_system.shape[1] // HOURS_OF_WEEK
    if weeks < FEWEST_WEEKS:
        return nan
    by_week = in_system[:, : weeks * HOURS_OF_WEEK].mean(axis=0).reshape(weeks, HOURS_OF_WEEK)
    left_out = mser5((by_week - np.median(by_week, axis=0)).ravel())
    return nan if left_out is None else float(left_out)


class WarmUp(NamedTuple):
    """A warm-up beside the one that was given."""

    given_weeks: int
    suggested_hours: float
    """NaN where the run is too short to tell, or never settles."""
    suggested_weeks: float
    """Whole weeks that cover them."""
    change: float
    """Images in the system in the weeks between the two, less those in the weeks that come after;
    NaN without such."""
    low: float
    high: float

    @property
    def too_short(self) -> bool:
        """Whether the start shows in what is counted: the change is beyond chance."""
        return self.low > 0 or self.high < 0


def warm_up(in_system: Floats, given_weeks: int, confidence: float) -> WarmUp:
    """Return what MSER-5 suggests, and whether the weeks that it would leave out, and the scenario does not, differ.

    Parameters
    ----------
    in_system
        As for :func:`suggested`.
    given_weeks
        The scenario's warm-up.
    confidence
        Of the interval of the change.

    Notes
    -----
    MSER follows noise where weeks are few, so a longer suggestion is a warning only where a paired
    t-interval over the replications shows a change, too; whole weeks are compared, so the week's
    own shape cancels. Without a suggestion the first half is compared with the second: a backlog
    that never settles shows there.
    """
    hours, n_weeks = suggested(in_system), in_system.shape[1] // HOURS_OF_WEEK
    weeks = ceil(hours * HOUR / WEEK) if not isnan(hours) else nan
    until = (n_weeks + given_weeks) // 2 if isnan(weeks) else int(weeks)
    if not given_weeks < until < n_weeks:
        return WarmUp(given_weeks, hours, weeks, nan, nan, nan)
    by_week = (
        in_system[:, : n_weeks * HOURS_OF_WEEK]
        .reshape(len(in_system), n_weeks, HOURS_OF_WEEK)
        .mean(axis=2)
    )
    between, after = by_week[:, given_weeks:until].mean(axis=1), by_week[:, until:].mean(axis=1)
    change = t_intervals(between - after, confidence)
    return WarmUp(
        given_weeks, hours, weeks, float(change.mean), float(change.low), float(change.high)
    )


def warm_up_table(
    outcomes: Sequence[list[Outcome]], levels: Sequence[Levels], given_weeks: int, confidence: float
) -> pd.DataFrame:
    """Return what MSER-5 suggests at each design point, beside the warm-up that was given.

    Parameters
    ----------
    outcomes
        One list a replication, with an outcome a design point.
    levels
        Levels of each design point.
    given_weeks
        The scenario's.
    confidence
        Of the interval of the change; all points together keep it.

    Returns
    -------
    DataFrame
        A row a point: ``point``, a column for each factor, ``given_weeks, suggested_hours,
        suggested_weeks, change, low, high, too_short``.
    """
    each = 1 - (1 - confidence) / len(levels)
    frames = []
    for point, own in enumerate(levels):
        in_system = np.array(
            [replication[point].profiles.in_system for replication in outcomes], np.float64
        )
        found = warm_up(in_system, given_weeks, each)
        row = pd.DataFrame([{**found._asdict(), "too_short": found.too_short}])
        frames.append(with_levels(row, point, own))
    return pd.concat(frames, ignore_index=True)
