"""The closed forms of `sim.theory` against text-book cases worked by hand and against second methods."""

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.sparse import csr_array, lil_array
from scipy.sparse.linalg import spsolve

from sim import theory

CASES = [(0.5, 1.0, 1), (6.0, 1 / 3, 3), (0.9, 10.0, 10), (39.0, 1.0, 40)]
LATE = [0.0, 0.2, 1.0, 3.0]


def birth_death(
    arrival_rate: float, death_rate: Callable[[int], float], n_states: int
) -> np.ndarray:
    """Return the stationary probabilities of 0..n_states-1 by solving the global balance equations."""
    generator = np.zeros((n_states, n_states))
    for n in range(n_states - 1):
        generator[n, n + 1], generator[n + 1, n] = arrival_rate, death_rate(n + 1)
    np.fill_diagonal(generator, -generator.sum(axis=1))
    equations = generator.T
    equations[-1] = 1.0
    return np.linalg.solve(equations, np.eye(n_states)[-1])


@cache
def mmc_chain(arrival_rate: float, mean_service: float, n_servers: int) -> np.ndarray:
    """Return the probabilities of the number in an M/M/c queue, cut off where the tail is below 1e-12."""
    return birth_death(arrival_rate, lambda n: min(n, n_servers) / mean_service, 1200)


def service_density(mean_service: float) -> Callable[[float], float]:
    """Return the density of the exponential service time."""
    return lambda s: math.exp(-s / mean_service) / mean_service


def priority_queues(rates: tuple[float, float], mean_service: float, n_servers: int) -> list[float]:
    """Return the mean number waiting of two classes, from the chain of (waiting 1, waiting 2)."""
    size = (30, 150)
    n_idle = n_servers
    index = {(i, j): n_idle + i * size[1] + j for i in range(size[0]) for j in range(size[1])}
    flow = lil_array((n_idle + len(index),) * 2)
    for busy in range(n_idle):
        flow[busy, busy + 1] = sum(rates)
        flow[busy + 1, busy] = (busy + 1) / mean_service
    for (i, j), state in index.items():
        for rate, then in ((rates[0], (i + 1, j)), (rates[1], (i, j + 1))):
            if then in index:
                flow[state, index[then]] = rate
        if i or j:
            flow[state, index[(i - 1, j) if i else (i, j - 1)]] = n_servers / mean_service
    equations = lil_array((flow - csr_array(np.diag(flow.sum(axis=1)))).T)
    equations[0] = 1.0
    target = np.zeros(flow.shape[0])
    target[0] = 1.0
    waiting = spsolve(equations.tocsc(), target)[n_idle:].reshape(size)
    return [float(waiting.sum(axis=1 - k) @ np.arange(size[k])) for k in (0, 1)]


def balance_gap(joint: np.ndarray, rate: float, first: np.ndarray, second: np.ndarray) -> float:
    """Return how far flow out of and into a state of a two-station tandem differ inside the cut-off."""
    p = np.pad(joint, 1)
    done_first, done_second = np.pad(joint * first, 1), np.pad(joint * second, 1)
    out = joint * (rate + first + second)
    into = rate * p[:-2, 1:-1] + done_first[2:, :-2] + done_second[1:-1, 2:]
    return float(np.abs(out - into)[:-1, :-1].max())


def test_mm1_hand_calculated() -> None:
    """Two arrivals and three services an hour: rho = 2/3, two jobs in system for an hour each."""
    expected = theory.QueueMeans(2 / 3, 2 / 3, 1.0, 4 / 3, 2.0)
    assert vars(theory.mm1(2.0, 1 / 3)) == pytest.approx(vars(expected))


def test_mmc_eye_clinic() -> None:
    """Gross et al. (2008), section 2.3: 6 patients an hour, 3 doctors, 20 minutes.

    Lq = 8/9, W = 26/54 h.
    """
    means = theory.mmc(6.0, 1 / 3, 3)
    assert means.in_queue == pytest.approx(8 / 9)
    assert means.time_in_system == pytest.approx(26 / 54)
    assert theory.erlang_c(2.0, 3) == pytest.approx(4 / 9)


