"""Hypothesis strategies: small random scenarios that are full of ties, overflow, rework and clock changes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st

from sim.clock import HOUR, WEEK
from sim.demand.order_file import OrderColumns
from sim.plant.compiled.trace import trace_of
from sim.plant.counter.count import count
from sim.plant.draws import Draws, draw_replication
from sim.plant.model import simulate
from sim.plant.record import record
from sim.plant.run_input import RunInput, prepare_run_input
from sim.scenario.schema import ScenarioSpec
from sim.sla.words import EXPEDITE, STANDARD

if TYPE_CHECKING:
    from sim.plant.marks import Marks
    from sim.results.counts import Counts
    from sim.results.ledger import Ledger

ZONES = ("UTC", "America/New_York", "Europe/Copenhagen", "Asia/Kathmandu", "Australia/Lord_Howe")
# An ordinary Monday, and those before clock changes: Lord Howe, Denmark in autumn, New York in
# spring.
MONDAYS = (date(2026, 1, 5), date(2026, 3, 30), date(2026, 10, 19), date(2026, 3, 2))
DISCIPLINES = ("edd", "class", "fifo", "slack")
N_IMAGES = 300


LONG = "LONG" in os.environ
"""Whether `make long` runs the tests: ten times the examples, larger plants."""


def examples(n: int) -> settings:
    """Return settings for `n` examples of a property, ten times as many in a long run.

    The machine may be slow.
    """
    return settings(
        max_examples=10 * n if LONG else n,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


@dataclass(frozen=True)
class Small:
    """A small scenario with the orders that it replays, and what follows from both."""

    spec: ScenarioSpec
    replays: dict[str, OrderColumns]

    @cached_property
    def draws(self) -> Draws:
        """The draws of the first replication."""
        return draw_replication(self.spec, self.replays, 0)

    @cached_property
    def run_input(self) -> RunInput:
        """What an engine is given."""
        return prepare_run_input(self.spec, self.draws)

    @cached_property
    def marks(self) -> Marks:
        """What the engine under test leaves."""
        return simulate(self.run_input)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger of these marks."""
        return record(self.spec, self.run_input, self.marks)

    @cached_property
    def counts(self) -> Counts:
        """The counts of the run that left them."""
        return count(self.spec, self.run_input, trace_of(self.run_input, self.marks))

    def changed(self, **parts: Any) -> Small:
        """Return it with other parts of the scenario, given as the YAML file gives them."""
        data = self.spec.model_dump(by_alias=True, exclude_unset=True)
        return Small(ScenarioSpec.model_validate({**data, **parts}), self.replays)


def replayed(orders: list[tuple[str, int, int, int]]) -> OrderColumns:
    """Return orders, given as (customer, instant, service, images), as an order file gives them."""
    names, at, service, images = zip(*orders, strict=True) if orders else ((), (), (), ())
    none = np.zeros(0, object)
    return OrderColumns(
        np.array(names, object),
        np.array(at, np.int64),
        np.array(service, np.int8),
        np.array(images, np.int64),
        none,
        none,
    )


def minutes(most: int = 90) -> st.SearchStrategy[dict[str, Any]]:
    """Return times of work; the constant ones make ties."""
    mean = st.sampled_from([value for value in (0.001, 1, 5, 15, 30, 60, 90) if value <= most])
    return st.one_of(
        mean.map(lambda value: {"constant": value}),
        mean.map(lambda value: {"exponential": {"mean": value}}),
        mean.map(lambda value: {"lognormal": {"mean": value, "cv": 1.5}}),
        mean.map(lambda value: {"uniform": {"low": 0, "high": 2 * value}}),
    )


@st.composite
def roster_lines(draw: st.DrawFn, most: int = 3) -> dict[str, Any]:
    """Draw a shift: by day, past midnight, or across the hours in which clocks change."""
    begins = draw(
        st.sampled_from(["00:00", "01:30", "02:30", "06:00", "08:00", "14:00", "22:00", "23:30"])
    )
    ends = draw(
        st.sampled_from(["24:00", "02:00", "02:30", "06:00", "09:15", "14:00", "16:00"]).filter(
            begins.__ne__
        )
    )
    days = draw(st.sampled_from(["Mon-Sun", "Mon-Fri", "Sat-Sun", "Fri-Mon", "Sun", "Mon,Wed"]))
    return {"days": days, "from": begins, "to": ends, "editors": draw(st.integers(1, most))}


