"""The promise on cases worked out by hand, in both of its forms."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from datetime import date

import pytest

from sim.clock import zone
from sim.sla import Allowance, Order, Plan, Refused, Tranche, promise
from tests.sla_cases import (
    GOLDEN,
    WORKED,
    Promised,
    as_columns,
    cases,
    one_by_one,
    order,
    plan_of,
    written,
)

Form = Callable[[Sequence[Order], Plan], list[Promised]]
FORMS = pytest.mark.parametrize("form", [one_by_one, as_columns])


def earlier_orders(case: dict[str, str]) -> list[str]:
    """Return the orders that a worked case has before its own."""
    return [text.strip() for text in case["earlier"].split(";") if text.strip()]


@FORMS
@pytest.mark.parametrize("case", cases(WORKED), ids=lambda case: case["case"])
def test_worked_case(case: dict[str, str], form: Form) -> None:
    """Each case of the project's file is promised as its note reasons."""
    orders = []
    for text in earlier_orders(case):
        service, images, at = text.split(" ")
        orders.append(order(case["timezone"], at, service, int(images)))
    orders.append(
        order(case["timezone"], case["submitted_at"], case["service"], int(case["images"]))
    )
    promised = form(orders, plan_of(case["plan"]))[-1]
    assert written(promised, case["timezone"]) == case["expected"], case["note"]
    assert all(part.images > 0 for part in promised if isinstance(part, Tranche))


def golden(promised: Promised) -> list[str]:
    """Return a promise as the golden file writes it, with deadlines as they are in UTC."""
    assert not isinstance(promised, str)
    words = {"to_be_confirmed": "TBC", "delivery_plan": "PLAN"}
    return [f"{part.images}@{words.get(part.commitment, part.due_at)}" for part in promised]


def expected(case: dict[str, str]) -> list[str]:
    """Return what the golden file expects, with deadlines in UTC."""
    parts = [part.split("@") for part in case["expected_tranches"].split(";")]
    return [
        f"{images}@{due if due in {'TBC', 'PLAN'} else order('UTC', due, 'standard', 1).submitted_at}"
        for images, due in parts
    ]


@pytest.mark.skipif(not GOLDEN.exists(), reason="the golden cases are not part of this repository")
@pytest.mark.parametrize("case", cases(GOLDEN), ids=lambda case: case["case_id"])
def test_golden_case_one_by_one(case: dict[str, str]) -> None:
    """Each golden case is promised as its file says, with the day's earlier images in the ledger."""
    this = order(case["customer_tz"], case["submitted_at"], case["service"], int(case["images"]))
    day = this.zone.local(this.submitted_at).date()
    allowance = Allowance()
    allowance.expedited["shop", day] = int(case["prior_expedited_images"])
    allowance.dgi["shop", day] = int(case["prior_standard_images"]) + int(
        case["prior_expedited_images"]
    )
    assert golden(promise(this, Plan(), allowance)) == expected(case), case["note"]


@pytest.mark.skipif(not GOLDEN.exists(), reason="the golden cases are not part of this repository")
@pytest.mark.parametrize("case", cases(GOLDEN), ids=lambda case: case["case_id"])
def test_golden_case_as_columns(case: dict[str, str]) -> None:
    """Each golden case is promised as its file says, the day's earlier images being orders before it."""
    earlier = {
        "expedite": case["prior_expedited_images"],
        "standard": case["prior_standard_images"],
    }
    services = {**earlier, case["service"]: earlier.get(case["service"], "0")}
    orders = [
        order(case["customer_tz"], case["submitted_at"], service, int(images))
        for service, images in services.items()
        if int(images)
    ]
    this = order(case["customer_tz"], case["submitted_at"], case["service"], int(case["images"]))
    assert golden(as_columns([*orders, this], Plan())[-1]) == expected(case), case["note"]


def test_refusal_names_order_and_plan() -> None:
    """A refused order is told its name, the plan, the rule and the way out."""
    with pytest.raises(
        Refused, match=r"'order': 1-hour flow is not on the plan 'gold' \(FLOW-1\); submit"
    ):
        promise(order("UTC", "2025-06-03T10:00:00Z", "flow", 1), Plan(name="gold"), Allowance())


def test_refusal_travels_between_processes() -> None:
    """A refusal can be pickled, as worker processes need."""
    refused = Refused(order("UTC", "2025-06-03T10:00:00Z", "flow", 1), Plan(), "FLOW-1")
    again = pickle.loads(pickle.dumps(refused))
    assert (str(again), again.order) == (str(refused), refused.order)


def test_allowances_are_per_customer() -> None:
    """What one customer used is not missing for another."""
    orders = [order("UTC", "2025-06-03T10:00:00Z", "standard", 200, name) for name in ("a", "b")]
    for form in (one_by_one, as_columns):
        assert [len(promised) for promised in form(orders, Plan())] == [1, 1]


def test_ledger_is_keyed_by_customer_and_day() -> None:
    """The ledger books an expedite on both allowances of the customer's date."""
    allowance = Allowance()
    promise(order("Asia/Tokyo", "2025-06-03T16:00:00Z", "expedite", 35), Plan(), allowance)
    key = ("shop", date(2025, 6, 4))
    assert (allowance.dgi, allowance.expedited) == ({key: 35}, {key: 35})


def test_orders_need_not_be_sorted() -> None:
    """The earlier submission has the allowance, wherever its row is; ties go to the earlier row."""
    late, first, tie = (
        order("UTC", at, "standard", 150)
        for at in ("2025-06-03T12:00:00Z", "2025-06-03T10:00:00Z", "2025-06-03T10:00:00Z")
    )
    promised = as_columns([late, first, tie], Plan())
    counts = [[(part.commitment, part.images) for part in parts] for parts in promised]  # type: ignore[union-attr]
    assert counts == [
        [("to_be_confirmed", 150)],
        [("guaranteed", 150)],
        [("guaranteed", 50), ("to_be_confirmed", 100)],
    ]


def test_no_orders() -> None:
    """An empty table is split into an empty table."""
    assert as_columns([], Plan()) == []


def test_zone_of_an_order_is_the_shared_one() -> None:
    """A zone is one object a name, so that orders compare by their values."""
    assert zone("UTC") is zone("UTC")
