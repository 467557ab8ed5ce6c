"""Small ledgers made by hand, for tests of measures and profiles."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.clock import DAY, HOUR, NAT, WEEK
from sim.results.ledger import (
    DeliveryRows,
    Ledger,
    OrderRows,
    ShiftRows,
    StintRows,
    TrancheRows,
    VisitRows,
    Window,
)
from sim.sla.words import COMMITMENTS, DELIVERY_PLAN, SERVICES, TO_BE_CONFIRMED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MONDAY = 1_767_571_200  # 2026-01-05 00:00 UTC
MON, TUE, WED, THU, FRI, SAT, SUN = (MONDAY + day * DAY for day in range(7))
NINE = 9 * HOUR


@dataclass(frozen=True)
class Owed:
    """An image that is owed; None is "not yet"."""

    began: int
    due: int | None = None
    done: int | None = None
    order: int | None = None
    """Its order; none for an order, and a tranche, of its own."""
    tranche: int | None = None
    """Its tranche; none for the one of the order's number."""
    commitment: str = "guaranteed"
    service: str = "standard"
    customer: int = 0
    submitted: int | None = None
    """Submission of the order, where the image began otherwise: a rejection."""


def instants(values: list[int | None]) -> Any:
    """Return a column of instants."""
    return np.array([NAT if value is None else value for value in values], np.int64)


def codes(values: list[Any], words: tuple[str, ...] | None = None) -> Any:
    """Return a column of codes."""
    return np.array([words.index(value) if words else value for value in values], np.int8)


def table(kind: Any, rows: Sequence[tuple[Any, ...]]) -> Any:
    """Return rows of whole numbers as a table."""
    names = [field.name for field in fields(kind)]
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    whole = {name: instants(list(column)) for name, column in zip(names, columns, strict=True)}
    if "counted" in whole:
        whole["counted"] = whole["counted"] == 1
    return kind(**whole)


def hand_made(
    owed: list[Owed],
    *,
    weeks: int = 1,
    run_until: int = MONDAY + 2 * WEEK,
    zones: tuple[str, ...] = ("UTC", "America/New_York"),
    visits: Sequence[tuple[Any, ...]] = (),
    stints: Sequence[tuple[Any, ...]] = (),
    shifts: Sequence[tuple[Any, ...]] = (),
    reviews: Mapping[int, tuple[int | None, ...]] | None = None,
    refused: tuple[int, ...] = (),
) -> Ledger:
    """Return a ledger whose window is the week of 5 January 2026, or that and the next ones.

    Visits, stints and shifts are rows as in the ledger; reviews are (due, ended, released) by
    tranche; refused gives the images of orders that were not taken.
    """
    order = _numbered(
        [row if image.order is None else image.order for row, image in enumerate(owed)]
    )
    own = zip(order, (image.tranche for image in owed), strict=True)
    tranche = _numbered([number if given is None else given for number, given in own])
    first_of_order = {number: owed[order.index(number)] for number in sorted(set(order))}
    first_of_tranche = {number: tranche.index(number) for number in sorted(set(tranche))}
    return Ledger(
        window=Window(MONDAY, MONDAY + weeks * WEEK, run_until, MONDAY),
        pools=("floor", "support"),
        stations=("retouch", "review"),
        customer_names=tuple(f"shop {number}" for number in range(len(zones))),
        customer_group=("shops",) * len(zones),
        customer_zone=zones,
        customer_due_seconds=np.full(len(zones), NINE),
        orders=_orders(list(first_of_order.values()), order, refused),
        tranches=_tranches(
            [(owed[row], order[row]) for row in first_of_tranche.values()], reviews or {}
        ),
        deliveries=DeliveryRows(
            image=np.arange(len(owed)),
            tranche=np.array(tranche, np.int64),
            order=np.array(order, np.int64),
            service=codes([image.service for image in owed], SERVICES),
            commitment=codes([image.commitment for image in owed], COMMITMENTS),
            began_at=instants([image.began for image in owed]),
            due_at=instants([image.due for image in owed]),
            done_at=instants([image.done for image in owed]),
        ),
        visits=table(VisitRows, visits),
        stints=table(StintRows, stints),
        shifts=table(ShiftRows, shifts),
    )


def _numbered(names: list[int]) -> list[int]:
    """Return numbers from 0 without a gap, in the order of the names."""
    return [sorted(set(names)).index(name) for name in names]


def _orders(firsts: list[Owed], order: list[int], refused: tuple[int, ...]) -> OrderRows:
    at = [image.began if image.submitted is None else image.submitted for image in firsts]
    service = [image.service if image.service != "rejection" else "standard" for image in firsts]
    return OrderRows(
        customer=np.array([image.customer for image in firsts] + [0] * len(refused), np.int64),
        submitted_at=instants([*at, *[MON] * len(refused)]),
        service=codes([*service, *["expedite"] * len(refused)], SERVICES),
        images=np.array(
            [order.count(number) for number in sorted(set(order))] + list(refused), np.int64
        ),
        refused=np.array([False] * len(firsts) + [True] * len(refused), np.bool_),
    )


def _tranches(
    firsts: list[tuple[Owed, int]], reviews: Mapping[int, tuple[int | None, ...]]
) -> TrancheRows:
    nothing = (None, None, None)
    commitment = codes([image.commitment for image, _ in firsts], COMMITMENTS)
    review = [reviews.get(number, nothing) for number in range(len(firsts))]
    return TrancheRows(
        order=np.array([order for _, order in firsts], np.int64),
        tranche=codes([1] * len(firsts)),
        service=codes([image.service for image, _ in firsts], SERVICES),
        commitment=commitment,
        images=np.ones(len(firsts), np.int64),
        due_at=instants([image.due for image, _ in firsts]),
        rule=codes([0] * len(firsts)),
        released_at=instants([released for _, _, released in review]),
        reviewed=np.isin(commitment, (TO_BE_CONFIRMED, DELIVERY_PLAN)),
        review_due_at=instants([due for due, _, _ in review]),
        review_started_at=instants([None] * len(firsts)),
        review_ended_at=instants([ended for _, ended, _ in review]),
    )
