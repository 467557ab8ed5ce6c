"""Distributions: closed-form means against numeric integration and against samples; bounds.

Faults.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import integrate, stats

from sim.demand.distributions import Distribution

Z = 3.29  # two-sided 99.9 % point of the normal distribution
N = 200_000

# Each family with the same distribution as SciPy writes it, by its own parameters.
GAMMA = stats.gamma(4, scale=12 / 4)
LOGNORMAL = stats.lognorm(np.sqrt(np.log(1.64)), scale=6 / np.sqrt(1.64))
CONTINUOUS: list[tuple[dict[str, Any], Any]] = [
    ({"exponential": {"mean": 8}}, stats.expon(scale=8)),
    ({"lognormal": {"mean": 6, "cv": 0.8}}, LOGNORMAL),
    ({"lognormal": {"median": 22, "sigma": 1.1}}, stats.lognorm(1.1, scale=22)),
    ({"gamma": {"mean": 12, "cv": 0.5}}, GAMMA),
    ({"uniform": {"low": 2, "high": 9}}, stats.uniform(2, 7)),
    ({"triangular": {"low": 1, "mode": 4, "high": 11}}, stats.triang(0.3, 1, 10)),
    ({"triangular": {"low": 2, "mode": 2, "high": 8}}, stats.triang(0.0, 2, 6)),
    ({"triangular": {"low": 2, "mode": 8, "high": 8}}, stats.triang(1.0, 2, 6)),
]
BOUNDS: list[dict[str, float]] = [
    {},
    {"min": 3},
    {"max": 7},
    {"min": 3, "max": 7},
    {"max": 1.5},
    {"min": 40},
]
DISCRETE: list[tuple[dict[str, Any], dict[int, float]]] = [
    ({"empirical": {"values": [1, 2, 10]}}, {1: 1 / 3, 2: 1 / 3, 10: 1 / 3}),
    ({"empirical": {"values": [1, 2, 10], "weights": [5, 0, 3]}}, {1: 5 / 8, 10: 3 / 8}),
    (
        {"empirical": {"values": [1, 2, 10], "weights": [0, 1, 3], "min": 3, "max": 9}},
        {3: 1 / 4, 9: 3 / 4},
    ),
    ({"geometric": {"mean": 4}}, {k: 0.25 * 0.75 ** (k - 1) for k in range(1, 200)}),
    (
        {"geometric": {"mean": 4, "max": 6}},
        {k: 0.25 * 0.75 ** (k - 1) for k in range(1, 6)} | {6: 0.75**5},
    ),
    ({"geometric": {"mean": 1}}, {1: 1.0}),
    ({"constant": 5}, {5: 1.0}),
    ({"constant": 0}, {0: 1.0}),
    ({"constant": {"value": 5, "max": 4}}, {4: 1.0}),
]
BOUNDED: dict[str, Any] = {"lognormal": {"mean": 6, "cv": 0.8, "min": 3, "max": 7}}


def distribution(data: dict[str, Any], **bounds: float) -> Distribution:
    """Return a distribution with bounds in its family's parameters."""
    ((family, parameters),) = data.items()
    return Distribution.model_validate({family: {**parameters, **bounds} if bounds else parameters})


