"""MSER-5 and the warning that a warm-up is too short."""

from __future__ import annotations

from math import ceil, isnan
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import sim
from sim.runs.executor import Executor
from sim.runs.run import run_all
from sim.study.warm_up import BATCH, FEWEST_LEFT, mser5, suggested, warm_up

Floats = NDArray[np.float64]
WEEK = 168


def slow_mser5(series: Floats) -> int | None:
    """Return what MSER-5 leaves out, from its definition, one truncation after the other."""
    batches = [
        series[first : first + BATCH].mean() for first in range(0, len(series) - BATCH + 1, BATCH)
    ]
    n = len(batches)
    errors = {d: np.var(batches[d:]) / (n - d) for d in range(n - FEWEST_LEFT + 1)}
    best = min(errors, key=lambda d: (errors[d], d))
    return best * BATCH if 2 * (n - best) >= n else None


@pytest.mark.parametrize("seed", range(20))
def test_mser5_is_its_definition(seed: int) -> None:
    """On noise with and without a start that fades, the truncation is the one of the definition."""
    random = np.random.default_rng(seed)
    n = int(random.integers(60, 400))
    fading = random.uniform(0, 20) * np.exp(-np.arange(n) / random.uniform(5, 100))
    series = random.normal(size=n) - fading
    assert mser5(series) == slow_mser5(series)


def test_mser5_of_what_needs_no_warm_up_leaves_nothing_out() -> None:
    """A constant series, and one that goes to and fro from its first value on, keep all."""
    assert mser5(np.full(100, 7.0)) == 0
    assert mser5(np.tile([1.0, 1, 1, 1, 1, -1, -1, -1, -1, -1], 20)) == 0


def test_mser5_leaves_out_a_step() -> None:
    """A series that is 0 for 40 values and 10 with little noise after them loses these 40."""
    series = np.concatenate([np.zeros(40), 10 + 0.01 * np.tile([1.0, -1], 180)])
    assert mser5(series) == 40


@pytest.mark.parametrize(
    "series", [np.arange(400.0), np.ones(BATCH * 2 * FEWEST_LEFT - 1)], ids=["growing", "short"]
)
def test_mser5_says_when_it_cannot_tell(series: Floats) -> None:
    """Of a series that never settles, or has fewer than ten batches, nothing is suggested."""
    assert mser5(series) is None


def shaped(weeks: int, start: Floats, noise: float = 1.0, replications: int = 20) -> Floats:
    """Return images in the system with a strong shape of the week, a start that differs, and noise by replication."""
    random = np.random.default_rng(3)
    shape = 100 + 80 * np.sin(np.arange(WEEK) * 2 * np.pi / WEEK)
    series = np.tile(shape, weeks)
    series[: len(start)] += start
    return series + random.normal(scale=noise, size=(replications, weeks * WEEK))


def test_the_shape_of_the_week_is_no_start() -> None:
    """A week that repeats from the first hour on needs no warm-up, however much it swings."""
    assert suggested(shaped(8, np.zeros(0))) <= 24


def test_a_start_that_takes_a_week_and_a_half_is_found() -> None:
    """With 252 hours at a lower level, the suggestion is these hours, two weeks.

    One week given is too short.
    """
    in_system = shaped(12, np.full(252, -40.0))
    assert abs(suggested(in_system) - 252) <= 2 * BATCH
    found = warm_up(in_system, given_weeks=1, confidence=0.95)
    assert (found.suggested_weeks, found.too_short) == (2, True)
    assert found.low < -40 / 2 < found.high  # half of the second week is lower by 40
    assert not warm_up(in_system, given_weeks=2, confidence=0.95).too_short


def test_a_backlog_that_grows_is_told() -> None:
    """What rises to the end has no suggestion, and the first half of what is counted is lower than the second."""
    found = warm_up(shaped(8, np.arange(8.0 * WEEK)), given_weeks=2, confidence=0.95)
    assert isnan(found.suggested_hours)
    assert found.too_short
    assert found.change == pytest.approx(-3 * WEEK, rel=0.01)


