"""Rosters: shifts over midnight and over clock changes, absences, and the hours that a quote counts on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, MINUTE, WEEK
from sim.plant.roster import PlannedHours, Shifts, planned_shifts, worked_shifts
from sim.scenario.plant import Pool
from tests.strategies import examples, pools

MONDAY = 1_767_571_200  # 2026-01-05 00:00 UTC


def at(text: str) -> int:
    """Return the instant of an ISO 8601 time with an offset."""
    return int(datetime.fromisoformat(text).timestamp())


def pool_of(*lines: tuple[str, str, str, int], timezone: str = "UTC", **more: Any) -> Pool:
    """Return a pool with roster lines given as (days, from, to, editors)."""
    roster = [dict(zip(("days", "from", "to", "editors"), line, strict=True)) for line in lines]
    return Pool.model_validate({"name": "floor", "timezone": timezone, "roster": roster, **more})


def stretches(shifts: Shifts) -> list[tuple[int, int, int]]:
    """Return (editor, start, end) of each stretch."""
    return list(
        zip(
            *(column.tolist() for column in (shifts.editor, shifts.starts_at, shifts.ends_at)),
            strict=True,
        )
    )


def test_shift_past_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    """Fri 22:00 to 06:00 ends on Saturday, and Saturday has no shift of its own."""
    shifts = planned_shifts(pool_of(("Thu-Fri", "22:00", "06:00", 1)), MONDAY, MONDAY + WEEK)
    nights = [(3 * DAY + 22 * HOUR, 4 * DAY + 6 * HOUR), (4 * DAY + 22 * HOUR, 5 * DAY + 6 * HOUR)]
    assert stretches(shifts) == [(0, MONDAY + begin, MONDAY + end) for begin, end in nights]


def test_shifts_are_cut_to_the_horizon() -> None:
    """A night shift that began on the Sunday before is under way at the start, and one runs into the end."""
    shifts = planned_shifts(pool_of(("Sun", "22:00", "06:00", 1)), MONDAY, MONDAY + WEEK)
    assert stretches(shifts) == [
        (0, MONDAY, MONDAY + 6 * HOUR),
        (0, MONDAY + 6 * DAY + 22 * HOUR, MONDAY + WEEK),
    ]


def test_roster_is_read_on_the_clock_of_the_pool() -> None:
    """06:00 to 14:00 in Ho Chi Minh City, UTC+7, is 23:00 of the day before to 07:00 in UTC."""
    shifts = planned_shifts(
        pool_of(("Tue", "06:00", "14:00", 1), timezone="Asia/Ho_Chi_Minh"), MONDAY, MONDAY + WEEK
    )
    assert stretches(shifts) == [(0, at("2026-01-05T23:00Z"), at("2026-01-06T07:00Z"))]


@pytest.mark.parametrize(
    ("start", "begins", "ends", "hours"),
    [
        (
            "2026-03-23T00:00Z",
            "2026-03-28T21:00Z",
            "2026-03-29T04:00Z",
            7,
        ),  # 02:00 CET is 03:00 CEST on 29 March
        (
            "2026-10-19T00:00Z",
            "2026-10-24T20:00Z",
            "2026-10-25T05:00Z",
            9,
        ),  # 03:00 CEST is 02:00 CET on 25 October
        ("2026-01-05T00:00Z", "2026-01-10T21:00Z", "2026-01-11T05:00Z", 8),
    ],
)
def test_night_of_a_clock_change_is_an_hour_shorter_or_longer(
    start: str, begins: str, ends: str, hours: int
) -> None:
    """A shift keeps its wall times.

    22:00 to 06:00 in Copenhagen lasts 7 h in March and 9 h in October.
    """
    pool = pool_of(("Sat", "22:00", "06:00", 1), timezone="Europe/Copenhagen")
    assert stretches(planned_shifts(pool, at(start), at(start) + WEEK)) == [
        (0, at(begins), at(ends))
    ]
    assert at(ends) - at(begins) == hours * HOUR


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        ("02:00", "03:00", []),  # both readings are the instant of the change
        ("02:30", "03:00", []),  # would end before it begins
        (
            "02:00",
            "02:45",
            [("2026-03-29T01:00Z", "2026-03-29T01:45Z")],
        ),  # both with the offset before the gap
        ("01:00", "04:00", [("2026-03-29T00:00Z", "2026-03-29T02:00Z")]),
    ],
)
def test_shift_inside_the_gap_of_a_clock_change(
    begins: str, ends: str, expected: list[tuple[str, str]]
) -> None:
    """What lies in the hour that the clock skips has no length.

    Nobody works for a negative time.
    """
    pool = pool_of(("Sun", begins, ends, 1), timezone="Europe/Copenhagen")
    start = at("2026-03-23T00:00Z")
    found = stretches(planned_shifts(pool, start, start + WEEK))
    assert found == [(0, at(first), at(last)) for first, last in expected]


def test_shifts_that_touch_are_joined_for_one_editor_only() -> None:
    """A whole day every day is one stretch; two lines are two editors and stay apart."""
    whole = planned_shifts(pool_of(("Mon-Sun", "00:00", "24:00", 2)), MONDAY, MONDAY + WEEK)
    assert stretches(whole) == [(0, MONDAY, MONDAY + WEEK), (1, MONDAY, MONDAY + WEEK)]
    lines = planned_shifts(
        pool_of(("Mon", "06:00", "14:00", 1), ("Mon", "14:00", "22:00", 1)), MONDAY, MONDAY + WEEK
    )
    halves = [(6 * HOUR, 14 * HOUR), (14 * HOUR, 22 * HOUR)]
    assert stretches(lines) == [
        (editor, MONDAY + a, MONDAY + b) for editor, (a, b) in enumerate(halves)
    ]
    assert lines.n_editors == 2


def test_changes_come_by_instant_with_who_leaves_and_who_comes() -> None:
    """Every end and beginning at an instant is told together, in rising order."""
    pool = pool_of(("Mon", "06:00", "14:00", 1), ("Mon", "14:00", "22:00", 2))
    six, two, ten = (MONDAY + hour * HOUR for hour in (6, 14, 22))
    assert list(planned_shifts(pool, MONDAY, MONDAY + WEEK).changes()) == [
        (six, [], [(0, two)]),
        (two, [0], [(1, ten), (2, ten)]),
        (ten, [1, 2], []),
    ]


LINES = [("Mon-Fri", "06:00", "14:00", 3), ("Mon-Fri", "14:00", "22:00", 2)]


def seats(
    lines: list[tuple[str, str, str, int]], seed: int = 1, **more: Any
) -> dict[tuple[int, int], list[int]]:
    """Return the beginnings of the shifts worked in eight weeks, by line and number in it."""
    pool = pool_of(*lines, absence_share=0.4, **more)
    shifts = worked_shifts(pool, MONDAY, MONDAY + 8 * WEEK, seed, 0)
    places = [
        (line, number) for line, (*_, editors) in enumerate(lines) for number in range(editors)
    ]
    return {
        place: shifts.starts_at[shifts.editor == seat].tolist() for seat, place in enumerate(places)
    }


def test_one_editor_more_changes_nobody_elses_absences() -> None:
    """Absences are keyed by seat.

    An editor or a line more leaves the days of all others as they were.
    """
    before = seats(LINES)
    assert len({tuple(days) for days in before.values()}) == len(before)
    more = [
        ("Mon-Fri", "06:00", "14:00", 4),
        ("Sat", "08:00", "12:00", 1),
        ("Mon-Fri", "14:00", "22:00", 2),
    ]
    after = seats(more)
    moved = {(0, 0): (0, 0), (0, 1): (0, 1), (0, 2): (0, 2), (1, 0): (2, 0), (1, 1): (2, 1)}
    assert {seat: after[moved[seat]] for seat in before} == before


def test_two_equal_lines_have_absences_of_their_own() -> None:
    """Two lines of the same hours are different people."""
    twins = seats([LINES[0], LINES[0]])
    assert all(twins[0, number] != twins[1, number] for number in range(3))


def test_absences_depend_on_pool_seed_and_seat_alone() -> None:
    """Another seed or pool has other absences; a discipline or a shift-end rule has the same."""
    before = seats(LINES)
    assert seats(LINES, discipline="fifo", shift_end="hand_over") == before
    assert seats(LINES, seed=2) != before
    assert seats(LINES, name="other") != before


def test_absent_share_is_the_one_asked_for() -> None:
    """Of 200 editors' 8,000 shifts 40 % are missed, within 3.3 standard errors.

    None or all at the bounds.
    """
    worked = seats([("Mon-Fri", "06:00", "14:00", 200)])
    share = 1 - sum(map(len, worked.values())) / 8000
    assert abs(share - 0.4) < 3.3 * np.sqrt(0.4 * 0.6 / 8000)
    for share, n in ((0.0, 40), (1.0, 0)):
        pool = pool_of(("Mon-Fri", "06:00", "14:00", 1), absence_share=share)
        shifts = worked_shifts(pool, MONDAY, MONDAY + 8 * WEEK, 1, 0)
        assert (len(shifts.editor), shifts.n_editors) == (n, 1)


def heads_by_minute(shifts: Shifts, begin: int, end: int) -> list[int]:
    """Return the editors on shift in each minute, one shift at a time."""
    minutes = np.arange(begin, end, MINUTE)
    heads = np.zeros(len(minutes), np.int64)
    for _, start, stop in stretches(shifts):
        heads += (start <= minutes) & (minutes < stop)
    return [int(n) for n in heads]


@examples(30)
@given(pools("floor"), st.integers(-60, 3 * 24 * 60), st.integers(1, 1200), st.integers(-59, 60))
def test_covered_at_equals_a_count_minute_by_minute(
    data: dict[str, Any], now: int, work: int, odd: int
) -> None:
    """The hours from now on cover the work at the instant at which a walk along the minutes reaches it."""
    shifts = planned_shifts(Pool.model_validate(data), MONDAY, MONDAY + 2 * WEEK)
    hours = PlannedHours.of(shifts)
    begin, seconds = MONDAY + now * MINUTE, work * MINUTE + odd
    left = seconds
    for minute, heads in enumerate(heads_by_minute(shifts, begin, MONDAY + 2 * WEEK)):
        if heads * MINUTE >= left:
            assert hours.covered_at(begin, seconds) == begin + minute * MINUTE + -(-left // heads)
            return
        left -= heads * MINUTE
    assume(False)  # the roster offers less in these weeks


@examples(30)
@given(pools("floor"), st.integers(0, 60 * 24 * 60))
def test_until_equals_a_sum_over_shifts(data: dict[str, Any], minute: int) -> None:
    """What is offered before an instant is the sum over shifts of what lies before it."""
    shifts = planned_shifts(Pool.model_validate(data), MONDAY, MONDAY + 2 * WEEK)
    instant = MONDAY + min(minute * MINUTE, 2 * WEEK)
    expected = sum(max(min(end, instant) - start, 0) for _, start, end in stretches(shifts))
    assert PlannedHours.of(shifts).until(instant) == expected
    assert PlannedHours.of(shifts).until(MONDAY - 1) == 0


def test_weeks_beyond_the_planned_ones_offer_what_the_last_one_does() -> None:
    """One editor for 10 h a week.

    Ten weeks of work are covered eight weeks after the second one ends.
    """
    hours = PlannedHours.of(
        planned_shifts(pool_of(("Tue", "08:00", "18:00", 1)), MONDAY, MONDAY + 2 * WEEK)
    )
    last = MONDAY + WEEK + DAY + 18 * HOUR
    assert hours.covered_at(MONDAY, 20 * HOUR) == last
    assert hours.covered_at(MONDAY, 100 * HOUR) == last + 8 * WEEK
    assert hours.covered_at(MONDAY, 100 * HOUR + 1) == last + 8 * WEEK + -(-WEEK // (10 * HOUR))