@pytest.mark.parametrize(("arrival_rate", "mean_service", "n_servers"), CASES)
def test_mmc_against_its_chain(arrival_rate: float, mean_service: float, n_servers: int) -> None:
    """The means and the wait probability are those of the birth-death chain solved numerically."""
    p = mmc_chain(arrival_rate, mean_service, n_servers)
    n = np.arange(len(p))
    means = theory.mmc(arrival_rate, mean_service, n_servers)
    assert means.in_system == pytest.approx(p @ n)
    assert means.in_queue == pytest.approx(p @ np.maximum(n - n_servers, 0))
    assert means.utilisation == pytest.approx(p @ np.minimum(n, n_servers) / n_servers)
    assert means.wait == pytest.approx(means.in_queue / arrival_rate)
    assert means.time_in_system == pytest.approx(means.in_system / arrival_rate)
    assert theory.erlang_c(arrival_rate * mean_service, n_servers) == pytest.approx(
        p[n_servers:].sum()
    )


def test_erlang_c_of_many_servers() -> None:
    """A thousand servers neither overflow nor underflow.

    The formula in logarithms gives the same.
    """
    load, c = 950.0, 1000
    terms = np.exp([n * math.log(load) - math.lgamma(n + 1) - load for n in range(c + 1)])
    last = terms[c] * c / (c - load)
    assert theory.erlang_c(load, c) == pytest.approx(last / (terms[:c].sum() + last), rel=1e-9)


@pytest.mark.parametrize("t", LATE)
@pytest.mark.parametrize("case", CASES)
def test_wait_distribution_by_conditioning(case: tuple[float, float, int], t: float) -> None:
    """An arrival that finds n >= c jobs waits for n - c + 1 departures at rate c mu, an Erlang time."""
    _, mean_service, c = case
    p = mmc_chain(*case)
    departures = np.arange(len(p) - c) + 1
    expected = p[c:] @ stats.gamma.sf(t, departures, scale=mean_service / c)
    assert theory.mmc_wait_exceeds(t, *case) == pytest.approx(expected)


@pytest.mark.parametrize("t", LATE)
@pytest.mark.parametrize("case", [*CASES, (1.0, 1.0, 2), (0.5, 2.0, 2)])
def test_time_in_system_by_convolution(case: tuple[float, float, int], t: float) -> None:
    """P(T > t) is P(S > t) plus the integral of P(W > t - s) over S.

    Also where c mu - lambda = mu.
    """
    density = service_density(case[1])
    late, _ = integrate.quad(lambda s: density(s) * theory.mmc_wait_exceeds(t - s, *case), 0, t)
    assert theory.mmc_time_in_system_exceeds(t, *case) == pytest.approx(
        math.exp(-t / case[1]) + late
    )


def test_mm1_time_in_system_is_exponential() -> None:
    """In an M/M/1 queue T is exponential with rate mu - lambda (Kleinrock, volume 1, section 5.7)."""
    assert theory.mmc_time_in_system_exceeds(1.5, 2.0, 1 / 3, 1) == pytest.approx(math.exp(-1.5))


def test_time_in_system_far_out_does_not_overflow() -> None:
    """A promise far beyond any wait is missed with probability 0, not with an overflow."""
    assert theory.mmc_time_in_system_exceeds(1e6, 39.0, 1.0, 40) == 0.0
    assert theory.mmc_time_in_system_exceeds(1e6, 0.1, 1.0, 40) == 0.0


def test_time_in_system_distribution_integrates_to_its_mean() -> None:
    """The integral of P(T > t) over t is the mean time in system."""
    area, _ = integrate.quad(theory.mmc_time_in_system_exceeds, 0, 60, args=(6.0, 1 / 3, 3))
    assert area == pytest.approx(theory.mmc(6.0, 1 / 3, 3).time_in_system)


def test_mg1_with_exponential_service_is_mm1() -> None:
    """A coefficient of variation of 1 gives the M/M/1 queue."""
    expected, means = theory.mm1(0.7, 1.2), theory.mg1(0.7, 1.2, 1.0)
    assert vars(means) == pytest.approx(vars(expected))


