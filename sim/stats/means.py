"""Tests whether means differ, of many figures at once.

Paired, Welch's, and Holm's rule over all of them.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Comparison(NamedTuple):
    """Means of figures before and after, and what chance makes of their difference.

    Arrays of one shape.
    """

    base: Floats
    head: Floats
    difference: Floats
    low: Floats
    high: Floats
    n_base: NDArray[np.int64]
    n_head: NDArray[np.int64]
    p_up: Floats
    """Chance of so high a difference where there is none; NaN with fewer than two replications."""
    p_down: Floats
    varies: NDArray[np.bool_]
    """Whether anything differs at all, between the two or within them."""


def paired(base: Floats, head: Floats, confidence: float) -> Comparison:
    """Compare replication by replication.

    Parameters
    ----------
    base, head
        Shape (figures, replications), of the same replications; NaN where there was nothing to
        measure.
    confidence
        Of the interval of the difference.

    Notes
    -----
    Student's t of the differences: Law, *Simulation Modeling and Analysis*, 5th ed., section
    10.2.1. Where all n differences are the same and not 0, t knows no bound; the sign test does:
    one in 2^n.
    """
    both = ~np.isnan(base) & ~np.isnan(head)
    base, head = np.where(both, base, np.nan), np.where(both, head, np.nan)
    n = both.sum(axis=1)
    _, variance = _moments(head - base)
    surest = np.ldexp(1.0, -n)
    varies = np.any(both & (head != base), axis=1) | (n == 0)
    return _compared(
        (base, head), (n, n), variance / np.maximum(n, 1), n - 1.0, surest, varies, confidence
    )


def welch(base: Floats, head: Floats, confidence: float) -> Comparison:
    """Compare independent replications; arguments as :func:`paired`, with own replications.

    Notes
    -----
    Welch, "The generalization of Student's problem when several different population variances are
    involved", Biometrika 34 (1947). Where neither varies, the chance that all of one lie above all
    of the other bounds p.
    """
    from scipy.special import comb

    n = [np.sum(~np.isnan(values), axis=1) for values in (base, head)]
    parts = [
        _moments(values)[1] / np.maximum(size, 1)
        for values, size in zip((base, head), n, strict=True)
    ]
    variance = parts[0] + parts[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        degrees = variance**2 / sum(
            part**2 / (size - 1.0) for part, size in zip(parts, n, strict=True)
        )
    degrees = np.where(variance > 0, degrees, n[0] + n[1] - 2.0)
    together = np.concatenate([base, head], axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        varies = ~(np.nanmax(together, axis=1) == np.nanmin(together, axis=1))
    degrees = np.where(np.minimum(*n) < 2, 0.0, degrees)
    return _compared(
        (base, head),
        (n[0], n[1]),
        variance,
        degrees,
        1 / comb(n[0] + n[1], n[0]),
        varies,
        confidence,
    )


def _moments(values: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance of each row; NaN where there is too little."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # NumPy warns of means of nothing; NaN says it
        return np.nanmean(values, axis=1), np.nanvar(values, axis=1, ddof=1)


def _compared(
    values: tuple[Floats, Floats],
    n: tuple[NDArray[np.int64], NDArray[np.int64]],
    variance: Floats,
    degrees: Floats,
    surest: Floats,
    varies: NDArray[np.bool_],
    confidence: float,
) -> Comparison:
    """Return the test of a difference whose mean has this variance.

    No degrees of freedom, no test.
    """
    from scipy.special import stdtr, stdtrit

    base, head = (_moments(part)[0] for part in values)
    difference, free = head - base, np.where(degrees > 0, degrees, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = difference / np.sqrt(variance)
    exact = ~(variance > 0)
    up, down = (
        np.where(exact, np.where(way * difference > 0, surest, 1.0), stdtr(free, -way * t))
        + 0 * free
        for way in (1, -1)
    )
    half_width = stdtrit(free, (1 + confidence) / 2) * np.sqrt(variance)
    return Comparison(
        base,
        head,
        difference,
        difference - half_width,
        difference + half_width,
        *n,
        up,
        down,
        varies,
    )


def holm(p: Floats) -> Floats:
    """Return adjusted p-values: those at most the error are rejected, all erring as one.

    Notes
    -----
    Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6 (1979). It asks nothing of how the figures depend on each other.
    """
    order = np.argsort(p)
    rising = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(rising, 1.0)
    return adjusted
