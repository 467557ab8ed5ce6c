"""Which inputs of a scenario move a measure most, over the ranges that it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import CutOffError, Fault, InputError
from sim.runs.executor import SERIAL, Executor
from sim.runs.gate import values_of
from sim.runs.replication import Task
from sim.runs.run import run_all
from sim.scenario.consistency import OF_THE_STUDY
from sim.study.manifest import resolved_scenario
from sim.study.own import own_levels
from sim.study.sensitivity_analysis import Analysis, Design, Factor, analysed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario.sensitivity import SensitivitySpec
    from sim.study.scenario import Scenario

    Floats = NDArray[np.float64]

Doing = Callable[[str], None]
"""Told what is being done."""

MOST_POINTS = 50
"""Samples of one task: their outcomes are in memory together."""
INSIDE = 0.382
"""A place inside a range that is no whole number where its ends are."""
FIXED = (*OF_THE_STUDY, "seed")
"""Keys that are no inputs of the plant."""


@dataclass(frozen=True)
class Sensitivity:
    """Which inputs move a measure most."""

    scenario: Scenario
    asked: SensitivitySpec
    """The measure, the ranges, and how much is sampled."""
    analysis: Analysis
    n_runs: int
    """Runs that the answer rests on; samples with the same values count once."""


def sensitivity(
    scenario: Scenario, *, executor: Executor = SERIAL, on_status: Doing = lambda _: None
) -> Sensitivity:
    """Screen the factors of a scenario, and share the variance of its measure between those that matter.

    Parameters
    ----------
    scenario
        With a block ``sensitivity``; its sweep is left out.
    executor
        Who makes the runs.
    on_status
        Told what is being done.

    Returns
    -------
    Sensitivity
        The same for the same scenario and seed, whoever makes the runs.

    Raises
    ------
    InputError
        With each fault of keys and ranges, or where the measure is not there at some sample.
    CutOffError
        Where the user stopped the runs.

    Notes
    -----
    All samples have the same replications, so that all share their draws: a difference between two
    samples is an effect of the factors on these replications. What other draws would make of it is
    the ``noise`` of the screening.
    """
    asked, factors = asked_of(scenario), factors_of(scenario)
    samples = Samples(scenario, factors, executor, on_status)
    found = analysed(samples.evaluate, factors, design_of(scenario))
    return Sensitivity(scenario, asked, found, samples.n_runs)


def asked_of(scenario: Scenario) -> SensitivitySpec:
    """Return what a scenario asks.

    Raises
    ------
    InputError
        Where it asks nothing.
    """
    if scenario.spec.sensitivity is None:
        must = "must be given: the measure, and the range of each factor"
        remedy = "add sensitivity: {measure: on_time_share, commitment: guaranteed, factors: {KEY: [LOW, HIGH]}}"
        raise InputError(Fault("sensitivity", "", must, remedy))
    return scenario.spec.sensitivity


def design_of(scenario: Scenario) -> Design:
    """Return how much is sampled."""
    asked = asked_of(scenario)
    at_ends = max(asked.replications, scenario.spec.first_replications)
    spec = scenario.spec
    return Design(
        asked.trajectories, asked.samples, spec.seed, spec.confidence, asked.replications, at_ends
    )


def most_runs(scenario: Scenario) -> int:
    """Return how many runs may be made.

    Fewer, where the screening leaves factors out or samples have equal values.
    """
    return design_of(scenario).most_runs(len(asked_of(scenario).factors))


def factors_of(scenario: Scenario) -> list[Factor]:
    """Return the factors, each checked at both ends of its range.

    Raises
    ------
    InputError
        With every fault: keys that lead nowhere, are no numbers or hold for the whole study; ends
        that do not fit.
    """
    factors: list[Factor] = []
    faults: dict[Fault, None] = {}
    for key, (low, high) in asked_of(scenario).factors.items():
        whole = _is_whole(scenario, key, low, high)
        own = own_levels(resolved_scenario(scenario.case), [key])[key]
        new = list(_faults(scenario, key, (low, high), own, whole=whole))
        faults |= dict.fromkeys(new)
        if not new:
            factors.append(Factor(key, low, high, float(own), whole))
    if faults:
        raise InputError(faults)
    return factors


def _is_whole(scenario: Scenario, key: str, low: float, high: float) -> bool:
    """Return whether a key takes whole numbers alone.

    Between two that may be, a fraction is refused.
    """
    between = low + INSIDE * (high - low)
    return low.is_integer() and high.is_integer() and bool(_refused(scenario, key, between))


def _faults(
    scenario: Scenario, key: str, ends: tuple[float, float], own: Any, *, whole: bool
) -> Iterator[Fault]:
    where = f"{scenario.case.document.place(('sensitivity', 'factors', key))}: sensitivity.factors.{key}"
    if key.partition(".")[0] in FIXED:
        yield Fault(
            where,
            key,
            "is no factor: it holds for the whole study",
            "name a key of customers, plans or plant",
        )
        return
    found = [fault for end in ends for fault in _refused(scenario, key, number(end, whole=whole))]
    yield from (
        replace(fault, where=where) if fault.where == _change(key) else fault for fault in found
    )
    if not found and (isinstance(own, bool) or not isinstance(own, int | float)):
        must = (
            "must have a number of its own in the scenario, at which it stays while others change"
        )
        yield Fault(where, "" if own is None else str(own), must, f"give {key} a number")


def _refused(scenario: Scenario, key: str, value: float) -> tuple[Fault, ...]:
    """Return what is wrong with a value of a factor."""
    try:
        scenario.with_({"sweep": {}, key: value})
    except InputError as error:
        return error.faults
    return ()


def _change(key: str) -> str:
    return f"change of {key}"


def number(value: float, *, whole: bool) -> float:
    """Return a value as the schema takes it."""
    return int(value) if whole else float(value)


class Samples:
    """Evaluates samples of the factors by running the plant.

    Parameters
    ----------
    scenario
        Whose factors are set.
    factors
        In the order of the columns.
    executor
        Who makes the runs.
    on_status
        Told what is being done.
    """

    def __init__(
        self,
        scenario: Scenario,
        factors: list[Factor],
        executor: Executor,
        on_status: Doing = lambda _: None,
    ) -> None:
        self.scenario, self.factors, self.executor, self.on_status = (
            scenario,
            factors,
            executor,
            on_status,
        )
        self.asked = asked_of(scenario)
        self.known: dict[tuple[int, tuple[float, ...]], Floats] = {}

    @property
    def n_runs(self) -> int:
        """Runs so far."""
        return sum(n for n, _ in self.known)

    def evaluate(self, values: Floats, n: int) -> Floats:
        """Return the measure in `n` replications, shape (samples, n), of values of shape (samples, factors).

        Raises
        ------
        InputError
            With the first sample at which no replication has anything to measure.
        CutOffError
            Where the user stopped the runs.
        """
        rows = [tuple(row) for row in values.tolist()]
        new = [row for row in dict.fromkeys(rows) if (n, row) not in self.known]
        for start in range(0, len(new), MOST_POINTS):
            self.on_status(f"{self.n_runs:,} of at most {most_runs(self.scenario):,} runs")
            part = new[start : start + MOST_POINTS]
            self.known |= {
                (n, row): found for row, found in zip(part, self._run(part, n), strict=True)
            }
        return np.array([self.known[n, row] for row in rows])

    def _run(self, rows: list[tuple[float, ...]], n: int) -> Floats:
        points = tuple(self.at(row).spec for row in rows)
        finished = run_all(
            Task(points, self.scenario.order_files), range(n), self.executor, lambda _: None
        )
        if finished.cut_off:
            raise CutOffError(
                "the samples were not all run; what was finished is in the store, if there is one"
            )
        found = values_of(self.asked, finished.outcomes).T
        missing = np.flatnonzero(np.isnan(found).all(axis=1))
        if missing.size:
            raise InputError(self._not_measured(rows[missing[0]]))
        return found

    def at(self, row: tuple[float, ...]) -> Scenario:
        """Return the scenario at the values of a sample."""
        return self.scenario.with_({"sweep": {}, **self._levels(row)})

    def _levels(self, row: tuple[float, ...]) -> dict[str, float]:
        pairs = zip(self.factors, row, strict=True)
        return {factor.key: number(value, whole=factor.whole) for factor, value in pairs}

    def _not_measured(self, row: tuple[float, ...]) -> Fault:
        asked = self.asked
        where = self.scenario.case.document.place(("sensitivity", "measure"))
        levels = ", ".join(f"{key}={value:g}" for key, value in self._levels(row).items())
        must = f"of {asked.figure.of} was not measured in any replication at {levels}"
        return Fault(
            f"{where}: sensitivity.measure",
            asked.measure,
            must,
            "name another measure, or narrow the ranges",
        )
