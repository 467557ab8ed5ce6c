"""Queues of one station: M/M/1, M/M/c, with priorities, M/G/1, M/D/1. For [n]_ see `sim.theory`."""

from __future__ import annotations

import math
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from sim.theory.means import QueueMeans, means_from_wait, require_not_negative, utilisation

if TYPE_CHECKING:
    from collections.abc import Sequence


def erlang_c(offered_load: float, n_servers: int) -> float:
    """Return the probability that an arrival at an M/M/c queue has to wait.

    Parameters
    ----------
    offered_load
        Arrival rate times mean service time, in erlangs: above 0 and below ``n_servers``.
    n_servers
        Servers, at least 1.

    Returns
    -------
    float
        The probability, 0..1.

    Raises
    ------
    ValueError
        When an argument is out of range or the queue is unstable.

    Notes
    -----
    Erlang's C formula: Kleinrock, volume 1, eq. (3.40) [1]_. It is computed from Erlang's B
    formula, whose recursion over the servers, ``B(c) = a B(c-1) / (c + a B(c-1))``, neither
    overflows nor cancels: Gross et al., section 2.6 [2]_.
    """
    rho = utilisation(offered_load, 1.0, n_servers)
    blocked = 1.0
    for servers in range(1, n_servers + 1):
        blocked = offered_load * blocked / (servers + offered_load * blocked)
    return blocked / (1 - rho * (1 - blocked))


def mm1(arrival_rate: float, mean_service: float) -> QueueMeans:
    """Return the means of an M/M/1 queue.

    Parameters
    ----------
    arrival_rate
        Arrivals per unit of time, above 0.
    mean_service
        Mean of the exponential service time, above 0.

    Returns
    -------
    QueueMeans
        With ``in_system = rho / (1 - rho)``.

    Raises
    ------
    ValueError
        When an argument is out of range or the queue is unstable.

    Notes
    -----
    Kleinrock, volume 1, eqs. (3.24) and (3.26) [1]_. Any discipline that does not look at service
    times.
    """
    return mmc(arrival_rate, mean_service, 1)


def mmc(arrival_rate: float, mean_service: float, n_servers: int) -> QueueMeans:
    """Return the means of an M/M/c queue: c equal servers behind one line.

    Parameters
    ----------
    arrival_rate
        Arrivals per unit of time, above 0.
    mean_service
        Mean of the exponential service time, above 0.
    n_servers
        Servers, at least 1.

    Returns
    -------
    QueueMeans
        With ``wait = C * mean_service / (n_servers * (1 - rho))``, where C is `erlang_c`.

    Raises
    ------
    ValueError
        When an argument is out of range or the queue is unstable.

    Notes
    -----
    Gross et al., section 2.3 [2]_. Any discipline that does not look at service times.
    """
    rho = utilisation(arrival_rate, mean_service, n_servers)
    wait = erlang_c(arrival_rate * mean_service, n_servers) * mean_service / (n_servers * (1 - rho))
    return means_from_wait(arrival_rate, wait, mean_service, rho)


def mmc_wait_exceeds(t: float, arrival_rate: float, mean_service: float, n_servers: int) -> float:
    """Return P(W > t), the share of jobs that wait longer than t in a FIFO M/M/c queue.

    Parameters
    ----------
    t
        A length of time, 0 or more.
    arrival_rate, mean_service, n_servers
        As for `mmc`.

    Returns
    -------
    float
        ``C exp(-(c mu - lambda) t)``, where C is `erlang_c`; C itself at 0.

    Raises
    ------
    ValueError
        When an argument is out of range or the queue is unstable.

    Notes
    -----
    Gross et al., section 2.3 [2]_.
    """
    require_not_negative(t=t)
    queue_rate = n_servers / mean_service * (1 - utilisation(arrival_rate, mean_service, n_servers))
    return erlang_c(arrival_rate * mean_service, n_servers) * math.exp(-queue_rate * t)


