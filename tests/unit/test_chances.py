"""The chance of an event, judged while its trials come in."""

from __future__ import annotations

from fractions import Fraction
from math import comb, exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from sim.stats.chances import (
    State,
    Trials,
    estimated,
    evidence_above,
    evidence_below,
    hopeless,
    judged,
)
from tests.strategies import examples

ERROR = 0.01


@pytest.mark.parametrize(
    ("n", "successes", "chance"), [(10, 9, 0.7), (40, 20, 0.3), (25, 0, 0.1), (12, 12, 0.9)]
)
def test_evidence_is_the_likelihood_averaged_over_one_side(
    n: int, successes: int, chance: float
) -> None:
    """The closed form equals the integral, done numerically, of both sides."""

    def ratio(p: float) -> float:
        return float((p / chance) ** successes * ((1 - p) / (1 - chance)) ** (n - successes))

    above, below = quad(ratio, chance, 1)[0] / (1 - chance), quad(ratio, 0, chance)[0] / chance
    assert exp(evidence_above(Trials(n, successes), chance)) == pytest.approx(above, rel=1e-6)
    assert exp(evidence_below(Trials(n, successes), chance)) == pytest.approx(below, rel=1e-6)


@pytest.mark.parametrize("chance", [Fraction(1, 2), Fraction(9, 10), Fraction(1, 5)])
@pytest.mark.parametrize("n", [1, 7, 30])
def test_evidence_is_expected_to_stay_at_one(chance: Fraction, n: int) -> None:
    """At the assurance itself the quotient has the mean 1.

    A sum over all outcomes of the binomial.
    """
    weights = [float(comb(n, k) * chance**k * (1 - chance) ** (n - k)) for k in range(n + 1)]
    for evidence in (evidence_above, evidence_below):
        values = [exp(evidence(Trials(n, k), float(chance))) for k in range(n + 1)]
        assert sum(w * v for w, v in zip(weights, values, strict=True)) == pytest.approx(1.0)


def test_all_successes_by_hand() -> None:
    """Of n successes alone, above 0.9.

    (1 - 0.9^(n+1)) / (0.1 (n + 1) 0.9^n), which passes 800 with the 84th.
    """
    by_hand = [(1 - 0.9 ** (n + 1)) / (0.1 * (n + 1) * 0.9**n) for n in (83, 84)]
    assert by_hand[0] < 800 < by_hand[1]
    assert [judged(Trials(n, n), 0.9, 1 / 800) for n in (83, 84)] == [State.UNDECIDED, State.IN]


@examples(100)
@given(st.integers(1, 400), st.floats(0, 1), st.floats(0.05, 0.95))
def test_bounds_say_what_the_verdict_says(n: int, share: float, assurance: float) -> None:
    """In is where the lower bound is above the assurance, out where the upper one is below.

    The share lies between.
    """
    trials = Trials(n, round(n * share))
    found, state = estimated(trials, ERROR), judged(trials, assurance, ERROR)
    assert found.low <= found.mean <= found.high
    if min(abs(found.low - assurance), abs(found.high - assurance)) > 1e-9:
        expected = (
            State.IN
            if found.low > assurance
            else State.OUT
            if found.high < assurance
            else State.UNDECIDED
        )
        assert state is expected


def test_no_trial_says_nothing() -> None:
    """Without trials there is no estimate, and no verdict."""
    assert not estimated(Trials(0, 0), ERROR).known
    assert judged(Trials(0, 0), 0.5, ERROR) is State.UNDECIDED


@pytest.mark.parametrize("chance", [0.5, 0.9, 0.98])
def test_one_who_looks_after_every_trial_errs_seldom(chance: float) -> None:
    """At the worst chances, just in and just out, 2,000 paths of 500 looks err in at most 1 % and chance's share."""
    rng = np.random.default_rng(5)
    limits = [verdict_limits(n, chance) for n in range(1, 501)]
    counts = np.cumsum(rng.random((2000, 500)) < chance, axis=1)
    called_in = (counts >= [least for least, _ in limits]).any(axis=1).mean()
    called_out = (counts <= [most for _, most in limits]).any(axis=1).mean()
    slack = 3 * (ERROR / 2000) ** 0.5
    assert called_in <= ERROR + slack
    assert called_out <= ERROR + slack


def verdict_limits(n: int, chance: float) -> tuple[int, int]:
    """Return the fewest successes that are called in, and the most that are called out, by bisection."""
    least = first(n, lambda k: judged(Trials(n, k), chance, ERROR) is State.IN)
    most = first(n, lambda k: judged(Trials(n, n - k), chance, ERROR) is State.OUT)
    return least, n - most


def first(n: int, holds: object) -> int:
    """Return the first number up to n for which a rising condition holds, else n + 1."""
    low, high = 0, n + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)  # type: ignore[operator]
    return low


def test_plain_intervals_would_err_when_looked_at_all_the_time() -> None:
    """The same looks at a plain 99 % normal interval err far more.

    The test above has the power to tell.
    """
    rng = np.random.default_rng(5)
    counts = np.cumsum(rng.random((2000, 500)) < 0.5, axis=1)
    n = np.arange(1, 501)
    z = (counts - 0.5 * n) / np.sqrt(0.25 * n)
    assert (z[:, 9:] > 2.326).any(axis=1).mean() > 3 * ERROR


def test_what_cannot_be_decided_is_given_up_and_nothing_else() -> None:
    """A share at the assurance is hopeless.

    One that is far off, or a few trials more off than noise, is not.
    """
    assert hopeless(Trials(100, 90), 0.9, ERROR, 200)
    assert not hopeless(Trials(100, 99), 0.9, ERROR, 200)
    assert not hopeless(Trials(100, 60), 0.9, ERROR, 200)
    assert not hopeless(Trials(100, 90), 0.9, ERROR, 100_000)
    assert log(1 / ERROR) > evidence_above(Trials(200, 180), 0.9)


@pytest.mark.parametrize(("successes", "state", "sooner"), [(83, State.OUT, -1), (96, State.IN, 1)])
def test_one_standard_error_is_granted(successes: int, state: State, sooner: int) -> None:
    """Of 100, the share so far would leave 200 open, and one standard error further off would not: it goes on."""
    share = (successes + 1) / 102
    spread = (share * (1 - share) / 100) ** 0.5
    as_before, further = (
        Trials(200, successes + round(100 * s)) for s in (share, share + sooner * spread)
    )
    assert judged(as_before, 0.9, ERROR) is State.UNDECIDED
    assert judged(further, 0.9, ERROR) is state
    assert not hopeless(Trials(100, successes), 0.9, ERROR, 200)
