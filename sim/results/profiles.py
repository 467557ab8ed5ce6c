"""Results over time: by day, by hour of the week, over the weekends, and by lateness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, HOUR, NAT, WEEK, day_number
from sim.demand.profile import HOURS_OF_WEEK, hour_of_week
from sim.results.curves import counts_at, hours_between, lasting, seconds_until
from sim.results.measures import due_by_weekday
from sim.results.view import View, local_time, working_times
from sim.sla.words import COMMITMENTS, DELIVERY_PLAN, TO_BE_CONFIRMED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.results.ledger import Ledger

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FRIDAY = 4 * DAY
WEEKEND_HOURS = 5 * 24  # Friday 00:00 to the end of Tuesday, UTC
LATENESS_EDGES = np.arange(-72, 73, 2)  # hours; what lies beyond is counted in the outermost bins


@dataclass(frozen=True)
class Profiles:
    """Counts of one replication over time."""

    by_day: dict[str, Floats]
    """Each of shape (days,), by the calendar day of the window."""
    by_hour: dict[tuple[str, str], Floats]
    """Each of shape (168,), by quantity and pool, for the hours of a mean week in UTC from Monday 00:00."""
    weekends: Ints
    """Shape (weekends, 121): unfinished images at each full hour from Friday 00:00 UTC to Wednesday 00:00."""
    due_by_weekday: Floats
    """Shape (7,): images due a week by the customers' weekday, Monday first."""
    lateness: dict[str, Ints]
    """Each of shape (bins,): done images by hours from the deadline, by commitment; negative is early."""


def profiles(ledger: Ledger) -> Profiles:
    """Return the results of a replication over time.

    Parameters
    ----------
    ledger
        The rows of the replication.

    Returns
    -------
    Profiles
        Of the same shapes for every replication of a scenario.
    """
    view = View(ledger)
    return Profiles(
        by_day=_by_day(view),
        by_hour=_by_hour(view),
        weekends=_weekends(ledger),
        due_by_weekday=due_by_weekday(view) / (ledger.window.days / 7),
        lateness=_lateness(view),
    )


def _by_day(view: View) -> dict[str, Floats]:
    """Return counts by the customers' calendar day, and the backlog at 00:00 UTC of that date."""
    ledger, owed = view.ledger, view.owed
    days = np.arange(day_number(ledger.window.start), day_number(ledger.window.end))
    over = np.isin(owed.commitment, (TO_BE_CONFIRMED, DELIVERY_PLAN))

    def count(at: Ints, rows: NDArray[np.bool_]) -> Floats:
        rows = rows & (at != NAT)
        day = day_number(local_time(ledger, owed.order[rows], at[rows])) - days[0]
        inside = (day >= 0) & (day < len(days))
        return np.bincount(day[inside], minlength=len(days)).astype(np.float64)

    every = np.ones(len(owed), np.bool_)
    return {
        "submitted": count(owed.began_at, view.first),
        "overflow": count(owed.began_at, view.first & over),
        "rejected": count(owed.began_at, ~view.first),
        "due": count(owed.due_at, every),
        "late": count(owed.due_at, view.late),
        "done": count(owed.done_at, every),
        "backlog": _backlog(ledger, days * DAY).astype(np.float64),
    }


def _backlog(ledger: Ledger, at: Ints) -> Ints:
    """Return the unfinished images at some full hours, in rising order."""
    rows = ledger.deliveries
    hours = hours_between(int(at[0]), int(at[-1])) if len(at) else at
    starts, ends = lasting(rows.began_at, rows.done_at, np.iinfo(np.int64).max // 2)
    return counts_at(starts, ends, hours)[(at - hours[0]) // HOUR] if len(at) else at


def _by_hour(view: View) -> dict[tuple[str, str], Floats]:
    ledger, owed = view.ledger, view.owed
    weeks = ledger.window.days / 7
    rows = {"submitted": owed.began_at[view.first], "due": owed.due_at, "done": owed.done_at}
    table = {
        (name, "all"): np.bincount(hour_of_week(at[at != NAT]), minlength=HOURS_OF_WEEK) / weeks
        for name, at in rows.items()
    }
    hours = hours_between(ledger.window.start, ledger.window.end)
    for number, pool in enumerate(ledger.pools):
        for name, times in zip(("busy_editors", "editors_on_shift"), working_times(ledger, number), strict=True):
            seconds = np.diff(seconds_until(*times, hours)).reshape(-1, HOURS_OF_WEEK)
            table[name, pool] = seconds.mean(axis=0) / HOUR
    table["backlog", "all"] = _backlog(ledger, hours[:-1]).reshape(-1, HOURS_OF_WEEK).mean(axis=0)
    return table


def _weekends(ledger: Ledger) -> Ints:
    """Return the backlog over every weekend that lies whole, to the end of its Tuesday, in the window."""
    fridays = np.arange(ledger.window.start + FRIDAY, ledger.window.end - 3 * DAY, WEEK)
    hours = fridays[:, None] + np.arange(WEEKEND_HOURS + 1) * HOUR
    return _backlog(ledger, hours.ravel()).reshape(hours.shape)


def _lateness(view: View) -> dict[str, Ints]:
    known = view.done & (view.owed.due_at != NAT)
    hours = (view.owed.done_at - view.owed.due_at) / HOUR
    inside = np.clip(hours, LATENESS_EDGES[0], LATENESS_EDGES[-1] - 1e-9)
    rows = {name: known & (view.owed.commitment == code) for code, name in enumerate(COMMITMENTS)}
    return {name: np.histogram(inside[of], LATENESS_EDGES)[0] for name, of in rows.items()}
