"""The causes of lateness, each as what takes it away from a replication. ``docs/decisions/0009`` defines them.

A removal is a function from what a replication is made from to the same without the cause, for
everybody. It changes no draw: images, deliveries and rejections stay those that they were, with
their numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.plant.roster import Shifts
from sim.plant.visits import Returns, Visits

if TYPE_CHECKING:
    from sim.plant.draws import Draws
    from sim.scenario.schema import ScenarioSpec
    from sim.sla.terms import Plan

ENOUGH = 1_000_000_000
"""A guarantee that no customer uses up: the most that a plan may have."""


@dataclass(frozen=True)
class Given:
    """What a replication is made from."""

    spec: ScenarioSpec
    """The scenario at the design point."""
    draws: Draws
    """The draws."""
    queues: bool = True
    """Whether images wait for editors, as they do where editors are few."""


@dataclass(frozen=True)
class Cause:
    """A cause of lateness."""

    name: str
    removed: str
    """What the replication is like without it, in words."""
    remove: Callable[[Given], Given]


SEVERAL, SERVICE = "several together", "service itself"
"""What explains the images that no cause explains alone: more than one of them, or none."""
CAUSES: dict[str, Cause] = {}
"""Each cause by its name, in the order in which an image meets them."""


def cause(removed: str) -> Callable[[Callable[[Given], Given]], Callable[[Given], Given]]:
    """Register a removal under its function's name, with what it means in words."""

    def registered(remove: Callable[[Given], Given]) -> Callable[[Given], Given]:
        CAUSES[remove.__name__] = Cause(remove.__name__, removed, remove)
        return remove

    return registered


def without_all(given: Given) -> Given:
    """Return a replication without any of the causes."""
    for one in CAUSES.values():
        given = one.remove(given)
    return given


@cause("guarantees large enough for every image")
def allowance(given: Given) -> Given:
    """Let every image be within the guarantee of its day, in all plans."""
    plans = {name: _with_guarantees(plan) for name, plan in given.spec.plans.items()}
    return replace(given, spec=given.spec.model_copy(update={"plans": plans}))


def _with_guarantees(plan: Plan) -> Plan:
    terms: dict[str, Any] = plan.model_dump()
    for service in ("standard", "expedite"):
        terms[service]["guaranteed_per_day"] = ENOUGH
    return type(plan).model_validate(terms)


@cause("reviews answered at once")
def review(given: Given) -> Given:
    """Quote images over the guarantee when they are submitted, as a plant without a review does."""
    plant = given.spec.plant.model_copy(update={"review": None})
    return replace(given, spec=given.spec.model_copy(update={"plant": plant}))


@cause("as many editors as are wanted, in the same hours")
def queue(given: Given) -> Given:
    """Let nobody wait for an editor while the pool is open."""
    return replace(given, queues=False)


@cause("every editor of the roster on shift round the clock")
def hours(given: Given) -> Given:
    """Let no shift end and nobody be absent."""
    horizon = given.spec.horizon
    shifts = tuple(_always(part, horizon.start_at, horizon.end_at) for part in given.draws.shifts)
    return replace(given, draws=replace(given.draws, shifts=shifts))


def _always(shifts: Shifts, start: int, end: int) -> Shifts:
    n = shifts.n_editors
    return Shifts(np.arange(n), np.full(n, start), np.full(n, end), n)


@cause("no image sent back by a station")
def rework(given: Given) -> Given:
    """Let each delivery pass its stations once; the first visit of each keeps its time."""
    return replace(given, draws=replace(given.draws, visits=without_rework(given.draws.visits)))


def without_rework(visits: Visits) -> Visits:
    """Return the visits at which an image comes to a station further on than any before in the same delivery.

    Parameters
    ----------
    visits
        The ways of all images.

    Returns
    -------
    Visits
        As many images, deliveries and rejections.
    """
    ends = visits.ends
    delivery = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
    # Deliveries stand in a row, so the furthest station so far starts anew with each of them.
    place = delivery * (int(visits.station.max(initial=0)) + 1) + visits.station
    furthest = np.append(-1, np.maximum.accumulate(place))[: len(place)]
    kept = place > furthest
    n_before = np.concatenate([[0], np.cumsum(kept)]).astype(np.int32)
    returns = Returns(visits.returns.image, n_before[visits.returns.end], visits.returns.after)
    return Visits(n_before[visits.first_visit], visits.station[kept], visits.seconds[kept], returns)
