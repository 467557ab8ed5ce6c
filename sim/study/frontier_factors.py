"""The two factors of a frontier, the design points that they make, and the target.

With every fault of them.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.errors import Fault, InputError
from sim.results.figure import Figure
from sim.scenario.consistency import MOST_POINTS, OF_THE_STUDY
from sim.scenario.frontier import FactorLevels, FrontierSpec
from sim.sla.terms import PROFESSIONAL
from sim.study.manifest import resolved_scenario
from sim.study.own import own_levels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.study.scenario import Scenario

GUARANTEES = ("standard.guaranteed_per_day", "expedite.guaranteed_per_day")
"""Keys of a plan: the factors if none are named."""
SHARES = ((0.25, 0.5, 0.75, 1.0, 1.5), (0.5, 1.0, 2.0))
"""Their levels, in shares of today's."""
FEW = (0, 10, 20, 40)
"""Their levels where today's is 0."""


def asked(scenario: Scenario) -> FrontierSpec:
    """Return what a scenario asks; the defaults where it says nothing."""
    return scenario.spec.frontier or FrontierSpec()


def target_of(scenario: Scenario) -> float:
    """Return the on-time share of guaranteed images that is asked for.

    Raises
    ------
    InputError
        Where neither the frontier nor the targets name one.
    """
    of_guaranteed = Figure("on_time_share", "guaranteed")
    found = asked(scenario).target or next(
        (
            target.at_least
            for target in scenario.spec.targets
            if target.figure == of_guaranteed and target.at_least
        ),
        None,
    )
    if found is None:
        must = "must be given: no target of the scenario says it of the on-time share of guaranteed images"
        raise InputError(Fault(_place(scenario, "target"), "", must, "give --target 0.98"))
    return found


def factors_of(scenario: Scenario) -> tuple[FactorLevels, FactorLevels]:
    """Return the factors with their levels, today's among them where levels are numbers in order.

    Raises
    ------
    InputError
        With every fault of keys and levels.
    """
    given = (asked(scenario).x, asked(scenario).y)
    found = [factor or _guarantee(scenario, number) for number, factor in enumerate(given)]
    x, y = (_with_today(scenario, factor) for factor in found)
    if faults := list(_faults(scenario, x, y)):
        raise InputError(faults)
    return x, y


def points_of(scenario: Scenario, x: FactorLevels, y: FactorLevels) -> list[Scenario]:
    """Return the scenario at every point of the map, row by row.

    Raises
    ------
    InputError
        With each fault of a key or a level once.
    """
    found: list[Scenario] = []
    faults: dict[Fault, None] = {}
    places = {
        f"change of {factor.key}": _place(scenario, name) for name, factor in (("x", x), ("y", y))
    }
    for y_level in y.levels:
        for x_level in x.levels:
            try:
                found.append(scenario.with_({"sweep": {}, x.key: x_level, y.key: y_level}))
            except InputError as error:
                faults |= {
                    replace(fault, where=places.get(fault.where, fault.where)): None
                    for fault in error.faults
                }
    if faults:
        raise InputError(faults)
    return found


def _place(scenario: Scenario, name: str) -> str:
    """Return the place of a part of the block, as faults name it."""
    return f"{scenario.case.document.place(('frontier', name))}: frontier.{name}"


def _guarantee(scenario: Scenario, number: int) -> FactorLevels:
    """Return a guarantee of the plan with levels around today's."""
    plans = list(scenario.spec.plans)
    name = plans[0] if len(plans) == 1 else PROFESSIONAL.name
    if name not in plans:
        must = f"must be named, for the scenario has several plans: {', '.join(plans)}"
        remedy = f"give --{'xy'[number]} plans.{plans[0]}.{GUARANTEES[number]}=100,200"
        raise InputError(Fault(_place(scenario, "xy"[number]), "", must, remedy))
    key = f"plans.{name}.{GUARANTEES[number]}"
    today = _today(scenario, key)
    levels = (
        tuple(dict.fromkeys(round(share * today) for share in SHARES[number])) if today else FEW
    )
    return FactorLevels(key=key, levels=levels)


def _today(scenario: Scenario, key: str) -> Any:
    return own_levels(resolved_scenario(scenario.case), [key])[key]


def _with_today(scenario: Scenario, factor: FactorLevels) -> FactorLevels:
    """Add the scenario's own level where it is missing and has a place.

    The point that a verdict is wanted of.
    """
    levels, today = list(factor.levels), _today(scenario, factor.key)
    if today in levels or not all(_is_number(level) for level in (today, *levels)):
        return factor
    if levels == sorted(levels):
        insort(levels, today)
    elif levels == sorted(levels, reverse=True):
        insort(levels, today, key=lambda level: -level)
    return factor.model_copy(update={"levels": tuple(levels)})


def _is_number(level: Any) -> bool:
    return isinstance(level, int | float) and not isinstance(level, bool)


def _faults(scenario: Scenario, x: FactorLevels, y: FactorLevels) -> Iterator[Fault]:
    """Yield what is wrong with the factors before any level is tried."""
    for name, factor in (("x", x), ("y", y)):
        where, levels = _place(scenario, name), list(factor.levels)
        if factor.key.partition(".")[0] in OF_THE_STUDY:
            yield Fault(
                where,
                factor.key,
                "is no factor: it holds for the whole study",
                "name a key of plan or plant",
            )
        if any(level in levels[:number] for number, level in enumerate(levels)):
            yield Fault(where, str(levels), "must have each level once", "leave out the others")
        if (
            factor.key.endswith(GUARANTEES)
            and all(map(_is_number, levels))
            and levels != sorted(levels)
        ):
            yield Fault(
                where,
                str(levels),
                "must rise: a greater guarantee is harder to keep",
                "sort the levels",
            )
    if x.key == y.key:
        yield Fault(_place(scenario, "y"), y.key, "is the factor of x, too", "name another key")
    if len(x.levels) * len(y.levels) > MOST_POINTS:
        n = len(x.levels) * len(y.levels)
        must = f"makes {n:,} points with x and must make at most {MOST_POINTS:,}"
        yield Fault(_place(scenario, "y"), "", must, "take fewer levels")
