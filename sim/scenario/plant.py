"""The plant as a scenario describes it: pools, rosters, route, review and rejection."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from sim.demand.distributions import Distribution
from sim.demand.groups import Name, Share, ZoneName
from sim.demand.profile import weekdays
from sim.frozen import Frozen
from sim.scenario.disciplines import DISCIPLINES

# A type checker wants the names spelled out; pydantic takes them from the table.
if TYPE_CHECKING:
    Discipline: TypeAlias = str
else:
    Discipline = Literal[tuple(DISCIPLINES)]


def minutes_of_day(text: str) -> int:
    """Return the minutes from midnight of ``HH:MM``, up to ``24:00``.

    Raises
    ------
    ValueError
        Where the text is no time of day.
    """
    if not re.fullmatch(r"([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00", text):
        raise ValueError('must be a time of day from "00:00" to "24:00", in quotes')
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def _time_of_day(text: str) -> str:
    minutes_of_day(text)
    return text


def _days(text: str) -> str:
    weekdays(text)
    return text


TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]


class RosterLine(Frozen):
    """A weekly shift: on these days, from one time to another on the pool's clock, so many editors."""

    days: Annotated[str, AfterValidator(_days)]
    """Weekdays on which the shift begins: Mon-Fri, Sat,Sun or Wed."""
    begins: TimeOfDay = Field(alias="from")
    """Start of the shift on the pool's clock."""
    ends: TimeOfDay = Field(alias="to")
    """End of the shift; at or before the start means the next day, 24:00 is midnight."""
    editors: Annotated[int, Field(ge=0, le=10_000)]
    """Editors on this shift."""
    cost_per_hour: Annotated[float, Field(gt=0.0, le=1e9)] | None = None
    """Cost of an editor-hour, in any currency, for `dgisim staff`; on every line of the scenario or
    on none."""

    @model_validator(mode="after")
    def _open(self) -> Self:
        if self.begins == self.ends:
            raise ValueError(
                'must not begin and end at the same time; a whole day is from "00:00" to "24:00"'
            )
        return self

    @property
    def minutes(self) -> tuple[int, int]:
        """Start and end in minutes from the midnight before the shift begins."""
        begins, ends = minutes_of_day(self.begins), minutes_of_day(self.ends)
        return begins, ends if ends > begins else ends + 24 * 60


class Pool(Frozen):
    """The people behind one queue."""

    name: Name
    """Name of the pool."""
    timezone: ZoneName
    """Clock of the roster, a zone of the tz database."""
    roster: Annotated[tuple[RosterLine, ...], Field(min_length=1)]
    """All shifts of the pool."""
    discipline: Discipline = "edd"
    """How the next image is chosen: edd, class, fifo or slack."""
    shift_end: Literal["finish", "hand_over"] = "finish"
    """What becomes of the image in hand when the shift ends."""
    absence_share: Share = 0.0
    """Share of shifts for which an editor does not come."""


class Rework(Frozen):
    """Images that fail a station and go back."""

    share: Annotated[float, Field(ge=0.0, lt=1.0)]
    """Probability that an image goes back after this station."""
    to: str
    """The station it goes back to, this one or an earlier one."""


class Station(Frozen):
    """A step of the route."""

    station: Name
    """Name of the station."""
    pool: str
    """The pool that works here."""
    minutes: Distribution
    """Minutes of work per image."""
    rework: Rework | None = None
    """Rework found here."""


class Review(Frozen):
    """How support and production look at images over the guarantee."""

    pool: str
    """The pool that reviews."""
    minutes: Distribution
    """Minutes of work per review; one review a tranche."""


class Rejection(Frozen):
    """Delivered images that the customer sends back."""

    share: Annotated[float, Field(ge=0.0, lt=1.0)]
    """Probability that a delivered image is rejected."""
    delay_hours: Distribution
    """Hours from delivery to rejection."""
    to: str
    """The station at which a rejected image starts again."""


class Plant(Frozen):
    """The production system."""

    pools: Annotated[tuple[Pool, ...], Field(min_length=1)]
    """Pools, in the order in which they choose at an instant."""
    route: Annotated[tuple[Station, ...], Field(min_length=1)]
    """Stations in the order of the work."""
    review: Review | None = None
    """Review of images over the guarantee; without it they are quoted on submission."""
    rejection: Rejection | None = None
    """Rejections; none when left out."""
    planning_utilisation: Annotated[float, Field(gt=0.0, le=1.0)] = 0.85
    """Share of the roster's hours that a quoted deadline counts on."""
