"""The way of an image, drawn before the run: legs, rework, rejections, and how they are laid out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.clock import HOUR, MINUTE, NAT
from sim.plant.visits import Legs, Visits, draw_legs, laid_out
from sim.scenario.plant import Plant

Ints = NDArray[np.int64]
Z = 3.29  # two-sided 99.9 % point of the normal distribution
N = 40_000


def plant_of(route: list[dict[str, Any]], **more: Any) -> Plant:
    """Return a plant with one pool that works at all stations; a minute each unless it is said otherwise."""
    line = {"days": "Mon-Sun", "from": "00:00", "to": "24:00", "editors": 1}
    pools = [{"name": "floor", "timezone": "UTC", "roster": [line]}]
    stations = [{"pool": "floor", "minutes": {"constant": 1}, **station} for station in route]
    return Plant.model_validate({"pools": pools, "route": stations, **more})


def drawn(plant: Plant, n: int = N, seed: int = 1) -> Visits:
    """Return the visits of `n` images."""
    return laid_out(n, list(draw_legs("group", np.arange(n), plant, seed, 0)))


def assert_share(hits: int, of: int, share: float) -> None:
    """Compare a count with a binomial share: inside 99.9 %, with a half-width of at most a tenth of it."""
    half_width = Z * np.sqrt(share * (1 - share) / of)
    assert half_width <= 0.1 * share
    assert abs(hits / of - share) <= half_width


THREE = plant_of(
    [
        {"station": "a"},
        {"station": "b", "rework": {"share": 0.3, "to": "a"}},
        {"station": "c", "rework": {"share": 0.2, "to": "c"}},
    ],
    rejection={"share": 0.25, "delay_hours": {"constant": 2}, "to": "b"},
)


@pytest.fixture(scope="module")
def visits() -> Visits:
    """Return the ways of many images through three stations with rework and rejections."""
    return drawn(THREE)


def test_share_of_rework_is_the_one_asked_for_at_every_visit(visits: Visits) -> None:
    """Each visit fails with its station's probability, the second and third as well as the first."""
    deliveries = len(visits.ends)
    at_b, at_c = (int((visits.station == number).sum()) for number in (1, 2))
    # A delivery passes b once and c once; all other visits there were failures.
    assert_share(at_b - deliveries, at_b, 0.3)
    assert_share(at_c - deliveries, at_c, 0.2)


def test_share_of_rejections_is_the_one_asked_for_at_every_delivery(visits: Visits) -> None:
    """Each delivery is sent back with the same probability, the second as well; after two hours."""
    again = visits.returns_after != NAT
    assert_share(int(again.sum()), len(again), 0.25)
    second = visits.first_delivery[:-1] + 1
    second = second[np.diff(visits.first_delivery) >= 2]
    assert_share(int(again[second].sum()), len(second), 0.25)
    assert set(visits.returns_after[again].tolist()) == {2 * HOUR}


def test_every_way_keeps_the_route(visits: Visits) -> None:
    """A way begins at the first station, moves on or back by rework, ends at the last, and restarts at b."""
    starts_delivery = np.zeros(len(visits.station), np.bool_)
    starts_delivery[np.append(0, visits.ends[:-1])] = True
    starts_image = np.zeros(len(visits.station), np.bool_)
    starts_image[visits.first_visit[:-1]] = True
    assert set(visits.station[starts_image].tolist()) == {0}
    assert set(visits.station[starts_delivery & ~starts_image].tolist()) == {1}
    assert set(visits.station[visits.ends - 1].tolist()) == {2}
    inner = np.flatnonzero(~starts_delivery)
    moves = set(zip(visits.station[inner - 1].tolist(), visits.station[inner].tolist(), strict=True))
    assert moves == {(0, 1), (1, 2), (1, 0), (2, 2)}
    assert np.array_equal(visits.ends[visits.first_delivery[1:] - 1], visits.first_visit[1:])


