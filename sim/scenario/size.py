"""The expected size of a replication, to refuse one that no memory holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from sim.demand.synthetic import expected_factors
from sim.errors import Fault
from sim.scenario.consistency import mean_at_most, mean_or_infinity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sim.demand.distributions import Distribution
    from sim.demand.groups import Demand, Group
    from sim.demand.order_file import OrderColumns
    from sim.scenario.document import Document
    from sim.scenario.schema import Horizon, ScenarioSpec

MOST_IMAGES = 200_000_000


Mean = Callable[["Distribution"], float]


def expected_images(
    spec: ScenarioSpec, replays: Mapping[str, OrderColumns], mean: Mean = mean_or_infinity
) -> list[float]:
    """Return the images that each group brings in one replication.

    Parameters
    ----------
    spec
        The scenario.
    replays
        Order files by the name that the scenario gives them.
    mean
        Gives the mean of a distribution, or a bound of it.

    Returns
    -------
    list of float
        Expected images from the start of the horizon to the end of its cool-down, with those that
        come back after a rejection; of an order file, the images inside that time.
    """
    rejection = spec.plant.rejection
    rounds = 1 / (1 - rejection.share) if rejection else 1.0
    return [rounds * _submitted(spec.horizon, group, replays, mean) for group in spec.customers]


def size_faults(
    document: Document, spec: ScenarioSpec, replays: Mapping[str, OrderColumns]
) -> Iterator[Fault]:
    """Yield the fault of a scenario that is too large for one replication.

    Parameters
    ----------
    document
        For the place of the group that brings most.
    spec, replays
        As for :func:`expected_images`.

    Yields
    ------
    Fault
        At most one.
    """
    if sum(expected_images(spec, replays, mean_at_most)) <= MOST_IMAGES:
        return
    images = expected_images(spec, replays)
    if not sum(images) <= MOST_IMAGES:  # NaN is too many too
        group = spec.customers[images.index(max(images))]
        where = (
            f"{document.place(('customers', images.index(max(images))))}: customers.{group.group}"
        )
        must = (
            f"brings {max(images):,.0f} of {sum(images):,.0f} expected images in one replication, "
            f"and together they must be at most {MOST_IMAGES:,}"
        )
        yield Fault(
            where, group.group, must, "take fewer weeks, or scale demand and editors down alike"
        )


def _submitted(
    horizon: Horizon, group: Group, replays: Mapping[str, OrderColumns], mean: Mean
) -> float:
    if group.orders is not None:
        columns = replays[group.orders]
        inside = (columns.submitted_at >= horizon.start_at) & (
            columns.submitted_at < horizon.end_at
        )
        return float(columns.images[inside].sum())
    assert group.demand is not None
    images = max(1.0, mean(group.demand.images_per_order))
    orders = group.count * group.demand.orders_per_day * _mean_days(horizon, group.demand)
    return orders * images if orders else 0.0


def _mean_days(horizon: Horizon, demand: Demand) -> float:
    """Return the days of the run, each counted by its expected factor."""
    with np.errstate(over="ignore"):  # infinite days are too many images
        return float(expected_factors(demand, (horizon.start_at, horizon.end_at)).sum())
