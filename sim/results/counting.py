"""Counts and sums of a ledger: the parts of its tally."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.clock import HOUR, NAT, day_number, weekday
from sim.demand.profile import HOURS_OF_WEEK, hour_of_week
from sim.results.curves import counts_at, hours_between, lasting, seconds_until
from sim.results.states import (
    BIN_HOURS,
    BINS_BEFORE,
    DECIDED,
    DONE,
    EVENTS_BY_DAY,
    EVENTS_BY_HOUR,
    HANDLED,
    LATE,
    N_BINS,
    ON_TIME,
    STATES,
    UNDECIDED,
    VERDICTS,
)
from sim.results.view import due_times, mondays
from sim.sla.words import COMMITMENTS, DELIVERY_PLAN, SERVICES, TO_BE_CONFIRMED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.results.ledger import Ledger, OrderRows, ShiftRows, StintRows, Window
    from sim.results.view import View

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

CELLS = (len(COMMITMENTS), len(HANDLED))


def added(shape: tuple[int, ...], places: tuple[Any, ...], values: Any = 1) -> Ints:
    """Return an array of zeros to which each value was added at its place, an index for each axis."""
    total = np.zeros(shape, np.int64)
    np.add.at(
        total.reshape(-1), np.ravel_multi_index(places, shape), values
    )  # by one index it is fast
    return total


def images(window: Window, orders: OrderRows) -> Ints:
    """Count the images asked for, by whether their order counts and whether it was refused."""
    counted = window.holds(orders.submitted_at)
    return added((2, 2), (counted.astype(int), orders.refused.astype(int)), orders.images)


def orders(counted: View) -> Ints:
    """Count the orders by the service asked for and verdict."""
    rows = counted.ledger.orders
    which, verdict = _verdicts(counted, counted.rows.order, len(rows))
    return added((len(SERVICES), len(VERDICTS)), (rows.service[which], verdict))


def tranches(counted: View) -> Ints:
    """Count the tranches by commitment and verdict."""
    rows = counted.ledger.tranches
    which, verdict = _verdicts(counted, counted.rows.tranche, len(rows))
    return added((len(COMMITMENTS), len(VERDICTS)), (rows.commitment[which], verdict))


def _verdicts(view: View, key: Ints, n: int) -> tuple[Ints, Ints]:
    """Return the orders or tranches that have images, and verdicts.

    Late with one, on time with all of them.
    """
    late = np.bincount(key[view.first & view.late], minlength=n) > 0
    unknown = np.bincount(key[view.first & ~np.isin(view.state, DECIDED)], minlength=n) > 0
    which = np.flatnonzero(np.bincount(key[view.first], minlength=n))
    return which, np.where(late, LATE, np.where(unknown, UNDECIDED, ON_TIME))[which]


def reviews(ledger: Ledger) -> Ints:
    """Count the reviews of orders that count by verdict.

    Where nobody reviews, the quote is the answer.
    """
    rows = ledger.tranches
    counted = rows.reviewed & ledger.window.holds(ledger.orders.submitted_at[rows.order])
    answered = np.where(rows.review_ended_at == NAT, rows.released_at, rows.review_ended_at)
    late = np.where(answered == NAT, ledger.window.run_until, answered) > rows.review_due_at
    verdict = np.where(late, LATE, np.where(answered == NAT, UNDECIDED, ON_TIME))
    return np.bincount(verdict[counted], minlength=len(VERDICTS))


def deliveries(every: View) -> Ints:
    """Count all deliveries by whether they are of an order that counts, commitment, service and state."""
    rows = every.rows
    places = (every.ledger.counted().astype(int), rows.commitment, rows.service, every.state)
    return added((2, *CELLS, len(STATES)), places)


def seconds_in_system(counted: View) -> Ints:
    """Add up the seconds from submission or rejection to delivery."""
    rows, done = counted.rows, np.isin(counted.state, DONE)
    return added(
        CELLS, (rows.commitment[done], rows.service[done]), (rows.done_at - rows.began_at)[done]
    )


def tardiness(counted: View) -> NDArray[np.int32]:
    """Return the seconds after the deadline of what is late or overdue, sorted by cell and size."""
    rows, late = counted.rows, counted.late
    seconds = (counted.until - rows.due_at)[late]
    return seconds[np.lexsort((seconds, rows.service[late], rows.commitment[late]))].astype(
        np.int32
    )


def lateness(counted: View) -> Ints:
    """Count the deliveries done by commitment and hours from the deadline."""
    rows, known = counted.rows, np.isin(counted.state, (ON_TIME, LATE))
    bins = (rows.done_at - rows.due_at)[known] // (BIN_HOURS * HOUR) + BINS_BEFORE
    return added((len(COMMITMENTS), N_BINS), (rows.commitment[known], np.clip(bins, 0, N_BINS - 1)))


def due_by_weekday(counted: View) -> Ints:
    """Count the deliveries by the weekday of their deadline on the customer's calendar."""
    due_at = counted.local(counted.rows.due_at)
    return np.bincount(weekday(due_at[due_at != NAT]), minlength=7)


