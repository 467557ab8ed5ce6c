"""A mean with its interval, cut to what the quantity can be."""

from __future__ import annotations

from math import inf, isnan, nan
from typing import NamedTuple


class Estimate(NamedTuple):
    """A mean with its interval; NaN where there is none."""

    mean: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether there was something to measure."""
        return not isnan(self.mean)

    def within(self, least: float, most: float) -> Estimate:
        """Return the bounds cut to what the quantity can be; t-intervals do not know it."""
        return (
            Estimate(self.mean, max(self.low, least), min(self.high, most))
            if not isnan(self.low)
            else self
        )


UNKNOWN = Estimate(nan, nan, nan)


def most_of(measure: str) -> float:
    """Return what a measure can be at most; at least it is 0."""
    return 1.0 if measure.endswith("_share") else inf
