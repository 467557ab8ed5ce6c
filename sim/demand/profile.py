"""Hour-of-week profiles: when a customer's orders come, on the customer's own clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import AfterValidator, Field

from sim.clock import DAY, HOUR, weekday
from sim.sla.terms import WEEKDAYS

if TYPE_CHECKING:
    from sim.arrays import Floats, Ints

HOURS_OF_WEEK = 168

# Assumptions, not measurements. Office follows the hours of the real orders in docs/real-orders.md;
# a shop's staff uploads after the day's photography and at the weekend too.
_OFFICE_DAY = (0, 0, 0, 0, 0, 0, 0.2, 1, 3, 7, 12, 12, 16, 14, 12, 12, 7, 3, 1, 0.4, 0.2, 0.1, 0, 0)
_SHOP_DAY = (0.3, 0.1, 0, 0, 0, 0, 0.2, 0.5, 1, 3, 5, 6, 6, 6, 7, 8, 9, 10, 10, 9, 7, 5, 3, 1)
NAMED = {
    "always": ((1.0,) * 7, (1.0,) * 24),
    "office": ((1.0, 1.05, 1.1, 1.15, 1.0, 0.0, 0.05), _OFFICE_DAY),
    "shop": ((1.1, 1.0, 1.0, 1.0, 1.0, 0.7, 0.5), _SHOP_DAY),
}


def weekdays(text: str) -> tuple[int, ...]:
    """Return the weekdays that a text names, Monday = 0.

    Examples of texts are ``Mon-Fri``, ``Sat,Sun``, ``Fri-Mon`` and ``Wed``.

    Raises
    ------
    ValueError
        Where a part is no weekday or a day stands twice.
    """
    days: list[int] = []
    for part in text.split(","):
        first, dash, last = (name.strip() for name in part.partition("-"))
        if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            raise ValueError(
                f"must be weekdays such as Mon-Fri or Sat,Sun, of {', '.join(WEEKDAYS)}"
            )
        begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        days += [(begin + step) % 7 for step in range((end - begin) % 7 + 1)]
    if len(set(days)) < len(days):
        raise ValueError("must name each weekday once")
    return tuple(days)


def hour_of_week(seconds: Ints) -> Ints:
    """Return the hour of the week, 0 = Monday 00:00, of wall seconds.

    Of instants, that of the week in UTC.
    """
    return weekday(seconds) * 24 + seconds % DAY // HOUR


def _weekly(weights: dict[str, tuple[float, ...]]) -> dict[str, tuple[float, ...]]:
    """Return the weights, after a look that no weekday stands twice and that some hour is open."""
    days = [day for text in weights for day in weekdays(text)]
    if len(set(days)) < len(days):
        raise ValueError("must name each weekday once")
    if not any(map(sum, weights.values())):
        raise ValueError("must have an hour with a weight over 0")
    return weights


def _named(name: str) -> str:
    if name not in NAMED:
        raise ValueError(f"must be one of {', '.join(NAMED)}, or 24 weights per weekday")
    return name


Weight = Annotated[float, Field(ge=0.0, le=1e9)]
Hours24 = Annotated[tuple[Weight, ...], Field(min_length=24, max_length=24)]
Profile = (
    Annotated[str, AfterValidator(_named)]
    | Annotated[dict[str, Hours24], AfterValidator(_weekly), Field(min_length=1)]
)


def hour_of_week_weights(profile: Profile) -> Floats:
    """Return the weight of every hour of the week, Monday 00:00 first.

    Parameters
    ----------
    profile
        A named profile, or 24 weights for each group of weekdays; days that are not named have
        none.

    Returns
    -------
    ndarray
        Shape (168,), dimensionless, with mean 1: the expected orders of a week do not depend on the
        profile.
    """
    weights = np.zeros((7, 24))
    if isinstance(profile, str):
        by_day, by_hour = NAMED[profile]
        weights += np.outer(by_day, by_hour)
    else:
        for days, hours in profile.items():
            weights[list(weekdays(days))] = hours
    flat: Floats = weights.ravel() / weights.mean()
    return flat
