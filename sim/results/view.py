"""A ledger with the columns that several figures share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NAT, zone
from sim.sla.words import COMMITMENTS, REJECTION, SERVICES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.results.ledger import DeliveryRows, Ledger

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

ALL = "all"
HANDLED = SERVICES[: REJECTION + 1]


@dataclass(frozen=True)
class View:
    """A ledger with the columns that several measures share."""

    ledger: Ledger

    @cached_property
    def owed(self) -> DeliveryRows:
        """Deliveries of the orders that count."""
        rows, counted = self.ledger.deliveries, self.ledger.counted()
        return type(rows)(**{name: column[counted] for name, column in vars(rows).items()})

    @cached_property
    def done(self) -> Flags:
        """Which owed deliveries are done."""
        done: Flags = self.owed.done_at != NAT
        return done

    @cached_property
    def late(self) -> Flags:
        """Which owed deliveries are late: done after the deadline, or unfinished with the deadline passed."""
        until = np.where(self.done, self.owed.done_at, self.ledger.window.run_until)
        late: Flags = (self.owed.due_at != NAT) & (until > self.owed.due_at)
        return late

    @cached_property
    def decided(self) -> Flags:
        """Which owed deliveries are known to be on time or late."""
        decided: Flags = (self.owed.due_at != NAT) & (self.done | self.late)
        return decided

    @cached_property
    def first(self) -> Flags:
        """Which owed deliveries are of an order, not of a rejection."""
        first: Flags = self.owed.service != REJECTION
        return first

    def splits(self) -> Iterator[tuple[str, str, Flags]]:
        """Yield commitment, service and the owed deliveries under both, with all of each."""
        for commitment in (ALL, *COMMITMENTS):
            of = self.owed.commitment == COMMITMENTS.index(commitment) if commitment != ALL else np.True_
            for service in (ALL, *HANDLED):
                asked = self.owed.service == SERVICES.index(service) if service != ALL else np.True_
                yield commitment, service, np.broadcast_to(of & asked, self.done.shape)


def local_time(ledger: Ledger, order: Ints, at: Ints) -> Ints:
    """Return instants on the wall of each order's customer, wall seconds."""
    names, place = np.unique(ledger.customer_zone, return_inverse=True)
    zone_of = place[ledger.orders.customer[order]]
    local = np.empty_like(at)
    for number, name in enumerate(names):
        local[zone_of == number] = zone(str(name)).to_local(at[zone_of == number])
    return local


def working_times(ledger: Ledger, pool: int) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
    """Return starts and ends of a pool's stints of work, and of its editors' shifts."""
    stints, shifts = ledger.stints.pool == pool, ledger.shifts.pool == pool
    return (
        (ledger.stints.started_at[stints], ledger.stints.ended_at[stints]),
        (ledger.shifts.started_at[shifts], ledger.shifts.ended_at[shifts]),
    )
