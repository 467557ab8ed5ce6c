"""One replication of a study: its workloads, each run at the design points that share it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from sim.demand.order_file import OrderColumns
from sim.plant.setting import Setting, prepare_setting
from sim.plant.workload import Workload, draw_workload
from sim.results.census import Census, census
from sim.results.measures import Figure, figures
from sim.results.profiles import Profiles, profiles
from sim.results.tally import Tally, tally
from sim.scenario.schema import ScenarioSpec
from sim.study.engines import Engine, engine_for, ledger_of, tally_of

NOT_DRAWN: dict[str, Any] = {
    **dict.fromkeys(("name", "description", "plans", "sweep", "replications", "confidence"), True),
    **dict.fromkeys(("engine", "targets", "gate"), True),
    "customers": {"__all__": {"plan"}},
    "plant": {"planning_utilisation": True, "pools": {"__all__": {"discipline", "shift_end"}}},
}
"""The keys of a scenario on which no draw depends."""


@dataclass(frozen=True)
class Outcome:
    """What is kept of one run."""

    figures: list[Figure]
    profiles: Profiles
    census: Census
    engine: Engine
    """Which one ran it."""
    n_visits: int
    """Visits of the workload: how long a run it was."""


@dataclass(frozen=True)
class Task:
    """What every replication of a study needs; small enough to travel to another process."""

    points: tuple[ScenarioSpec, ...]
    """The scenario at each design point."""
    replays: Mapping[str, OrderColumns]
    """Order files by name."""
    ledgers: Path | None = None
    """Folder for the ledgers, if they are wanted."""

    @cached_property
    def groups(self) -> list[tuple[int, ...]]:
        """Design points that share their draws, which are common random numbers, group by group."""
        groups: dict[str, list[int]] = {}
        for point, spec in enumerate(self.points):
            groups.setdefault(spec.model_dump_json(exclude=NOT_DRAWN), []).append(point)
        return [tuple(group) for group in groups.values()]

    def batches(self, work: Iterable[Cells]) -> Iterator[Cells]:
        """Yield the runs that are wanted, those together that share their draws."""
        for replication, points in work:
            wanted = set(points)
            for group in self.groups:
                if shared := tuple(point for point in group if point in wanted):
                    yield Cells(replication, shared)


class Cells(NamedTuple):
    """Runs of one replication: at each design point or at some of them."""

    replication: int
    points: tuple[int, ...]


def run_cells(task: Task, cells: Cells) -> dict[int, Outcome]:
    """Run one replication at some design points.

    Parameters
    ----------
    task
        Design points and order files.
    cells
        Which of them in which replication.

    Returns
    -------
    dict of Outcome
        By design point.
    """
    outcomes: dict[int, Outcome] = {}
    for replication, group in task.batches([cells]):
        workload = draw(task, replication, group)
        outcomes |= {point: run_point(task, workload, replication, point) for point in group}
    return outcomes


def draw(task: Task, replication: int, group: tuple[int, ...]) -> Workload:
    """Draw the workload that a group of design points shares."""
    return draw_workload(task.points[group[0]], task.replays, replication)


def run_point(task: Task, workload: Workload, replication: int, point: int) -> Outcome:
    """Run a workload at one design point, and write its ledger if it is wanted.

    Parameters
    ----------
    task
        Design points and order files.
    workload
        The draws of the replication.
    replication
        Its number.
    point
        Number of the design point.

    Returns
    -------
    Outcome
        A function of scenario and workload, whichever engine ran it.
    """
    spec = task.points[point]
    setting = prepare_setting(spec, workload)
    engine = engine_for(spec, setting)
    if task.ledgers:
        folder = task.ledgers / f"point-{point}" / f"replication-{replication}"
        found = _written(engine, spec, setting, folder)
    else:
        found = tally_of(engine, spec, setting)
    counts = census(found, workload.n_outside)
    return Outcome(figures(found), profiles(found), counts, engine, len(workload.visits.station))


def _written(engine: Engine, spec: ScenarioSpec, setting: Setting, folder: Path) -> Tally:
    """Run a setting with its ledger, and write it."""
    folder.mkdir(parents=True)
    ledger = ledger_of(engine, spec, setting)
    ledger.write(folder)
    return tally(ledger)
