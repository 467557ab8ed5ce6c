"""What the loops of a tally read and what they count, as flat arrays.

Instants are seconds since the run's start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import DAY, HOUR, WEEK, day_number, offset_table, zone
from sim.demand.profile import HOURS_OF_WEEK
from sim.plant.compiled.trace import NOT_YET
from sim.results.counting import CELLS
from sim.results.states import EVENTS_BY_DAY, EVENTS_BY_HOUR, HANDLED, N_BINS, STATES, VERDICTS
from sim.sla.words import COMMITMENTS, GUARANTEED, REJECTION, SERVICES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.plant.compiled.trace import Trace
    from sim.plant.run_input import RunInput
    from sim.results.ledger import Window

    Ints = NDArray[np.int64]
    Shorts = NDArray[np.int32]

N_CELLS = CELLS[0] * CELLS[1]
LEAST, LARGEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max


class Work(NamedTuple):
    """The visits of the draws, and when they ended."""

    first_visit: Shorts
    station: NDArray[np.uint8]
    seconds: Shorts
    ended: Shorts
    return_image: Shorts
    """Shape (returns + 1,): the last one is of no image."""
    return_visit: Shorts
    """Shape (returns + 1,): first visit after each return."""


def work_of(run_input: RunInput, trace: Trace) -> Work:
    """Return the visits of a run; its columns are shared, not copied."""
    visits = run_input.draws.visits
    return Work(
        first_visit=visits.first_visit,
        station=visits.station.view(np.uint8),
        seconds=visits.seconds,
        ended=trace.ended,
        return_image=np.append(visits.returns.image, np.int32(len(visits.first_visit) - 1)),
        return_visit=np.append(visits.returns.end, np.int32(0)),
    )


class Rows(NamedTuple):
    """Tranches, and behind them returns.

    The images of a row are owed from one instant on and by one deadline.
    """

    first_image: Ints
    """Shape (tranches,)."""
    images: Ints
    """0 for what did not come before the run ended."""
    order: Ints
    customer: Ints
    place: Ints
    """Number of the customer's zone."""
    counted: Ints
    """1 where the order counts, else 0."""
    service: Ints
    commitment: Ints
    cell: Ints
    """Commitment and service as one number; that behind the last where the order does not count."""
    began: Ints
    """Submission or rejection."""
    queued: Ints
    """When its images began to wait for a station, ``NOT_YET`` for never."""
    due: Ints
    """Deadline, ``NOT_YET`` for none."""
    backlog_from: Ints
    """First Monday of the window on which an image, if unfinished, is in that Monday's backlog."""


def rows_of(run_input: RunInput, trace: Trace, window: Window) -> Rows:
    """Return what was owed in a run, in the order of ``trace.due``.

    `backlog_from` is still to be found.
    """
    draws, table, start = run_input.draws, run_input.promises.table, run_input.horizon.start_at
    orders, returns = draws.orders, draws.visits.returns
    n_tranches, n_returns = len(table.order), len(returns.image)
    order = np.concatenate([table.order, draws.order_of(returns.image)])
    customer, due = orders.customer[order], trace.due.astype(np.int64)
    submitted = orders.submitted_at[order[:n_tranches]] - start
    came_back = due[n_tranches:] != NOT_YET
    returned = np.where(
        came_back, trace.ended[returns.end - 1] + returns.after.astype(np.int64), NOT_YET
    )
    commitment = np.concatenate([table.commitment.astype(np.int64), np.full(n_returns, GUARANTEED)])
    service = np.concatenate([table.service.astype(np.int64), np.full(n_returns, REJECTION)])
    counted = window.holds(orders.submitted_at)[order]
    return Rows(
        first_image=run_input.promises.first_image,
        images=np.concatenate([np.where(submitted < trace.run_until, table.images, 0), came_back]),
        order=order,
        customer=customer,
        place=orders.customer_zone[customer],
        counted=counted.astype(np.int64),
        service=service,
        commitment=commitment,
        cell=np.where(counted, commitment * len(HANDLED) + service, N_CELLS),
        began=np.concatenate([submitted, returned]),
        queued=np.concatenate(
            [np.where(run_input.promises.reviewed, trace.quoted, submitted), returned]
        ),
        due=due,
        backlog_from=np.full(len(due), LARGEST),
    )


