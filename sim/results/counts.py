"""The counts of a run: whole numbers, few of them, from which every figure follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.sla.words import EXPEDITE, REJECTION, SERVICES, STANDARD

if TYPE_CHECKING:
    from sim.arrays import Ints, Shorts
    from sim.results.ledger import Window

HANDLED = SERVICES[: REJECTION + 1]
"""Services of a delivery: 1-hour flow is always refused."""

# What became of a delivery by the end of a run: done in time, done late, unfinished with its
# deadline passed, unfinished before its deadline, done before it had one, unfinished without one.
OUTCOMES = ("on_time", "late", "overdue", "pending", "done_unpromised", "unpromised")
ON_TIME, LATE, OVERDUE, PENDING, DONE_UNPROMISED, UNPROMISED = range(len(OUTCOMES))
DECIDED = (ON_TIME, LATE, OVERDUE)
DONE = (ON_TIME, LATE, DONE_UNPROMISED)

# The verdict on an order, a tranche or a review: its first two codes are those of a delivery.
VERDICTS = ("on_time", "late", "undecided")
UNDECIDED = 2

# What is counted by the calendar day, and by the hour of the week.
EVENTS_BY_DAY = ("submitted", "overflow", "rejected", "due", "late", "done")
EVENTS_BY_HOUR = ("submitted", "due", "done")

# Lateness in hours: what lies beyond the edges is counted in the outermost bins.
BIN_HOURS = 2
BINS_BEFORE = 36
LATENESS_EDGES = np.arange(-BINS_BEFORE, BINS_BEFORE + 1) * BIN_HOURS
N_BINS = 2 * BINS_BEFORE


class CrossTable(NamedTuple):
    """Counts told apart by dimensions: an axis each, and behind them, if any, axes without a name."""

    axes: tuple[str, ...]
    """Names of the dimensions."""
    values: Ints

    def margin(self, *kept: str) -> Ints:
        """Return the sums over all dimensions but some, which come first and in this order."""
        others = tuple(axis for axis, name in enumerate(self.axes) if name not in kept)
        sums = self.values.sum(axis=others)
        left = [name for name in self.axes if name in kept]
        return np.moveaxis(sums, [left.index(name) for name in kept], range(len(kept)))

    def without(self, axis: str) -> CrossTable:
        """Return the counts with a dimension added up."""
        rest = tuple(name for name in self.axes if name != axis)
        return CrossTable(rest, self.margin(*rest))

    def only(self, axis: str, codes: tuple[int, ...]) -> CrossTable:
        """Return the counts with zeros at all levels of a dimension but some."""
        kept = np.zeros_like(self.values)
        place = (slice(None),) * self.axes.index(axis) + (list(codes),)
        kept[place] = self.values[place]
        return CrossTable(self.axes, kept)


@dataclass(frozen=True)
class Counts:
    """Counts and sums of one run.

    All arrays are int64 but `tardiness`. "Counted" is of the orders that count, "delivery" is an
    image owed once: of an order, or sent back by the customer. In the shapes, ``*owed`` stands for
    an axis each of the dimensions of what is owed (`owed_axes`), ``*ordered`` for those of an order
    as it was submitted (`order_axes`); a code is a position in `levels`.
    """

    window: Window
    levels: Mapping[str, tuple[str, ...]]
    """Words of the levels of each dimension, pools among them."""
    owed_axes: tuple[str, ...]
    order_axes: tuple[str, ...]
    n_orders: int
    """Orders that came before the run ended."""
    images: Ints
    """Shape (2, *ordered, 2): images asked for, by whether their order counts, and whether it was
    refused."""
    orders: Ints
    """Shape (*ordered, verdicts): counted orders that were taken."""
    tranches: Ints
    """Shape (*owed, verdicts): counted tranches."""
    reviews: Ints
    """Shape (*owed, verdicts): counted reviews."""
    deliveries: Ints
    """Shape (2, *owed, outcomes): deliveries by whether they are counted, and what became of
    them."""
    seconds_in_system: Ints
    """Shape (*owed): from submission or rejection to delivery, over counted ones done."""
    tardiness: Shorts
    """Seconds after the deadline of each counted delivery that is late or overdue, the latter to
    the end of the run; cell by cell of the owed dimensions, and rising in each."""
    lateness: Ints
    """Shape (*owed, bins): counted deliveries done, by the hours from their deadline; negative is
    early."""
    due_by_weekday: Ints
    """Shape (*owed, 7): counted deliveries by the weekday of their deadline on the customer's
    calendar, Monday first."""
    monday_backlog: Ints
    """Shape (*owed, Mondays): images owed and not done at Monday 00:00 UTC that are due by that
    Monday's due time, whoever ordered."""
    image_seconds: Ints
    """Shape (*owed): integral over the window of the images owed and not done, whoever ordered."""
    n_delivered: Ints
    """Shape (*owed): deliveries in the window, whoever ordered."""
    n_waits: Ints
    """Shape (pools, *owed): visits, reviews among them, of counted orders that were begun."""
    wait_seconds: Ints
    """Shape (pools, *owed): from joining the queue to the first touch, over these visits."""
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
    busy_seconds: Ints
    """Shape (pools, hours): editors' time at work in each hour of the window."""
    shift_seconds: Ints
    """Shape (pools, hours): editors' time on shift in each hour of the window."""

    def owed(self, values: Ints) -> CrossTable:
        """Return an array of shape (*owed) with the names of its axes."""
        return CrossTable(self.owed_axes, values)

    def ordered(self, values: Ints) -> CrossTable:
        """Return an array of shape (*ordered) with the names of its axes."""
        return CrossTable(self.order_axes, values)

    def by_pool(self, values: Ints) -> CrossTable:
        """Return an array of shape (pools) or (pools, *owed) with the names of its axes."""
        return CrossTable(("pool", *self.owed_axes)[: values.ndim], values)

    def images_in(self, *outcomes: int) -> CrossTable:
        """Return the counted deliveries with one of these outcomes, with any if none is given."""
        chosen = outcomes or range(len(OUTCOMES))
        return self.owed(self.deliveries[1][..., chosen].sum(axis=-1))

    def images_of_orders(self, *outcomes: int) -> CrossTable:
        """Return the same of images of orders alone, without those sent back."""
        return self.images_in(*outcomes).only("service", (STANDARD, EXPEDITE))

    @cached_property
    def tardiness_by_cell(self) -> list[Shorts]:
        """The tardiness of each cell of the owed dimensions, rising, in the order of the ravelled axes."""
        n = self.deliveries[1][..., (LATE, OVERDUE)].sum(axis=-1).ravel()
        return np.split(self.tardiness, np.cumsum(n)[:-1])


