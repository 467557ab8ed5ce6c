"""Families of distributions, each with its draws and its limited expected value.

Every family draws with NumPy and knows its limited expected value E[min(X, x)], from which the mean
under ``min`` and ``max`` follows in closed form: clip(X, a, b) = a + min(X, b) - min(X, a). Limited
expected values are those of Klugman, Panjer and Willmot, *Loss Models*, 4th ed., appendix A.
"""

from __future__ import annotations

from functools import cached_property
from math import exp, expm1, floor, inf, log, log1p, sqrt
from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import Field, NonNegativeFloat, PositiveFloat, model_validator

from sim.frozen import Frozen

if TYPE_CHECKING:
    from sim.arrays import Floats


class Family(Frozen):
    """A family of distributions on the non-negative numbers, clipped to [``min``, ``max``]."""

    min: NonNegativeFloat | None = None
    """Values below are set to it."""
    max: PositiveFloat | None = None
    """Values above are set to it."""

    @model_validator(mode="after")
    def _ordered_bounds(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min:g} must not be over max {self.max:g}")
        return self

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        """Return `n` draws before clipping."""
        raise NotImplementedError

    def limited_mean(self, x: float) -> float:
        """Return E[min(X, x)] before clipping; the mean for an infinite `x`."""
        raise NotImplementedError

    def sample(self, rng: np.random.Generator, n: int) -> Floats:
        """Return `n` draws, clipped to the bounds."""
        draws = self.draw(rng, n)
        return (
            draws
            if self.min is None and self.max is None
            else np.clip(draws, self.min, self.max, out=draws)
        )

    def mean(self) -> float:
        """Return the mean of the clipped distribution."""
        low, high = self.min or 0.0, inf if self.max is None else self.max
        return low + self.limited_mean(high) - (self.limited_mean(low) if low else 0.0)


class Constant(Family):
    """Always the same value."""

    value: NonNegativeFloat

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        """Return `n` times the value; `rng` is not touched."""
        return np.full(n, self.value)

    def limited_mean(self, x: float) -> float:
        """Return the value, at most `x`."""
        return min(self.value, x)


class Exponential(Family):
    """Exponential with a given mean."""

    mean_: PositiveFloat = Field(alias="mean")

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        """Return scaled standard exponentials, so that a change of the mean changes no draw."""
        draws = rng.standard_exponential(n)
        draws *= self.mean_
        return draws

    def limited_mean(self, x: float) -> float:
        """Return m (1 - exp(-x/m))."""
        return -self.mean_ * expm1(-x / self.mean_)


class Lognormal(Family):
    """Lognormal, by ``mean`` and ``cv`` or by ``median`` and ``sigma``."""

    mean_: PositiveFloat | None = Field(None, alias="mean")
    """Mean; goes with ``cv``."""
    cv: PositiveFloat | None = None
    """Coefficient of variation, standard deviation over mean."""
    median: PositiveFloat | None = None
    """Median; goes with ``sigma``."""
    sigma: PositiveFloat | None = None
    """Standard deviation of the logarithm."""

    @model_validator(mode="after")
    def _one_pair(self) -> Self:
        given = {
            name for name in ("mean_", "cv", "median", "sigma") if getattr(self, name) is not None
        }
        if given not in ({"mean_", "cv"}, {"median", "sigma"}):
            raise ValueError("must have mean and cv, or median and sigma")
        return self

    @cached_property
    def log_moments(self) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm."""
        if self.median is not None and self.sigma is not None:
            return log(self.median), self.sigma
        assert self.mean_ is not None
        assert self.cv is not None
        variance = log1p(self.cv**2)
        return log(self.mean_) - variance / 2, sqrt(variance)

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        """Return exponentials of scaled standard normals."""
        mu, sigma = self.log_moments
        draws = rng.standard_normal(n)
        draws *= sigma
        draws += mu
        return np.exp(draws, out=draws)

    def limited_mean(self, x: float) -> float:
        """Return e^(mu + s^2/2) Phi((ln x - mu - s^2)/s) + x (1 - Phi((ln x - mu)/s))."""
        from scipy.special import ndtr

        mu, sigma = self.log_moments
        mean = exp(mu + sigma**2 / 2)
        if x == inf:
            return mean
        z = (log(x) - mu) / sigma
        return float(mean * ndtr(z - sigma) + x * ndtr(-z))


class Gamma(Family):
    """Gamma by ``mean`` and ``cv``."""

    mean_: PositiveFloat = Field(alias="mean")
    cv: PositiveFloat
    """Coefficient of variation, standard deviation over mean."""

    @property
    def shape(self) -> float:
        """The shape parameter, 1/cv^2."""
        return self.cv**-2

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        """Return scaled standard gammas, so that a change of the mean changes no draw."""
        return self.mean_ / self.shape * rng.standard_gamma(self.shape, n)

    def limited_mean(self, x: float) -> float:
        """Return m P(k + 1, x/theta) + x Q(k, x/theta)."""
        from scipy.special import gammainc, gammaincc

        if x == inf:
            return self.mean_
        scaled = x * self.shape / self.mean_
        return float(
            self.mean_ * gammainc(self.shape + 1, scaled) + x * gammaincc(self.shape, scaled)
        )


class Triangular(Family):
    """Triangular between ``low`` and ``high`` with its peak at ``mode``."""

    low: NonNegativeFloat
    mode: NonNegativeFloat
    high: PositiveFloat

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not (self.low <= self.mode <= self.high and self.low < self.high):
            raise ValueError(
                f"must be low <= mode <= high, not {self.low:g}, {self.mode:g}, {self.high:g}"
            )
        return self

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        """Return draws by NumPy's inverse of the distribution function."""
        return rng.triangular(self.low, self.mode, self.high, n)

    def limited_mean(self, x: float) -> float:
        """Return x less the integral of the distribution function up to x."""
        low, mode, high = self.low, self.mode, self.high
        if x >= high:
            return (low + mode + high) / 3
        rising = max(min(x, mode) - low, 0.0) ** 3 / (3 * (high - low) * max(mode - low, 1e-300))
        if x <= mode:
            return x - rising
        remains = ((high - mode) ** 3 - (high - x) ** 3) / (3 * (high - low) * (high - mode))
        return x - rising - (x - mode - remains)