def mmc_time_in_system_exceeds(
    t: float, arrival_rate: float, mean_service: float, n_servers: int
) -> float:
    """Return P(T > t), the share of jobs late for a promise of t in a FIFO M/M/c queue.

    Parameters
    ----------
    t
        A length of time, 0 or more.
    arrival_rate, mean_service, n_servers
        As for `mmc`.

    Returns
    -------
    float
        The probability; 1 minus it is the on-time share of a promise of ``t`` after arrival.

    Raises
    ------
    ValueError
        When an argument is out of range or the queue is unstable.

    Notes
    -----
    Gross et al., section 2.3 [2]_: T is the exponential service alone with probability 1 - C, and
    with probability C it follows an independent exponential wait of rate theta = c mu - lambda.
    Hence ``exp(-mu t) + C mu (exp(-mu t) - exp(-theta t)) / (theta - mu)``, whose fraction is ``t
    exp(-mu t)`` where theta = mu.
    """
    require_not_negative(t=t)
    rho = utilisation(arrival_rate, mean_service, n_servers)
    service_rate = 1 / mean_service
    queue_rate = n_servers * service_rate * (1 - rho)
    waits = erlang_c(arrival_rate * mean_service, n_servers)
    return math.exp(-service_rate * t) + waits * service_rate * _convolution(
        service_rate, queue_rate, t
    )


def _convolution(a: float, b: float, t: float) -> float:
    """Return the integral of exp(-a s) exp(-b (t - s)) over s in 0..t; a may be near b."""
    gap = abs(a - b)
    spread = -math.expm1(-gap * t) / gap if gap else t
    return math.exp(-min(a, b) * t) * spread


def priority_mmc(
    arrival_rates: Sequence[float], mean_service: float, n_servers: int = 1
) -> tuple[QueueMeans, ...]:
    """Return the means per class of an M/M/c queue with priorities.

    Priorities are non-preemptive, and all classes have one service rate.

    Parameters
    ----------
    arrival_rates
        Arrivals per unit of time of each class, the most urgent first; each above 0.
    mean_service
        Mean of the exponential service time of every class, above 0.
    n_servers
        Servers, at least 1.

    Returns
    -------
    tuple of QueueMeans
        One per class in the order given; its ``utilisation`` is the share of servers busy with it.

    Raises
    ------
    ValueError
        When there is no class, an argument is out of range, or the queue as a whole is unstable.

    Notes
    -----
    Cobham [3]_; one server: Kleinrock, volume 2, eq. (3.31) [1]_; several: Gross et al., section
    3.4 [2]_. With sigma_k the utilisation by classes 1..k, ``wait_k = (C mean_service / c) / ((1 -
    sigma_{k-1}) (1 - sigma_k))``.
    """
    if not arrival_rates:
        raise ValueError(f"arrival_rates is {arrival_rates!r}: it must hold at least one class")
    shares = [utilisation(rate, mean_service, n_servers) for rate in arrival_rates]
    total = mmc(sum(arrival_rates), mean_service, n_servers)
    until_free = total.wait * (1 - total.utilisation)
    sigma = accumulate(shares, initial=0.0)
    return tuple(
        means_from_wait(rate, until_free / ((1 - above) * (1 - through)), mean_service, share)
        for rate, share, (above, through) in zip(
            arrival_rates, shares, pairwise(sigma), strict=True
        )
    )


def mg1(arrival_rate: float, mean_service: float, cv: float) -> QueueMeans:
    """Return the means of an M/G/1 queue, by the Pollaczek-Khinchine formula.

    Parameters
    ----------
    arrival_rate
        Arrivals per unit of time, above 0.
    mean_service
        Mean service time, above 0.
    cv
        Coefficient of variation of the service time (standard deviation over mean), 0 or more.

    Returns
    -------
    QueueMeans
        With ``wait = rho * mean_service * (1 + cv**2) / (2 * (1 - rho))``.

    Raises
    ------
    ValueError
        When an argument is out of range or the queue is unstable.

    Notes
    -----
    Kleinrock, volume 1, eq. (5.63) with Little's law [1]_. Any discipline that does not look at
    service times and interrupts no service.
    """
    require_not_negative(cv=cv)
    rho = utilisation(arrival_rate, mean_service)
    wait = rho * mean_service * (1 + cv**2) / (2 * (1 - rho))
    return means_from_wait(arrival_rate, wait, mean_service, rho)


def md1(arrival_rate: float, service: float) -> QueueMeans:
    """Return the means of an M/D/1 queue: `mg1` where every service takes the same time.

    Parameters
    ----------
    arrival_rate
        Arrivals per unit of time, above 0.
    service
        The constant service time, above 0.

    Returns
    -------
    QueueMeans
        With half the wait of `mm1`.

    Raises
    ------
    ValueError
        When an argument is out of range or the queue is unstable.

    Notes
    -----
    Kleinrock, volume 1, section 5.5 [1]_.
    """
    return mg1(arrival_rate, service, cv=0.0)
