"""The calendar of the near future: a wheel with a slot for every second, and the editors who finish in it.

All who finish at one instant come out together and in no order, which is all that the rule of the
instant asks for. An entry costs the same however many there are: Varghese and Lauck, "Hashed and
hierarchical timing wheels", SOSP 1987. Bits say which slots are taken: `slots` a bit a second,
`blocks` a bit for 64 of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.plant.compiled.jit import Whole, part, trailing_zeros

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Shorts = NDArray[np.int32]

TURN = 1 << 14
"""Seconds of one turn, 4.5 hours; what lies further off has to wait elsewhere."""
BLOCKS = TURN >> 12
"""Words of `blocks`."""
NEVER = 1 << 62


class Wheel(NamedTuple):
    """The wheel's arrays."""

    slots: Ints
    blocks: Ints
    first: Shorts
    """First editor of each second, -1 for none."""
    after: Shorts
    """The next editor of the same second, by editor."""


def new_wheel(n_editors: int) -> Wheel:
    """Return an empty wheel for so many editors."""
    return Wheel(
        slots=np.zeros(TURN >> 6, np.int64),
        blocks=np.zeros(BLOCKS, np.int64),
        first=np.full(TURN, -1, np.int32),
        after=np.full(n_editors, -1, np.int32),
    )


@part
def put(wheel: Wheel, at: Whole, editor: Whole) -> None:
    """Note that an editor finishes at an instant, less than a turn from now."""
    slot = at & (TURN - 1)
    wheel.after[editor] = wheel.first[slot]
    wheel.first[slot] = editor
    word = wheel.slots[slot >> 6]
    wheel.slots[slot >> 6] = word | 1 << (slot & 63)
    if word == 0:
        wheel.blocks[slot >> 12] |= 1 << ((slot >> 6) & 63)


@part
def take(wheel: Wheel, now: Whole) -> Whole:
    """Empty the slot of this instant, and return the first of the editors in it, -1 for none."""
    slot = now & (TURN - 1)
    editor = wheel.first[slot]
    if editor >= 0:
        wheel.first[slot] = -1
        wheel.slots[slot >> 6] &= ~(1 << (slot & 63))
        if wheel.slots[slot >> 6] == 0:
            wheel.blocks[slot >> 12] &= ~(1 << ((slot >> 6) & 63))
    return editor


@part
def next_instant(wheel: Wheel, now: Whole) -> Whole:
    """Return the first instant from `now` on at which someone finishes."""
    slot = now & (TURN - 1)
    ahead = wheel.slots[slot >> 6] >> (
        slot & 63
    )  # the sign comes in from above, beyond all bits that are set
    if ahead != 0:
        return now + trailing_zeros(ahead)
    block = slot >> 6
    word, place = block >> 6, block & 63
    ahead = wheel.blocks[word] & ~((2 << place) - 1) if place < 63 else 0
    for _ in range(BLOCKS + 1):
        if ahead != 0:
            block = word << 6 | trailing_zeros(ahead)
            found = block << 6 | trailing_zeros(wheel.slots[block])
            return now + ((found - slot) & (TURN - 1))
        word = (word + 1) & (BLOCKS - 1)
        ahead = wheel.blocks[word]
    return NEVER
