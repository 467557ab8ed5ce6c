"""The few visits that the loops of a tally leave out.

Reviews, visits in hand, and those that a shift's end cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.plant.compiled.tally_visits import add_stretches
from sim.plant.compiled.trace import NOT_YET

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.plant.compiled.tally_tables import Counts, Rows
    from sim.plant.compiled.trace import Trace
    from sim.plant.run_input import RunInput

    Ints = NDArray[np.int64]


class Visited(NamedTuple):
    """Some visits or reviews, as columns."""

    row: Ints
    """Tranche, or behind them return, that each one is of."""
    station: Ints
    queued: Ints
    ended: Ints
    """``NOT_YET`` where it is not done."""
    seconds: Ints


def add_reviews(run_input: RunInput, trace: Trace, rows: Rows, counts: Counts) -> None:
    """Count the reviews as if none was interrupted."""
    n_visits = len(run_input.draws.visits.station)
    done = np.flatnonzero(trace.ended[n_visits:] != NOT_YET)
    reviews = _visited(run_input, trace, rows, n_visits + done)
    begun = reviews.ended - reviews.seconds
    _add_waits(rows, counts, reviews, begun)
    add_stretches(counts.busy_seconds, reviews.station, begun, reviews.ended, 1)


def mend_interrupted(run_input: RunInput, trace: Trace, rows: Rows, counts: Counts) -> None:
    """Put the stints of interrupted visits in the place of the one stretch before their end."""
    visit, _, start, end = trace.stints.T.copy()
    visits, first, which = np.unique(visit, return_index=True, return_inverse=True)
    cut, began = (
        _visited(run_input, trace, rows, visits),
        start[first],
    )  # a visit's stints are in the order of their ends
    add_stretches(counts.busy_seconds, cut.station[which], start, end, 1)
    done = cut.ended != NOT_YET
    over, open_ = (
        Visited(*(column[done] for column in cut)),
        Visited(*(column[~done] for column in cut)),
    )
    assumed = over.ended - over.seconds
    add_stretches(counts.busy_seconds, over.station, assumed, over.ended, -1)
    np.add.at(counts.waits[..., 1], (rows.cell[over.row], over.station), began[done] - assumed)
    _add_waits(rows, counts, open_, began[~done])


def add_in_hand(run_input: RunInput, trace: Trace, rows: Rows, counts: Counts) -> None:
    """Count the visits that were never interrupted and are in hand when the run ends."""
    visited, began = (
        _visited(run_input, trace, rows, trace.in_hand[:, 0]),
        trace.in_hand[:, 2].copy(),
    )
    _add_waits(rows, counts, visited, began)
    add_stretches(
        counts.busy_seconds, visited.station, began, np.full(len(began), trace.run_until), 1
    )


def _add_waits(rows: Rows, counts: Counts, visited: Visited, began: Ints) -> None:
    places = (rows.cell[visited.row], visited.station)
    np.add.at(counts.waits[..., 0], places, 1)
    np.add.at(counts.waits[..., 1], places, began - visited.queued)


def _visited(run_input: RunInput, trace: Trace, rows: Rows, numbers: Ints) -> Visited:
    """Return visits by their numbers; reviews are numbered behind all visits."""
    n_visits = len(run_input.draws.visits.station)
    is_review = numbers >= n_visits
    tranche, visit = numbers[is_review] - n_visits, numbers[~is_review]
    row, station, queued, seconds = (np.empty(len(numbers), np.int64) for _ in range(4))
    row[is_review], station[is_review], queued[is_review] = (
        tranche,
        run_input.review,
        rows.began[tranche],
    )
    seconds[is_review] = run_input.draws.review_seconds[run_input.promises.table.order[tranche]]
    row[~is_review], queued[~is_review] = _rows_of_visits(run_input, trace, rows, visit)
    station[~is_review] = run_input.draws.visits.station[visit]
    seconds[~is_review] = run_input.draws.visits.seconds[visit]
    ended = trace.ended[numbers].astype(np.int64)
    return Visited(row, station, queued, ended, seconds)


def _rows_of_visits(
    run_input: RunInput, trace: Trace, rows: Rows, visit: Ints
) -> tuple[Ints, Ints]:
    """Return the tranche or return that each visit is of, and when its image joined the queue."""
    visits, promises = run_input.draws.visits, run_input.promises
    short = visit.astype(np.int32)  # of the type of what is searched, which else is copied
    image = np.searchsorted(visits.first_visit, short, side="right") - 1
    number = np.searchsorted(visits.returns.end, short, side="right") - 1
    again = np.append(visits.returns.image, -1)[number] == image
    tranche = np.searchsorted(promises.first_image, image, side="right") - 1
    row = np.where(again, len(promises.first_image) + number, tranche)
    first = np.where(again, np.append(visits.returns.end, -1)[number], visits.first_visit[image])
    return row, np.where(visit == first, rows.queued[row], trace.ended[visit - 1])
