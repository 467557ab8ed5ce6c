"""Curves over time from rows with a start and an end: how many at an instant, how much up to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import HOUR, NAT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


def lasting(starts_at: Ints, ends_at: Ints, until: int) -> tuple[Ints, Ints]:
    """Return the rows that have begun, with those that have not ended lasting `until`."""
    begun = starts_at != NAT
    ends = ends_at[begun]
    return starts_at[begun], np.where(ends == NAT, until, ends)


def hours_between(start: int, end: int) -> Ints:
    """Return the full hours from the one of `start` to the first at or after `end`."""
    return np.arange(start // HOUR, -(-end // HOUR) + 1) * HOUR


def counts_at(starts: Ints, ends: Ints, hours: Ints) -> Ints:
    """Return how many rows lie over each full hour: begun at or before it, ended after it.

    Parameters
    ----------
    starts, ends
        UTC seconds of each row.
    hours
        Consecutive full hours, UTC seconds.

    Returns
    -------
    ndarray
        Shape (hours,), counts.
    """
    return _events_until(-(-starts // HOUR), hours) - _events_until(-(-ends // HOUR), hours)


def seconds_until(starts: Ints, ends: Ints, hours: Ints) -> Ints:
    """Return the row-seconds that lie before each full hour, summed over rows.

    Parameters
    ----------
    starts, ends
        UTC seconds of each row.
    hours
        Consecutive full hours, UTC seconds.

    Returns
    -------
    ndarray
        Shape (hours,), seconds. Differences are the seconds in an hour; the integral of
        :func:`counts_at`.
    """
    return _elapsed(starts, hours) - _elapsed(ends, hours)


def _events_until(hour: Ints, hours: Ints) -> Ints:
    """Return the number of events whose hour is at or before each of the hours."""
    place = np.clip(hour - hours[0] // HOUR, 0, len(hours))
    return np.cumsum(np.bincount(place, minlength=len(hours) + 1))[: len(hours)]


def _elapsed(events: Ints, hours: Ints) -> Ints:
    """Return the seconds since each event, summed over the events before each of the hours."""
    place = np.clip(events // HOUR + 1 - hours[0] // HOUR, 0, len(hours))
    after = events - hours[0]
    counts = np.cumsum(np.bincount(place, minlength=len(hours) + 1))[: len(hours)]
    # Float weights hold whole numbers exactly up to 2^53: 100 million events in ten years.
    sums = np.cumsum(np.bincount(place, weights=after, minlength=len(hours) + 1))[: len(hours)]
    elapsed: Ints = counts * (hours - hours[0]) - np.rint(sums).astype(np.int64)
    return elapsed
