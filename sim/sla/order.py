"""The promise, one order at a time.

The text to read. ``sim.sla.table.split`` does the same for columns.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from sim.errors import DgisimError
from sim.sla.calendar import due_after, hours_due, opening, rejection_due
from sim.sla.words import rule_text

if TYPE_CHECKING:
    from sim.clock import Zone
    from sim.sla.terms import Plan

Service = Literal["standard", "expedite", "rejection", "flow"]
Commitment = Literal["guaranteed", "additional", "to_be_confirmed", "delivery_plan"]
Day = tuple[str, date]

FRIDAY = 4
FLOW_REMEDY = "submit the order as standard or expedite"
_REFUSALS = {
    "FLOW-1": f"1-hour flow is not on the plan {{plan!r}} (FLOW-1); {FLOW_REMEDY}",
    "EXP-8": "the plan {plan!r} takes no expedite outside its window (EXP-8); submit it inside",
}


@dataclass(frozen=True, slots=True)
class Order:
    """What a customer submits.

    Parameters
    ----------
    order_id, customer_id
        The names; allowances are per customer.
    zone
        The customer's clock.
    submitted_at
        Seconds in UTC.
    service
        ``standard``, ``expedite``, ``rejection`` or ``flow``.
    images
        At least 1.
    """

    order_id: str
    customer_id: str
    zone: Zone
    submitted_at: int
    service: Service
    images: int


@dataclass(frozen=True, slots=True)
class Tranche:
    """The part of an order under one promise.

    Parameters
    ----------
    service
        As it is handled: an expedite from outside the window may be handled as ``standard``.
    commitment
        What the promise is worth.
    images
        At least 1.
    due_at
        Seconds in UTC; None where no deadline is fixed yet.
    rule
        The ids of the rules that were applied, in order.
    """

    service: Service
    commitment: Commitment
    images: int
    due_at: int | None
    rule: str


class Refused(DgisimError):  # noqa: N818 - it says what became of the order
    """An order that the plan does not take.

    Parameters
    ----------
    order, plan
        Who was refused, and by which terms.
    rule
        ``FLOW-1`` or ``EXP-8``.
    """

    def __init__(self, order: Order, plan: Plan, rule: Literal["FLOW-1", "EXP-8"]) -> None:
        self.order, self.plan, self.rule = order, plan, rule
        super().__init__(f"order {order.order_id!r}: {_REFUSALS[rule].format(plan=plan.name)}")

    def __reduce__(self) -> tuple[type[Refused], tuple[Order, Plan, str]]:
        """Travel between processes with the order, not with the rendered text."""
        return type(self), (self.order, self.plan, self.rule)


@dataclass
class Allowance:
    """What customers have used of their allowances.

    It grows as orders are promised, in the order of submission.

    Parameters
    ----------
    dgi
        Images that used the DGI, by customer and day. A shared weekend is booked on its Friday.
    expedited
        Expedited images, by customer and day.
    """

    dgi: Counter[Day] = field(default_factory=Counter)
    expedited: Counter[Day] = field(default_factory=Counter)


def promise(order: Order, plan: Plan, allowance: Allowance) -> tuple[Tranche, ...]:
    """Promise one order.

    Parameters
    ----------
    order
        The order; those of one customer must come in the order of submission.
    plan
        The terms.
    allowance
        What was used before; this order is booked in it.

    Returns
    -------
    tuple of Tranche
        Guaranteed images first, then additional ones, then those under review; no tranche is empty.

    Raises
    ------
    Refused
        For 1-hour flow (FLOW-1), and for an expedite outside the window where the plan rejects it
        (EXP-8).
    """
    if order.service == "flow":
        raise Refused(order, plan, "FLOW-1")
    if order.service == "rejection":
        return (_rejection(order, plan),)
    if order.service == "standard":
        return _standard(order, plan, allowance, outside=False)
    outside = opening(order.submitted_at, plan.expedite.window) != order.submitted_at
    if outside and plan.expedite.outside_window == "reject":
        raise Refused(order, plan, "EXP-8")
    if outside and plan.expedite.outside_window == "standard":
        return _standard(order, plan, allowance, outside=True)
    return _expedite(order, plan, allowance, outside=outside)


def _rejection(order: Order, plan: Plan) -> Tranche:
    """REJ-1: a few hours at any time; no allowance is used."""
    due = rejection_due(plan, order.submitted_at)
    moved = due != order.submitted_at + plan.rejection.seconds
    return Tranche("rejection", "guaranteed", order.images, due, rule_text("REJ-1", moved=moved))


def _standard(
    order: Order, plan: Plan, allowance: Allowance, *, outside: bool
) -> tuple[Tranche, ...]:
    """DGI-1, DGI-2: the rest of the day's guarantee next morning, more after a review."""
    day = upload_day(order)
    key = (order.customer_id, dgi_day(day, plan))
    left = max(0, plan.standard.guaranteed_per_day - allowance.dgi[key])
    allowance.dgi[key] += order.images
    within = min(order.images, left)
    due = due_after(day, order.zone, plan)
    moved = due != order.zone.instant(day + timedelta(days=1), plan.standard.due_time)
    return _filled(
        Tranche(
            "standard", "guaranteed", within, due, rule_text("STD-1", moved=moved, outside=outside)
        ),
        Tranche(
            "standard",
            "to_be_confirmed",
            order.images - within,
            None,
            rule_text("DGI-2", outside=outside),
        ),
    )