class Frame(NamedTuple):
    """Time: the window, the end of the run, and the calendar days of zones as stretches of time, zone by zone."""

    start: int
    end: int
    run_until: int
    first: Ints
    """Shape (zones + 1,): first stretch of each zone."""
    starts: Ints
    """First instant of each stretch; that of a zone's first one is the least of all integers, and
    behind its last one stands the largest."""
    day: Ints
    """Day of each stretch on the wall, counted from 1970-01-01."""


def frame_of(run_input: RunInput, trace: Trace, window: Window) -> Frame:
    """Return the time of a run, with the days of all its instants and deadlines."""
    start, zones = run_input.horizon.start_at, run_input.draws.orders.zones
    last = max(trace.run_until, int(trace.due.max(initial=0)))
    starts, days = zip(*(day_stretches(name, start, start + last) for name in zones), strict=True)
    first = np.cumsum([0, *(len(part) for part in starts)])
    span = (window.start - start, window.end - start, trace.run_until)
    return Frame(*span, first, np.concatenate(starts), np.concatenate(days))


def day_stretches(name: str, start: int, last: int) -> tuple[Ints, Ints]:
    """Return the instants, since the run's start, between which a zone's day does not change, and these days.

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
    return np.concatenate([[LEAST], edges[1:] - start, [LARGEST]]), np.append(edge_days, 0)


class Counts(NamedTuple):
    """What the loops count."""

    waits: Ints
    """Shape (cells + 1, stations, 2): visits and the seconds that they waited; the review is the
    last station."""
    busy_seconds: Ints
    """Shape (stations, hours of the run)."""
    n_done: Ints
    """Shape (rows,): images delivered."""
    n_late: Ints
    """Shape (rows,): those of them that are late."""
    done_seconds: Ints
    """Shape (rows,): the sum of the instants of delivery."""
    lateness: Ints
    """Shape (cells + 1, bins)."""
    begun: Ints
    """Shape (hours of the run + 1,): deliveries owed from a full hour on, or from within the hour
    before it."""
    done: Ints
    """Shape (2, hours of the run + 1): deliveries done in the hour, by whether they are counted."""
    done_on_hour: Ints
    """Shape (hours of the run + 1,): those of them at the full hour itself."""
    events: Ints
    """Shape (events by day, stretches): counted deliveries."""
    by_hour: Ints
    """As in the tally."""
    stretch: Ints
    """Shape (zones,): the stretch of each zone that was looked at last."""
    image_seconds: Ints
    """Shape (1,)."""
    mondays: Ints
    """Shape (Mondays + 1,): change of the backlog from the Monday before."""
    deliveries: Ints
    """As in the tally."""
    seconds_in_system: Ints
    """As in the tally."""
    orders: Ints
    """As in the tally."""
    tranches: Ints
    """As in the tally."""


def no_counts(run_input: RunInput, rows: Rows, frame: Frame) -> Counts:
    """Return zeros."""
    n_rows, n_stations, n_hours = (
        len(rows.due),
        len(run_input.pool_of_station),
        frame.run_until // HOUR + 1,
    )
    shapes: dict[str, tuple[int, ...]] = {
        "waits": (N_CELLS + 1, n_stations, 2),
        "busy_seconds": (n_stations, n_hours),
        "n_done": (n_rows,),
        "n_late": (n_rows,),
        "done_seconds": (n_rows,),
        "lateness": (N_CELLS + 1, N_BINS),
        "begun": (n_hours,),
        "done": (2, n_hours),
        "done_on_hour": (n_hours,),
        "events": (len(EVENTS_BY_DAY), len(frame.starts)),
        "by_hour": (len(EVENTS_BY_HOUR), HOURS_OF_WEEK),
        "image_seconds": (1,),
        "mondays": ((frame.end - frame.start) // WEEK + 1,),
        "deliveries": (2, *CELLS, len(STATES)),
        "seconds_in_system": CELLS,
        "orders": (len(SERVICES), len(VERDICTS)),
        "tranches": (len(COMMITMENTS), len(VERDICTS)),
    }
    zeros = {name: np.zeros(shape, np.int64) for name, shape in shapes.items()}
    return Counts(**zeros, stretch=frame.first[:-1].copy())
