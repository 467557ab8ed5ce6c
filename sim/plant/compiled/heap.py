"""A heap of whole numbers, four children to a node, in a stretch of a shared array.

The numbers are packed keys and all differ, so the heap never decides a tie. Four children halve the
levels of a binary heap, and lie in one or two lines of the cache: LaMarca and Ladner, "The
influence of caches on the performance of heaps", ACM JEA 1, 1996.
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
    n -= 1
    last = heap[base + n]
    at = 0
    while True:
        child = 4 * at + 1
        if child + 3 < n:  # two pairs, then their winners: no branch that could be foreseen wrongly
            left, right = heap[base + child], heap[base + child + 2]
            other, beside = heap[base + child + 1], heap[base + child + 3]
            first = child + 1 if other < left else child
            second = child + 3 if beside < right else child + 2
            left, right = min(left, other), min(right, beside)
            place = second if right < left else first
            least = min(left, right)
        elif child < n:
            place, least = child, heap[base + child]
            for other_place in range(child + 1, n):
                if heap[base + other_place] < least:
                    place, least = other_place, heap[base + other_place]
        else:
            break
        if last <= least:
            break
        heap[base + at] = least
        at = place
    heap[base + at] = last
