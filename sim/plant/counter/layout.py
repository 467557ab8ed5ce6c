"""What the counter's loops read, and what they add up, as flat arrays.

Instants are seconds since the run's start. A *row* is what is owed by one deadline from one instant
on: a tranche, or behind all tranches an image that a customer sent back.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import DAY, HOUR, WEEK, day_number, offset_table, weekday, zone
from sim.demand.profile import HOURS_OF_WEEK
from sim.plant.compiled.trace import NOT_YET
from sim.plant.counter.dimensions import DIMENSIONS
from sim.results.counts import EVENTS_BY_DAY, EVENTS_BY_HOUR, N_BINS, OUTCOMES, VERDICTS
from sim.sla.words import DELIVERY_PLAN, GUARANTEED, REJECTION, TO_BE_CONFIRMED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.arrays import Codes, Ints, Shorts
    from sim.plant.compiled.trace import Trace
    from sim.plant.run_input import RunInput
    from sim.results.ledger import Window
    from sim.scenario.schema import ScenarioSpec

SMALLEST, LARGEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max
SUBMITTED, OVERFLOW, REJECTED, DUE, LATE, DONE = range(len(EVENTS_BY_DAY))
"""Rows of the counts by day; the first three also say how a row begins."""


class Visits(NamedTuple):
    """The visits of the draws, and when they ended."""

    first_visit: Shorts
    """Shape (images + 1,): visits of image i are first_visit[i] to first_visit[i + 1] - 1."""
    station: NDArray[np.uint8]
    seconds: Shorts
    ended: Shorts
    return_image: Shorts
    """Shape (returns + 1,): image of each return; the last one is of no image."""
    return_visit: Shorts
    """Shape (returns + 1,): first visit after each return."""


def visits_of(run_input: RunInput, log: Trace) -> Visits:
    """Return the visits of a run; its long columns are shared, not copied."""
    visits = run_input.draws.visits
    return Visits(
        first_visit=visits.first_visit,
        station=visits.station.view(np.uint8),
        seconds=visits.seconds,
        ended=log.ended,
        return_image=np.append(visits.returns.image, np.int32(len(visits.first_visit) - 1)),
        return_visit=np.append(visits.returns.end, np.int32(0)),
    )


class Rows(NamedTuple):
    """Tranches, and behind them returns."""

    first_image: Ints
    """Shape (tranches,)."""
    images: Ints
    """0 for what did not come before the run ended."""
    order: Ints
    zone: Ints
    """Number of the customer's zone."""
    group: Ints
    """Number of the customer's group."""
    counted: Ints
    """1 where the order counts, else 0."""
    commitment: Ints
    service: Ints
    """As it is handled."""
    arrives_as: Ints
    """What its beginning counts as by day: submitted, overflow (which is submitted, too), or
    rejected."""
    began: Ints
    """Submission or rejection."""
    queued: Ints
    """When its images began to wait for a station, ``NOT_YET`` for never."""
    due: Ints
    """Deadline, ``NOT_YET`` for none."""


def rows_of(run_input: RunInput, log: Trace, window: Window) -> Rows:
    """Return what was owed in a run, in the order of the log's deadlines."""
    draws, table, start = run_input.draws, run_input.promises.table, run_input.horizon.start_at
    orders, returns = draws.orders, draws.visits.returns
    n_tranches, n_returns = len(table.order), len(returns.image)
    order = np.concatenate([table.order, draws.order_of(returns.image)])
    customer, due = orders.customer[order], log.due.astype(np.int64)
    submitted = orders.submitted_at[table.order] - start
    came_back = due[n_tranches:] != NOT_YET
    ended = log.ended[returns.end - 1].astype(np.int64)
    returned = np.where(came_back, ended + returns.after, NOT_YET)
    released = np.where(run_input.promises.reviewed, log.quoted, submitted)
    overflow = np.isin(table.commitment, (TO_BE_CONFIRMED, DELIVERY_PLAN))

    def joined(of_tranches: Ints | Codes, of_returns: int) -> Ints:
        return np.concatenate([of_tranches.astype(np.int64), np.full(n_returns, of_returns)])

    return Rows(
        first_image=run_input.promises.first_image,
        images=np.concatenate([np.where(submitted < log.run_until, table.images, 0), came_back]),
        order=order,
        zone=orders.customer_zone[customer],
        group=draws.customers.group[customer],
        counted=window.holds(orders.submitted_at)[order].astype(np.int64),
        commitment=joined(table.commitment, GUARANTEED),
        service=joined(table.service, REJECTION),
        arrives_as=joined(np.where(overflow, OVERFLOW, SUBMITTED), REJECTED),
        began=np.concatenate([submitted, returned]),
        queued=np.concatenate([released, returned]),
        due=due,
    )


