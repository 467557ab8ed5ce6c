"""The counter's compiled loops: every visit, every delivery and every row of a run, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.clock import HOUR, WEEK
from sim.demand.profile import HOURS_OF_WEEK
from sim.plant.compiled.jit import kernel, natural, part
from sim.plant.compiled.trace import NOT_YET
from sim.plant.counter import layout
from sim.plant.counter.layout import DELIVERED, IMAGE_SECONDS, SECONDS_IN_SYSTEM
from sim.results.counts import (
    BIN_HOURS,
    BINS_BEFORE,
    EVENTS_BY_HOUR,
    LATE,
    N_BINS,
    ON_TIME,
    OVERDUE,
    PENDING,
    UNDECIDED,
    UNPROMISED,
)

if TYPE_CHECKING:
    from sim.arrays import Ints, Shorts
    from sim.plant.counter.layout import Calendar, Rows, Sums, Visits

BIN = BIN_HOURS * HOUR
DAY_SUBMITTED, DAY_OVERFLOW, DAY_REJECTED, DAY_DUE, DAY_LATE, DAY_DONE = (
    layout.SUBMITTED,
    layout.OVERFLOW,
    layout.REJECTED,
    layout.DUE,
    layout.LATE,
    layout.DONE,
)
HOUR_SUBMITTED, HOUR_DUE = EVENTS_BY_HOUR.index("submitted"), EVENTS_BY_HOUR.index("due")


@kernel
def count_run(
    visits: Visits,
    rows: Rows,
    cells: Ints,
    order_cells: Ints,
    calendar: Calendar,
    monday_dues: Ints,
    sums: Sums,
) -> None:
    """Count all that was owed, and all visits as if none had been interrupted.

    Left out are reviews, visits in hand at the end, and those of no row. Tranches of an order stand
    together; returns stand behind all tranches, in the order of the visits' returns.
    """
    number, n_tranches = 0, len(rows.first_image)
    late = undecided = False  # of the order
    for row in range(len(rows.images)):
        if rows.images[row] == 0:
            continue
        if row < n_tranches:
            first = rows.first_image[row]
            while visits.return_image[number] < first:
                number += 1
            visit = int(visits.first_visit[first])
        else:
            number = row - n_tranches
            first, visit = int(visits.return_image[number]), int(visits.return_visit[number])
            number += 1
        monday = first_monday(rows, calendar, monday_dues, row)
        number = count_images(
            visits, rows, cells[row], calendar, sums, row, first, visit, number, monday
        )
        count_row(rows, cells[row], calendar, sums, row, monday)
        if row < n_tranches and rows.counted[row] == 1:
            overdue = n_overdue(rows, calendar, sums, row)
            is_late = sums.n_late[row] + overdue > 0
            is_undecided = sums.n_done[row] + overdue < rows.images[row]
            sums.tranches[cells[row], verdict(is_late, is_undecided)] += 1
            late, undecided = late or is_late, undecided or is_undecided
            if row + 1 == n_tranches or rows.order[row + 1] != rows.order[row]:
                sums.orders[order_cells[rows.order[row]], verdict(late, undecided)] += 1
                late = undecided = False


@part
def verdict(late: bool, undecided: bool) -> int:
    """Return the verdict on what has a late image, or one of which it is not known yet."""
    if late:
        return LATE
    return UNDECIDED if undecided else ON_TIME


@part
def first_monday(rows: Rows, calendar: Calendar, monday_dues: Ints, row: int) -> int:
    """Return the first Monday on which a row's images, if unfinished, are in the backlog.

    It is the first one at or after their beginning by whose due time they are due; their number
    if there is none. Due times rise from Monday to Monday.
    """
    n_mondays = int(monday_dues.shape[1])
    if rows.due[row] == NOT_YET:
        return n_mondays
    monday = int(max((rows.began[row] - calendar.start + WEEK - 1) // WEEK, 0))
    while monday < n_mondays and monday_dues[rows.group[row], monday] < rows.due[row]:
        monday += 1
    return monday


@part
def add_mondays(calendar: Calendar, mondays: Ints, first: int, until: int, images: int) -> None:
    """Count images in the backlog of each Monday from the first one on which they are unfinished."""
    after = min((until - calendar.start + WEEK - 1) // WEEK, len(mondays) - 1)
    if after > first:
        mondays[first] += images
        mondays[after] -= images


@part
def count_images(
    visits: Visits,
    rows: Rows,
    cell: int,
    calendar: Calendar,
    sums: Sums,
    row: int,
    first: int,
    visit: int,
    number: int,
    monday: int,
) -> int:
    """Count the images of a row that are done, from the first one and its visit on.

    Returns are looked at from `number` on; the first one behind these images is returned.
    """
    counted, zone, due, began = rows.counted[row], rows.zone[row], rows.due[row], rows.began[row]
    waits, lateness, done = sums.waits[cell], sums.lateness[cell], sums.done[counted]
    n_done = n_late = seconds = inside = delivered = 0
    stretch, backlog_from = sums.stretch[zone], calendar.start + monday * WEEK
    for image in range(first, first + rows.images[row]):
        end = after = int(visits.first_visit[image + 1])
        if visits.return_image[number] == image:
            end = int(visits.return_visit[number])
            while visits.return_image[number] == image:
                number += 1
        at = follow(visits, waits, sums.busy_seconds, rows.queued[row], visit, end)
        visit = after
        if at == NOT_YET:
            continue
        n_done += 1
        n_late += at > due
        seconds += at - began
        inside += min(max(at, calendar.start), calendar.end)
        delivered += calendar.start <= at < calendar.end
        # An image is begun after its tranche was released, and has its deadline by then.
        lateness[bin_of(at - due)] += 1
        hour = natural(at) // HOUR
        done[hour] += 1
        if at == hour * HOUR:
            sums.done_on_hour[hour] += 1
        stretch = stretch_of(calendar.starts, stretch, at)
        sums.by_day[DAY_DONE, calendar.day[stretch]] += counted
        if at > backlog_from:
            add_mondays(calendar, sums.mondays[cell], monday, at, 1)
    sums.n_done[row], sums.n_late[row] = n_done, n_late
    totals = sums.per_cell[cell]
    totals[SECONDS_IN_SYSTEM] += seconds
    totals[IMAGE_SECONDS] += inside
    totals[DELIVERED] += delivered
    sums.stretch[zone] = stretch
    return number


@part
def follow(
    visits: Visits, waits: Ints, busy_seconds: Ints, queued: int, visit: int, end: int
) -> int:
    """Count the visits of an image that are done; return when the last one before `end` was."""
    for place in range(visit, end):
        at = int(visits.ended[natural(place)])
        if at == NOT_YET:
            return at
        begun, station = at - int(visits.seconds[natural(place)]), visits.station[natural(place)]
        waits[station, 0] += 1
        waits[station, 1] += begun - queued
        add_work(busy_seconds[station], begun, at, 1)
        queued = at
    return queued


@part
def add_work(busy_seconds: Ints, start: int, end: int, sign: int) -> None:
    """Add a stretch of work to the hours that it lies in, or take it away."""
    hour = natural(start) // HOUR
    beyond = end - (hour + 1) * HOUR
    while beyond > 0:
        busy_seconds[hour] += sign * ((hour + 1) * HOUR - start)
        hour += 1
        start = hour * HOUR
        beyond -= HOUR
    busy_seconds[hour] += sign * (end - start)


@part
def stretch_of(starts: Ints, stretch: int, at: int) -> int:
    """Return the stretch that an instant lies in, looking from another one of the zone."""
    while at < starts[stretch]:
        stretch -= 1
    while at >= starts[stretch + 1]:
        stretch += 1
    return stretch


@part
def bin_of(lateness: int) -> int:
    """Return the bin of a lateness in seconds."""
    return int(natural(min(max(lateness + BINS_BEFORE * BIN, 0), N_BINS * BIN - 1)) // BIN)


@part
def n_overdue(rows: Rows, calendar: Calendar, sums: Sums, row: int) -> int:
    """Return the images of a row that are unfinished with their deadline passed."""
    if rows.due[row] == NOT_YET or calendar.run_until <= rows.due[row]:
        return 0
    return int(rows.images[row] - sums.n_done[row])


@part
def count_row(rows: Rows, cell: int, calendar: Calendar, sums: Sums, row: int, monday: int) -> None:
    """Count all that depends on a row and the number of its images done alone."""
    images, began = rows.images[row], rows.began[row]
    unfinished = images - sums.n_done[row]
    sums.begun[(began + HOUR - 1) // HOUR] += images
    # Images done added the end of their time in the system; here are its beginning, and the end of
    # the window for those that are not done.
    begun_inside = min(max(began, calendar.start), calendar.end)
    sums.per_cell[cell, IMAGE_SECONDS] += unfinished * calendar.end - images * begun_inside
    count_outcomes(rows, sums.outcomes[cell], calendar, sums, row)
    add_mondays(calendar, sums.mondays[cell], monday, calendar.end, unfinished)
    if rows.counted[row] == 1:
        count_beginning(rows, calendar, sums, row)
        if rows.due[row] != NOT_YET:
            count_deadline(rows, cell, calendar, sums, row)


@part
def count_outcomes(rows: Rows, outcomes: Ints, calendar: Calendar, sums: Sums, row: int) -> None:
    """Count the deliveries of a row by what became of them."""
    outcomes[ON_TIME] += sums.n_done[row] - sums.n_late[row]
    outcomes[LATE] += sums.n_late[row]
    unfinished, due = rows.images[row] - sums.n_done[row], rows.due[row]
    if due == NOT_YET:
        outcomes[UNPROMISED] += unfinished
    elif calendar.run_until > due:
        outcomes[OVERDUE] += unfinished
    else:
        outcomes[PENDING] += unfinished


@part
def count_beginning(rows: Rows, calendar: Calendar, sums: Sums, row: int) -> None:
    """Count a row of an order that counts by the day and hour of its beginning."""
    images, began, kind = rows.images[row], rows.began[row], rows.arrives_as[row]
    stretch = stretch_of(calendar.starts, sums.stretch[rows.zone[row]], began)
    sums.stretch[rows.zone[row]] = stretch
    sums.by_day[kind, calendar.day[stretch]] += images
    if kind == DAY_OVERFLOW:
        sums.by_day[DAY_SUBMITTED, calendar.day[stretch]] += images
    if kind != DAY_REJECTED:
        sums.by_hour[HOUR_SUBMITTED, began // HOUR % HOURS_OF_WEEK] += images


@part
def count_deadline(rows: Rows, cell: int, calendar: Calendar, sums: Sums, row: int) -> None:
    """Count a row of an order that counts by the day and hour of its deadline."""
    images, due = rows.images[row], rows.due[row]
    stretch = stretch_of(calendar.starts, sums.stretch[rows.zone[row]], due)
    day = calendar.day[stretch]
    sums.by_day[DAY_DUE, day] += images
    sums.by_day[DAY_LATE, day] += sums.n_late[row] + n_overdue(rows, calendar, sums, row)
    sums.due_by_weekday[cell, calendar.weekday[stretch]] += images
    sums.by_hour[HOUR_DUE, due // HOUR % HOURS_OF_WEEK] += images


@kernel
def write_tardiness(
    visits: Visits,
    rows: Rows,
    cells: Ints,
    run_until: int,
    n_done: Ints,
    n_late: Ints,
    places: Ints,
    tardiness: Shorts,
) -> None:
    """Write the seconds after the deadline of what is late or overdue.

    `places` has the place of each cell's next one in `tardiness`.
    """
    number, n_tranches = 0, len(rows.first_image)
    for row in range(len(rows.images)):
        due, place = rows.due[row], places[cells[row]]
        if rows.counted[row] == 0 or due == NOT_YET:
            continue
        if n_late[row] > 0 and row < n_tranches:
            for image in range(rows.first_image[row], rows.first_image[row] + rows.images[row]):
                while visits.return_image[number] < image:
                    number += 1
                place = write_if_late(visits, due, image, number, place, tardiness)
        elif n_late[row] > 0:
            following = row - n_tranches + 1
            image = int(visits.return_image[following - 1])
            place = write_if_late(visits, due, image, following, place, tardiness)
        if run_until > due:
            unfinished = rows.images[row] - n_done[row]
            tardiness[place : place + unfinished] = run_until - due
            place += unfinished
        places[cells[row]] = place


@part
def write_if_late(
    visits: Visits, due: int, image: int, number: int, place: int, tardiness: Shorts
) -> int:
    """Write the tardiness of an image that is delivered late; return the next free place.

    `number` is the first return of the image behind this delivery, or one of another image.
    """
    returns = visits.return_image[number] == image
    last = (visits.return_visit[number] if returns else visits.first_visit[image + 1]) - 1
    late = int(visits.ended[last]) - due
    if late > 0:
        tardiness[place] = late
        place += 1
    return place


@kernel
def add_stretches(seconds: Ints, lines: Ints, starts: Ints, ends: Ints, sign: int) -> None:
    """Add stretches of time to the hours that they lie in, or take them away.

    Parameters
    ----------
    seconds
        Shape (lines, hours).
    lines
        Row of each stretch: a station or a pool.
    starts, ends
        Seconds since the start of the first hour, at least 0.
    sign
        1 or -1.
    """
    for row in range(len(lines)):
        add_work(seconds[lines[row]], starts[row], ends[row], sign)
