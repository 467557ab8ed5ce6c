"""The draws: everything random of one replication, drawn before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import MINUTE
from sim.demand.streams import stream
from sim.demand.synthetic import OrderDraws, draw_orders
from sim.plant.legs import Round, draw_legs
from sim.plant.roster import Shifts, worked_shifts
from sim.plant.visits import Visits, laid_out
from sim.sla.table import OrderTable
from sim.sla.words import EXPEDITE, STANDARD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.demand.groups import Group
    from sim.demand.order_file import OrderColumns
    from sim.scenario.schema import ScenarioSpec

    Ints = NDArray[np.int64]
    Shorts = NDArray[np.int32]


@dataclass(frozen=True)
class Customers:
    """Who orders, as columns."""

    name: tuple[str, ...]
    """Names, unique within a group."""
    group: Ints
    """Number of the customer's group in the scenario."""


@dataclass(frozen=True)
class Arrivals:
    """Who orders what, and when."""

    customers: Customers
    """Who orders."""
    orders: OrderTable
    """Orders in submission order; their row is their number, and breaks ties."""
    n_outside: int
    """Orders of replayed files that lie outside the horizon."""

    @cached_property
    def first_image(self) -> Ints:
        """Shape (orders + 1,): images of order k are first_image[k] to first_image[k + 1] - 1."""
        return np.concatenate([[0], np.cumsum(self.orders.images)])

    def order_of(self, image: Ints | Shorts) -> Ints:
        """Return the order of each of some images."""
        order: Ints = np.searchsorted(self.first_image, image, side="right") - 1
        return order

    @property
    def group_of_order(self) -> Ints:
        """Shape (orders,): number of the group that sends each order."""
        return self.customers.group[self.orders.customer]


@dataclass(frozen=True)
class Draws(Arrivals):
    """Everything random of one replication. No run_input of DGI, discipline or engine changes it."""

    visits: Visits
    """The way of every image; images are numbered order by order."""
    review_seconds: Shorts
    """Shape (orders,): time of the review, should the order need one."""
    shifts: tuple[Shifts, ...]
    """Shifts that each pool's editors come to."""


def draw_replication(
    spec: ScenarioSpec, replays: Mapping[str, OrderColumns], replication: int
) -> Draws:
    """Make all draws of one replication.

    Parameters
    ----------
    spec
        The scenario.
    replays
        Order files by the name that the scenario gives them.
    replication
        Number of the replication, from 0.

    Returns
    -------
    Draws
        Whole; the run draws nothing.
    """
    arrivals = draw_arrivals(spec, replays, replication)
    return Draws(
        customers=arrivals.customers,
        orders=arrivals.orders,
        n_outside=arrivals.n_outside,
        visits=_visits(spec, arrivals, replication),
        review_seconds=_reviews(spec, arrivals.group_of_order, replication),
        shifts=_shifts(spec, replication),
    )


def with_roster(draws: Draws, spec: ScenarioSpec, replication: int) -> Draws:
    """Return draws with the shifts of another roster, equal to one that was drawn with it.

    Parameters
    ----------
    draws
        Drawn for a scenario that differs from this one in its rosters, or in nothing that is drawn.
    spec
        The scenario whose rosters are taken.
    replication
        Number of the replication that the draws belongs to.
    """
    return replace(draws, shifts=_shifts(spec, replication))


def _shifts(spec: ScenarioSpec, replication: int) -> tuple[Shifts, ...]:
    start, end = spec.horizon.start_at, spec.horizon.end_at
    return tuple(
        worked_shifts(pool, start, end, spec.seed, replication) for pool in spec.plant.pools
    )


