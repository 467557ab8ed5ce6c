"""The way of every image through the plant.

Its visits in a row, and the rejections between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NAT
from sim.errors import Fault, InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.plant.legs import Round

    Ints = NDArray[np.int64]
    Shorts = NDArray[np.int32]

MOST_VISITS = 2**31 - 1
"""What 32 bits count."""


@dataclass(frozen=True)
class Returns:
    """The deliveries that customers reject.

    One row each, by image, and an image's in the order of its deliveries.
    """

    image: Shorts
    """Number of the image."""
    end: Shorts
    """The visit after the last one of the rejected delivery: the first of the delivery that
    follows."""
    after: Shorts
    """Seconds from delivery to rejection."""


@dataclass(frozen=True)
class Visits:
    """The visits of all images, each image's in a row, and the rejections between them."""

    first_visit: Shorts
    """Shape (images + 1,): visits of image i are first_visit[i] to first_visit[i + 1] - 1."""
    station: NDArray[np.int8]
    """Shape (visits,): number of the station."""
    seconds: Shorts
    """Shape (visits,): service time, at least 1 s."""
    returns: Returns
    """The rejected deliveries; every image has one delivery more than it has of these."""

    @cached_property
    def first_delivery(self) -> Ints:
        """Shape (images + 1,): deliveries of image i; those after the first follow a rejection."""
        n_images = len(self.first_visit) - 1
        counts = 1 + np.bincount(self.returns.image, minlength=n_images)
        return np.concatenate([[0], np.cumsum(counts)])

    @cached_property
    def ends(self) -> Ints:
        """Shape (deliveries,): the visit after the last one of each delivery."""
        ends = np.empty(self.first_delivery[-1], np.int64)
        ends[self._rejected] = self.returns.end
        ends[self.first_delivery[1:] - 1] = self.first_visit[1:]
        return ends

    @cached_property
    def returns_after(self) -> Ints:
        """Shape (deliveries,): seconds from delivery to rejection; NAT where the image is kept."""
        after = np.full(self.first_delivery[-1], NAT)
        after[self._rejected] = self.returns.after
        return after

    @property
    def _rejected(self) -> Ints:
        """Return the delivery of each row of the returns.

        Before it stand those of the images before, and its own.
        """
        return np.arange(len(self.returns.image)) + self.returns.image


def laid_out(n_images: int, rounds: Sequence[Round]) -> Visits:
    """Draw the service times of the legs of all groups, and lay the legs out, each image's in a row.

    Parameters
    ----------
    n_images
        Images of the draws.
    rounds
        Legs in the order of the rounds; groups in any order. Their streams of service times are
        used up.

    Returns
    -------
    Visits
        The whole way of each image.

    Raises
    ------
    InputError
        Where there are more than `MOST_VISITS`.

    Notes
    -----
    Each leg is laid out as if it went on to the end of the route. Where it is cut short, the leg
    that follows begins at the cut and writes over the rest, and is long enough for that, since it
    goes back.
    """
    first_visit = _first_visits(n_images, rounds)
    station, seconds = np.empty(first_visit[-1], np.int8), np.empty(first_visit[-1], np.int32)
    for round_ in rounds:
        for legs in round_.legs.parts():
            begins = first_visit[legs.image].astype(np.intp) + legs.before
            route_begins = begins - legs.first
            for number, service in enumerate(round_.services):
                # A station before the leg's first writes there too, and the first one over it.
                at = np.maximum(route_begins + number, begins)
                station[at], seconds[at] = number, service(len(at))
    return Visits(first_visit, station, seconds, _returns(first_visit, rounds))


def _first_visits(n_images: int, rounds: Sequence[Round]) -> Shorts:
    """Return the column of that name.

    The last leg of each image, and no other, goes on to the end of the route.
    """
    first_visit = np.zeros(n_images + 1, np.int32)
    n_visits = first_visit[1:]
    for round_ in rounds:
        for legs in round_.legs.parts():
            n_visits[legs.image] = legs.before + len(round_.services) - legs.first
    if (total := int(n_visits.sum(dtype=np.int64))) > MOST_VISITS:
        must = f"must be at most {MOST_VISITS:,} in one replication"
        remedy = "take fewer weeks, or scale demand and editors down alike"
        raise InputError(Fault("plant.route", f"{total:,} visits", must, remedy))
    np.cumsum(n_visits, out=n_visits)
    return first_visit


def _returns(first_visit: Shorts, rounds: Sequence[Round]) -> Returns:
    """Return the legs that follow a rejection as rows, by image and then by round."""
    columns = [np.zeros((3, 0), np.int32)]
    for legs in (part for round_ in rounds for part in round_.legs.parts()):
        back = np.flatnonzero(legs.returns_after != NAT)
        image = legs.image[back]
        columns.append(
            np.array(
                [image, first_visit[image] + legs.before[back], legs.returns_after[back]], np.int32
            )
        )
    rows = np.concatenate(columns, axis=1)
    return Returns(*rows[:, np.argsort(rows[0], kind="stable")])
