"""The plant that all contestants run, its draws as plain arrays, and a twin of them in which nothing coincides.

Three stations in a row, each with a pool of 20 editors who are always on shift, 3 % rework from the
last station to the second, 90 % load, earliest due first. A key is all that a contestant has to be
given to make the choices of the plant: an image's place in the order of (deadline, number).

In whole seconds most instants hold several events, and what a tool does then depends on the order
in which it made them. The plant applies all that happens first, and chooses once after it. The twin
draws a fraction to every instant and duration, so that no two events coincide: there every tool has
to give the same completions, to the tick.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NAT
from sim.plant.draws import draw_replication
from sim.plant.run_input import RunInput, prepare_run_input
from sim.scenario.schema import ScenarioSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

EDITORS = 20
STATIONS = 3
MINUTES = 3.0
REWORK = 0.03
LOAD = 0.9
IMAGES_A_WEEK = EDITORS * 7 * 24 * 60 * LOAD / (MINUTES * (1 + REWORK))
TICKS = 1 << 24
"""Ticks of the twin in a second: with the seconds of a year exact in the 53 bits of a float."""
CUSTOMERS = 17
ZONES = {"west": "America/New_York", "middle": "Europe/London", "east": "Asia/Tokyo"}
"""Groups of customers by zone, so that the earliest due is not always the first to come."""


def spec(images: int) -> ScenarioSpec:
    """Return the plant with about so many images.

    Minutes fit the load to whole weeks, and are near 3 from 10^5 on.
    """
    weeks = max(1, round(images / IMAGES_A_WEEK))
    minutes = MINUTES * weeks * IMAGES_A_WEEK / images
    orders_a_day = images / (7 * weeks) / (CUSTOMERS * len(ZONES)) / 25
    demand = {
        "orders_per_day": orders_a_day,
        "images_per_order": {"geometric": {"mean": 25}},
        "hours": "always",
    }
    customers = [
        {
            "group": group,
            "count": CUSTOMERS,
            "plan": "professional",
            "timezone": zone,
            "demand": demand,
        }
        for group, zone in ZONES.items()
    ]
    roster = [{"days": "Mon-Sun", "from": "00:00", "to": "24:00", "editors": EDITORS}]
    stations = [
        {"station": name, "pool": name, "minutes": {"exponential": {"mean": minutes}}}
        for name in "abc"
    ]
    stations[2]["rework"] = {"share": REWORK, "to": "b"}
    pools = [{"name": name, "timezone": "UTC", "roster": roster} for name in "abc"]
    return ScenarioSpec.model_validate(
        {
            "name": "benchmark",
            "horizon": {"start": "2026-01-05", "weeks": weeks, "cool_down_weeks": 0},
            "plans": {"professional": {"standard": {"guaranteed_per_day": 1_000_000}}},
            "customers": customers,
            "plant": {"pools": pools, "route": stations},
        }
    )


def run_input_of(images: int) -> RunInput:
    """Return the prepared run: the input of the project's own engines."""
    scenario = spec(images)
    return prepare_run_input(scenario, draw_replication(scenario, {}, 0))


@dataclass(frozen=True)
class Flow:
    """The same run as plain arrays, in seconds or ticks since its start.

    The input of all others.
    """

    submitted: Ints
    """Shape (orders,): when the order comes in."""
    due: Ints
    """Shape (orders,): deadline of its images."""
    first_image: Ints
    """Shape (orders + 1,): images of order k are first_image[k] to first_image[k + 1] - 1."""
    first_visit: NDArray[np.int32]
    """Shape (images + 1,): visits of image i are first_visit[i] to first_visit[i + 1] - 1."""
    station: NDArray[np.int8]
    """Shape (visits,): station of each visit."""
    duration: Ints
    """Shape (visits,): service time."""
    until: int
    """End of the run; what would end then or later is not finished."""

    @property
    def key(self) -> Ints:
        """Shape (images,): an image's place in the order of deadline, then number."""
        due = np.repeat(self.due, np.diff(self.first_image))
        key = np.empty(len(due), np.int64)
        key[np.argsort(due, kind="stable")] = np.arange(len(due))
        return key


def flow_of(run_input: RunInput) -> Flow:
    """Return the arrays of a run_input of this plant, in which nothing is reviewed, refused or rejected."""
    table, visits, start = (
        run_input.promises.table,
        run_input.draws.visits,
        run_input.horizon.start_at,
    )
    assert not run_input.promises.reviewed.any()
    assert not len(visits.returns.image)
    return Flow(
        submitted=run_input.draws.orders.submitted_at[table.order] - start,
        due=table.due_at - start,
        first_image=np.append(run_input.promises.first_image, len(visits.first_visit) - 1),
        first_visit=visits.first_visit,
        station=visits.station,
        duration=visits.seconds.astype(np.int64),
        until=run_input.horizon.end_at - start,
    )


def begun(flow: Flow, images: int) -> Flow:
    """Return the flow up to the time at which about so many images have come."""
    return replace(flow, until=flow.until * images // len(flow.first_visit))


def twin(flow: Flow) -> Flow:
    """Return the flow in ticks, with a fraction of a second drawn to each submission and duration."""
    draws = np.random.default_rng(1)
    fractions = draws.integers(TICKS, size=len(flow.submitted) + len(flow.duration))
    submitted = np.sort(flow.submitted * TICKS + fractions[: len(flow.submitted)])
    duration = flow.duration * TICKS + fractions[len(flow.submitted) :] - TICKS // 2
    return replace(
        flow, submitted=submitted, due=flow.due * TICKS, duration=duration, until=flow.until * TICKS
    )


def ended(run_input: RunInput, ended_at: Ints) -> Ints:
    """Return ends of visits as contestants give them.

    Since the start, NAT for what is not finished, no reviews.
    """
    own = ended_at[: len(run_input.draws.visits.station)]
    return np.where(own == NAT, NAT, own - run_input.horizon.start_at)
