"""Synthetic orders: day factors, spikes, skew, profiles, and the Poisson process on the customer's clock."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from sim.clock import DAY, HOUR, WEEK, zone
from sim.demand.groups import DayFactor, Demand, Spikes
from sim.demand.profile import NAMED, Profile, hour_of_week_weights, weekdays
from sim.demand.synthetic import (
    OrderDraws,
    customer_weights,
    day_factors,
    draw_orders,
    expected_factors,
    expected_orders,
    spike_factors,
)

MONDAY = 1_767_571_200  # 2026-01-05 00:00 UTC
Z = 3.29  # two-sided 99.9 % point of the normal distribution
Counts = NDArray[np.int64]


def demand(**more: Any) -> Demand:
    """Return a demand of three orders a day, of two images each, at all hours."""
    data = {"orders_per_day": 3.0, "images_per_order": {"constant": 2}, "hours": "always", **more}
    return Demand.model_validate(data)


def drawn(
    model: Demand, *, count: int = 1, weeks: int = 1, timezone: str = "UTC", seed: int = 1
) -> OrderDraws:
    """Return the orders of a group over some weeks."""
    return draw_orders("group", model, count, timezone, (MONDAY, MONDAY + weeks * WEEK), seed, 0)


def wall(orders: OrderDraws, timezone: str = "UTC") -> Counts:
    """Return the hour of the week of each order on the customer's clock."""
    return (
        zone(timezone).to_local(orders.submitted_at) // HOUR % 168 - 4 * 24
    )  # 1970 began on a Thursday


@pytest.mark.parametrize(("cv", "correlation"), [(0.2, 0.3), (0.5, 0.0), (0.5, 0.8)])
def test_day_factors_have_mean_spread_and_correlation(cv: float, correlation: float) -> None:
    """Over 400,000 days mean, CV and lag-1 correlation are those asked for, from the first day on."""
    factor = DayFactor(cv=cv, correlation=correlation)
    draws = np.array(
        [day_factors(factor, 400, np.random.default_rng(seed)) for seed in range(1000)]
    )
    row_means = draws.mean(axis=1)
    assert abs(draws.mean() - 1) <= Z * row_means.std() / np.sqrt(1000) <= 0.02
    assert draws.std() == pytest.approx(cv, rel=0.03)
    measured = np.corrcoef(draws[:, :-1].ravel(), draws[:, 1:].ravel())[0, 1]
    assert measured == pytest.approx(correlation, abs=0.015)
    for day in (0, 399):
        assert abs(draws[:, day].mean() - 1) <= Z * cv / np.sqrt(1000)
        assert draws[:, day].std() == pytest.approx(cv, rel=0.25)


def test_no_spread_is_a_factor_of_one() -> None:
    """Without a CV every day is alike, whatever the correlation."""
    assert day_factors(
        DayFactor(cv=0.0, correlation=0.9), 3, np.random.default_rng(0)
    ).tolist() == [1, 1, 1]


def test_spikes_hit_the_share_of_days_and_the_named_dates() -> None:
    """A tenth of 40,000 days are fivefold.

    A date has its own factor even where a spike would fall.
    """
    first = MONDAY // DAY
    days = np.arange(first, first + 40_000)
    named = {date(2026, 1, 5): 7.0, date(2026, 1, 7): 0.5}
    factors = spike_factors(
        Spikes(share_of_days=0.1, factor=5.0, dates=named), days, np.random.default_rng(1)
    )
    assert (factors[0], factors[2]) == (7.0, 0.5)
    assert set(np.unique(factors[3:])) == {1.0, 5.0}
    assert abs((factors[3:] == 5).mean() - 0.1) <= Z * np.sqrt(0.1 * 0.9 / 40_000)
    every = spike_factors(
        Spikes(share_of_days=1.0, factor=5.0, dates=named), days[:4], np.random.default_rng(1)
    )
    assert every.tolist() == [7.0, 5.0, 0.5, 5.0]


def test_skew_shares_fall_with_the_rank() -> None:
    """The k-th customer orders in proportion to k^-skew.

    The mean customer orders what the demand says.
    """
    assert customer_weights(3, 0.0).tolist() == [1, 1, 1]
    np.testing.assert_allclose(customer_weights(3, 1.0), np.array([6, 3, 2]) * 3 / 11)
    np.testing.assert_allclose(
        customer_weights(4, 0.5) / customer_weights(4, 0.5)[0], [1, 2**-0.5, 3**-0.5, 0.5]
    )