def test_mg1_by_the_embedded_chain() -> None:
    """Gamma service, cv 0.5: the chain at departures, negative binomial arrivals per service."""
    rate, mean, cv, size = 0.8, 1.0, 0.5, 200
    shape = cv**-2
    arrivals = stats.nbinom.pmf(np.arange(size), shape, shape / (shape + rate * mean))
    step = np.array(
        [np.roll(arrivals, max(n - 1, 0)) * (np.arange(size) >= n - 1) for n in range(size)]
    )
    step[:, -1] += 1 - step.sum(axis=1)
    equations = (step - np.eye(size)).T
    equations[-1] = 1.0
    p = np.linalg.solve(equations, np.eye(size)[-1])
    assert theory.mg1(rate, mean, cv).in_system == pytest.approx(p @ np.arange(size))


def test_md1_hand_calculated() -> None:
    """At a utilisation of 1/2 a job waits half a service on average: 1/2 x 2 / (2 x 1/2) = 1."""
    assert theory.md1(0.25, 2.0).wait == pytest.approx(1.0)
    assert theory.md1(0.25, 2.0).time_in_system == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("n_servers", "waits"), [(1, (5 / 21, 25 / 77, 10 / 11)), (2, (5 / 174, 25 / 754, 5 / 104))]
)
def test_priority_emergency_room(n_servers: int, waits: tuple[float, ...]) -> None:
    """Hillier & Lieberman's County Hospital: 0.2, 0.6, 1.2 an hour, 20 minutes.

    Fractions by hand.
    """
    classes = theory.priority_mmc((0.2, 0.6, 1.2), 1 / 3, n_servers)
    assert tuple(means.wait for means in classes) == pytest.approx(waits)


@pytest.mark.parametrize(
    ("rates", "mean_service", "n_servers"),
    [((0.3, 0.5), 1.0, 1), ((0.9, 1.5), 1.0, 3), ((0.4, 0.2), 2.0, 2)],
)
def test_priority_against_its_chain(
    rates: tuple[float, float], mean_service: float, n_servers: int
) -> None:
    """Two classes wait as in the two-dimensional chain solved numerically."""
    classes = theory.priority_mmc(rates, mean_service, n_servers)
    expected = priority_queues(rates, mean_service, n_servers)
    assert [means.in_queue for means in classes] == pytest.approx(expected, rel=1e-6)
    assert [means.wait for means in classes] == pytest.approx(np.divide(expected, rates), rel=1e-6)


def test_priority_conserves_the_queue() -> None:
    """Priorities move waiting from class to class.

    Numbers and utilisation add up to the M/M/c queue's.
    """
    classes = theory.priority_mmc((1.0, 2.0, 0.5, 1.5), 0.9, 6)
    total = theory.mmc(5.0, 0.9, 6)
    for name in ("utilisation", "in_queue", "in_system"):
        assert sum(getattr(means, name) for means in classes) == pytest.approx(getattr(total, name))
    assert [means.wait for means in classes] == sorted(means.wait for means in classes)


def test_tandem_by_product_form() -> None:
    """Jackson: the joint probabilities of both stations are the products, and satisfy global balance."""
    rate, first, second = 0.6, (1.0, 1), (2.5, 2)
    joint = np.outer(mmc_chain(rate, *first), mmc_chain(rate, *second))[:400, :400]
    i, j = np.indices(joint.shape)
    assert balance_gap(joint, rate, np.minimum(i, 1) / 1.0, np.minimum(j, 2) / 2.5) < 1e-12
    means = theory.tandem(rate, [first, second])
    assert means.in_system == pytest.approx((joint * (i + j)).sum())
    assert means.in_queue == pytest.approx(
        (joint * (np.maximum(i - first[1], 0) + np.maximum(j - second[1], 0))).sum()
    )
    assert means.utilisation == pytest.approx(
        (joint * (np.minimum(i, 1) + np.minimum(j, 2))).sum() / 3
    )
    assert means.wait == pytest.approx(means.in_queue / rate)
    assert means.time_in_system == pytest.approx(means.in_system / rate)


