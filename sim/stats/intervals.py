"""Estimates, and intervals over replications.

Student's t for means, and for differences under common random numbers.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from math import inf, isnan, nan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


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


@dataclass(frozen=True)
class Intervals:
    """Means with the bounds of their intervals; arrays of one shape."""

    mean: Floats
    low: Floats
    high: Floats
    n: NDArray[np.int64]
    """Replications in which there was something to measure."""


def t_intervals(values: Floats, confidence: float) -> Intervals:
    """Return the mean over replications with its t-interval.

    Parameters
    ----------
    values
        Shape (replications, ...); NaN where a replication had nothing to measure.
    confidence
        Between 0 and 1.

    Returns
    -------
    Intervals
        Arrays of the shape of one replication. Bounds are NaN for fewer than two replications,
        means for none.

    Notes
    -----
    mean +- t(n - 1, (1 + confidence) / 2) s / sqrt(n): Law, *Simulation Modeling and Analysis*, 5th
    ed., eq. (4.12). Replications are independent and alike; their means need only be near normal.
    """
    from scipy.special import stdtrit

    n = np.sum(~np.isnan(values), axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # NumPy warns of means of nothing; NaN says it
        mean, deviation = np.nanmean(values, axis=0), np.nanstd(values, axis=0, ddof=1)
    some = np.maximum(n, 2)
    half_width = np.where(
        n > 1, stdtrit(some - 1, (1 + confidence) / 2) * deviation / np.sqrt(some), np.nan
    )
    return Intervals(mean, mean - half_width, mean + half_width, n)


def paired_intervals(values: Floats, base: Floats, confidence: float) -> Intervals:
    """Return the mean difference from a base with its paired t-interval; see :func:`t_intervals`.

    Replication k of both was made from the same draws, so most of the chance cancels.
    """
    return t_intervals(values - base, confidence)


def widened(half_width: float, n: int, confidence: float, wanted: float) -> float:
    """Return the half-width of a t-interval over `n` replications at another confidence.

    NaN stays NaN.
    """
    from scipy.special import stdtrit

    if n < 2:
        return float("nan")
    t, other = stdtrit(n - 1, [(1 + confidence) / 2, (1 + wanted) / 2])
    return float(half_width * other / t)
