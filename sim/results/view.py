"""Deliveries of a ledger, with what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NAT
from sim.results.counts import DONE_UNPROMISED, LATE, ON_TIME, OVERDUE, PENDING, UNPROMISED
from sim.sla.words import REJECTION

if TYPE_CHECKING:
    from sim.arrays import Flags, Ints
    from sim.results.ledger import DeliveryRows, Ledger


@dataclass(frozen=True)
class View:
    """Some deliveries of a ledger, with what follows for each."""

    ledger: Ledger
    rows: DeliveryRows

    @cached_property
    def outcome(self) -> Ints:
        """What became of each delivery, as a code.

        Late is what was done after the deadline, overdue what is unfinished with it passed.
        """
        done, promised = self.rows.done_at != NAT, self.rows.due_at != NAT
        passed = self.until > self.rows.due_at
        of_done = np.where(promised, np.where(passed, LATE, ON_TIME), DONE_UNPROMISED)
        return np.where(
            done, of_done, np.where(promised, np.where(passed, OVERDUE, PENDING), UNPROMISED)
        )

    @cached_property
    def until(self) -> Ints:
        """End of each delivery, or of the run."""
        return np.where(self.rows.done_at == NAT, self.ledger.window.run_until, self.rows.done_at)

    @cached_property
    def late(self) -> Flags:
        """Which deliveries are late or overdue."""
        return np.isin(self.outcome, (LATE, OVERDUE))

    @cached_property
    def first(self) -> Flags:
        """Which deliveries are of an order, not of a rejection."""
        first: Flags = self.rows.service != REJECTION
        return first
