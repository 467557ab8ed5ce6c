"""Synthetic orders: a doubly stochastic Poisson process on each customer's own clock."""

from __future__ import annotations

from dataclasses import dataclass
from math import log1p, sqrt
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, MINUTE, WEEK, Zone, day_number, zone
from sim.demand.groups import DayFactor, Demand, Spikes
from sim.demand.profile import hour_of_week, hour_of_week_weights
from sim.demand.streams import stream

if TYPE_CHECKING:
    from sim.arrays import Flags, Floats, Ints


# All offsets since 1972 are multiples of 15 minutes, so a quarter of an hour in UTC lies in one
# hour of any clock.
QUARTER = 15 * MINUTE


@dataclass(frozen=True)
class OrderDraws:
    """Orders of one group in submission order; columns of one length."""

    customer: Ints
    """Number of the customer in the group, from 0."""
    submitted_at: Ints
    """Instant, UTC seconds."""
    expedite: Flags
    """Whether expedite is asked for."""
    images: Ints
    """Images of the order, at least 1."""


def day_factors(factor: DayFactor, days: int, rng: np.random.Generator) -> Floats:
    """Return a stationary lognormal autoregressive factor for each of a row of days.

    Parameters
    ----------
    factor
        Coefficient of variation and lag-1 correlation of the factor.
    days
        How many.
    rng
        Stream of the draws.

    Returns
    -------
    ndarray
        Shape (days,), dimensionless, mean 1.

    Notes
    -----
    ln X is a Gaussian AR(1) with variance s^2 = ln(1 + cv^2). The lag-1 correlation r of X asks for
    ln(1 + r cv^2) / s^2 in ln X: the moments of the lognormal distribution.
    """
    variance = log1p(factor.cv**2)
    if not variance:
        return np.ones(days)
    rho = log1p(factor.correlation * factor.cv**2) / variance
    z = rng.standard_normal(days)
    for day in range(1, days):
        z[day] = rho * z[day - 1] + sqrt(1 - rho**2) * z[day]
    factors: Floats = np.exp(sqrt(variance) * z - variance / 2)
    return factors


def spike_factors(spikes: Spikes, days: Ints, rng: np.random.Generator) -> Floats:
    """Return the multiple of each day.

    `days` are numbers of days since 1970-01-01 on the customer's clock.
    """
    return _with_dates(
        spikes, days, np.where(rng.random(len(days)) < spikes.share_of_days, spikes.factor, 1.0)
    )


def _with_dates(spikes: Spikes, days: Ints, factors: Floats) -> Floats:
    """Return the factors of days with those of the known dates in their places."""
    for day, factor in spikes.dates.items():
        factors[days == np.datetime64(day, "D").astype(np.int64)] = factor
    return factors


def expected_factors(demand: Demand, horizon: tuple[int, int]) -> Floats:
    """Return what the demand of each day is expected to be, as a multiple of the usual.

    Parameters
    ----------
    demand
        Season and spikes; the day factor has the mean 1.
    horizon
        First instant and end, UTC seconds; whole days.

    Returns
    -------
    ndarray
        Shape (days,), dimensionless.
    """
    days = np.arange(day_number(horizon[0]), day_number(horizon[1]))
    usual = np.full(len(days), 1 + demand.spikes.share_of_days * (demand.spikes.factor - 1))
    factors: Floats = _with_dates(demand.spikes, days, usual) * _season(
        demand, (days - days[0]) // 7
    )
    return factors


def _season(demand: Demand, week: Ints) -> Floats:
    """Return the factor of each week from the horizon's start.

    The last one of the list holds on.
    """
    return np.asarray(demand.season)[np.minimum(week, len(demand.season) - 1)]


def customer_weights(count: int, skew: float) -> Floats:
    """Return the customers' shares of the demand, in proportion to k^-skew, with mean 1."""
    weights = np.arange(1, count + 1, dtype=np.float64) ** -skew
    shares: Floats = weights / weights.mean()
    return shares


def expected_orders(
    demand: Demand, clock: Zone, start: int, end: int, factor_of_day: Floats
) -> tuple[Ints, Floats]:
    """Return every quarter of an hour, and the orders expected up to each.

    The orders are those of a mean customer.

    Parameters
    ----------
    demand
        The demand model.
    clock
        The customers' zone.
    start, end
        Horizon, UTC seconds; `start` on a full quarter.
    factor_of_day
        Factor of each local day from the day of `start` on.

    Returns
    -------
    edges, cumulative
        Both of shape (quarters + 1,); UTC seconds and expected orders.
    """
    edges = np.arange(start, end + 1, QUARTER, dtype=np.int64)
    local = clock.to_local(edges[:-1])
    day = day_number(local) - day_number(local[0])
    rate = (
        hour_of_week_weights(demand.hours)[hour_of_week(local)]
        * factor_of_day[day]
        * _season(demand, (edges[:-1] - start) // WEEK)
    )
    return edges, np.concatenate([[0.0], np.cumsum(rate * demand.orders_per_day * (QUARTER / DAY))])


def draw_orders(
    name: str,
    demand: Demand,
    count: int,
    timezone: str,
    horizon: tuple[int, int],
    seed: int,
    replication: int,
) -> OrderDraws:
    """Draw the orders of a group's customers for one replication.

    Parameters
    ----------
    name
        The group's name; it keys the streams.
    demand, count, timezone
        The demand model, the number of customers and their zone.
    horizon
        First instant and end, UTC seconds.
    seed, replication
        Master seed, number of the replication.

    Returns
    -------
    OrderDraws
        In submission order; ties by customer, then by draw.
    """
    clock = zone(timezone)
    first, last = (int(day_number(int(clock.to_local(np.array([at]))[0]))) for at in horizon)
    days = np.arange(first, last + 1)
    factor = day_factors(
        demand.day_factor, len(days), stream(seed, replication, f"{name}/day factor")
    )
    factor *= spike_factors(demand.spikes, days, stream(seed, replication, f"{name}/spikes"))
    edges, cumulative = expected_orders(demand, clock, *horizon, factor)
    weights = customer_weights(count, demand.skew)
    parts = [
        _orders_of_customer(
            f"{name}/{customer}", demand, edges, weights[customer] * cumulative, seed, replication
        )
        for customer in range(count)
    ]
    customer = np.repeat(np.arange(count), [len(part[0]) for part in parts])
    submitted_at, expedite, images = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(submitted_at, kind="stable")
    return OrderDraws(customer[order], submitted_at[order], expedite[order], images[order])


def _orders_of_customer(
    name: str, demand: Demand, edges: Ints, cumulative: Floats, seed: int, replication: int
) -> tuple[Ints, Flags, Ints]:
    """Draw when one customer orders, by inversion, and what each order asks for."""
    rng = stream(seed, replication, f"{name}/instants")
    n = int(rng.poisson(cumulative[-1]))
    at = np.interp(np.sort(rng.random(n)) * cumulative[-1], cumulative, edges)
    expedite = stream(seed, replication, f"{name}/expedite").random(n) < demand.expedite_share
    images = demand.images_per_order.whole(stream(seed, replication, f"{name}/images"), n)
    return np.floor(at).astype(np.int64), expedite, images.astype(np.int64)
