"""Deadlines: hours on the production week, business days of a customer, and columns against one by one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, WEEK, day_number, isoformat, parse_instant, zone
from sim.sla import Plan
from sim.sla.calendar import (
    due_after,
    hours_due,
    is_closed,
    next_business_due,
    opening,
    rejection_due,
    support_due,
)
from sim.sla.dues import business_dues, dues_after, is_closed_day, standard_due
from sim.sla.grouping import sorted_by, sum_before

MONDAY = parse_instant("2025-06-02T00:00:00Z")
CPH = zone("Europe/Copenhagen")


def plan(due: str = "09:00", holidays: str | None = None) -> Plan:
    """Return a plan with a due time and holidays."""
    standard: Any = {"due": due}
    return Plan(standard=standard, holidays=holidays)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("2025-06-03T10:00:00Z", "2025-06-03T15:00:00Z"),
        ("2025-06-06T18:59:59Z", "2025-06-06T23:59:59Z"),
        ("2025-06-06T19:00:00Z", "2025-06-09T00:00:00Z"),
        ("2025-06-06T23:00:00Z", "2025-06-09T04:00:00Z"),
        ("2025-06-07T12:00:00Z", "2025-06-09T05:00:00Z"),
        ("2025-06-08T23:59:59Z", "2025-06-09T05:00:00Z"),
    ],
)
def test_support_stands_still_over_the_weekend(asked: str, answered: str) -> None:
    """Support has 5 hours between Monday 00:00 and Saturday 00:00 UTC, whatever the weekend rule is."""
    for terms in (Plan(), Plan(weekend_hours="none")):
        assert support_due(terms, parse_instant(asked)) == parse_instant(answered)


@given(
    st.integers(-WEEK, 2 * WEEK),
    st.integers(1, 3 * WEEK),
    st.sampled_from(["roll", "pause", "none"]),
)
def test_hours_of_a_column(start: int, seconds: int, weekend: Any) -> None:
    """An array has the deadlines of its instants one by one."""
    at = MONDAY + start
    assert hours_due(np.array([at]), seconds, weekend).tolist() == [hours_due(at, seconds, weekend)]


@given(st.integers(-WEEK, 2 * WEEK), st.integers(1, 2 * WEEK))
def test_pause_counts_working_seconds(start: int, hours: int) -> None:
    """On the clock that stands still, the working seconds from start to deadline are those promised."""
    at, seconds = MONDAY + start, hours
    due = hours_due(at, seconds, "pause")
    days = range(day_number(at), day_number(due) + 1)
    worked = sum(
        max(0, min(due, (day + 1) * DAY) - max(at, day * DAY))
        for day in days
        if (date(1970, 1, 1) + timedelta(days=day)).weekday() < 5
    )
    assert worked == seconds


def test_rejection_of_a_column() -> None:
    """Rejections of Saturday 10:00Z and 22:00Z are due in the other order under roll."""
    at = MONDAY + 5 * DAY + np.array([10, 22]) * HOUR
    assert ((rejection_due(Plan(), at) - MONDAY - WEEK) // HOUR).tolist() == [15, 3]


def test_opening_of_the_window() -> None:
    """Inside the window expedite starts at once, outside it on Monday 00:00Z."""
    at = MONDAY + np.array([0, 5 * DAY - 1, 5 * DAY, WEEK - 1])
    assert (opening(at, Plan().expedite.window) - MONDAY).tolist() == [0, 5 * DAY - 1, WEEK, WEEK]
    assert opening(MONDAY - 1, "always") == MONDAY - 1


@pytest.mark.parametrize(
    ("deadline", "following", "holidays"),
    [
        ("2025-06-03T09:00:00+02:00", "2025-06-04T09:00:00+02:00", None),
        ("2025-06-03T00:00:00+02:00", "2025-06-04T09:00:00+02:00", None),
        ("2025-06-06T09:00:00+02:00", "2025-06-09T09:00:00+02:00", None),
        ("2025-06-06T09:00:00+02:00", "2025-06-10T09:00:00+02:00", "DK"),
        ("2025-10-24T09:00:00+02:00", "2025-10-27T09:00:00+01:00", None),
    ],
)
def test_one_business_day_after(deadline: str, following: str, holidays: str | None) -> None:
    """One business day after a deadline is the due time on the next day that is not closed."""
    due = next_business_due(parse_instant(deadline), CPH, plan(holidays=holidays))
    assert isoformat(due, CPH) == following


def test_business_dues_of_a_week() -> None:
    """Whit Monday and the weekend have no due time; the range is half-open."""
    start, end = (
        parse_instant("2025-06-06T09:00:00+02:00"),
        parse_instant("2025-06-12T09:00:00+02:00"),
    )
    dues = business_dues(CPH, plan(holidays="DK"), start, end)
    assert [isoformat(int(due), CPH)[:16] for due in dues] == [
        "2025-06-06T09:00",
        "2025-06-10T09:00",
        "2025-06-11T09:00",
    ]


def test_business_dues_in_apia() -> None:
    """The day that Apia skipped has no due time."""
    start, end = parse_instant("2011-12-28T00:00:00Z"), parse_instant("2012-01-03T12:00:00Z")
    dues = business_dues(zone("Pacific/Apia"), plan(), start, end)
    assert [isoformat(int(due), zone("Pacific/Apia"))[:10] for due in dues] == [
        "2011-12-28",
        "2011-12-29",
        "2012-01-02",
        "2012-01-03",  # 09:00 of the 4th is 19:00Z of the 3rd, past the end
    ]


ZONES = (
    "Pacific/Apia",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "America/Nuuk",
    "Asia/Gaza",
)


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(["00:00", "00:30", "09:00", "22:30", "23:30"]),
    st.sampled_from([None, "DK", "BR"]),
    st.integers(15_000, 22_000),
)
def test_days_of_a_column(name: str, due: str, holidays: str | None, first: int) -> None:
    """Deadlines of 100 upload days are those of ``due_after`` one by one."""
    days, terms = np.arange(first, first + 100), plan(due, holidays)
    dates = [date(1970, 1, 1) + timedelta(days=day) for day in days.tolist()]
    dues, _ = dues_after(days, zone(name), terms)
    assert dues.tolist() == [due_after(day, zone(name), terms) for day in dates]
    assert is_closed_day(days, terms).tolist() == [is_closed(day, terms) for day in dates]


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(["00:30", "09:00", "23:30"]),
    st.integers(15_000, 22_000),
)
def test_next_business_due_is_the_next_of_the_column(name: str, due: str, day: int) -> None:
    """From the due time of a business day, the scalar form leads to the next entry of the column."""
    dues = business_dues(zone(name), plan(due), day * DAY, (day + 60) * DAY)
    assert [next_business_due(at, zone(name), plan(due)) for at in dues.tolist()][
        :-1
    ] == dues.tolist()[1:]


def test_standard_due_of_a_column() -> None:
    """Arrivals are due by their local day.

    23:59:59 Thursday on Friday, one second later on Monday.
    """
    at = parse_instant("2025-06-05T23:59:59+02:00") + np.array([0, 1])
    assert [isoformat(int(due), CPH)[:16] for due in standard_due(at, CPH, plan())] == [
        "2025-06-06T09:00",
        "2025-06-09T09:00",
    ]
    assert standard_due(at[:0], CPH, plan()).tolist() == []


@given(
    st.lists(
        st.tuples(st.integers(-3, 3), st.sampled_from([0, 1, 70_000, 2**40]), st.integers(0, 9)),
        min_size=1,
    )
)
def test_running_sums_of_groups(rows: list[tuple[int, int, int]]) -> None:
    """Sorting by digits is stable, and each row has the sum of the earlier rows of its group."""
    first, second, amounts = (
        np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)
    )
    order = sorted_by(first, second)
    assert order.tolist() == sorted(range(len(rows)), key=lambda row: rows[row][:2])
    sums = [
        sum(other[2] for other in rows[:n] if other[:2] == row[:2]) for n, row in enumerate(rows)
    ]
    assert sum_before(amounts, order, first, second).tolist() == sums
