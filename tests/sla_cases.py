"""What the tests of the promise share.

Orders, both forms of the promise, and the files of cases.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from sim.clock import NAT, isoformat, parse_instant, zone
from sim.sla import Allowance, Order, OrderTable, Plan, Refused, Tranche, promise, split
from sim.sla.words import COMMITMENTS, RULES, SERVICES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.sla.order import Commitment, Service

WORKED = Path(__file__).parent / "data" / "worked_cases.csv"
GOLDEN = (Path(__file__).parents[1] / "../shared/spec/golden_cases.csv").resolve()

Promised = tuple[Tranche, ...] | str
"""The tranches of an order, or the rule under which it was refused."""


def cases(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file of cases; none where the file is absent."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def order(
    zone_name: str, at: str | int, service: str, images: int, customer: str = "shop"
) -> Order:
    """Return an order."""
    instant = parse_instant(at) if isinstance(at, str) else at
    return Order("order", customer, zone(zone_name), instant, cast("Service", service), images)


def one_by_one(
    orders: Sequence[Order], plan: Plan, allowance: Allowance | None = None
) -> list[Promised]:
    """Promise orders by the scalar form, in the order of submission; results in the order given."""
    ledger = allowance or Allowance()
    promised = dict[int, Promised]()
    for row in sorted(range(len(orders)), key=lambda row: orders[row].submitted_at):
        try:
            promised[row] = promise(orders[row], plan, ledger)
        except Refused as refused:
            promised[row] = refused.rule
    return [promised[row] for row in range(len(orders))]


def as_table(orders: Sequence[Order]) -> OrderTable:
    """Return orders as columns."""
    customers = {order.customer_id: order.zone.name for order in orders}
    names, zones = list(customers), tuple(dict.fromkeys(customers.values()))
    return OrderTable(
        customer=np.array([names.index(order.customer_id) for order in orders], dtype=np.int64),
        customer_zone=np.array([zones.index(name) for name in customers.values()], dtype=np.int64),
        zones=zones,
        submitted_at=np.array([order.submitted_at for order in orders], dtype=np.int64),
        service=np.array([SERVICES.index(order.service) for order in orders], dtype=np.int8),
        images=np.array([order.images for order in orders], dtype=np.int64),
    )


def as_columns(orders: Sequence[Order], plan: Plan) -> list[Promised]:
    """Promise orders by the vectorised form; the results are those of the scalar form."""
    table = split(as_table(orders), plan)
    tranches: list[list[Tranche]] = [[] for _ in orders]
    for row, number in enumerate(table.order.tolist()):
        tranches[number].append(
            Tranche(
                cast("Service", SERVICES[table.service[row]]),
                cast("Commitment", COMMITMENTS[table.commitment[row]]),
                int(table.images[row]),
                None if table.due_at[row] == NAT else int(table.due_at[row]),
                RULES[table.rule[row]],
            )
        )
        assert table.tranche[row] == len(tranches[number])
    refusals = ["FLOW-1" if order.service == "flow" else "EXP-8" for order in orders]
    return [
        refusals[row] if table.refused[row] else tuple(tranches[row]) for row in range(len(orders))
    ]


def plan_of(text: str) -> Plan:
    """Return the Professional plan with changes such as ``expedite.hours=1.5;holidays=DK``."""
    changes: dict[str, Any] = {}
    for change in filter(None, text.split(";")):
        key, _, value = change.partition("=")
        *path, last = key.split(".")
        level = changes
        for part in path:
            level = level.setdefault(part, {})
        level[last] = _number(value)
    return Plan(**changes)


def _number(text: str) -> str | int | float:
    """Return a number as one, and other text as it is."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def written(promised: Promised, zone_name: str) -> str:
    """Return a promise as the file of worked cases writes it."""
    if isinstance(promised, str):
        return f"refused {promised}"
    return "; ".join(
        f"{part.images} {part.commitment} "
        f"{'-' if part.due_at is None else isoformat(part.due_at, zone(zone_name))} {part.rule}"
        for part in promised
    )
