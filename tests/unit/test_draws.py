"""The draws and its streams: what changes a draw, and what does not."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from sim.demand.streams import stream
from sim.plant.draws import Draws, draw_replication
from sim.scenario.schema import ScenarioSpec
from sim.sla.words import EXPEDITE, STANDARD
from tests.strategies import Small, replayed

START = 1_767_571_200  # Monday 2026-01-05 00:00 UTC

DEMAND = {
    "orders_per_day": 3.0,
    "images_per_order": {"geometric": {"mean": 4}},
    "hours": "shop",
    "expedite_share": 0.3,
    "day_factor": {"cv": 0.4, "correlation": 0.5},
    "skew": 0.5,
}
FLOOR = {
    "name": "floor",
    "timezone": "Asia/Ho_Chi_Minh",
    "absence_share": 0.2,
    "roster": [{"days": "Mon-Fri", "from": "22:00", "to": "06:00", "editors": 3}],
}
BASE: dict[str, Any] = {
    "name": "base",
    "seed": 7,
    "horizon": {"start": "2026-01-05", "weeks": 2},
    "plans": {"plain": {}},
    "customers": [
        {
            "group": "us",
            "count": 3,
            "plan": "plain",
            "timezone": "America/New_York",
            "demand": DEMAND,
        },
        {
            "group": "eu",
            "count": 2,
            "plan": "plain",
            "timezone": "Europe/Copenhagen",
            "demand": DEMAND,
        },
    ],
    "plant": {
        "pools": [FLOOR],
        "route": [
            {"station": "mask", "pool": "floor", "minutes": {"exponential": {"mean": 3}}},
            {
                "station": "check",
                "pool": "floor",
                "minutes": {"gamma": {"mean": 2, "cv": 0.5}},
                "rework": {"share": 0.2, "to": "mask"},
            },
        ],
        "review": {"pool": "floor", "minutes": {"lognormal": {"mean": 12, "cv": 0.6}}},
        "rejection": {"share": 0.1, "delay_hours": {"exponential": {"mean": 10}}, "to": "check"},
    },
}


def draw(replication: int = 0, **parts: Any) -> Draws:
    """Return the draws of the base scenario with other parts."""
    return draw_replication(ScenarioSpec.model_validate({**BASE, **parts}), {}, replication)


def of_group(draws: Draws, group: int) -> list[Any]:
    """Return all that was drawn for a group.

    Its orders, the reviews, and the ways of its images.
    """
    own = np.flatnonzero(draws.customers.group[draws.orders.customer] == group)
    first_customer = np.flatnonzero(draws.customers.group == group)[0]
    rows, visits = list[Any](), draws.visits
    for order in own:
        images = range(draws.first_image[order], draws.first_image[order + 1])
        rows.append(
            (
                int(draws.orders.customer[order] - first_customer),
                int(draws.orders.submitted_at[order]),
                int(draws.orders.service[order]),
                int(draws.review_seconds[order]),
                [
                    visits.station[visits.first_visit[i] : visits.first_visit[i + 1]].tolist()
                    for i in images
                ],
                [
                    visits.seconds[visits.first_visit[i] : visits.first_visit[i + 1]].tolist()
                    for i in images
                ],
                [
                    visits.returns_after[
                        visits.first_delivery[i] : visits.first_delivery[i + 1]
                    ].tolist()
                    for i in images
                ],
            )
        )
    return rows


def test_same_key_gives_same_numbers_whatever_was_drawn_before() -> None:
    """A stream is its key: not the order of the calls, nor what other streams drew."""
    first = stream(1, 2, "a/b").random(5)
    stream(1, 2, "other").random(100)
    assert np.array_equal(stream(1, 2, "a/b").random(5), first)


def test_every_part_of_the_key_counts() -> None:
    """Seed, replication and name each give other numbers, also where their digits run together."""
    keys = [
        (1, 2, "a"),
        (2, 1, "a"),
        (12, 0, "a"),
        (1, 20, "a"),
        (1, 2, "b"),
        (1, 2, "a/0"),
        (0, 0, "1/2/a"),
    ]
    assert len({float(stream(*key).random()) for key in keys}) == len(keys)


def test_streams_of_neighbouring_keys_are_uncorrelated() -> None:
    """The draws of successive replications have no correlation beyond 99.9 % chance."""
    rows = np.array(
        [stream(1, replication, "x").standard_normal(10_000) for replication in range(6)]
    )
    correlations = np.corrcoef(rows)[np.triu_indices(6, 1)]
    assert np.abs(correlations).max() < 4.0 / np.sqrt(
        10_000
    )  # the largest of 15 is below 4.0 with 99.9 %


def test_adding_a_group_changes_no_draw_of_the_others() -> None:
    """A group put in front of the others leaves orders, reviews and ways of their images as they were."""
    new = {**BASE["customers"][0], "group": "new"}
    before, after = draw(), draw(customers=[new, *BASE["customers"]])
    assert len(of_group(before, 0)) > 50
    for group in (0, 1):
        assert of_group(after, group + 1) == of_group(before, group)


def test_a_customer_more_changes_no_order_of_the_others_without_skew() -> None:
    """Customers have streams of their own: the orders of the first three stay as they were."""
    groups = [
        [{**BASE["customers"][0], "count": count, "demand": {**DEMAND, "skew": 0.0}}]
        for count in (3, 4)
    ]
    few, many = (
        [row[:3] for row in of_group(draw(customers=customers), 0) if row[0] < 3]
        for customers in groups
    )
    assert few == many


def plant(**pool: Any) -> dict[str, Any]:
    """Return the plant of the base scenario with another key of its pool."""
    return {**BASE["plant"], "pools": [{**FLOOR, **pool}]}


@pytest.mark.parametrize(
    "parts",
    [
        {"plans": {"plain": {"standard": {"guaranteed_per_day": 1, "reviewed": {"hours": 8}}}}},
        {"plant": plant(discipline="slack")},
        {"plant": plant(shift_end="hand_over")},
        {"plant": {**BASE["plant"], "planning_utilisation": 0.5}},
        {"replications": 3, "confidence": 0.9},
    ],
)
def test_no_rule_of_plan_or_plant_changes_a_draw(parts: dict[str, Any]) -> None:
    """DGI, quotes, discipline, shift end and planning change no draw: common random numbers."""
    before, after = draw(), draw(**parts)
    assert pickle.dumps(before) == pickle.dumps(after)


def test_staff_changes_only_the_shifts() -> None:
    """More editors, or other hours, change no order, no way of an image and no review."""
    line = {"days": "Sat-Sun", "from": "06:00", "to": "14:00", "editors": 9}
    before, after = draw(), draw(plant=plant(roster=[line], absence_share=0.5))
    for part in ("orders", "visits", "review_seconds"):
        assert pickle.dumps(getattr(before, part)) == pickle.dumps(getattr(after, part))
    assert pickle.dumps(before.shifts) != pickle.dumps(after.shifts)


def test_replications_and_seeds_draw_anew() -> None:
    """Another replication or master seed gives other orders, ways and shifts."""
    base = draw()
    for other in (draw(1), draw(seed=8)):
        assert of_group(other, 0) != of_group(base, 0)
        assert pickle.dumps(other.shifts) != pickle.dumps(base.shifts)


def replay_pair() -> Small:
    """Return two groups that replay files whose orders tie, are unsorted, or lie outside the horizon."""
    group = {"plan": "plain", "timezone": "UTC"}
    customers = [
        {**group, "group": "one", "orders": "1.csv"},
        {**group, "group": "two", "orders": "2.csv"},
    ]
    end = START + 4 * 7 * 86_400  # two weeks and two of cool-down
    one = [
        ("b", START + 60, STANDARD, 3),
        ("a", START + 60, EXPEDITE, 2),
        ("a", START, STANDARD, 1),
    ]
    two = [("c", START + 60, STANDARD, 4), ("c", START - 1, STANDARD, 9), ("c", end, STANDARD, 9)]
    two.append(("d", end - 1, STANDARD, 5))
    spec = ScenarioSpec.model_validate({**BASE, "customers": customers})
    return Small(spec, {"1.csv": replayed(one), "2.csv": replayed(two)})


def test_replayed_orders_come_by_instant_then_group_then_row() -> None:
    """Ties keep the order of the groups, then of the file; the horizon is half-open.

    The rest is counted.
    """
    draws = replay_pair().draws
    assert draws.orders.submitted_at.tolist() == [
        START,
        *[START + 60] * 3,
        START + 28 * 86_400 - 1,
    ]
    assert draws.orders.images.tolist() == [1, 3, 2, 4, 5]
    assert draws.orders.service.tolist() == [STANDARD, STANDARD, EXPEDITE, STANDARD, STANDARD]
    names = [draws.customers.name[customer] for customer in draws.orders.customer]
    assert names == ["a", "b", "a", "c", "d"]
    assert draws.n_outside == 2
    assert draws.first_image.tolist() == [0, 1, 4, 6, 10, 15]
