"""Disciplines and shift ends on plants that are small enough to schedule by hand."""

from __future__ import annotations

from typing import Any

import pytest

from sim.clock import DAY, HOUR, MINUTE
from sim.plant.run_input import PriorityClass
from sim.sla.words import EXPEDITE, STANDARD
from tests.hand_made import MON
from tests.strategies import Small, single_station

FROM_NINE = [{"days": "Mon-Sun", "from": "09:00", "to": "24:00", "editors": 1}]


def done_hours(small: Small) -> list[float]:
    """Return the hours after Monday 00:00 UTC at which each image is done."""
    return [(int(at) - MON) / HOUR for at in small.ledger.deliveries.done_at]


def changed(small: Small, route: list[dict[str, Any]] | None = None, **terms: Any) -> Small:
    """Return a scenario with other stations and terms."""
    plant = small.spec.plant.model_dump(by_alias=True, exclude_unset=True)
    return small.changed(plans={"plain": terms}, plant={**plant, "route": route or plant["route"]})


def test_class_puts_expedite_before_rejections_before_guaranteed_before_the_rest() -> None:
    """The classes of the discipline `class` are in the order of the design."""
    assert [each.name for each in PriorityClass] == ["EXPEDITED", "REJECTED", "GUARANTEED", "REST"]
    assert sorted(PriorityClass) == list(PriorityClass)


@pytest.mark.parametrize(
    ("discipline", "hours"),
    [
        ("edd", [12, 11, 10]),  # due Tuesday 09:00, Monday 12:00 and 11:30
        ("class", [11, 12, 10]),
        ("fifo", [10, 11, 12]),
        ("slack", [12, 11, 10]),
    ],
)
def test_order_of_work_by_discipline(discipline: str, hours: list[int]) -> None:
    """A guaranteed image, one over the guarantee and an expedited one wait at 09:00.

    An hour each.
    """
    orders = [
        ("ann", MON + 8 * HOUR, STANDARD, 2),
        ("bob", MON + 8 * HOUR + 30 * MINUTE, EXPEDITE, 1),
    ]
    small = single_station(1, orders, discipline=discipline, roster=FROM_NINE)
    small = changed(small, standard={"guaranteed_per_day": 1, "reviewed": {"hours": 4}})
    assert done_hours(small) == hours


@pytest.mark.parametrize(
    ("discipline", "hours"),
    [
        ("edd", [10.5, 12.0]),  # equal deadlines: the first image goes on
        ("class", [10.5, 12.0]),
        ("fifo", [11.0, 12.0]),  # the second image has waited longer
        ("slack", [11.0, 12.0]),  # the second image has 90 minutes before it, the first one 60
    ],
)
def test_order_of_work_along_two_stations(discipline: str, hours: list[float]) -> None:
    """Half an hour and an hour of work at two stations of one pool; two images of one order."""
    small = single_station(
        1, [("ann", MON + 8 * HOUR, STANDARD, 2)], discipline=discipline, roster=FROM_NINE
    )
    route = [
        {"station": "mask", "pool": "floor", "minutes": {"constant": 30}},
        {"station": "retouch", "pool": "floor", "minutes": {"constant": 60}},
    ]
    assert done_hours(changed(small, route)) == hours


@pytest.mark.parametrize(
    ("shift_end", "hours", "stints"),
    [
        # The editor leaves at 10:30 on Monday with the second image half done.
        ("finish", [10, 11, 24 + 10], [(9, 10), (10, 11), (24 + 9, 24 + 10)]),
        (
            "hand_over",
            [10, 24 + 9.5, 24 + 10.5],
            [(9, 10), (10, 10.5), (24 + 9, 24 + 9.5), (24 + 9.5, 24 + 10.5)],
        ),
    ],
)
def test_image_in_hand_at_the_end_of_a_shift(
    shift_end: str, hours: list[float], stints: list[tuple[float, float]]
) -> None:
    """Finished after the shift, or handed over.

    The rest keeps its place before what waited behind it.
    """
    roster = [{"days": "Mon-Sun", "from": "09:00", "to": "10:30", "editors": 1}]
    orders = [("ann", MON + 8 * HOUR, STANDARD, 3)]
    small = single_station(1, orders, discipline="fifo", shift_end=shift_end, roster=roster)
    assert done_hours(small) == hours
    rows = small.ledger.stints
    pairs = zip(rows.started_at.tolist(), rows.ended_at.tolist(), strict=True)
    assert sorted(((start - MON) / HOUR, (end - MON) / HOUR) for start, end in pairs) == stints


def test_end_of_work_at_the_end_of_a_shift_is_no_hand_over() -> None:
    """An image that is completed at the very instant of the shift's end is done, and no other is begun."""
    roster = [{"days": "Mon-Sun", "from": "09:00", "to": "10:00", "editors": 1}]
    for shift_end in ("finish", "hand_over"):
        small = single_station(1, [("ann", MON, STANDARD, 2)], shift_end=shift_end, roster=roster)
        assert done_hours(small) == [10, 34]
        assert len(small.ledger.stints) == 2


def test_order_at_the_start_of_a_shift_is_taken_up_at_once() -> None:
    """Arrivals and shift changes of an instant are applied before anybody chooses."""
    orders = [("ann", MON + 9 * HOUR, STANDARD, 1), ("bob", MON + 9 * HOUR, EXPEDITE, 1)]
    small = single_station(1, orders, discipline="edd", roster=FROM_NINE)
    assert done_hours(small) == [11, 10]
    assert small.ledger.window.run_until == MON + 7 * DAY
