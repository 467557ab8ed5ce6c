"""The promise on random orders under random plans.

Three implementations agree, and the rules hold.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, WEEK, isoformat, parse_instant, weekday, zone
from sim.sla import Order, Plan, Tranche
from sim.sla.calendar import opening
from sim.sla.order import dgi_day, upload_day
from tests.second_promise import SecondPromise
from tests.sla_cases import Promised, as_columns, one_by_one

ZONES = {
    "UTC": "2025-06-06T00:00:00Z",
    "America/New_York": "2025-03-09T07:00:00Z",
    "Europe/Copenhagen": "2025-10-26T01:00:00Z",
    "Australia/Lord_Howe": "2025-04-05T15:00:00Z",
    "Africa/Cairo": "2024-04-25T22:00:00Z",
    "Pacific/Apia": "2011-12-30T10:00:00Z",
    "America/Sao_Paulo": "2018-02-18T02:00:00Z",
    "America/St_Johns": "2010-11-07T02:31:00Z",
    "Australia/Sydney": "2025-06-08T14:00:00Z",
    "Asia/Kathmandu": "2025-06-06T18:15:00Z",
}
"""Zones with an instant near which something happens: a change of the clock, or the edge of a
weekend."""

few = settings(max_examples=100, deadline=None)


@st.composite
def plans(draw: st.DrawFn, /, **fixed: st.SearchStrategy[Any]) -> Plan:
    """Draw the terms of a plan, all switches included."""
    hours = draw(st.sampled_from([1, 1.5, 3, 20]))
    expedite = {
        "hours": hours,
        "additional_hours": hours * draw(st.sampled_from([1, 2, 6])),
        "guaranteed_per_day": draw(st.integers(0, 30)),
        "plan_from_multiple": draw(st.sampled_from([1, 1.1, 1.5, 2.0, 3.3])),
        "window": draw(st.sampled_from(["always", {}])),
        "outside_window": draw(st.sampled_from(["standard", "defer", "reject"])),
        "uses_dgi": draw(st.sampled_from(["all", "guaranteed"])),
        "delivery_plan_covers": draw(st.sampled_from(["excess", "beyond"])),
    }
    standard = {
        "due": draw(st.sampled_from(["09:00", "00:00", "00:30", "02:15", "23:30"])),
        "guaranteed_per_day": draw(st.integers(0, 120)),
        "weekend_allowance": draw(st.sampled_from(["per_day", "shared"])),
    }
    return Plan(
        standard=standard,
        expedite=expedite,
        rejection={"hours": draw(st.sampled_from([5, 0.5, 47, 130]))},
        weekend_hours=draw(st.sampled_from(["roll", "pause", "none"])),
        **{name: draw(strategy) for name, strategy in fixed.items()},
    )


@st.composite
def instants(draw: st.DrawFn, zone_name: str) -> int:
    """Draw an instant near the zone's event, often at the very second or on a full day from it."""
    event = parse_instant(ZONES[zone_name])
    far = draw(st.sampled_from([0, DAY, 2 * DAY, 3 * DAY, -DAY, -2 * DAY]))
    near = draw(
        st.one_of(st.integers(-2, 2), st.integers(-2 * HOUR, 2 * HOUR), st.integers(-WEEK, WEEK))
    )
    return event + far + near


@st.composite
def orders(
    draw: st.DrawFn, services: str = "standard expedite rejection flow", most: int = 25
) -> list[Order]:
    """Draw orders of a few customers; some are submitted in the same second."""
    customers = draw(st.lists(st.sampled_from(list(ZONES)), min_size=1, max_size=3))
    drawn = list[Order]()
    for number in range(draw(st.integers(1, most))):
        customer = draw(st.integers(0, len(customers) - 1))
        name = customers[customer]
        at = (
            drawn[-1].submitted_at
            if drawn and draw(st.integers(0, 5)) == 0
            else draw(instants(name))
        )
        service: Any = draw(st.sampled_from(services.split()))
        drawn.append(
            Order(str(number), str(customer), zone(name), at, service, draw(st.integers(1, 70)))
        )
    return drawn


def parts_of(promised: Promised) -> tuple[Tranche, ...]:
    """Return the tranches; none for a refused order."""
    return () if isinstance(promised, str) else promised


@few
@given(orders(), plans(holidays=st.sampled_from([None, "DK", "US", "BR"])))
def test_columns_agree_with_one_by_one(drawn: list[Order], plan: Plan) -> None:
    """Both forms give the same tranches, deadlines and rules."""
    assert as_columns(drawn, plan) == one_by_one(drawn, plan)


def flat(plan: Plan) -> dict[str, Any]:
    """Return a plan as the second implementation takes it."""
    return {
        "dgi": plan.standard.guaranteed_per_day,
        "due": plan.standard.due,
        "weekend_allowance": plan.standard.weekend_allowance,
        "guarantee": plan.expedite.guaranteed_per_day,
        "multiple": plan.expedite.plan_from_multiple,
        "hours": plan.expedite.hours,
        "additional_hours": plan.expedite.additional_hours,
        "window": plan.expedite.window,
        "outside_window": plan.expedite.outside_window,
        "uses_dgi": plan.expedite.uses_dgi,
        "covers": plan.expedite.delivery_plan_covers,
        "rejection_hours": plan.rejection.hours,
        "weekend_hours": plan.weekend_hours,
    }


