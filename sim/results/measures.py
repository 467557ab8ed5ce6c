"""The measures: each a formula over the tally of a run, registered under its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import floor
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from sim.clock import HOUR, MINUTE
from sim.results.figure import ALL, Figure
from sim.results.states import DECIDED, DONE, DONE_UNPROMISED, HANDLED, LATE, ON_TIME, UNPROMISED
from sim.sla.words import COMMITMENTS, DELIVERY_PLAN, REJECTION, SERVICES, TO_BE_CONFIRMED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.results.tally import Tally

    Ints = NDArray[np.int64]


class Part(NamedTuple):
    """A value with what it is taken of."""

    value: float
    commitment: str = ALL
    service: str = ALL
    pool: str = ALL


Formula = Callable[["Tally"], Iterator[Part]]
Better = Literal["higher", "lower", ""]
"""Which way of a measure is good for those who give and get promises; empty where it depends."""

MEASURES: dict[str, Formula] = {}
BETTER: dict[str, Better] = {}
"""Which way of each measure is good."""


def measure(better: Better) -> Callable[[Formula], Formula]:
    """Register a measure under its function's name, with the way that is good."""

    def register(function: Formula) -> Formula:
        MEASURES[function.__name__], BETTER[function.__name__] = function, better
        return function

    return register


def figures(tally: Tally) -> dict[Figure, float]:
    """Return every figure of a replication; NaN where nothing was there to measure.

    Parameters
    ----------
    tally
        The tally of the replication.

    Returns
    -------
    dict of Figure to float
        The same keys in the same order for every tally of a scenario.
    """
    return {
        Figure(name, part.commitment, part.service, part.pool): part.value
        for name, function in MEASURES.items()
        for part in function(tally)
    }


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else np.nan


def _with_all(words: tuple[str, ...]) -> Iterator[tuple[str, slice]]:
    """Yield all words together, and each by itself, with its place in an array."""
    yield ALL, slice(None)
    for code, word in enumerate(words):
        yield word, slice(code, code + 1)


def _cells() -> Iterator[tuple[str, str, tuple[slice, slice]]]:
    """Yield commitment, service and their place in an array, with all of each."""
    for commitment, row in _with_all(COMMITMENTS):
        for service, column in _with_all(HANDLED):
            yield commitment, service, (row, column)


def _in(states: tuple[int, ...], counts: Ints) -> int:
    """Return the count in some states, which are the last axis."""
    return int(counts[..., states].sum())


def _on_time_share(verdicts: Ints) -> float:
    on_time, late = _in((ON_TIME,), verdicts), _in((LATE,), verdicts)
    return _ratio(on_time, on_time + late)


@measure("higher")
def on_time_share(tally: Tally) -> Iterator[Part]:
    """Images done at or before their deadline, of those known to be on time or late."""
    for commitment, service, cell in _cells():
        counts = tally.owed[cell]
        yield Part(_ratio(_in((ON_TIME,), counts), _in(DECIDED, counts)), commitment, service)


@measure("higher")
def tranche_on_time_share(tally: Tally) -> Iterator[Part]:
    """Tranches of which every image is on time."""
    for commitment, row in _with_all(COMMITMENTS):
        yield Part(_on_time_share(tally.tranches[row]), commitment)


@measure("higher")
def order_on_time_share(tally: Tally) -> Iterator[Part]:
    """Orders of which every image is on time."""
    for service, row in _with_all(SERVICES[:REJECTION]):
        yield Part(_on_time_share(tally.orders[row]), service=service)


@measure("lower")
def tardiness_hours_p95(tally: Tally) -> Iterator[Part]:
    """95 % point of the hours after the deadline; unfinished images count to the end of the run."""
    for commitment, service, (row, column) in _cells():
        positive = [
            tally.tardiness_of(i, j)
            for i in range(len(COMMITMENTS))[row]
            for j in range(len(HANDLED))[column]
        ]
        yield Part(
            _hours_at(0.95, positive, _in(DECIDED, tally.owed[row, column])), commitment, service
        )


def _hours_at(share: float, positive: list[NDArray[np.int32]], n: int) -> float:
    """Return, in hours, the point below which a share of `n` values lies: rising parts of positive seconds, and zeros.

    It is what ``np.quantile`` gives for all of them, from the two that it lies between.
    """
    if not n:
        return np.nan
    place = (n - 1) * share
    top = n - floor(place)
    highest = np.sort(np.concatenate([part[-top:] for part in positive]))[-top:]
    zeros = top - len(highest)
    pair = [highest[rank - zeros] if rank >= zeros else 0 for rank in (0, min(1, top - 1))]
    return float(np.quantile(np.array(pair) / HOUR, place - floor(place)))