def sampled(data: dict[str, Any], **bounds: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return a large sample of a fixed seed."""
    return distribution(data, **bounds).sample(np.random.default_rng(20260105), N)


@pytest.mark.parametrize("bounds", BOUNDS)
@pytest.mark.parametrize(("data", "same"), CONTINUOUS)
def test_mean_equals_the_integral_of_the_tail(
    data: dict[str, Any], same: Any, bounds: dict[str, float]
) -> None:
    """E[clip(X, a, b)] = a + the integral of P(X > x) from a to b, by quadrature over SciPy's tail."""
    low, high = bounds.get("min", 0.0), bounds.get("max", np.inf)
    breaks = [x for x in np.quantile(same.rvs(1000, random_state=1), [0.5, 0.99]) if low < x < high]
    pieces = zip([low, *breaks], [*breaks, high], strict=True)
    tail = sum(
        integrate.quad(same.sf, a, b, epsabs=1e-11, epsrel=1e-11, limit=200)[0] for a, b in pieces
    )
    assert distribution(data, **bounds).mean() == pytest.approx(low + tail, rel=1e-7)


@pytest.mark.parametrize("bounds", BOUNDS)
@pytest.mark.parametrize("data", [data for data, _ in CONTINUOUS])
def test_sample_has_the_mean(data: dict[str, Any], bounds: dict[str, float]) -> None:
    """The mean lies in the 99.9 % interval of the sample's, which is at most 2 % wide on either side."""
    draws = sampled(data, **bounds)
    half_width = Z * draws.std() / np.sqrt(N)
    mean = distribution(data, **bounds).mean()
    assert half_width <= 0.02 * mean
    assert abs(draws.mean() - mean) <= half_width + 1e-12


@pytest.mark.parametrize(("data", "same"), CONTINUOUS)
def test_sample_has_the_distribution(data: dict[str, Any], same: Any) -> None:
    """The whole distribution function fits, not the mean alone.

    Kolmogorov and Smirnov at 99.9 %.
    """
    assert stats.kstest(sampled(data), same.cdf).pvalue > 0.001


@pytest.mark.parametrize("bounds", BOUNDS)
@pytest.mark.parametrize("data", [data for data, _ in CONTINUOUS])
def test_sample_keeps_the_bounds(data: dict[str, Any], bounds: dict[str, float]) -> None:
    """Values beyond a bound are set to it: none lies beyond, and none is lost."""
    draws, free = sampled(data, **bounds), sampled(data)
    expected = [
        min(max(x, bounds.get("min", 0.0)), bounds.get("max", np.inf)) for x in free[:2000].tolist()
    ]
    assert draws[:2000].tolist() == expected
    assert draws.min() >= bounds.get("min", 0.0)
    assert draws.max() <= bounds.get("max", np.inf)


@pytest.mark.parametrize(("data", "shares"), DISCRETE)
def test_discrete_shares_and_means(data: dict[str, Any], shares: dict[int, float]) -> None:
    """Each value has its probability within 99.99 %, and the mean is their weighted sum."""
    chosen = Distribution.model_validate(data)
    assert chosen.mean() == pytest.approx(sum(value * share for value, share in shares.items()))
    draws = chosen.sample(np.random.default_rng(20260105), N)
    assert set(np.unique(draws)) <= set(shares)
    for value, share in shares.items():
        assert (
            abs((draws == value).mean() - share) <= 3.9 * np.sqrt(share * (1 - share) / N) + 5 / N
        )


@pytest.mark.parametrize("family", ["exponential", "gamma", "lognormal"])
def test_another_mean_scales_the_same_draws(family: str) -> None:
    """Common random numbers: doubling the mean doubles every draw."""
    shape = {} if family == "exponential" else {"cv": 0.7}
    once, twice = (sampled({family: {"mean": mean, **shape}}) for mean in (5, 10))
    np.testing.assert_allclose(twice, 2 * once, rtol=1e-12)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [(2.4, 1, 2), (2.6, 1, 3), (0, 1, 1), (0.3, 1, 1), (0.001, 60, 1), (1.5, 60, 90)],
)
def test_whole_draws_are_rounded_and_at_least_one(value: float, unit: float, expected: int) -> None:
    """An order has an image at least, and a visit lasts a second at least."""
    draws = Distribution(constant=value).whole(np.random.default_rng(0), 3, unit)
    assert draws.tolist() == [expected] * 3
    assert draws.dtype == np.int32


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "exactly one family"),
        ({"constant": 1, "exponential": {"mean": 2}}, "not constant and exponential"),
        ({"lognormal": {"mean": 2}}, "mean and cv, or median and sigma"),
        ({"lognormal": {"mean": 2, "cv": 1, "median": 2}}, "mean and cv, or median and sigma"),
        ({"uniform": {"low": 3, "high": 3}}, "low 3 must be under high 3"),
        ({"triangular": {"low": 1, "mode": 9, "high": 5}}, "1, 9, 5"),
        ({"triangular": {"low": 5, "mode": 5, "high": 5}}, "5, 5, 5"),
        ({"exponential": {"mean": 2, "min": 5, "max": 4}}, "min 5 must not be over max 4"),
        ({"exponential": {"mean": 0}}, "greater than 0"),
        ({"exponential": {"mean": float("inf")}}, "finite"),
        ({"constant": -1}, "greater than or equal to 0"),
        ({"geometric": {"mean": 0.5}}, "greater than or equal to 1"),
        ({"empirical": {"values": []}}, "values, or file and column"),
        ({"empirical": {"file": "a.csv"}}, "values, or file and column"),
        ({"empirical": {"values": [1, 2], "weights": [1]}}, "one weight a value"),
        ({"empirical": {"values": [1, 2], "weights": [0, 0]}}, "not all zero"),
        ({"pareto": {"mean": 2}}, "pareto"),
    ],
)
def test_faults_name_what_is_wrong(data: dict[str, Any], words: str) -> None:
    """A distribution that cannot be is refused, with the value and what it must be."""
    with pytest.raises(ValidationError) as fault:
        Distribution.model_validate(data)
    assert words in str(fault.value)


@pytest.mark.parametrize("data", [*(data for data, _ in [*CONTINUOUS, *DISCRETE]), BOUNDED])
def test_draws_in_parts_are_those_at_once(data: dict[str, Any]) -> None:
    """A stream goes on where the part before ended, to the last bit.

    The draws is drawn part by part.
    """
    chosen, sizes = distribution(data), [1, 2, 3, 5, 8, 13, 1000, 4097]
    for draw in (chosen.sample, partial(chosen.whole, unit=60)):
        in_parts, at_once = (np.random.Generator(np.random.Philox(5)) for _ in range(2))
        parts = np.concatenate([draw(in_parts, n) for n in sizes])
        assert parts.tobytes() == draw(at_once, sum(sizes)).tobytes()


@pytest.mark.parametrize("data", [{"constant": 5}, {"empirical": {"values": [4]}}, BOUNDED])
def test_whole_draws_leave_no_trace(data: dict[str, Any]) -> None:
    """Draws are worked on in place, and the next ones know nothing of it."""
    chosen = distribution(data)
    first, second = (chosen.whole(np.random.default_rng(3), 50, 60).tolist() for _ in range(2))
    assert first == second


def test_whole_draws_fit_in_32_bits() -> None:
    """A draw beyond 32 bits is cut to the largest whole number that they hold, and never negative."""
    heavy = Distribution.model_validate({"lognormal": {"median": 1e12, "sigma": 1.0}})
    draws = heavy.whole(np.random.default_rng(0), 10)
    assert (draws == 2**31 - 1).all()