@few
@given(orders(), plans())
def test_second_implementation_agrees(drawn: list[Order], plan: Plan) -> None:
    """The rules written again, image by image with datetimes, give the same promises."""
    second, ranked = SecondPromise(flat(plan)), sorted(drawn, key=lambda order: order.submitted_at)
    for order, promised in zip(ranked, one_by_one(ranked, plan), strict=True):
        at = isoformat(order.submitted_at, order.zone)
        theirs = second.promise(
            (order.customer_id, order.zone.name, order.service, order.images, at)
        )
        mine = [
            (
                part.service,
                part.commitment,
                part.images,
                part.due_at and datetime.fromtimestamp(part.due_at, UTC),
            )
            for part in parts_of(promised)
        ]
        assert mine == (theirs or [])
        assert (theirs is None) == isinstance(promised, str)


@few
@given(orders(), plans())
def test_split_conserves_images(drawn: list[Order], plan: Plan) -> None:
    """Every image of an order that is taken is in exactly one tranche, and no tranche is empty."""
    for order, promised in zip(drawn, as_columns(drawn, plan), strict=True):
        parts = parts_of(promised)
        assert sum(part.images for part in parts) == (
            0 if isinstance(promised, str) else order.images
        )
        assert all(part.images > 0 for part in parts)


@few
@given(orders(), plans())
def test_allowances_are_never_exceeded(drawn: list[Order], plan: Plan) -> None:
    """On no customer's day are more images guaranteed than the DGI and the expedite guarantee allow."""
    standard, expedited = defaultdict[Any, int](int), defaultdict[Any, int](int)
    for order, promised in zip(drawn, as_columns(drawn, plan), strict=True):
        day = upload_day(order)
        for part in parts_of(promised):
            if (part.service, part.commitment) == ("standard", "guaranteed"):
                standard[order.customer_id, dgi_day(day, plan)] += part.images
            if (part.service, part.commitment) == ("expedite", "guaranteed"):
                expedited[order.customer_id, day] += part.images
    assert max(standard.values(), default=0) <= plan.standard.guaranteed_per_day
    assert max(expedited.values(), default=0) <= plan.expedite.guaranteed_per_day


@few
@given(orders(services="standard expedite"), plans())
def test_later_submission_has_later_deadline(drawn: list[Order], plan: Plan) -> None:
    """It holds among a customer's standard orders, and among expedites from inside the window."""
    last = defaultdict[Any, int](int)
    ranked = sorted(drawn, key=lambda order: order.submitted_at)
    for order, promised in zip(ranked, one_by_one(ranked, plan), strict=True):
        if plan.expedite.window == "always" and plan.weekend_hours == "roll":
            continue  # then expedites of a weekend are as rejections, for which it does not hold
        if (
            opening(order.submitted_at, plan.expedite.window) != order.submitted_at
            and order.service == "expedite"
        ):
            continue
        for part in parts_of(promised):
            key = (order.customer_id, part.service, part.commitment)
            if part.due_at is not None:
                assert part.due_at >= last[key]
                last[key] = part.due_at


@few
@given(orders(services="standard expedite"), plans(holidays=st.sampled_from([None, "DK"])))
def test_no_morning_deadline_on_a_weekend(drawn: list[Order], plan: Plan) -> None:
    """No promise with a clock time is due on a Saturday or Sunday of the customer, or on the upload day."""
    for order, promised in zip(drawn, as_columns(drawn, plan), strict=True):
        for part in parts_of(promised):
            if part.service == "standard" and part.due_at is not None:
                assert order.zone.local(part.due_at).weekday() < 5
                assert order.zone.local(part.due_at).date() > upload_day(order)


@few
@given(orders(services="expedite rejection"), plans())
def test_no_deadline_in_hours_on_a_weekend(drawn: list[Order], plan: Plan) -> None:
    """Unless the weekend rule is off, no promise in hours is due on a Saturday or Sunday in UTC."""
    for promised in as_columns(drawn, plan):
        for part in parts_of(promised):
            if (
                part.service != "standard"
                and plan.weekend_hours != "none"
                and part.due_at is not None
            ):
                assert weekday(part.due_at) < 5


@few
@given(orders(), plans(), st.integers(1, 50))
def test_more_dgi_never_means_more_overflow(drawn: list[Order], plan: Plan, more: int) -> None:
    """Raising the DGI moves no image of any order into the review."""

    def overflow(terms: Plan) -> list[int]:
        return [
            sum(part.images for part in parts_of(promised) if part.commitment == "to_be_confirmed")
            for promised in as_columns(drawn, terms)
        ]

    raised = {"guaranteed_per_day": plan.standard.guaranteed_per_day + more}
    generous = plan.model_copy(update={"standard": plan.standard.model_copy(update=raised)})
    assert all(new <= old for new, old in zip(overflow(generous), overflow(plan), strict=True))


@few
@given(orders(), plans(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(drawn: list[Order], plan: Plan, random: Any) -> None:
    """Shuffled rows with distinct arrivals are promised the same."""
    distinct = [
        replace(order, submitted_at=order.submitted_at + 1000 * n) for n, order in enumerate(drawn)
    ]
    distinct = list({order.submitted_at: order for order in distinct}.values())
    shuffled = random.sample(distinct, len(distinct))
    before = {
        order.order_id: promised
        for order, promised in zip(distinct, as_columns(distinct, plan), strict=True)
    }
    after = {
        order.order_id: promised
        for order, promised in zip(shuffled, as_columns(shuffled, plan), strict=True)
    }
    assert before == after
