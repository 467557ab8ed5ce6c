"""Rosters tried: each run on the same replications as the others, until it is shown to meet the targets or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import CutOffError
from sim.results.figure import Figure
from sim.runs.gate import State, judged
from sim.runs.replication import Task
from sim.runs.run import run_all
from sim.scenario.staffing import Heads, Line, with_heads
from sim.stats.intervals import Estimate, most_of, t_intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.runs.executor import Executor
    from sim.scenario.targets import Target
    from sim.study.scenario import Scenario

    Floats = NDArray[np.float64]

Doing = Callable[[str], None]
"""Told what is being done."""
SHARE = Figure("on_time_share", "guaranteed")
BACKLOG = Figure("monday_backlog")


class OutOfRunsError(Exception):
    """The budget of the search is used up."""


@dataclass(frozen=True)
class Plan:
    """How rosters are tried: on which replications, at what confidence."""

    first: int
    """Number of the first replication."""
    looks: tuple[int, ...]
    """After how many replications a roster is judged, rising."""
    confidence: float
    """Of the interval of each target at each look."""


@dataclass
class Trials:
    """Rosters that were tried, and what came out; one memory for all that asks."""

    scenario: Scenario
    lines: Sequence[Line]
    executor: Executor
    plan: Plan
    on_status: Doing = lambda _: None
    values: dict[Heads, Floats] = field(default_factory=dict)
    """Shape (replications, figures) of each roster that was run."""
    states: dict[Heads, State] = field(default_factory=dict)
    """What is known of the rosters that were judged or ruled out."""
    n_runs: int = 0
    most_runs: int | None = None
    """Runs after which nothing more is tried; None for no limit."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """Return the scenario's targets."""
        return self.scenario.spec.targets

    @property
    def wanted(self) -> tuple[Figure, ...]:
        """Return the figures that are kept.

        Those of the targets, in their order, and the two of the marginal table.
        """
        return (*(target.figure for target in self.targets), SHARE, BACKLOG)

    def judge(self, rosters: Iterable[Heads]) -> None:
        """Try rosters, all of a look together, until each is decided, is not worth another look, or the looks are over.

        Parameters
        ----------
        rosters
            Those of them of which nothing is known yet are run.
        """
        open_ = [heads for heads in dict.fromkeys(rosters) if self.state(heads) is None]
        for look in self.plan.looks:
            if open_:
                self.run(open_, look)
                self.states |= {heads: self._found(heads) for heads in open_}
                open_ = [
                    heads
                    for heads in open_
                    if self.states[heads] is State.UNDECIDED and self._hopeful(heads)
                ]

    def state(self, heads: Heads) -> State | None:
        """Return what is known of a roster, from itself or from one that is compared with it line by line.

        Who has no more editors on any line than a roster that is not shown to meet the targets is
        not shown to either; who has no fewer than one that meets them meets them: an assumption,
        see ``docs/decisions/0012-staffing.md``.
        """
        if heads in self.states:
            return self.states[heads]
        for other, state in self.states.items():
            if covers(other, heads) if state is not State.MET else covers(heads, other):
                return state
        return None

    def judge_again(self, rosters: Sequence[Heads]) -> None:
        """Judge rosters on all replications of the last look."""
        self.run(rosters, self.plan.looks[-1])
        self.states |= {heads: self._found(heads) for heads in rosters}

    def run(self, rosters: Iterable[Heads], replications: int) -> None:
        """Run rosters until each has so many replications, those together that have equally many."""
        behind: dict[int, list[Heads]] = {}
        for heads in dict.fromkeys(rosters):
            if (n := self._n(heads)) < replications:
                behind.setdefault(n, []).append(heads)
        for before, group in behind.items():
            self._run(group, range(before, replications))

    def _run(self, rosters: Sequence[Heads], replications: range) -> None:
        n = len(rosters) * len(replications)
        if self.most_runs is not None and self.n_runs + n > self.most_runs:
            raise OutOfRunsError
        self.on_status(
            f"{self.n_runs:,} runs made; trying {len(rosters)} rosters on {replications.stop} replications"
        )
        specs = tuple(with_heads(self.scenario.spec, self.lines, heads) for heads in rosters)
        numbers = range(self.plan.first + replications.start, self.plan.first + replications.stop)
        finished = run_all(
            Task(specs, self.scenario.order_files), numbers, self.executor, lambda _: None
        )
        if finished.cut_off:
            raise CutOffError("the search was stopped before a roster was found and confirmed")
        self.n_runs += n
        for place, heads in enumerate(rosters):
            new = np.array(
                [_picked(outcomes[place].figures, self.wanted) for outcomes in finished.outcomes]
            )
            self.values[heads] = (
                np.concatenate([self.values[heads], new]) if heads in self.values else new
            )

    def _n(self, heads: Heads) -> int:
        return len(self.values[heads]) if heads in self.values else 0

    def estimates(self, heads: Heads) -> list[Estimate]:
        """Return the mean of each target's figure with the interval that is judged."""
        found = t_intervals(self.values[heads][:, : len(self.targets)], self.plan.confidence)
        bounds = zip(found.mean.tolist(), found.low.tolist(), found.high.tolist(), strict=True)
        return [
            Estimate(*b).within(0.0, most_of(t.measure))
            for b, t in zip(bounds, self.targets, strict=True)
        ]

    def margin(self, heads: Heads) -> float:
        """Return how surely the targets are met.

        The least distance of a mean from its bound, in standard errors.
        """
        rows = self.values[heads][:, : len(self.targets)]
        spread = np.maximum(rows.std(axis=0, ddof=1), 1e-9)
        return float(
            np.min(_distances(self.targets, rows.mean(axis=0)) / spread) * np.sqrt(len(rows))
        )

    def _found(self, heads: Heads) -> State:
        """Judge a roster by all targets together."""
        found = [judged(t, e) for t, e in zip(self.targets, self.estimates(heads), strict=True)]
        return next(
            (state for state in (State.MISSED, State.UNDECIDED) if state in found), State.MET
        )

    def _hopeful(self, heads: Heads) -> bool:
        """Return whether the mean of every target lies on its good side.

        Only then do more replications help.
        """
        return bool(
            np.all(
                _distances(self.targets, self.values[heads][:, : len(self.targets)].mean(axis=0))
                >= 0
            )
        )


def covers(more: Heads, fewer: Heads) -> bool:
    """Return whether a roster has at least as many editors on every line."""
    return all(a >= b for a, b in zip(more, fewer, strict=True))


def _distances(targets: Sequence[Target], means: Floats) -> Floats:
    """Return how far each mean lies on the good side of its target's bound."""
    least = np.array([-np.inf if t.at_least is None else t.at_least for t in targets])
    most = np.array([np.inf if t.at_most is None else t.at_most for t in targets])
    distances: Floats = np.minimum(means - least, most - means)
    return distances


def _picked(figures: Mapping[Figure, float], wanted: Sequence[Figure]) -> list[float]:
    return [figures.get(key, np.nan) for key in wanted]
