"""One replication of a study: one workload, run at every design point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.clock import NAT
from sim.demand.order_file import OrderColumns
from sim.plant.model import simulate
from sim.plant.record import record
from sim.plant.setting import prepare_setting
from sim.plant.workload import Workload, draw_workload
from sim.results.ledger import Ledger
from sim.results.measures import Figure, figures
from sim.results.profiles import Profiles, profiles
from sim.scenario.schema import ScenarioSpec
from sim.sla.words import REJECTION


@dataclass(frozen=True)
class Census:
    """Counts of one run, to the image: submitted = refused + done + censored."""

    orders: int
    images_submitted: int
    images_refused: int
    images_done: int
    images_censored: int
    images_without_deadline: int
    rejections: int
    orders_outside_horizon: int


@dataclass(frozen=True)
class Outcome:
    """What is kept of one run."""

    figures: list[Figure]
    profiles: Profiles
    census: Census


@dataclass(frozen=True)
class Task:
    """What every replication of a study needs; small enough to travel to another process."""

    points: tuple[ScenarioSpec, ...]
    """The scenario at each design point."""
    replays: Mapping[str, OrderColumns]
    """Order files by name."""
    ledgers: Path | None = None
    """Folder for the ledgers, if they are wanted."""


def run_replication(task: Task, replication: int) -> list[Outcome]:
    """Run one replication at every design point.

    Parameters
    ----------
    task
        Design points and order files.
    replication
        Number of the replication, from 0.

    Returns
    -------
    list of Outcome
        One a design point. Points that share their draws share the workload: common random numbers.
    """
    draw = _remembering(lambda spec: draw_workload(spec, task.replays, replication))
    outcomes = []
    for point, spec in enumerate(task.points):
        workload = draw(spec)
        ledger = run_once(spec, workload)
        if task.ledgers:
            folder = task.ledgers / f"point-{point}" / f"replication-{replication}"
            folder.mkdir(parents=True)
            ledger.write(folder)
        outcomes.append(Outcome(figures(ledger), profiles(ledger), census(ledger, workload.n_outside)))
    return outcomes


def run_once(spec: ScenarioSpec, workload: Workload) -> Ledger:
    """Run a workload at one design point, and return its ledger."""
    setting = prepare_setting(spec, workload)
    return record(spec, setting, simulate(setting))


def _remembering(draw: Callable[[ScenarioSpec], Workload]) -> Callable[[ScenarioSpec], Workload]:
    """Draw again only where a scenario asks for other draws than the one before it."""
    last: list[tuple[Any, Workload]] = []

    def drawn(spec: ScenarioSpec) -> Workload:
        key = _what_is_drawn(spec)
        if not last or last[0][0] != key:
            last[:] = [(key, draw(spec))]
        return last[0][1]

    return drawn


def _what_is_drawn(spec: ScenarioSpec) -> Any:
    """Return the parts of a scenario that a workload depends on: not plans, disciplines or shift-end rules."""
    plant = spec.plant
    pools = [(pool.name, pool.timezone, pool.roster, pool.absence_share) for pool in plant.pools]
    customers = [group.model_copy(update={"plan": ""}) for group in spec.customers]
    return (spec.seed, spec.horizon, customers, pools, plant.route, plant.review, plant.rejection)


def census(ledger: Ledger, n_outside: int) -> Census:
    """Count the images of all orders of a run, warm-up and cool-down included.

    Parameters
    ----------
    ledger
        The rows of the run.
    n_outside
        Orders of replayed files that lie outside the horizon.

    Returns
    -------
    Census
        Counts of first deliveries, and of rejections beside them.
    """
    orders, rows = ledger.orders, ledger.deliveries
    first = rows.service != REJECTION
    done = rows.done_at != NAT
    return Census(
        orders=len(orders),
        images_submitted=int(orders.images.sum()),
        images_refused=int(orders.images[orders.refused].sum()),
        images_done=int((first & done).sum()),
        images_censored=int((first & ~done).sum()),
        images_without_deadline=int((first & (rows.due_at == NAT)).sum()),
        rejections=int(np.sum(rows.service == REJECTION)),
        orders_outside_horizon=n_outside,
    )
