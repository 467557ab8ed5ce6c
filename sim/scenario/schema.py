"""A scenario: all that a study is made from, as the YAML file says it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from sim.clock import WEEK
from sim.demand.groups import Group
from sim.frozen import Frozen
from sim.scenario.plant import Plant
from sim.sla.terms import Plan

Measure = Literal[
    "on_time_share",
    "tranche_on_time_share",
    "order_on_time_share",
    "tardiness_hours_p95",
    "overflow_share",
    "overflow_images_per_day",
    "pile_up_factor",
    "monday_backlog",
    "utilisation",
    "wait_minutes_mean",
    "in_system_mean",
    "time_in_system_hours_mean",
    "throughput_per_day",
    "support_on_time_share",
    "censored_share",
]
Commitment = Literal["guaranteed", "additional", "to_be_confirmed", "delivery_plan", "all"]
Service = Literal["standard", "expedite", "rejection", "all"]


class Horizon(Frozen):
    """The time that a replication covers; weeks begin at 00:00 UTC."""

    start: date
    """First day; a Monday, so that every weekend lies whole in a week."""
    weeks: Annotated[int, Field(ge=1, le=520)]
    """Weeks from the start to the end of counting, warm-up included."""
    warm_up_weeks: Annotated[int, Field(ge=0)] = 0
    """Weeks at the start whose orders do not count."""
    cool_down_weeks: Annotated[int, Field(ge=0, le=520)] = 2
    """Weeks after the end in which orders of before may still be finished; demand goes on."""

    @model_validator(mode="after")
    def _room_to_count(self) -> Self:
        if self.start.weekday():
            raise ValueError(f"must start on a Monday, and {self.start} is a {self.start:%A}")
        if self.warm_up_weeks >= self.weeks:
            raise ValueError(f"must leave weeks to count: warm-up {self.warm_up_weeks} of {self.weeks} weeks")
        return self

    @property
    def start_at(self) -> int:
        """First instant, UTC seconds."""
        return int(datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC).timestamp())

    @property
    def count_from(self) -> int:
        """End of the warm-up: the first instant whose orders count."""
        return self.start_at + self.warm_up_weeks * WEEK

    @property
    def count_until(self) -> int:
        """End of the horizon: orders from here on do not count."""
        return self.start_at + self.weeks * WEEK

    @property
    def end_at(self) -> int:
        """End of the cool-down: the run stops here at the latest."""
        return self.count_until + self.cool_down_weeks * WEEK


class Target(Frozen):
    """A figure that a measure has to reach at every design point."""

    measure: Measure
    """Name of the measure."""
    commitment: Commitment = "all"
    """Commitment it is taken of."""
    service: Service = "all"
    """Service it is taken of."""
    pool: str = "all"
    """Pool it is taken of."""
    at_least: float | None = None
    """Lowest mean that meets the target."""
    at_most: float | None = None
    """Highest mean that meets the target."""

    @model_validator(mode="after")
    def _a_bound(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("must have at_least or at_most")
        return self


class ScenarioSpec(Frozen):
    """All that a study is made from."""

    name: Annotated[str, Field(min_length=1, pattern=r"^[\w][\w .-]*$")]
    """Name of the scenario and of its folder of results."""
    description: str = ""
    """What it is about, in a sentence."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Master seed; every draw comes from it."""
    horizon: Horizon
    """Time covered."""
    plans: Annotated[dict[str, Plan], Field(min_length=1)]
    """The terms of the SLA, by the name of the plan."""
    customers: Annotated[tuple[Group, ...], Field(min_length=1)]
    """Customer groups."""
    plant: Plant
    """The production system."""
    sweep: dict[str, Annotated[tuple[Any, ...], Field(min_length=1)]] = Field(default_factory=dict)
    """Factors and their levels: a dotted key of this file and the values it takes in turn."""
    replications: Annotated[int, Field(ge=1, le=10_000)] = 20
    """Independent repetitions of every design point."""
    confidence: Annotated[float, Field(gt=0.5, lt=1.0)] = 0.95
    """Confidence of the intervals."""
    targets: tuple[Target, ...] = ()
    """Figures to reach; a missed one gives exit code 1."""
