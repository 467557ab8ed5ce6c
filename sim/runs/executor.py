"""Who makes the runs of a study: this thread, others beside it, processes, or a cluster.

The results never tell.
"""

from __future__ import annotations

import signal
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Executor as PoolExecutor
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from os import cpu_count

from sim.errors import Fault, InputError
from sim.runs.batches import Pipeline, on_executor
from sim.runs.replication import Batch, Run, Task, made
from sim.runs.store import NOWHERE, Nowhere

Runs = Generator[Run]
"""Runs as they are done, in any order."""


@dataclass(frozen=True)
class Executor:
    """Who makes the runs, and where they are kept."""

    workers: int | None = 1
    """Runs at once: threads of the compiled engine, which lets others run beside it, or processes
    of the SimPy model; None for one a core. A cluster has its own."""
    store: Nowhere = NOWHERE
    """Where finished runs are kept, and found again."""
    cluster: str | None = None
    """Address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``. No ledgers come from there."""

    def number(self, task: Task, replications: int) -> int:
        """Return how many runs are made at once here: no more than there is work for."""
        return max(min(self.workers or cpu_count() or 1, replications * len(task.points)), 1)

    def runs(self, task: Task, replications: Sequence[int]) -> Runs:
        """Make runs, or find them in the store.

        Parameters
        ----------
        task
            Design points and order files.
        replications
            Numbers of the replications, each wanted at every design point.

        Yields
        ------
        Run
            Those that are kept first; the others as they are done, when they are kept too.
        """
        wanted = [Batch(number, tuple(range(len(task.points)))) for number in replications]
        missing: list[Batch] = []
        for replication, points in wanted:
            kept = [] if task.ledgers else self.store.read(task, replication)
            yield from kept
            if left := {*points} - {run.point for run in kept}:
                missing.append(Batch(replication, tuple(sorted(left))))
        if missing:
            for run in self._made(task, missing):
                self.store.keep(task, run)
                yield run

    def _made(self, task: Task, work: Sequence[Batch]) -> Runs:
        if self.cluster:
            return _on_cluster(task, work, self.cluster)
        workers = self.number(task, len(work))
        if workers == 1:
            return (run for batch in task.batches(work) for run in made(task, batch))
        if task.points[0].engine == "simpy":
            return _on_processes(task, work, workers)
        return _on_threads(task, work, workers)


SERIAL = Executor()
"""One run after the other, in this thread."""


def _on_threads(task: Task, work: Sequence[Batch], workers: int) -> Runs:
    with _closed(ThreadPoolExecutor(workers)) as threads:
        yield from Pipeline(task, work, threads, most_batches=workers + 1).finishing()


def _on_processes(task: Task, work: Sequence[Batch], workers: int) -> Runs:
    # Spawned, not forked: a fork copies the threads' locks of the progress bar. The parent alone
    # heeds Ctrl-C.
    ignore = (signal.SIGINT, signal.SIG_IGN)
    pool = ProcessPoolExecutor(
        workers, get_context("spawn"), initializer=signal.signal, initargs=ignore
    )
    with _closed(pool) as processes:
        yield from on_executor(task, work, processes, task.replays)


def _on_cluster(task: Task, work: Sequence[Batch], address: str) -> Runs:
    from sim.runs.cluster import connected

    if task.ledgers:
        remedy = (
            "leave out --cluster: ledgers are written where the runs are made, "
            "and nothing brings them here"
        )
        raise InputError(Fault("--ledger", "", "cannot be had from a cluster", remedy))
    with connected(address) as client:
        replays = (
            client.scatter(task.replays, broadcast=True, hash=False)
            if task.replays
            else task.replays
        )
        # Not pure: no result of another client is taken for this one's.
        yield from on_executor(task, work, client.get_executor(pure=False), replays)


@contextmanager
def _closed(executor: PoolExecutor) -> Iterator[PoolExecutor]:
    """Give an executor; begin nothing more after an error, and leave no worker behind."""
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
