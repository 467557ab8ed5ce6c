"""A plant whose chance of success is known exactly, as a function of both guarantees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.study.scenario import Scenario, load
from tests.scenario_fields import write

if TYPE_CHECKING:
    from pathlib import Path

GOOD = 0.8
"""Chance that the work on an image takes a minute, and not longer than the run."""
DGI = "plans.professional.standard.guaranteed_per_day"
EXPEDITE = "plans.professional.expedite.guaranteed_per_day"
DGIS, EXPEDITES = (0, 1, 3, 6, 12), (0, 1, 4)
ASSURANCE = 0.5

# Ann orders 12 images as standard, Bob 4 as expedite, once; there are editors for all of them, so
# nobody waits.
ORDERS = """\
customer_id,submitted_at,images,service
ann,2026-01-05T10:00:00Z,12,standard
bob,2026-01-05T10:00:00Z,4,expedite
"""
PLANT: dict[str, Any] = {
    "name": "known",
    "horizon": {"start": "2026-01-05", "weeks": 1, "cool_down_weeks": 0},
    "plans": {
        "professional": {
            "standard": {"guaranteed_per_day": 3},
            "expedite": {"guaranteed_per_day": 1, "plan_from_multiple": 1000},
        }
    },
    "customers": [
        {"group": "shops", "plan": "professional", "timezone": "UTC", "orders": "orders.csv"}
    ],
    "plant": {
        "pools": [
            {
                "name": "floor",
                "timezone": "UTC",
                "roster": [{"days": "Mon-Sun", "from": "00:00", "to": "24:00", "editors": 16}],
            }
        ],
        "route": [
            {
                "station": "retouch",
                "pool": "floor",
                "minutes": {"empirical": {"values": [1, 20000], "weights": [GOOD, 1 - GOOD]}},
            }
        ],
    },
    "frontier": {
        "x": {"key": DGI, "levels": DGIS},
        "y": {"key": EXPEDITE, "levels": EXPEDITES},
        "target": 1.0,
        "assurance": ASSURANCE,
        "at_most": 100,
    },
}


def known_plant(folder: Path, **changes: Any) -> Scenario:
    """Return the scenario, its files in a folder."""
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    return load(write(folder / "known.yaml", PLANT | changes))


def chance(dgi: int, expedite: int) -> float:
    """Return the chance of success: each guaranteed image is good, independently of the others."""
    return float(GOOD ** (min(dgi, 12) + min(expedite, 4)))
