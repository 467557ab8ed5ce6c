"""Running a study: its replications on workers, in any order, joined in theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from sim.runs.executor import Executor
from sim.runs.gate import interim_analyses
from sim.runs.precision import enough
from sim.runs.replication import Outcome, Task

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


def run_until_enough(task: Task, executor: Executor, on_progress: Progress) -> Finished:
    """Run the replications of a scenario, and more until its stopping rules are content.

    Parameters
    ----------
    task, executor, on_progress
        As for :func:`run_all`.

    Returns
    -------
    Finished
        As one run of as many replications would leave it.
    """
    spec, finished = task.points[0], Finished((), (), cut_off=False)
    for n_wanted in interim_analyses(spec.replications, spec.gate):
        n = len(finished.replications)
        more = run_all(task, range(n, n_wanted), executor, _further(on_progress, n))
        finished = Finished(
            finished.replications + more.replications,
            finished.outcomes + more.outcomes,
            more.cut_off,
        )
        if finished.cut_off or enough(spec, finished.outcomes):
            break
    return finished


def _further(on_progress: Progress, before: int) -> Progress:
    """Return what tells the progress of a round, those that were finished before it counted in."""
    return lambda done: on_progress(before + done)


def run_all(
    task: Task, replications: Sequence[int], executor: Executor, on_progress: Progress
) -> Finished:
    """Run the replications of a study.

    Parameters
    ----------
    task
        What they have in common.
    replications
        Their numbers.
    executor
        Who makes the runs.
    on_progress
        Told how many are finished, as they finish.

    Returns
    -------
    Finished
        Sorted by replication, so that workers and their order leave no trace. After Ctrl-C, those
        that were done.
    """
    outcomes: dict[int, dict[int, Outcome]] = {number: {} for number in replications}
    done: list[int] = []
    cut_off = False
    try:
        with closing(executor.runs(task, replications)) as runs:
            for number, point, outcome in runs:
                outcomes[number][point] = outcome
                if len(outcomes[number]) == len(task.points):
                    done.append(number)
                    on_progress(len(done))
    except KeyboardInterrupt:
        cut_off = True
    done.sort()
    by_point = tuple(
        [outcomes[number][point] for point in range(len(task.points))] for number in done
    )
    return Finished(tuple(done), by_point, cut_off)
