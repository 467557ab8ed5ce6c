"""Closed forms of queueing theory, against which the simulation is validated.

All arrivals are Poisson, all queues are stationary, and waiting room is unlimited. Rates are per
unit of time and times are in that unit; any unit will do as long as it is one. A queue without a
steady state (utilisation of 1 or more) and any other value out of range raise `ValueError`.

References
----------
.. [1] L. Kleinrock, *Queueing Systems, Volume 1: Theory*, Wiley 1975;
       *Volume 2: Computer Applications*, Wiley 1976.
.. [2] D. Gross, J. Shortle, J. Thompson, C. Harris, *Fundamentals of Queueing Theory*, 4th ed.,
       Wiley 2008.
.. [3] A. Cobham, "Priority assignment in waiting line problems", *J. Oper. Res. Soc. Am.* 2
       (1954) 70-76.
.. [4] P. J. Burke, "The output of a queuing system", *Operations Research* 4 (1956) 699-704.
.. [5] J. R. Jackson, "Networks of waiting lines", *Operations Research* 5 (1957) 518-521.
.. [6] J. D. C. Little, "A proof for the queuing formula L = lambda W",
       *Operations Research* 9 (1961) 383-387.
"""

from sim.theory.means import QueueMeans, utilisation
from sim.theory.networks import mm1_feedback, tandem, visits_per_job
from sim.theory.queues import (
    erlang_c,
    md1,
    mg1,
    mm1,
    mmc,
    mmc_time_in_system_exceeds,
    mmc_wait_exceeds,
    priority_mmc,
)

__all__ = [
    "QueueMeans",
    "erlang_c",
    "md1",
    "mg1",
    "mm1",
    "mm1_feedback",
    "mmc",
    "mmc_time_in_system_exceeds",
    "mmc_wait_exceeds",
    "priority_mmc",
    "tandem",
    "utilisation",
    "visits_per_job",
]
