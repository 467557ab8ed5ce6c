"""The counts of a run from the rows of its ledger: the oracle of the compiled counter.

NumPy, a count at a time, from instants in UTC seconds. Nothing is shared with the counter but the
words and codes of :mod:`sim.results.counts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.clock import HOUR, NAT, WEEK, day_number, weekday, zone
from sim.demand.profile import HOURS_OF_WEEK, hour_of_week
from sim.results.counts import (
    BIN_HOURS,
    BINS_BEFORE,
    DECIDED,
    DONE,
    EVENTS_BY_DAY,
    EVENTS_BY_HOUR,
    LATE,
    N_BINS,
    ON_TIME,
    OUTCOMES,
    UNDECIDED,
    VERDICTS,
    Counts,
)
from sim.results.view import View
from sim.sla.words import (
    COMMITMENTS,
    DELIVERY_PLAN,
    GUARANTEED,
    REJECTION,
    SERVICES,
    TO_BE_CONFIRMED,
)

if TYPE_CHECKING:
    from sim.arrays import Ints, Shorts
    from sim.results.ledger import Ledger, OrderRows, ShiftRows, StintRows, Window

CELLS = (len(COMMITMENTS), len(SERVICES))
"""Commitment and service as handled."""


@dataclass(frozen=True)
class Counted(View):
    """The deliveries of the orders that count."""

    @classmethod
    def of(cls, ledger: Ledger) -> Counted:
        """Return them."""
        rows, counted = ledger.deliveries, ledger.counted()
        return cls(
            ledger, type(rows)(**{name: column[counted] for name, column in vars(rows).items()})
        )

    @cached_property
    def cell(self) -> tuple[Ints, Ints]:
        """Commitment and service of each."""
        return self.rows.commitment.astype(int), self.rows.service.astype(int)

    def local(self, at: Ints) -> Ints:
        """Return instants, one a delivery, on the wall of each one's customer.

        NAT where there is none.
        """
        ledger = self.ledger
        names, place = np.unique(ledger.customer_zone, return_inverse=True)
        zone_of = place[ledger.orders.customer[self.rows.order]]
        local = np.full_like(at, NAT)
        for number, name in enumerate(names):
            own = (zone_of == number) & (at != NAT)
            local[own] = zone(str(name)).to_local(at[own])
        return local


def count_rows(ledger: Ledger) -> Counts:
    """Return the counts of a ledger."""
    counted, window = Counted.of(ledger), ledger.window
    n_waits, wait_seconds = waits(ledger)
    return Counts(
        window=window,
        levels={"commitment": COMMITMENTS, "service": SERVICES, "pool": ledger.pools},
        owed_axes=("commitment", "service"),
        order_axes=("service",),
        n_orders=len(ledger.orders),
        images=images(window, ledger.orders),
        orders=orders(counted),
        tranches=tranches(counted),
        reviews=reviews(ledger),
        deliveries=deliveries(ledger),
        seconds_in_system=seconds_in_system(counted),
        tardiness=tardiness(counted),
        lateness=lateness(counted),
        due_by_weekday=due_by_weekday(counted),
        by_day=by_day(counted),
        by_hour=by_hour(counted),
        warm_up=backlog(ledger, window.run_from, window.start)[:-1],
        backlog=backlog(ledger, window.start, window.end),
        monday_backlog=monday_backlog(ledger),
        image_seconds=image_seconds(ledger),
        n_delivered=n_delivered(ledger),
        n_waits=n_waits,
        wait_seconds=wait_seconds,
        busy_seconds=seconds_in_hours(window, len(ledger.pools), ledger.stints),
        shift_seconds=seconds_in_hours(window, len(ledger.pools), ledger.shifts),
    )


def added(shape: tuple[int, ...], places: tuple[Any, ...], values: Any = 1) -> Ints:
    """Return an array of zeros to which each value was added at its place, an index for each axis."""
    total = np.zeros(shape, np.int64)
    np.add.at(total, places, values)
    return total


def images(window: Window, orders: OrderRows) -> Ints:
    """Count the images asked for, by whether their order counts, service, and whether it was refused."""
    counted = window.holds(orders.submitted_at)
    places = (counted.astype(int), orders.service, orders.refused.astype(int))
    return added((2, len(SERVICES), 2), places, orders.images)


def orders(counted: Counted) -> Ints:
    """Count the orders by the service asked for and verdict."""
    rows = counted.ledger.orders
    which, verdict = _verdicts(counted, counted.rows.order, len(rows))
    return added((len(SERVICES), len(VERDICTS)), (rows.service[which], verdict))


def tranches(counted: Counted) -> Ints:
    """Count the tranches by commitment, service and verdict."""
    rows = counted.ledger.tranches
    which, verdict = _verdicts(counted, counted.rows.tranche, len(rows))
    places = (rows.commitment[which], rows.service[which], verdict)
    return added((*CELLS, len(VERDICTS)), places)


def _verdicts(view: Counted, key: Ints, n: int) -> tuple[Ints, Ints]:
    """Return the orders or tranches that have images, and verdicts.

    Late with one, on time with all of them.
    """
    late = np.bincount(key[view.first & view.late], minlength=n) > 0
    unknown = np.bincount(key[view.first & ~np.isin(view.outcome, DECIDED)], minlength=n) > 0
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
    places = (rows.commitment[counted], rows.service[counted], verdict[counted])
    return added((*CELLS, len(VERDICTS)), places)


def deliveries(ledger: Ledger) -> Ints:
    """Count all deliveries by whether they are of an order that counts, commitment, service and outcome."""
    rows = ledger.deliveries
    outcome = View(ledger, rows).outcome
    places = (ledger.counted().astype(int), rows.commitment, rows.service, outcome)
    return added((2, *CELLS, len(OUTCOMES)), places)


def seconds_in_system(counted: Counted) -> Ints:
    """Add up the seconds from submission or rejection to delivery."""
    rows, done = counted.rows, np.isin(counted.outcome, DONE)
    return added(
        CELLS, (rows.commitment[done], rows.service[done]), (rows.done_at - rows.began_at)[done]
    )


def tardiness(counted: Counted) -> Shorts:
    """Return the seconds after the deadline of what is late or overdue, sorted by cell and size."""
    rows, late = counted.rows, counted.late
    seconds = (counted.until - rows.due_at)[late]
    return seconds[np.lexsort((seconds, rows.service[late], rows.commitment[late]))].astype(
        np.int32
    )


def lateness(counted: Counted) -> Ints:
    """Count the deliveries done by commitment, service and hours from the deadline."""
    rows, known = counted.rows, np.isin(counted.outcome, (ON_TIME, LATE))
    bins = (rows.done_at - rows.due_at)[known] // (BIN_HOURS * HOUR) + BINS_BEFORE
    places = (rows.commitment[known], rows.service[known], np.clip(bins, 0, N_BINS - 1))
    return added((*CELLS, N_BINS), places)


def due_by_weekday(counted: Counted) -> Ints:
    """Count the deliveries by the weekday of their deadline on the customer's calendar."""
    due_at = counted.local(counted.rows.due_at)
    due = due_at != NAT
    rows = counted.rows
    return added((*CELLS, 7), (rows.commitment[due], rows.service[due], weekday(due_at[due])))


