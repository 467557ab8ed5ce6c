"""The legs of the images' ways, drawn before the run: rework, rejections and service times.

A *leg* is a row of stations that an image passes without going back. Rework ends a leg and starts
the next one at an earlier station; the last leg of a delivery ends at the last station; a rejection
starts a new delivery. Legs are drawn round by round for all images of a group that have one more,
and within a round in parts: a stream gives the same numbers in parts as at once, and small parts
need little memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import HOUR, MINUTE, NAT
from sim.demand.streams import stream
from sim.plant.route import station_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario.plant import Plant

    Codes = NDArray[np.int8]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Shorts = NDArray[np.int32]

PART = 1 << 15
"""Most legs drawn at a time: their columns stay in the processor's cache."""


@dataclass(frozen=True)
class Legs:
    """One leg of each of some images; columns of one length."""

    image: Shorts
    """Which image; each at most once."""
    first: Codes
    """Number of the first station."""
    before: Shorts
    """Visits of the image before the leg."""
    returns_after: Ints
    """Seconds from delivery to the rejection that the leg follows; NAT where it follows none."""

    def parts(self) -> Iterator[Legs]:
        """Yield the legs a part at a time."""
        for start in range(0, len(self.image), PART):
            rows = slice(start, start + PART)
            yield Legs(
                self.image[rows], self.first[rows], self.before[rows], self.returns_after[rows]
            )


@dataclass(frozen=True)
class Round:
    """The legs of a round, and their service times, which are not drawn yet."""

    legs: Legs
    """One leg of each image that has so many."""
    services: tuple[Callable[[int], Shorts], ...]
    """For each station of the plant, draws the service times of the next so many legs; what lies
    outside a leg is not used."""


def draw_legs(
    name: str, images: Shorts, plant: Plant, seed: int, replication: int
) -> Iterator[Round]:
    """Draw the legs of a group's images, round by round.

    Parameters
    ----------
    name
        Name of the group; it keys the streams.
    images
        Numbers of its images in the whole draws, in submission order.
    plant
        Route, rework and rejection.
    seed, replication
        Master seed, number of the replication.

    Yields
    ------
    Round
        The legs of the images that have one more; the first round holds all images.
    """
    legs, round_ = _first_legs(images), 0
    while len(legs.image):
        draws = _Draws(plant, f"{name}/{round_}", seed, replication)
        yield Round(legs, draws.services)
        legs, round_ = _joined(list(map(draws.followers, legs.parts()))), round_ + 1


def _first_legs(images: Shorts) -> Legs:
    """Return legs that begin the ways of images; columns of one value take no memory."""
    n = len(images)
    first, before = np.broadcast_to(np.int8(0), n), np.broadcast_to(np.int32(0), n)
    return Legs(images, first, before, np.broadcast_to(np.int64(NAT), n))


def _joined(parts: list[Legs]) -> Legs:
    return Legs(
        *(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(Legs))
    )


class _Draws:
    """The draws of one round, part by part."""

    def __init__(self, plant: Plant, name: str, seed: int, replication: int) -> None:
        def rng(what: str) -> np.random.Generator:
            return stream(seed, replication, f"{name}/{what}")

        self._plant, self._numbers = plant, station_numbers(plant)
        self._reworks = [rng(f"rework/{station.station}") for station in plant.route]
        self._rejection, self._delay = rng("rejection"), rng("rejection delay")
        self.services = tuple(
            partial(station.minutes.whole, rng(f"service/{station.station}"), unit=MINUTE)
            for station in plant.route
        )

    def followers(self, legs: Legs) -> Legs:
        """Return the legs that follow some of these."""
        last, back_to = self._ends(legs.first)
        after = self._returns_after(back_to < 0)
        if rejection := self._plant.rejection:
            back_to[after != NAT] = self._numbers[rejection.to]
        on = np.flatnonzero(back_to >= 0)
        return Legs(
            legs.image[on], back_to[on], legs.before[on] + last[on] - legs.first[on] + 1, after[on]
        )

    def _ends(self, first: Codes) -> tuple[Codes, Codes]:
        """Return the last station of each leg, and the one that rework goes back to, or -1."""
        last = np.full(len(first), len(self._plant.route) - 1, np.int8)
        back_to = np.full(len(first), -1, np.int8)
        for number, station in reversed(list(enumerate(self._plant.route))):
            if station.rework:
                fails = self._reworks[number].random(len(first)) < station.rework.share
                fails &= first <= number
                last[fails], back_to[fails] = number, self._numbers[station.rework.to]
        return last, back_to

    def _returns_after(self, delivers: Flags) -> Ints:
        """Return the seconds from delivery to rejection, NAT for images that are kept or not delivered."""
        after = np.full(len(delivers), NAT)
        if rejection := self._plant.rejection:
            rejected = delivers & (self._rejection.random(len(delivers)) < rejection.share)
            after[rejected] = rejection.delay_hours.whole(self._delay, len(delivers), HOUR)[
                rejected
            ]
        return after
