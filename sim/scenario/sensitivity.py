"""What a scenario asks of ``dgisim sensitivity``.

The measure, the ranges of the inputs, and how many runs.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from sim.scenario.targets import Asked


def _rising(ends: tuple[float, ...]) -> tuple[float, ...]:
    """Refuse a range whose ends are equal or the wrong way round."""
    if ends[0] >= ends[1]:
        raise ValueError("must rise: the low end before the high end")
    return ends


def _power_of_two(n: int) -> int:
    """Refuse numbers for which a Sobol sequence is not balanced."""
    if n & (n - 1):
        raise ValueError("must be a power of 2, such as 64, 128 or 256")
    return n


Range = Annotated[tuple[float, ...], Field(min_length=2, max_length=2), AfterValidator(_rising)]


class SensitivitySpec(Asked):
    """Which inputs move a measure most, over their ranges."""

    factors: Annotated[dict[str, Range], Field(min_length=1)]
    """The inputs: a dotted key of this file, and the low and high end of the values it may take."""
    replications: Annotated[int, Field(ge=1, le=1_000)] = 2
    """Runs of each sample; replication k of all samples has the same draws."""
    trajectories: Annotated[int, Field(ge=2, le=1_000)] = 8
    """Morris trajectories: each changes every factor once."""
    samples: Annotated[int, Field(ge=8, le=65_536), AfterValidator(_power_of_two)] = 64
    """Base samples of the Sobol indices: each takes as many runs as there are factors, and two."""
