"""The terms of a plan: every number and switch of the SLA, with the Professional plan as default.

The classes are also the YAML layout of ``plans.<name>`` in a scenario. Rule ids (STD-1 ...) are the
SLA's.
"""

from __future__ import annotations

import re
from datetime import time
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sim.clock import DAY, HOUR, MINUTE, WEEK
from sim.frozen import Frozen

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _hours(hours: float) -> float:
    """Refuse hours that are no whole number of seconds."""
    if (Fraction(str(hours)) * HOUR).denominator != 1:
        raise ValueError("must make whole seconds, such as 1.5 hours or 0.25")
    return hours


def _due(text: str) -> str:
    """Refuse what is no time of the day."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError('must be a time "HH:MM" from "00:00" to "23:59", in quotes')
    return text


def _week_time(text: str) -> str:
    """Refuse what is no time of the week."""
    if not re.fullmatch(rf"({'|'.join(WEEKDAYS)}) (([01]\d|2[0-3]):[0-5]\d|24:00)", text):
        raise ValueError('must be a weekday and a time in UTC, such as "Mon 00:00" or "Fri 24:00"')
    return text


def _country(code: str) -> str:
    """Refuse a country that has no calendar in the ``holidays`` package."""
    from holidays import list_supported_countries  # slow to import, and seldom wanted

    if code not in list_supported_countries(include_aliases=False):
        raise ValueError(
            'must be a country code of ISO 3166 in capitals that has a calendar, such as "DK"'
        )
    return code


Hours = Annotated[float, Field(strict=True, gt=0, le=8760), AfterValidator(_hours)]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]
DueTime = Annotated[str, AfterValidator(_due)]
WeekTime = Annotated[str, AfterValidator(_week_time)]
Country = Annotated[str, AfterValidator(_country)]


def _seconds(hours: float) -> int:
    """Return hours as whole seconds, exactly."""
    return int(Fraction(str(hours)) * HOUR)


class _InHours(Frozen):
    """Terms that promise something in hours."""

    hours: Hours

    @cached_property
    def seconds(self) -> int:
        """The hours in seconds."""
        return _seconds(self.hours)


class ReviewTerms(_InHours):
    """A fixed time for the deadline of reviewed images."""

    hours: Hours
    """Hours in which images over an allowance are delivered."""


class StandardTerms(Frozen):
    """Standard orders: STD-1, DGI-1 and DGI-2."""

    due: DueTime = "09:00"
    """The due time on the customer's clock, "HH:MM"."""
    guaranteed_per_day: Count = 200
    """The Daily Guarantee of Images (DGI): standard images guaranteed per customer and upload
    day."""
    reviewed: Literal["capacity", "next_business_morning"] | ReviewTerms = "capacity"
    """The deadline of images over an allowance: quoted from the plant's load, one business day
    after the guaranteed deadline, or {hours: N}."""
    weekend_allowance: Literal["per_day", "shared"] = "per_day"
    """Whether Friday, Saturday and Sunday have an allowance each, or share one."""

    @cached_property
    def due_seconds(self) -> int:
        """The due time in seconds after midnight on the wall."""
        return int(self.due[:2]) * HOUR + int(self.due[3:]) * MINUTE

    @property
    def due_time(self) -> time:
        """The due time on the wall."""
        return time.fromisoformat(self.due)


class Window(Frozen):
    """The part of the week in UTC in which expedite is open: [opens, closes), EXP-2."""

    opens: WeekTime = "Mon 00:00"
    """Weekday and time in UTC from which on expedite is open."""
    closes: WeekTime = "Sat 00:00"
    """Weekday and time in UTC from which on expedite is closed."""

    @cached_property
    def opens_seconds(self) -> int:
        """The opening in seconds after Monday 00:00."""
        return _week_seconds(self.opens)

    @cached_property
    def length(self) -> int:
        """How long the window is open, in seconds; a window may run over Sunday midnight."""
        return (_week_seconds(self.closes) - self.opens_seconds) % WEEK


def _week_seconds(text: str) -> int:
    """Return a time of the week in seconds after Monday 00:00."""
    return WEEKDAYS.index(text[:3]) * DAY + int(text[4:6]) * HOUR + int(text[7:9]) * MINUTE


def _open_window(window: Window | str) -> Window | str:
    """Refuse a window that is never open, or always."""
    if isinstance(window, Window) and not window.length:
        raise ValueError(
            'must close at another time than it opens; a window without an end is "always"'
        )
    return window


class ExpediteTerms(Frozen):
    """Expedited orders: EXP-1 to EXP-8."""

    hours: Hours = 3
    """Hours from submission to the deadline of guaranteed images."""
    guaranteed_per_day: Count = 20
    """Expedited images guaranteed per customer and upload day."""
    additional_hours: Hours = 6
    """Hours from submission to the deadline of images over the guarantee."""
    plan_from_multiple: Annotated[float, Field(strict=True, ge=1, le=1_000_000)] = 2.0
    """The multiple of the guarantee from which on a delivery plan is made, EXP-7."""
    window: Annotated[Window | Literal["always"], AfterValidator(_open_window)] = Window()
    """When expedite is open, in UTC; or the word always."""
    outside_window: Literal["standard", "defer", "reject"] = "standard"
    """What becomes of an order from outside the window, EXP-8."""
    uses_dgi: Literal["all", "guaranteed"] = "all"
    """Which expedited images use the day's DGI, EXP-6."""
    delivery_plan_covers: Literal["excess", "beyond"] = "excess"
    """Whether the delivery plan covers all images over the guarantee, or only those past the
    multiple."""

    @model_validator(mode="after")
    def _guarantee_comes_first(self) -> Self:
        """Refuse images over the guarantee that are due before those within it."""
        if self.additional_hours < self.hours:
            raise ValueError(
                f"additional_hours is {self.additional_hours:g} "
                f"and must be at least hours, {self.hours:g}"
            )
        return self

    @cached_property
    def seconds(self) -> int:
        """The hours of guaranteed images in seconds."""
        return _seconds(self.hours)

    @cached_property
    def additional_seconds(self) -> int:
        """The hours of additional images in seconds."""
        return _seconds(self.additional_hours)

    @cached_property
    def plan_from(self) -> Fraction:
        """The expedited images of a day from which on a delivery plan is made, exactly.

        1.1 x 30 is 33.
        """
        return Fraction(str(self.plan_from_multiple)) * self.guaranteed_per_day


class RejectionTerms(_InHours):
    """Rejected images: REJ-1."""

    hours: Hours = 5
    """Hours from rejection to the deadline."""


class SupportTerms(_InHours):
    """Answers of support: SUP-1."""

    hours: Hours = 5
    """Hours from Monday to Friday, UTC, in which support answers."""


class Plan(Frozen):
    """The terms of the SLA for a class of customers."""

    name: str = "professional"
    """The name that messages use."""
    standard: StandardTerms = StandardTerms()
    """Standard orders."""
    expedite: ExpediteTerms = ExpediteTerms()
    """Expedited orders."""
    rejection: RejectionTerms = RejectionTerms()
    """Rejected images."""
    support: SupportTerms = SupportTerms()
    """Answers of support."""
    weekend_hours: Literal["roll", "pause", "none"] = "roll"
    """What a weekend does to a promise in hours, WKD-2."""
    holidays: Country | None = None
    """The country code whose public holidays count like weekend days for a due date, such as DK; or
    none."""


PROFESSIONAL = Plan()
"""The Professional plan."""
