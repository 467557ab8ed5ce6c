"""Offered load: the work that the demand brings to each pool, against the hours of its roster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import HOUR, WEEK, weekday, zone
from sim.demand.profile import hour_of_week_weights
from sim.demand.synthetic import expected_factors
from sim.plant.draws import draw_arrivals
from sim.plant.promises import promise_orders
from sim.plant.roster import line_shifts
from sim.plant.route import expected_work, pool_numbers, station_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sim.demand.groups import Demand, Group
    from sim.demand.order_file import OrderColumns
    from sim.scenario.plant import Pool
    from sim.scenario.schema import ScenarioSpec

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class OfferedLoad:
    """Editor-hours of a mean week, by pool and weekday."""

    pools: tuple[str, ...]
    offered: Floats
    """Shape (pools, 7): work of the orders submitted on that weekday, on the customers'
    calendar."""
    capacity: Floats
    """Shape (pools, 7): hours of the shifts that begin on that weekday, on the pool's calendar,
    less absences."""

    @property
    def load(self) -> Floats:
        """Shape (pools,): offered hours over roster hours of the week."""
        offered, capacity = self.offered.sum(axis=1), self.capacity.sum(axis=1)
        unbounded = np.where(offered > 0, np.inf, 0.0)  # nobody comes: any work is too much
        load: Floats = np.divide(offered, capacity, out=unbounded, where=capacity > 0)
        return load


def offered_load(spec: ScenarioSpec, replays: Mapping[str, OrderColumns]) -> OfferedLoad:
    """Return the offered load and the capacity of a scenario.

    Parameters
    ----------
    spec
        The scenario.
    replays
        Order files by name.

    Returns
    -------
    OfferedLoad
        In means: synthetic demand by its expectation over the counted weeks, replayed orders as
        they are in them. Reviews depend on the split of single orders; they are those of
        replication 0.
    """
    images = sum(
        (_images_by_weekday(spec, group, replays) for group in spec.customers), np.zeros(7)
    )
    hours = _hours_of_an_image(spec)[:, None] * images
    if spec.plant.review:
        pool = pool_numbers(spec.plant)[spec.plant.review.pool]
        hours[pool] += _reviews_by_weekday(spec, replays) * spec.plant.review.minutes.mean() / 60
    pools = spec.plant.pools
    return OfferedLoad(
        tuple(p.name for p in pools), hours, np.array([_capacity(p, spec) for p in pools])
    )


def _hours_of_an_image(spec: ScenarioSpec) -> Floats:
    """Return the expected editor-hours of an image by pool, rework and rejections included."""
    work = expected_work(spec.plant) / (1000 * HOUR)
    hours: Floats = work[0]
    if rejection := spec.plant.rejection:
        again = rejection.share / (1 - rejection.share)
        hours = hours + again * work[station_numbers(spec.plant)[rejection.to]]
    return hours


def _images_by_weekday(
    spec: ScenarioSpec, group: Group, replays: Mapping[str, OrderColumns]
) -> Floats:
    """Return the images that a group submits in a mean counted week."""
    if group.orders is None:
        assert group.demand is not None
        return _expected_images(spec, group, group.demand)
    columns, horizon = replays[group.orders], spec.horizon
    inside = (columns.submitted_at >= horizon.count_from) & (
        columns.submitted_at < horizon.count_until
    )
    day = weekday(zone(group.timezone).to_local(columns.submitted_at[inside]))
    weeks = (horizon.count_until - horizon.count_from) / WEEK
    return np.bincount(day, weights=columns.images[inside], minlength=7) / weeks


def _expected_images(spec: ScenarioSpec, group: Group, demand: Demand) -> Floats:
    horizon = spec.horizon
    factors = expected_factors(demand, (horizon.start_at, horizon.count_until)).reshape(-1, 7)
    by_weekday = hour_of_week_weights(demand.hours).reshape(7, 24).mean(axis=1)
    by_weekday *= factors[horizon.warm_up_weeks :].mean(axis=0)
    images: Floats = (
        by_weekday * demand.orders_per_day * demand.images_per_order.mean() * group.count
    )
    return images


def _reviews_by_weekday(spec: ScenarioSpec, replays: Mapping[str, OrderColumns]) -> Floats:
    arrivals = draw_arrivals(spec, replays, 0)
    promises = promise_orders(spec, arrivals)
    at = arrivals.orders.submitted_at[promises.table.order[promises.reviewed]]
    horizon = spec.horizon
    at = at[(at >= horizon.count_from) & (at < horizon.count_until)]
    return np.bincount(weekday(at), minlength=7) * WEEK / (horizon.count_until - horizon.count_from)


def _capacity(pool: Pool, spec: ScenarioSpec) -> Floats:
    """Return the roster's hours by the weekday on which a shift begins, in a mean week of the horizon."""
    horizon, hours = spec.horizon, np.zeros(7)
    for line in pool.roster:
        starts, ends = line_shifts(line, pool.timezone, horizon.start_at, horizon.count_until)
        day = weekday(zone(pool.timezone).to_local(starts))
        hours += line.editors * np.bincount(day, weights=(ends - starts) / HOUR, minlength=7)
    return hours / horizon.weeks * (1 - pool.absence_share)
