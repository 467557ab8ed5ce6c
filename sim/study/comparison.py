"""Two scenarios side by side: what another plant or other terms change, with regard to noise.

``dgisim diff`` judges a change for CI, over all design points that two stored studies share. This
is for planners: it runs what is not stored, finds what to compare with what, looks at the main
figures first, says what pairing is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from sim.errors import CutOffError, Fault, InputError
from sim.results.figure import ALL, KEYS, Figure
from sim.study.diff import Sample, common_points, judge, sampled, tested
from sim.study.manifest import resolved_scenario
from sim.study.own import own_levels, own_point
from sim.study.scenario import Scenario
from sim.study.study import Study, read_study
from sim.study.variance_reduction import variance_reduction

if TYPE_CHECKING:
    from pathlib import Path

    from sim.scenario.load import Levels

Side = Scenario | Study
Run = Callable[[Scenario], Study]
"""Runs a scenario; the command line shows a bar beside it."""

MAIN = (
    Figure("on_time_share", "guaranteed"),
    Figure("overflow_share"),
    Figure("monday_backlog"),
    Figure("pile_up_factor"),
    Figure("utilisation"),
)
"""The main figures; of each pool where they are by pool."""


class Pair(NamedTuple):
    """What is compared with what: a design point of each."""

    a: Levels
    b: Levels


@dataclass(frozen=True)
class SideBySide:
    """Two studies compared."""

    a: Study
    b: Study
    pairs: tuple[Pair, ...]
    """Levels of the compared design points."""
    figures: pd.DataFrame
    """A row a figure: ``pair, setting_a, setting_b, measure, commitment, service, pool, main``,
    ``a, b`` (means), ``difference`` (b - a) ``, low, high, n_a, n_b, paired, p`` (adjusted) ``,
    finding, variance_reduction, variance_reduction_low, variance_reduction_high``."""
    only_a: int
    """Figures that A alone has."""
    only_b: int

    @property
    def confidence(self) -> float:
        """Of the interval of each difference.

        And the chance that no finding of any figure is a false alarm.
        """
        return self.b.confidence

    @property
    def paired(self) -> bool:
        """Whether all pairs of design points are compared replication by replication."""
        return bool(self.figures["paired"].all())


def compared(
    a: Side, b: Side, run: Run = lambda scenario: scenario.run(verify=False)
) -> SideBySide:
    """Compare two scenarios, stored or still to be run.

    Parameters
    ----------
    a, b
        A scenario is run at the design points that are compared, with its number of replications;
        its gate is left out.
    run
        Runs a scenario.

    Returns
    -------
    SideBySide
        Differences are b - a.

    Raises
    ------
    InputError
        Where a side has no setting of its own to compare.
    CutOffError
        Where the user stopped a run.

    Notes
    -----
    Design points with the same levels of the same factors are compared with each other. Where there
    are none, each side is taken at its own setting: what the scenario says outside its sweep, or
    its only design point.

    Replication k of both comes from the same draws where the seeds agree, and is paired; else
    Welch's test. Every finding follows :func:`sim.study.diff.judge`, with half of the error for the
    main figures and half for all others: a planner asks for the few first, and need not pay for the
    many.
    """
    pairs = matched(a, b)
    studies = _study(a, [pair.a for pair in pairs], run), _study(b, [pair.b for pair in pairs], run)
    samples = [sampled(*studies, *_points(studies, pair)) for pair in pairs]
    confidence = studies[1].confidence
    frames = [
        _frame(number, pair, one, confidence)
        for number, (pair, one) in enumerate(zip(pairs, samples, strict=True))
    ]
    figures = _judged(pd.concat(frames, ignore_index=True), 1 - confidence)
    only_a, only_b = sum(one.only_base for one in samples), sum(one.only_head for one in samples)
    return SideBySide(*studies, tuple(pairs), figures, only_a, only_b)


def stored(folder: Path) -> Study:
    """Return a study that was written before; not every folder of dgisim holds one."""
    study = read_study(folder)
    if (
        not {"scenario", "points", "replications"} <= study.manifest.keys()
        or "replications" not in study.tables
    ):
        raise InputError(
            Fault(str(folder), "", "holds no study", "name a folder that dgisim run wrote")
        )
    return study


def matched(a: Side, b: Side) -> list[Pair]:
    """Return which design points are compared; arguments, errors and rule as :func:`compared`."""
    points = _levels(a), _levels(b)
    if common := common_points(*points):
        return [Pair(points[0][first], points[1][second]) for first, second in common]
    faults: list[Fault] = []
    own = [_own(side, faults) for side in (a, b)]
    if faults:
        raise InputError(faults)
    return [Pair(*own)]


def _levels(side: Side) -> list[Levels]:
    return list(side.case.levels()) if isinstance(side, Scenario) else side.manifest["points"]


def _own(side: Side, faults: list[Fault]) -> Levels:
    """Return the levels of a side's own setting.

    A scenario can be run without its sweep, stored results cannot.
    """
    points = _levels(side)
    if len(points) == 1:
        return points[0]
    if isinstance(side, Scenario):
        own = own_levels(resolved_scenario(side.case), side.spec.sweep)
        return own if own in points else {}
    if own_point(side) < 0:
        must = (
            "has no design point in common with the other, and none at the scenario's own setting"
        )
        remedy = "compare the scenario files, or run one again with --set sweep={}"
        faults.append(Fault(side.name, setting_words(points[0]) + ", ...", must, remedy))
        return {}
    return points[own_point(side)]


def _study(side: Side, levels: Sequence[Levels], run: Run) -> Study:
    """Return the results of a side, which is run at the levels that are compared and at no others."""
    if isinstance(side, Study):
        return side
    sweep = {key: list(dict.fromkeys(own[key] for own in levels)) for key in levels[0]}
    study = run(side.with_({"sweep": sweep, "gate": {}}))
    if study.manifest["cut_off"]:
        raise CutOffError(f"{study.name} was not run to its end, so nothing is compared")
    return study


def _points(studies: tuple[Study, Study], pair: Pair) -> tuple[int, int]:
    first, second = (
        study.manifest["points"].index(levels) for study, levels in zip(studies, pair, strict=True)
    )
    return first, second


def _frame(number: int, pair: Pair, sample: Sample, confidence: float) -> pd.DataFrame:
    """Return the tests of all figures of a pair of design points, and what pairing gained."""
    names = {"base": "a", "head": "b", "n_base": "n_a", "n_head": "n_b"}
    frame = tested(sample, confidence).rename(columns=names)
    keys = (Figure(*key) for key in frame[KEYS].itertuples(index=False, name=None))
    main = [key._replace(pool=ALL) in MAIN for key in keys]
    frame.insert(len(KEYS), "main", main)
    for name, value in (("setting_b", setting_words(pair.b)), ("setting_a", setting_words(pair.a))):
        frame.insert(0, name, value)
    frame.insert(0, "pair", number)
    gained = [np.full(len(frame), np.nan)] * 3
    if sample.paired:
        gained = list(variance_reduction(sample.base, sample.head, confidence))
    (
        frame["variance_reduction"],
        frame["variance_reduction_low"],
        frame["variance_reduction_high"],
    ) = gained
    return frame


def _judged(figures: pd.DataFrame, error: float) -> pd.DataFrame:
    """Return the figures with findings.

    The main ones share one half of the error, all others the other half.
    """
    parts = []
    for _, part in figures.groupby("main"):
        judge(own := part.reset_index(), error / 2)
        parts.append(own)
    return pd.concat(parts).sort_values("index").drop(columns="index").reset_index(drop=True)


def setting_words(levels: Levels) -> str:
    """Return levels as ``key=level, key=level``; empty for a scenario without a sweep."""
    return ", ".join(f"{key}={level}" for key, level in levels.items())
