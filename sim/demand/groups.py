"""Customer groups of a scenario: who orders, and how much, when and what."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    model_validator,
)

from sim.clock import FIRST_YEAR, LAST_YEAR, is_zone
from sim.demand.distributions import Distribution
from sim.demand.profile import Profile
from sim.frozen import Frozen

Share = Annotated[float, Field(ge=0.0, le=1.0)]


def _known_zone(name: str) -> str:
    if not is_zone(name):
        raise ValueError("must be a zone of the tz database such as Europe/Copenhagen")
    return name


def _plain_name(name: str) -> str:
    if not re.fullmatch(NAME_PATTERN, name) or len(name) > MOST_CHARACTERS:
        raise ValueError(
            "must be a name of letters, digits, blanks, _ and - "
            "that begins with a letter or digit, "
            f"{MOST_CHARACTERS} characters at most"
        )
    return name


def _written_date(day: Any) -> Any:
    try:
        known = (
            date.fromisoformat(day)
            if isinstance(day, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", day)
            else day
        )
    except ValueError as error:
        raise ValueError(f"must be a date of the calendar: {error}") from None
    if not isinstance(known, date) or not FIRST_YEAR <= known.year <= LAST_YEAR:
        raise ValueError(
            f"must be a date such as 2026-01-05, in the years {FIRST_YEAR} to {LAST_YEAR}"
        )
    return known


NAME_PATTERN = r"[^\W_](?:[\w -]*[\w-])?"
MOST_CHARACTERS = 80

ZoneName = Annotated[str, AfterValidator(_known_zone)]
Name = Annotated[
    str,
    AfterValidator(_plain_name),
    Field(json_schema_extra={"pattern": f"^{NAME_PATTERN}$", "maxLength": MOST_CHARACTERS}),
]
"""A name of an entry: part of dotted keys and of the names of streams, so without dots and
slashes."""
Day = Annotated[date, BeforeValidator(_written_date)]
"""A date as ``YYYY-MM-DD``; a number is no date."""


class DayFactor(Frozen):
    """A random factor a day on the demand of the whole group.

    Good days and bad days that last a while.
    """

    cv: Annotated[float, Field(ge=0.0, le=100.0)] = 0.0
    """Coefficient of variation of the factor; its mean is 1."""
    correlation: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0
    """Correlation of the factors of two days in a row."""


class Spikes(Frozen):
    """Days on which a group sends a multiple of its usual orders."""

    share_of_days: Share = 0.0
    """Share of days, drawn at random, that are a spike."""
    factor: PositiveFloat = 1.0
    """Multiple of the usual orders on a drawn day."""
    dates: dict[Day, PositiveFloat] = Field(default_factory=dict)
    """Multiples on known dates, such as a campaign."""


class Demand(Frozen):
    """Synthetic orders of a customer: a Poisson process whose rate follows the customer's clock."""

    orders_per_day: NonNegativeFloat
    """Mean orders of a mean customer on a mean day of the week."""
    images_per_order: Distribution
    """Images of an order, rounded to whole images, at least 1."""
    hours: Profile = "office"
    """Hour-of-week profile on the customer's clock: always, office, shop, or 24 weights per
    weekday."""
    expedite_share: Share = 0.0
    """Share of orders that ask for expedite."""
    day_factor: DayFactor = DayFactor()
    """Random day factor of the group."""
    skew: NonNegativeFloat = 0.0
    """How unequal the customers are: the k-th largest orders in proportion to k to the power of
    -skew."""
    season: Annotated[tuple[NonNegativeFloat, ...], Field(min_length=1)] = (1.0,)
    """Factor on the demand of each week from the horizon's start; the last one holds on."""
    spikes: Spikes = Spikes()
    """Days of a multiple demand."""


class Group(Frozen):
    """Customers of a kind: a plan, a clock, and either a demand model or a file of orders."""

    group: Name
    """Name of the group."""
    count: Annotated[int, Field(ge=1)] = 1
    """Number of customers; an order file brings its own."""
    plan: str
    """Name of the plan they bought."""
    timezone: ZoneName
    """Their clock, a zone of the tz database."""
    demand: Demand | None = None
    """Demand model; or give ``orders``."""
    orders: str | None = None
    """Order file to replay, CSV or Parquet; a relative path starts at the scenario's folder."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.demand is None) == (self.orders is None):
            raise ValueError("must have either demand or orders")
        if self.orders is not None and self.count != 1:
            raise ValueError("must not have a count beside orders: the file brings its customers")
        return self
