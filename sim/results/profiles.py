"""Results over time: by day, by hour of the week, over the weekends, and by lateness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, HOUR, WEEK
from sim.demand.profile import HOURS_OF_WEEK
from sim.results.counts import EVENTS_BY_DAY, EVENTS_BY_HOUR
from sim.sla.words import COMMITMENTS

if TYPE_CHECKING:
    from sim.arrays import Floats, Ints
    from sim.results.counts import Counts

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FRIDAY = 4 * DAY
WEEKEND_HOURS = 5 * 24  # Friday 00:00 to the end of Tuesday, UTC


@dataclass(frozen=True)
class Profiles:
    """Counts of one replication over time."""

    by_day: dict[str, Floats]
    """Each of shape (days,), by the calendar day of the window."""
    by_hour: dict[tuple[str, str], Floats]
    """Each of shape (168,), by quantity and pool, for the hours of a mean week in UTC from Monday
    00:00."""
    in_system: Ints
    """Shape (hours,): images owed and not done at each full hour from the start of the run, warm-up
    included, to the end of the window."""
    weekends: Ints
    """Shape (weekends, 121): unfinished images at each full hour from Friday 00:00 UTC to Wednesday
    00:00."""
    due_by_weekday: Floats
    """Shape (7,): images due a week by the customers' weekday, Monday first."""
    lateness: dict[str, Ints]
    """Each of shape (bins,): done images by hours from the deadline, by commitment; negative is
    early."""


def profiles(counts: Counts) -> Profiles:
    """Return the results of a replication over time.

    Parameters
    ----------
    counts
        The counts of the replication.

    Returns
    -------
    Profiles
        Of the same shapes for every replication of a scenario.
    """
    return Profiles(
        by_day=_by_day(counts),
        by_hour=_by_hour(counts),
        in_system=np.concatenate([counts.warm_up, counts.backlog[:-1]]),
        weekends=_weekends(counts),
        due_by_weekday=counts.owed(counts.due_by_weekday).margin() / (counts.window.days / 7),
        lateness=dict(
            zip(COMMITMENTS, counts.owed(counts.lateness).margin("commitment"), strict=True)
        ),
    )


def _by_day(counts: Counts) -> dict[str, Floats]:
    """Return counts by the customers' calendar day, and the backlog at 00:00 UTC of that date."""
    events = {name: counts.by_day[row].astype(np.float64) for row, name in enumerate(EVENTS_BY_DAY)}
    return {**events, "backlog": counts.backlog[:-1:24].astype(np.float64)}


def _by_hour(counts: Counts) -> dict[tuple[str, str], Floats]:
    table = {
        (name, "all"): counts.by_hour[row] / (counts.window.days / 7)
        for row, name in enumerate(EVENTS_BY_HOUR)
    }
    for number, pool in enumerate(counts.levels["pool"]):
        table["busy_editors", pool] = _mean_week(counts.busy_seconds[number]) / HOUR
        table["editors_on_shift", pool] = _mean_week(counts.shift_seconds[number]) / HOUR
    table["backlog", "all"] = _mean_week(counts.backlog[:-1])
    return table


def _mean_week(hours: Ints) -> Floats:
    mean: Floats = hours.reshape(-1, HOURS_OF_WEEK).mean(axis=0)
    return mean


def _weekends(counts: Counts) -> Ints:
    """Return the backlog over every weekend that lies whole, to the end of its Tuesday, in the window."""
    fridays = np.arange(FRIDAY, counts.window.end - counts.window.start - 3 * DAY, WEEK) // HOUR
    weekends: Ints = counts.backlog[fridays[:, None] + np.arange(WEEKEND_HOURS + 1)]
    return weekends
