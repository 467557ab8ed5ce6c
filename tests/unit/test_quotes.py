"""Quotes: the deadlines of reviewed images, on examples worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.clock import DAY, HOUR, MINUTE, NAT, WEEK
from sim.plant.quotes import Quotes, prepare_quotes
from sim.plant.route import expected_visits, expected_work
from sim.scenario.schema import ScenarioSpec
from sim.sla.words import STANDARD
from tests.strategies import Small, replayed

MONDAY = 1_767_571_200  # 2026-01-05 00:00 UTC
MON, TUE, WED, THU, FRI, SAT, SUN = (MONDAY + day * DAY for day in range(7))
NINE = 9 * HOUR
WHOLE_DAY = {"days": "Mon-Sun", "from": "00:00", "to": "24:00", "editors": 1}
DAYTIME = {**WHOLE_DAY, "from": "08:00", "to": "18:00"}


def spec_of(
    reviewed: Any = "capacity", zone: str = "UTC", roster: Any = WHOLE_DAY, **more: Any
) -> ScenarioSpec:
    """Return a scenario with no guarantee, one customer, one station and an hour of work an image."""
    plant = {
        "pools": [{"name": "floor", "timezone": "UTC", "roster": [roster]}],
        "route": [{"station": "retouch", "pool": "floor", "minutes": {"constant": 60}}],
        "planning_utilisation": 1.0,
        **more.pop("plant", {}),
    }
    plan = {"standard": {"guaranteed_per_day": 0, "reviewed": reviewed}, **more.pop("plan", {})}
    spec = {
        "name": "quoted",
        "horizon": {"start": "2026-01-05", "weeks": 1, "cool_down_weeks": 2},
        "plans": {"plain": plan},
        "customers": [{"group": "shop", "plan": "plain", "timezone": zone, "orders": "orders.csv"}],
        "plant": plant,
    }
    return ScenarioSpec.model_validate({**spec, **more})


def quotes_of(*args: Any, **more: Any) -> Quotes:
    """Return the quotes of such a scenario."""
    spec = spec_of(*args, **more)
    return prepare_quotes(spec, [spec.customers[0].timezone])


def due(quotes: Quotes, now: int, earliest: int, images: int, waiting: int = 0) -> int:
    """Return the deadline of a tranche while so many images wait for the only station."""
    return quotes.due(now, 0, 0, earliest, images, [waiting, 0])


@pytest.mark.parametrize(
    ("images", "waiting", "expected"),
    [
        (
            1,
            0,
            WED,
        ),  # ready Monday 10:00, but no earlier than a business day after the guaranteed Tuesday
        (48, 0, WED),  # ready Wednesday 09:00 sharp
        (49, 0, THU),
        (1, 47, WED),
        (1, 48, THU),
        (24, 25, THU),
        (96, 0, FRI),
        (97, 0, MONDAY + WEEK),  # Saturday and Sunday are no business days
        (168, 0, MONDAY + WEEK),
        (169, 0, MONDAY + WEEK + DAY),
    ],
)
def test_capacity_quote_is_the_next_due_time_after_the_work_is_covered(
    images: int, waiting: int, expected: int
) -> None:
    """One editor, an hour an image, from Monday 09:00: released work counts, and the tranche."""
    assert due(quotes_of(), MON + NINE, WED + NINE, images, waiting) == expected + NINE


@pytest.mark.parametrize(
    ("utilisation", "images", "expected"),
    [
        (1.0, 25, THU),  # 10 h on Monday, 10 on Tuesday, 5 on Wednesday until 13:00: after 09:00
        (1.0, 21, WED),  # Wednesday 09:00 sharp
        (0.5, 10, WED),  # 20 h, until Tuesday 18:00
        (0.5, 11, THU),  # 22 h, until Wednesday 10:00
        (0.3, 6, WED),  # 20 h: 0.3 is three tenths, and no float beside them
        (0.3, 7, THU),  # 23 h 20 min, until Wednesday 11:20
    ],
)
def test_capacity_quote_counts_on_a_share_of_the_hours_on_shift(
    utilisation: float, images: int, expected: int
) -> None:
    """An editor from 08:00 to 18:00.

    Only hours on shift cover work, and only their planned share.
    """
    quotes = quotes_of(roster=DAYTIME, plant={"planning_utilisation": utilisation})
    assert due(quotes, MON + 8 * HOUR, WED + NINE, images) == expected + NINE


def test_capacity_quote_ends_at_the_due_time_on_the_customers_clock() -> None:
    """09:00 in New York is 14:00 in UTC.

    Work that is covered by Wednesday 14:00 UTC makes Wednesday.
    """
    quotes = quotes_of(zone="America/New_York")
    assert due(quotes, MON + NINE, WED + 14 * HOUR, 53) == WED + 14 * HOUR
    assert due(quotes, MON + NINE, WED + 14 * HOUR, 54) == THU + 14 * HOUR


TWO_POOLS: dict[str, Any] = {
    "pools": [
        {"name": "masks", "timezone": "UTC", "roster": [WHOLE_DAY]},
        {"name": "checks", "timezone": "UTC", "roster": [{**WHOLE_DAY, "editors": 2}]},
    ],
    "route": [
        {"station": "mask", "pool": "masks", "minutes": {"constant": 6}},
        {
            "station": "check",
            "pool": "checks",
            "minutes": {"constant": 12},
            "rework": {"share": 0.25, "to": "mask"},
        },
    ],
}


def test_expected_work_includes_rework() -> None:
    """A check that fails one in four repeats the loop 4/3 times.

    8 minutes of masks, 16 of checks.
    """
    plant = spec_of(plant=TWO_POOLS).plant
    np.testing.assert_allclose(expected_visits(plant), [[4 / 3, 4 / 3], [1 / 3, 4 / 3]], rtol=1e-12)
    assert (expected_work(plant) / MINUTE / 1000).tolist() == [[8, 16], [2, 16]]


def test_expected_visits_of_nested_loops_equal_a_walk() -> None:
    """With two loops the expected visits are those of many random walks, within 99.9 %."""
    route = [{"station": name, "pool": "masks", "minutes": {"constant": 1}} for name in "abc"]
    route[1] |= {"rework": {"share": 0.3, "to": "a"}}
    route[2] |= {"rework": {"share": 0.4, "to": "b"}}
    plant = spec_of(plant={**TWO_POOLS, "route": route}).plant
    rng, counts = np.random.default_rng(5), np.zeros((40_000, 3))
    at = np.zeros(len(counts), np.int64)
    while (on := at < 3).any():
        counts[np.flatnonzero(on), at[on]] += 1
        back = rng.random(len(at)) < np.array([0, 0.3, 0.4, 0])[at]
        at = np.where(on, np.where(back, np.array([0, 0, 1, 3])[at], at + 1), at)
    error = 3.29 * counts.std(axis=0) / np.sqrt(len(counts))
    assert np.all(error < 0.02 * counts.mean(axis=0))
    assert np.all(np.abs(expected_visits(plant)[0] - counts.mean(axis=0)) < error)


@pytest.mark.parametrize(
    ("images", "at_station", "hours"),
    [
        (60, [0, 0, 0], 8),  # 8 h of masks at one editor, 16 h of checks at two: both take 8 h
        (60, [0, 30, 0], 12),  # 30 more checks: 8 h; and 1 h of masks for what fails
        (
            0,
            [60, 60, 7],
            16,
        ),  # 10 h of masks, 32 h of checks; who waits for a review is not released
        (15, [30, 0, 9], 6),
        (0, [0, 0, 9], 0),
    ],
)
def test_ready_at_is_the_largest_over_the_pools(
    images: int, at_station: list[int], hours: int
) -> None:
    """Every pool has to cover its own share of the work, by the station at which images are, in any order."""
    for pools in (TWO_POOLS["pools"], TWO_POOLS["pools"][::-1]):
        quotes = quotes_of(plant={**TWO_POOLS, "pools": pools})
        assert quotes.ready_at(MON, images, at_station) == MON + hours * HOUR


def test_planned_hours_are_rounded_up_to_the_second() -> None:
    """An hour of work at seven tenths takes 5,142 seconds and 6/7: it is covered a second later."""
    quotes = quotes_of(plant={"planning_utilisation": 0.7})
    assert quotes.ready_at(MON, 1, [0, 0]) == MON + 5143
    assert quotes_of(plant={"planning_utilisation": 0.3}).ready_at(MON, 1, [0, 0]) == MON + 12_000


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (MON + NINE, WED),
        (WED + NINE, WED),  # quoted at the very due time
        (WED + NINE + 1, THU),  # a late review does not quote the past
        (FRI + NINE + 1, MONDAY + WEEK),
    ],
)
def test_next_business_morning_is_a_business_day_after_the_guarantee(
    now: int, expected: int
) -> None:
    """The rule asks for no load: the earliest quote, or the next due time after a late review."""
    assert due(quotes_of("next_business_morning"), now, WED + NINE, 10_000, 500) == expected + NINE


@pytest.mark.parametrize(
    ("weekend", "now", "expected"),
    [
        ("roll", WED + NINE, WED + 17 * HOUR),
        ("roll", FRI + 20 * HOUR, MONDAY + WEEK + 4 * HOUR),  # Saturday 04:00 moves 48 h
        ("roll", FRI + 16 * HOUR, MONDAY + WEEK),  # Saturday 00:00 is of the weekend
        ("none", FRI + 20 * HOUR, SAT + 4 * HOUR),
        ("pause", SAT + 5 * HOUR, MONDAY + WEEK + 8 * HOUR),
    ],
)
def test_fixed_hours_run_from_the_quote_under_the_weekend_rule(
    weekend: str, now: int, expected: int
) -> None:
    """{hours: 8} is eight hours from the quote, whatever waits and whatever was guaranteed."""
    quotes = quotes_of({"hours": 8}, plan={"weekend_hours": weekend})
    assert due(quotes, now, WED + NINE, 10_000, 500) == expected


def run(spec: ScenarioSpec, orders: list[tuple[str, int, int, int]]) -> Small:
    """Return a scenario with its orders."""
    return Small(spec, {"orders.csv": replayed(orders)})


def test_tranches_of_an_instant_are_quoted_in_submission_order_each_upon_the_other() -> None:
    """Without a review both are quoted on submission.

    The second one finds the first one's work released.
    """
    at = MON + NINE
    small = run(spec_of(), [("ann", at, STANDARD, 48), ("bob", at, STANDARD, 1)])
    assert small.ledger.tranches.due_at.tolist() == [WED + NINE, THU + NINE]
    small = run(spec_of(), [("bob", at, STANDARD, 1), ("ann", at, STANDARD, 48)])
    assert small.ledger.tranches.due_at.tolist() == [WED + NINE, THU + NINE]
    assert small.ledger.tranches.released_at.tolist() == [at, at]


def test_work_done_before_the_quote_no_longer_counts() -> None:
    """An image that is delivered has left; one in hand counts whole."""
    orders = [("ann", MON + NINE, STANDARD, 2), ("bob", MON + NINE + 90 * MINUTE, STANDARD, 46)]
    small = run(
        spec_of(), orders
    )  # one of ann's is left: 47 h from Monday 10:30 end on Wednesday 09:30
    assert small.ledger.tranches.due_at.tolist() == [WED + NINE, THU + NINE]
    orders[1] = ("bob", MON + NINE + 90 * MINUTE, STANDARD, 45)
    assert run(spec_of(), orders).ledger.tranches.due_at.tolist() == [WED + NINE, WED + NINE]


def test_review_releases_the_tranche_when_support_has_worked() -> None:
    """A review of 30 minutes for an order of 07:00, with support from 08:00.

    Quoted and released at 08:30.
    """
    pools = [
        {"name": "floor", "timezone": "UTC", "roster": [WHOLE_DAY]},
        {"name": "support", "timezone": "UTC", "roster": [DAYTIME]},
    ]
    plant = {"pools": pools, "review": {"pool": "support", "minutes": {"constant": 30}}}
    orders = [("ann", MON + 7 * HOUR, STANDARD, 2), ("ann", MON + 19 * HOUR, STANDARD, 1)]
    small = run(spec_of({"hours": 8}, plant=plant), orders)
    rows = small.ledger.tranches
    assert rows.review_started_at.tolist() == [MON + 8 * HOUR, TUE + 8 * HOUR]
    assert rows.review_ended_at.tolist() == [
        MON + 8 * HOUR + 30 * MINUTE,
        TUE + 8 * HOUR + 30 * MINUTE,
    ]
    assert rows.released_at.tolist() == rows.review_ended_at.tolist()
    assert rows.due_at.tolist() == [MON + 16 * HOUR + 30 * MINUTE, TUE + 16 * HOUR + 30 * MINUTE]
    assert rows.review_due_at.tolist() == [MON + 12 * HOUR, TUE]
    deliveries = small.ledger.deliveries
    assert deliveries.began_at.tolist() == [MON + 7 * HOUR] * 2 + [MON + 19 * HOUR]
    released = MON + 8 * HOUR + 30 * MINUTE
    assert deliveries.done_at.tolist() == [
        released + HOUR,
        released + 2 * HOUR,
        TUE + 9 * HOUR + 30 * MINUTE,
    ]


def test_tranche_whose_review_never_ends_has_no_deadline() -> None:
    """With support absent a reviewed tranche stays without deadline, release and work."""
    pools = [
        {"name": "floor", "timezone": "UTC", "roster": [WHOLE_DAY]},
        {"name": "support", "timezone": "UTC", "roster": [DAYTIME], "absence_share": 1.0},
    ]
    plant = {"pools": pools, "review": {"pool": "support", "minutes": {"constant": 30}}}
    small = run(spec_of(plant=plant), [("ann", MON, STANDARD, 2)])
    assert small.ledger.tranches.due_at.tolist() == [NAT]
    assert small.ledger.tranches.released_at.tolist() == [NAT]
    assert small.ledger.deliveries.due_at.tolist() == [NAT, NAT]
    assert small.ledger.deliveries.done_at.tolist() == [NAT, NAT]
    assert len(small.ledger.stints) == 0
