"""One replication of a study: its draws, each run at the design points that share it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from sim.demand.order_file import OrderColumns
from sim.plant.draws import Draws, draw_replication, with_roster
from sim.plant.run_input import prepare_run_input
from sim.results.counts import FlowBalance, flow_balance
from sim.results.measures import Figures, figures
from sim.results.profiles import Profiles, profiles
from sim.runs.engines import Engine, counts_of, engine_for, recorded
from sim.runs.identity import digest, identity
from sim.scenario.schema import QUESTIONS, ScenarioSpec

NOT_DRAWN: dict[str, Any] = {
    **dict.fromkeys((*QUESTIONS, "plans", "engine"), True),
    "customers": {"__all__": {"plan"}},
    "plant": {
        "planning_utilisation": True,
        "pools": {"__all__": {"discipline", "shift_end", "roster"}},
    },
}
"""The keys of a scenario on which no draw depends. Shifts do depend on the roster: each point draws
its own."""


@dataclass(frozen=True)
class Outcome:
    """What is kept of one run."""

    figures: Figures
    """Every figure, with both parts of each ratio."""
    profiles: Profiles
    flow_balance: FlowBalance
    engine: Engine
    """Which one ran it."""
    n_visits: int
    """Visits of the draws: how long a run it was."""


@dataclass(frozen=True)
class Task:
    """What every replication of a study needs; small enough to travel to another process."""

    points: tuple[ScenarioSpec, ...]
    """The scenario at each design point."""
    replays: Mapping[str, OrderColumns]
    """Order files by name."""
    ledgers: Path | None = None
    """Folder for the ledgers, if they are wanted."""
    numbers: tuple[int, ...] = ()
    """The number that each design point has in the study, where this is a part of one."""

    @cached_property
    def groups(self) -> list[tuple[int, ...]]:
        """Design points that share their draws, which are common random numbers, group by group."""
        groups: dict[str, list[int]] = {}
        for point, spec in enumerate(self.points):
            groups.setdefault(spec.model_dump_json(exclude=NOT_DRAWN), []).append(point)
        return [tuple(group) for group in groups.values()]

    @cached_property
    def one_roster(self) -> bool:
        """Whether all design points have the same roster, and with it the same shifts."""
        return len({tuple(pool.roster for pool in spec.plant.pools) for spec in self.points}) == 1

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Key of each design point: points of one key have the same runs."""
        return tuple(digest(identity(spec, self.replays)) for spec in self.points)

    def batches(self, work: Iterable[Batch]) -> Iterator[Batch]:
        """Yield the runs that are wanted, those together that share their draws."""
        for replication, points in work:
            wanted = set(points)
            for group in self.groups:
                if shared := tuple(point for point in group if point in wanted):
                    yield Batch(replication, shared)


class Batch(NamedTuple):
    """Runs of one replication: at each design point or at some of them."""

    replication: int
    points: tuple[int, ...]


class Run(NamedTuple):
    """A run that was made."""

    replication: int
    point: int
    outcome: Outcome


def made(task: Task, batch: Batch) -> Iterator[Run]:
    """Make runs that share their draws, one after the other.

    Parameters
    ----------
    task
        Design points and order files.
    batch
        Design points of one of the task's groups, in one replication.

    Yields
    ------
    Run
        As they are done.
    """
    draws = draw(task, batch.replication, batch.points)
    for point in batch.points:
        yield Run(batch.replication, point, run_point(task, draws, batch.replication, point))


def draw(task: Task, replication: int, group: tuple[int, ...]) -> Draws:
    """Draw the draws that a group of design points shares."""
    return draw_replication(task.points[group[0]], task.replays, replication)


def at_point(task: Task, draws: Draws, replication: int, point: int) -> Draws:
    """Return the draws of a group as one of its design points has it.

    With the shifts of its own roster.
    """
    return draws if task.one_roster else with_roster(draws, task.points[point], replication)


def run_point(task: Task, draws: Draws, replication: int, point: int) -> Outcome:
    """Run a draws at one design point, and write its ledger if it is wanted.

    Parameters
    ----------
    task
        Design points and order files.
    draws
        The draws of the replication.
    replication
        Its number.
    point
        Number of the design point.

    Returns
    -------
    Outcome
        A function of scenario and draws, whichever engine ran it.
    """
    spec = task.points[point]
    run_input = prepare_run_input(spec, at_point(task, draws, replication, point))
    engine = engine_for(spec, run_input)
    if task.ledgers:
        number = task.numbers[point] if task.numbers else point
        folder = task.ledgers / f"point-{number}" / f"replication-{replication}"
        folder.mkdir(parents=True)
        ledger, counts = recorded(engine, spec, run_input)
        ledger.write(folder)
    else:
        counts = counts_of(engine, spec, run_input)
    return Outcome(
        figures=figures(counts),
        profiles=profiles(counts),
        flow_balance=flow_balance(counts, draws.n_outside),
        engine=engine,
        n_visits=len(draws.visits.station),
    )
