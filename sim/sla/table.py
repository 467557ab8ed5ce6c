"""The promise of ``sim.sla.order`` for columns of millions of orders."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, NAT, weekday, zone
from sim.sla.calendar import hours_due, opening, rejection_due
from sim.sla.dues import Dates, dated
from sim.sla.grouping import sorted_by, sum_before
from sim.sla.words import (
    ADDITIONAL,
    BASES,
    DELIVERY_PLAN,
    EXPEDITE,
    FLOW,
    GUARANTEED,
    REJECTION,
    STANDARD,
    TO_BE_CONFIRMED,
)

if TYPE_CHECKING:
    from sim.arrays import Codes, Flags, Ints
    from sim.sla.terms import Plan


FRIDAY = 4
FIRST, SECOND, REVIEWED = range(
    3
)  # the places of an order's tranches: within the guarantee, additional, reviewed

_COMMITMENT = np.array(
    [
        [GUARANTEED, ADDITIONAL, TO_BE_CONFIRMED],  # standard
        [GUARANTEED, ADDITIONAL, DELIVERY_PLAN],  # expedite
        [GUARANTEED, ADDITIONAL, DELIVERY_PLAN],  # rejection: only the first place is ever filled
    ],
    dtype=np.int8,
)


@dataclass(frozen=True)
class OrderTable:
    """Orders as columns; they need not be sorted.

    Parameters
    ----------
    customer : int array (orders,)
        Position of the customer in `customer_zone`.
    customer_zone : int array (customers,)
        Position of the customer's zone in `zones`.
    zones : tuple of str
        IANA names.
    submitted_at : int64 array (orders,)
        Seconds in UTC.
    service : int8 array (orders,)
        Position in ``SERVICES``.
    images : int64 array (orders,)
        At least 1 each.
    """

    customer: Ints
    customer_zone: Ints
    zones: tuple[str, ...]
    submitted_at: Ints
    service: Codes
    images: Ints


@dataclass(frozen=True)
class TrancheTable:
    """Tranches as columns, by order, and within an order as they are numbered.

    Parameters
    ----------
    order : int64 array (tranches,)
        Row of the order.
    tranche : int8 array (tranches,)
        Number within the order, from 1.
    service, commitment : int8 array (tranches,)
        Positions in ``SERVICES`` (as handled) and ``COMMITMENTS``.
    images : int64 array (tranches,)
        At least 1 each.
    due_at : int64 array (tranches,)
        Seconds in UTC; ``NAT`` where no deadline is fixed yet.
    rule : int8 array (tranches,)
        Position in ``RULES``.
    refused : bool array (orders,)
        The orders that the plan does not take: they have no tranche.
    """

    order: Ints
    tranche: Codes
    service: Codes
    commitment: Codes
    images: Ints
    due_at: Ints
    rule: Codes
    refused: Flags


class _Parts:
    """What is being promised: for each order three places, filled or not."""

    def __init__(self, orders: int) -> None:
        self.images = np.zeros((orders, 3), dtype=np.int64)
        self.due_at = np.full((orders, 3), NAT)
        self.rule = np.zeros((orders, 3), dtype=np.int8)

    def put(self, rows: Ints, place: int, images: Ints, due_at: Ints | int, rule: Codes) -> None:
        """Fill one place of some orders."""
        self.images[rows, place] = images
        self.due_at[rows, place] = due_at
        self.rule[rows, place] = rule


def split(orders: OrderTable, plan: Plan) -> TrancheTable:
    """Promise all orders.

    Parameters
    ----------
    orders
        The orders; allowances are used in the order of submission, ties in the order of the rows.
    plan
        The terms.

    Returns
    -------
    TrancheTable
        The same as :func:`sim.sla.order.promise` gives one by one.
    """
    outside = _outside(orders, plan)
    handled, refused = _handled(orders, plan, outside)
    dates = _dated(orders, plan)
    parts = _Parts(orders.images.size)
    on_dgi = np.where(handled == STANDARD, orders.images, 0)
    rows = np.flatnonzero((handled == EXPEDITE) & ~refused)
    on_dgi[rows] = _expedite(orders, plan, rows, dates.day[rows], outside[rows], parts)
    left = plan.standard.guaranteed_per_day - _used_before(
        orders, _dgi_day(dates.day, plan), on_dgi
    )
    _standard(orders, np.flatnonzero(handled == STANDARD), left, dates, outside, parts)
    _rejection(orders, plan, parts)
    return _tranches(parts, handled, refused)


def _outside(orders: OrderTable, plan: Plan) -> Flags:
    """EXP-2: mark the expedites from outside the window."""
    outside: Flags = orders.service == EXPEDITE
    at = orders.submitted_at[outside]
    outside[outside] = opening(at, plan.expedite.window) != at
    return outside


def _handled(orders: OrderTable, plan: Plan, outside: Flags) -> tuple[Codes, Flags]:
    """EXP-8 and FLOW-1: return the service as it is handled, and the refused orders."""
    refused = orders.service == FLOW
    if plan.expedite.outside_window == "reject":
        refused = refused | outside
    if plan.expedite.outside_window == "standard":
        return np.where(outside, STANDARD, orders.service).astype(np.int8), refused
    return orders.service, refused


def _dated(orders: OrderTable, plan: Plan) -> Dates:
    """Ask the customers' calendars, zone by zone."""
    at, places = orders.submitted_at, orders.customer_zone[orders.customer]
    dates = Dates(np.empty_like(at), np.empty_like(at), np.empty(at.shape, dtype=np.bool_))
    order = sorted_by(places)
    ends = np.searchsorted(places[order], np.arange(len(orders.zones)), side="right")
    for name, rows in zip(
        orders.zones, np.split(order, ends), strict=False
    ):  # the last split is empty
        for column, part in zip(dates, dated(at[rows], zone(name), plan), strict=True):
            column[rows] = part
    return dates


