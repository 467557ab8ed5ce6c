"""The register of measures: each one formula over the counts of a run, with its words.

The schema of targets, the words of reports, the glossary and the tests take the measures from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import floor
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from sim.clock import HOUR, MINUTE
from sim.results.counts import (
    DECIDED,
    DONE,
    DONE_UNPROMISED,
    HANDLED,
    LATE,
    ON_TIME,
    UNPROMISED,
    CrossTable,
)
from sim.results.figure import ALL, Figure
from sim.sla.words import COMMITMENTS, DELIVERY_PLAN, EXPEDITE, SERVICES, STANDARD, TO_BE_CONFIRMED

if TYPE_CHECKING:
    from sim.arrays import Floats, Ints, Shorts
    from sim.results.counts import Counts

Better = Literal["higher", "lower", ""]
"""Which way of a measure is good for those who give and get promises; empty where it depends."""
Crossing = tuple[str, ...]
"""Dimensions that are told apart together, each with all its levels in one beside them."""

OWED: tuple[Crossing, ...] = (("commitment", "service"),)
"""How measures of what is owed are told apart."""
WITHOUT_TOTAL = ("pool",)
"""Dimensions whose levels are not added up: one number for all pools together would mean little."""
SHOWN: Mapping[str, tuple[str, ...]] = {"service": HANDLED}
"""Levels of a dimension of which figures are given, where these are not all."""


class Ratio(NamedTuple):
    """A sum over another one, for every setting of the dimensions."""

    numerator: CrossTable
    denominator: CrossTable
    """Of all levels together along the dimensions that it does not have."""


class Percentile(NamedTuple):
    """The point below which a share of values lies, for every setting of the dimensions."""

    share: float
    positive: list[Shorts]
    """The values above 0, rising, of each cell of the dimensions; the others are 0."""
    n: CrossTable
    """How many values there are."""


Formula = Callable[["Counts"], Ratio | Percentile]


@dataclass(frozen=True)
class Measure:
    """A measure with its words."""

    name: str
    label: str
    """As sentences and tables name it."""
    unit: str
    """After the number; a share and a utilisation, which are said in percent, have ``%``."""
    better: Better
    noun: str
    """What it is taken of, where commitment and service tell that apart: ``images``."""
    by: tuple[Crossing, ...]
    """How it is told apart; not at all where this is empty."""
    only: Mapping[str, tuple[str, ...]]
    """Levels that it is given of, where these are not all that are shown."""
    scale: int
    """What the ratio is divided by: seconds in an hour or a minute."""
    formula: Formula

    @property
    def meaning(self) -> str:
        """What it is, in a sentence."""
        return str(self.formula.__doc__).partition("\n")[0]


MEASURES: dict[str, Measure] = {}


def measure(
    label: str,
    unit: str,
    *,
    better: Better,
    noun: str = "",
    by: tuple[Crossing, ...] = (),
    only: Mapping[str, tuple[str, ...]] | None = None,
    scale: int = 1,
) -> Callable[[Formula], Formula]:
    """Register a measure under its function's name.

    Parameters
    ----------
    label, unit, better, noun, by, only, scale
        As in :class:`Measure`.

    Returns
    -------
    callable
        Decorates a formula over the counts of a run.
    """

    def register(formula: Formula) -> Formula:
        name, levels = formula.__name__, {**SHOWN, **(only or {})}
        MEASURES[name] = Measure(name, label, unit, better, noun, by, levels, scale, formula)
        return formula

    return register


def number(value: float) -> CrossTable:
    """Return one number for all settings."""
    return CrossTable((), np.asarray(value))


@measure("on-time share", "%", better="higher", noun="images", by=OWED)
def on_time_share(counts: Counts) -> Ratio:
    """Images done at or before their deadline, of those known to be on time or late."""
    return Ratio(counts.images_in(ON_TIME), counts.images_in(*DECIDED))


@measure("on-time share", "%", better="higher", noun="tranches", by=(("commitment",),))
def tranche_on_time_share(counts: Counts) -> Ratio:
    """Tranches of which every image is on time."""
    return _on_time(counts.owed, counts.tranches)


@measure(
    "on-time share",
    "%",
    better="higher",
    noun="orders",
    by=(("service",),),
    only={"service": (SERVICES[STANDARD], SERVICES[EXPEDITE])},
)
def order_on_time_share(counts: Counts) -> Ratio:
    """Orders of which every image is on time."""
    return _on_time(counts.ordered, counts.orders)


def _on_time(named: Callable[[Ints], CrossTable], verdicts: Ints) -> Ratio:
    """Return those on time of those on time or late; verdicts are the last axis."""
    decided = verdicts[..., ON_TIME] + verdicts[..., LATE]
    return Ratio(named(verdicts[..., ON_TIME]), named(decided))


@measure("95 % point of the tardiness", "h", better="lower", noun="images", by=OWED, scale=HOUR)
def tardiness_hours_p95(counts: Counts) -> Percentile:
    """95 % point of the hours after the deadline; unfinished images count to the end of the run."""
    return Percentile(0.95, counts.tardiness_by_cell, counts.images_in(*DECIDED))


OVERFLOW = (TO_BE_CONFIRMED, DELIVERY_PLAN)
OVERFLOW_WORDS = {"commitment": tuple(COMMITMENTS[code] for code in OVERFLOW)}


@measure("overflow", "%", better="lower", noun="images", by=(("commitment",),), only=OVERFLOW_WORDS)
def overflow_share(counts: Counts) -> Ratio:
    """Images over the guarantee that need a review, of all images of orders."""
    images = counts.images_of_orders()
    return Ratio(images.only("commitment", OVERFLOW), images.without("commitment"))


@measure(
    "overflow a day",
    "images",
    better="lower",
    noun="images",
    by=(("commitment",),),
    only=OVERFLOW_WORDS,
)
def overflow_images_per_day(counts: Counts) -> Ratio:
    """Images over the guarantee that need a review, a calendar day."""
    images = counts.images_of_orders().only("commitment", OVERFLOW)
    return Ratio(images, number(counts.window.days))


@measure("share without a deadline", "%", better="lower", noun="images")
def unpromised_share(counts: Counts) -> Ratio:
    """Images that have no deadline yet when the run ends, of all images of orders."""
    without = counts.images_of_orders(UNPROMISED, DONE_UNPROMISED)
    return Ratio(without, counts.images_of_orders())


@measure("refused share", "%", better="lower", noun="images")
def refused_share(counts: Counts) -> Ratio:
    """Images of orders that the plan does not take, of all images asked for."""
    images = counts.images[1]
    return Ratio(counts.ordered(images[..., 1]), counts.ordered(images.sum(axis=-1)))


@measure("Monday pile-up", "times", better="lower")
def pile_up_factor(counts: Counts) -> Ratio:
    """Images due on a Monday over the mean of Tuesday to Friday, on the customers' calendars."""
    due = counts.due_by_weekday
    return Ratio(counts.owed(due[..., 0]), counts.owed(due[..., 1:5].mean(axis=-1)))


