"""The tally of a compiled run, straight from its trace.

The same as :func:`sim.results.tally.tally` of its ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, HOUR, weekday
from sim.demand.profile import HOURS_OF_WEEK
from sim.plant.compiled.tally_promises import count_rows, count_verdicts, find_mondays
from sim.plant.compiled.tally_stints import add_in_hand, add_reviews, mend_interrupted
from sim.plant.compiled.tally_tables import (
    N_CELLS,
    Counts,
    Frame,
    Rows,
    Work,
    frame_of,
    no_counts,
    rows_of,
    work_of,
)
from sim.plant.compiled.tally_visits import count_images, write_tardiness
from sim.plant.compiled.trace import NOT_YET
from sim.plant.record import order_rows, shift_rows
from sim.results import counting
from sim.results.counting import CELLS, added
from sim.results.ledger import OrderRows, Window
from sim.results.states import (
    EVENTS_BY_DAY,
    EVENTS_BY_HOUR,
    LATE,
    N_BINS,
    ON_TIME,
    OVERDUE,
    UNDECIDED,
    VERDICTS,
)
from sim.results.tally import Tally
from sim.results.view import due_times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.plant.compiled.trace import Trace
    from sim.plant.run_input import RunInput
    from sim.scenario.schema import ScenarioSpec

    Ints = NDArray[np.int64]


def tally_of(spec: ScenarioSpec, run_input: RunInput, trace: Trace) -> Tally:
    """Return the tally of a run.

    Parameters
    ----------
    spec
        The scenario at the design point; gives the terms of the customers.
    run_input
        What the engine was given.
    trace
        What it left.

    Returns
    -------
    Tally
        Equal in every array to that of the run's ledger.
    """
    horizon = run_input.horizon
    window = Window(
        horizon.count_from,
        horizon.count_until,
        horizon.start_at + trace.run_until,
        horizon.start_at,
    )
    work, rows, frame = (
        work_of(run_input, trace),
        rows_of(run_input, trace, window),
        frame_of(run_input, trace, window),
    )
    counts = _counted(spec, run_input, trace, window, work, rows, frame)
    orders, pools = _orders(run_input, window), run_input.plant.pools
    hours = slice(frame.start // HOUR, frame.end // HOUR)
    backlog = _backlog(counts)
    waits = counts.waits[:N_CELLS].reshape(*CELLS, -1, 2).sum(axis=0).swapaxes(0, 1)
    return Tally(
        window=window,
        pools=tuple(pool.name for pool in pools),
        n_orders=len(orders),
        images=counting.images(window, orders),
        orders=counts.orders,
        tranches=counts.tranches,
        reviews=_reviews(run_input, trace, rows),
        deliveries=counts.deliveries,
        seconds_in_system=counts.seconds_in_system,
        tardiness=_tardiness(work, rows, frame, counts),
        lateness=counts.lateness[:N_CELLS].reshape(*CELLS, N_BINS).sum(axis=1),
        due_by_weekday=added(
            (7,), (weekday(frame.day * DAY),), counts.events[EVENTS_BY_DAY.index("due")]
        ),
        by_day=_by_day(window, frame, counts),
        by_hour=_by_hour(counts),
        warm_up=backlog[: frame.start // HOUR],
        backlog=backlog[frame.start // HOUR : frame.end // HOUR + 1],
        monday_backlog=np.cumsum(counts.mondays)[:-1],
        image_seconds=int(counts.image_seconds[0]),
        n_done=int(counts.done[:, hours].sum()),
        n_waits=_by_pool(run_input, waits[..., 0]),
        wait_seconds=_by_pool(run_input, waits[..., 1]),
        busy_seconds=_by_pool(run_input, counts.busy_seconds[:, hours]),
        shift_seconds=counting.seconds_in_hours(window, len(pools), shift_rows(run_input)),
    )


def _orders(run_input: RunInput, window: Window) -> OrderRows:
    """Return the orders that came before the run ended."""
    came = int(np.searchsorted(run_input.draws.orders.submitted_at, window.run_until))
    return OrderRows(*(column[:came] for column in vars(order_rows(run_input)).values()))


def _counted(
    spec: ScenarioSpec,
    run_input: RunInput,
    trace: Trace,
    window: Window,
    work: Work,
    rows: Rows,
    frame: Frame,
) -> Counts:
    """Run all loops."""
    counts = no_counts(run_input, rows, frame)
    groups = [spec.customers[group] for group in run_input.draws.customers.group]
    due_seconds = np.array([spec.plans[group.plan].standard.due_seconds for group in groups])
    due_by = (
        due_times([group.timezone for group in groups], due_seconds, window)
        - run_input.horizon.start_at
    )
    find_mondays(rows, due_by, frame)
    count_images(work, rows, frame, counts)
    count_rows(rows, frame, counts)
    count_verdicts(rows, frame, counts, run_input.draws.orders.service)
    add_reviews(run_input, trace, rows, counts)
    mend_interrupted(run_input, trace, rows, counts)
    add_in_hand(run_input, trace, rows, counts)
    return counts


def _reviews(run_input: RunInput, trace: Trace, rows: Rows) -> Ints:
    """Count the reviews of orders that count by verdict.

    Where nobody reviews, the quote is the answer.
    """
    n_tranches, n_visits = len(trace.quoted), len(run_input.draws.visits.station)
    own = np.flatnonzero(
        run_input.promises.reviewed & ((rows.counted * rows.images)[:n_tranches] > 0)
    )
    ended, due = (
        trace.ended[n_visits + own],
        run_input.review_due_at[own] - run_input.horizon.start_at,
    )
    answered = np.where(ended == NOT_YET, trace.quoted[own], ended)
    late = np.where(answered == NOT_YET, trace.run_until, answered) > due
    verdict = np.where(late, LATE, np.where(answered == NOT_YET, UNDECIDED, ON_TIME))
    return np.bincount(verdict, minlength=len(VERDICTS))


def _tardiness(work: Work, rows: Rows, frame: Frame, counts: Counts) -> NDArray[np.int32]:
    """Return the seconds after the deadline of all that is late or overdue, rising in each cell."""
    in_cell = counts.deliveries[1][..., (LATE, OVERDUE)].sum(axis=2).ravel()
    ends = np.cumsum(in_cell)
    tardiness = np.empty(int(ends[-1]), np.int32)
    write_tardiness(work, rows, frame, counts, np.append(ends - in_cell, ends[-1]), tardiness)
    for cell in np.split(tardiness, ends[:-1]):
        cell.sort()
    return tardiness


def _by_day(window: Window, frame: Frame, counts: Counts) -> Ints:
    """Return the events by the day of the window."""
    days = np.arange(window.start // DAY, window.end // DAY + 1)
    number = np.searchsorted(
        days, frame.day, side="right"
    )  # 0 before the window, and its days + 1 behind it
    return np.array([added((len(days) + 1,), (number,), events)[1:-1] for events in counts.events])


def _by_hour(counts: Counts) -> Ints:
    """Return the events by the hour of the week, with what is done.

    Runs start on a Monday at 00:00 UTC.
    """
    by_hour, hour = counts.by_hour.copy(), np.arange(counts.done.shape[1]) % HOURS_OF_WEEK
    by_hour[EVENTS_BY_HOUR.index("done")] = added((HOURS_OF_WEEK,), (hour,), counts.done[1])
    return by_hour


def _backlog(counts: Counts) -> Ints:
    """Return what is owed and not done at each full hour of the run.

    Begun at or before it, done after it.
    """
    done = counts.done_on_hour.copy()
    done[1:] += (counts.done.sum(axis=0) - counts.done_on_hour)[:-1]
    return np.cumsum(counts.begun - done)


def _by_pool(run_input: RunInput, by_station: Ints) -> Ints:
    """Add up stations, the first axis, that a pool serves."""
    pool_of_station = np.array(run_input.pool_of_station)
    pools = range(len(run_input.plant.pools))
    return np.array([by_station[pool_of_station == pool].sum(axis=0) for pool in pools])
