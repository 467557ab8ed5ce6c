"""Which inputs move a function most: Morris screening, Sobol indices, and the ends of each range, by SALib.

Nothing here knows a plant: :func:`analysed` takes any function of the factors, so that it can be
tested on functions whose indices are known.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sim.demand.streams import stream
from sim.stats.intervals import t_intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Evaluate = Callable[["Floats", int], "Floats"]
"""From values, shape (samples, factors), and a number of replications to the measure, shape
(samples, replications)."""

LEVELS = 4
"""Of a Morris grid: a step is two thirds of the range (Morris 1991)."""
FEW = 4
"""So many factors are all kept."""
MOST = 6
"""Of more factors, so many at most."""
SMALL = 0.1
"""A factor whose mean effect is a smaller part of the largest is left out after the screening."""
RESAMPLES = 500
"""Of the bootstrap."""


@dataclass(frozen=True)
class Factor:
    """An input with its range."""

    key: str
    """Dotted key of the scenario."""
    low: float
    high: float
    base: float
    """The scenario's own value, which need not lie in the range."""
    whole: bool = False
    """Whether the schema accepts whole numbers alone."""

    def at(self, u: Floats) -> Floats:
        """Return the values at places 0 to 1 of the range; whole numbers are all equally likely."""
        if not self.whole:
            return self.low + u * (self.high - self.low)
        n = self.high - self.low + 1
        return self.low + np.minimum(np.floor(u * n), n - 1)


class Design(NamedTuple):
    """How much is sampled, and from which stream."""

    trajectories: int
    samples: int
    seed: int
    """The master seed: sampling and bootstrap have streams of their own."""
    confidence: float
    replications: int = 1
    """Of each sample."""
    end_replications: int = 1
    """At the ends of the ranges and at the base: few samples, so that more may be afforded."""

    def screening_samples(self, n_factors: int) -> int:
        """Return how many samples the screening takes."""
        return self.trajectories * (n_factors + 1)

    def most_runs(self, n_factors: int) -> int:
        """Return how many runs all together may take.

        Screening, Sobol indices, both ends and the base.
        """
        kept = n_factors if n_factors <= FEW else min(n_factors, MOST)
        samples = self.screening_samples(n_factors) + self.samples * (kept + 2)
        return samples * self.replications + (2 * n_factors + 1) * self.end_replications


@dataclass(frozen=True)
class Analysis:
    """What was found; all tables have the factors in the order of their influence."""

    factors: pd.DataFrame
    """A row a factor: ``factor, low, high, base, whole, mu_star, mu_star_low, mu_star_high, mu,
    sigma, noise, kept, first, first_low, first_high, total, total_low, total_high``."""
    ends: pd.DataFrame
    """Two rows a factor: ``factor, end, level, mean, low, high, n, difference, difference_low,
    difference_high``; the other factors at their base, the difference from all at their base."""
    base: float
    """Mean with all factors at their base."""
    n_samples: int
    """Samples that were evaluated."""


def analysed(evaluate: Evaluate, factors: Sequence[Factor], design: Design) -> Analysis:
    """Screen factors, and share the variance of the function between those that matter.

    Parameters
    ----------
    evaluate
        The function; NaN where a replication had nothing to measure. Replication k of all samples
        should have the same draws, or the noise counts as effect.
    factors
        With their ranges.
    design
        How much is sampled.

    Returns
    -------
    Analysis
        Factors that the screening leaves out have no Sobol indices.

    Notes
    -----
    Screening: Morris, "Factorial sampling plans for preliminary computational experiments",
    Technometrics 33 (1991); ``mu_star``, the mean of the absolute effects in units of the whole
    range: Campolongo, Cariboni and Saltelli, Environmental Modelling & Software 22 (2007). Indices:
    Saltelli and others, "Variance based sensitivity analysis of model output", Computer Physics
    Communications 181 (2010), with factors uniform over their ranges; those that are left out stay
    at their base.
    """
    ends, base = _ends(evaluate, factors, design)
    screening = _screening(evaluate, factors, design)
    kept = _kept(screening)
    indices, n_sobol = _indices(evaluate, factors, kept, design)
    table = pd.concat(
        [_described(factors), screening, pd.Series(kept, name="kept"), indices], axis=1
    )
    table = table.sort_values(["total", "mu_star"], ascending=False, kind="stable").reset_index(
        drop=True
    )
    place = {key: number for number, key in enumerate(table["factor"])}
    ends = ends.sort_values("factor", key=lambda keys: keys.map(place), kind="stable").reset_index(
        drop=True
    )
    n_samples = len(ends) + 1 + design.screening_samples(len(factors)) + n_sobol
    return Analysis(table, ends, base, n_samples)


def _described(factors: Sequence[Factor]) -> pd.DataFrame:
    rows = [(one.key, one.low, one.high, one.base, one.whole) for one in factors]
    return pd.DataFrame(rows, columns=["factor", "low", "high", "base", "whole"])


def _problem(n: int) -> dict[str, Any]:
    """Return SALib's description of factors between 0 and 1."""
    return {
        "num_vars": n,
        "names": [str(number) for number in range(n)],
        "bounds": [[0.0, 1.0]] * n,
    }