def test_customers_order_by_their_weight() -> None:
    """The orders of each of three customers lie within 99.9 % of the Poisson mean of their share."""
    orders = drawn(demand(orders_per_day=300.0, skew=1.0), count=3, weeks=4)
    counts = np.bincount(orders.customer, minlength=3)
    expected = 300 * 28 * np.array([6, 3, 2]) * 3 / 11
    assert np.all(np.abs(counts - expected) <= Z * np.sqrt(expected))
    assert np.all(Z / np.sqrt(expected) <= 0.05)


@pytest.mark.parametrize(
    "hours", ["office", "shop", {"Mon-Fri": [0] * 8 + [1, 2, 3, 2] + [0] * 12}]
)
@pytest.mark.parametrize("timezone", ["America/New_York", "Asia/Kathmandu"])
def test_orders_follow_the_hours_of_the_customers_clock(hours: Any, timezone: str) -> None:
    """Each hour of the week has its share, within 4.5 deviations, and a closed hour has no order at all."""
    orders = drawn(demand(orders_per_day=5000.0, hours=hours), weeks=4, timezone=timezone)
    counts = np.bincount(wall(orders, timezone) % 168, minlength=168)
    expected = hour_of_week_weights(hours) / 168 * 5000 * 28
    assert np.all(counts[expected == 0] == 0)
    assert np.all(np.abs(counts - expected) <= 4.5 * np.sqrt(expected))
    assert abs(counts.sum() - 5000 * 28) <= Z * np.sqrt(5000 * 28)


def test_weekly_counts_are_poisson() -> None:
    """Without day factors the weekly counts have mean and variance 21, and the instants are uniform."""
    orders = drawn(demand(), count=4000)
    counts = np.bincount(orders.customer, minlength=4000)
    assert abs(counts.mean() - 21) <= Z * np.sqrt(21 / 4000) <= 0.02 * 21
    # The variance of a sample variance of Poisson counts: (m + 2 m^2) / n.
    assert abs(counts.var(ddof=1) - 21) <= Z * np.sqrt((21 + 2 * 21**2) / 4000)
    place = (orders.submitted_at - MONDAY) / WEEK
    assert abs(place.mean() - 0.5) <= Z / np.sqrt(12 * len(place))
    assert abs((place**2).mean() - 1 / 3) <= Z * np.sqrt(4 / 45 / len(place))


