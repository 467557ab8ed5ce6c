"""Running a study: its replications on workers, in any order, joined in theirs."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from os import cpu_count

from sim.study.replication import Outcome, Task, run_replication

Progress = Callable[[int], None]
"""Told the number of finished replications."""


@dataclass(frozen=True)
class Finished:
    """The replications of a study that were finished."""

    replications: tuple[int, ...]
    """Their numbers, rising."""
    outcomes: tuple[list[Outcome], ...]
    """Outcomes by design point, one list a replication."""
    cut_off: bool
    """Whether the user stopped the study before all were done."""


def workers_or_default(workers: int | None, replications: int) -> int:
    """Return how many worker processes to use: one a core, and no more than there are replications."""
    return min(workers or cpu_count() or 1, replications)


@contextmanager
def executor_of(workers: int) -> Iterator[Executor | None]:
    """Give an executor of so many processes, none for one; leave no process behind."""
    if workers == 1:
        yield None
        return
    # Spawned, not forked: a fork copies the threads' locks of the progress bar. The parent alone heeds Ctrl-C.
    ignore = (signal.SIGINT, signal.SIG_IGN)
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=signal.signal, initargs=ignore)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def run_all(task: Task, replications: Iterable[int], executor: Executor | None, progress: Progress) -> Finished:
    """Run the replications of a study.

    Parameters
    ----------
    task
        What they have in common.
    replications
        Their numbers.
    executor
        Anything with the interface of ``concurrent.futures``; None to run them here, one after the other.
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
        for number, outcomes in _finishing(task, replications, executor):
            done[number] = outcomes
            progress(len(done))
    except KeyboardInterrupt:
        cut_off = True
    order = sorted(done)
    return Finished(tuple(order), tuple(done[number] for number in order), cut_off)


def _finishing(
    task: Task, replications: Iterable[int], executor: Executor | None
) -> Iterator[tuple[int, list[Outcome]]]:
    """Yield replications as they finish."""
    if executor is None:
        yield from ((number, run_replication(task, number)) for number in replications)
        return
    futures = {executor.submit(run_replication, task, number): number for number in replications}
    for future in as_completed(futures):
        yield futures[future], future.result()
