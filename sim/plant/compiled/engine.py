"""The compiled engine: from a run input to a trace, and to the marks that the SimPy model leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NAT
from sim.plant.compiled.kernel import simulate as run_kernel
from sim.plant.compiled.state import N_STINTS, NOBODY, Run, State
from sim.plant.compiled.tables import Tables, promised_dues, tables_of
from sim.plant.compiled.trace import NOT_YET, Trace
from sim.plant.compiled.wheel import new_wheel
from sim.plant.marks import Marks
from sim.plant.run_input import PriorityClass
from sim.scenario.disciplines import CLASS_SPAN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.plant.run_input import RunInput

    Ints = NDArray[np.int64]
    Shorts = NDArray[np.int32]

MOST_WORK = 1 << 62
"""Editor-milliseconds that a quote can add up."""
KEY_BITS = 63
"""Bits of an entry of a queue, the sign left out."""


def run(run_input: RunInput, *, editors: bool = False) -> Trace:
    """Run a run input.

    Parameters
    ----------
    run_input
        All that determines the run. :func:`refusals` has to be empty for it.
    editors
        Keep who did each visit; only a ledger wants it.

    Returns
    -------
    Trace
        A function of the run_input alone.
    """
    tables = tables_of(run_input)
    horizon = run_input.horizon
    told = Run(
        count_until=horizon.count_until - horizon.start_at,
        end_at=horizon.end_at - horizon.start_at,
        first_counted=run_input.counted_images[0],
        end_counted=run_input.counted_images[1],
        n_open=run_input.n_counted,
        image_bits=int(run_input.draws.first_image[-1]).bit_length(),
        keep_editors=editors,
    )
    state = _new_state(run_input, tables, told)
    run_until = run_kernel(tables, told, state)
    return _trace(tables, told, state, run_until)


def refusals(run_input: RunInput) -> list[str]:
    """Return what keeps this engine from running a run input exactly as the SimPy model does, by name.

    Parameters
    ----------
    run_input
        What an engine is given.

    Returns
    -------
    list of str
        Empty for all but absurd plants: every feature is here, and whole numbers have 64 bits
        instead of any number.
    """
    return [*_refused_quotes(run_input), *_refused_keys(run_input)]


def _refused_quotes(run_input: RunInput) -> list[str]:
    quotes = run_input.quotes
    most = int(run_input.draws.first_image[-1] + 1) * max(max(row) for row in quotes.work)
    unit, of = 1000 * quotes.utilisation.numerator, quotes.utilisation.denominator
    if max(most, unit * of, (most // unit + 1) * of) < MOST_WORK:
        return []
    return [
        f"quotes from {most:,} editor-milliseconds of expected work at planning_utilisation "
        f"{run_input.plant.planning_utilisation}: more than 64 bits hold"
    ]


def _refused_keys(run_input: RunInput) -> list[str]:
    """An entry of a queue holds the discipline key, the image's number and the tranche bit."""
    most_left, n_images = max(run_input.work_left), int(run_input.draws.first_image[-1])
    largest_key = len(PriorityClass) * CLASS_SPAN + most_left
    bits = largest_key.bit_length() + n_images.bit_length() + 1
    if bits <= KEY_BITS:
        return []
    return [
        f"queues of {n_images:,} images with {most_left:,} seconds of work left: "
        f"keys of {bits} bits, where {KEY_BITS} are there"
    ]


def _new_state(run_input: RunInput, tables: Tables, told: Run) -> State:
    """Return the state before the first instant.

    Memory is asked for what may be, and taken up as it is used.
    """
    crews, work = tables.crews, tables.work
    n_images, n_pools = len(work.first_visit) - 1, len(run_input.plant.pools)
    n_editors, n_tranches = len(crews.pool_of_editor), len(tables.promised.images)
    n_all = len(work.station) + n_tranches
    end = work.first_visit[1:].copy()
    first_return = np.append(True, work.return_image[1:] != work.return_image[:-1])[
        : len(work.return_image)
    ]
    end[work.return_image[first_return]] = work.return_visit[first_return]
    return State(
        wheel=new_wheel(n_editors),
        queue=np.empty(n_pools * (n_images + 1), np.int64),
        first_in_queue=np.arange(n_pools) * (n_images + 1),
        n_queue=np.zeros(n_pools, np.int64),
        n_idle=np.zeros(n_pools, np.int64),
        idle=np.zeros(int(crews.first_word[-1]), np.int64),
        on_shift=np.zeros(n_editors, np.bool_),
        leaves_at=np.zeros(n_editors, np.int64),
        visit=np.full(n_editors, NOBODY),
        image=np.zeros(n_editors, np.int64),
        entry=np.zeros(n_editors, np.int64),
        since=np.zeros(n_editors, np.int64),
        later=np.empty(n_editors + len(work.return_image), np.int64),
        next_visit=np.empty(n_images, np.int32),
        end=end,
        of_image=tables.promised.of_image,
        at_station=np.zeros(len(tables.route.pool_of_station) - 1, np.int64),
        to_quote=np.empty(n_tranches, np.int64),
        counts=np.array([0, told.n_open, 0, 0, 0, 0, 0]),
        ended=np.full(n_all, NOT_YET),
        editor=np.full(n_all if told.keep_editors else 0, NOBODY, np.int32),
        due=promised_dues(run_input),
        quoted=np.full(n_tranches, NOT_YET),
        stints=np.empty((len(crews.change_at), 4), np.int64),
    )


