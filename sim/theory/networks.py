"""Networks of M/M/c queues: a tandem, and one station with rework.

References are in `sim.theory`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sim.theory.means import QueueMeans
from sim.theory.queues import mm1, mmc

if TYPE_CHECKING:
    from collections.abc import Sequence


def tandem(arrival_rate: float, stations: Sequence[tuple[float, int]]) -> QueueMeans:
    """Return the means of M/M/c stations in series.

    Each station by itself is `mmc` at the same arrival rate.

    Parameters
    ----------
    arrival_rate
        Arrivals per unit of time at the first station, above 0.
    stations
        Mean of the exponential service time and number of servers of each station, in the order of
        the route.

    Returns
    -------
    QueueMeans
        Waits, times and numbers summed over the stations; ``utilisation`` is the busy share of all
        servers.

    Raises
    ------
    ValueError
        When there is no station, an argument is out of range, or a station is unstable.

    Notes
    -----
    A station's output is again a Poisson stream (Burke [4]_), and the numbers at the stations are
    independent (Jackson [5]_); Gross et al., section 4.1 [2]_.
    """
    if not stations:
        raise ValueError(f"stations is {stations!r}: it must hold at least one station")
    parts = [mmc(arrival_rate, mean_service, n_servers) for mean_service, n_servers in stations]
    n_busy = sum(arrival_rate * mean_service for mean_service, _ in stations)
    return QueueMeans(
        utilisation=n_busy / sum(n_servers for _, n_servers in stations),
        wait=sum(part.wait for part in parts),
        time_in_system=sum(part.time_in_system for part in parts),
        in_queue=sum(part.in_queue for part in parts),
        in_system=sum(part.in_system for part in parts),
    )


def visits_per_job(rework_share: float) -> float:
    """Return the mean number of visits to a station of feedback.

    A job returns to the station with a fixed probability.

    Parameters
    ----------
    rework_share
        Probability that a visit is followed by another, 0 or more and below 1.

    Returns
    -------
    float
        ``1 / (1 - rework_share)``, the mean of a geometric count from 1.

    Raises
    ------
    ValueError
        When the share is out of range.

    Notes
    -----
    The traffic equation of Jackson [5]_ for one station.
    """
    if not 0 <= rework_share < 1:
        raise ValueError(f"rework_share is {rework_share}: it must be 0 or more and below 1")
    return 1 / (1 - rework_share)


def mm1_feedback(arrival_rate: float, mean_service: float, rework_share: float) -> QueueMeans:
    """Return the means of an M/M/1 queue with feedback.

    A served job rejoins the queue with a fixed probability.

    Parameters
    ----------
    arrival_rate
        Arrivals from outside per unit of time, above 0.
    mean_service
        Mean of the exponential service time of one visit, above 0; drawn anew at each visit.
    rework_share
        Probability that a visit is followed by another, 0 or more and below 1.

    Returns
    -------
    QueueMeans
        ``wait`` and ``time_in_system`` are a job's, over all its visits.

    Raises
    ------
    ValueError
        When an argument is out of range or the queue is unstable, the work of the returns included.

    Notes
    -----
    Jackson [5]_; Gross et al., section 4.2 [2]_: the queue is an `mm1` at the rate of all visits,
    although their stream is not Poisson.
    """
    visits = visits_per_job(rework_share)
    visit = mm1(arrival_rate * visits, mean_service)
    return replace(visit, wait=visits * visit.wait, time_in_system=visits * visit.time_in_system)
