"""What common random numbers are worth.

The variance of a difference, against that of independent draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EQUAL_DIGITS = 1e-12
"""Spread that is so small a part of the values is rounding."""


class Reduction(NamedTuple):
    """The factor by which independent draws would need more replications, with its interval.

    Arrays of one shape.
    """

    factor: Floats
    """(var a + var b) / var(a - b): infinite where all differences are the same, NaN where nothing
    varies."""
    low: Floats
    """NaN with fewer than four pairs, or where the factor is infinite."""
    high: Floats


def variance_reduction(a: Floats, b: Floats, confidence: float) -> Reduction:
    """Return the variance reduction of pairs against independent draws.

    Parameters
    ----------
    a, b
        Shape (figures, replications), column k of both from the same draws; NaN where there was
        nothing to measure.
    confidence
        Of the intervals.

    Returns
    -------
    Reduction
        A factor of 7 says that the pairs tell as much of the difference as 7 times the replications
        with draws of their own; under 1, pairing harms.

    Notes
    -----
    Law, *Simulation Modeling and Analysis*, 5th ed., section 11.2. With s = a + b and d = a - b the
    factor is (var s / var d + 1) / 2. The interval is that of the ratio of the variances of two
    correlated normals, exact for them: Pitman, "A note on normal correlation", Biometrika 31
    (1939). Four pairs are the fewest of any use.
    """
    from scipy.special import stdtrit

    both = ~np.isnan(a) & ~np.isnan(b)
    n = both.sum(axis=1)
    degrees = np.where(n > 3, n - 2.0, np.nan)
    var_s, var_d, covariance = _second_moments(a + b, a - b, both)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = var_s / var_d
        alone = 1 - covariance**2 / (var_s * var_d)
        spread = (
            1 + 2 * np.maximum(alone, 0) * stdtrit(degrees, (1 + confidence) / 2) ** 2 / degrees
        )
        root = np.sqrt(spread**2 - 1)
        low, high = ratio * (spread - root), ratio * (spread + root)
    return Reduction(*((1 + np.where(n > 1, value, np.nan)) / 2 for value in (ratio, low, high)))


def _second_moments(s: Floats, d: Floats, both: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """Return the sums of squares of each row about its mean, and of products.

    What is rounding alone is 0.
    """
    n = np.maximum(both.sum(axis=1, keepdims=True), 1)
    counted = [np.where(both, value, 0.0) for value in (s, d)]
    from_mean = [
        np.where(both, value - value.sum(axis=1, keepdims=True) / n, 0.0) for value in counted
    ]
    squares = [(part**2).sum(axis=1) for part in from_mean]
    rounding = EQUAL_DIGITS**2 * (counted[0] ** 2).sum(axis=1)
    var_s, var_d = (np.where(part > rounding, part, 0.0) for part in squares)
    return var_s, var_d, (from_mean[0] * from_mean[1]).sum(axis=1)
