"""Curves and profiles over time against counts made one row and one instant at a time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.clock import DAY, HOUR, MINUTE, NAT, WEEK
from sim.results.counts import LATENESS_EDGES
from sim.results.profiles import profiles
from tests.hand_made import FRI, MON, MONDAY, NINE, SUN, THU, TUE, WED, Owed, hand_made
from tests.oracle.counting import (
    count_rows,
    counts_at,
    hours_between,
    lasting,
    seconds_until,
)
from tests.strategies import Small, examples, smalls

# Rows around a day, many of them on full hours; the hours asked for lie inside, so that rows stick
# out.
Ints = NDArray[np.int64]
instants = st.one_of(
    st.integers(-5, 29).map(lambda hour: hour * HOUR), st.integers(-5 * HOUR, 29 * HOUR)
)
rows = st.lists(st.tuples(instants, instants).map(sorted), max_size=20)
spans = st.tuples(st.integers(0, 10), st.integers(1, 14)).map(
    lambda span: np.arange(span[0], sum(span)) * HOUR
)


def columns(pairs: list[list[int]]) -> tuple[Ints, Ints]:
    """Return starts and ends."""
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


@examples(200)
@given(rows, spans)
def test_counts_at_equal_a_count_of_half_open_rows(pairs: list[list[int]], hours: Ints) -> None:
    """A row lies over an hour that it has begun at or before and ends after."""
    expected = [sum(start <= hour < end for start, end in pairs) for hour in hours.tolist()]
    assert counts_at(*columns(pairs), hours).tolist() == expected


@examples(200)
@given(rows, spans)
def test_seconds_until_differ_by_the_seconds_in_an_hour(
    pairs: list[list[int]], hours: Ints
) -> None:
    """Differences are the overlaps of rows and hours, summed."""
    expected = [
        sum(max(min(end, hour + HOUR) - max(start, hour), 0) for start, end in pairs)
        for hour in hours[:-1].tolist()
    ]
    assert np.diff(seconds_until(*columns(pairs), hours)).tolist() == expected


def test_seconds_until_are_exact_over_ten_years() -> None:
    """A hundred thousand rows of ten years' length lose no second to floats."""
    hours = hours_between(MONDAY, MONDAY + 520 * WEEK)
    starts = MONDAY + np.arange(100_000)
    ends = np.full(100_000, MONDAY + 520 * WEEK)
    total = sum(520 * WEEK - second for second in range(100_000))
    assert int(seconds_until(starts, ends, hours)[-1]) == total


def test_hours_between_hold_both_ends() -> None:
    """From the full hour of the start to the first one at or after the end."""
    assert (hours_between(0, 2 * HOUR) / HOUR).tolist() == [0, 1, 2]
    assert (hours_between(1, 2 * HOUR + 1) / HOUR).tolist() == [0, 1, 2, 3]
    assert (hours_between(HOUR - 1, HOUR) / HOUR).tolist() == [0, 1]


def test_lasting_drops_what_has_not_begun_and_prolongs_what_has_not_ended() -> None:
    """Rows without a start are left out; rows without an end last to the end of the run."""
    starts, ends = lasting(np.array([NAT, 5, 6]), np.array([NAT, NAT, 8]), 100)
    assert (starts.tolist(), ends.tolist()) == ([5, 6], [100, 8])


@examples(40)
@given(smalls())
def test_profiles_equal_counts_row_by_row(small: Small) -> None:
    """Editors at work and on shift by hour of the week, and the backlog, added up one row at a time."""
    ledger, found = small.ledger, profiles(small.counts)
    weeks = (ledger.window.end - ledger.window.start) // WEEK
    edges = ledger.window.start + np.arange(weeks * 168) * HOUR
    for number, pool in enumerate(ledger.pools):
        for name, rows in (("busy_editors", ledger.stints), ("editors_on_shift", ledger.shifts)):
            own = rows.pool == number
            total = np.zeros(len(edges))
            for start, end in zip(
                rows.started_at[own].tolist(), rows.ended_at[own].tolist(), strict=True
            ):
                total += np.clip(np.minimum(end, edges + HOUR) - np.maximum(start, edges), 0, None)
            np.testing.assert_allclose(
                found.by_hour[name, pool], total.reshape(weeks, 168).mean(axis=0) / HOUR
            )
    there = np.zeros(len(edges))
    for start, end in zip(
        ledger.deliveries.began_at.tolist(), ledger.deliveries.done_at.tolist(), strict=True
    ):
        there += (start <= edges) & ((end == NAT) | (edges < end))
    np.testing.assert_allclose(
        found.by_hour["backlog", "all"], there.reshape(weeks, 168).mean(axis=0)
    )
    np.testing.assert_array_equal(found.by_day["backlog"], there[::24])


