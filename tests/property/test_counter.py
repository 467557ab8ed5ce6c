"""The counts that the compiled loops make of a run's log, against those of its ledger's rows."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, NAT, WEEK, day_number, zone
from sim.plant.compiled.trace import trace_of
from sim.plant.counter.count import count
from sim.plant.counter.layout import day_stretches
from sim.plant.counter.loops import add_stretches
from sim.plant.record import record
from sim.results.counts import Counts
from sim.sla.words import EXPEDITE, STANDARD
from tests.oracle.counting import count_rows
from tests.strategies import MONDAYS, Small, examples, single_station, smalls

# Offsets of 30 and 45 minutes, clocks that change at midnight or by half an hour, a day left out,
# and local mean time.
PLACES = {
    "Australia/Lord_Howe": "2026-04-04T15:00",
    "Asia/Kathmandu": "1985-12-31T18:30",
    "Pacific/Chatham": "2026-04-04T14:00",
    "America/St_Johns": "2006-10-29T02:31",
    "Africa/Cairo": "2026-10-29T21:00",
    "America/Havana": "2026-03-08T05:00",
    "Pacific/Apia": "2011-12-30T10:00",
    "Africa/Monrovia": "1972-01-07T00:44",
}
START = (MONDAYS[0].toordinal() - 719_163) * DAY


def assert_same(found: Counts, expected: Counts) -> None:
    """Compare every field; those that are arrays in shape and type too."""
    for field in fields(Counts):
        one, other = getattr(found, field.name), getattr(expected, field.name)
        np.testing.assert_array_equal(
            one, other, err_msg=field.name, strict=isinstance(other, np.ndarray)
        )


def assert_counts(small: Small) -> None:
    """Compare the counts of a run's log with those of its ledger."""
    assert_same(
        small.counts,
        count_rows(small.ledger),
    )


@examples(60)
@given(smalls())
def test_counts_of_a_log_equal_those_of_the_ledger(small: Small) -> None:
    """All counts and sums are equal, through ties, overflow, rework, cut visits, clock changes and censoring."""
    assert_counts(small)


@pytest.mark.parametrize(
    "orders", [[], [("ann", START + 5 * DAY, EXPEDITE, 30)]], ids=["none", "refused"]
)
def test_run_without_images_has_a_count_rows(orders: list[tuple[str, int, int, int]]) -> None:
    """A run without orders, and one whose only order is refused, though some of its images would have come back."""
    small = single_station(1, orders).changed(
        plans={"plain": {"expedite": {"outside_window": "reject"}}}
    )
    rejection = {"share": 0.5, "delay_hours": {"constant": 1}, "to": "retouch"}
    assert_counts(small.changed(plant=plant_of(small) | {"rejection": rejection}))


@pytest.mark.parametrize("shift_end", ["finish", "hand_over"])
def test_visits_that_last_for_days(shift_end: str) -> None:
    """Work over many hours and, where it is handed over, many shifts.

    Most images are unfinished at the end.
    """
    small = single_station(
        2, [("ann", START + HOUR, STANDARD, 20), ("bob", START + 4 * DAY, STANDARD, 2)]
    )
    plant = plant_of(small)
    roster = [{"days": "Mon-Fri", "from": "08:00", "to": "17:00", "editors": 2}]
    plant["route"][0]["minutes"] = {"constant": 2000.0}
    plant["pools"] = [
        {"name": "floor", "timezone": "UTC", "roster": roster, "shift_end": shift_end}
    ]
    horizon = {"start": MONDAYS[0], "weeks": 3, "warm_up_weeks": 1, "cool_down_weeks": 0}
    small = small.changed(plant=plant, horizon=horizon)
    assert len(small.marks.stints) > 30 or shift_end == "finish"
    assert_counts(small)


def test_order_is_undecided_with_an_open_image_in_any_tranche() -> None:
    """Whichever of its two tranches the open image is in.

    It has no verdict of one tranche alone.
    """
    small = single_station(30, [("ann", START + 4 * DAY + 22 * HOUR, EXPEDITE, 30)])
    small = small.changed(horizon={"start": MONDAYS[0], "weeks": 1, "cool_down_weeks": 0})
    assert small.run_input.promises.table.images.tolist() == [20, 10]
    for image, verdicts in ((0, [0, 0, 1]), (29, [0, 0, 1]), (None, [1, 0, 0])):
        marks = small.marks
        if image is not None:
            columns = (marks.started_at.copy(), marks.ended_at.copy(), marks.editor.copy())
            for column in columns:
                column[image] = NAT
            marks = replace(marks, started_at=columns[0], ended_at=columns[1], editor=columns[2])
        found = count(small.spec, small.run_input, trace_of(small.run_input, marks))
        assert found.orders[EXPEDITE].tolist() == verdicts
        assert_same(found, count_rows(record(small.spec, small.run_input, marks)))


