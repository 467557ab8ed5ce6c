"""Running a study: its replications on workers, in any order, joined in theirs."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from os import cpu_count

from sim.study.gate import all_decided, looks
from sim.study.pipeline import Pipeline
from sim.study.replication import Outcome, Task, run_replication

Progress = Callable[[int], None]
"""Told the number of finished replications."""
Finishing = Generator[tuple[int, list[Outcome]]]
"""Replications as they finish, each with an outcome a design point."""


@dataclass(frozen=True)
class Finished:
    """The replications of a study that were finished."""

    replications: tuple[int, ...]
    """Their numbers, rising."""
    outcomes: tuple[list[Outcome], ...]
    """Outcomes by design point, one list a replication."""
    cut_off: bool
    """Whether the user stopped the study before all were done."""


def workers_or_default(workers: int | None, task: Task, replications: int) -> int:
    """Return how many workers to use: one a core, and no more than there is work for at once."""
    runs = replications if task.points[0].engine == "simpy" else replications * len(task.points)
    return min(workers or cpu_count() or 1, runs)


def run_until_decided(task: Task, workers: int, progress: Progress) -> Finished:
    """Run the replications of a scenario, and more as its gate says while a target is not decided.

    Parameters
    ----------
    task, workers, progress
        As for :func:`run_all`.

    Returns
    -------
    Finished
        As one run of as many replications would leave it.
    """
    spec, finished = task.points[0], Finished((), (), cut_off=False)
    for look in looks(spec.replications, spec.gate.most_replications):
        n = len(finished.replications)
        more = run_all(task, range(n, look), workers, _further(progress, n))
        finished = Finished(finished.replications + more.replications, finished.outcomes + more.outcomes, more.cut_off)
        if finished.cut_off or all_decided(spec, finished.outcomes):
            break
    return finished


def _further(progress: Progress, before: int) -> Progress:
    """Return what tells the progress of a round, those that were finished before it counted in."""
    return lambda done: progress(before + done)


def run_all(task: Task, replications: Sequence[int], workers: int, progress: Progress) -> Finished:
    """Run the replications of a study.

    Parameters
    ----------
    task
        What they have in common.
    replications
        Their numbers.
    workers
        How many run at once: here for one; else processes for the SimPy model, and threads for the compiled engine,
        which lets other threads run beside it.
    progress
        Told how many are finished, as they finish.

    Returns
    -------
    Finished
        Sorted by replication, so that workers and their order leave no trace. After Ctrl-C, those that were done.
    """
    done: dict[int, list[Outcome]] = {}
    cut_off = False
    try:
        with closing(_finishing(task, replications, workers)) as finishing:
            for number, outcomes in finishing:
                done[number] = outcomes
                progress(len(done))
    except KeyboardInterrupt:
        cut_off = True
    order = sorted(done)
    return Finished(tuple(order), tuple(done[number] for number in order), cut_off)


def _finishing(task: Task, replications: Sequence[int], workers: int) -> Finishing:
    if workers == 1:
        yield from ((number, run_replication(task, number)) for number in replications)
    elif task.points[0].engine == "simpy":
        yield from _on_processes(task, replications, workers)
    else:
        yield from _on_threads(task, replications, workers)


def _on_threads(task: Task, replications: Sequence[int], workers: int) -> Finishing:
    with _closed(ThreadPoolExecutor(workers)) as threads:
        yield from Pipeline(task, replications, threads, most_batches=workers + 1).finishing()


def _on_processes(task: Task, replications: Sequence[int], workers: int) -> Finishing:
    # Spawned, not forked: a fork copies the threads' locks of the progress bar. The parent alone heeds Ctrl-C.
    ignore = (signal.SIGINT, signal.SIG_IGN)
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=signal.signal, initargs=ignore)
    with _closed(pool) as processes:
        futures = {processes.submit(run_replication, task, number): number for number in replications}
        for future in as_completed(futures):
            yield futures[future], future.result()


@contextmanager
def _closed(executor: Executor) -> Iterator[Executor]:
    """Give an executor; begin nothing more after an error, and leave no worker behind."""
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
