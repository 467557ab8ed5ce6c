"""The loops of a tally over images: every visit and every delivery of a run, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import HOUR, WEEK
from sim.plant.compiled.jit import kernel, natural, part
from sim.plant.compiled.trace import NOT_YET
from sim.results.states import BIN_HOURS, BINS_BEFORE, EVENTS_BY_DAY, N_BINS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.plant.compiled.tally_tables import Counts, Frame, Rows, Work

    Ints = NDArray[np.int64]
    Shorts = NDArray[np.int32]

BIN = BIN_HOURS * HOUR
DONE = EVENTS_BY_DAY.index("done")


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
def count_mondays(
    rows: Rows, frame: Frame, counts: Counts, row: int, until: int, images: int
) -> None:
    """Count images in the backlog of each Monday on which they are unfinished."""
    last = len(counts.mondays) - 1
    counts.mondays[(rows.backlog_from[row] - frame.start) // WEEK] += images
    counts.mondays[min((until - frame.start + WEEK - 1) // WEEK, last)] -= images


@part
def follow(work: Work, waits: Ints, busy_seconds: Ints, queued: int, visit: int, end: int) -> int:
    """Count the visits of an image that are done, and return when the last one before `end` was."""
    for number in range(visit, end):
        place = natural(number)
        at = int(work.ended[place])
        if at == NOT_YET:
            return at
        begun, station = at - int(work.seconds[place]), work.station[place]
        waits[station, 0] += 1
        waits[station, 1] += begun - queued
        add_work(busy_seconds[station], begun, at, 1)
        queued = at
    return queued


@part
def bin_of(lateness: int) -> int:
    """Return the bin of a lateness in seconds."""
    return int(natural(min(max(lateness + BINS_BEFORE * BIN, 0), N_BINS * BIN - 1)) // BIN)


@part
def count_row(
    work: Work,
    rows: Rows,
    frame: Frame,
    counts: Counts,
    row: int,
    first: int,
    visit: int,
    number: int,
) -> int:
    """Count the images of a row, from the first one and its visit on.

    Returns are looked at from `number` on; the first one behind these images is returned.
    """
    cell, counted, place, due = rows.cell[row], rows.counted[row], rows.place[row], rows.due[row]
    waits, lateness, done = counts.waits[cell], counts.lateness[cell], counts.done[counted]
    n_done = n_late = seconds = inside = 0
    stretch = counts.stretch[place]
    for image in range(first, first + rows.images[row]):
        end = after = int(work.first_visit[image + 1])
        if work.return_image[number] == image:
            end = int(work.return_visit[number])
            while work.return_image[number] == image:
                number += 1
        at = follow(work, waits, counts.busy_seconds, rows.queued[row], visit, end)
        visit = after
        if at == NOT_YET:
            continue
        n_done += 1
        n_late += at > due
        seconds += at
        inside += min(max(at, frame.start), frame.end)
        lateness[bin_of(at - due)] += 1
        hour = natural(at) // HOUR
        done[hour] += 1
        if at == hour * HOUR:
            counts.done_on_hour[hour] += 1
        stretch = stretch_of(frame.starts, stretch, at)
        counts.events[DONE, stretch] += counted
        if at > rows.backlog_from[row]:
            count_mondays(rows, frame, counts, row, at, 1)
    counts.n_done[row], counts.n_late[row], counts.done_seconds[row] = n_done, n_late, seconds
    counts.image_seconds[0] += inside
    counts.stretch[place] = stretch
    return number


@kernel
def count_images(work: Work, rows: Rows, frame: Frame, counts: Counts) -> None:
    """Count all deliveries that are done, and all visits that are done and were not interrupted."""
    number, n_tranches = 0, len(rows.first_image)
    for row in range(len(rows.images)):
        if rows.images[row] == 0:
            continue
        if row < n_tranches:
            first = rows.first_image[row]
            while work.return_image[number] < first:
                number += 1
            visit = int(work.first_visit[first])
        else:
            number = row - n_tranches
            first, visit = int(work.return_image[number]), int(work.return_visit[number])
            number += 1
        number = count_row(work, rows, frame, counts, row, first, visit, number)


@part
def write_if_late(
    work: Work, rows: Rows, row: int, image: int, number: int, place: int, tardiness: Shorts
) -> int:
    """Write the tardiness of an image that is delivered late to a place, and return the next free one."""
    returns = work.return_image[number] == image
    last = (work.return_visit[number] if returns else work.first_visit[image + 1]) - 1
    late = int(work.ended[last]) - rows.due[row]
    if late > 0:
        tardiness[place] = late
        place += 1
    return place


@kernel
def write_tardiness(
    work: Work, rows: Rows, frame: Frame, counts: Counts, places: Ints, tardiness: Shorts
) -> None:
    """Write the seconds after the deadline of what is late or overdue, from the first place of each cell on."""
    number, n_tranches = 0, len(rows.first_image)
    for row in range(len(rows.images)):
        due, place = rows.due[row], places[rows.cell[row]]
        if rows.counted[row] == 0 or due == NOT_YET:
            continue
        if counts.n_late[row] > 0 and row < n_tranches:
            for image in range(rows.first_image[row], rows.first_image[row] + rows.images[row]):
                while work.return_image[number] < image:
                    number += 1
                place = write_if_late(work, rows, row, image, number, place, tardiness)
        elif counts.n_late[row] > 0:
            behind = row - n_tranches + 1
            place = write_if_late(
                work, rows, row, int(work.return_image[behind - 1]), behind, place, tardiness
            )
        if frame.run_until > due:
            unfinished = rows.images[row] - counts.n_done[row]
            tardiness[place : place + unfinished] = frame.run_until - due
            place += unfinished
        places[rows.cell[row]] = place


@kernel
def add_stretches(busy_seconds: Ints, stations: Ints, starts: Ints, ends: Ints, sign: int) -> None:
    """Add stretches of work to the hours that they lie in, or take them away."""
    for row in range(len(stations)):
        add_work(busy_seconds[stations[row]], starts[row], ends[row], sign)