def by_day(counted: Counted) -> Ints:
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


def by_hour(counted: Counted) -> Ints:
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
    rows, window = ledger.deliveries, ledger.window
    customer = ledger.orders.customer[rows.order]
    mondays = range(window.start, window.end, WEEK)
    counts = np.zeros((*CELLS, len(mondays)), np.int64)
    for number, monday in enumerate(mondays):
        walls = monday + ledger.customer_due_seconds
        due_by = np.array(
            [
                zone(name).to_utc(np.array([wall]))[0]
                for name, wall in zip(ledger.customer_zone, walls, strict=True)
            ],
            np.int64,
        )
        there = (rows.began_at <= monday) & ((rows.done_at > monday) | (rows.done_at == NAT))
        own = there & (rows.due_at != NAT)
        own[own] = rows.due_at[own] <= due_by[customer[own]]
        counts[..., number] = added(CELLS, (rows.commitment[own], rows.service[own]))
    return counts


def image_seconds(ledger: Ledger) -> Ints:
    """Add up the seconds in the window for which images are owed and not done."""
    rows, window = ledger.deliveries, ledger.window
    ends = np.where(rows.done_at == NAT, window.run_until, rows.done_at)
    inside = np.clip(ends, window.start, window.end) - np.clip(
        rows.began_at, window.start, window.end
    )
    return added(CELLS, (rows.commitment, rows.service), inside)


