"""Distributions of a scenario, written ``{family: parameters}``."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import NonNegativeFloat, model_validator

from sim.demand.families import (
    Constant,
    Empirical,
    Exponential,
    Family,
    Gamma,
    Geometric,
    Lognormal,
    Triangular,
    Uniform,
)
from sim.frozen import Frozen

if TYPE_CHECKING:
    from sim.arrays import Floats, Shorts


MOST = 2**31 - 1
"""Largest whole draw: 68 years in seconds, and what 32 bits hold."""


class Distribution(Frozen):
    """One distribution: exactly one family with its parameters."""

    constant: NonNegativeFloat | Constant | None = None
    """Always this value."""
    exponential: Exponential | None = None
    lognormal: Lognormal | None = None
    gamma: Gamma | None = None
    uniform: Uniform | None = None
    triangular: Triangular | None = None
    geometric: Geometric | None = None
    empirical: Empirical | None = None

    @model_validator(mode="after")
    def _one_family(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            families = ", ".join(type(self).model_fields)
            raise ValueError(
                f"must have exactly one family of {families}, not {' and '.join(given) or 'none'}"
            )
        return self

    @cached_property
    def family(self) -> Family:
        """The family that is set."""
        if isinstance(self.constant, (int, float)):
            return Constant(value=self.constant)
        family = next(
            value for name in type(self).model_fields if (value := getattr(self, name)) is not None
        )
        assert isinstance(family, Family)
        return family

    def mean(self) -> float:
        """Return the mean, bounds included."""
        return self.family.mean()

    def sample(self, rng: np.random.Generator, n: int) -> Floats:
        """Return `n` draws, bounds included."""
        return self.family.sample(rng, n)

    def whole(self, rng: np.random.Generator, n: int, unit: float = 1.0) -> Shorts:
        """Return `n` draws times `unit`, rounded to whole numbers from 1 to `MOST`."""
        draws = self.sample(rng, n)
        draws *= unit
        np.rint(draws, out=draws)
        return np.clip(draws, 1.0, MOST, out=draws).astype(np.int32)