def _expedite(
    order: Order, plan: Plan, allowance: Allowance, *, outside: bool
) -> tuple[Tranche, ...]:
    """EXP-3 to EXP-7: the guarantee in 3 hours, more in 6, a delivery plan for a flood."""
    day = upload_day(order)
    used = allowance.expedited[order.customer_id, day]
    allowance.expedited[order.customer_id, day] += order.images
    within = min(order.images, max(0, plan.expedite.guaranteed_per_day - used))
    planned = _planned(order.images - within, used + order.images, plan)
    on_dgi = order.images if plan.expedite.uses_dgi == "all" else within
    allowance.dgi[order.customer_id, dgi_day(day, plan)] += on_dgi
    return _filled(
        _in_hours("guaranteed", within, order, plan, outside=outside),
        _in_hours("additional", order.images - within - planned, order, plan, outside=outside),
        Tranche("expedite", "delivery_plan", planned, None, rule_text("EXP-7", outside=outside)),
    )


def _planned(over: int, total: int, plan: Plan) -> int:
    """EXP-7: how many images over the guarantee need a plan, at this total of the day."""
    if total < plan.expedite.plan_from:
        return 0
    if plan.expedite.delivery_plan_covers == "excess":
        return over
    return min(over, total - int(plan.expedite.plan_from))


def _in_hours(
    commitment: Literal["guaranteed", "additional"],
    images: int,
    order: Order,
    plan: Plan,
    *,
    outside: bool,
) -> Tranche:
    """EXP-1 and EXP-4: hours from the submission, or from the opening of the window."""
    base, seconds = (
        ("EXP-1", plan.expedite.seconds)
        if commitment == "guaranteed"
        else ("EXP-4", plan.expedite.additional_seconds)
    )
    start = opening(order.submitted_at, plan.expedite.window)
    due = hours_due(start, seconds, plan.weekend_hours)
    rule = rule_text(base, moved=due != start + seconds, outside=outside)
    return Tranche("expedite", commitment, images, due, rule)


def upload_day(order: Order) -> date:
    """Return the upload day of an order, rule STD-2.

    Parameters
    ----------
    order
        The order.

    Returns
    -------
    date
        The customer's date at the submission.
    """
    return order.zone.local(order.submitted_at).date()


def dgi_day(day: date, plan: Plan) -> date:
    """Return the day on whose DGI an upload day draws.

    Parameters
    ----------
    day
        The upload day.
    plan
        Says whether a weekend shares one allowance.

    Returns
    -------
    date
        The day itself; for a shared weekend its Friday.
    """
    if plan.standard.weekend_allowance == "per_day":
        return day
    return day - timedelta(days=max(0, day.weekday() - FRIDAY))


def _filled(*tranches: Tranche) -> tuple[Tranche, ...]:
    """Drop the tranches without images."""
    return tuple(tranche for tranche in tranches if tranche.images)
