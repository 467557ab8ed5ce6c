"""What a compiled run keeps: half of what the marks say, from which the rest follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.clock import NAT

if TYPE_CHECKING:
    from sim.arrays import Ints, Shorts
    from sim.plant.marks import Marks
    from sim.plant.run_input import RunInput

NOT_YET = np.int32(-(2**31))
"""What has no instant yet."""


@dataclass(frozen=True)
class Trace:
    """The trace of a run. Instants are seconds since the run's start, 32 bits each, ``NOT_YET`` where there is none.

    When a visit was started is not kept: one that was never interrupted began its service time
    before its end, and the others are in `stints` and `in_hand`.
    """

    ended: Shorts
    """Shape (visits + tranches,): end of each visit, and behind them of the review of each
    tranche."""
    editor: Shorts
    """Shape (visits + tranches,): who finished it or has it in hand, -1 for nobody; empty if it was
    not asked for."""
    due: Shorts
    """Shape (tranches + returns,): deadline of each tranche, promised or quoted, and of each
    delivery that follows a rejection, in the order of the draws's returns."""
    quoted: Shorts
    """Shape (tranches,): when a reviewed tranche was quoted and released."""
    stints: Ints
    """Shape (stints, 4): visit, editor, start and end of every stint of an interrupted visit, as in
    the marks, but in seconds since the run's start."""
    in_hand: Ints
    """Shape (editors at work, 3): visit, editor and start of each visit in hand at the end that
    nothing interrupted."""
    run_until: int
    """End of the run, seconds since its start."""


def trace_of(run_input: RunInput, marks: Marks) -> Trace:
    """Return the trace of the run that left these marks."""
    start, table, visits = (
        run_input.horizon.start_at,
        run_input.promises.table,
        run_input.draws.visits,
    )

    def since(at: Any) -> Any:
        return np.where(at == NAT, NOT_YET, at - start).astype(np.int32)

    again = np.ones(len(visits.ends), np.bool_)
    again[visits.first_delivery[:-1]] = False
    quoted_due = marks.due_at[visits.first_delivery[run_input.promises.first_image]]
    due = np.where(run_input.promises.reviewed, quoted_due, table.due_at)
    begun = np.flatnonzero((marks.started_at != NAT) & (marks.ended_at == NAT))
    in_hand = begun[~np.isin(begun, marks.stints[:, 0])]
    return Trace(
        ended=since(marks.ended_at),
        editor=np.where(marks.editor == NAT, -1, marks.editor).astype(np.int32),
        due=since(np.concatenate([due, marks.due_at[again]])),
        quoted=since(marks.quoted_at),
        stints=marks.stints - np.array([0, 0, start, start]),
        in_hand=np.stack(
            [in_hand, marks.editor[in_hand], marks.started_at[in_hand] - start], axis=1
        ),
        run_until=marks.run_until - start,
    )
