"""What a scenario must keep between its parts: one check a rule, registered where it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf, prod
from typing import TYPE_CHECKING

import numpy as np

from sim.scenario.document import KeyPath
from sim.scenario.schema import QUESTIONS, ScenarioSpec

if TYPE_CHECKING:
    from sim.demand.distributions import Distribution

MOST_EDITORS = 5_000
MOST_CUSTOMERS = 100_000
MOST_POINTS = 1_000
MOST_ROUNDS = 100
LONGEST = {"minutes": 7 * 24 * 60, "delay_hours": 365 * 24}
"""The largest mean of a duration: a week of work, a year until a rejection."""
OF_THE_STUDY = (*QUESTIONS, "engine")
"""Keys that hold for all design points."""

Inconsistency = tuple[KeyPath, str, str]
"""Where, what must be, and the remedy."""
Check = Callable[[ScenarioSpec], Iterator[Inconsistency]]
CHECKS: list[Check] = []


def check(rule: Check) -> Check:
    """Register a rule."""
    CHECKS.append(rule)
    return rule


def inconsistencies(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """Yield all that is inconsistent in a scenario, rule by rule.

    Parameters
    ----------
    spec
        A scenario whose fields are valid one by one.

    Yields
    ------
    tuple
        Path of the key, what it must be, what to do.
    """
    for rule in CHECKS:
        yield from rule(spec)


def _repeated(names: list[str]) -> Iterator[int]:
    return (number for number, name in enumerate(names) if name in names[:number])


@check
def names_are_unique(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """Find names that stand twice: groups, pools and stations are found by name."""
    lists: dict[KeyPath, tuple[str, list[str]]] = {
        ("customers",): ("group", [group.group for group in spec.customers]),
        ("plant", "pools"): ("name", [pool.name for pool in spec.plant.pools]),
        ("plant", "route"): ("station", [station.station for station in spec.plant.route]),
    }
    for path, (key, names) in lists.items():
        for number in _repeated(names):
            yield (
                (*path, number, key),
                f"must stand once among {path[-1]}",
                "give each a name of its own",
            )
    for number, pool in enumerate(spec.plant.pools):
        if pool.name == "all":
            yield (
                ("plant", "pools", number, "name"),
                "must not be all, which means all pools",
                "take another name",
            )


@check
def plans_exist(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """Every group has bought a plan of this file."""
    for number, group in enumerate(spec.customers):
        if group.plan not in spec.plans:
            known = ", ".join(spec.plans)
            yield (
                ("customers", number, "plan"),
                f"must be a plan of this file: {known}",
                "name one, or add the plan",
            )


@check
def pools_exist(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """Stations and the review name a pool of the plant."""
    pools = [pool.name for pool in spec.plant.pools]
    uses: list[tuple[KeyPath, str]] = [
        (("plant", "route", number, "pool"), station.pool)
        for number, station in enumerate(spec.plant.route)
    ]
    if spec.plant.review:
        uses.append((("plant", "review", "pool"), spec.plant.review.pool))
    for path, pool in uses:
        if pool not in pools:
            yield (
                path,
                f"must be a pool of the plant: {', '.join(pools)}",
                "name one, or add the pool",
            )


@check
def stations_exist(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """Rework goes back to the station itself or an earlier one.

    Rejected images start at a station.
    """
    names = [station.station for station in spec.plant.route]
    for number, station in enumerate(spec.plant.route):
        earlier = names[: number + 1]
        if station.rework and station.rework.to not in earlier:
            must = f"must be this station or an earlier one: {', '.join(earlier)}"
            yield ("plant", "route", number, "rework", "to"), must, "name one of them"
    if spec.plant.rejection and spec.plant.rejection.to not in names:
        yield (
            ("plant", "rejection", "to"),
            f"must be a station: {', '.join(names)}",
            "name one of them",
        )


@check
def rosters_open(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """Find pools that never open: they finish nothing, and no deadline can be quoted."""
    for number, pool in enumerate(spec.plant.pools):
        path = ("plant", "pools", number)
        if not any(line.editors for line in pool.roster):
            yield (*path, "roster"), "never opens: no line has an editor", "give a line editors"
        if pool.absence_share == 1:
            yield (*path, "absence_share"), "must be under 1: nobody ever comes", "lower it"


@check
def targets_have_pools(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """Find targets of unknown pools."""
    pools = ["all", *(pool.name for pool in spec.plant.pools)]
    for number, target in enumerate(spec.targets):
        if target.pool not in pools:
            yield (
                ("targets", number, "pool"),
                f"must be one of {', '.join(pools)}",
                "name one of them",
            )


@check
def rosters_fit_the_machine(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """Every editor of a roster is simulated."""
    for number, pool in enumerate(spec.plant.pools):
        editors = sum(line.editors for line in pool.roster)
        if editors > MOST_EDITORS:
            must = f"has {editors:,} editors in all lines and must have at most {MOST_EDITORS:,}"
            yield ("plant", "pools", number, "roster"), must, "scale editors and demand down alike"


@check
def customers_fit_the_machine(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """Every customer has streams of its own."""
    count = sum(group.count for group in spec.customers)
    if count > MOST_CUSTOMERS:
        must = (
            f"makes {count:,} customers with the other groups, "
            f"and they must be at most {MOST_CUSTOMERS:,}"
        )
        largest = max(range(len(spec.customers)), key=lambda number: spec.customers[number].count)
        yield ("customers", largest, "count"), must, "lower the count"


@check
def durations_are_finite(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """Find means beyond all sense: a slip of the unit, or a parameter of a heavy tail."""
    plant = spec.plant
    stations: list[tuple[KeyPath, Distribution]] = [
        (("plant", "route", number, "minutes"), station.minutes)
        for number, station in enumerate(plant.route)
    ]
    if plant.review:
        stations.append((("plant", "review", "minutes"), plant.review.minutes))
    if plant.rejection:
        stations.append((("plant", "rejection", "delay_hours"), plant.rejection.delay_hours))
    for path, distribution in stations:
        unit = str(path[-1])
        if (
            mean_at_most(distribution) > LONGEST[unit]
            and (mean := mean_or_infinity(distribution)) > LONGEST[unit]
        ):
            most = f"{LONGEST[unit]:,} {unit.removeprefix('delay_')}"
            yield (
                path,
                f"has the mean {mean:,.4g} and must have one of at most {most}",
                "check unit and parameters",
            )


def mean_or_infinity(distribution: Distribution) -> float:
    """Return the mean of a distribution.

    Infinity where parameters go beyond the machine's numbers.
    """
    try:
        _try_a_draw(distribution)
        return distribution.mean()
    except ArithmeticError:
        return inf


def mean_at_most(distribution: Distribution) -> float:
    """Return a bound of the mean without special functions, which take long to import."""
    family = distribution.family
    try:
        _try_a_draw(distribution)
        return min((family.min or 0.0) + family.limited_mean(inf), family.max or inf)
    except ArithmeticError:
        return inf


def _try_a_draw(distribution: Distribution) -> None:
    """Raise an ArithmeticError where the parameters cannot be drawn with, whatever the mean."""
    if (
        distribution.empirical
    ):  # a list of numbers can be drawn from, and its file may not be read yet
        return
    with np.errstate(
        over="ignore"
    ):  # an infinite draw is cut to max, or the mean is too large anyway
        distribution.sample(np.random.default_rng(0), 1)


@check
def rework_ends(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """Rework at every station multiplies the visits."""
    shares = [station.rework.share if station.rework else 0.0 for station in spec.plant.route]
    rounds = prod(1 / (1 - share) for share in shares)
    if rounds > MOST_ROUNDS:
        must = f"makes {rounds:,.0f} rounds of an image, and they must be at most {MOST_ROUNDS}"
        yield ("plant", "route", shares.index(max(shares)), "rework", "share"), must, "lower it"


@check
def sweep_makes_a_study(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """Factors change a design point.

    What holds for the whole study cannot differ between points.
    """
    points = prod(map(len, spec.sweep.values()))
    if points > MOST_POINTS:
        yield (
            ("sweep",),
            f"makes {points:,} points and must make at most {MOST_POINTS:,}",
            "take fewer levels",
        )
    for key in spec.sweep:
        if key.partition(".")[0] in OF_THE_STUDY:
            yield (
                ("sweep", key),
                "cannot be swept: it holds for the whole study",
                "run a scenario for each value",
            )
