"""The marks that a run leaves: the little that cannot be worked out from its run_input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NAT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.plant.run_input import RunInput

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Marks:
    """What an engine reports of a run.

    Visits are numbered as in the draws; behind them stands one review for each tranche. "Not
    yet" is NAT.
    """

    started_at: Ints
    """Shape (visits + tranches,): when the visit was first taken up."""
    ended_at: Ints
    """Shape (visits + tranches,): when it was finished."""
    editor: Ints
    """Shape (visits + tranches,): who finished it, or has it in hand; NAT for nobody yet."""
    due_at: Ints
    """Shape (deliveries,): deadline of each delivery of an image."""
    quoted_at: Ints
    """Shape (tranches,): when a reviewed tranche got its deadline and was released."""
    stints: Ints
    """Shape (stints, 4): visit, editor, start and end of every stint of a visit that a shift's end
    interrupted, the last one and one still in hand included, by end, then visit."""
    run_until: int
    """Instant at which the run stopped."""


def instant_of_visit(marks: Marks, n_visits: int) -> int:
    """Return an instant before which at most so many visits begin, or the run's end if all do.

    Parameters
    ----------
    marks
        Of a whole run.
    n_visits
        Visits and reviews, at least 1.

    Returns
    -------
    int
        UTC seconds.
    """
    begun = marks.started_at[marks.started_at != NAT]
    return (
        int(np.partition(begun, n_visits)[n_visits]) if len(begun) > n_visits else marks.run_until
    )


def cut(run_input: RunInput, marks: Marks, at: int) -> Marks:
    """Return what a run had left behind by an instant: the marks of a run that stopped there.

    What a run did up to an instant depends on nothing after it, so that a whole run of one engine
    can be compared with a shorter run of the other.

    Parameters
    ----------
    run_input
        What the engine was given.
    marks
        Of the whole run.
    at
        UTC seconds, at most `run_until`. What happened at the instant itself is left out.

    Returns
    -------
    Marks
        With `run_until` at the instant.
    """
    if at == marks.run_until:
        return marks
    ended_at = _before(marks.ended_at, marks.ended_at, at)
    begun = marks.stints[marks.stints[:, 2] < at]
    visit, editor, start, end = begun.T
    goes_on = end >= at
    # Who has an interrupted visit in hand is the editor of the interval that holds the instant.
    done_by = _before(marks.editor, marks.started_at, at)
    done_by[visit[ended_at[visit] == NAT]] = NAT
    done_by[visit[goes_on]] = editor[goes_on]
    # A visit's first interval, while it goes on, is not known yet to be one of several.
    known = begun[~(goes_on & (start == marks.started_at[visit]))]
    known[:, 3] = np.minimum(known[:, 3], at)
    return Marks(
        started_at=_before(marks.started_at, marks.started_at, at),
        ended_at=ended_at,
        editor=done_by,
        due_at=_before(marks.due_at, _promised_at(run_input, marks), at),
        quoted_at=_before(marks.quoted_at, marks.quoted_at, at),
        stints=known[np.lexsort((known[:, 0], known[:, 3]))],
        run_until=at,
    )


def _before(column: Ints, happened_at: Ints, at: int) -> Ints:
    """Return a column with NAT where its value came to be at or after an instant."""
    return np.where(happened_at < at, column, NAT)


def _promised_at(run_input: RunInput, marks: Marks) -> Ints:
    """Return when each delivery got its deadline: released, or sent back after the one before."""
    draws, promises = run_input.draws, run_input.promises
    visits, orders = draws.visits, draws.orders
    returned_at = marks.ended_at[visits.ends - 1] + visits.returns_after
    promised_at = np.append(NAT, returned_at[:-1])[: len(visits.ends)]
    submitted_at = orders.submitted_at[promises.table.order]
    released_at = np.append(np.where(promises.reviewed, marks.quoted_at, submitted_at), NAT)
    tranche = promises.tranche_of_image(len(visits.first_delivery) - 1)[:-1]
    promised_at[visits.first_delivery[:-1]] = released_at[tranche]
    return promised_at