def test_by_day_counts_on_the_customers_calendar() -> None:
    """New York's Monday ends at 05:00 UTC.

    Overflow, rejections and late images have rows of their own.
    """
    due = WED + 14 * HOUR
    ledger = hand_made(
        [
            Owed(TUE + 5 * HOUR - 1, due, due + 1, order=0, customer=1),
            Owed(TUE, None, None, commitment="to_be_confirmed"),
            Owed(THU, FRI + HOUR, FRI, service="rejection", order=1, submitted=TUE),
            Owed(SUN, MONDAY + WEEK + NINE, None),
        ]
    )
    found = {name: counts.tolist() for name, counts in profiles(count_rows(ledger)).by_day.items()}
    assert found == {
        "submitted": [1, 1, 0, 0, 0, 0, 1],
        "overflow": [0, 1, 0, 0, 0, 0, 0],
        "rejected": [0, 0, 0, 1, 0, 0, 0],
        "due": [0, 0, 1, 0, 1, 0, 0],
        "late": [0, 0, 1, 0, 0, 0, 0],
        "done": [0, 0, 1, 0, 1, 0, 0],
        "backlog": [0, 1, 2, 2, 1, 1, 2],
    }


def test_by_hour_and_weekday_are_means_of_a_week() -> None:
    """Over two weeks, two images of a Monday 09:00 are one a week.

    Hours are UTC, weekdays the customers'.
    """
    rows = [Owed(MON + NINE + 5 * MINUTE, TUE + 3 * HOUR, None, customer=1) for _ in range(2)]
    found = profiles(count_rows(hand_made(rows, weeks=2)))
    submitted, due = found.by_hour["submitted", "all"], found.by_hour["due", "all"]
    assert (submitted[9], submitted.sum()) == (1.0, 1.0)
    assert (due[24 + 3], due.sum()) == (1.0, 1.0)
    assert found.due_by_weekday.tolist() == [1.0, 0, 0, 0, 0, 0, 0]


def test_weekends_run_from_friday_to_the_end_of_tuesday() -> None:
    """One row for each weekend that is whole in the window, the backlog at each of its 121 full hours."""
    rows = [Owed(FRI, None, SUN + HOUR), Owed(FRI + 1, None, None), Owed(SUN, None, SUN + 1)]
    found = profiles(count_rows(hand_made(rows, weeks=2))).weekends
    expected = [1] + [2] * 47 + [3] + [1] * 72
    expected[48:50] = [3, 1]
    assert found.tolist() == [expected]
    assert profiles(count_rows(hand_made(rows, weeks=1))).weekends.shape == (0, 121)


def test_lateness_is_counted_in_bins_of_two_hours_with_open_ends() -> None:
    """Done at the deadline is in the bin that begins at 0.

    What is far off is in the outermost bins.
    """
    off = [-100 * HOUR, -2 * HOUR, -1, 0, 2 * HOUR, 71 * HOUR, 500 * HOUR]
    rows = [Owed(MON - DAY, WED, WED + late, order=0, submitted=MON) for late in off]
    rows += [
        Owed(MON, WED, None, order=0, submitted=MON),
        Owed(MON, None, WED, order=0, submitted=MON),
    ]
    counts = profiles(count_rows(hand_made(rows))).lateness["guaranteed"]
    by_edge = dict(zip(LATENESS_EDGES[:-1].tolist(), counts.tolist(), strict=True))
    assert {edge: n for edge, n in by_edge.items() if n} == {-72: 1, -2: 2, 0: 1, 2: 1, 70: 2}