def _trace(tables: Tables, told: Run, state: State, run_until: int) -> Trace:
    """Return what a run keeps of its state."""
    busy = np.flatnonzero(state.visit != NOBODY)
    rows = np.stack(
        [state.visit, np.arange(len(state.visit)) - _first_editor(tables), state.since], axis=1
    )[busy]
    interrupted = state.ended[rows[:, 0]] != NOT_YET
    going_on = np.column_stack([rows[interrupted], np.full(interrupted.sum(), run_until)])
    stints = np.concatenate([state.stints[: state.counts[N_STINTS]], going_on])
    np.copyto(state.ended, NOT_YET, where=state.ended < 0)
    return Trace(
        ended=state.ended,
        editor=state.editor,
        due=state.due,
        quoted=state.quoted,
        stints=stints[np.lexsort((stints[:, 0], stints[:, 3]))],
        in_hand=rows[~interrupted],
        run_until=run_until,
    )


def _first_editor(tables: Tables) -> Ints:
    """Return the number of the first editor of each editor's pool."""
    first: Ints = (tables.crews.first_word << 6)[tables.crews.pool_of_editor]
    return first


def simulate(run_input: RunInput) -> Marks:
    """Run a run input, and return the marks of the run.

    Parameters
    ----------
    run_input
        All that determines the run.

    Returns
    -------
    Marks
        Those that :func:`sim.plant.model.simulate` leaves.
    """
    trace = run(run_input, editors=True)
    visits, start = run_input.draws.visits, run_input.horizon.start_at
    n_tranches = len(trace.quoted)
    first = visits.first_delivery[:-1]
    due_at = np.full(len(visits.ends), NAT)
    tranche = run_input.promises.tranche_of_image(len(first))[:-1]
    # A tranche's deadline is its images' once they are released; before, it is nobody's.
    came = (
        run_input.draws.orders.submitted_at[run_input.promises.table.order]
        < trace.run_until + start
    )
    released = np.append(np.where(came, trace.due[:n_tranches], NOT_YET), NOT_YET)
    due_at[first] = _instants(released[tranche], start)
    again = np.ones(len(due_at), np.bool_)
    again[first] = False
    due_at[again] = _instants(trace.due[n_tranches:], start)
    return Marks(
        started_at=_started_at(run_input, trace),
        ended_at=_instants(trace.ended, start),
        editor=np.where(trace.editor == NOBODY, NAT, trace.editor.astype(np.int64)),
        due_at=due_at,
        quoted_at=_instants(trace.quoted, start),
        stints=trace.stints + np.array([0, 0, start, start]),
        run_until=trace.run_until + start,
    )


def _instants(at: Shorts, start: int) -> Ints:
    """Return instants in UTC seconds."""
    return np.where(at == NOT_YET, NAT, at.astype(np.int64) + start)


def _started_at(run_input: RunInput, trace: Trace) -> Ints:
    """Return when each visit was first taken up."""
    start = run_input.horizon.start_at
    reviews = run_input.draws.review_seconds[run_input.promises.table.order]
    seconds = np.concatenate([run_input.draws.visits.seconds, reviews])
    started_at = _instants(trace.ended, start)
    started_at[started_at != NAT] -= seconds[started_at != NAT]
    started_at[trace.in_hand[:, 0]] = trace.in_hand[:, 2] + start
    started_at[trace.stints[::-1, 0]] = (
        trace.stints[::-1, 2] + start
    )  # the first stint of a visit is written last
    return started_at
