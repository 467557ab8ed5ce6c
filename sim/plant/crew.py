"""The people of a pool as SimPy sees them: a queue, and an event an editor."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import simpy

from sim.clock import NAT

if TYPE_CHECKING:
    from sim.plant.roster import Shifts

Key = Callable[[int, int], int]
"""What a discipline sorts by, smallest first: a function of image and station."""


class Editor(simpy.Event):
    """An editor, as the event of finishing the visit in hand.

    One event, scheduled anew for every visit.
    """

    def __init__(
        self, env: simpy.Environment, crew: Crew, number: int, finish: Callable[[Editor], None]
    ) -> None:
        super().__init__(env)
        self.crew, self.number, self.bit = crew, number, 1 << number
        self.leaves_at = self.since = NAT
        self.image = self.visit = self.entry = 0
        self.on_finish = [finish]
        self.succeed()  # an event that has succeeded once may be scheduled again

    def works(self, seconds: int) -> None:
        """Finish the visit in hand after some seconds."""
        self.callbacks = self.on_finish
        self.env.schedule(self, delay=seconds)


class Crew:
    """A pool at work: its queue, and who is on shift and busy, an editor a bit."""

    def __init__(
        self,
        env: simpy.Environment,
        shifts: Shifts,
        key: Key,
        finish: Callable[[Editor], None],
        *,
        hands_over: bool,
    ) -> None:
        self.queue: list[int] = []
        self.on_shift = self.busy = 0
        self.changes = shifts.changes()
        self.key = key
        self.hands_over = hands_over
        self.editors = [Editor(env, self, number, finish) for number in range(shifts.n_editors)]