@dataclass(frozen=True)
class FlowBalance:
    """Where the images of a run went, to the image: submitted = refused + done + censored."""

    orders: int
    images_submitted: int
    images_refused: int
    images_done: int
    images_censored: int
    images_without_deadline: int
    rejections: int
    orders_outside_horizon: int


def flow_balance(counts: Counts, n_outside: int) -> FlowBalance:
    """Balance the images of all orders of a run, warm-up and cool-down included.

    Parameters
    ----------
    counts
        The counts of the run.
    n_outside
        Orders of replayed files that lie outside the horizon.

    Returns
    -------
    FlowBalance
        Of first deliveries, and of rejections beside them.
    """
    by_service = counts.owed(counts.deliveries.sum(axis=0)).margin("service")
    first = by_service[:REJECTION].sum(axis=0)
    done = int(first[list(DONE)].sum())
    return FlowBalance(
        orders=counts.n_orders,
        images_submitted=int(counts.images.sum()),
        images_refused=int(counts.images[..., 1].sum()),
        images_done=done,
        images_censored=int(first.sum()) - done,
        images_without_deadline=int(first[[DONE_UNPROMISED, UNPROMISED]].sum()),
        rejections=int(by_service[REJECTION].sum()),
        orders_outside_horizon=n_outside,
    )
