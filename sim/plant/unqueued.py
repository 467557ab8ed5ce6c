"""The plant with as many editors as are wanted.

No image waits for an editor, so none depends on another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NAT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.plant.roster import Shifts
    from sim.plant.run_input import RunInput

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class OpenHours:
    """The stretches of time in which at least one editor of a pool is on shift."""

    starts_at: Ints
    ends_at: Ints
    hands_over: bool
    """Whether work stops at the end of a stretch and goes on in the next one."""

    @classmethod
    def of(cls, shifts: Shifts, *, hands_over: bool) -> OpenHours:
        """Return the shifts of all editors as one row of stretches that do not touch."""
        order = np.argsort(shifts.starts_at, kind="stable")
        starts, ends = shifts.starts_at[order], np.maximum.accumulate(shifts.ends_at[order])
        first = np.append(True, starts[1:] > ends[:-1])[: len(starts)]
        return cls(starts[first], ends[np.append(first[1:], True)[: len(starts)]], hands_over)

    def finished(self, at: Ints, seconds: Ints) -> Ints:
        """Return when work is finished that may begin at some instants, NAT where the pool never opens again."""
        place = np.searchsorted(self.ends_at, at, side="right")
        opens = place < len(self.ends_at)
        begins = np.maximum(at[opens], self.starts_at[place[opens]])
        finished = np.full(len(at), NAT)
        whole = self._handed_over if self.hands_over else np.add
        finished[opens] = whole(begins, seconds[opens])
        return finished

    def _handed_over(self, begins: Ints, seconds: Ints) -> Ints:
        """Return when work is finished that begins in open hours and stops whenever they end."""
        offered = np.cumsum(self.ends_at - self.starts_at)
        before = offered - (self.ends_at - self.starts_at)
        place = np.searchsorted(self.ends_at, begins, side="right")
        goal = before[place] + begins - self.starts_at[place] + seconds
        last = np.searchsorted(offered, goal)
        reached = last < len(offered)
        finished = np.full(len(begins), NAT)
        finished[reached] = self.starts_at[last[reached]] + goal[reached] - before[last[reached]]
        return finished


def done_without_queues(run_input: RunInput) -> Ints:
    """Return when each delivery is done if every image finds a free editor whenever the pool is open.

    Parameters
    ----------
    run_input
        Draws, promises and plant. Of the shifts counts when a pool is open, not how many are
        there.

    Returns
    -------
    ndarray
        Shape (deliveries,), UTC seconds; NAT where it is not done before the end of the cool-down.

    Notes
    -----
    An engine gives the same with editors enough. This takes one pass over the visits instead: the
    first visits of all images together, then the second ones, and so on.
    """
    visits = run_input.draws.visits
    hours = [
        OpenHours.of(shifts, hands_over=pool.shift_end == "hand_over")
        for shifts, pool in zip(run_input.draws.shifts, run_input.plant.pools, strict=True)
    ]
    done = np.full(len(visits.ends), NAT)
    at = _released(run_input, hours)
    image = np.flatnonzero(at != NAT)
    at, visit, delivery = (
        at[image],
        visits.first_visit[image].astype(np.int64),
        visits.first_delivery[image],
    )
    while len(image):
        at = _finished(hours, run_input.pool_of_visit[visit], at, visits.seconds[visit])
        visit = visit + 1
        goes_on = (at != NAT) & (at < run_input.horizon.end_at)
        delivered = goes_on & (visit == visits.ends[delivery])
        done[delivery[delivered]] = at[delivered]
        after = np.where(delivered, visits.returns_after[delivery], 0)
        at, delivery = at + np.where(after == NAT, 0, after), delivery + delivered
        goes_on &= after != NAT
        image, at, visit, delivery = (column[goes_on] for column in (image, at, visit, delivery))
    return done


def _released(run_input: RunInput, hours: list[OpenHours]) -> Ints:
    """Return when each image may begin its first visit.

    On submission, or after the review of its tranche.
    """
    promises, orders = run_input.promises, run_input.draws.orders
    order = promises.table.order
    released = orders.submitted_at[order]
    if run_input.plant.review:
        rows = np.flatnonzero(promises.reviewed)
        pool = hours[run_input.pool_of_station[run_input.review]]
        released[rows] = pool.finished(
            released[rows], run_input.draws.review_seconds[order[rows]].astype(np.int64)
        )
    released[released >= run_input.horizon.end_at] = NAT
    tranche = promises.tranche_of_image(int(run_input.draws.first_image[-1]))[:-1]
    return np.append(released, NAT)[tranche]


def _finished(
    hours: list[OpenHours], pool: NDArray[np.int8], at: Ints, seconds: NDArray[np.int32]
) -> Ints:
    """Return when visits are finished, each in its pool."""
    finished = np.full(len(at), NAT)
    for number, own in enumerate(hours):
        rows = np.flatnonzero(pool == number)
        finished[rows] = own.finished(at[rows], seconds[rows].astype(np.int64))
    return finished