def test_feedback_against_its_chain() -> None:
    """The number in the queue falls only when a job leaves for good, at rate mu (1 - p)."""
    rate, mean_service, p = 0.5, 1.0, 0.2
    chain = birth_death(rate, lambda _: (1 - p) / mean_service, 200)
    n = np.arange(len(chain))
    means = theory.mm1_feedback(rate, mean_service, p)
    assert means.utilisation == pytest.approx(1 - chain[0])
    assert means.in_system == pytest.approx(chain @ n)
    assert means.in_queue == pytest.approx(chain @ np.maximum(n - 1, 0))
    assert means.time_in_system == pytest.approx(means.in_system / rate)
    assert means.wait == pytest.approx(means.in_queue / rate)


def test_visits_are_geometric() -> None:
    """The mean of 1, 2, ... visits with probabilities (1 - p) p^(n - 1), summed."""
    assert theory.visits_per_job(0.3) == pytest.approx(
        sum(n * 0.7 * 0.3 ** (n - 1) for n in range(1, 200))
    )
    assert theory.visits_per_job(0.0) == 1.0


@pytest.mark.parametrize(
    ("call", "value"),
    [
        (lambda: theory.utilisation(2.0, 1.5, 3), "1 "),
        (lambda: theory.mm1(1.0, 1.25), "1.25"),
        (lambda: theory.mmc(3.0, 1.0, 2), "1.5"),
        (lambda: theory.erlang_c(4.0, 2), "2 "),
        (lambda: theory.mmc_wait_exceeds(1.0, 3.0, 1.0, 2), "1.5"),
        (lambda: theory.mmc_time_in_system_exceeds(1.0, 3.0, 1.0, 2), "1.5"),
        (lambda: theory.mg1(1.0, 1.5, 0.5), "1.5"),
        (lambda: theory.md1(1.0, 1.5), "1.5"),
        (lambda: theory.priority_mmc((0.75, 0.5), 1.0), "1.25"),
        (lambda: theory.tandem(1.0, [(0.5, 1), (1.5, 1)]), "1.5"),
        (lambda: theory.mm1_feedback(0.75, 1.0, 0.5), "1.5"),
    ],
)
def test_unstable_is_refused(call: Callable[[], object], value: str) -> None:
    """A queue without a steady state is refused, and the message shows its utilisation."""
    with pytest.raises(
        ValueError, match=f"utilisation is {value}.*below 1; lower the arrival rate or add servers"
    ):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: theory.mm1(0.0, 1.0), r"arrival_rate is 0\.0"),
        (lambda: theory.mm1(math.nan, 1.0), "arrival_rate is nan"),
        (lambda: theory.mm1(1.0, -2.0), r"mean_service is -2\.0"),
        (lambda: theory.mm1(1.0, math.inf), "mean_service is inf"),
        (lambda: theory.mmc(1.0, 1.0, 0), "n_servers is 0"),
        (lambda: theory.mg1(0.5, 1.0, -0.1), r"cv is -0\.1"),
        (lambda: theory.mg1(0.5, 1.0, math.nan), "cv is nan"),
        (lambda: theory.mg1(0.5, 1.0, math.inf), "cv is inf"),
        (lambda: theory.mmc_wait_exceeds(-1.0, 0.5, 1.0, 1), r"t is -1\.0"),
        (lambda: theory.mmc_time_in_system_exceeds(-1.0, 0.5, 1.0, 1), r"t is -1\.0"),
        (lambda: theory.priority_mmc((0.5, 0.0), 1.0), r"arrival_rate is 0\.0"),
        (lambda: theory.priority_mmc((), 1.0), r"arrival_rates is \(\)"),
        (lambda: theory.tandem(1.0, []), r"stations is \[\]"),
        (lambda: theory.visits_per_job(1.0), r"rework_share is 1\.0"),
        (lambda: theory.visits_per_job(-0.1), r"rework_share is -0\.1"),
        (lambda: theory.mm1_feedback(0.5, 1.0, math.nan), "rework_share is nan"),
    ],
)
def test_values_out_of_range_are_refused(call: Callable[[], object], message: str) -> None:
    """A value out of range is refused, and the message shows it."""
    with pytest.raises(ValueError, match=message):
        call()
