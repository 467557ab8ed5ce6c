"""The dimensions by which a run's images are told apart: one entry each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.sla.words import COMMITMENTS, SERVICES

if TYPE_CHECKING:
    from sim.arrays import Codes, Ints
    from sim.plant.counter.layout import Rows
    from sim.plant.run_input import RunInput
    from sim.scenario.schema import ScenarioSpec


@dataclass(frozen=True)
class Dimension:
    """A way to tell images apart, with a code for each tranche, return and order.

    To add one: an entry in :data:`DIMENSIONS`, a field of the same name in
    :class:`sim.results.figure.Figure`, and its name in the crossings of the measures
    (``OWED`` in :mod:`sim.results.measures`) that are to be told apart by it. No loop changes.
    """

    name: str
    """The field of a figure and the column of tables."""
    levels: Callable[[ScenarioSpec, RunInput], tuple[str, ...]]
    """Words of the levels; a code is a position in them."""
    of_row: Callable[[Rows, RunInput], Ints]
    """Code of each tranche, and behind them of each return."""
    of_order: Callable[[RunInput], Ints | Codes] | None = None
    """Code of each order as it was submitted; None for what an order has not as a whole."""


DIMENSIONS = (
    Dimension("commitment", lambda *_: COMMITMENTS, lambda rows, _: rows.commitment),
    Dimension(
        "service",
        lambda *_: SERVICES,
        lambda rows, _: rows.service,
        lambda run_input: run_input.draws.orders.service,
    ),
)
