"""M/M/c queues with non-preemptive priorities. References are in `sim.theory`."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from sim.theory.markov import mmc
from sim.theory.means import QueueMeans, means_from_wait, utilisation

if TYPE_CHECKING:
    from collections.abc import Sequence


def priority_mmc(
    arrival_rates: Sequence[float], mean_service: float, n_servers: int = 1
) -> tuple[QueueMeans, ...]:
    """Return the means per class of an M/M/c queue with non-preemptive priorities and equal service rates.

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
