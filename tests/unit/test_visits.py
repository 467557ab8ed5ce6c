"""The way of an image, drawn before the run.

Legs, rework, rejections, and how they are laid out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.clock import HOUR, MINUTE, NAT
from sim.demand.streams import stream
from sim.errors import InputError
from sim.plant import legs
from sim.plant.legs import Legs, Round, draw_legs
from sim.plant.visits import Visits, laid_out
from sim.scenario.plant import Plant

Ints = NDArray[np.int64]
Z = 3.29  # two-sided 99.9 % point of the normal distribution
N = 40_000


def plant_of(route: list[dict[str, Any]], **more: Any) -> Plant:
    """Return a plant with one pool that works at all stations.

    A minute each unless it is said otherwise.
    """
    line = {"days": "Mon-Sun", "from": "00:00", "to": "24:00", "editors": 1}
    pools = [{"name": "floor", "timezone": "UTC", "roster": [line]}]
    stations = [{"pool": "floor", "minutes": {"constant": 1}, **station} for station in route]
    return Plant.model_validate({"pools": pools, "route": stations, **more})


def drawn(plant: Plant, n: int = N, seed: int = 1) -> Visits:
    """Return the visits of `n` images."""
    return laid_out(n, list(draw_legs("group", np.arange(n, dtype=np.int32), plant, seed, 0)))


def assert_share(hits: int, of: int, share: float) -> None:
    """Compare a count with a binomial share.

    Inside 99.9 %, with a half-width of at most a tenth of it.
    """
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
    moves = set(
        zip(visits.station[inner - 1].tolist(), visits.station[inner].tolist(), strict=True)
    )
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
    """Repeated visits draw anew from the same distribution.

    The means fit, and repeats are no copies.
    """
    route = [
        {
            "station": "a",
            "minutes": {"exponential": {"mean": 10}},
            "rework": {"share": 0.5, "to": "a"},
        }
    ]
    visits = drawn(plant_of(route))
    first, second = visits.first_visit[:-1], visits.first_visit[:-1] + 1
    repeated = np.diff(visits.first_visit) >= 2
    for seconds in (visits.seconds[first], visits.seconds[second[repeated]]):
        assert abs(seconds.mean() - 600) <= Z * 600 / np.sqrt(len(seconds)) <= 0.03 * 600
    pairs = np.corrcoef(visits.seconds[first[repeated]], visits.seconds[second[repeated]])
    assert abs(pairs[0, 1]) <= Z / np.sqrt(repeated.sum())


FAMILIES: list[dict[str, Any]] = [
    {"exponential": {"mean": 3}},
    {"lognormal": {"mean": 3, "cv": 0.8, "max": 9}},
    {"gamma": {"mean": 3, "cv": 0.5}},
    {"uniform": {"low": 1, "high": 3}},
    {"triangular": {"low": 1, "mode": 2, "high": 3}},
    {"geometric": {"mean": 3}},
    {"empirical": {"values": [1, 2, 7], "weights": [3, 1, 1]}},
]


def way_back(family: int, rejection: bool) -> Plant:
    """Return four stations of different families with much rework, and rejections or none."""
    minutes = [FAMILIES[(family + place) % len(FAMILIES)] for place in range(5)]
    route: list[dict[str, Any]] = [
        {"station": name, "minutes": own} for name, own in zip("abcd", minutes, strict=False)
    ]
    route[1]["rework"] = {"share": 0.3, "to": "a"}
    route[2]["rework"] = {"share": 0.4, "to": "c"}
    route[3]["rework"] = {"share": 0.2, "to": "b"}
    more = {"rejection": {"share": 0.3, "delay_hours": minutes[4], "to": "c"}} if rejection else {}
    return plant_of(route, **more)


def plain_ways(plant: Plant, n: int) -> list[list[tuple[int, int, int | None]]]:
    """Return each image's visits as (station, seconds, seconds from its end to a rejection), an image at a time.

    The rule: in round r, every image that still has a leg takes the next number of each stream of
    that round.
    """
    names = [station.station for station in plant.route]
    ways: list[list[tuple[int, int, int | None]]] = [[] for _ in range(n)]
    begins, round_ = dict.fromkeys(range(n), 0), 0
    while begins:
        rngs = {
            what: stream(1, 0, f"group/{round_}/{what}")
            for what in ("rejection", "rejection delay")
        }
        rngs |= {
            f"{what}/{name}": stream(1, 0, f"group/{round_}/{what}/{name}")
            for what in WHAT
            for name in names
        }
        following: dict[int, int] = {}
        for image, first in begins.items():
            fails = [
                s.rework and rngs[f"rework/{s.station}"].random() < s.rework.share
                for s in plant.route
            ]
            times = [
                int(s.minutes.whole(rngs[f"service/{s.station}"], 1, MINUTE)[0])
                for s in plant.route
            ]
            last = next((k for k in range(first, len(names)) if fails[k]), None)
            ways[image] += [
                (k, times[k], None) for k in range(first, len(names) if last is None else last + 1)
            ]
            rework = plant.route[last].rework if last is not None else None
            if rework:
                following[image] = names.index(rework.to)
            if plant.rejection:
                rejected = rngs["rejection"].random() < plant.rejection.share
                delay = int(plant.rejection.delay_hours.whole(rngs["rejection delay"], 1, HOUR)[0])
                if rejected and not rework:
                    ways[image][-1] = (*ways[image][-1][:2], delay)
                    following[image] = names.index(plant.rejection.to)
        begins, round_ = following, round_ + 1
    return ways


WHAT = ("rework", "service")


@pytest.mark.parametrize("rejection", [False, True])
@pytest.mark.parametrize("family", range(len(FAMILIES)))
def test_ways_are_those_of_a_plain_walk(
    family: int, rejection: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every station, time and rejection is the one that a walk image by image draws, in parts of any size."""
    plant, n = way_back(family, rejection), 120
    ways = plain_ways(plant, n)
    flat = [visit for way in ways for visit in way]
    back = [(visit + 1, after) for visit, (_, _, after) in enumerate(flat) if after is not None]
    starts = np.cumsum([0, *map(len, ways)])
    for part in (1, 7, n):
        monkeypatch.setattr(legs, "PART", part)
        visits = drawn(plant, n)
        assert visits.first_visit.tolist() == starts.tolist()
        assert visits.station.tolist() == [station for station, _, _ in flat]
        assert visits.seconds.tolist() == [seconds for _, seconds, _ in flat]
        assert (
            list(zip(visits.returns.end.tolist(), visits.returns.after.tolist(), strict=True))
            == back
        )
        owner = np.searchsorted(starts, visits.returns.end - 1, side="right") - 1
        assert visits.returns.image.tolist() == owner.tolist()