class Uniform(Family):
    """Uniform between ``low`` and ``high``."""

    low: NonNegativeFloat
    high: PositiveFloat

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"low {self.low:g} must be under high {self.high:g}")
        return self

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        """Return scaled standard uniforms."""
        return self.low + (self.high - self.low) * rng.random(n)

    def limited_mean(self, x: float) -> float:
        """Return x less the integral of the distribution function up to x."""
        if x >= self.high:
            return (self.low + self.high) / 2
        return x - max(x - self.low, 0.0) ** 2 / (2 * (self.high - self.low))


class Geometric(Family):
    """Geometric on 1, 2, 3, ... with a given mean."""

    mean_: float = Field(alias="mean", ge=1.0)

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        """Return counts, as floats."""
        return rng.geometric(1 / self.mean_, n).astype(np.float64)

    def limited_mean(self, x: float) -> float:
        """Return m (1 - q^k) + (x - k) q^k with k = floor(x) and q = 1 - 1/m."""
        if x == inf:
            return self.mean_
        whole = floor(x)
        survival = (1 - 1 / self.mean_) ** whole
        return self.mean_ * (1 - survival) + (x - whole) * survival


class Empirical(Family):
    """The values of a list, or of a column of a CSV file, drawn with the given weights."""

    values: tuple[NonNegativeFloat, ...] = ()
    weights: tuple[NonNegativeFloat, ...] | None = None
    """One weight a value; all equal when left out."""
    file: str | None = None
    """A CSV file, instead of ``values``; a relative path starts at the scenario's folder."""
    column: str | None = None
    """The column of the file."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if bool(self.values) == (self.file is not None) or (self.file is None) != (
            self.column is None
        ):
            raise ValueError("must have values, or file and column")
        if self.weights is not None and (
            len(self.weights) != len(self.values) or not sum(self.weights)
        ):
            raise ValueError(
                f"must have one weight a value, not all zero: {len(self.values)} values"
            )
        return self

    @cached_property
    def points(self) -> tuple[Floats, Floats]:
        """The values and their probabilities."""
        values = np.asarray(self.values, np.float64)
        weights = (
            np.ones_like(values) if self.weights is None else np.asarray(self.weights, np.float64)
        )
        return values, weights / weights.sum()

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        """Return values by inversion of the cumulative weights."""
        values, shares = self.points
        return values[np.searchsorted(np.cumsum(shares)[:-1], rng.random(n), side="right")]

    def limited_mean(self, x: float) -> float:
        """Return the weighted mean of the values, each at most `x`."""
        values, shares = self.points
        return float(np.minimum(values, x) @ shares)
