"""What a scenario asks of ``dgisim frontier``: two factors, and how sure the answer has to be."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from sim.frozen import Frozen


class FactorLevels(Frozen):
    """A factor of the map, with the levels that it takes."""

    key: Annotated[str, Field(min_length=1)]
    """Dotted key of this file."""
    levels: Annotated[tuple[Any, ...], Field(min_length=1)]
    """Values it takes, from the easiest to keep the promise with to the hardest: a guarantee rises,
    editors fall."""


class FrontierSpec(Frozen):
    """What can be promised: at which levels of two factors the target is reached in most replications."""

    x: FactorLevels | None = None
    """Factor along which the boundary is searched; the DGI, around today's, if left out."""
    y: FactorLevels | None = None
    """Factor of the rows; the expedite guarantee, around today's, if left out."""
    target: Annotated[float, Field(gt=0, le=1)] | None = None
    """On-time share of guaranteed images that a replication has to reach; that of the targets if
    left out."""
    assurance: Annotated[float, Field(gt=0, lt=1)] = 0.9
    """Chance with which a replication has to reach it."""
    error: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    """Largest chance that any point of the map is marked wrongly."""
    at_most: Annotated[int, Field(ge=1, le=10_000)] = 400
    """Replications of a point; one that they leave open is not decided."""
