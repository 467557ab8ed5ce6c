"""The way of every image through the plant, drawn before the run: visits, rework and rejections.

A *leg* is a row of stations that an image passes without going back. Rework ends a leg and starts the next one at an
earlier station; the last leg of a delivery ends at the last station; a rejection starts a new delivery. Legs are drawn
round by round for all images of a group that have one more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import HOUR, MINUTE, NAT
from sim.demand.streams import stream
from sim.plant.route import station_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario.plant import Plant

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Legs:
    """One leg of each of some images; columns of one length."""

    image: Ints
    """Which image; each at most once."""
    first: Ints
    """Number of the first station."""
    last: Ints
    """Number of the last station."""
    delivers: NDArray[np.bool_]
    """Whether the image is delivered after this leg."""
    returns_after: Ints
    """Seconds from delivery to the customer's rejection; NAT where the image is not sent back."""
    seconds: tuple[NDArray[np.int32], ...]
    """Service time at each station of the plant, for each image; what lies outside the leg is not used."""


@dataclass(frozen=True)
class Visits:
    """The visits and deliveries of all images, each image's in a row."""

    first_visit: Ints
    """Shape (images + 1,): visits of image i are first_visit[i] to first_visit[i + 1] - 1."""
    station: NDArray[np.int8]
    """Shape (visits,): number of the station."""
    seconds: NDArray[np.int32]
    """Shape (visits,): service time, at least 1 s."""
    first_delivery: Ints
    """Shape (images + 1,): deliveries of image i; those after the first follow a rejection."""
    ends: Ints
    """Shape (deliveries,): the visit after the last one of each delivery."""
    returns_after: Ints
    """Shape (deliveries,): seconds from delivery to rejection; NAT where the image is kept."""


def draw_legs(name: str, images: Ints, plant: Plant, seed: int, replication: int) -> Iterator[Legs]:
    """Draw the legs of a group's images, round by round.

    Parameters
    ----------
    name
        Name of the group; it keys the streams.
    images
        Numbers of its images in the whole workload, in submission order.
    plant
        Route, rework and rejection.
    seed, replication
        Master seed, number of the replication.

    Yields
    ------
    Legs
        Those of the images that have one more; the first round holds all images.
    """
    numbers = station_numbers(plant)
    first = np.zeros(len(images), np.int64)
    round_ = 0
    while len(images):
        draws = _Draws(plant, f"{name}/{round_}", len(images), seed, replication)
        last, back_to = draws.leg_ends(first, numbers)
        delivers = back_to < 0
        returns_after = draws.returns_after(delivers)
        yield Legs(images, first, last, delivers, returns_after, draws.seconds())
        if plant.rejection:
            back_to = np.where(returns_after != NAT, numbers[plant.rejection.to], back_to)
        images, first = images[back_to >= 0], back_to[back_to >= 0]
        round_ += 1


class _Draws:
    """The draws of one round."""

    def __init__(self, plant: Plant, name: str, n: int, seed: int, replication: int) -> None:
        self.plant, self.n = plant, n
        self._key = (seed, replication, name)

    def _stream(self, what: str) -> np.random.Generator:
        seed, replication, name = self._key
        return stream(seed, replication, f"{name}/{what}")

    def seconds(self) -> tuple[NDArray[np.int32], ...]:
        """Return service times at each station, for every image."""
        return tuple(
            station.minutes.whole(self._stream(f"service/{station.station}"), self.n, MINUTE).astype(np.int32)
            for station in self.plant.route
        )

    def leg_ends(self, first: Ints, numbers: dict[str, int]) -> tuple[Ints, Ints]:
        """Return the last station of each leg, and the one that rework goes back to, or -1."""
        last = np.full(self.n, len(self.plant.route) - 1)
        back_to = np.full(self.n, -1)
        for number, station in reversed(list(enumerate(self.plant.route))):
            if station.rework:
                fails = self._stream(f"rework/{station.station}").random(self.n) < station.rework.share
                fails &= first <= number
                last[fails], back_to[fails] = number, numbers[station.rework.to]
        return last, back_to

    def returns_after(self, delivers: NDArray[np.bool_]) -> Ints:
        """Return the seconds from delivery to rejection, NAT for images that are kept or not delivered."""
        after = np.full(self.n, NAT)
        if rejection := self.plant.rejection:
            rejected = delivers & (self._stream("rejection").random(self.n) < rejection.share)
            delay = rejection.delay_hours.whole(self._stream("rejection delay"), self.n, HOUR)
            after[rejected] = delay[rejected]
        return after


def laid_out(n_images: int, rounds: list[Legs]) -> Visits:
    """Lay out the legs of all groups, each image's in a row.

    Parameters
    ----------
    n_images
        Images of the workload.
    rounds
        Legs in the order of the rounds; groups in any order.

    Returns
    -------
    Visits
        The whole way of each image.
    """
    n_visits, n_deliveries = np.zeros(n_images, np.int64), np.zeros(n_images, np.int64)
    for legs in rounds:
        n_visits[legs.image] += legs.last - legs.first + 1
        n_deliveries[legs.image] += legs.delivers
    first_visit, first_delivery = _starts(n_visits), _starts(n_deliveries)
    station, seconds = np.empty(first_visit[-1], np.int8), np.empty(first_visit[-1], np.int32)
    ends, returns_after = np.empty(first_delivery[-1], np.int64), np.empty(first_delivery[-1], np.int64)
    next_visit, next_delivery = first_visit[:-1].copy(), first_delivery[:-1].copy()
    for legs in rounds:
        for number, times in enumerate(legs.seconds):
            passes = (legs.first <= number) & (number <= legs.last)
            at = next_visit[legs.image[passes]]
            station[at], seconds[at] = number, times[passes]
            next_visit[legs.image[passes]] += 1
        done = legs.image[legs.delivers]
        ends[next_delivery[done]] = next_visit[done]
        returns_after[next_delivery[done]] = legs.returns_after[legs.delivers]
        next_delivery[done] += 1
    return Visits(first_visit, station, seconds, first_delivery, ends, returns_after)


def _starts(counts: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)])
