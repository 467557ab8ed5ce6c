"""The tally of a run: whole numbers, few of them, from which every figure follows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.results import counting
from sim.results.states import HANDLED, LATE, OVERDUE
from sim.results.view import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.results.ledger import Ledger, Window

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Tally:
    """Counts and sums of one run.

    All arrays are int64 but `tardiness`; "counted" is of the orders that count.
    """

    window: Window
    pools: tuple[str, ...]
    n_orders: int
    """Orders that came before the run ended."""
    images: Ints
    """Shape (2, 2): images asked for, by whether their order counts, and whether it was refused."""
    orders: Ints
    """Shape (services, verdicts): counted orders that were taken, by the service asked for."""
    tranches: Ints
    """Shape (commitments, verdicts): counted tranches."""
    reviews: Ints
    """Shape (verdicts,): counted reviews."""
    deliveries: Ints
    """Shape (2, commitments, services handled, states): deliveries by whether they are counted, and
    their state."""
    seconds_in_system: Ints
    """Shape (commitments, services handled): from submission or rejection to delivery, over counted
    ones done."""
    tardiness: NDArray[np.int32]
    """Seconds after the deadline of each counted delivery that is late or overdue, the latter to
    the end of the run; cell by cell of commitments and services, and rising in each."""
    lateness: Ints
    """Shape (commitments, bins): counted deliveries done, by the hours from their deadline;
    negative is early."""
    due_by_weekday: Ints
    """Shape (7,): counted deliveries by the weekday of their deadline on the customer's calendar,
    Monday first."""
    by_day: Ints
    """Shape (events by day, days): counted deliveries by the customer's calendar day of the
    window."""
    by_hour: Ints
    """Shape (events by hour, 168): counted deliveries by the hour of the week in UTC."""
    warm_up: Ints
    """Shape (hours of the warm-up,): images owed and not done at each full hour before the
    window."""
    backlog: Ints
    """Shape (hours + 1,): images owed and not done at each full hour of the window, its end
    included."""
    monday_backlog: Ints
    """Shape (Mondays,): those of them at Monday 00:00 UTC that are due by that Monday's due
    time."""
    image_seconds: int
    """Integral over the window of the images owed and not done."""
    n_done: int
    """Deliveries in the window, whoever ordered."""
    n_waits: Ints
    """Shape (pools, services handled): visits, reviews among them, of counted orders that were
    begun."""
    wait_seconds: Ints
    """Shape (pools, services handled): from joining the queue to the first touch, over these
    visits."""
    busy_seconds: Ints
    """Shape (pools, hours): editors' time at work in each hour of the window."""
    shift_seconds: Ints
    """Shape (pools, hours): editors' time on shift in each hour of the window."""

    @property
    def owed(self) -> Ints:
        """Shape (commitments, services handled, states): counted deliveries."""
        owed: Ints = self.deliveries[1]
        return owed

    def tardiness_of(self, commitment: int, service: int) -> NDArray[np.int32]:
        """Return the positive tardiness of one cell, rising."""
        cell = commitment * len(HANDLED) + service
        return self.tardiness[self._ends[cell] : self._ends[cell + 1]]

    @cached_property
    def _ends(self) -> Ints:
        """Where each cell of `tardiness` begins, and the last one ends."""
        return np.append(0, np.cumsum(self.owed[:, :, (LATE, OVERDUE)].sum(axis=2)))


def tally(ledger: Ledger) -> Tally:
    """Return the tally of a ledger: the reference for every other way to count.

    Parameters
    ----------
    ledger
        The rows of a replication.

    Returns
    -------
    Tally
        Of the same shapes, but for `tardiness`, for every ledger of a scenario.
    """
    every, counted, window = View(ledger, ledger.deliveries), View.of_counted(ledger), ledger.window
    n_waits, wait_seconds = counting.waits(ledger)
    return Tally(
        window=window,
        pools=ledger.pools,
        n_orders=len(ledger.orders),
        images=counting.images(window, ledger.orders),
        orders=counting.orders(counted),
        tranches=counting.tranches(counted),
        reviews=counting.reviews(ledger),
        deliveries=counting.deliveries(every),
        seconds_in_system=counting.seconds_in_system(counted),
        tardiness=counting.tardiness(counted),
        lateness=counting.lateness(counted),
        due_by_weekday=counting.due_by_weekday(counted),
        by_day=counting.by_day(counted),
        by_hour=counting.by_hour(counted),
        warm_up=counting.backlog(ledger, window.run_from, window.start)[:-1],
        backlog=counting.backlog(ledger, window.start, window.end),
        monday_backlog=counting.monday_backlog(ledger),
        image_seconds=counting.image_seconds(ledger),
        n_done=int(window.holds(ledger.deliveries.done_at).sum()),
        n_waits=n_waits,
        wait_seconds=wait_seconds,
        busy_seconds=counting.seconds_in_hours(window, len(ledger.pools), ledger.stints),
        shift_seconds=counting.seconds_in_hours(window, len(ledger.pools), ledger.shifts),
    )