def _dgi_day(day: Ints, plan: Plan) -> Ints:
    """DGI-1: return the day on whose allowance each upload day draws.

    The Friday of a shared weekend.
    """
    if plan.standard.weekend_allowance == "per_day":
        return day
    return day - np.maximum(0, weekday(day * DAY) - FRIDAY)


def _used_before(
    orders: OrderTable, day: Ints, images: Ints, rows: Ints | slice = slice(None)
) -> Ints:
    """Return what the customer used on that day before each order."""
    customer = orders.customer[rows]
    order = sorted_by(customer, day, orders.submitted_at[rows])
    return sum_before(images, order, customer, day)


def _expedite(
    orders: OrderTable, plan: Plan, rows: Ints, day: Ints, outside: Flags, parts: _Parts
) -> Ints:
    """EXP-3 to EXP-7: fill the expedited orders, and return the images that use the DGI (EXP-6)."""
    terms, images = plan.expedite, orders.images[rows]
    used = _used_before(orders, day, images, rows)
    within = np.clip(terms.guaranteed_per_day - used, 0, images)
    planned = _planned(images - within, used + images, plan)
    start = opening(orders.submitted_at[rows], terms.window)
    for place, base, part, seconds in (
        (FIRST, "EXP-1", within, terms.seconds),
        (SECOND, "EXP-4", images - within - planned, terms.additional_seconds),
    ):
        due = hours_due(start, seconds, plan.weekend_hours)
        parts.put(rows, place, part, due, _rule(base, due != start + seconds, outside))
    parts.put(rows, REVIEWED, planned, NAT, _rule("EXP-7", np.zeros_like(outside), outside))
    return images if terms.uses_dgi == "all" else within


def _planned(over: Ints, total: Ints, plan: Plan) -> Ints:
    """EXP-7: return how many of the images over the guarantee need a delivery plan."""
    if plan.expedite.delivery_plan_covers == "beyond":
        return np.clip(total - int(plan.expedite.plan_from), 0, over)
    return np.where(total >= ceil(plan.expedite.plan_from), over, 0)


def _standard(
    orders: OrderTable, rows: Ints, left: Ints, dates: Dates, outside: Flags, parts: _Parts
) -> None:
    """DGI-1 and DGI-2: fill the orders that are handled as standard."""
    images, moved, outside = orders.images[rows], dates.moved[rows], outside[rows]
    within = np.clip(left[rows], 0, images)
    parts.put(rows, FIRST, within, dates.due_at[rows], _rule("STD-1", moved, outside))
    parts.put(rows, REVIEWED, images - within, NAT, _rule("DGI-2", np.zeros_like(moved), outside))


def _rejection(orders: OrderTable, plan: Plan, parts: _Parts) -> None:
    """REJ-1: fill the rejected images."""
    rows = np.flatnonzero(orders.service == REJECTION)
    at = orders.submitted_at[rows]
    due = rejection_due(plan, at)
    moved = due != at + plan.rejection.seconds
    parts.put(rows, FIRST, orders.images[rows], due, _rule("REJ-1", moved, np.zeros_like(moved)))


def _rule(base: str, moved: Flags, outside: Flags) -> Codes:
    """Return positions in ``RULES``."""
    return np.int8(4 * BASES.index(base)) + 2 * moved.view(np.int8) + outside.view(np.int8)


def _tranches(parts: _Parts, handled: Codes, refused: Flags) -> TrancheTable:
    """Gather the places that are filled, order by order."""
    filled = parts.images > 0
    at = np.flatnonzero(filled)
    order = at // 3
    place = at - 3 * order
    service = handled[order]
    return TrancheTable(
        order=order,
        tranche=np.cumsum(filled, axis=1, dtype=np.int8).ravel()[at],
        service=service,
        commitment=_COMMITMENT[service, place],
        images=parts.images.ravel()[at],
        due_at=parts.due_at.ravel()[at],
        rule=parts.rule.ravel()[at],
        refused=refused,
    )
