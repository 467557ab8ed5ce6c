"""What an engine is given: draws, promises and plant of one replication of one design point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NAT
from sim.plant.promises import Promises, promise_orders
from sim.plant.quotes import Quotes, prepare_quotes
from sim.plant.route import pool_numbers
from sim.sla.calendar import support_due
from sim.sla.words import DELIVERY_PLAN, EXPEDITE, TO_BE_CONFIRMED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.plant.draws import Draws
    from sim.scenario.plant import Plant
    from sim.scenario.schema import Horizon, ScenarioSpec
    from sim.sla.terms import Plan

    Ints = NDArray[np.int64]


class PriorityClass(IntEnum):
    """Classes of the discipline `class`, the most urgent first."""

    EXPEDITED = 0
    REJECTED = 1
    GUARANTEED = 2
    REST = 3


@dataclass(frozen=True)
class RunInput:
    """All that determines one run. An engine is a function of it."""

    horizon: Horizon
    """Start, count-from, count-until and end of the run."""
    plant: Plant
    """Pools, disciplines and shift-end rules."""
    plans: tuple[Plan, ...]
    """Plans in the scenario's order."""
    draws: Draws
    """Orders, visits, reviews and shifts."""
    promises: Promises
    """Tranches of the orders."""
    quotes: Quotes
    """How reviewed tranches get their deadline."""
    pool_of_station: tuple[int, ...]
    """Pool that works at each station of the route; the review comes last, as one station more."""
    work_left: tuple[int, ...]
    """Expected seconds of work of an image from each station on, the review last."""
    counted_images: tuple[int, int]
    """First and end of the images whose orders count."""
    n_counted: int
    """Images of these that were not refused."""
    priority: Ints
    """Shape (tranches,): priority class of each tranche, once it is released."""
    review_due_at: Ints
    """Shape (tranches,): when support has to have answered, for reviewed tranches; else NAT."""

    @property
    def review(self) -> int:
        """Number of the review among the stations."""
        return len(self.plant.route)

    @cached_property
    def station_of_visit(self) -> NDArray[np.int8]:
        """Shape (visits + tranches,).

        Station of each visit of the draws, and behind them of the reviews.
        """
        reviews = np.full(len(self.promises.table.order), self.review, np.int8)
        return np.concatenate([self.draws.visits.station, reviews])

    @cached_property
    def pool_of_visit(self) -> NDArray[np.int8]:
        """Shape (visits + tranches,): pool of each visit, and behind them of the reviews."""
        return np.array(self.pool_of_station, np.int8)[self.station_of_visit]


def prepare_run_input(spec: ScenarioSpec, draws: Draws, quotes: Quotes | None = None) -> RunInput:
    """Put together what one run needs.

    Parameters
    ----------
    spec
        The scenario at one design point.
    draws
        The draws of one replication.
    quotes
        What deadlines are quoted from, where that is known from another run; else it follows from
        the scenario.

    Returns
    -------
    RunInput
        Complete; equal settings give equal ledgers.
    """
    promises = promise_orders(spec, draws)
    quotes = quotes or prepare_quotes(spec, draws.orders.zones)
    pools = pool_numbers(spec.plant)
    review = spec.plant.review
    submitted_at = draws.orders.submitted_at
    counted = np.searchsorted(submitted_at, [spec.horizon.count_from, spec.horizon.count_until])
    inside = (promises.table.order >= counted[0]) & (promises.table.order < counted[1])
    return RunInput(
        horizon=spec.horizon,
        plant=spec.plant,
        plans=tuple(spec.plans.values()),
        draws=draws,
        promises=promises,
        quotes=quotes,
        pool_of_station=(
            *(pools[station.pool] for station in spec.plant.route),
            pools[review.pool] if review else 0,
        ),
        work_left=(
            *(round(sum(work) / 1000) for work in quotes.work[:-1]),
            round(review.minutes.mean() * 60) if review else 0,
        ),
        counted_images=(
            int(draws.first_image[counted[0]]),
            int(draws.first_image[counted[1]]),
        ),
        n_counted=int(promises.table.images[inside].sum()),
        priority=_priorities(promises),
        review_due_at=_review_dues(tuple(spec.plans.values()), submitted_at, promises),
    )


def _priorities(promises: Promises) -> Ints:
    table = promises.table
    rest = np.isin(table.commitment, (TO_BE_CONFIRMED, DELIVERY_PLAN))
    first = np.where(table.service == EXPEDITE, PriorityClass.EXPEDITED, PriorityClass.GUARANTEED)
    return np.where(rest, PriorityClass.REST, first)


def _review_dues(plans: Sequence[Plan], submitted_at: Ints, promises: Promises) -> Ints:
    due = np.full(len(promises.table.order), NAT)
    for number, plan in enumerate(plans):
        rows = promises.reviewed & (promises.plan_of_order[promises.table.order] == number)
        due[rows] = support_due(plan, submitted_at[promises.table.order[rows]])
    return due