def n_delivered(ledger: Ledger) -> Ints:
    """Count the deliveries in the window."""
    rows = ledger.deliveries
    inside = ledger.window.holds(rows.done_at)
    return added(CELLS, (rows.commitment[inside], rows.service[inside]))


def waits(ledger: Ledger) -> tuple[Ints, Ints]:
    """Count the begun visits of orders that count by pool, commitment and service, and add up their seconds in the queue."""
    visits = ledger.visits
    begun = visits.counted & (visits.started_at != NAT)
    commitment = _commitment_of_visits(ledger)[begun]
    places = (visits.pool[begun], commitment, visits.service[begun])
    shape = (len(ledger.pools), *CELLS)
    return added(shape, places), added(shape, places, (visits.started_at - visits.queued_at)[begun])


def _commitment_of_visits(ledger: Ledger) -> Ints:
    """Return the commitment of each visit: that of its image's tranche, of what was sent back that of returns."""
    rows, visits = ledger.deliveries, ledger.visits
    first = rows.service != REJECTION
    known = dict(zip(rows.image[first].tolist(), rows.commitment[first].tolist(), strict=True))
    again = visits.service == REJECTION
    return np.array(
        [
            GUARANTEED if back else known.get(image, GUARANTEED)
            for image, back in zip(visits.image.tolist(), again.tolist(), strict=True)
        ],
        np.int64,
    )


def seconds_in_hours(window: Window, n_pools: int, rows: StintRows | ShiftRows) -> Ints:
    """Add up the seconds of each pool's rows in each hour of the window."""
    hours = hours_between(window.start, window.end)
    own = [rows.pool == number for number in range(n_pools)]
    return np.array(
        [np.diff(seconds_until(rows.started_at[of], rows.ended_at[of], hours)) for of in own]
    )


def lasting(starts_at: Ints, ends_at: Ints, until: int) -> tuple[Ints, Ints]:
    """Return the rows that have begun, with those that have not ended lasting `until`."""
    begun = starts_at != NAT
    ends = ends_at[begun]
    return starts_at[begun], np.where(ends == NAT, until, ends)


def hours_between(start: int, end: int) -> Ints:
    """Return the full hours from the one of `start` to the first at or after `end`."""
    return np.arange(start // HOUR, -(-end // HOUR) + 1) * HOUR


def counts_at(starts: Ints, ends: Ints, hours: Ints) -> Ints:
    """Return how many rows lie over each full hour: begun at or before it, ended after it.

    Parameters
    ----------
    starts, ends
        UTC seconds of each row.
    hours
        Consecutive full hours, UTC seconds.

    Returns
    -------
    ndarray
        Shape (hours,), counts.
    """
    return _events_until(-(-starts // HOUR), hours) - _events_until(-(-ends // HOUR), hours)


def seconds_until(starts: Ints, ends: Ints, hours: Ints) -> Ints:
    """Return the row-seconds that lie before each full hour, summed over rows.

    Parameters
    ----------
    starts, ends
        UTC seconds of each row.
    hours
        Consecutive full hours, UTC seconds.

    Returns
    -------
    ndarray
        Shape (hours,), seconds. Differences are the seconds in an hour; the integral of
        :func:`counts_at`.
    """
    return _elapsed(starts, hours) - _elapsed(ends, hours)


def _events_until(hour: Ints, hours: Ints) -> Ints:
    """Return the number of events whose hour is at or before each of the hours."""
    place = np.clip(hour - hours[0] // HOUR, 0, len(hours))
    return np.cumsum(np.bincount(place, minlength=len(hours) + 1))[: len(hours)]


def _elapsed(events: Ints, hours: Ints) -> Ints:
    """Return the seconds since each event, summed over the events before each of the hours."""
    place = np.clip(events // HOUR + 1 - hours[0] // HOUR, 0, len(hours))
    after = events - hours[0]
    counts = np.cumsum(np.bincount(place, minlength=len(hours) + 1))[: len(hours)]
    # Float weights hold whole numbers exactly up to 2^53: 100 million events in ten years.
    sums = np.cumsum(np.bincount(place, weights=after, minlength=len(hours) + 1))[: len(hours)]
    elapsed: Ints = counts * (hours - hours[0]) - np.rint(sums).astype(np.int64)
    return elapsed
