"""The search for the cheapest roster.

Down from one that meets the targets, editor by editor and by exchange.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from math import ceil, floor

from sim.runs.gate import State
from sim.scenario.staffing import Heads, heads_of, most_heads, opens
from sim.study.staffing_trials import OutOfRunsError, Trials, covers

STEP = 1.03
"""Ratio of neighbouring common factors on the way to the first roster that meets the targets."""
MOST_LISTED = 5_000
"""Rosters that are looked through when all cheaper ones are to be ruled out."""
MOST_LEFT = 400
"""Rosters of them that are tried."""
MOST_CONTENDERS = 12
"""Rosters of the lowest cost that are looked at again before one is confirmed."""
TOGETHER = 12
"""Rosters that are tried together: they share the draws, and two cores have work."""
TIE = 1e-9
"""Costs that are no further apart are the same."""


class Proof(StrEnum):
    """What is known of rosters that are cheaper than the one found."""

    NONE_CHEAPER = "none cheaper"
    """Every cheaper roster has no more editors on any line than one that was tried and is not shown
    to meet."""
    NONE_NEAR = "none near"
    """No roster with one editor fewer is shown to meet, nor any cheaper one that exchanges led
    to."""
    STOPPED = "stopped"
    """The same, but the runs allowed ended before all exchanges were tried."""


@dataclass
class Search:
    """The cheapest roster that is shown to meet the targets, on the replications of the trials."""

    trials: Trials
    times: float
    """The most editors of a line, in times of the scenario's own."""
    most_runs: int
    """Runs that may be made on the way to a first roster, and to cheaper ones; to look again comes
    on top."""
    stopped: bool = False
    """Whether the runs that were allowed were used up."""

    def __post_init__(self) -> None:
        """Note the bounds."""
        self.today, self.most = (
            heads_of(self.trials.lines),
            most_heads(self.trials.lines, self.times),
        )

    def cost(self, heads: Heads) -> float:
        """Return the cost of a roster a week; its editors where no costs are given."""
        return sum(line.weight * n for line, n in zip(self.trials.lines, heads, strict=True))

    def first(self) -> Heads | None:
        """Return the smallest roster of a common factor that meets the targets.

        None where none does.
        """
        rosters, self.trials.most_runs = self._scaled(), self.most_runs
        low, high = (
            -1,
            len(rosters) - 1,
        )  # the roster at `high` meets the targets, those up to `low` do not
        if not self._met([rosters[high]]):
            return None
        while high - low > 1:
            between = sorted({low + ceil((high - low) * part / 4) for part in (1, 2, 3)} - {high})
            met = self._met([rosters[place] for place in between])
            high = min((place for place in between if rosters[place] in met), default=high)
            low = max((place for place in between if place < high), default=low)
        return rosters[high]

    def settle(self, heads: Heads) -> Heads | None:
        """Return the best roster found from one that meets the targets.

        None where none does at a second look.
        """
        while True:
            end = self._improved(heads)
            found = self.best()
            if found is None or self.cost(found) < self.cost(end) + TIE:
                return found
            heads = found  # the end of the search was lucky at an early look

    def _improved(self, heads: Heads) -> Heads:
        """Try what is cheaper than a roster that meets the targets, and than what is found so, until nothing is."""
        self.trials.most_runs = self.most_runs
        try:
            while (better := self._better(heads)) is not None:
                heads = better
        except OutOfRunsError:
            self.stopped = True
        self.trials.most_runs = None
        return heads

    def best(self) -> Heads | None:
        """Return the cheapest roster that meets the targets, of several the one that does so by most; None for none.

        Those of the lowest cost are run to the last look first. One of them may have been lucky at
        an early one.
        """
        while level := self._cheapest():
            self.trials.judge_again(level)
            met = [heads for heads in level if self.trials.state(heads) is State.MET]
            top = max(met, key=self._rank, default=None)
            if top and not self._met(self._changed(top, -1)):
                return top
        return None

    def rule_out(self, heads: Heads, state: State) -> None:
        """Note that a roster failed on fresh replications, and try those with one editor more."""
        self.trials.states[heads] = state
        self.trials.judge(self._changed(heads, +1))

    def proof(self, heads: Heads) -> Proof:
        """Return what is known of rosters that are cheaper than one."""
        if self._cheaper_left(heads) == []:
            return Proof.NONE_CHEAPER
        return Proof.STOPPED if self.stopped else Proof.NONE_NEAR

    def _cheapest(self) -> list[Heads]:
        """Return the rosters of the lowest cost of all that were run and meet the targets.

        A few, the best ones.
        """
        met = [one for one, state in self.trials.states.items() if state is State.MET]
        lowest = min(map(self.cost, met), default=0.0)
        own = [one for one in met if self.cost(one) <= lowest + TIE]
        return sorted(own, key=self._rank, reverse=True)[:MOST_CONTENDERS]

    def _rank(self, heads: Heads) -> tuple[float, Heads]:
        return self._margin(heads), heads

    def _scaled(self) -> list[Heads]:
        """Return the rosters of rising common factors, from one editor a line to the most."""
        rosters, share = [self.most], 1.0
        while max(rosters[-1]) > 1:
            share /= STEP
            heads = tuple(max(ceil(most * share - TIE), 1) for most in self.most)
            if heads != rosters[-1]:
                rosters.append(heads)
        return rosters[::-1]

    def _better(self, heads: Heads) -> Heads | None:
        return self._fewer(heads) or self._exchanged(heads) or self._listed(heads)

    def _fewer(self, heads: Heads) -> Heads | None:
        """Return the roster with fewer editors on one line that meets the targets best.

        By large steps first.
        """
        step = 1 << max(max(heads) // 8, 1).bit_length() - 1
        while step:
            if met := self._met(self._changed(heads, -step)):
                return max(met, key=lambda one: (self._margin(one), max(heads), one))
            step //= 2
        return None

    def _exchanged(self, heads: Heads) -> Heads | None:
        """Return a cheaper roster with one editor more on one line and fewer on others."""
        level, goal = list(self._changed(heads, +1)), self.cost(heads) - TIE
        for _ in range(len(heads) + 2):
            level.sort(
                key=self._rank, reverse=True
            )  # the surer the roster, the likelier that it can spare one more
            fewer = dict.fromkeys(
                one for more in level for one in self._changed(more, -1) if not covers(heads, one)
            )
            if cheaper := self._first_met([one for one in fewer if self.cost(one) < goal]):
                return cheaper
            level = self._met(one for one in fewer if self.cost(one) >= goal)
        return None

    def _first_met(self, rosters: list[Heads]) -> Heads | None:
        """Try rosters a few at a time, and return the surest of the first few of which one meets the targets."""
        for start in range(0, len(rosters), TOGETHER):
            if met := self._met(rosters[start : start + TOGETHER]):
                return max(met, key=self._rank)
        return None

    def _listed(self, heads: Heads) -> Heads | None:
        """Return a cheaper roster from all that are left, where they are few."""
        left = self._cheaper_left(heads)
        if left is None or len(left) > MOST_LEFT:
            return None
        return self._first_met(left)

    def _cheaper_left(self, heads: Heads) -> list[Heads] | None:
        """Return the largest cheaper rosters of which nothing is known.

        None where they are too many to list.
        """
        every = list(islice(self._largest_cheaper((), self.cost(heads) - TIE), MOST_LISTED + 1))
        if len(every) > MOST_LISTED:
            return None
        plant, lines = self.trials.scenario.spec.plant, self.trials.lines
        return [one for one in every if opens(plant, lines, one) and self.trials.state(one) is None]

    def _largest_cheaper(self, begun: Heads, goal: float) -> Iterator[Heads]:
        """Yield rosters under a cost, the last line as full as may be.

        Every cheaper one is covered by one of them.
        """
        line, most = self.trials.lines[len(begun)], self.most[len(begun)]
        fits = min(max(floor(goal / line.weight), 0), most)
        if len(begun) + 1 == len(self.most):
            yield (*begun, fits)
            return
        for n in range(fits, -1, -1):
            yield from self._largest_cheaper((*begun, n), goal - n * line.weight)

    def _changed(self, heads: Heads, by: int) -> Iterator[Heads]:
        """Yield the rosters with so many editors more or fewer on one line, or as many as there are."""
        for place, most in enumerate(self.most):
            n = min(max(heads[place] + by, 0), most)
            changed = (*heads[:place], n, *heads[place + 1 :])
            if n != heads[place] and opens(
                self.trials.scenario.spec.plant, self.trials.lines, changed
            ):
                yield changed

    def _met(self, rosters: Iterable[Heads]) -> list[Heads]:
        """Try rosters, and return those that meet the targets."""
        wanted = list(rosters)
        self.trials.judge(wanted)
        return [heads for heads in wanted if self.trials.state(heads) is State.MET]

    def _margin(self, heads: Heads) -> float:
        return self.trials.margin(heads) if heads in self.trials.values else float("inf")