def _ends(
    evaluate: Evaluate, factors: Sequence[Factor], design: Design
) -> tuple[pd.DataFrame, float]:
    """Return the measure at the low and the high end of each factor, the others at their base, and the base's."""
    base = np.array([factor.base for factor in factors])
    rows = np.tile(base, (2 * len(factors) + 1, 1))
    for number, factor in enumerate(factors):
        rows[2 * number + 1 : 2 * number + 3, number] = factor.low, factor.high
    values = evaluate(rows, design.end_replications)
    own = t_intervals(values.T, design.confidence)
    change = t_intervals((values - values[0]).T, design.confidence)
    numbers = {"mean": own.mean, "low": own.low, "high": own.high, "n": own.n}
    numbers |= {
        "difference": change.mean,
        "difference_low": change.low,
        "difference_high": change.high,
    }
    frame = pd.DataFrame(numbers)[1:].reset_index(drop=True)
    names = [
        (factor.key, end, getattr(factor, end)) for factor in factors for end in ("low", "high")
    ]
    return pd.concat(
        [pd.DataFrame(names, columns=["factor", "end", "level"]), frame], axis=1
    ), float(own.mean[0])


def _screening(evaluate: Evaluate, factors: Sequence[Factor], design: Design) -> pd.DataFrame:
    """Return the elementary effects of each factor, and how much of them the draws may be."""
    from SALib.analyze import morris as effects
    from SALib.sample import morris as trajectories

    problem = _problem(len(factors))
    places = trajectories.sample(problem, design.trajectories, LEVELS, seed=_seed(design, "morris"))
    values = evaluate(_values(factors, places), design.replications)
    found = effects.analyze(
        problem, places, means(values), RESAMPLES, design.confidence, num_levels=LEVELS,
        seed=_seed(design, "morris/bootstrap"),
    )  # fmt: skip
    mu_star, half = (np.asarray(found[name], dtype=float) for name in ("mu_star", "mu_star_conf"))
    columns = {
        "mu_star": mu_star,
        "mu_star_low": np.maximum(mu_star - half, 0),
        "mu_star_high": mu_star + half,
    }
    columns |= {name: np.asarray(found[name], dtype=float) for name in ("mu", "sigma")}
    return pd.DataFrame(columns).assign(noise=_noise(places, values))


def _noise(places: Floats, values: Floats) -> Floats:
    """Return which mean effect the draws alone would show, had the factor no influence; NaN for one replication.

    The effects of a trajectory differ between replications with a variance that is that of chance;
    the mean absolute value of a normal with that variance, over the number of replications, is what
    chance leaves.
    """
    n_factors, n = places.shape[1], values.shape[1]
    if n < 2:
        return np.full(n_factors, np.nan)
    steps = np.diff(places.reshape(-1, n_factors + 1, n_factors), axis=1)
    changes = np.diff(values.reshape(-1, n_factors + 1, n), axis=1)
    size = steps.sum(axis=2)  # one factor moves at a time
    variance = np.nanvar(changes / size[..., None], axis=2, ddof=1) / n
    moved = np.abs(steps).argmax(axis=2)
    return np.sqrt([2 / np.pi * variance[moved == factor].mean() for factor in range(n_factors)])


def _kept(screening: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which factors the indices are worked out for.

    All of few, else those that matter and are no noise.
    """
    mu_star: Floats = screening["mu_star"].to_numpy(float)
    if len(mu_star) <= FEW:
        return np.full(len(mu_star), mu_star.max() > 0)
    matters = (mu_star >= SMALL * mu_star.max()) & (
        mu_star > np.nan_to_num(screening["noise"].to_numpy(float))
    )
    order = np.argsort(np.argsort(-mu_star, kind="stable"))
    return np.asarray(matters & (order < MOST), dtype=bool)


def _indices(
    evaluate: Evaluate, factors: Sequence[Factor], kept: NDArray[np.bool_], design: Design
) -> tuple[pd.DataFrame, int]:
    """Return first-order and total indices of the factors that are kept, NaN for the others, and the samples taken."""
    columns = [f"{index}{end}" for index in ("first", "total") for end in ("", "_low", "_high")]
    frame = pd.DataFrame(np.nan, index=range(len(factors)), columns=columns)
    n = int(kept.sum())
    if not n:
        return frame, 0
    from SALib.analyze import sobol as shares
    from SALib.sample import sobol as saltelli

    problem = _problem(n)
    places = saltelli.sample(
        problem, design.samples, calc_second_order=False, seed=_seed(design, "sobol")
    )
    rows = np.tile([factor.base for factor in factors], (len(places), 1))
    rows[:, kept] = _values(
        [factor for factor, own in zip(factors, kept, strict=True) if own], places
    )
    values = means(evaluate(rows, design.replications))
    if np.ptp(values) > 0:
        with warnings.catch_warnings():
            warnings.filterwarnings(
                "ignore", "Constant values"
            )  # of a resample; it counts as no influence
            found = shares.analyze(
                problem,
                values,
                False,
                RESAMPLES,
                design.confidence,
                seed=_seed(design, "sobol/bootstrap"),
            )
        for index, name in (("first", "S1"), ("total", "ST")):
            share, half = found[name], found[f"{name}_conf"]
            frame.loc[kept, [index, f"{index}_low", f"{index}_high"]] = np.column_stack(
                [share, share - half, share + half]
            )
    return frame, len(places)


def _values(factors: Sequence[Factor], places: Floats) -> Floats:
    return np.column_stack(
        [factor.at(column) for factor, column in zip(factors, places.T, strict=True)]
    )


def means(values: Floats) -> Floats:
    """Return the mean over replications of each sample; NaN where none had anything to measure."""
    return t_intervals(values.T, 0.95).mean


def _seed(design: Design, name: str) -> int:
    """Return a seed from a stream of its own, as SALib's generators spawn and ours cannot.

    0 means none to it.
    """
    return int(stream(design.seed, 0, f"sensitivity/{name}").integers(1, 2**63))