@st.composite
def pools(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """Draw a pool that opens at least once a week."""
    return {
        "name": name,
        "timezone": draw(st.sampled_from(ZONES)),
        "discipline": draw(st.sampled_from(DISCIPLINES)),
        "shift_end": draw(st.sampled_from(["finish", "hand_over"])),
        "absence_share": draw(st.sampled_from([0.0, 0.0, 0.2, 0.6])),
        "roster": draw(st.lists(roster_lines(), min_size=1, max_size=3)),
    }


@st.composite
def plants(draw: st.DrawFn) -> dict[str, Any]:
    """Draw one to three pools behind one to three stations, and a review or none in any of the pools."""
    names = [f"pool {number}" for number in range(draw(st.integers(1, 3)))]
    pool = st.sampled_from(names)
    stations = [f"station {number}" for number in range(draw(st.integers(1, 3)))]
    route: list[dict[str, Any]] = []
    for number, station in enumerate(stations):
        route.append({"station": station, "pool": draw(pool), "minutes": draw(minutes())})
        if share := draw(st.sampled_from([0.0, 0.0, 0.3, 0.6])):
            route[-1]["rework"] = {
                "share": share,
                "to": draw(st.sampled_from(stations[: number + 1])),
            }
    plant: dict[str, Any] = {
        "pools": [draw(pools(name)) for name in names],
        "route": route,
        "planning_utilisation": draw(st.sampled_from([1.0, 0.85, 0.3])),
    }
    if draw(st.integers(0, 3)):
        plant["review"] = {"pool": draw(pool), "minutes": draw(minutes())}
    if share := draw(st.sampled_from([0.0, 0.2, 0.6])):
        delay = draw(
            st.sampled_from([{"constant": 1}, {"constant": 0.0}, {"exponential": {"mean": 12}}])
        )
        plant["rejection"] = {
            "share": share,
            "delay_hours": delay,
            "to": draw(st.sampled_from(stations)),
        }
    return plant


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    """Draw terms whose guarantees are so small that orders overflow."""
    reviewed = draw(
        st.sampled_from(["capacity", "capacity", "next_business_morning", {"hours": 8}])
    )
    return {
        "standard": {"guaranteed_per_day": draw(st.integers(0, 6)), "reviewed": reviewed},
        "expedite": {
            "guaranteed_per_day": draw(st.integers(1, 3)),
            "outside_window": draw(st.sampled_from(["standard", "defer", "reject"])),
            "uses_dgi": draw(st.sampled_from(["all", "guaranteed"])),
            "delivery_plan_covers": draw(st.sampled_from(["excess", "beyond"])),
        },
        "weekend_hours": draw(st.sampled_from(["roll", "pause", "none"])),
    }


@st.composite
def order_files(draw: st.DrawFn, start: int, weeks: int) -> OrderColumns:
    """Draw up to ten orders, most of them on the hour, so that they tie with shifts and with each other."""
    hours = st.integers(0, weeks * 7 * 24 - 1).map(lambda hour: start + hour * HOUR)
    instants = st.one_of(hours, hours, st.integers(start, start + weeks * WEEK - 1))
    service = st.sampled_from([STANDARD, STANDARD, EXPEDITE])
    order = st.tuples(st.sampled_from(["ann", "bob"]), instants, service, st.integers(1, 12))
    return replayed(draw(st.lists(order, min_size=1, max_size=10)))


@st.composite
def demands(draw: st.DrawFn) -> dict[str, Any]:
    """Draw synthetic orders, few and small."""
    return {
        "orders_per_day": draw(st.sampled_from([0.2, 0.5, 1.0])),
        "images_per_order": draw(
            st.sampled_from([{"constant": 3}, {"geometric": {"mean": 3, "max": 8}}])
        ),
        "hours": draw(st.sampled_from(["always", "office", "shop"])),
        "expedite_share": draw(st.sampled_from([0.0, 0.4])),
        "day_factor": {"cv": draw(st.sampled_from([0.0, 0.5])), "correlation": 0.3},
    }


@st.composite
def smalls(draw: st.DrawFn) -> Small:
    """Draw a scenario of one or two weeks and a week of cooling down, with at most 300 images."""
    monday, weeks = draw(st.sampled_from(MONDAYS)), draw(st.integers(1, 2))
    warm_up = draw(st.integers(0, weeks - 1))
    horizon = {
        "start": monday,
        "weeks": weeks,
        "warm_up_weeks": warm_up,
        "cool_down_weeks": draw(st.integers(0, 1)),
    }
    names = [f"plan {number}" for number in range(draw(st.integers(1, 2)))]
    spec: dict[str, Any] = {
        "name": "small",
        "seed": draw(st.integers(0, 1000)),
        "horizon": horizon,
        "plans": {name: draw(plans()) for name in names},
        "plant": draw(plants()),
        "customers": [],
    }
    replays: dict[str, OrderColumns] = {}
    for number in range(draw(st.integers(1, 3))):
        group: dict[str, Any] = {"group": f"group {number}", "plan": draw(st.sampled_from(names))}
        group["timezone"] = draw(st.sampled_from(ZONES))
        if draw(st.integers(0, 2)):
            group["orders"] = f"{number}.csv"
            replays[group["orders"]] = draw(order_files(_start(monday), weeks + 1))
        else:
            group |= {"count": draw(st.integers(1, 2)), "demand": draw(demands())}
        spec["customers"].append(group)
    small = Small(ScenarioSpec.model_validate(spec), replays)
    assume(small.draws.first_image[-1] <= N_IMAGES)
    return small


def _start(monday: date) -> int:
    return (monday - date(1970, 1, 1)).days * 24 * HOUR


def single_station(editors: int, orders: list[tuple[str, int, int, int]], **pool: Any) -> Small:
    """Return a plant of one station and one pool with one roster line, and a customer in UTC; two weeks.

    It starts on Monday 2026-01-05; nothing is over the guarantee. Keys of the pool may be given.
    """
    line = {"days": "Mon-Sun", "from": "00:00", "to": "24:00", "editors": editors}
    spec = {
        "name": "single",
        "horizon": {"start": MONDAYS[0], "weeks": 1, "cool_down_weeks": 1},
        "plans": {"plain": {}},
        "customers": [
            {"group": "shop", "plan": "plain", "timezone": "UTC", "orders": "orders.csv"}
        ],
        "plant": {
            "pools": [{"name": "floor", "timezone": "UTC", "roster": [line], **pool}],
            "route": [{"station": "retouch", "pool": "floor", "minutes": {"constant": 60}}],
        },
    }
    return Small(ScenarioSpec.model_validate(spec), {"orders.csv": replayed(orders)})
