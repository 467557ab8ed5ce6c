"""What happens to images and tranches: they come in, wait, are quoted, delivered and sent back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from sim.plant.compiled.heap import push
from sim.plant.compiled.jit import Whole, compiled_in, natural, part
from sim.plant.compiled.quoting import hours_due, quoted_due
from sim.plant.compiled.state import N_LATER, N_OPEN, N_TO_QUOTE, OTHERWISE_AT, Run, State
from sim.plant.compiled.tables import Tables
from sim.plant.compiled.trace import NOT_YET
from sim.scenario.disciplines import DISCIPLINES, Key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


@part
def queue_image(
    tables: Tables, run: Run, state: State, now: Whole, image: Whole, visit: Whole
) -> None:
    """Let an image wait for a visit to a station."""
    state.next_visit[image] = visit
    put_in_queue(tables, run, state, now, image << 1, natural(tables.work.station[visit]))


@part
def put_in_queue(
    tables: Tables, run: Run, state: State, now: Whole, what: Whole, station: Whole
) -> None:
    """Put an image, or the rest of a tranche if its lowest bit is set, into the queue of a station's pool."""
    pool = natural(tables.route.pool_of_station[station])
    promise = natural(state.of_image[what >> 1])
    discipline = tables.crews.discipline[pool]
    due, priority = np.int64(state.due[promise]), np.int64(tables.promised.priority[promise])
    key = key_of(tables, discipline, now, station, due, priority)
    push_entry(state, pool, key << (run.image_bits + 1) | what)


def _chosen_from(keys: tuple[tuple[int, Key], ...]) -> Callable[..., Whole]:
    """Compile the keys of all disciplines into one choice by number: a chain of comparisons."""
    (number, first), *others = keys
    key = compiled_in(first)
    if not others:
        return compiled_in(
            lambda discipline, due, priority, now, left: key(due, priority, now, left)
        )
    rest = _chosen_from(tuple(others))

    def choose(discipline: Whole, due: Whole, priority: Whole, now: Whole, left: Whole) -> Whole:
        if discipline == number:
            return key(due, priority, now, left)
        return rest(discipline, due, priority, now, left)

    return compiled_in(choose)


discipline_key = _chosen_from(tuple(enumerate(each.key for each in DISCIPLINES.values())))


@part
def key_of(
    tables: Tables, discipline: Whole, now: Whole, station: Whole, due: Whole, priority: Whole
) -> Whole:
    """Return what a discipline sorts by, made 0 or more: all keys of a pool are moved by the same."""
    work_left = np.int64(tables.route.work_left[station])
    key = discipline_key(discipline, due, priority, np.int64(now), work_left)
    return key + tables.route.most_left


@part
def push_entry(state: State, pool: Whole, entry: Whole) -> None:
    """Put a packed key into the queue of a pool."""
    n = natural(state.n_queue[pool])
    push(state.queue, natural(state.first_in_queue[pool]), n, entry)
    state.n_queue[pool] = n + 1


@part
def put_later(run: Run, state: State, at: Whole, code: Whole) -> None:
    """Note what happens at an instant that the wheel does not hold, unless the run is over by then."""
    if at >= run.end_at:
        return
    push(state.later, 0, state.counts[N_LATER], at << 32 | code)
    state.counts[N_LATER] += 1
    state.counts[OTHERWISE_AT] = min(state.counts[OTHERWISE_AT], at)


@part
def submit(tables: Tables, run: Run, state: State, now: Whole, tranche: Whole) -> None:
    """A tranche comes in: it is promised and released, or has to be reviewed."""
    promised, review = tables.promised, len(tables.route.pool_of_station) - 1
    if state.due[tranche] != NOT_YET:
        release(tables, run, state, now, tranche)
    elif tables.route.reviewed:
        image = promised.first_image[tranche]
        state.next_visit[image] = len(tables.work.station) + tranche
        pool = tables.route.pool_of_station[review]
        due = np.int64(promised.review_due[tranche])
        priority = np.int64(promised.review_priority[tranche])
        key = key_of(tables, tables.crews.discipline[pool], now, review, due, priority)
        push_entry(state, pool, key << (run.image_bits + 1) | image << 1)
    else:
        ask_quote(state, tranche)


@part
def release(tables: Tables, run: Run, state: State, now: Whole, tranche: Whole) -> None:
    """Let all images of a tranche wait for the first station, in the name of the first."""
    state.at_station[0] += tables.promised.images[tranche]
    put_in_queue(tables, run, state, now, tables.promised.first_image[tranche] << 1 | 1, 0)


@part
def ask_quote(state: State, tranche: Whole) -> None:
    """Note that a tranche is to be quoted at the end of this instant."""
    state.to_quote[state.counts[N_TO_QUOTE]] = tranche
    state.counts[N_TO_QUOTE] += 1


@part
def quote(tables: Tables, run: Run, state: State, now: Whole) -> None:
    """Quote the reviewed tranches in the order of their submission, and release them."""
    promised, n = tables.promised, state.counts[N_TO_QUOTE]
    insertion_sort(state.to_quote, n)
    for place in range(n):
        tranche = state.to_quote[place]
        state.due[tranche] = quoted_due(
            tables.quoting,
            now,
            promised.plan[tranche],
            promised.place[tranche],
            promised.earliest[tranche],
            promised.images[tranche],
            state.at_station,
        )
        state.quoted[tranche] = now
        release(tables, run, state, now, tranche)
    state.counts[N_TO_QUOTE] = 0


@part
def insertion_sort(values: Ints, n: Whole) -> None:
    """Sort the first values of an array, which are few and nearly in order."""
    for place in range(1, n):
        value = values[place]
        while place > 0 and values[place - 1] > value:
            values[place] = values[place - 1]
            place -= 1
        values[place] = value


@part
def deliver(
    tables: Tables, run: Run, state: State, now: Whole, image: Whole, next_visit: Whole
) -> None:
    """An image goes to the customer, who sends it back if it has visits left."""
    work = tables.work
    if next_visit != work.first_visit[image + 1]:
        number = np.searchsorted(work.return_visit, next_visit)
        put_later(run, state, now + work.return_after[number], len(state.visit) + number)
    elif run.first_counted <= image < run.end_counted:
        state.counts[N_OPEN] -= 1


@part
def return_image(tables: Tables, run: Run, state: State, now: Whole, number: Whole) -> None:
    """A delivered image comes back."""
    work = tables.work
    image = work.return_image[number]
    promise = len(tables.promised.images) + number
    follows = number + 1 < len(work.return_image) and work.return_image[number + 1] == image
    state.end[image] = work.return_visit[number + 1] if follows else work.first_visit[image + 1]
    state.of_image[image] = promise
    state.due[promise] = hours_due(now, work.return_terms[number, 0], work.return_terms[number, 1])
    visit = work.return_visit[number]
    state.at_station[work.station[visit]] += 1
    queue_image(tables, run, state, now, image, visit)