@pytest.mark.parametrize(("weeks", "replications"), [(2, 20), (8, 1)])
def test_nothing_is_said_without_evidence(weeks: int, replications: int) -> None:
    """Two weeks do not tell their shape, and one replication gives no interval: no warning."""
    in_system = shaped(weeks, np.full(200, -40.0), replications=replications)
    assert not warm_up(in_system, given_weeks=1, confidence=0.95).too_short


def test_chance_alone_seldom_warns() -> None:
    """Of 400 plants whose weeks differ by chance alone, at most one in twenty is warned of, but for chance itself."""
    random = np.random.default_rng(11)
    warned = 0
    for _ in range(400):
        by_week = random.normal(scale=10, size=(6, 8))
        in_system = np.repeat(by_week, WEEK, axis=1) + random.normal(size=(6, 8 * WEEK))
        warned += warm_up(in_system, given_weeks=1, confidence=0.95).too_short
    assert warned <= 35  # 20 are expected at most; 35 and more have a chance of 0.1 %


def known_transient(rate: float, service: float, hours: int) -> Floats:
    """Return the mean number in an M/M/1 queue that starts empty, hour by hour, by uniformisation.

    Source: Kulkarni, *Modeling and Analysis of Stochastic Systems*, 3rd ed., section 6.6.
    """
    most, total = 600, rate + service
    up, down = rate / total, service / total
    chance, expected, levels = np.zeros(most), [], np.arange(most)
    chance[0] = 1.0
    steps = total  # mean number of jumps of the uniformised chain in an hour
    weights = [np.exp(-steps)]
    while len(weights) < steps or weights[-1] > 1e-12:
        weights.append(weights[-1] * steps / len(weights))
    for _ in range(hours):
        expected.append(float(chance @ levels))
        power, mixed = chance, np.zeros(most)
        for weight in weights:
            mixed += weight * power
            moved = up * np.roll(power, 1) + down * np.roll(power, -1)
            moved[0], moved[-1] = down * (power[0] + power[1]), up * (power[-2] + power[-1])
            power = moved
        chance = mixed
    return np.array(expected)


def test_on_a_queue_started_empty_the_suggestion_is_where_the_known_transient_has_faded() -> None:
    """M/M/1 at 90 %: after the weeks that are suggested, the mean that is known has risen to 90 % of its final 9.

    The queue is slow: it takes about 190 hours to forget (1 / (mu (1 - sqrt(rho))^2), service of
    half an hour). What the weeks that are left miss of 9 on average is at most a quarter of what
    all weeks miss; and at a tenth of the hours that are suggested much is still missing, so that
    they are not far too many.
    """
    rate, service = 1.8, 2.0
    changes = {
        "horizon": {"start": "2026-01-05", "weeks": 24, "cool_down_weeks": 1},
        "customers.source.demand.orders_per_day": rate * 24,
        "plant.route.service.minutes": {"exponential": {"mean": 60 / service}},
    }
    scenario = sim.load(Path("scenarios/validation/mm1.yaml")).with_(changes)
    _, task = scenario._task(None)
    finished = run_all(task, range(60), Executor(1), lambda _: None)
    in_system = np.array([point.profiles.in_system for (point,) in finished.outcomes], np.float64)
    known = known_transient(rate, service, in_system.shape[1])
    final = rate / (service - rate)
    assert known[-1] == pytest.approx(final, rel=1e-3)
    error = in_system.std(axis=0) / len(in_system) ** 0.5
    assert np.all(
        np.abs(in_system.mean(axis=0) - known)[1:200] <= 5 * error[1:200]
    )  # the same queue
    found = warm_up(in_system, given_weeks=0, confidence=0.95)
    assert found.suggested_weeks == ceil(found.suggested_hours / WEEK) > 0
    from_then_on = known[int(found.suggested_weeks) * WEEK :]
    assert from_then_on[0] >= 0.9 * final
    assert final - from_then_on.mean() <= (final - known.mean()) / 4
    assert known[int(found.suggested_hours) // 10] <= 0.6 * final
    assert found.too_short
    assert found.change < 0
