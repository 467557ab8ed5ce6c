"""Deadlines: the due time on business days of a customer, and hours on the production week.

A promise with a clock time lives on the customer's calendar. A promise in hours runs on the week in
UTC. The functions of days take one instant and go through ``datetime``, as the rules read; their
forms for columns, in ``sim.sla.dues``, must agree with them. The functions of hours take an int or
an int64 array alike.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal

from sim.clock import DAY, WEEK, Seconds, weekday

if TYPE_CHECKING:
    from sim.clock import Zone
    from sim.sla.terms import Plan, Window

SATURDAY = 5
MONDAY_OF_EPOCH = 4 * DAY  # 1970-01-05 was a Monday
BUSINESS_WEEK = 5 * DAY  # Monday 00:00 to Saturday 00:00

WeekendHours = Literal["roll", "pause", "none"]


@cache
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Return the public holidays of one year.

    Parameters
    ----------
    country
        A code of ISO 3166 that the ``holidays`` package knows.
    year
        The calendar year.

    Returns
    -------
    frozenset of date
        The days, observed days included.
    """
    from holidays import country_holidays  # slow to import, and seldom wanted

    return frozenset(day for day in country_holidays(country, years=year) if day.year == year)


def is_closed(day: date, plan: Plan) -> bool:
    """Tell whether a day has no promise with a clock time.

    Such days are Saturday, Sunday and the holidays of the plan.

    Parameters
    ----------
    day
        A date on the customer's calendar.
    plan
        Says whose holidays count.

    Returns
    -------
    bool
        True on a closed day.
    """
    if day.weekday() >= SATURDAY:
        return True
    return plan.holidays is not None and day in public_holidays(plan.holidays, day.year)


def due_after(day: date, zone: Zone, plan: Plan) -> int:
    """Return the deadline of what is uploaded on a day, rules STD-1 and WKD-1.

    Parameters
    ----------
    day
        The upload day, on the customer's calendar.
    zone
        The customer's zone.
    plan
        Gives the due time and the holidays.

    Returns
    -------
    int
        Seconds in UTC.

    Notes
    -----
    The due time on the next calendar day is made an instant first; the day on which it then falls
    is judged. From a closed day the deadline moves to the due time on the next day that is none,
    which is judged again.
    """
    due = zone.instant(day + timedelta(days=1), plan.standard.due_time)
    while is_closed(fallen := zone.local(due).date(), plan):
        due = zone.instant(_next_open(fallen, plan), plan.standard.due_time)
    return due


def _next_open(day: date, plan: Plan) -> date:
    """Return the first day after `day` that is not closed."""
    day += timedelta(days=1)
    return _next_open(day, plan) if is_closed(day, plan) else day


def next_business_due(at: int, zone: Zone, plan: Plan) -> int:
    """Return the due time on the customer's next business day: one business day after a deadline.

    Parameters
    ----------
    at
        The deadline, seconds in UTC.
    zone
        The customer's zone.
    plan
        Gives the due time and the holidays.

    Returns
    -------
    int
        Seconds in UTC.
    """
    return due_after(zone.local(at).date(), zone, plan)


def hours_due(at: Seconds, seconds: int, weekend: WeekendHours) -> Seconds:
    """Return the deadline of a promise in hours, rule WKD-2.

    Parameters
    ----------
    at
        The start of the promise, seconds in UTC; an int or an int64 array.
    seconds
        The promised time.
    weekend
        ``roll``: a deadline on a Saturday or Sunday moves 48 or 24 hours. ``pause``: the clock
        stands still over the weekend. ``none``: a weekend changes nothing.

    Returns
    -------
    int or int64 array
        Seconds in UTC, in the shape of `at`.
    """
    if weekend == "pause":
        return _paused(at, seconds)
    due = at + seconds
    if weekend == "none":
        return due
    day = weekday(due)
    return due + (day >= SATURDAY) * (7 - day) * DAY


def _paused(at: Seconds, seconds: int) -> Seconds:
    """Return the deadline on a clock that stands still over [Saturday 00:00, Monday 00:00)."""
    week, of_week = (at - MONDAY_OF_EPOCH) // WEEK, (at - MONDAY_OF_EPOCH) % WEEK
    weekend = of_week >= BUSINESS_WEEK
    worked = week * BUSINESS_WEEK + of_week - weekend * (of_week - BUSINESS_WEEK) + seconds
    return MONDAY_OF_EPOCH + worked // BUSINESS_WEEK * WEEK + worked % BUSINESS_WEEK


def rejection_due(plan: Plan, at: Seconds) -> Seconds:
    """Return the deadline of images that were rejected, rule REJ-1.

    Parameters
    ----------
    plan
        Gives the hours and the weekend rule.
    at
        The rejection, seconds in UTC; an int or an int64 array.

    Returns
    -------
    int or int64 array
        Seconds in UTC, in the shape of `at`.
    """
    return hours_due(at, plan.rejection.seconds, plan.weekend_hours)


def support_due(plan: Plan, at: Seconds) -> Seconds:
    """Return the time by which support answers, rule SUP-1.

    Its clock always stands still over the weekend.

    Parameters
    ----------
    plan
        Gives the hours.
    at
        The inquiry, seconds in UTC; an int or an int64 array.

    Returns
    -------
    int or int64 array
        Seconds in UTC, in the shape of `at`.
    """
    return _paused(at, plan.support.seconds)


def opening(at: Seconds, window: Window | Literal["always"]) -> Seconds:
    """Return when expedite that is submitted at an instant can start, rule EXP-2.

    Parameters
    ----------
    at
        The submission, seconds in UTC; an int or an int64 array.
    window
        The window of the plan.

    Returns
    -------
    int or int64 array
        `at` itself inside the window, else the next opening.
    """
    if window == "always":
        return at
    since = (at - MONDAY_OF_EPOCH - window.opens_seconds) % WEEK
    return at + (since >= window.length) * (WEEK - since)
