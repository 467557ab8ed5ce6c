"""A heap of whole numbers, four children to a node, in a stretch of a shared array.

The numbers are packed keys and all differ, so the heap never decides a tie. Four children halve the levels of a
binary heap, and lie in one or two lines of the cache: LaMarca and Ladner, "The influence of caches on the performance
of heaps", ACM JEA 1, 1996.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.plant.compiled.jit import Whole, part

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


@part
def push(heap: Ints, base: Whole, n: Whole, entry: Whole) -> None:
    """Put an entry into a heap of `n` entries that begins at `base`."""
    at = n
    while at > 0:
        above = (at - 1) >> 2
        other = heap[base + above]
        if other <= entry:
            break
        heap[base + at] = other
        at = above
    heap[base + at] = entry


@part
def pop(heap: Ints, base: Whole, n: Whole) -> None:
    """Take the least entry, which stands at `base`, out of a heap of `n` entries."""
    last = heap[base + n - 1]
    n -= 1
    at = 0
    while True:
        child = 4 * at + 1
        if child >= n:
            break
        least = heap[base + child]
        place = child
        for other in range(child + 1, min(child + 4, n)):
            entry = heap[base + other]
            if entry < least:
                least, place = entry, other
        if last <= least:
            break
        heap[base + at] = least
        at = place
    heap[base + at] = last
