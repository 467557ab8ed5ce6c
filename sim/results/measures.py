"""The measures: each a pure function from a ledger to figures, registered under its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import HOUR, NAT, WEEK, weekday, zone
from sim.results.curves import hours_between, lasting, seconds_until
from sim.results.view import ALL, HANDLED, View, local_time, working_times
from sim.sla.words import COMMITMENTS, DELIVERY_PLAN, REJECTION, SERVICES, TO_BE_CONFIRMED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.results.ledger import Ledger

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


class Figure(NamedTuple):
    """One figure of one replication; NaN where nothing was there to measure."""

    measure: str
    commitment: str
    service: str
    pool: str
    value: float


class Part(NamedTuple):
    """A value with what it is taken of."""

    value: float
    commitment: str = ALL
    service: str = ALL
    pool: str = ALL


MEASURES: dict[str, Callable[[View], Iterator[Part]]] = {}


def measure(function: Callable[[View], Iterator[Part]]) -> Callable[[View], Iterator[Part]]:
    """Register a measure under its function's name."""
    MEASURES[function.__name__] = function
    return function


def figures(ledger: Ledger) -> list[Figure]:
    """Return every measure of a replication.

    Parameters
    ----------
    ledger
        The rows of the replication.

    Returns
    -------
    list of Figure
        The same names in the same order for every ledger of a scenario.
    """
    view = View(ledger)
    return [
        Figure(name, part.commitment, part.service, part.pool, part.value)
        for name, function in MEASURES.items()
        for part in function(view)
    ]


def _share(of: Flags, among: Flags) -> float:
    total = int(among.sum())
    return float((of & among).sum()) / total if total else np.nan


def _mean(values: NDArray[np.int64 | np.float64]) -> float:
    return float(values.mean()) if len(values) else np.nan


@measure
def on_time_share(view: View) -> Iterator[Part]:
    """Images done at or before their deadline, of those known to be on time or late."""
    for commitment, service, rows in view.splits():
        yield Part(_share(~view.late, view.decided & rows), commitment, service)


@measure
def tranche_on_time_share(view: View) -> Iterator[Part]:
    """Tranches of which every image is on time."""
    late, decided = _whole(view, view.owed.tranche, len(view.ledger.tranches))
    tranches = view.ledger.tranches
    for commitment in (ALL, *COMMITMENTS):
        of = tranches.commitment == COMMITMENTS.index(commitment) if commitment != ALL else np.True_
        yield Part(_share(~late, decided & of), commitment)


@measure
def order_on_time_share(view: View) -> Iterator[Part]:
    """Orders of which every image is on time."""
    late, decided = _whole(view, view.owed.order, len(view.ledger.orders))
    for service in (ALL, *SERVICES[:REJECTION]):
        of = view.ledger.orders.service == SERVICES.index(service) if service != ALL else np.True_
        yield Part(_share(~late, decided & of), service=service)


def _whole(view: View, key: Ints, n: int) -> tuple[Flags, Flags]:
    """Say which orders or tranches are late, and which are decided: one image late, or all known."""
    late = np.bincount(key[view.late & view.first], minlength=n) > 0
    unknown = np.bincount(key[~view.decided & view.first], minlength=n) > 0
    there = np.bincount(key[view.first], minlength=n) > 0
    return late, there & (late | ~unknown)


@measure
def tardiness_hours_p95(view: View) -> Iterator[Part]:
    """95 % point of the hours after the deadline; unfinished images count to the end of the run."""
    until = np.where(view.done, view.owed.done_at, view.ledger.window.run_until)
    tardiness = np.maximum(until - view.owed.due_at, 0) / HOUR
    for commitment, service, rows in view.splits():
        values = tardiness[view.decided & rows]
        yield Part(float(np.quantile(values, 0.95)) if len(values) else np.nan, commitment, service)


@measure
def overflow_share(view: View) -> Iterator[Part]:
    """Images over the guarantee that need a review, of all images of orders."""
    for commitment, over in _overflow(view):
        yield Part(_share(over, view.first), commitment)


@measure
def overflow_images_per_day(view: View) -> Iterator[Part]:
    """Images over the guarantee that need a review, a calendar day."""
    for commitment, over in _overflow(view):
        yield Part(float((over & view.first).sum()) / view.ledger.window.days, commitment)


def _overflow(view: View) -> Iterator[tuple[str, Flags]]:
    codes: dict[str, tuple[int, ...]] = {ALL: (TO_BE_CONFIRMED, DELIVERY_PLAN)}
    codes |= {COMMITMENTS[code]: (code,) for code in (TO_BE_CONFIRMED, DELIVERY_PLAN)}
    for commitment, which in codes.items():
        yield commitment, np.isin(view.owed.commitment, which)


@measure
def unpromised_share(view: View) -> Iterator[Part]:
    """Images that have no deadline yet when the run ends, of all images of orders."""
    yield Part(_share(view.owed.due_at == NAT, view.first))


