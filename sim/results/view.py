"""A ledger with the columns that several counts share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NAT, WEEK, zone
from sim.results.states import DONE_UNPROMISED, LATE, ON_TIME, OVERDUE, PENDING, UNPROMISED
from sim.sla.words import REJECTION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.results.ledger import DeliveryRows, Ledger, Window

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class View:
    """Some deliveries of a ledger, with what follows for each."""

    ledger: Ledger
    rows: DeliveryRows

    @classmethod
    def of_counted(cls, ledger: Ledger) -> View:
        """Return the deliveries of the orders that count."""
        rows, counted = ledger.deliveries, ledger.counted()
        return cls(
            ledger, type(rows)(**{name: column[counted] for name, column in vars(rows).items()})
        )

    @cached_property
    def state(self) -> Ints:
        """State of each delivery: late when done after the deadline, overdue when unfinished with it passed."""
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
        return np.isin(self.state, (LATE, OVERDUE))

    @cached_property
    def first(self) -> Flags:
        """Which deliveries are of an order, not of a rejection."""
        first: Flags = self.rows.service != REJECTION
        return first

    def local(self, at: Ints) -> Ints:
        """Return instants, one a delivery, on the wall of each one's customer.

        NAT where there is none.
        """
        ledger = self.ledger
        names, place = np.unique(ledger.customer_zone, return_inverse=True)
        zone_of = place[ledger.orders.customer[self.rows.order]]
        local = np.full_like(at, NAT)
        for number, name in enumerate(names):
            own = (zone_of == number) & (at != NAT)
            local[own] = zone(str(name)).to_local(at[own])
        return local


def mondays(window: Window) -> Ints:
    """Return each Monday 00:00 UTC of the window."""
    return np.arange(window.start, window.end, WEEK)


def due_times(zones: Sequence[str], due_seconds: Ints, window: Window) -> Ints:
    """Return the due time of each customer on each Monday of the window.

    Parameters
    ----------
    zones
        Zone of each customer.
    due_seconds
        Due time of each customer's plan, seconds after midnight on the wall.
    window
        The time that counts.

    Returns
    -------
    ndarray
        Shape (customers, Mondays), UTC seconds.
    """
    walls = mondays(window) + due_seconds[:, None]
    due = np.empty_like(walls)
    for name in set(zones):
        own = np.array(zones) == name
        due[own] = zone(name).to_utc(walls[own])
    return due
