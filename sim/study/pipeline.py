"""Runs on threads that share their draws.

The next draw goes on beside the runs of the one before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from threading import Lock

from sim.plant.draws import Draws
from sim.study.replication import Cells, Outcome, Run, Task, draw, run_point


class Pipeline:
    """Draws and runs of a study, handed to threads in an order that keeps them busy and memory small.

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
        self, task: Task, work: Sequence[Cells], threads: Executor, most_batches: int
    ) -> None:
        self.task, self.threads, self.most_batches = task, threads, most_batches
        self.one_draw = Lock()
        self.batches = task.batches(work)
        self.runs: dict[Future[Outcome], tuple[Cells, int]] = {}
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
        """Hand over the runs of the batch that was drawn ahead, and the draw of the next, where there is room."""
        while self.ahead and len({batch for batch, _ in self.runs.values()}) < self.most_batches:
            batch, draws = self.ahead
            self.ahead = self._draw_next()
            for point in batch.points:
                self.runs[self.threads.submit(_run, self.task, draws, batch.replication, point)] = (
                    batch,
                    point,
                )

    def _draw_next(self) -> tuple[Cells, Future[Draws]] | None:
        batch = next(self.batches, None)
        return batch and (batch, self.threads.submit(self._draw, batch))

    def _draw(self, batch: Cells) -> Draws:
        with self.one_draw:
            return draw(self.task, batch.replication, batch.points)


def _run(task: Task, draws: Future[Draws], replication: int, point: int) -> Outcome:
    return run_point(task, draws.result(), replication, point)