class Cells(NamedTuple):
    """Settings of the dimensions as one number: whether the order counts, then the dimensions, ravelled.

    With axes (counted, commitment, service) of 2, 4 and 4 levels, cell 16 + 4 * 1 + 2 is of counted
    additional images sent back. Loops know no dimension, only the cell of a row.
    """

    shape: tuple[int, ...]
    """Levels along each axis, that of `counted` in front."""
    number: Ints
    """Cell of each row or order."""

    @property
    def n(self) -> int:
        """Number of cells."""
        return int(np.prod(self.shape))


def row_cells(levels: dict[str, tuple[str, ...]], rows: Rows, run_input: RunInput) -> Cells:
    """Return the cells of tranches and returns."""
    codes = [rows.counted, *(one.of_row(rows, run_input) for one in DIMENSIONS)]
    return _ravelled((2, *(len(levels[one.name]) for one in DIMENSIONS)), codes)


def order_cells(levels: dict[str, tuple[str, ...]], counted: Ints, run_input: RunInput) -> Cells:
    """Return the cells of orders as they were submitted."""
    own = [(one.name, one.of_order(run_input)) for one in DIMENSIONS if one.of_order]
    return _ravelled((2, *(len(levels[name]) for name, _ in own)), [counted, *(c for _, c in own)])


def _ravelled(shape: tuple[int, ...], codes: Sequence[Ints | Codes]) -> Cells:
    return Cells(shape, np.ravel_multi_index(tuple(codes), shape).astype(np.int64))


class Calendar(NamedTuple):
    """Time: the window, the end of the run, and the days of zones as stretches of time, zone by zone.

    A stretch is a time in which a zone's day does not change. Loops go from stretch to stretch,
    since instants come nearly in order, and divide nothing.
    """

    start: int
    end: int
    run_until: int
    first: Ints
    """Shape (zones + 1,): first stretch of each zone."""
    starts: Ints
    """First instant of each stretch; that of a zone's first one is the smallest of all integers,
    and behind its last one stands the largest."""
    day: Ints
    """Day of each stretch as a column of the counts by day: 0 is before the window, then come its
    days, and the last column is behind it."""
    weekday: Ints
    """0 is Monday."""


SPARE = 26 * WEEK
"""Calendars are laid out to a multiple of this, so that the runs of a scenario share one."""