def test_day_factor_is_shared_by_the_group() -> None:
    """A good day is good for all customers.

    The daily total varies far more than a Poisson count would.
    """
    orders = drawn(demand(day_factor={"cv": 0.5}), count=200, weeks=40)
    totals = np.bincount((orders.submitted_at - MONDAY) // DAY, minlength=280)
    assert totals.std() / totals.mean() == pytest.approx(np.sqrt(0.5**2 + 1 / 600), rel=0.3)


def test_expected_orders_of_a_week_do_not_depend_on_the_profile() -> None:
    """Every profile offers seven days' orders a week, on a clock without changes."""
    for hours in NAMED:
        _, cumulative = expected_orders(
            demand(hours=hours), zone("UTC"), MONDAY, MONDAY + WEEK, np.ones(7)
        )
        assert cumulative[-1] == pytest.approx(21.0)


def test_expected_orders_lose_the_hour_that_the_clock_skips() -> None:
    """In New York's week of 8 March 2026 the hour from 02:00 to 03:00 on Sunday does not exist."""
    start = MONDAY + 8 * WEEK + 5 * HOUR  # Monday 2026-03-02 00:00 in New York
    hours = {"Sun": [1.0] * 24}
    weight = 168 / 24  # of each Sunday hour
    _, whole = expected_orders(
        demand(hours=hours), zone("America/New_York"), start - WEEK, start, np.ones(8)
    )
    _, short = expected_orders(
        demand(hours=hours), zone("America/New_York"), start, start + WEEK - HOUR, np.ones(8)
    )
    assert whole[-1] == pytest.approx(24 * weight * 3 / 24)
    assert short[-1] == pytest.approx(23 * weight * 3 / 24)


def test_expected_orders_follow_factors_and_season() -> None:
    """Each local day has its factor, each week its season, and the last season holds on."""
    model = demand(season=[1.0, 0.0, 2.0])
    factors = np.ones(29)
    factors[1] = 10.0  # the second local day
    edges, cumulative = expected_orders(model, zone("UTC"), MONDAY, MONDAY + 4 * WEEK, factors)
    daily = np.diff(cumulative[::96])
    assert daily == pytest.approx([3, 30] + [3] * 5 + [0] * 7 + [6] * 14)
    assert (edges[0], edges[-1]) == (MONDAY, MONDAY + 4 * WEEK)


def test_local_day_of_a_named_spike_is_the_customers() -> None:
    """A campaign on 7 January in Sydney runs from 13:00 UTC on the 6th to 13:00 on the 7th."""
    model = demand(orders_per_day=1000.0, spikes={"dates": {date(2026, 1, 7): 50.0}})
    orders = drawn(model, timezone="Australia/Sydney")
    begin = MONDAY + DAY + 13 * HOUR
    inside = (orders.submitted_at >= begin) & (orders.submitted_at < begin + DAY)
    assert abs(inside.sum() - 50_000) <= Z * np.sqrt(50_000)
    assert abs((~inside).sum() - 6000) <= Z * np.sqrt(6000)


def test_orders_are_sorted_inside_the_horizon_with_service_and_size() -> None:
    """Instants rise in [start, end); the expedite share and the mean size are those asked for."""
    model = demand(
        orders_per_day=500.0, expedite_share=0.08, images_per_order={"geometric": {"mean": 5}}
    )
    orders = drawn(model, count=2, weeks=4, timezone="Australia/Lord_Howe")
    n = len(orders.images)
    assert np.all(np.diff(orders.submitted_at) >= 0)
    assert MONDAY <= orders.submitted_at[0] <= orders.submitted_at[-1] < MONDAY + 4 * WEEK
    assert abs(orders.expedite.mean() - 0.08) <= Z * np.sqrt(0.08 * 0.92 / n) <= 0.1 * 0.08
    assert abs(orders.images.mean() - 5) <= Z * np.sqrt(20 / n) <= 0.02 * 5
    assert orders.images.min() == 1
    assert orders.images.dtype == np.int64  # whole draws have 32 bits; sums of orders need more


def test_no_demand_is_no_order() -> None:
    """A rate of zero draws nothing and fails nowhere."""
    assert len(drawn(demand(orders_per_day=0.0), count=3).images) == 0


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon-Fri", (0, 1, 2, 3, 4)),
        ("Sat,Sun", (5, 6)),
        ("Fri-Mon", (4, 5, 6, 0)),
        ("Wed", (2,)),
        ("Mon, Wed-Thu", (0, 2, 3)),
        ("Mon-Sun", (0, 1, 2, 3, 4, 5, 6)),
    ],
)
def test_weekdays_are_read(text: str, days: tuple[int, ...]) -> None:
    """Ranges run over the week's end; parts are added up."""
    assert weekdays(text) == days


@pytest.mark.parametrize("text", ["Mo", "", "Mon-", "-Fri", "Mon-Fri,Wed", "Mon,Mon", "mon"])
def test_what_is_no_weekday_is_refused(text: str) -> None:
    """Unknown names, half ranges and repeated days are faults, never guesses."""
    with pytest.raises(ValueError, match="must"):
        weekdays(text)


def test_weights_have_mean_one_and_the_hours_of_their_days() -> None:
    """Spelled-out hours go to the weekdays that they name; days without a name have none."""
    weights = hour_of_week_weights({"Mon,Sun": (2.0,) * 12 + (0.0,) * 12}).reshape(7, 24)
    assert weights.mean() == pytest.approx(1.0)
    assert weights[0].tolist() == weights[6].tolist() == [7.0] * 12 + [0.0] * 12
    assert not weights[1:6].any()
    for name in NAMED:
        assert hour_of_week_weights(name).mean() == pytest.approx(1.0)


@pytest.mark.parametrize(
    "profile",
    [
        "night",
        {"Mon": [1] * 23},
        {"Mon": [0] * 24},
        {"Mon-Fri": [1] * 24, "Wed": [1] * 24},
        {},
        {"Mon": [-1] * 24},
    ],
)
def test_profiles_that_cannot_be_are_refused(profile: Any) -> None:
    """An unknown name, a missing hour, no open hour, a day that stands twice, no day, a negative weight."""
    with pytest.raises(ValidationError):
        TypeAdapter(Profile).validate_python(profile)


def test_expected_factors_multiply_season_and_spikes_day_by_day() -> None:
    """A campaign in a strong week counts by the product of both.

    A random spike by its expectation.
    """
    spikes = Spikes(share_of_days=0.1, factor=3.0, dates={date(2026, 1, 12): 2.0})
    usual = 0.9 + 0.1 * 3.0
    factors = expected_factors(
        demand(season=(1.0, 4.0), spikes=spikes), (MONDAY, MONDAY + 3 * WEEK)
    )
    assert factors == pytest.approx([usual] * 7 + [2.0 * 4.0] + [usual * 4.0] * 13)
