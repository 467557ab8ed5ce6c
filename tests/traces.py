"""Traces made from marks, as a compiled engine would leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.clock import NAT
from sim.plant.compiled.trace import NOT_YET, Trace

if TYPE_CHECKING:
    from sim.plant.marks import Marks
    from sim.plant.run_input import RunInput


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
