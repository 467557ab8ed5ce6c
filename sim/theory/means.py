"""The common result of the closed forms, and the laws of every queue.

References are in `sim.theory`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class QueueMeans:
    """Stationary means of a queue, of one class in it, or of a network.

    Parameters
    ----------
    utilisation
        Mean share of the servers that are busy, 0..1.
    wait
        Mean time a job waits in queue, over all its visits.
    time_in_system
        Mean time from a job's arrival to its departure.
    in_queue
        Mean number of jobs that wait.
    in_system
        Mean number of jobs that wait or are served.
    """

    utilisation: float
    wait: float
    time_in_system: float
    in_queue: float
    in_system: float


def utilisation(arrival_rate: float, mean_service: float, n_servers: int = 1) -> float:
    """Return the mean share of the servers that are busy, by the utilisation law.

    Parameters
    ----------
    arrival_rate
        Arrivals per unit of time, above 0.
    mean_service
        Mean service time, above 0.
    n_servers
        Servers behind the queue, at least 1.

    Returns
    -------
    float
        ``rho = arrival_rate * mean_service / n_servers``, below 1.

    Raises
    ------
    ValueError
        When an argument is out of range, or the utilisation is 1 or more: such a queue has no
        steady state.

    Notes
    -----
    Kleinrock, volume 1, section 2.1 [1]_; it holds for every distribution and discipline.
    """
    require_positive(arrival_rate=arrival_rate, mean_service=mean_service)
    if n_servers < 1:
        raise ValueError(f"n_servers is {n_servers}: it must be at least 1")
    rho = arrival_rate * mean_service / n_servers
    if rho >= 1:
        raise ValueError(
            f"utilisation is {rho:.6g} (arrival rate {arrival_rate} x mean service {mean_service} "
            f"/ servers {n_servers}): it must be below 1; lower the arrival rate or add servers"
        )
    return rho


def means_from_wait(
    arrival_rate: float, wait: float, mean_service: float, rho: float
) -> QueueMeans:
    """Complete the means of queue and system from the wait: Little's law, L = lambda W [6]_."""
    time_in_system = wait + mean_service
    return QueueMeans(rho, wait, time_in_system, arrival_rate * wait, arrival_rate * time_in_system)


def require_positive(**values: float) -> None:
    """Refuse what is not a finite number above 0; NaN fails the comparison."""
    for name, value in values.items():
        if not 0 < value < math.inf:
            raise ValueError(f"{name} is {value}: it must be a finite number above 0")


def require_not_negative(**values: float) -> None:
    """Refuse what is not a finite number from 0 up; NaN fails the comparison."""
    for name, value in values.items():
        if not 0 <= value < math.inf:
            raise ValueError(f"{name} is {value}: it must be a finite number, 0 or more")
