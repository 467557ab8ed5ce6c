"""The promises of one replication.

Its orders split into tranches under the plans of their customers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NAT, day_number, zone
from sim.sla.calendar import hours_due, opening
from sim.sla.dues import dues_after, standard_due
from sim.sla.table import OrderTable, TrancheTable, split
from sim.sla.words import DELIVERY_PLAN, EXPEDITE, TO_BE_CONFIRMED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.plant.draws import Arrivals
    from sim.scenario.schema import ScenarioSpec
    from sim.sla.terms import Plan

    Ints = NDArray[np.int64]
    Shorts = NDArray[np.int32]


@dataclass(frozen=True)
class Promises:
    """Tranches in the order of their orders, with what the plant has to know of each."""

    table: TrancheTable
    """Order, number, service, commitment, images, deadline and rule of each tranche."""
    first_image: Ints
    """Shape (tranches,): its images are first_image to first_image + images - 1."""
    plan_of_order: Ints
    """Shape (orders,): number of the plan in the scenario."""
    earliest_quote: Ints
    """Shape (tranches,): one business day after the guaranteed deadline, for reviewed tranches;
    else NAT."""

    @property
    def reviewed(self) -> NDArray[np.bool_]:
        """Which tranches wait for a review."""
        return np.isin(self.table.commitment, (TO_BE_CONFIRMED, DELIVERY_PLAN))

    def tranche_of_image(self, n_images: int) -> Shorts:
        """Return the tranche of each image, -1 for refused ones and for one behind the last; a new array.

        Parameters
        ----------
        n_images
            Images of the draws.

        Returns
        -------
        ndarray
            Shape (n_images + 1,).
        """
        images = self.table.images
        ends = np.append(self.first_image + images, n_images + 1)
        gaps = np.append(self.first_image, n_images + 1) - np.append(0, ends[:-1])
        lengths = np.stack([gaps, np.append(images, 0)], axis=1).ravel()
        numbers = np.stack(
            [np.full(len(gaps), -1, np.int32), np.arange(len(gaps), dtype=np.int32)], axis=1
        ).ravel()
        return np.repeat(numbers, lengths)


def promise_orders(spec: ScenarioSpec, arrivals: Arrivals) -> Promises:
    """Split the orders of a replication.

    Parameters
    ----------
    spec
        The scenario with its plans.
    arrivals
        The orders of a replication, or its whole draws.

    Returns
    -------
    Promises
        One row a tranche.
    """
    names = list(spec.plans)
    plan_of_group = np.array([names.index(group.plan) for group in spec.customers])
    plan_of_order = plan_of_group[arrivals.group_of_order]
    parts = []
    for number, plan in enumerate(spec.plans.values()):
        rows = np.flatnonzero(plan_of_order == number)
        parts.append(_with_orders(split(_taken(arrivals.orders, rows), plan), rows))
    table = _in_order(parts, plan_of_order)
    before = np.cumsum(table.images) - table.images
    start = np.concatenate([[0], np.flatnonzero(np.diff(table.order)) + 1])[: len(table.order)]
    first_in_order = np.repeat(before[start], np.diff(np.append(start, len(table.order))))
    first_image = arrivals.first_image[table.order] + before - first_in_order
    promises = Promises(table, first_image, plan_of_order, np.full(len(table.order), NAT))
    return replace(promises, earliest_quote=_earliest_quotes(spec, arrivals.orders, promises))


def _taken(orders: OrderTable, rows: Ints) -> OrderTable:
    return replace(
        orders,
        customer=orders.customer[rows],
        submitted_at=orders.submitted_at[rows],
        service=orders.service[rows],
        images=orders.images[rows],
    )


def _with_orders(part: TrancheTable, rows: Ints) -> TrancheTable:
    return replace(part, order=rows[part.order])


def _in_order(parts: list[TrancheTable], plan_of_order: Ints) -> TrancheTable:
    """Join the tables of the plans, sorted by order."""
    order = np.argsort(np.concatenate([part.order for part in parts]), kind="stable")
    refused = np.empty(len(plan_of_order), np.bool_)
    for number, part in enumerate(parts):
        refused[plan_of_order == number] = part.refused
    columns = ("order", "tranche", "service", "commitment", "images", "due_at", "rule")
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])[order] for name in columns
    }
    return TrancheTable(**joined, refused=refused)


def _earliest_quotes(spec: ScenarioSpec, orders: OrderTable, promises: Promises) -> Ints:
    """Return one business day after the guaranteed deadline of each reviewed tranche, zone by zone."""
    earliest = promises.earliest_quote.copy()
    order = promises.table.order
    zone_of = orders.customer_zone[orders.customer[order]]
    plan_of = promises.plan_of_order[order]
    for number, plan in enumerate(spec.plans.values()):
        for place, name in enumerate(orders.zones):
            rows = np.flatnonzero(promises.reviewed & (plan_of == number) & (zone_of == place))
            at, expedite = (
                orders.submitted_at[order[rows]],
                promises.table.service[rows] == EXPEDITE,
            )
            guaranteed = _guaranteed_due(at, expedite, name, plan)
            earliest[rows] = dues_after(
                day_number(zone(name).to_local(guaranteed)), zone(name), plan
            )[0]
    return earliest


def _guaranteed_due(at: Ints, expedite: NDArray[np.bool_], timezone: str, plan: Plan) -> Ints:
    """Return the deadline that the guaranteed images of each order have, or would have had."""
    in_hours = hours_due(
        opening(at, plan.expedite.window), plan.expedite.seconds, plan.weekend_hours
    )
    return np.where(expedite, in_hours, standard_due(at, zone(timezone), plan))
