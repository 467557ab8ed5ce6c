"""Who makes the runs of a study: this thread, others beside it, or processes. The results never tell."""

from __future__ import annotations

import signal
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from os import cpu_count

from sim.study.pipeline import Pipeline
from sim.study.replication import Cells, Outcome, Task, run_cells

Finishing = Generator[tuple[int, dict[int, Outcome]]]
"""Replications as they finish, each with its outcomes by design point."""


@dataclass(frozen=True)
class Hands:
    """Who makes the runs."""

    workers: int | None = 1
    """Runs at once: threads of the compiled engine, which lets others run beside it, or processes of the SimPy model;
    None for one a core."""

    def number(self, task: Task, replications: int) -> int:
        """Return how many runs are made at once: no more than there is work for."""
        runs = replications if task.points[0].engine == "simpy" else replications * len(task.points)
        return max(min(self.workers or cpu_count() or 1, runs), 1)

    def finishing(self, task: Task, work: Sequence[Cells]) -> Finishing:
        """Make runs, and yield each replication when all its runs are done.

        Parameters
        ----------
        task
            What the runs have in common.
        work
            Replications, each with the design points that are wanted.
        """
        workers = self.number(task, len(work))
        if workers == 1:
            return ((cells.replication, run_cells(task, cells)) for cells in work)
        if task.points[0].engine == "simpy":
            return _on_processes(task, work, workers)
        return _on_threads(task, work, workers)


HERE = Hands()
"""One run after the other, in this thread."""


def _on_threads(task: Task, work: Sequence[Cells], workers: int) -> Finishing:
    with _closed(ThreadPoolExecutor(workers)) as threads:
        yield from Pipeline(task, work, threads, most_batches=workers + 1).finishing()


def _on_processes(task: Task, work: Sequence[Cells], workers: int) -> Finishing:
    # Spawned, not forked: a fork copies the threads' locks of the progress bar. The parent alone heeds Ctrl-C.
    ignore = (signal.SIGINT, signal.SIG_IGN)
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=signal.signal, initargs=ignore)
    with _closed(pool) as processes:
        yield from _as_finished(task, work, processes)


def _as_finished(task: Task, work: Sequence[Cells], executor: Executor) -> Finishing:
    futures = {executor.submit(run_cells, task, cells): cells.replication for cells in work}
    for future in as_completed(futures):
        yield futures[future], future.result()


@contextmanager
def _closed(executor: Executor) -> Iterator[Executor]:
    """Give an executor; begin nothing more after an error, and leave no worker behind."""
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
