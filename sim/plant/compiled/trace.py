"""What a compiled run keeps: half of what the marks say, from which the rest follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Shorts = NDArray[np.int32]

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