@measure("lower")
def overflow_share(tally: Tally) -> Iterator[Part]:
    """Images over the guarantee that need a review, of all images of orders."""
    for commitment, images in _overflow(tally):
        yield Part(_ratio(images, int(_of_orders(tally).sum())), commitment)


@measure("lower")
def overflow_images_per_day(tally: Tally) -> Iterator[Part]:
    """Images over the guarantee that need a review, a calendar day."""
    for commitment, images in _overflow(tally):
        yield Part(images / tally.window.days, commitment)


def _of_orders(tally: Tally) -> Ints:
    """Return the counts of images of orders, not of rejections, by commitment, service and state."""
    return tally.owed[:, :REJECTION]


def _overflow(tally: Tally) -> Iterator[tuple[str, int]]:
    codes: dict[str, tuple[int, ...]] = {ALL: (TO_BE_CONFIRMED, DELIVERY_PLAN)}
    codes |= {COMMITMENTS[code]: (code,) for code in (TO_BE_CONFIRMED, DELIVERY_PLAN)}
    for commitment, which in codes.items():
        yield commitment, int(_of_orders(tally)[which, :].sum())


@measure("lower")
def unpromised_share(tally: Tally) -> Iterator[Part]:
    """Images that have no deadline yet when the run ends, of all images of orders."""
    images = _of_orders(tally)
    yield Part(_ratio(int(images[..., (UNPROMISED, DONE_UNPROMISED)].sum()), int(images.sum())))


@measure("lower")
def refused_share(tally: Tally) -> Iterator[Part]:
    """Images of orders that the plan does not take, of all images asked for."""
    taken, refused = tally.images[1].tolist()
    yield Part(_ratio(refused, taken + refused))


@measure("lower")
def pile_up_factor(tally: Tally) -> Iterator[Part]:
    """Images due on a Monday over the mean of Tuesday to Friday, on the customers' calendars."""
    due = tally.due_by_weekday
    yield Part(_ratio(int(due[0]), float(due[1:5].mean())))


@measure("lower")
def monday_backlog(tally: Tally) -> Iterator[Part]:
    """Unfinished images at Monday 00:00 UTC that are due by that Monday's due time, mean over the Mondays."""
    yield Part(float(tally.monday_backlog.mean()))


@measure("")
def utilisation(tally: Tally) -> Iterator[Part]:
    """Editors' time at work over their time on shift.

    Work after a shift's end counts, so it may pass 1.
    """
    for number, pool in enumerate(tally.pools):
        yield Part(
            _ratio(int(tally.busy_seconds[number].sum()), int(tally.shift_seconds[number].sum())),
            pool=pool,
        )


@measure("lower")
def wait_minutes_mean(tally: Tally) -> Iterator[Part]:
    """Minutes from joining a pool's queue to the first touch, over visits of orders that count."""
    for number, pool in enumerate(tally.pools):
        for service, column in _with_all(HANDLED):
            seconds, visits = (
                int(part[number, column].sum()) for part in (tally.wait_seconds, tally.n_waits)
            )
            yield Part(_ratio(seconds, visits) / MINUTE, service=service, pool=pool)


@measure("lower")
def in_system_mean(tally: Tally) -> Iterator[Part]:
    """Images owed and not done, mean over the time that counts."""
    yield Part(tally.image_seconds / (tally.window.end - tally.window.start))


@measure("lower")
def time_in_system_hours_mean(tally: Tally) -> Iterator[Part]:
    """Hours from submission or rejection to delivery, over images that are done."""
    for commitment, service, cell in _cells():
        seconds, images = int(tally.seconds_in_system[cell].sum()), _in(DONE, tally.owed[cell])
        yield Part(_ratio(seconds, images) / HOUR, commitment, service)


@measure("")
def throughput_per_day(tally: Tally) -> Iterator[Part]:
    """Images delivered a calendar day, in the time that counts."""
    yield Part(tally.n_done / tally.window.days)


@measure("higher")
def support_on_time_share(tally: Tally) -> Iterator[Part]:
    """Reviews answered within the support promise, of those known to be on time or late."""
    yield Part(_on_time_share(tally.reviews))


@measure("lower")
def censored_share(tally: Tally) -> Iterator[Part]:
    """Images unfinished at the end of the run, of all images owed."""
    for commitment, service, cell in _cells():
        total = int(tally.owed[cell].sum())
        yield Part(_ratio(total - _in(DONE, tally.owed[cell]), total), commitment, service)
