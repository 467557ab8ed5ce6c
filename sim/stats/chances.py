"""Sequential bounds for the chance of an event: they hold whenever one stops.

The method and its sources stand at :func:`judged`; docs/statistics.md has its measured error.
"""

from __future__ import annotations

from enum import StrEnum
from math import log, sqrt
from typing import NamedTuple

from sim.stats.intervals import UNKNOWN, Estimate

SMALLEST = 1e-300


class State(StrEnum):
    """What trials say of a chance and the assurance that is asked of it."""

    IN = "in"
    OUT = "out"
    UNDECIDED = "not decided"


class Trials(NamedTuple):
    """Independent trials of one chance."""

    n: int
    successes: int


def judged(trials: Trials, assurance: float, error: float) -> State:
    """Return whether a chance is at least an assurance.

    Parameters
    ----------
    trials
        All trials so far.
    assurance
        Between 0 and 1.
    error
        The largest chance of a wrong verdict, however often and whenever one looks.

    Returns
    -------
    State
        ``IN`` for a chance that is at least the assurance, ``OUT`` for one below it, else
        ``UNDECIDED``.

    Notes
    -----
    For each side, the likelihood of the trials, averaged over all chances of that side alike, is
    divided by their likelihood at the assurance. If the chance lies on the other side, the quotient
    is a nonnegative supermartingale that starts at 1, so the chance that it ever reaches 1 / error
    is at most that error: Ville, *Etude critique de la notion de collectif* (1939); with a mixture
    for a likelihood ratio: Robbins, "Statistical methods related to the law of the iterated
    logarithm", Annals of Mathematical Statistics 41 (1970); Howard, Ramdas, McAuliffe and Sekhon,
    "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of Statistics 49
    (2021). Only one side can be wrong, so each has the whole error.
    """
    enough = -log(error)
    if evidence_above(trials, assurance) >= enough:
        return State.IN
    return State.OUT if evidence_below(trials, assurance) >= enough else State.UNDECIDED


def evidence_above(trials: Trials, chance: float) -> float:
    """Return the log of the mixture likelihood ratio of all chances above one against it.

    Parameters
    ----------
    trials
        All trials so far.
    chance
        Between 0 and 1.
    """
    from scipy.special import betaincc, betaln

    hits, misses = trials.successes, trials.n - trials.successes
    above = float(betaincc(hits + 1, misses + 1, chance))
    mixed = float(betaln(hits + 1, misses + 1)) + log(max(above, SMALLEST)) - log(1 - chance)
    return mixed - hits * log(chance) - misses * log(1 - chance)


def evidence_below(trials: Trials, chance: float) -> float:
    """Return the same for all chances below; misses are the hits of the other side."""
    return evidence_above(Trials(trials.n, trials.n - trials.successes), 1 - chance)


def hopeless(trials: Trials, assurance: float, error: float, at_most: int) -> bool:
    """Return whether all trials that are allowed would hardly decide.

    Parameters
    ----------
    trials, assurance, error
        As for :func:`judged`.
    at_most
        Trials that are allowed in all.

    Returns
    -------
    bool
        Whether the rest would leave it undecided, came they with the share of successes so far or
        one standard error above or below it. To stop there decides nothing, so it adds no error.
    """
    share = (trials.successes + 1) / (trials.n + 2)
    spread, rest = sqrt(share * (1 - share) / trials.n), at_most - trials.n
    shares = (max(share - spread, 0.0), share, min(share + spread, 1.0))
    ends = [Trials(at_most, trials.successes + round(rest * share)) for share in shares]
    return all(judged(end, assurance, error) is State.UNDECIDED for end in ends)


def estimated(trials: Trials, error: float) -> Estimate:
    """Return the share of successes with the bounds of the chance.

    Parameters
    ----------
    trials
        All trials so far.
    error
        Of each bound, at all times.

    Returns
    -------
    Estimate
        The lower bound is the assurance up to which the verdict is ``IN``, the upper one that from
        which it is ``OUT``. Without trials all are NaN.
    """
    if not trials.n:
        return UNKNOWN
    failures = Trials(trials.n, trials.n - trials.successes)
    low, high = _lower_bound(trials, error), 1 - _lower_bound(failures, error)
    return Estimate(trials.successes / trials.n, low, high)


def _lower_bound(trials: Trials, error: float) -> float:
    """Return the chance below which all are ruled out."""
    from scipy.optimize import brentq

    share = trials.successes / trials.n
    if not trials.successes:
        return 0.0
    most = min(share, 1 - 1e-12)
    return float(
        brentq(
            lambda chance: evidence_above(trials, chance) + log(error), SMALLEST, most, xtol=1e-12
        )
    )