def test_only_a_delivery_that_is_not_the_last_is_sent_back(visits: Visits) -> None:
    """An image has one delivery more than it has rejections."""
    last = visits.first_delivery[1:] - 1
    rejected = np.flatnonzero(visits.returns_after != NAT)
    assert not np.isin(last, rejected).any()
    assert len(rejected) == len(visits.ends) - N


def test_without_rework_every_image_takes_the_route_once() -> None:
    """Shares of zero draw nothing back; the service times are those of the stations."""
    route: list[dict[str, Any]] = [{"station": "a"}, {"station": "b", "minutes": {"constant": 7}}]
    route[1]["rework"] = {"share": 0.0, "to": "a"}
    visits = drawn(plant_of(route), 5)
    assert visits.station.tolist() == [0, 1] * 5
    assert visits.seconds.tolist() == [MINUTE, 7 * MINUTE] * 5
    assert visits.ends.tolist() == [2, 4, 6, 8, 10]
    assert visits.returns_after.tolist() == [NAT] * 5


def test_a_visit_lasts_a_second_at_least() -> None:
    """Service times are rounded to whole seconds, and none to zero."""
    visits = drawn(plant_of([{"station": "a", "minutes": {"constant": 0}}]), 3)
    assert visits.seconds.tolist() == [1, 1, 1]


def test_service_times_have_the_mean_of_their_distribution() -> None:
    """Repeated visits draw anew from the same distribution: the means fit, and repeats are no copies."""
    route = [{"station": "a", "minutes": {"exponential": {"mean": 10}}, "rework": {"share": 0.5, "to": "a"}}]
    visits = drawn(plant_of(route))
    first, second = visits.first_visit[:-1], visits.first_visit[:-1] + 1
    repeated = np.diff(visits.first_visit) >= 2
    for seconds in (visits.seconds[first], visits.seconds[second[repeated]]):
        assert abs(seconds.mean() - 600) <= Z * 600 / np.sqrt(len(seconds)) <= 0.03 * 600
    pairs = np.corrcoef(visits.seconds[first[repeated]], visits.seconds[second[repeated]])
    assert abs(pairs[0, 1]) <= Z / np.sqrt(repeated.sum())


def test_legs_are_laid_out_image_by_image() -> None:
    """Legs of several rounds and groups become a row of visits an image, with the ends of its deliveries."""
    rounds = [
        # Group one, images 0 and 2: image 0 fails at station 1, image 2 comes back 50 s after delivery.
        Legs(column(0, 2), column(0, 0), column(1, 2), flags(0, 1), column(NAT, 50), times(10, 20)),
        Legs(column(0, 2), column(0, 1), column(2, 2), flags(1, 1), column(NAT, NAT), times(30, 40)),
        # Group two, image 1.
        Legs(column(1), column(0), column(2), flags(1), column(NAT), times(70)),
    ]
    visits = laid_out(3, rounds)
    assert visits.first_visit.tolist() == [0, 5, 8, 13]
    assert visits.station.tolist() == [0, 1, 0, 1, 2, 0, 1, 2, 0, 1, 2, 1, 2]
    assert visits.seconds.tolist() == [10, 11, 30, 31, 32, 70, 71, 72, 20, 21, 22, 41, 42]
    assert visits.first_delivery.tolist() == [0, 1, 2, 4]
    assert visits.ends.tolist() == [5, 8, 11, 13]
    assert visits.returns_after.tolist() == [NAT, NAT, 50, NAT]
    assert len(laid_out(0, []).station) == 0


def column(*numbers: int) -> Ints:
    """Return a column."""
    return np.array(numbers, np.int64)


def flags(*numbers: int) -> NDArray[np.bool_]:
    """Return a column of truths."""
    return np.array(numbers, np.bool_)


def times(*at_first: int) -> tuple[NDArray[np.int32], ...]:
    """Return service times at three stations: those at the first, and one and two seconds more."""
    return tuple(np.array(at_first, np.int32) + station for station in range(3))
