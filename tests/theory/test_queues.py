"""The simulator against queueing theory: closeness and power.

Closeness: the theoretical value lies inside the 99.9 % interval over the replications. Power: the
half-width of that interval is at most 2 % of it, so that a wrong model cannot hide behind wide
intervals. Loads of 0.4 to 0.5 keep this cheap: above, the relative variance of the mean wait rises
steeply. Rates are per minute.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from sim import theory
from sim.stats.intervals import t_intervals

CONFIDENCE = 0.999
MOST_HALF_WIDTH = 0.02
MINUTES_A_DAY = 24 * 60
PROMISE = 12.0

Run = Callable[[str], pd.DataFrame]


class Expected(NamedTuple):
    """A figure of a scenario of `scenarios/validation`, and what theory says it is."""

    scenario: str
    measure: str
    value: float
    service: str = "all"
    pool: str = "all"


def system(scenario: str, arrival_rate: float, means: theory.QueueMeans) -> Iterator[Expected]:
    """Yield what theory says of the whole system."""
    yield Expected(scenario, "time_in_system_hours_mean", means.time_in_system / 60)
    yield Expected(scenario, "in_system_mean", means.in_system)
    yield Expected(scenario, "throughput_per_day", arrival_rate * MINUTES_A_DAY)


def station(scenario: str, means: theory.QueueMeans, pool: str = "server") -> Iterator[Expected]:
    """Yield what theory says of the visits to one pool."""
    yield Expected(scenario, "wait_minutes_mean", means.wait, pool=pool)
    yield Expected(scenario, "utilisation", means.utilisation, pool=pool)


def single(scenario: str, arrival_rate: float, means: theory.QueueMeans) -> Iterator[Expected]:
    """Yield what theory says of a queue by itself."""
    yield from system(scenario, arrival_rate, means)
    yield from station(scenario, means)


def priority() -> Iterator[Expected]:
    """Yield the means of two classes, and over both those of a queue without classes."""
    yield from single("priority", 0.1, theory.mm1(0.1, 5))
    for service, means in zip(
        ("expedite", "standard"), theory.priority_mmc((0.04, 0.06), 5), strict=True
    ):
        yield Expected("priority", "wait_minutes_mean", means.wait, service, "server")
        yield Expected("priority", "time_in_system_hours_mean", means.time_in_system / 60, service)


def tandem() -> Iterator[Expected]:
    """Yield the means of two queues in series: each as if by itself."""
    yield from system("tandem", 0.1, theory.tandem(0.1, [(4, 1), (4.5, 1)]))
    yield from station("tandem", theory.mm1(0.1, 4))
    yield from station("tandem", theory.mm1(0.1, 4.5), "second server")


def feedback() -> Iterator[Expected]:
    """Yield the means of a queue with rework.

    A visit waits as in a queue at the rate of all visits.
    """
    yield from system("feedback", 0.1, theory.mm1_feedback(0.1, 3.2, 0.2))
    yield from station("feedback", theory.mm1(0.1 * theory.visits_per_job(0.2), 3.2))


EXPECTED = [
    *single("mm1", 0.1, theory.mm1(0.1, 4)),
    *single("mmc", 0.2, theory.mmc(0.2, 5, 2)),
    *single("md1", 0.1, theory.md1(0.1, 5)),
    *single("mg1", 0.1, theory.mg1(0.1, 5, cv=0.5)),
    *priority(),
    *tandem(),
    *feedback(),
]
SCENARIOS = list(dict.fromkeys(expected.scenario for expected in EXPECTED))


def cases(values: list[Any], scenario: Callable[[Any], str]) -> list[Any]:
    """Return test cases of which those of one scenario share a worker, and with it the run."""
    return [
        pytest.param(value, marks=pytest.mark.xdist_group(scenario(value)), id=name(value))
        for value in values
    ]


def name(value: Any) -> str:
    """Return the name of a case."""
    parts = (
        [value]
        if isinstance(value, str)
        else [value.scenario, value.measure, value.service, value.pool]
    )
    return "-".join(part for part in parts if part != "all")


def values_of(
    replications: pd.DataFrame, measure: str, service: str = "all", pool: str = "all"
) -> np.ndarray:
    """Return one figure of every replication."""
    wanted = {"measure": measure, "commitment": "all", "service": service, "pool": pool}
    rows = replications[(replications[list(wanted)] == pd.Series(wanted)).all(axis=1)]
    return rows["value"].to_numpy()


def assert_equals_theory(values: np.ndarray, expected: float) -> None:
    """Ask for closeness and power."""
    found = t_intervals(values, CONFIDENCE)
    assert (found.high - found.low) / 2 <= MOST_HALF_WIDTH * expected, (
        "the half-width is over 2 %: more visits"
    )
    assert found.low <= expected <= found.high


@pytest.mark.parametrize("expected", cases(EXPECTED, lambda expected: expected.scenario))
def test_mean_equals_theory(expected: Expected, replications_of: Run) -> None:
    """Waits, times, numbers, utilisation and throughput are those of the closed form."""
    values = values_of(
        replications_of(expected.scenario), expected.measure, expected.service, expected.pool
    )
    assert_equals_theory(values, expected.value)


@pytest.mark.parametrize(
    ("scenario", "queue"),
    [
        pytest.param("mm1", (0.1, 4, 1), marks=pytest.mark.xdist_group("mm1")),
        pytest.param("mmc", (0.2, 5, 2), marks=pytest.mark.xdist_group("mmc")),
    ],
)
def test_late_share_equals_theory(
    scenario: str, queue: tuple[float, float, int], replications_of: Run
) -> None:
    """The tail of the time in system is that of first come first served.

    The means hold for any order.
    """
    late = 1 - values_of(replications_of(scenario), "on_time_share", "expedite")
    assert_equals_theory(late, theory.mmc_time_in_system_exceeds(PROMISE, *queue))


@pytest.mark.parametrize("scenario", cases(SCENARIOS, str))
def test_little_s_law(scenario: str, replications_of: Run) -> None:
    """In every replication L = lambda W, but for the few images that lie over the window's edges."""
    replications = replications_of(scenario)
    hours = values_of(replications, "time_in_system_hours_mean")
    rate = values_of(replications, "throughput_per_day") / 24
    np.testing.assert_allclose(values_of(replications, "in_system_mean"), rate * hours, rtol=0.002)
