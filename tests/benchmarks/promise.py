"""How fast orders are promised: one by one, and as columns."""

from __future__ import annotations

from itertools import starmap
from timeit import repeat

import numpy as np

from sim.clock import DAY, parse_instant, zone
from sim.sla.order import Allowance, Order, promise
from sim.sla.table import OrderTable, split
from sim.sla.terms import PROFESSIONAL
from sim.sla.words import SERVICES

ZONES = (
    *(
        "America/New_York",
        "America/Los_Angeles",
        "America/Sao_Paulo",
        "America/Chicago",
        "America/Toronto",
    ),
    *("Europe/Copenhagen", "Europe/London", "Europe/Paris", "Europe/Berlin", "Europe/Madrid"),
    *("Africa/Cairo", "Africa/Johannesburg", "Asia/Ho_Chi_Minh", "Asia/Kathmandu", "Asia/Tokyo"),
    *("Asia/Dubai", "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland", "UTC"),
)
CUSTOMERS = 500


def orders(n: int) -> OrderTable:
    """Draw `n` orders over a year, in the order of submission."""
    random = np.random.default_rng(1)
    start = parse_instant("2025-01-01T00:00:00Z")
    return OrderTable(
        customer=random.integers(CUSTOMERS, size=n),
        customer_zone=np.arange(CUSTOMERS) % len(ZONES),
        zones=ZONES,
        submitted_at=np.sort(start + random.integers(365 * DAY, size=n)),
        service=random.choice(np.arange(3, dtype=np.int8), size=n, p=[0.9, 0.08, 0.02]),
        images=random.geometric(1 / 22, size=n),
    )


def one_by_one(table: OrderTable) -> list[Order]:
    """Return the same orders as objects."""
    columns = (table.customer, table.submitted_at, table.service, table.images)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    places = [zone(ZONES[place]) for place in table.customer_zone.tolist()]
    return list(starmap(lambda c, at, s, n: Order("", str(c), places[c], at, SERVICES[s], n), rows))  # type: ignore[arg-type]


def promise_all(many: list[Order]) -> None:
    """Promise orders one by one."""
    allowance = Allowance()
    for order in many:
        promise(order, PROFESSIONAL, allowance)


def main() -> None:
    """Print the seconds of both forms and their ratio, row for row."""
    few, many = one_by_one(orders(100_000)), orders(1_000_000)
    scalar = min(repeat(lambda: promise_all(few), number=1, repeat=1))
    vectorised = min(repeat(lambda: split(many, PROFESSIONAL), number=1, repeat=5))
    print(f"promise, one by one   {scalar:8.2f} s per 100,000 orders")
    print(f"promise, as columns   {vectorised:8.2f} s per 1,000,000 orders")
    print(f"ratio, row for row    {scalar * 10 / vectorised:8.0f}")


if __name__ == "__main__":
    main()
