"""Plants built by hand so that it is known why an image is late.

All begin on Monday 2026-01-05, in UTC.
"""

from __future__ import annotations

from typing import Any

from sim.clock import HOUR
from sim.scenario.schema import ScenarioSpec
from sim.sla.words import EXPEDITE, STANDARD
from sim.study.causes import CAUSES, SERVICE, SEVERAL, Given
from sim.study.lateness import Lateness, lateness
from tests.strategies import Small, replayed, single_station

MONDAY = 1_767_571_200
ALWAYS = {"days": "Mon-Sun", "from": "00:00", "to": "24:00"}
TWO_HOURS = {"days": "Mon-Fri", "from": "10:00", "to": "12:00"}
GROUPS = (*CAUSES, SEVERAL, SERVICE)


def found(small: Small) -> Lateness:
    """Return the late images of a plant with their causes."""
    return lateness(Given(small.spec, small.draws))


def counts(small: Small) -> dict[str, int]:
    """Return the late images by what explains them, without the groups that are empty."""
    return {name: int(own.sum()) for name, own in found(small).groups.items() if own.any()}


def with_route(small: Small, minutes: float, **station: Any) -> Small:
    """Return a plant of one station with another time of work."""
    plant = small.spec.plant.model_dump(by_alias=True, exclude_unset=True)
    plant["route"] = [
        {"station": "retouch", "pool": "floor", "minutes": {"constant": minutes}, **station}
    ]
    return small.changed(plant=plant)


def queue() -> Small:
    """40 images at midnight, an hour each, one editor.

    The last 7 are done after Tuesday 09:00, hour 33.
    """
    return single_station(1, [("ann", MONDAY, STANDARD, 40)])


def hours() -> Small:
    """5 images are due in 3 hours, at 16:00, and everybody comes back on Tuesday at 10:00."""
    return single_station(
        0, [("ann", MONDAY + 13 * HOUR, EXPEDITE, 5)], roster=[{**TWO_HOURS, "editors": 50}]
    )


def rework() -> Small:
    """20 images are due in 3 hours, an hour a visit, nobody waits.

    Late is what is sent back 3 times or more.
    """
    small = single_station(50, [("ann", MONDAY, EXPEDITE, 20)])
    return with_route(small, 60, rework={"share": 0.8, "to": "retouch"})


def service() -> Small:
    """5 images are due in 3 hours and take 4, and nothing else keeps them."""
    return with_route(single_station(50, [("ann", MONDAY, EXPEDITE, 5)]), 240)


def several() -> Small:
    """10 images due at 16:00, one editor, who comes back on Tuesday.

    Round the clock, 3 of them would be in time.
    """
    return single_station(
        0, [("ann", MONDAY + 13 * HOUR, EXPEDITE, 10)], roster=[{**TWO_HOURS, "editors": 1}]
    )


def _reviewed(
    discipline: str, plans: dict[str, Any], orders: dict[str, tuple[str, int, int, int]]
) -> Small:
    """Return a plant of one editor at work round the clock, where a review takes 46.5 hours and never waits."""
    pools = [
        {
            "name": "floor",
            "timezone": "UTC",
            "discipline": discipline,
            "roster": [{**ALWAYS, "editors": 1}],
        },
        {"name": "support", "timezone": "UTC", "roster": [{**ALWAYS, "editors": 5}]},
    ]
    spec = {
        "name": "reviewed",
        "horizon": {"start": "2026-01-05", "weeks": 1, "cool_down_weeks": 1},
        "plans": plans,
        "customers": [
            {"group": name, "plan": name, "timezone": "UTC", "orders": name} for name in plans
        ],
        "plant": {
            "pools": pools,
            "route": [{"station": "retouch", "pool": "floor", "minutes": {"constant": 60}}],
            "review": {"pool": "support", "minutes": {"constant": 46.5 * 60}},
        },
    }
    return Small(
        ScenarioSpec.model_validate(spec),
        {name: replayed([order]) for name, order in orders.items()},
    )


def review() -> Small:
    """An image submitted on Monday 10:00 is released on Wednesday 08:30, half an hour before it is due.

    Within the guarantee it would be released at once, and so would 60 images submitted before,
    which are now quoted so late that they give way: guaranteed, they are due on Tuesday as it is,
    and go first for 60 hours.
    """
    plans = {
        "many": {"standard": {"guaranteed_per_day": 0, "reviewed": {"hours": 300}}},
        "one": {"standard": {"guaranteed_per_day": 0, "reviewed": "next_business_morning"}},
    }
    orders = {
        "many": ("bob", MONDAY + 9 * HOUR + HOUR // 2, STANDARD, 60),
        "one": ("ann", MONDAY + 10 * HOUR, STANDARD, 1),
    }
    return _reviewed("edd", plans, orders)


def allowance() -> Small:
    """An expedited image over the guarantee gives way to 60 expedited ones that have until Friday.

    Its review ends on Wednesday 08:30, too late for 09:00 whoever waits. Without a review it still
    ranks last. Within the guarantee it ranks with the others and is due first.
    """
    plans = {
        "many": {"expedite": {"hours": 100, "additional_hours": 100, "guaranteed_per_day": 100}},
        "one": {
            "expedite": {"guaranteed_per_day": 0},
            "standard": {"reviewed": "next_business_morning"},
        },
    }
    orders = {
        "many": ("bob", MONDAY + 9 * HOUR, EXPEDITE, 60),
        "one": ("ann", MONDAY + 10 * HOUR, EXPEDITE, 1),
    }
    return _reviewed("class", plans, orders)


def rejected() -> Small:
    """As `queue`, half of the images sent back an hour later.

    An hour's work is then due in half an hour.
    """
    small = queue()
    plant = small.spec.plant.model_dump(by_alias=True, exclude_unset=True)
    plant["rejection"] = {"share": 0.5, "delay_hours": {"constant": 1}, "to": "retouch"}
    return small.changed(plant=plant, plans={"plain": {"rejection": {"hours": 0.5}}})
