"""The disciplines: how a pool chooses the next image among those that wait.

One table holds all of them. The schema takes the names from it, reports the labels, and both engines
the keys. A new discipline is an entry here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

Key: TypeAlias = Callable[[int, int, int, int], int]
"""``key(due, priority, now, work_left)``: what a pool's queue is sorted by, smallest first.

`due` and `now` are seconds since the run's start, `priority` is the number of the priority class,
`work_left` the expected seconds of work from the station on. Only whole-number arithmetic: the
compiled engine compiles the key, and both engines have to agree to the second.
"""

CLASS_SPAN = 1 << 31
"""More seconds than lie before any deadline of a run: one priority class more outweighs them all.
"""


class Discipline(NamedTuple):
    """One way to choose."""

    label: str
    """What a report calls it."""
    key: Key


DISCIPLINES = {
    "edd": Discipline(
        "earliest due first",
        lambda due, priority, now, work_left: due,
    ),
    "class": Discipline(
        "expedite, rejected, guaranteed, then the rest",
        lambda due, priority, now, work_left: priority * CLASS_SPAN + due,
    ),
    "fifo": Discipline(
        "first come, first served",
        lambda due, priority, now, work_left: now,
    ),
    "slack": Discipline(
        "least slack first",
        lambda due, priority, now, work_left: due - work_left,
    ),
}
"""By the name that a scenario gives. Equal keys fall back on submission, then order, then image."""
