"""Draws orders.csv, the small synthetic order file of replay.yaml: python scenarios/data/make_orders.py > FILE."""

from __future__ import annotations

import sys

from sim.clock import isoformat, parse_instant, zone
from sim.demand.distributions import Distribution
from sim.demand.groups import DayFactor, Demand
from sim.demand.synthetic import draw_orders

DEMAND = Demand(
    orders_per_day=3,
    images_per_order=Distribution.model_validate(
        {"lognormal": {"median": 22, "sigma": 1.1, "max": 400}}
    ),
    hours="office",
    expedite_share=0.1,
    day_factor=DayFactor(cv=0.2, correlation=0.3),
    skew=0.8,
)
HORIZON = (parse_instant("2026-03-02T00:00:00Z"), parse_instant("2026-04-06T00:00:00Z"))


def main() -> None:
    """Write five weeks of orders of three customers."""
    orders = draw_orders("studios", DEMAND, 3, "Europe/London", HORIZON, seed=7, replication=0)
    print("customer_id,submitted_at,images,service")
    columns = (
        orders.customer.tolist(),
        orders.submitted_at.tolist(),
        orders.images.tolist(),
        orders.expedite.tolist(),
    )
    for customer, at, images, expedite in zip(*columns, strict=True):
        service = "expedite" if expedite else "standard"
        sys.stdout.write(
            f"studio-{customer + 1},{isoformat(at, zone('Europe/London'))},{images},{service}\n"
        )


if __name__ == "__main__":
    main()
