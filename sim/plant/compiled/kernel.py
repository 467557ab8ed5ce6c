"""The plant as compiled loops. It reads as :class:`sim.plant.model.PlantModel` does, and must leave the same marks.

At each instant all that happens is applied, then quotes are made, then idle editors choose. What
happens at one instant commutes: it sets bits, and puts packed keys that all differ into heaps.
"""

from __future__ import annotations

from sim.clock import DAY
from sim.plant.compiled.editors import change_shift, complete, take_up
from sim.plant.compiled.heap import pop
from sim.plant.compiled.images import quote, return_image, submit
from sim.plant.compiled.jit import Whole, kernel, natural, part
from sim.plant.compiled.state import (
    N_CHANGES,
    N_LATER,
    N_OPEN,
    N_SUBMITTED,
    N_TO_QUOTE,
    OTHERWISE_AT,
    Run,
    State,
)
from sim.plant.compiled.tables import Tables
from sim.plant.compiled.wheel import next_instant, put, take


@kernel
def simulate(tables: Tables, run: Run, state: State) -> Whole:
    """Run until every counted image is done, checked daily from the horizon's end, or the cool-down ends.

    Returns
    -------
    int
        Instant at which the run stopped.
    """
    now, stop = 0, run.count_until
    while True:
        now = min(next_instant(state.wheel, now), state.counts[OTHERWISE_AT])
        if now >= stop:
            stop = stop_after(run, state, stop, now)
            if now >= stop:
                return stop
        apply_all(tables, run, state, now)
        if state.counts[N_TO_QUOTE] > 0:
            quote(tables, run, state, now)
        for pool in range(len(state.n_queue)):
            while state.n_queue[pool] > 0 and state.n_idle[pool] > 0:
                take_up(tables, run, state, now, pool)


@part
def stop_after(run: Run, state: State, stop: Whole, at: Whole) -> Whole:
    """Return the day's end at which the run stops before an instant, or the first one after the instant."""
    while at >= stop and state.counts[N_OPEN] > 0 and stop < run.end_at:
        stop = min(stop + DAY, run.end_at)
    return stop


@part
def apply_all(tables: Tables, run: Run, state: State, now: Whole) -> None:
    """Apply all that happens at an instant, in an order that does not matter."""
    if now == state.counts[OTHERWISE_AT]:
        apply_later(tables, run, state, now)
        while tables.crews.change_at[state.counts[N_CHANGES]] == now:
            change_shift(tables, state, state.counts[N_CHANGES])
            state.counts[N_CHANGES] += 1
        while tables.promised.submitted[state.counts[N_SUBMITTED]] == now:
            submit(tables, run, state, now, state.counts[N_SUBMITTED])
            state.counts[N_SUBMITTED] += 1
        state.counts[OTHERWISE_AT] = next_otherwise(tables, state)
    editor = take(state.wheel, now)
    while editor >= 0:
        following = state.wheel.after[editor]
        complete(tables, run, state, now, natural(editor))
        editor = following


@part
def apply_later(tables: Tables, run: Run, state: State, now: Whole) -> None:
    """Take what is due now from the heap of later things."""
    n_editors = len(state.visit)
    while state.counts[N_LATER] > 0 and state.later[0] >> 32 == now:
        code = state.later[0] & 0xFFFFFFFF
        pop(state.later, 0, state.counts[N_LATER])
        state.counts[N_LATER] -= 1
        if code < n_editors:
            put(state.wheel, now, code)
        else:
            return_image(tables, run, state, now, code - n_editors)


@part
def next_otherwise(tables: Tables, state: State) -> Whole:
    """Return the next instant of a change of shift, a submission, or something later."""
    at = tables.crews.change_at[state.counts[N_CHANGES]]
    at = min(at, tables.promised.submitted[state.counts[N_SUBMITTED]])
    if state.counts[N_LATER] > 0:
        at = min(at, state.later[0] >> 32)
    return at