def by_day(counted: View) -> Ints:
    """Count events of the deliveries by the customer's calendar day."""
    rows, window = counted.rows, counted.ledger.window
    began, due, done = (
        day_number(counted.local(at)) for at in (rows.began_at, rows.due_at, rows.done_at)
    )
    over = np.isin(rows.commitment, (TO_BE_CONFIRMED, DELIVERY_PLAN))
    days = {
        "submitted": began[counted.first],
        "overflow": began[counted.first & over],
        "rejected": began[~counted.first],
        "due": due,
        "late": due[counted.late],
        "done": done,
    }
    edges = np.arange(day_number(window.start), day_number(window.end) + 1) - 0.5
    return np.array([np.histogram(days[name], edges)[0] for name in EVENTS_BY_DAY])


def by_hour(counted: View) -> Ints:
    """Count events of the deliveries by the hour of the week in UTC."""
    rows = counted.rows
    instants = {"submitted": rows.began_at[counted.first], "due": rows.due_at, "done": rows.done_at}
    hours = [hour_of_week(instants[name][instants[name] != NAT]) for name in EVENTS_BY_HOUR]
    return np.array([np.bincount(hour, minlength=HOURS_OF_WEEK) for hour in hours])


def backlog(ledger: Ledger, start: int, end: int) -> Ints:
    """Count the images owed and not done at each full hour from one instant to another, both included."""
    rows = ledger.deliveries
    starts, ends = lasting(rows.began_at, rows.done_at, np.iinfo(np.int64).max // 2)
    return counts_at(starts, ends, hours_between(start, end))


def monday_backlog(ledger: Ledger) -> Ints:
    """Count the images unfinished on each Monday that are due by that Monday's due time."""
    rows = ledger.deliveries
    customer = ledger.orders.customer[rows.order]
    due_by = due_times(ledger.customer_zone, ledger.customer_due_seconds, ledger.window)
    counts = []
    for number, monday in enumerate(mondays(ledger.window).tolist()):
        there = (
            (rows.began_at <= monday)
            & ((rows.done_at > monday) | (rows.done_at == NAT))
            & (rows.due_at != NAT)
        )
        counts.append(int((rows.due_at[there] <= due_by[customer[there], number]).sum()))
    return np.array(counts, np.int64)


def image_seconds(ledger: Ledger) -> int:
    """Add up the seconds in the window for which images are owed and not done."""
    rows, window = ledger.deliveries, ledger.window
    starts, ends = lasting(rows.began_at, rows.done_at, window.run_until)
    inside = np.clip(ends, window.start, window.end) - np.clip(starts, window.start, window.end)
    return int(inside.sum())


def waits(ledger: Ledger) -> tuple[Ints, Ints]:
    """Count the begun visits of orders that count by pool and service, and add up their seconds in the queue."""
    visits = ledger.visits
    begun = visits.counted & (visits.started_at != NAT)
    places = (visits.pool[begun], visits.service[begun])
    shape = (len(ledger.pools), len(HANDLED))
    return added(shape, places), added(shape, places, (visits.started_at - visits.queued_at)[begun])


def seconds_in_hours(window: Window, n_pools: int, rows: StintRows | ShiftRows) -> Ints:
    """Add up the seconds of each pool's rows in each hour of the window."""
    hours = hours_between(window.start, window.end)
    own = [rows.pool == number for number in range(n_pools)]
    return np.array(
        [np.diff(seconds_until(rows.started_at[of], rows.ended_at[of], hours)) for of in own]
    )
