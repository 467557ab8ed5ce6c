"""What a run is told beside the tables, and what changes in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.plant.compiled.wheel import Wheel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Shorts = NDArray[np.int32]

NOBODY = -1
# Places in State.counts; the last is the next instant at which something happens that is not on the
# wheel.
N_LATER, N_OPEN, N_TO_QUOTE, N_STINTS, N_CHANGES, N_SUBMITTED, OTHERWISE_AT = range(7)


class Run(NamedTuple):
    """What one run is told beside the tables."""

    count_until: int
    end_at: int
    first_counted: int
    end_counted: int
    n_open: int
    image_bits: int
    keep_editors: bool


class State(NamedTuple):
    """What changes in a run."""

    wheel: Wheel
    queue: Ints
    """Heaps of the pools, each in its stretch: discipline key, image, and a bit. The bit is set
    where the image has not begun and stands for the rest of its tranche."""
    first_in_queue: Ints
    """Shape (pools,): where the pool's stretch begins."""
    n_queue: Ints
    n_idle: Ints
    idle: Ints
    """Words of 64 editors, a bit for each who is on shift and has nothing in hand."""
    on_shift: NDArray[np.bool_]
    leaves_at: Ints
    visit: Ints
    """Visit in each editor's hand, `NOBODY` for none."""
    image: Ints
    entry: Ints
    since: Ints
    later: Ints
    """Heap of what lies beyond a turn of the wheel, and of returns: instant << 32 | editor, or
    editors + return."""
    next_visit: Shorts
    """Shape (images,): the visit for which an image waits; of those that wait with their tranche,
    nothing."""
    end: Shorts
    """Shape (images,): the visit after the last one of the delivery that is owed."""
    of_image: Shorts
    at_station: Ints
    to_quote: Ints
    counts: Ints
    ended: Shorts
    """As in the trace; the rest of an interrupted visit stands in it as a negative number."""
    editor: Shorts
    due: Shorts
    quoted: Shorts
    stints: Ints
    """Shape (twice the shifts, 4), of which the first `N_STINTS` are filled."""
