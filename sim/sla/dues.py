"""Deadlines with a clock time, for columns: found once a day of a zone, not once a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import DAY, day_number, weekday
from sim.sla.calendar import SATURDAY, public_holidays

if TYPE_CHECKING:
    from sim.arrays import Flags, Ints
    from sim.clock import Zone
    from sim.sla.terms import Plan

EPOCH_DAY = np.datetime64("1970-01-01", "D")


def dues_after(days: Ints, zone: Zone, plan: Plan) -> tuple[Ints, Flags]:
    """Return the deadline of what is uploaded on each day, rules STD-1 and WKD-1.

    Parameters
    ----------
    days
        Upload days on the customer's calendar, as counts of days since 1970-01-01; any shape.
    zone
        The customer's zone.
    plan
        Gives the due time and the holidays.

    Returns
    -------
    due : int64 array
        Seconds in UTC, in the shape of `days`; equal to :func:`sim.sla.calendar.due_after` of each
        day.
    moved : bool array
        Where a weekend or a holiday moved it.
    """
    wall = plan.standard.due_seconds
    first = due = zone.to_utc((days + 1) * DAY + wall)
    while (closed := is_closed_day(fallen := day_number(zone.to_local(due)), plan)).any():
        due = np.where(closed, zone.to_utc(_next_open(fallen, plan) * DAY + wall), due)
    return due, due != first


def is_closed_day(days: Ints, plan: Plan) -> Flags:
    """Tell for each day whether no promise with a clock time may fall on it.

    Parameters
    ----------
    days
        Counts of days since 1970-01-01; any shape.
    plan
        Says whose holidays count.

    Returns
    -------
    bool array
        True on Saturdays, Sundays and holidays, in the shape of `days`.
    """
    closed = weekday(days * DAY) >= SATURDAY
    if plan.holidays is None or days.size == 0:
        return closed
    return closed | np.isin(days, _holiday_numbers(plan.holidays, int(days.min()), int(days.max())))


def _holiday_numbers(country: str, first: int, last: int) -> Ints:
    """Return the holidays of all years from day `first` to day `last`, as counts of days."""
    years = range(_year(first), _year(last) + 1)
    days = [day for year in years for day in public_holidays(country, year)]
    return np.array(days, dtype="datetime64[D]").astype(np.int64)


def _year(day: int) -> int:
    """Return the calendar year of a day."""
    return int((EPOCH_DAY + day).astype("datetime64[Y]").astype(np.int64)) + 1970


def _next_open(days: Ints, plan: Plan) -> Ints:
    """Return for each day the first one after it that is not closed."""
    days = days + 1
    while (closed := is_closed_day(days, plan)).any():
        days = days + closed
    return days


def standard_due(at: Ints, zone: Zone, plan: Plan) -> Ints:
    """Return the guaranteed deadline of standard orders, rules STD-1, STD-2 and WKD-1.

    Parameters
    ----------
    at
        The arrivals, seconds in UTC; one dimension.
    zone
        The zone of all these customers.
    plan
        Gives the due time and the holidays.

    Returns
    -------
    int64 array
        Seconds in UTC, one a submission.
    """
    return dated(at, zone, plan).due_at


class Dates(NamedTuple):
    """What the customers' calendars say of arrivals, one row each.

    Parameters
    ----------
    day : int64 array
        The upload day, days since 1970-01-01.
    due_at : int64 array
        The standard deadline, seconds in UTC.
    moved : bool array
        Where WKD-1 moved that deadline.
    """

    day: Ints
    due_at: Ints
    moved: Flags


def dated(at: Ints, zone: Zone, plan: Plan) -> Dates:
    """Return upload day and standard deadline of each submission.

    The third column says whether a weekend moved the deadline.

    Parameters
    ----------
    at
        The arrivals, seconds in UTC; one dimension.
    zone
        The zone of all these customers.
    plan
        Gives the due time and the holidays.

    Returns
    -------
    Dates
        In the order of `at`.
    """
    day = day_number(zone.to_local(at))
    if day.size == 0:
        return Dates(day, day, np.zeros(0, dtype=np.bool_))
    first = int(day.min())
    due, moved = dues_after(np.arange(first, int(day.max()) + 1), zone, plan)
    return Dates(day, due[day - first], moved[day - first])


def business_dues(zone: Zone, plan: Plan, start: int, end: int) -> Ints:
    """Return the due time of every business day of a customer in a range.

    Parameters
    ----------
    zone
        The customer's zone.
    plan
        Gives the due time and the holidays.
    start, end
        The half-open range [start, end), seconds in UTC.

    Returns
    -------
    int64 array
        Sorted instants, each once: all the deadlines that rule WKD-1 can lead to.
    """
    # A business day's due time is the deadline of an upload on the day before; the rest is for the
    # offset.
    days = np.arange(day_number(start) - 3, day_number(end) + 3)
    dues = np.unique(dues_after(days, zone, plan)[0])
    return dues[(dues >= start) & (dues < end)]
