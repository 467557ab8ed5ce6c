"""The marks that a run leaves: the little that cannot be worked out from its run_input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
