"""Two stored studies compared.

What got worse, with regard to noise and to the number of figures that are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from sim.errors import Fault, InputError
from sim.results.figure import KEYS
from sim.results.measures import MEASURES
from sim.stats.means import holm, paired, welch
from sim.study.tables import with_levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.scenario.load import Levels
    from sim.study.study import Study

    Floats = NDArray[np.float64]

Finding = Literal["worse", "better", "changed", "no difference shown", "the same", "not tested"]
WORSE, BETTER_NOW, CHANGED, NOT_SHOWN, SAME, NOT_TESTED = Finding.__args__  # type: ignore[attr-defined]
EQUAL_DIGITS = 1e-9
"""Values that agree to so much of themselves are equal: another version of a library may round
differently."""


@dataclass(frozen=True)
class Diff:
    """How the figures of one study differ from those of another."""

    figures: pd.DataFrame
    """A row a figure: ``point`` (of the head), factors, ``measure, commitment, service, pool``,
    ``base, head`` (means), ``difference, low, high``, ``n_base, n_head, paired``, ``p`` (adjusted),
    ``finding``."""
    confidence: float
    """Of the interval of each difference; and the chance of no false alarm, where nothing but
    chance has changed."""
    head: Study
    only_base: int
    """Figures that the base alone has."""
    only_head: int

    @property
    def got_worse(self) -> bool:
        """Whether a figure is really worse."""
        return bool((self.figures["finding"] == WORSE).any())


def compare_studies(base: Study, head: Study) -> Diff:
    """Compare every figure at every design point that two studies both have.

    Parameters
    ----------
    base
        What was.
    head
        What is judged; gives the confidence.

    Returns
    -------
    Diff
        Replication by replication where the seeds agree, else as independent samples.

    Raises
    ------
    InputError
        Where they have no design point in common.

    Notes
    -----
    Replications are independent of each other, so pairs of them are as well, whatever differs
    inside a pair: to pair by the seed is right always, and gains the more, the more draws are
    common. Streams are keyed by name, so a change of service times leaves the orders as they were.

    A figure whose measure has a good way is tested for worse and for better, one-sided; others for
    any change. Each of the three families keeps its error by Holm's rule. So where nothing has
    changed but the seed, a figure is called worse in at most one study of 1 / (1 - confidence).
    Figures that do not vary at all take no share of the error, for they could raise no alarm:
    Tarone, "A modified Bonferroni method for discrete data", Biometrics 46 (1990).
    """
    pairs = common_points(base.manifest["points"], head.manifest["points"])
    if not pairs:
        must = "has no design point in common with the base"
        raise InputError(
            Fault(head.name, "", must, "compare studies that share levels of their factors")
        )
    samples = [sampled(base, head, *pair) for pair in pairs]
    frames = [
        with_levels(tested(sample, head.confidence), point, head.manifest["points"][point])
        for sample, (_, point) in zip(samples, pairs, strict=True)
    ]
    figures = pd.concat(frames, ignore_index=True)
    judge(figures, 1 - head.confidence)
    only_base, only_head = (
        sum(getattr(one, side) for one in samples) for side in ("only_base", "only_head")
    )
    return Diff(figures, head.confidence, head, only_base, only_head)


def common_points(base: Sequence[Levels], head: Sequence[Levels]) -> list[tuple[int, int]]:
    """Return the number of each design point that both have, in the base and in the head."""
    return [(base.index(levels), point) for point, levels in enumerate(head) if levels in base]


class Sample(NamedTuple):
    """The figures that two studies both have at a design point of each."""

    keys: pd.Index[Any]
    """Of the figures."""
    base: Floats
    """Shape (figures, replications); where paired, those that both have."""
    head: Floats
    paired: bool
    """Whether column k of both was made from the same draws."""
    only_base: int
    """Figures that the base alone has."""
    only_head: int


def sampled(base: Study, head: Study, base_point: int, point: int) -> Sample:
    """Return the figures of a design point of each.

    Paired where the seeds agree and two replications are common.
    """
    old, new = _values(base, base_point), _values(head, point)
    both = new.index.intersection(old.index, sort=False)
    alone = len(old) - len(both), len(new) - len(both)
    common = old.columns.intersection(new.columns)
    if _seed(base, base_point) == _seed(head, point) and len(common) > 1:
        return Sample(both, *_rounded(old.loc[both, common], new.loc[both, common]), True, *alone)
    return Sample(both, old.loc[both].to_numpy(), new.loc[both].to_numpy(), False, *alone)


def tested(sample: Sample, confidence: float) -> pd.DataFrame:
    """Return a row a figure, with the test that :func:`judge` takes the finding from."""
    found = (paired if sample.paired else welch)(sample.base, sample.head, confidence)
    return sample.keys.to_frame(index=False).assign(**found._asdict(), paired=sample.paired)


def _values(study: Study, point: int) -> pd.DataFrame:
    """Return a row a figure and a column a replication."""
    rows = study.tables["replications"]
    return rows[rows["point"] == point].pivot(index=KEYS, columns="replication", values="value")


def _rounded(old: pd.DataFrame, new: pd.DataFrame) -> tuple[Floats, Floats]:
    before, after = old.to_numpy(float), new.to_numpy(float)
    return before, np.where(np.isclose(before, after, rtol=EQUAL_DIGITS, atol=0), before, after)


def _seed(study: Study, point: int) -> Any:
    """Return the master seed of a design point, which a sweep may change."""
    return study.manifest["points"][point].get("seed", study.manifest["seed"])


def judge(figures: pd.DataFrame, error: float) -> None:
    """Add the finding of each figure and its adjusted p, and take the raw ones away.

    Parameters
    ----------
    figures
        As :func:`tested` gives them, numbered from 0; changed in place.
    error
        What each of the three families of tests may err, by Holm's rule.
    """
    sign = figures["measure"].map(
        {name: {"lower": 1, "higher": -1, "": 0}[kind.better] for name, kind in MEASURES.items()}
    )
    sign = sign.fillna(0)
    up, down = figures.pop("p_up").to_numpy(), figures.pop("p_down").to_numpy()
    varies = figures.pop("varies").to_numpy()
    tested = varies & ~np.isnan(up)
    families = {
        WORSE: (np.where(sign > 0, up, down), sign != 0),
        BETTER_NOW: (np.where(sign > 0, down, up), sign != 0),
        CHANGED: (np.minimum(2 * np.minimum(up, down), 1), sign == 0),
    }
    figures["p"], figures["finding"] = np.nan, NOT_SHOWN
    figures.loc[np.isnan(up), "finding"] = NOT_TESTED
    figures.loc[~varies, "finding"] = SAME
    for finding, (p, members) in families.items():
        own = np.flatnonzero(tested & members)
        adjusted = holm(p[own])
        figures.loc[own, "p"] = np.fmin(figures.loc[own, "p"], adjusted)
        figures.loc[own[adjusted <= error], "finding"] = finding
