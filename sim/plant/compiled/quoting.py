"""Quotes and promises in hours, as :mod:`sim.plant.quotes` and :mod:`sim.sla.calendar` make them.

Runs start on a Monday at 00:00 UTC, so seconds since the start fall on the weekday that they say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.clock import DAY, WEEK
from sim.plant.compiled.jit import Whole, part
from sim.plant.compiled.tables import CAPACITY, PAUSE, ROLL, Quoting

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

BUSINESS_WEEK = 5 * DAY


@part
def hours_due(at: Whole, seconds: Whole, weekend: Whole) -> Whole:
    """Return the deadline of a promise in hours; the rule of :func:`sim.sla.calendar.hours_due`."""
    if weekend == PAUSE:
        worked = at // WEEK * BUSINESS_WEEK + min(at % WEEK, BUSINESS_WEEK) + seconds
        return worked // BUSINESS_WEEK * WEEK + worked % BUSINESS_WEEK
    due = at + seconds
    if weekend == ROLL and due % WEEK >= BUSINESS_WEEK:
        due += (7 - due % WEEK // DAY) * DAY
    return due


@part
def first_at_least(values: Ints, low: Whole, high: Whole, value: Whole) -> Whole:
    """Return the first place from `low` on, before `high`, whose value is not below `value`.

    `high` for none.
    """
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@part
def offered_until(quoting: Quoting, pool: Whole, at: Whole) -> Whole:
    """Return the editor-seconds that a pool's roster offers before an instant."""
    first, end = quoting.first_time[pool], quoting.first_time[pool + 1]
    step = first_at_least(quoting.times, first, end, at + 1) - 1
    if step < first:
        return 0
    return quoting.offered[step] + quoting.heads[step] * (at - quoting.times[step])


@part
def covered_at(quoting: Quoting, pool: Whole, now: Whole, work: Whole) -> Whole:
    """Return the earliest instant by which a pool's hours from now on cover so many editor-seconds."""
    first, end = quoting.first_time[pool], quoting.first_time[pool + 1]
    goal = offered_until(quoting, pool, now) + work
    missing = goal - quoting.offered[end - 1]
    if missing > 0:
        week = quoting.last_week[pool]
        return quoting.times[end - 1] + missing // week * WEEK - (-(missing % week * WEEK) // week)
    step = first_at_least(quoting.offered, first, end, goal) - 1
    if step < first:
        return now
    return max(now, quoting.times[step] - (quoting.offered[step] - goal) // quoting.heads[step])


@part
def planned_seconds(work: Whole, numerator: Whole, denominator: Whole) -> Whole:
    """Return the hours, in seconds, that a plan sets aside for editor-milliseconds of work, rounded up."""
    unit = 1000 * numerator
    return work // unit * denominator - (-(work % unit * denominator) // unit)


@part
def ready_at(quoting: Quoting, now: Whole, images: Whole, at_station: Ints) -> Whole:
    """Return when the rosters cover all released work and so many new images, the last of the pools."""
    ready = now
    for pool in range(len(quoting.last_week)):
        work = images * quoting.work[0, pool]
        for station in range(len(at_station)):
            work += at_station[station] * quoting.work[station, pool]
        if work > 0:
            seconds = planned_seconds(work, quoting.numerator, quoting.denominator)
            ready = max(ready, covered_at(quoting, pool, now, seconds))
    return ready


@part
def quoted_due(
    quoting: Quoting,
    now: Whole,
    plan: Whole,
    place: Whole,
    earliest: Whole,
    images: Whole,
    at_station: Ints,
) -> Whole:
    """Return the deadline of a reviewed tranche.

    Arguments as :meth:`sim.plant.quotes.Quotes.due`.
    """
    rule = quoting.rule[plan]
    if rule >= 0:
        return hours_due(now, rule, quoting.weekend[plan])
    ready = ready_at(quoting, now, images, at_station) if rule == CAPACITY else now
    first, end = quoting.first_due[plan, place], quoting.first_due[plan, place + 1]
    return quoting.dues[
        min(first_at_least(quoting.dues, first, end, max(ready, earliest)), end - 1)
    ]
