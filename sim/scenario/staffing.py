"""Roster lines as a planner staffs them: heads that may change, hours a week, cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.demand.profile import weekdays
from sim.errors import Fault, InputError
from sim.scenario.consistency import MOST_EDITORS

if TYPE_CHECKING:
    from sim.scenario.plant import Plant, RosterLine
    from sim.scenario.schema import ScenarioSpec

Heads = tuple[int, ...]
"""Editors by roster line."""


@dataclass(frozen=True)
class Line:
    """A roster line whose editors may change."""

    pool: int
    """Number of its pool in the plant."""
    number: int
    """Its number in the pool's roster, from 0."""
    pool_name: str
    """Name of its pool."""
    shift: RosterLine
    """What the scenario says of it."""

    @property
    def name(self) -> str:
        """Return pool and number, as in a dotted key: ``retouch.3``."""
        return f"{self.pool_name}.{self.number}"

    @property
    def hours(self) -> float:
        """Return the hours a week of one editor of the line."""
        begins, ends = self.shift.minutes
        return len(weekdays(self.shift.days)) * (ends - begins) / 60

    @property
    def weight(self) -> float:
        """Return what one editor more costs a week.

        1 where the scenario gives no costs: editors are counted.
        """
        return 1.0 if self.shift.cost_per_hour is None else self.hours * self.shift.cost_per_hour


def lines_of(plant: Plant, names: Sequence[str] = ()) -> tuple[Line, ...]:
    """Return the roster lines that are to be staffed.

    Parameters
    ----------
    plant
        Its pools with their rosters.
    names
        Pools, or single lines as ``pool.number``; all lines if left out.

    Raises
    ------
    InputError
        For each name that is none, and where some lines have a cost and others none.
    """
    every = tuple(
        Line(place, number, pool.name, shift)
        for place, pool in enumerate(plant.pools)
        for number, shift in enumerate(pool.roster)
    )
    if faults := [*_unknown(every, names), *_without_cost(every)]:
        raise InputError(faults)
    return tuple(line for line in every if not names or {line.pool_name, line.name} & set(names))


def _unknown(every: tuple[Line, ...], names: Sequence[str]) -> Iterator[Fault]:
    pools = dict.fromkeys(line.pool_name for line in every)
    for name in names:
        if name not in pools and name not in {line.name for line in every}:
            known = ", ".join(pools)
            must = f"must be a pool ({known}) or a line of its roster, such as {every[0].name}"
            yield Fault("--line", name or '""', must, "name one; lines are numbered from 0")


def _without_cost(every: tuple[Line, ...]) -> Iterator[Fault]:
    if all(line.shift.cost_per_hour is None for line in every):
        return
    for line in every:
        if line.shift.cost_per_hour is None:
            where = f"plant.pools.{line.pool_name}.roster.{line.number}.cost_per_hour"
            must = "must be given where another line has it: costs are compared between lines"
            yield Fault(where, "", must, "give every roster line a cost_per_hour, or none")


def heads_of(lines: Sequence[Line]) -> Heads:
    """Return the scenario's own editors, line by line."""
    return tuple(line.shift.editors for line in lines)


def most_heads(lines: Sequence[Line], times: float) -> Heads:
    """Return so many times the editors of each line, from one to what memory holds."""
    share = MOST_EDITORS // len(lines)
    return tuple(
        max(min(round(times * max(line.shift.editors, 1)), share), line.shift.editors)
        for line in lines
    )


def opens(plant: Plant, lines: Sequence[Line], heads: Heads) -> bool:
    """Return whether every pool has an editor on some line.

    One that never opens finishes nothing.
    """
    fixed = {(line.pool, line.number) for line in lines}
    editors = [
        sum(
            shift.editors
            for number, shift in enumerate(pool.roster)
            if (place, number) not in fixed
        )
        for place, pool in enumerate(plant.pools)
    ]
    for line, count in zip(lines, heads, strict=True):
        editors[line.pool] += count
    return all(editors)


def with_heads(spec: ScenarioSpec, lines: Sequence[Line], heads: Heads) -> ScenarioSpec:
    """Return the scenario with other editors on some lines.

    Checked are the numbers, by the one who chose them.
    """
    rosters = [list(pool.roster) for pool in spec.plant.pools]
    for line, count in zip(lines, heads, strict=True):
        rosters[line.pool][line.number] = line.shift.model_copy(update={"editors": count})
    pools = tuple(
        pool.model_copy(update={"roster": tuple(roster)})
        for pool, roster in zip(spec.plant.pools, rosters, strict=True)
    )
    return spec.model_copy(
        update={"plant": spec.plant.model_copy(update={"pools": pools}), "sweep": {}}
    )