def test_columns_of_all_images_have_32_bits_at_most(visits: Visits) -> None:
    """Fifty million images fit in the memory of a desk machine: 4 bytes an image and 5 a visit."""
    assert visits.station.dtype == np.int8
    returns = visits.returns
    for column in (visits.first_visit, visits.seconds, returns.image, returns.end, returns.after):
        assert column.dtype == np.int32


def test_legs_are_laid_out_image_by_image() -> None:
    """Legs of several rounds and groups become a row of visits an image, with the ends of its deliveries."""
    rounds = [
        # Group one, images 0 and 2: image 0 fails at station 1, image 2 comes back 50 s after
        # delivery.
        Round(legs_of([0, 2], [0, 0], [0, 0], [NAT, NAT]), times(10, 20)),
        Round(legs_of([0, 2], [0, 1], [2, 3], [NAT, 50]), times(30, 40)),
        # Group two, image 1.
        Round(legs_of([1], [0], [0], [NAT]), times(70)),
    ]
    visits = laid_out(3, rounds)
    assert visits.first_visit.tolist() == [0, 5, 8, 13]
    assert visits.station.tolist() == [0, 1, 0, 1, 2, 0, 1, 2, 0, 1, 2, 1, 2]
    assert visits.seconds.tolist() == [10, 11, 30, 31, 32, 70, 71, 72, 20, 21, 22, 41, 42]
    assert visits.first_delivery.tolist() == [0, 1, 2, 4]
    assert visits.ends.tolist() == [5, 8, 11, 13]
    assert visits.returns_after.tolist() == [NAT, NAT, 50, NAT]
    assert len(laid_out(0, []).station) == 0


def test_returns_come_by_image_whatever_their_group_and_round() -> None:
    """Image 2 of the first group is rejected twice, image 0 of the second once.

    The rows go by image, then in time.
    """
    rounds = [
        Round(legs_of([1, 2], [0, 0], [0, 0], [NAT, NAT]), times(1, 1)),
        Round(legs_of([2], [1], [3], [60]), times(1)),
        Round(legs_of([2], [2], [5], [70]), times(1)),
        Round(legs_of([0], [0], [0], [NAT]), times(1)),
        Round(legs_of([0], [2], [3], [80]), times(1)),
    ]
    visits = laid_out(3, rounds)
    assert visits.returns.image.tolist() == [0, 2, 2]
    assert visits.returns.end.tolist() == [3, 4 + 3 + 3, 4 + 3 + 5]
    assert visits.returns.after.tolist() == [80, 60, 70]
    assert visits.ends.tolist() == [3, 4, 7, 10, 12, 13]
    assert visits.returns_after.tolist() == [80, NAT, NAT, 60, 70, NAT]


def test_more_visits_than_32_bits_count_are_refused() -> None:
    """Two images with three fifths of them each are a fault that says how many, before any memory is taken."""
    n = 1_300_000_000
    with pytest.raises(InputError, match=f"{2 * n + 6:,} visits") as fault:
        laid_out(2, [Round(legs_of([0, 1], [0, 0], [n, n], [NAT, NAT]), times(1, 1))])
    assert "2,147,483,647" in str(fault.value)


def legs_of(
    image: list[int], first: list[int], before: list[int], returns_after: list[int]
) -> Legs:
    """Return legs as columns."""
    shorts = (np.array(column, np.int32) for column in (image, before))
    return Legs(
        next(shorts), np.array(first, np.int8), next(shorts), np.array(returns_after, np.int64)
    )


def times(*at_first: int) -> tuple[Any, ...]:
    """Return service times at three stations: those at the first, and one and two seconds more."""

    def drawing(values: Iterator[int]) -> Any:
        return lambda n: np.array([next(values) for _ in range(n)], np.int32)

    return tuple(drawing(iter([at + station for at in at_first])) for station in range(3))
