"""Runs that travel: cut into parcels for another process, here or on another machine, and joined again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from itertools import islice
from pathlib import Path
from platform import node
from typing import Any, NamedTuple

from sim.errors import Fault, InputError
from sim.scenario.schema import ScenarioSpec
from sim.study.identity import code, digest
from sim.study.replication import Cells, Outcome, Run, Task, made

MOST_POINTS = 8
"""Design points of a parcel: so many share a draw, and a parcel stays near 40 kB."""
MOST_AHEAD = 1_000
"""Parcels that are handed over at once: enough for hundreds of workers, and no burden for whoever schedules them."""


class Parcel(NamedTuple):
    """Runs of one replication at some design points, with all that they need but the order files."""

    replication: int
    points: tuple[int, ...]
    """Numbers of the design points in their study."""
    specs: tuple[ScenarioSpec, ...]
    """The scenario at each of them."""
    ledgers: Path | None
    code: str
    """Digest of the code that wants them."""


def on_executor(task: Task, work: Sequence[Cells], executor: Executor, replays: Any) -> Iterator[Run]:
    """Make runs on an executor, parcel by parcel.

    Parameters
    ----------
    task
        Design points and order files.
    work
        Replications, each with the design points that are wanted.
    executor
        Processes here, or those of a cluster.
    replays
        The order files of the task, or what the executor knows them by.

    Yields
    ------
    Run
        As the parcels come back.
    """
    parcels = _parcels(task, work)
    out: dict[Future[list[Outcome]], Parcel] = {}

    def hand_over(number: int) -> None:
        out.update({executor.submit(opened, parcel, replays): parcel for parcel in islice(parcels, number)})

    hand_over(MOST_AHEAD)
    while out:
        finished = wait(out, return_when=FIRST_COMPLETED).done
        for future in finished:
            parcel = out.pop(future)
            runs = zip(parcel.points, future.result(), strict=True)
            yield from (Run(parcel.replication, point, outcome) for point, outcome in runs)
        hand_over(len(finished))


def _parcels(task: Task, work: Sequence[Cells]) -> Iterator[Parcel]:
    for replication, points in task.batches(work):
        for first in range(0, len(points), MOST_POINTS):
            some = points[first : first + MOST_POINTS]
            specs = tuple(task.points[point] for point in some)
            yield Parcel(replication, some, specs, task.ledgers, digest(code()))


def opened(parcel: Parcel, replays: Any) -> list[Outcome]:
    """Make the runs of a parcel, in the order of its points.

    Parameters
    ----------
    parcel
        What is wanted.
    replays
        Order files by name.

    Raises
    ------
    InputError
        Where the code here is another than that of the study: the results might be others, too.
    """
    if digest(code()) != parcel.code:
        must = "has another version of dgisim or of its libraries than the study"
        raise InputError(Fault(f"worker on {node()}", "", must, "install the same lock file on every machine"))
    task = Task(parcel.specs, replays, parcel.ledgers, parcel.points)
    return [run.outcome for run in made(task, Cells(parcel.replication, tuple(range(len(parcel.specs)))))]
