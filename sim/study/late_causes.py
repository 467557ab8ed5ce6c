"""Late images by cause, as a table of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.runs.replication import Batch, at_point, draw
from sim.runs.store import NOWHERE, Nowhere
from sim.stats.intervals import t_intervals
from sim.study.causes import CAUSES, SERVICE, SEVERAL, Given
from sim.study.lateness import Lateness, lateness
from sim.study.tables import with_levels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sim.runs.replication import Task
    from sim.runs.run import Finished
    from sim.scenario.load import Levels

    Ints = NDArray[np.int64]

COLUMNS = ("cause", "late_images", "alone_images", "all_late_images", "mean", "low", "high", "n")
EXPLAINED, ALONE = range(2)
NAME = "late-causes"
"""Of the file in the store."""
FEWEST_REPLICATIONS = 5
"""From so many replications on, a study that is compared with the SimPy model takes less than half
as long again."""


def late_causes(
    task: Task,
    levels: Sequence[Levels],
    replications: Sequence[int],
    confidence: float,
    store: Nowhere = NOWHERE,
) -> pd.DataFrame:
    """Return how many late images each cause explains.

    Parameters
    ----------
    task
        Design points and order files.
    levels
        Levels of each design point.
    replications
        Numbers of those that are made again; each takes about three times as long as it did in the
        study.
    confidence
        Of the intervals.
    store
        Where the counts are kept, and found again.

    Returns
    -------
    DataFrame
        ``point``, a column for each factor, ``cause, late_images, alone_images, all_late_images,
        mean, low, high, n``. ``late_images`` would be in time without the cause, ``alone_images``
        of them without no other; both are means a replication, as ``all_late_images``. ``mean`` is
        the share of all late images, with its interval over the `n` replications that had any. The
        shares of the causes may add up to more than 1. A rejected image counts again.

    Raises
    ------
    InputError
        Where the scenario asks for an engine that cannot run it.
    """
    counts = np.zeros((len(task.points), len(replications), 2, len(CAUSES) + 2), np.int64)
    n_late = np.zeros((len(task.points), len(replications)), np.int64)
    for place, replication in enumerate(replications):
        for point, found in _found(task, replication, store):
            counts[point, place], n_late[point, place] = found["counts"], found["late"]
    frames = [
        with_levels(_frame(counts[point], n_late[point], confidence), point, own)
        for point, own in enumerate(levels)
    ]
    return pd.concat(frames, ignore_index=True)


def _found(task: Task, replication: int, store: Nowhere) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what is found at each design point in a replication, from the store where it is there."""
    every = range(len(task.points))
    kept = {point: store.recall(task, point, replication, NAME) for point in every}
    yield from ((point, found) for point, found in kept.items() if found)
    missing = tuple(point for point, found in kept.items() if not found)
    for _, group in task.batches([Batch(replication, missing)]):
        draws = draw(task, replication, group)
        for point in group:
            images = lateness(Given(task.points[point], at_point(task, draws, replication, point)))
            images = images.of_images(*images.run_input.counted_images)
            found = {"counts": _counts(images).tolist(), "late": len(images.late)}
            store.remember(task, point, replication, NAME, found)
            yield point, found


def causes_of_study(
    task: Task,
    levels: Sequence[Levels],
    finished: Finished,
    confidence: float,
    store: Nowhere = NOWHERE,
) -> pd.DataFrame:
    """Return the table for the first replication of a finished study.

    Without a row where the study is too short.
    """
    few = len(finished.replications) < FEWEST_REPLICATIONS
    if few or finished.cut_off:
        return pd.DataFrame(columns=["point", *levels[0], *COLUMNS])
    return late_causes(task, levels, finished.replications[:1], confidence, store)


def _counts(found: Lateness) -> Ints:
    """Return the late images of each group, and those of them that no other cause explains."""
    groups = np.array(list(found.groups.values()))
    alone = groups & (groups.sum(axis=0) == 1)
    return np.array([groups.sum(axis=1), alone.sum(axis=1)])


def _frame(counts: Ints, n_late: Ints, confidence: float) -> pd.DataFrame:
    """Return the rows of a design point; the arrays have a row a replication."""
    late = np.where(n_late > 0, n_late, np.nan)[:, None]
    share = t_intervals(counts[:, EXPLAINED] / late, confidence)
    names, explained, alone = [*CAUSES, SEVERAL, SERVICE], counts[:, EXPLAINED], counts[:, ALONE]
    values = (
        names,
        explained.mean(axis=0),
        alone.mean(axis=0),
        n_late.mean(),
        share.mean,
        share.low,
        share.high,
        share.n,
    )
    return pd.DataFrame(dict(zip(COLUMNS, values, strict=True)))
