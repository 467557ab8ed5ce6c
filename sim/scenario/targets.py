"""What is asked of the figures of a study.

Targets, how they are decided, and how narrow an interval has to be.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.frozen import Frozen
from sim.results.figure import Figure

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


class Asked(Frozen):
    """A figure that something is asked of."""

    measure: Measure
    """Name of the measure."""
    commitment: Commitment = "all"
    """Commitment it is taken of."""
    service: Service = "all"
    """Service it is taken of."""
    pool: str = "all"
    """Pool it is taken of."""

    @property
    def figure(self) -> Figure:
        """The key of the figure."""
        return Figure(*(getattr(self, name) for name in Figure._fields))


class Target(Asked):
    """A figure that a measure has to reach at every design point."""

    at_least: float | None = None
    """Lowest mean that meets the target."""
    at_most: float | None = None
    """Highest mean that meets the target."""

    @model_validator(mode="after")
    def _a_bound(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("must have at_least or at_most")
        return self


class Gate(Frozen):
    """How a study decides its targets against the noise."""

    most_replications: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """Replications are added up to this number while a target is not decided; none without it."""
    undecided: Literal["warn", "fail"] = "warn"
    """What a target that is still not decided does: warn, or fail like a missed one."""


class Until(Asked):
    """The figure whose interval has to be narrow enough at every design point."""

    half_width: Annotated[float, Field(gt=0)]
    """Half of the widest interval that is narrow enough, in the unit of the measure."""
    confidence: Annotated[float, Field(gt=0.5, lt=1.0)] | None = None
    """Confidence of that interval; the scenario's if left out."""


class Precision(Frozen):
    """As many replications as make an interval narrow enough."""

    until: Until
    """Which interval, and how narrow."""
    at_least: Annotated[int, Field(ge=2, le=10_000)] = 10
    """Replications that are made in any case; with few, the interval errs more often than it
    says."""
    at_most: Annotated[int, Field(ge=2, le=10_000)] = 500
    """Replications after which the study ends, narrow enough or not."""

    @model_validator(mode="after")
    def _room(self) -> Self:
        if self.at_most < self.at_least:
            raise ValueError(
                f"must have at_most at or above at_least, and {self.at_most} is below {self.at_least}"
            )
        return self