@measure("Monday backlog", "images", better="lower")
def monday_backlog(counts: Counts) -> Ratio:
    """Unfinished images at Monday 00:00 UTC due by that Monday's due time, mean over Mondays."""
    by_monday = counts.monday_backlog
    return Ratio(counts.owed(by_monday.sum(axis=-1)), number(by_monday.shape[-1]))


@measure("utilisation", "%", better="", by=(("pool",),))
def utilisation(counts: Counts) -> Ratio:
    """Editors' time at work over their time on shift.

    Work after a shift's end counts, so it may pass 1.
    """
    busy, on_shift = (part.sum(axis=1) for part in (counts.busy_seconds, counts.shift_seconds))
    return Ratio(counts.by_pool(busy), counts.by_pool(on_shift))


@measure("mean wait", "min", better="lower", noun="images", by=(("pool", "service"),), scale=MINUTE)
def wait_minutes_mean(counts: Counts) -> Ratio:
    """Minutes from joining a pool's queue to the first touch, over visits of orders that count."""
    return Ratio(counts.by_pool(counts.wait_seconds), counts.by_pool(counts.n_waits))


@measure("mean number in the system", "images", better="lower")
def in_system_mean(counts: Counts) -> Ratio:
    """Images owed and not done, mean over the time that counts."""
    return Ratio(counts.owed(counts.image_seconds), number(counts.window.end - counts.window.start))


@measure("mean time in the system", "h", better="lower", noun="images", by=OWED, scale=HOUR)
def time_in_system_hours_mean(counts: Counts) -> Ratio:
    """Hours from submission or rejection to delivery, over images that are done."""
    return Ratio(counts.owed(counts.seconds_in_system), counts.images_in(*DONE))


@measure("deliveries a day", "images", better="")
def throughput_per_day(counts: Counts) -> Ratio:
    """Images delivered a calendar day, in the time that counts."""
    return Ratio(counts.owed(counts.n_delivered), number(counts.window.days))


@measure("share of reviews answered in time", "%", better="higher")
def support_on_time_share(counts: Counts) -> Ratio:
    """Reviews answered within the support promise, of those known to be on time or late."""
    return _on_time(counts.owed, counts.reviews)


@measure("unfinished share", "%", better="lower", noun="images", by=OWED)
def censored_share(counts: Counts) -> Ratio:
    """Images unfinished at the end of the run, of all images owed."""
    every, done = counts.images_in(), counts.images_in(*DONE)
    return Ratio(counts.owed(every.values - done.values), every)


@dataclass(frozen=True, eq=False)
class Figures(Mapping[Figure, float]):
    """The figures of one run by their keys; NaN where nothing was there to measure."""

    index: Mapping[Figure, int]
    """Position of each key in the columns; shared by the runs of a scenario."""
    value: Floats
    numerator: Floats
    """What each ratio is of, so that ratios of several runs can be joined; NaN where a figure is
    none."""
    denominator: Floats

    def __getitem__(self, key: Figure) -> float:
        """Return the value of a figure."""
        return float(self.value[self.index[key]])

    def __iter__(self) -> Iterator[Figure]:
        """Go through the keys, in the order of the register."""
        return iter(self.index)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.index)