def test_reviews_that_nobody_answers_are_late_after_their_deadline() -> None:
    """One asked for on Monday is late when the run ends.

    One of Sunday has until Monday at 05:00.
    """
    small = single_station(1, [("ann", START, STANDARD, 1), ("ann", START + 6 * DAY, STANDARD, 1)])
    plant = plant_of(small)
    away = {
        "name": "support",
        "timezone": "UTC",
        "roster": plant["pools"][0]["roster"],
        "absence_share": 1.0,
    }
    plant |= {
        "pools": [*plant["pools"], away],
        "review": {"pool": "support", "minutes": {"constant": 5}},
    }
    horizon = {"start": MONDAYS[0], "weeks": 1, "cool_down_weeks": 0}
    plans = {"plain": {"standard": {"guaranteed_per_day": 0}}}
    small = small.changed(plant=plant, horizon=horizon, plans=plans)
    assert count_rows(small.ledger).reviews.sum(axis=(0, 1)).tolist() == [0, 1, 1]
    assert_counts(small)


SUNDAY_23 = START + 6 * DAY + 23 * HOUR
AT_ONCE = {
    "done at the deadline": (START, EXPEDITE, 180.0),
    "done a second after it": (START, EXPEDITE, 180 + 1 / 60),
    "done on Monday at 00:00": (SUNDAY_23, STANDARD, 60.0),
    "done on the Monday after": (SUNDAY_23, STANDARD, 60.0 + WEEK / 60),
    "due as the run ends": (START + 18 * DAY, STANDARD, 10 * WEEK / 60),
}


@pytest.mark.parametrize("case", AT_ONCE)
def test_instants_that_fall_together(case: str) -> None:
    """Deliveries, deadlines, Mondays and the end of the run at the same second."""
    at, service, minutes = AT_ONCE[case]
    small = single_station(2, [("ann", at, service, 2)])
    plant = plant_of(small)
    plant["route"][0]["minutes"] = {"constant": minutes}
    horizon = {"start": MONDAYS[0], "weeks": 3, "cool_down_weeks": 0}
    small = small.changed(
        plant=plant, horizon=horizon, plans={"plain": {"standard": {"due": "00:00"}}}
    )
    done, due, end = small.marks.ended_at[0], small.marks.due_at[0], small.marks.run_until
    together = {
        "done at the deadline": done == due,
        "done a second after it": done == due + 1,
        "done on Monday at 00:00": done == START + WEEK,
        "done on the Monday after": done == START + 2 * WEEK,
        "due as the run ends": due == end,
    }
    assert together[case]
    assert_counts(small)


def plant_of(small: Small) -> dict[str, Any]:
    """Return the plant as the YAML file gives it."""
    return small.spec.plant.model_dump(by_alias=True, exclude_unset=True)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("off", [-2 * DAY, -HOUR, -1, 0, 1, HOUR])
def test_days_change_when_the_wall_says_so(place: str, off: int) -> None:
    """Every instant is on the calendar day of its stretch, in a run that begins around a change of the zone's clock."""
    start = int(np.datetime64(PLACES[place], "s").astype(np.int64)) + off
    starts, days = day_stretches(place, start, start + 4 * DAY)
    at = np.concatenate([np.arange(0, 4 * DAY + 1, 60), starts[1:-1], starts[1:-1] - 1])
    stretch = np.searchsorted(starts, at, side="right") - 1
    assert days[stretch].tolist() == day_number(zone(place).to_local(at + start)).tolist()


@examples(100)
@given(
    st.lists(st.tuples(st.integers(0, 9 * HOUR), st.integers(0, 9 * HOUR)).map(sorted), max_size=8)
)
def test_work_is_added_to_the_hours_that_it_lies_in(rows: list[list[int]]) -> None:
    """Each hour gets the seconds that lie in it, and taking all away again leaves nothing."""
    starts, ends = np.array(rows, np.int64).reshape(-1, 2).T.copy()
    expected = [
        sum(max(min(end, (hour + 1) * HOUR) - max(start, hour * HOUR), 0) for start, end in rows)
        for hour in range(10)
    ]
    busy, station = np.zeros((2, 10), np.int64), np.ones(len(starts), np.int64)
    add_stretches(busy, station, starts, ends, 1)
    assert busy.tolist() == [[0] * 10, expected]
    add_stretches(busy, station, starts, ends, -1)
    assert not busy.any()
