"""Batches of runs: on threads that share draws, or packed for a process here or elsewhere."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from itertools import islice
from platform import node
from threading import Lock
from typing import Any, NamedTuple

from sim.errors import Fault, InputError
from sim.plant.draws import Draws
from sim.runs.identity import code, digest
from sim.runs.replication import Batch, Outcome, Run, Task, draw, made, run_point

MOST_POINTS = 32
"""Design points of a batch: so many share a draw, and to hand over a batch costs little beside
its runs."""
ENOUGH = 1_000
"""Batches that keep hundreds of workers busy: so many are handed over at once, and only studies of
more runs have batches of several points."""


class PackedBatch(NamedTuple):
    """Runs of one replication at some design points, packed with all but the order files."""

    replication: int
    points: tuple[int, ...]
    """Numbers of the design points in their study."""
    code: str
    """Digest of the code that wants them."""
    content: bytes
    """The scenario at each point and the folder of ledgers, pickled: other code need not be able to
    read them, and whoever passes the batch on does not."""


def on_executor(
    task: Task, work: Sequence[Batch], executor: Executor, replays: Any
) -> Iterator[Run]:
    """Make runs on an executor, batch by batch.

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
        As the batches come back.
    """
    batches = _packed(task, work)
    out: dict[Future[list[Outcome]], PackedBatch] = {}

    def hand_over(number: int) -> None:
        out.update(
            {executor.submit(opened, batch, replays): batch for batch in islice(batches, number)}
        )

    hand_over(ENOUGH)
    while out:
        finished = wait(out, return_when=FIRST_COMPLETED).done
        for future in finished:
            batch = out.pop(future)
            runs = zip(batch.points, future.result(), strict=True)
            yield from (Run(batch.replication, point, outcome) for point, outcome in runs)
        hand_over(len(finished))


def _packed(task: Task, work: Sequence[Batch]) -> Iterator[PackedBatch]:
    size = max(min(sum(len(batch.points) for batch in work) // ENOUGH, MOST_POINTS), 1)
    for replication, points in task.batches(work):
        for first in range(0, len(points), size):
            some = points[first : first + size]
            content = tuple(task.points[point] for point in some), task.ledgers
            yield PackedBatch(replication, some, digest(code()), pickle.dumps(content))


def opened(batch: PackedBatch, replays: Any) -> list[Outcome]:
    """Make the runs of a batch, in the order of its points.

    Parameters
    ----------
    batch
        What is wanted.
    replays
        Order files by name.

    Raises
    ------
    InputError
        Where the code here is another than that of the study: the results might be others, too.
    """
    if digest(code()) != batch.code:
        must = "has another version of dgisim or of its libraries than the study"
        raise InputError(
            Fault(f"worker on {node()}", "", must, "install the same lock file on every machine")
        )
    specs, ledgers = pickle.loads(batch.content)
    task = Task(specs, replays, ledgers, batch.points)
    return [run.outcome for run in made(task, Batch(batch.replication, tuple(range(len(specs)))))]


class Pipeline:
    """Draws and runs of a study, in an order that keeps threads busy and memory small.

    The order is draw 0, draw 1, runs of 0, draw 2, runs of 1 and so on. A run waits for its draw,
    which was handed over before it, so nothing can lock. When a draw begins, all runs but those of
    the draw before have begun: on n threads at most n + 1 draws are alive. Draws come one by
    one: they hold the interpreter for most of their time, and two at once would hand it to and fro
    at every array.

    Parameters
    ----------
    task
        What all runs have in common.
    work
        Replications, each with the design points that are wanted.
    threads
        Takes first what it was given first.
    most_batches
        Batches that are handed over at once, more than there are threads: none waits for what comes
        next.
    """

    def __init__(
        self, task: Task, work: Sequence[Batch], threads: Executor, most_batches: int
    ) -> None:
        self.task, self.threads, self.most_batches = task, threads, most_batches
        self.one_draw = Lock()
        self.batches = task.batches(work)
        self.runs: dict[Future[Outcome], tuple[Batch, int]] = {}
        self.ahead = self._draw_next()

    def finishing(self) -> Iterator[Run]:
        """Yield each run when it is done."""
        self._top_up()
        while self.runs:
            for run in wait(self.runs, return_when=FIRST_COMPLETED).done:
                batch, point = self.runs.pop(run)
                yield Run(batch.replication, point, run.result())
            self._top_up()

    def _top_up(self) -> None:
        """Hand over the runs of the batch drawn ahead, and the next draw, where there is room."""
        while self.ahead and len({batch for batch, _ in self.runs.values()}) < self.most_batches:
            batch, draws = self.ahead
            self.ahead = self._draw_next()
            for point in batch.points:
                self.runs[self.threads.submit(_run, self.task, draws, batch.replication, point)] = (
                    batch,
                    point,
                )

    def _draw_next(self) -> tuple[Batch, Future[Draws]] | None:
        batch = next(self.batches, None)
        return batch and (batch, self.threads.submit(self._draw, batch))

    def _draw(self, batch: Batch) -> Draws:
        with self.one_draw:
            return draw(self.task, batch.replication, batch.points)


def _run(task: Task, draws: Future[Draws], replication: int, point: int) -> Outcome:
    return run_point(task, draws.result(), replication, point)