@measure
def refused_share(view: View) -> Iterator[Part]:
    """Images of orders that the plan does not take, of all images asked for."""
    orders = view.ledger.orders
    images = orders.images * view.ledger.window.holds(orders.submitted_at)
    yield Part(float(images[orders.refused].sum()) / images.sum() if images.any() else np.nan)


@measure
def pile_up_factor(view: View) -> Iterator[Part]:
    """Images due on a Monday over the mean of Tuesday to Friday, on the customers' calendars."""
    due = due_by_weekday(view)
    yield Part(float(due[0] / due[1:5].mean()) if due[1:5].any() else np.nan)


def due_by_weekday(view: View) -> Ints:
    """Return the owed images by the weekday of their deadline on the customer's calendar, Monday first."""
    rows = view.owed.due_at != NAT
    local = local_time(view.ledger, view.owed.order[rows], view.owed.due_at[rows])
    return np.bincount(weekday(local), minlength=7)


@measure
def monday_backlog(view: View) -> Iterator[Part]:
    """Unfinished images at Monday 00:00 UTC that are due by that Monday's due time, mean over the Mondays."""
    ledger = view.ledger
    rows = ledger.deliveries
    customer = ledger.orders.customer[rows.order]
    mondays = np.arange(ledger.window.start, min(ledger.window.end, ledger.window.run_until), WEEK)
    backlog = []
    for monday in mondays.tolist():
        there = (rows.began_at <= monday) & ((rows.done_at > monday) | (rows.done_at == NAT)) & (rows.due_at != NAT)
        due_then = _due_on(ledger, monday)[customer[there]]
        backlog.append(int((rows.due_at[there] <= due_then).sum()))
    yield Part(_mean(np.array(backlog, np.int64)))


def _due_on(ledger: Ledger, day: int) -> Ints:
    """Return the due time of each customer on a calendar day, given by its 00:00 as wall seconds."""
    due = np.empty(len(ledger.customer_zone), np.int64)
    for name in set(ledger.customer_zone):
        own = np.array(ledger.customer_zone) == name
        due[own] = zone(name).to_utc(day + ledger.customer_due_seconds[own])
    return due


@measure
def utilisation(view: View) -> Iterator[Part]:
    """Editors' time at work over their time on shift; work after a shift's end counts, so it may pass 1."""
    for number, pool in enumerate(view.ledger.pools):
        busy, offered = (_in_window(view, *times) for times in working_times(view.ledger, number))
        yield Part(busy / offered if offered else np.nan, pool=pool)


def _in_window(view: View, starts: Ints, ends: Ints) -> float:
    """Return the row-seconds that lie in the window."""
    window = view.ledger.window
    until = seconds_until(starts, ends, hours_between(window.start, min(window.end, window.run_until)))
    return float(until[-1] - until[0])


@measure
def wait_minutes_mean(view: View) -> Iterator[Part]:
    """Minutes from joining a pool's queue to the first touch, over visits of orders that count."""
    visits = view.ledger.visits
    started = visits.counted & (visits.started_at != NAT)
    for number, pool in enumerate(view.ledger.pools):
        for service in (ALL, *HANDLED):
            asked = visits.service == SERVICES.index(service) if service != ALL else np.True_
            rows = started & (visits.pool == number) & asked
            yield Part(_mean(visits.started_at[rows] - visits.queued_at[rows]) / 60, service=service, pool=pool)


@measure
def in_system_mean(view: View) -> Iterator[Part]:
    """Images owed and not done, mean over the time that counts."""
    window, rows = view.ledger.window, view.ledger.deliveries
    times = lasting(rows.began_at, rows.done_at, window.run_until)
    yield Part(_in_window(view, *times) / (min(window.end, window.run_until) - window.start))


@measure
def time_in_system_hours_mean(view: View) -> Iterator[Part]:
    """Hours from submission or rejection to delivery, over images that are done."""
    hours = (view.owed.done_at - view.owed.began_at) / HOUR
    for commitment, service, rows in view.splits():
        yield Part(_mean(hours[view.done & rows]), commitment, service)


@measure
def throughput_per_day(view: View) -> Iterator[Part]:
    """Images delivered a calendar day, in the time that counts."""
    window = view.ledger.window
    yield Part(float(window.holds(view.ledger.deliveries.done_at).sum()) / window.days)


@measure
def support_on_time_share(view: View) -> Iterator[Part]:
    """Reviews answered within the support promise, of those known to be on time or late."""
    ledger = view.ledger
    rows = ledger.tranches
    reviewed = rows.reviewed & ledger.window.holds(ledger.orders.submitted_at[rows.order])
    answered = np.where(rows.review_ended_at == NAT, rows.released_at, rows.review_ended_at)
    late = np.where(answered == NAT, ledger.window.run_until, answered) > rows.review_due_at
    yield Part(_share(~late, reviewed & ((answered != NAT) | late)))


@measure
def censored_share(view: View) -> Iterator[Part]:
    """Images unfinished at the end of the run, of all images owed."""
    for commitment, service, rows in view.splits():
        yield Part(_share(~view.done, rows.astype(np.bool_)), commitment, service)