Levels = tuple[tuple[str, tuple[str, ...]], ...]
"""Words of the levels of each dimension."""


def figures(counts: Counts) -> Figures:
    """Return every figure of a run.

    Parameters
    ----------
    counts
        The counts of the run.

    Returns
    -------
    Figures
        The same keys in the same order for every run of a scenario.
    """
    levels = tuple(counts.levels.items())
    columns = [_columns(kind, kind.formula(counts), levels) for kind in MEASURES.values()]
    return Figures(_index(levels), *(np.concatenate(parts) for parts in zip(*columns, strict=True)))


def _columns(
    kind: Measure, found: Ratio | Percentile, levels: Levels
) -> tuple[Floats, Floats, Floats]:
    """Return values, numerators and denominators of the figures of a measure."""
    if isinstance(found, Percentile):
        value = np.array(_percentiles(kind, found, levels))
        return value, np.full(len(value), np.nan), np.full(len(value), np.nan)
    # Sums of whole numbers, exact in floats up to 2^53: 285 million years in seconds.
    above, below = (
        _members(kind.name, table.axes, levels) @ table.values.ravel().astype(np.float64)
        for table in found
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(below == 0, np.nan, above / below / kind.scale), above, below


def _percentiles(kind: Measure, found: Percentile, levels: Levels) -> list[float]:
    """Return the percentile of the values of all cells that each figure is of."""
    members = _members(kind.name, found.n.axes, levels)
    n = (members @ found.n.values.ravel()).astype(int).tolist()
    parts = ([found.positive[cell] for cell in np.flatnonzero(row)] for row in members)
    return [
        percentile(found.share, own, n_own, kind.scale) for own, n_own in zip(parts, n, strict=True)
    ]


@lru_cache(maxsize=64)
def _index(levels: Levels) -> Mapping[Figure, int]:
    """Return the position of every figure of a scenario whose dimensions have these levels."""
    keys = (key for name in MEASURES for key in _keys(name, levels))
    return {key: at for at, key in enumerate(keys)}


@lru_cache(maxsize=1024)
def _keys(name: str, levels: Levels) -> tuple[Figure, ...]:
    """Return the figures of a measure: each level of its dimensions, and all of them."""
    kind, keys = MEASURES[name], []
    for crossing in kind.by or ((),):
        words = [_shown(kind, dimension, dict(levels)[dimension]) for dimension in crossing]
        keys += [
            Figure(name, **dict(zip(crossing, setting, strict=True))) for setting in product(*words)
        ]
    return tuple(dict.fromkeys(keys))  # all of everything is in every crossing


def _shown(kind: Measure, dimension: str, words: tuple[str, ...]) -> list[str]:
    """Return the levels of a dimension of which a measure is given, all together in front."""
    together = [] if dimension in WITHOUT_TOTAL else [ALL]
    return together + [word for word in words if word in kind.only.get(dimension, words)]


@lru_cache(maxsize=4096)
def _members(name: str, axes: tuple[str, ...], levels: Levels) -> Floats:
    """Return which cells of a table are in each figure of a measure.

    Returns
    -------
    ndarray
        Shape (figures, cells): 1 where a cell is at the levels that the figure names along the
        table's axes, else 0. Times the ravelled table, it gives the sums of all figures at once.
    """
    words = [dict(levels)[axis] for axis in axes]
    cells = list(product(*words))
    return np.array(
        [
            [
                all(
                    getattr(key, axis) in (ALL, word) for axis, word in zip(axes, cell, strict=True)
                )
                for cell in cells
            ]
            for key in _keys(name, levels)
        ],
        np.float64,
    )


def percentile(share: float, positive: list[Shorts], n: int, scale: int) -> float:
    """Return the point below which a share of `n` values lies, as ``np.quantile`` gives it.

    Parameters
    ----------
    share
        Between 0 and 1.
    positive
        The values above 0 in parts that rise; the rest of the `n` are 0.
    n
        How many values there are.
    scale
        What each is divided by.

    Returns
    -------
    float
        NaN of no values.

    Notes
    -----
    Only the two values that the point lies between are looked for, among the highest of each part.
    """
    if not n:
        return np.nan
    place = (n - 1) * share
    top = n - floor(place)
    highest = np.sort(np.concatenate([part[-top:] for part in positive]))[-top:]
    zeros = top - len(highest)
    low, high = (
        float(highest[rank - zeros]) / scale if rank >= zeros else 0.0
        for rank in (0, min(1, top - 1))
    )
    return _between(low, high, place - floor(place))


def _between(low: float, high: float, share: float) -> float:
    """Interpolate as NumPy does, from the nearer end, so that the last bit is the same."""
    if share >= 0.5:
        return high - (high - low) * (1 - share)
    return low + (high - low) * share
