"""The loops of a tally over tranches and returns, each of which stands for all its images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.clock import HOUR, WEEK
from sim.demand.profile import HOURS_OF_WEEK
from sim.plant.compiled.jit import kernel, part
from sim.plant.compiled.tally_visits import count_mondays, stretch_of
from sim.plant.compiled.trace import NOT_YET
from sim.results.states import (
    EVENTS_BY_DAY,
    EVENTS_BY_HOUR,
    LATE,
    ON_TIME,
    OVERDUE,
    PENDING,
    UNDECIDED,
    UNPROMISED,
)
from sim.sla.words import DELIVERY_PLAN, REJECTION, TO_BE_CONFIRMED

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.plant.compiled.tally_tables import Counts, Frame, Rows

    Ints = NDArray[np.int64]
    Codes = NDArray[np.int8]

DAY_SUBMITTED, DAY_OVERFLOW, DAY_REJECTED, DAY_DUE, DAY_LATE = (
    EVENTS_BY_DAY.index(name) for name in ("submitted", "overflow", "rejected", "due", "late")
)
HOUR_SUBMITTED, HOUR_DUE = EVENTS_BY_HOUR.index("submitted"), EVENTS_BY_HOUR.index("due")


@kernel
def find_mondays(rows: Rows, due_by: Ints, frame: Frame) -> None:
    """Find `backlog_from`: the first Monday at or after the beginning by whose due time a row is due.

    `due_by` has a row a customer and a column a Monday, and rises from Monday to Monday.
    """
    n_mondays = due_by.shape[1]
    for row in range(len(rows.images)):
        if rows.images[row] == 0 or rows.due[row] == NOT_YET:
            continue
        monday = max((rows.began[row] - frame.start + WEEK - 1) // WEEK, 0)
        while monday < n_mondays and due_by[rows.customer[row], monday] < rows.due[row]:
            monday += 1
        if monday < n_mondays:
            rows.backlog_from[row] = frame.start + monday * WEEK


@part
def n_overdue(rows: Rows, frame: Frame, counts: Counts, row: int) -> int:
    """Return the images of a row that are unfinished with their deadline passed."""
    if rows.due[row] == NOT_YET or frame.run_until <= rows.due[row]:
        return 0
    return int(rows.images[row] - counts.n_done[row])


@part
def count_states(rows: Rows, frame: Frame, counts: Counts, row: int) -> None:
    """Count the deliveries of a row by their state."""
    states = counts.deliveries[rows.counted[row], rows.commitment[row], rows.service[row]]
    states[ON_TIME] += counts.n_done[row] - counts.n_late[row]
    states[LATE] += counts.n_late[row]
    unfinished, due = rows.images[row] - counts.n_done[row], rows.due[row]
    if due == NOT_YET:
        states[UNPROMISED] += unfinished
    elif frame.run_until > due:
        states[OVERDUE] += unfinished
    else:
        states[PENDING] += unfinished


@part
def count_beginning(rows: Rows, frame: Frame, counts: Counts, row: int) -> None:
    """Count a row of an order that counts by the day and hour of its beginning."""
    images, began = rows.images[row], rows.began[row]
    stretch = stretch_of(frame.starts, counts.stretch[rows.place[row]], began)
    counts.stretch[rows.place[row]] = stretch
    if rows.service[row] == REJECTION:
        counts.events[DAY_REJECTED, stretch] += images
        return
    counts.events[DAY_SUBMITTED, stretch] += images
    counts.by_hour[HOUR_SUBMITTED, began // HOUR % HOURS_OF_WEEK] += images
    if rows.commitment[row] in (TO_BE_CONFIRMED, DELIVERY_PLAN):
        counts.events[DAY_OVERFLOW, stretch] += images


@part
def count_deadline(rows: Rows, frame: Frame, counts: Counts, row: int) -> None:
    """Count a row of an order that counts by the day and hour of its deadline."""
    due = rows.due[row]
    stretch = stretch_of(frame.starts, counts.stretch[rows.place[row]], due)
    counts.events[DAY_DUE, stretch] += rows.images[row]
    counts.events[DAY_LATE, stretch] += counts.n_late[row] + n_overdue(rows, frame, counts, row)
    counts.by_hour[HOUR_DUE, due // HOUR % HOURS_OF_WEEK] += rows.images[row]


@kernel
def count_rows(rows: Rows, frame: Frame, counts: Counts) -> None:
    """Count all that depends on a row and the number of its images done alone."""
    for row in range(len(rows.images)):
        images, began = rows.images[row], rows.began[row]
        if images == 0:
            continue
        unfinished = images - counts.n_done[row]
        counts.begun[(began + HOUR - 1) // HOUR] += images
        counts.image_seconds[0] += unfinished * frame.end - images * min(
            max(began, frame.start), frame.end
        )
        count_states(rows, frame, counts, row)
        if unfinished > 0 and rows.backlog_from[row] < frame.end:
            count_mondays(rows, frame, counts, row, frame.end, unfinished)
        if rows.counted[row] == 1:
            seconds = counts.done_seconds[row] - counts.n_done[row] * began
            counts.seconds_in_system[rows.commitment[row], rows.service[row]] += seconds
            count_beginning(rows, frame, counts, row)
            if rows.due[row] != NOT_YET:
                count_deadline(rows, frame, counts, row)


@kernel
def count_verdicts(rows: Rows, frame: Frame, counts: Counts, service: Codes) -> None:
    """Count tranches and orders that count: late with one image, on time with all of them.

    `service` is that which each order asked for. Tranches of an order stand together.
    """
    n_tranches = len(rows.first_image)
    late = unknown = False
    for row in range(n_tranches):
        if rows.counted[row] == 0 or rows.images[row] == 0:
            continue
        overdue = n_overdue(rows, frame, counts, row)
        is_late = counts.n_late[row] + overdue > 0
        is_unknown = counts.n_done[row] + overdue < rows.images[row]
        counts.tranches[rows.commitment[row], verdict(is_late, is_unknown)] += 1
        late, unknown = late or is_late, unknown or is_unknown
        if row + 1 == n_tranches or rows.order[row + 1] != rows.order[row]:
            counts.orders[service[rows.order[row]], verdict(late, unknown)] += 1
            late = unknown = False


@part
def verdict(late: bool, unknown: bool) -> int:
    """Return the verdict on what has an image that is late, or one of which it is not known yet."""
    if late:
        return LATE
    return UNDECIDED if unknown else ON_TIME
