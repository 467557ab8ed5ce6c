"""Counts from what a run was given and its log: the one counter, of either engine's runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.clock import HOUR
from sim.demand.profile import HOURS_OF_WEEK
from sim.plant.compiled.trace import NOT_YET
from sim.plant.counter.dimensions import DIMENSIONS
from sim.plant.counter.layout import (
    DELIVERED,
    IMAGE_SECONDS,
    SECONDS_IN_SYSTEM,
    Cells,
    calendar_of,
    monday_dues,
    no_sums,
    order_cells,
    row_cells,
    rows_of,
    visits_of,
)
from sim.plant.counter.loops import add_stretches, count_run, write_tardiness
from sim.results.counts import EVENTS_BY_HOUR, LATE, ON_TIME, OVERDUE, UNDECIDED, VERDICTS, Counts
from sim.results.ledger import Window

if TYPE_CHECKING:
    from sim.arrays import Ints, Shorts
    from sim.plant.compiled.trace import Trace
    from sim.plant.counter.layout import Calendar, Rows, Sums, Visits
    from sim.plant.run_input import RunInput
    from sim.scenario.schema import ScenarioSpec


def count(spec: ScenarioSpec, run_input: RunInput, log: Trace) -> Counts:
    """Return the counts of a run.

    Parameters
    ----------
    spec
        The scenario at the design point; gives words of levels and terms of the customers.
    run_input
        What the engine was given.
    log
        What it left.

    Returns
    -------
    Counts
        Of the same shapes, but for `tardiness`, for every run of a scenario.
    """
    horizon = run_input.horizon
    window = Window(
        horizon.count_from,
        horizon.count_until,
        horizon.start_at + log.run_until,
        horizon.start_at,
    )
    levels = {one.name: one.levels(spec, run_input) for one in DIMENSIONS}
    counted = window.holds(run_input.draws.orders.submitted_at).astype(np.int64)
    of_orders = order_cells(levels, counted, run_input)
    visits, rows = visits_of(run_input, log), rows_of(run_input, log, window)
    cells, calendar = row_cells(levels, rows, run_input), calendar_of(run_input, log, window)
    sums = no_sums(run_input, cells, of_orders, rows, calendar)
    dues = monday_dues(spec, window)
    count_run(visits, rows, cells.number, of_orders.number, calendar, dues, sums)
    _add_reviews(run_input, log, rows, cells, sums)
    _mend_interrupted(run_input, log, rows, cells, sums)
    _add_in_hand(run_input, log, rows, cells, sums)
    came = int(np.searchsorted(run_input.draws.orders.submitted_at, window.run_until))
    names = tuple(pool.name for pool in run_input.plant.pools)
    return Counts(
        window=window,
        levels={**levels, "pool": names},
        owed_axes=tuple(one.name for one in DIMENSIONS),
        order_axes=tuple(one.name for one in DIMENSIONS if one.of_order),
        n_orders=came,
        images=_images_asked(run_input, of_orders, came),
        reviews=_reviews(run_input, log, rows, cells),
        tardiness=_tardiness(visits, rows, cells, calendar, sums),
        shift_seconds=_shift_seconds(run_input, window),
        **_by_cell(cells, of_orders, sums),
        **_over_time(calendar, sums),
        **_by_pool(run_input, cells, calendar, sums),
    )


def _by_cell(cells: Cells, of_orders: Cells, sums: Sums) -> dict[str, Ints]:
    """Return the counts that need no more than their axes back."""

    def unravelled(values: Ints, shape: tuple[int, ...] = cells.shape) -> Ints:
        return values.reshape(*shape, *values.shape[1:])

    total = unravelled(sums.per_cell)
    return {
        "deliveries": unravelled(sums.outcomes),
        "orders": unravelled(sums.orders, of_orders.shape)[1],
        "tranches": unravelled(sums.tranches)[1],
        "lateness": unravelled(sums.lateness)[1],
        "due_by_weekday": unravelled(sums.due_by_weekday)[1],
        "seconds_in_system": total[1, ..., SECONDS_IN_SYSTEM],
        "image_seconds": total[..., IMAGE_SECONDS].sum(axis=0),
        "n_delivered": total[..., DELIVERED].sum(axis=0),
        "monday_backlog": unravelled(sums.mondays).sum(axis=0).cumsum(axis=-1)[..., :-1],
    }


def _over_time(calendar: Calendar, sums: Sums) -> dict[str, Ints]:
    """Return the counts by day and hour."""
    # Done by a full hour, that hour included: what was done in the hours before it and at it.
    done = sums.done_on_hour.copy()
    done[1:] += (sums.done.sum(axis=0) - sums.done_on_hour)[:-1]
    backlog = np.cumsum(sums.begun - done)
    first, last = calendar.start // HOUR, calendar.end // HOUR
    by_hour, hour = sums.by_hour.copy(), np.arange(sums.done.shape[1]) % HOURS_OF_WEEK
    # Runs start on a Monday at 00:00 UTC, so that their hours are those of the week.
    by_hour[EVENTS_BY_HOUR.index("done")] = _added((HOURS_OF_WEEK,), (hour,), sums.done[1])
    return {
        "by_day": sums.by_day[:, 1:-1],
        "by_hour": by_hour,
        "warm_up": backlog[:first],
        "backlog": backlog[first : last + 1],
    }


def _by_pool(run_input: RunInput, cells: Cells, calendar: Calendar, sums: Sums) -> dict[str, Ints]:
    """Return the counts by pool: those of its stations, added up."""
    pool_of_station = np.array(run_input.pool_of_station)
    window = slice(calendar.start // HOUR, calendar.end // HOUR)
    waits = sums.waits.reshape(*cells.shape, *sums.waits.shape[1:])[1]
    by_station = {
        "n_waits": np.moveaxis(waits[..., 0], -1, 0),
        "wait_seconds": np.moveaxis(waits[..., 1], -1, 0),
        "busy_seconds": sums.busy_seconds[:, window],
    }
    pools = range(len(run_input.plant.pools))
    return {
        name: np.array([values[pool_of_station == pool].sum(axis=0) for pool in pools])
        for name, values in by_station.items()
    }


def _images_asked(run_input: RunInput, of_orders: Cells, came: int) -> Ints:
    """Count the images asked for before the run ended, by whether they were refused."""
    refused = run_input.promises.table.refused[:came].astype(np.int64)
    images = run_input.draws.orders.images[:came]
    return _added((of_orders.n, 2), (of_orders.number[:came], refused), images).reshape(
        *of_orders.shape, 2
    )


def _reviews(run_input: RunInput, log: Trace, rows: Rows, cells: Cells) -> Ints:
    """Count the reviews of orders that count by verdict.

    Where nobody reviews, the quote is the answer.
    """
    n_tranches, n_visits = len(log.quoted), len(run_input.draws.visits.station)
    came = (rows.counted * rows.images)[:n_tranches] > 0
    own = np.flatnonzero(run_input.promises.reviewed & came)
    due = run_input.review_due_at[own] - run_input.horizon.start_at
    ended = log.ended[n_visits + own]
    answered = np.where(ended == NOT_YET, log.quoted[own], ended)
    late = np.where(answered == NOT_YET, log.run_until, answered) > due
    verdict = np.where(late, LATE, np.where(answered == NOT_YET, UNDECIDED, ON_TIME))
    found = _added((cells.n, len(VERDICTS)), (cells.number[own], verdict))
    by_cell: Ints = found.reshape(*cells.shape, len(VERDICTS))[1]
    return by_cell


def _tardiness(visits: Visits, rows: Rows, cells: Cells, calendar: Calendar, sums: Sums) -> Shorts:
    """Return the seconds after the deadline of all that is late or overdue, rising in each cell."""
    late = sums.outcomes[:, (LATE, OVERDUE)].sum(axis=1)
    late[: cells.n // 2] = 0  # of orders that do not count
    ends = np.cumsum(late)
    tardiness = np.empty(int(ends[-1]), np.int32)
    places = ends - late
    write_tardiness(
        visits, rows, cells.number, calendar.run_until, sums.n_done, sums.n_late, places, tardiness
    )
    for start, end in zip((ends - late)[late > 1], ends[late > 1], strict=True):
        tardiness[start:end].sort()
    return tardiness


def _shift_seconds(run_input: RunInput, window: Window) -> Ints:
    """Return the editors' time on shift in each hour of the window, by pool."""
    shifts = run_input.draws.shifts
    seconds = np.zeros((len(shifts), (window.end - window.start) // HOUR + 1), np.int64)
    pool = np.repeat(np.arange(len(shifts)), [len(part.editor) for part in shifts])
    starts, ends = (
        np.concatenate([getattr(part, name) for part in shifts]).clip(window.start, window.end)
        - window.start
        for name in ("starts_at", "ends_at")
    )
    add_stretches(seconds, pool, starts, ends, 1)
    return seconds[:, :-1]


class Visited(NamedTuple):
    """Some visits or reviews, as columns."""

    cell: Ints
    """Of the tranche or return that each one is of."""
    station: Ints
    queued: Ints
    ended: Ints
    """``NOT_YET`` where it is not done."""
    seconds: Ints

    def where(self, chosen: Any) -> Visited:
        """Return those that are chosen."""
        return Visited(*(column[chosen] for column in self))


def _add_reviews(run_input: RunInput, log: Trace, rows: Rows, cells: Cells, sums: Sums) -> None:
    """Count the reviews that are done, as if none was interrupted."""
    n_visits = len(run_input.draws.visits.station)
    done = np.flatnonzero(log.ended[n_visits:] != NOT_YET)
    reviews = _visited(run_input, log, rows, cells, n_visits + done)
    begun = reviews.ended - reviews.seconds
    _add_waits(sums, reviews, begun)
    add_stretches(sums.busy_seconds, reviews.station, begun, reviews.ended, 1)


def _mend_interrupted(
    run_input: RunInput, log: Trace, rows: Rows, cells: Cells, sums: Sums
) -> None:
    """Put the work intervals of interrupted visits in the place of the one stretch before their end."""
    if not len(log.stints):
        return
    visit, _, start, end = log.stints.T.copy()
    # The intervals of a visit are in the order of their ends: the first one has its beginning.
    numbers, first, which = np.unique(visit, return_index=True, return_inverse=True)
    cut, began = _visited(run_input, log, rows, cells, numbers), start[first]
    add_stretches(sums.busy_seconds, cut.station[which], start, end, 1)
    done = cut.ended != NOT_YET
    over, assumed = cut.where(done), (cut.ended - cut.seconds)[done]
    add_stretches(sums.busy_seconds, over.station, assumed, over.ended, -1)
    np.add.at(sums.waits[..., 1], (over.cell, over.station), began[done] - assumed)
    _add_waits(sums, cut.where(~done), began[~done])


def _add_in_hand(run_input: RunInput, log: Trace, rows: Rows, cells: Cells, sums: Sums) -> None:
    """Count the visits that were never interrupted and are in hand when the run ends."""
    visited = _visited(run_input, log, rows, cells, log.in_hand[:, 0])
    began = log.in_hand[:, 2].copy()
    _add_waits(sums, visited, began)
    until = np.full(len(began), log.run_until)
    add_stretches(sums.busy_seconds, visited.station, began, until, 1)


def _add_waits(sums: Sums, visited: Visited, began: Ints) -> None:
    places = (visited.cell, visited.station)
    np.add.at(sums.waits[..., 0], places, 1)
    np.add.at(sums.waits[..., 1], places, began - visited.queued)


def _visited(run_input: RunInput, log: Trace, rows: Rows, cells: Cells, numbers: Ints) -> Visited:
    """Return visits by their numbers; reviews are numbered behind all visits."""
    n_visits = len(run_input.draws.visits.station)
    is_review = numbers >= n_visits
    tranche, visit = numbers[is_review] - n_visits, numbers[~is_review]
    row, station, queued, seconds = (np.empty(len(numbers), np.int64) for _ in range(4))
    row[is_review], station[is_review] = tranche, run_input.review
    queued[is_review] = rows.began[tranche]
    seconds[is_review] = run_input.draws.review_seconds[run_input.promises.table.order[tranche]]
    row[~is_review], queued[~is_review] = _rows_of_visits(run_input, log, rows, visit)
    station[~is_review] = run_input.draws.visits.station[visit]
    seconds[~is_review] = run_input.draws.visits.seconds[visit]
    ended = log.ended[numbers].astype(np.int64)
    return Visited(cells.number[row], station, queued, ended, seconds)


def _rows_of_visits(run_input: RunInput, log: Trace, rows: Rows, visit: Ints) -> tuple[Ints, Ints]:
    """Return the tranche or return that each visit is of, and when its image joined the queue."""
    visits, promises = run_input.draws.visits, run_input.promises
    short = visit.astype(np.int32)  # of the type of what is searched, which else is copied
    image = np.searchsorted(visits.first_visit, short, side="right") - 1
    number = np.searchsorted(visits.returns.end, short, side="right") - 1
    again = np.append(visits.returns.image, -1)[number] == image
    tranche = np.searchsorted(promises.first_image, image, side="right") - 1
    row = np.where(again, len(promises.first_image) + number, tranche)
    first = np.where(again, np.append(visits.returns.end, -1)[number], visits.first_visit[image])
    return row, np.where(visit == first, rows.queued[row], log.ended[visit - 1])


def _added(shape: tuple[int, ...], places: tuple[Any, ...], values: Any = 1) -> Ints:
    """Return zeros to which each value was added at its place, an index for each axis."""
    total = np.zeros(shape, np.int64)
    # By one index it is fast.
    np.add.at(total.reshape(-1), np.ravel_multi_index(places, shape), values)
    return total
