"""Quotes: the deadline that production gives to reviewed images."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from sim.clock import DAY, WEEK, zone
from sim.plant.roster import PlannedHours, planned_shifts
from sim.plant.route import expected_work
from sim.sla.calendar import hours_due
from sim.sla.dues import business_dues
from sim.sla.terms import ReviewTerms

if TYPE_CHECKING:
    from sim.scenario.schema import ScenarioSpec

PLANNED_BEYOND = (
    8 * WEEK
)  # rosters are laid out so far past the run; later weeks offer what the last one does
QUOTED_BEYOND = (
    5 * 365 * DAY
)  # no quote lies further out: a longer queue than that is a scenario to mend


@dataclass(frozen=True)
class Quotes:
    """What production needs to quote a deadline.

    It plans with means and full rosters, not with the draws.
    """

    work: list[list[int]]
    """Expected editor-milliseconds of an image, by the station at which it is and by pool; none
    under review."""
    hours: list[PlannedHours]
    """Hours of each pool's roster."""
    utilisation: Fraction
    """Share of these hours that a quote counts on."""
    reviewed: list[str | int]
    """Rule of each plan: capacity, next_business_morning, or seconds from the quote."""
    weekend: list[str]
    """Weekend rule of each plan for promises in hours."""
    dues: dict[tuple[int, int], list[int]]
    """Due times on business days, by plan and zone."""

    def due(
        self, now: int, plan: int, place: int, earliest: int, images: int, at_station: Sequence[int]
    ) -> int:
        """Return the deadline of a reviewed tranche.

        Parameters
        ----------
        now
            Instant of the quote.
        plan, place
            Numbers of the customer's plan and zone.
        earliest
            One business day after the guaranteed deadline.
        images
            Images of the tranche.
        at_station
            Released, unfinished images at each station.

        Returns
        -------
        int
            UTC seconds.
        """
        rule = self.reviewed[plan]
        if isinstance(rule, int):
            return int(hours_due(now, rule, self.weekend[plan]))  # type: ignore[arg-type]
        ready = self.ready_at(now, images, at_station) if rule == "capacity" else now
        dues = self.dues[plan, place]
        return dues[min(bisect_left(dues, max(ready, earliest)), len(dues) - 1)]

    def ready_at(self, now: int, images: int, at_station: Sequence[int]) -> int:
        """Return the earliest instant by which the rosters cover all released work and `images` new images.

        The counts of images at stations are all it needs: the expected work of an image depends on
        nothing else.
        """
        ready = now
        for pool, hours in enumerate(self.hours):
            work = images * self.work[0][pool]
            work += sum(
                count * self.work[station][pool] for station, count in enumerate(at_station)
            )
            if work:
                ready = max(ready, hours.covered_at(now, ceil(work / (1000 * self.utilisation))))
        return ready


def prepare_quotes(spec: ScenarioSpec, zones: Sequence[str]) -> Quotes:
    """Lay out all that quotes need, once for all replications of a design point.

    Parameters
    ----------
    spec
        The scenario.
    zones
        Zones of the customers, in the order of the draws.

    Returns
    -------
    Quotes
        Plain lists: the engine asks for one quote at a time.
    """
    start, end = spec.horizon.start_at, spec.horizon.end_at
    plans = list(spec.plans.values())
    terms = [plan.standard.reviewed for plan in plans]
    return Quotes(
        work=[*expected_work(spec.plant).tolist(), [0] * len(spec.plant.pools)],
        hours=[
            PlannedHours.of(planned_shifts(pool, start, end + PLANNED_BEYOND))
            for pool in spec.plant.pools
        ],
        utilisation=Fraction(str(spec.plant.planning_utilisation)),
        reviewed=[term.seconds if isinstance(term, ReviewTerms) else term for term in terms],
        weekend=[plan.weekend_hours for plan in plans],
        dues={
            (number, place): business_dues(zone(name), plan, start, end + QUOTED_BEYOND).tolist()
            for number, plan in enumerate(plans)
            for place, name in enumerate(zones)
        },
    )