def draw_arrivals(
    spec: ScenarioSpec, replays: Mapping[str, OrderColumns], replication: int
) -> Arrivals:
    """Draw the orders alone; arguments as :func:`draw_replication`, of which they are a part."""
    horizon = (spec.horizon.start_at, spec.horizon.end_at)
    names, drawn, n_outside = [], [], 0
    for group in spec.customers:
        if group.orders is None:
            assert group.demand is not None
            args = (
                group.group,
                group.demand,
                group.count,
                group.timezone,
                horizon,
                spec.seed,
                replication,
            )
            names.append([f"{group.group} {number + 1}" for number in range(group.count)])
            drawn.append(draw_orders(*args))
        else:
            own_names, own_orders, outside = _replayed(replays[group.orders], horizon)
            names.append(own_names)
            drawn.append(own_orders)
            n_outside += outside
    customers = Customers(tuple(name for own in names for name in own), _repeated_index(names))
    return Arrivals(customers, _joined(spec.customers, names, drawn), n_outside)


def _repeated_index(parts: list[list[str]]) -> Ints:
    return np.repeat(np.arange(len(parts)), [len(part) for part in parts])


def _replayed(columns: OrderColumns, horizon: tuple[int, int]) -> tuple[list[str], OrderDraws, int]:
    """Return the customers' names and the orders of a file that lie inside the horizon, in submission order."""
    rows = replayed_rows(columns, horizon)
    names, customer = np.unique(columns.customer_id, return_inverse=True)
    expedite = columns.service[rows] == EXPEDITE
    orders = OrderDraws(
        customer[rows].astype(np.int64), columns.submitted_at[rows], expedite, columns.images[rows]
    )
    return [str(name) for name in names], orders, len(columns.submitted_at) - len(rows)


def replayed_rows(columns: OrderColumns, horizon: tuple[int, int]) -> Ints:
    """Return the rows of a file whose orders lie inside the horizon, in submission order, ties as in the file."""
    rows = np.flatnonzero(
        (columns.submitted_at >= horizon[0]) & (columns.submitted_at < horizon[1])
    )
    return rows[np.argsort(columns.submitted_at[rows], kind="stable")]


def _joined(
    groups: tuple[Group, ...], names: list[list[str]], drawn: list[OrderDraws]
) -> OrderTable:
    """Return all orders in submission order, ties by group."""
    zones = tuple(dict.fromkeys(group.timezone for group in groups))
    zone_of_group = np.array([zones.index(group.timezone) for group in groups])
    group = np.repeat(np.arange(len(drawn)), [len(part.images) for part in drawn])
    first_customer = np.concatenate([[0], np.cumsum([len(own) for own in names])])
    submitted_at = np.concatenate([part.submitted_at for part in drawn])
    order = np.argsort(submitted_at, kind="stable")
    customer = (np.concatenate([part.customer for part in drawn]) + first_customer[group])[order]
    expedite = np.concatenate([part.expedite for part in drawn])[order]
    return OrderTable(
        customer=customer,
        customer_zone=zone_of_group[_repeated_index(names)],
        zones=zones,
        submitted_at=submitted_at[order],
        service=np.where(expedite, EXPEDITE, STANDARD).astype(np.int8),
        images=np.concatenate([part.images for part in drawn])[order],
    )


def _visits(spec: ScenarioSpec, arrivals: Arrivals, replication: int) -> Visits:
    rounds: list[Round] = []
    for number, group in enumerate(spec.customers):
        images = _images(arrivals, np.flatnonzero(arrivals.group_of_order == number))
        rounds += draw_legs(group.group, images, spec.plant, spec.seed, replication)
    return laid_out(int(arrivals.first_image[-1]), rounds)


def _images(arrivals: Arrivals, orders: Ints) -> Shorts:
    """Return the numbers of the images of some orders."""
    counts = arrivals.orders.images[orders]
    of_others = arrivals.first_image[orders] - np.cumsum(counts) + counts
    images = np.repeat(of_others.astype(np.int32), counts)
    images += np.arange(len(images), dtype=np.int32)
    return images


def _reviews(spec: ScenarioSpec, group_of_order: Ints, replication: int) -> Shorts:
    seconds = np.zeros(len(group_of_order), np.int32)
    if spec.plant.review:
        for number, group in enumerate(spec.customers):
            own = group_of_order == number
            rng = stream(spec.seed, replication, f"{group.group}/review")
            seconds[own] = spec.plant.review.minutes.whole(rng, int(own.sum()), MINUTE)
    return seconds
