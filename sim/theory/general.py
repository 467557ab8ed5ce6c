"""M/G/1 and M/D/1 queues. References are in `sim.theory`."""

from __future__ import annotations

from sim.theory.means import QueueMeans, means_from_wait, require_not_negative, utilisation


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
