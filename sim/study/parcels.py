"""Runs that travel: cut into parcels for another process, here or on another machine, and joined again."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from itertools import islice
from platform import node
from typing import Any, NamedTuple

from sim.errors import Fault, InputError
from sim.study.identity import code, digest
from sim.study.replication import Cells, Outcome, Run, Task, made

MOST_POINTS = 32
"""Design points of a parcel: so many share a draw, and to hand over a parcel costs little beside
its runs."""
ENOUGH = 1_000
"""Parcels that keep hundreds of workers busy: so many are handed over at once, and only studies of
more runs have parcels of several points."""


class Parcel(NamedTuple):
    """Runs of one replication at some design points, with all that they need but the order files."""

    replication: int
    points: tuple[int, ...]
    """Numbers of the design points in their study."""
    code: str
    """Digest of the code that wants them."""
    content: bytes
    """The scenario at each point and the folder of ledgers, pickled: other code need not be able to
    read them, and whoever passes the parcel on does not."""


def on_executor(
    task: Task, work: Sequence[Cells], executor: Executor, replays: Any
) -> Iterator[Run]:
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
        out.update(
            {executor.submit(opened, parcel, replays): parcel for parcel in islice(parcels, number)}
        )

    hand_over(ENOUGH)
    while out:
        finished = wait(out, return_when=FIRST_COMPLETED).done
        for future in finished:
            parcel = out.pop(future)
            runs = zip(parcel.points, future.result(), strict=True)
            yield from (Run(parcel.replication, point, outcome) for point, outcome in runs)
        hand_over(len(finished))


def _parcels(task: Task, work: Sequence[Cells]) -> Iterator[Parcel]:
    size = max(min(sum(len(cells.points) for cells in work) // ENOUGH, MOST_POINTS), 1)
    for replication, points in task.batches(work):
        for first in range(0, len(points), size):
            some = points[first : first + size]
            content = tuple(task.points[point] for point in some), task.ledgers
            yield Parcel(replication, some, digest(code()), pickle.dumps(content))


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
        raise InputError(
            Fault(f"worker on {node()}", "", must, "install the same lock file on every machine")
        )
    specs, ledgers = pickle.loads(parcel.content)
    task = Task(specs, replays, ledgers, parcel.points)
    return [run.outcome for run in made(task, Cells(parcel.replication, tuple(range(len(specs)))))]