def calendar_of(run_input: RunInput, log: Trace, window: Window) -> Calendar:
    """Return the time of a run, with the days of all its instants and deadlines."""
    start = run_input.horizon.start_at
    last = max(log.run_until, int(log.due.max(initial=0)))
    days = _days(
        tuple(run_input.draws.orders.zones),
        start,
        start + -(-last // SPARE) * SPARE,
        (window.start // DAY, window.end // DAY),
    )
    return Calendar(window.start - start, window.end - start, log.run_until, *days)


@lru_cache(maxsize=64)
def _days(
    zones: tuple[str, ...], start: int, last: int, window: tuple[int, int]
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the last four columns of a calendar."""
    starts, days = zip(*(day_stretches(name, start, last) for name in zones), strict=True)
    first = np.cumsum([0, *(len(part) for part in starts)])
    day = np.concatenate(days)
    column = np.clip(day - window[0] + 1, 0, window[1] - window[0] + 1)
    return first, np.concatenate(starts), column, weekday(day * DAY)


def day_stretches(name: str, start: int, last: int) -> tuple[Ints, Ints]:
    """Return the instants, since `start`, between which a zone's day does not change, and the days.

    Some neighbours are of one day: where an offset ends, and where another offset than that in
    force has midnight.
    """
    table = offset_table(zone(name).info, np.array([start, last]))
    midnights = np.arange(day_number(start) - 1, day_number(last) + 3) * DAY
    edges = np.concatenate(
        [[start], table.instants, (midnights - np.unique(table.offsets)[:, None]).ravel()]
    )
    edges = np.unique(edges[(edges >= start) & (edges <= last)])
    edge_days = day_number(zone(name).to_local(edges))
    return np.concatenate([[SMALLEST], edges[1:] - start, [LARGEST]]), np.append(edge_days, 0)


def monday_dues(spec: ScenarioSpec, window: Window) -> Ints:
    """Return the due time of each customer group on each Monday of the window.

    Parameters
    ----------
    spec
        The scenario; gives zones and terms of the groups.
    window
        The time that counts.

    Returns
    -------
    ndarray
        Shape (groups, Mondays), seconds since the run's start.
    """
    groups = tuple(
        (group.timezone, spec.plans[group.plan].standard.due_seconds) for group in spec.customers
    )
    return _monday_dues(groups, window.start, window.end) - window.run_from


@lru_cache(maxsize=64)
def _monday_dues(groups: tuple[tuple[str, int], ...], start: int, end: int) -> Ints:
    mondays = np.arange(start, end, WEEK)
    dues = [zone(name).to_utc(mondays + seconds) for name, seconds in groups]
    return np.array(dues, np.int64).reshape(len(groups), len(mondays))


class Sums(NamedTuple):
    """What the loops add up. A first axis of cells is that of :class:`Cells`."""

    waits: Ints
    """Shape (cells, stations, 2): visits and the seconds that they waited; the review is the last
    station."""
    busy_seconds: Ints
    """Shape (stations, hours of the run)."""
    lateness: Ints
    """Shape (cells, bins)."""
    outcomes: Ints
    """Shape (cells, outcomes)."""
    tranches: Ints
    """Shape (cells, verdicts)."""
    orders: Ints
    """Shape (cells of orders, verdicts)."""
    per_cell: Ints
    """Shape (cells, totals), see ``SECONDS_IN_SYSTEM`` and those that follow it."""
    due_by_weekday: Ints
    """Shape (cells, 7)."""
    mondays: Ints
    """Shape (cells, Mondays + 1): change of the backlog from the Monday before."""
    begun: Ints
    """Shape (hours of the run + 1,): deliveries owed from a full hour on, or from within the hour
    before it."""
    done: Ints
    """Shape (2, hours of the run + 1): deliveries done in the hour, by whether they are counted."""
    done_on_hour: Ints
    """Shape (hours of the run + 1,): those of them at the full hour itself."""
    by_day: Ints
    """Shape (events by day, days + 2): counted deliveries, by the calendar's column of days."""
    by_hour: Ints
    """Shape (events by hour, 168): counted deliveries by the hour of the week in UTC."""
    n_done: Ints
    """Shape (rows,): images delivered."""
    n_late: Ints
    """Shape (rows,): those of them that are late."""
    stretch: Ints
    """Shape (zones,): the stretch of each zone that was looked at last."""


SECONDS_IN_SYSTEM, IMAGE_SECONDS, DELIVERED = range(3)
"""Columns of ``Sums.per_cell``: seconds from beginning to delivery, over images done; seconds of
the window for which images were owed and not done; deliveries in the window."""


def no_sums(
    run_input: RunInput, cells: Cells, of_orders: Cells, rows: Rows, calendar: Calendar
) -> Sums:
    """Return zeros."""
    n_rows, n_stations = len(rows.due), len(run_input.pool_of_station)
    n_hours = calendar.run_until // HOUR + 1
    n_days = (calendar.end - calendar.start) // DAY
    shapes: dict[str, tuple[int, ...]] = {
        "waits": (cells.n, n_stations, 2),
        "busy_seconds": (n_stations, n_hours),
        "lateness": (cells.n, N_BINS),
        "outcomes": (cells.n, len(OUTCOMES)),
        "tranches": (cells.n, len(VERDICTS)),
        "orders": (of_orders.n, len(VERDICTS)),
        "per_cell": (cells.n, 3),
        "due_by_weekday": (cells.n, 7),
        "mondays": (cells.n, (calendar.end - calendar.start) // WEEK + 1),
        "begun": (n_hours,),
        "done": (2, n_hours),
        "done_on_hour": (n_hours,),
        "by_day": (len(EVENTS_BY_DAY), n_days + 2),
        "by_hour": (len(EVENTS_BY_HOUR), HOURS_OF_WEEK),
        "n_done": (n_rows,),
        "n_late": (n_rows,),
    }
    zeros = {name: np.zeros(shape, np.int64) for name, shape in shapes.items()}
    return Sums(**zeros, stretch=calendar.first[:-1].copy())
