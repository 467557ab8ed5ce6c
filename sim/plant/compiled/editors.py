"""What editors do: they come and leave, take up visits, complete them or hand them over."""

from __future__ import annotations

import numpy as np

from sim.plant.compiled.heap import pop
from sim.plant.compiled.images import ask_quote, deliver, push_entry, put_later, queue_image
from sim.plant.compiled.jit import Whole, natural, part, trailing_zeros
from sim.plant.compiled.state import N_STINTS, NOBODY, Run, State
from sim.plant.compiled.tables import Tables
from sim.plant.compiled.trace import NOT_YET
from sim.plant.compiled.wheel import TURN, put


@part
def change_shift(tables: Tables, state: State, change: Whole) -> None:
    """An editor leaves or comes; who has an image in hand is still busy with it."""
    editor, until = tables.crews.change_editor[change], tables.crews.change_until[change]
    comes = until >= 0
    state.on_shift[editor] = comes
    if comes:
        state.leaves_at[editor] = until
    if state.visit[editor] == NOBODY:
        step = 1 if comes else -1
        state.idle[editor >> 6] ^= 1 << (editor & 63)
        state.n_idle[tables.crews.pool_of_editor[editor]] += step


@part
def take_up(tables: Tables, run: Run, state: State, now: Whole, pool: Whole) -> None:
    """The first idle editor of a pool starts the first visit that waits for it."""
    first_word = natural(tables.crews.first_word[pool])
    word = first_word
    while state.idle[word] == 0:
        word += 1
    editor = word << 6 | natural(trailing_zeros(state.idle[word]))
    state.idle[word] &= state.idle[word] - 1
    state.n_idle[pool] -= 1
    entry, image, visit = next_in_queue(tables, run, state, pool)
    state.visit[editor], state.image[editor], state.since[editor] = visit, image, now
    if run.keep_editors:
        state.editor[visit] = editor - (first_word << 6)
    seconds = seconds_of(tables, visit)
    if tables.crews.hands_over[pool]:
        state.entry[editor] = entry
        seconds = min(left_of(state, visit, seconds), state.leaves_at[editor] - now)
    if seconds < TURN:
        put(state.wheel, now + seconds, editor)
    else:
        put_later(run, state, now + seconds, editor)


@part
def next_in_queue(
    tables: Tables, run: Run, state: State, pool: Whole
) -> tuple[Whole, Whole, Whole]:
    """Take the first image out of a queue.

    Returns
    -------
    tuple
        Its entry, as of an image alone, the image, and the visit for which it waits.
    """
    base = natural(state.first_in_queue[pool])
    entry = state.queue[base]
    image = natural((entry >> 1) & ((1 << run.image_bits) - 1))
    if entry & 1:
        visit = natural(tables.work.first_visit[image])
        if state.of_image[image + 1] == state.of_image[image]:
            state.queue[base] = (
                entry + 2
            )  # the next image of the tranche: nothing lies between the two
            return entry ^ 1, image, visit
    else:
        visit = natural(state.next_visit[image])
    n = natural(state.n_queue[pool])
    pop(state.queue, base, n)
    state.n_queue[pool] = n - 1
    return entry & ~1, image, visit


@part
def complete(tables: Tables, run: Run, state: State, now: Whole, editor: Whole) -> None:
    """An editor completes a visit.

    The image goes on, is delivered, or its tranche can be quoted.
    """
    work, n_visits = tables.work, len(tables.work.station)
    pool = natural(tables.crews.pool_of_editor[editor])
    visit, image = natural(state.visit[editor]), natural(state.image[editor])
    state.visit[editor] = NOBODY
    if state.on_shift[editor]:
        state.idle[editor >> 6] |= 1 << (editor & 63)
        state.n_idle[pool] += 1
    if tables.crews.hands_over[pool] and stop_short(tables, run, state, now, editor, pool, visit):
        return
    state.ended[visit] = now
    if visit >= n_visits:
        ask_quote(state, visit - n_visits)
        return
    state.at_station[natural(work.station[visit])] -= 1
    visit += 1
    if visit < state.end[image]:
        state.at_station[natural(work.station[visit])] += 1
        queue_image(tables, run, state, now, image, visit)
    else:
        deliver(tables, run, state, now, image, visit)


@part
def seconds_of(tables: Tables, visit: Whole) -> Whole:
    """Return the service time of a visit, or of a review behind them."""
    n_visits = len(tables.work.seconds)
    if visit < n_visits:
        return np.int64(tables.work.seconds[visit])
    return np.int64(tables.work.review_seconds[visit - n_visits])


@part
def left_of(state: State, visit: Whole, seconds: Whole) -> Whole:
    """Return the seconds left of a visit, all of them if nothing interrupted it."""
    return seconds if state.ended[visit] == NOT_YET else -np.int64(state.ended[visit])


@part
def stop_short(
    tables: Tables, run: Run, state: State, now: Whole, editor: Whole, pool: Whole, visit: Whole
) -> bool:
    """Say whether an editor hands over the rest of a visit, which keeps its place in the queue."""
    left = left_of(state, visit, seconds_of(tables, visit)) - (now - state.since[editor])
    if left > 0 or state.ended[visit] != NOT_YET:
        note_stint(tables, state, editor, pool, visit, now)
    if left == 0:
        return False
    state.ended[visit] = -left
    if run.keep_editors:
        state.editor[visit] = NOBODY
    state.next_visit[state.image[editor]] = visit
    push_entry(state, pool, state.entry[editor])
    return True


@part
def note_stint(
    tables: Tables, state: State, editor: Whole, pool: Whole, visit: Whole, now: Whole
) -> None:
    """Note a stint of an interrupted visit."""
    row = state.counts[N_STINTS]
    state.stints[row, 0] = visit
    state.stints[row, 1] = editor - (tables.crews.first_word[pool] << 6)
    state.stints[row, 2] = state.since[editor]
    state.stints[row, 3] = now
    state.counts[N_STINTS] += 1
