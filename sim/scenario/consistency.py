"""What a scenario must keep between its parts: one check a rule, registered where it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.scenario.document import KeyPath
from sim.scenario.schema import ScenarioSpec

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
    """Groups, pools and stations are found by name."""
    lists: dict[KeyPath, tuple[str, list[str]]] = {
        ("customers",): ("group", [group.group for group in spec.customers]),
        ("plant", "pools"): ("name", [pool.name for pool in spec.plant.pools]),
        ("plant", "route"): ("station", [station.station for station in spec.plant.route]),
    }
    for path, (key, names) in lists.items():
        for number in _repeated(names):
            yield (*path, number, key), "stands twice", "give each a name of its own"


@check
def plans_exist(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """Every group has bought a plan of this file."""
    for number, group in enumerate(spec.customers):
        if group.plan not in spec.plans:
            known = ", ".join(spec.plans)
            yield ("customers", number, "plan"), f"must be a plan of this file: {known}", "name one, or add the plan"


@check
def pools_exist(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """Stations and the review name a pool of the plant."""
    pools = [pool.name for pool in spec.plant.pools]
    uses: list[tuple[KeyPath, str]] = [
        (("plant", "route", number, "pool"), station.pool) for number, station in enumerate(spec.plant.route)
    ]
    if spec.plant.review:
        uses.append((("plant", "review", "pool"), spec.plant.review.pool))
    for path, pool in uses:
        if pool not in pools:
            yield path, f"must be a pool of the plant: {', '.join(pools)}", "name one, or add the pool"


@check
def stations_exist(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """Rework goes back to the station itself or an earlier one; rejected images start at a station."""
    names = [station.station for station in spec.plant.route]
    for number, station in enumerate(spec.plant.route):
        earlier = names[: number + 1]
        if station.rework and station.rework.to not in earlier:
            must = f"must be this station or an earlier one: {', '.join(earlier)}"
            yield ("plant", "route", number, "rework", "to"), must, "name one of them"
    if spec.plant.rejection and spec.plant.rejection.to not in names:
        yield ("plant", "rejection", "to"), f"must be a station: {', '.join(names)}", "name one of them"


@check
def rosters_open(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """A pool that never opens finishes nothing, and no deadline can be quoted."""
    for number, pool in enumerate(spec.plant.pools):
        if not any(line.editors for line in pool.roster):
            yield ("plant", "pools", number, "roster"), "never opens: no line has an editor", "give a line editors"


@check
def targets_have_pools(spec: ScenarioSpec) -> Iterator[Inconsistency]:
    """A target is taken of a pool of the plant, or of all."""
    pools = ["all", *(pool.name for pool in spec.plant.pools)]
    for number, target in enumerate(spec.targets):
        if target.pool not in pools:
            yield ("targets", number, "pool"), f"must be one of {', '.join(pools)}", "name one of them"
