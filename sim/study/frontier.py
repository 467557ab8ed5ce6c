"""What can be promised: the levels of two factors at which a target is reached in most replications."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.errors import CutOffError
from sim.results.figure import Figure
from sim.runs.executor import SERIAL
from sim.runs.replication import Task
from sim.runs.run import run_all
from sim.stats.chances import State, estimated
from sim.study.boundary import Point, Rule, Search
from sim.study.frontier_factors import asked, factors_of, points_of, target_of
from sim.study.manifest import resolved_scenario
from sim.study.own import own_levels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sim.runs.executor import Executor
    from sim.runs.replication import Outcome
    from sim.scenario.frontier import FactorLevels
    from sim.study.boundary import Successes
    from sim.study.scenario import Scenario

SHARE = Figure("on_time_share", "guaranteed")
TESTED, INFERRED, NOT_TESTED = "tested", "inferred", "not tested"


@dataclass(frozen=True)
class Frontier:
    """The map of what can be promised."""

    scenario: Scenario
    """What was asked about."""
    x: FactorLevels
    """Columns of the map, from the easiest to the hardest."""
    y: FactorLevels
    """Rows of the map."""
    target: float
    """On-time share of guaranteed images that is a success."""
    rule: Rule
    """Assurance, error and limit."""
    points: pd.DataFrame
    """A row a point, rows of the map one after the other: ``point``, a column a factor, ``state``
    (in, out, not decided), ``how`` (tested, inferred, not tested), ``n`` replications,
    ``successes``, ``chance, low, high``."""
    contradictions: pd.DataFrame
    """A row a pair of tested points that contradict the assumption: ``easier`` (out) and ``harder``
    (in) by number."""
    reversed_pairs: tuple[int, int]
    """Replications in which the harder of two tested neighbours succeeded alone; all that were
    compared."""
    cut_off: bool
    """Whether the user stopped the search."""

    @property
    def n_runs(self) -> int:
        """Runs that were made or found in the store."""
        return int(self.points["n"].sum())

    @property
    def n_full(self) -> int:
        """Runs of the full grid with all replications."""
        return len(self.points) * self.rule.at_most

    @property
    def today(self) -> int | None:
        """Number of the point at the scenario's own levels.

        None where that is no point of the map.
        """
        own = own_levels(resolved_scenario(self.scenario.case), (self.x.key, self.y.key))
        x, y = own[self.x.key], own[self.y.key]
        if x not in self.x.levels or y not in self.y.levels:
            return None
        return self.y.levels.index(y) * len(self.x.levels) + self.x.levels.index(x)

    @property
    def state_of_today(self) -> State | None:
        """State of the point at the scenario's own levels."""
        return None if self.today is None else State(self.points["state"][self.today])

    def row(self, number: int) -> list[State]:
        """Return the states of a row of the map, from the easiest to the hardest."""
        width = len(self.x.levels)
        return [
            State(state) for state in self.points["state"][number * width : (number + 1) * width]
        ]


def frontier(
    scenario: Scenario,
    *,
    executor: Executor = SERIAL,
    on_status: Callable[[str], None] = lambda _: None,
) -> Frontier:
    """Find where the target is reached with the assurance, from the ``frontier`` block of a scenario.

    Parameters
    ----------
    scenario
        Its sweep is left out. Without a block, DGI and expedite guarantee around the scenario's
        own.
    executor
        Who makes the runs.
    on_status
        Told how far it is, now and then.

    Returns
    -------
    Frontier
        After Ctrl-C, what was known by then.

    Raises
    ------
    InputError
        With every fault of factors, levels and target.
    CutOffError
        After Ctrl-C, where no point had a replication.

    Notes
    -----
    docs/decisions/0011-frontier.md has the method, and what is assumed.
    """
    x, y, target = *factors_of(scenario), target_of(scenario)
    spec = asked(scenario)
    search = Search((len(y.levels), len(x.levels)), Rule(spec.assurance, spec.error, spec.at_most))
    cases = points_of(scenario, x, y)
    cut_off = False
    try:
        search.run(_Plant(cases, len(x.levels), target, executor, on_status))
    except CutOffError:
        if not search.successes:
            raise
        cut_off = True
    return Frontier(
        scenario,
        x,
        y,
        target,
        search.rule,
        _table(search, x, y),
        _contradictions(search),
        search.reversals(),
        cut_off,
    )


@dataclass
class _Plant:
    """Makes the trials: a success is a replication whose on-time share reaches the target."""

    cases: list[Scenario]
    width: int
    target: float
    executor: Executor
    on_status: Callable[[str], None]
    done: int = 0

    def __call__(self, points: Sequence[Point], replications: range) -> Successes:
        cases = [self.cases[row * self.width + column] for row, column in points]
        replays = {name: columns for case in cases for name, columns in case.order_files.items()}
        task = Task(tuple(case.spec for case in cases), replays)
        finished = run_all(task, replications, self.executor, lambda n: self._tell(n, points))
        if finished.cut_off:
            raise CutOffError("no point of the map had a replication")
        self.done += len(replications) * len(points)
        return np.array(
            [[succeeded(outcome, self.target) for outcome in row] for row in finished.outcomes]
        )

    def _tell(self, replications: int, points: Sequence[Point]) -> None:
        self.on_status(
            f"{self.done + replications * len(points):,} runs, {len(points)} points are being tested"
        )


def succeeded(outcome: Outcome, target: float) -> bool:
    """Return whether a replication kept its promise.

    One in which nothing was guaranteed missed none.
    """
    share = outcome.figures[SHARE]
    return isnan(share) or share >= target


def _table(search: Search, x: FactorLevels, y: FactorLevels) -> pd.DataFrame:
    """Return a row a point."""
    rows: list[dict[str, Any]] = []
    for row, y_level in enumerate(y.levels):
        own, states = search.tested(row), search.states(row)
        for column, x_level in enumerate(x.levels):
            trials = search.trials((row, column))
            chance, low, high = estimated(trials, search.error_of_each)
            rows.append(
                {
                    "point": len(rows),
                    x.key: x_level,
                    y.key: y_level,
                    "state": states[column].value,
                    "how": _how(own[column], states[column]),
                    "n": trials.n,
                    "successes": trials.successes,
                    "chance": chance,
                    "low": low,
                    "high": high,
                }
            )
    return pd.DataFrame(rows)


def _how(own: State | None, state: State) -> str:
    """Return where a state comes from."""
    if own is state and own is not None:
        return TESTED
    return NOT_TESTED if state is State.UNDECIDED else INFERRED


def _contradictions(search: Search) -> pd.DataFrame:
    """Return the contradictions by numbers of points."""
    width = search.shape[1]
    pairs = [[row * width + column for row, column in pair] for pair in search.contradictions()]
    return pd.DataFrame(pairs, columns=["easier", "harder"], dtype=np.int64)
