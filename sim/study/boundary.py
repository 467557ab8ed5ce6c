"""Where on a grid a chance falls below an assurance: which points to test, and what the tested ones imply.

Points are (row, column). Along a row, and from row to row, the chance is taken to fall: the first
is the easiest. Nothing is implied beyond tested points: in a row its ends are tested, among the
rows the first and the last. Tests that contradict the assumption are told, and answered by testing
what it would have implied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.stats.chances import State, Trials, hopeless, judged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Successes = NDArray[np.bool_]

FIRST_LOOK = 10
Point = tuple[int, int]
MakeTrials = Callable[[Sequence[Point], range], "Successes"]
"""Makes the replications of a range at some points: shape (replications, points), whether each was
a success."""


class Rule(NamedTuple):
    """What is asked of a point, and how surely it is answered."""

    assurance: float
    """The chance of success that is asked for."""
    error: float
    """Largest chance that any point of the whole map is marked wrongly."""
    at_most: int
    """Replications of a point."""


class Contradiction(NamedTuple):
    """A pair of tested points that cannot both be right if the chance falls from easy to hard."""

    easier: Point
    """It is out."""
    harder: Point
    """It is in."""


@dataclass
class Search:
    """The search for the boundary on a grid; grows as points are tested."""

    shape: tuple[int, int]
    """Rows and columns."""
    rule: Rule
    successes: dict[Point, Successes] = field(default_factory=dict)
    """What the replications of each tested point were, from number 0 on."""

    @property
    def error_of_each(self) -> float:
        """The error of a point.

        Every point of the grid has its share, for every one may be tested: so all verdicts hold
        together whatever is tested in which order, and though all points share their draws.
        """
        return self.rule.error / (self.shape[0] * self.shape[1])

    @property
    def n_runs(self) -> int:
        """Replications of all points together."""
        return sum(map(len, self.successes.values()))

    def run(self, trials: MakeTrials) -> None:
        """Test points until nothing more can be learned: the easiest and the hardest row, then those between.

        Parameters
        ----------
        trials
            Makes replications. Points that are tested together are asked for together.
        """
        for rows in (sorted({0, self.shape[0] - 1}), range(1, self.shape[0] - 1)):
            while points := [
                (row, column)
                for row in rows
                for column in wanted(self.tested(row), self.known(row))
            ]:
                self._test(points, trials)

    def trials(self, point: Point) -> Trials:
        """Return how many replications a point has had, and how many were successes."""
        found = self.successes.get(point, np.zeros(0, np.bool_))
        return Trials(len(found), int(found.sum()))

    def tested(self, row: int) -> list[State | None]:
        """Return the verdict of each point of a row by its own replications.

        None for those without any.
        """
        return [self._verdict((row, column)) for column in range(self.shape[1])]

    def known(self, row: int) -> list[State | None]:
        """Return what is known of each point of a row, None for nothing: by tests of the row, or by the outer rows.

        Where the easiest and the hardest row agree, those between agree with them, unless tests of
        different rows contradict each other.
        """
        own = implied(self.tested(row))
        if row in (0, self.shape[0] - 1) or any(
            pair.easier[0] != pair.harder[0] for pair in self.contradictions()
        ):
            return own
        outer = zip(implied(self.tested(0)), implied(self.tested(self.shape[0] - 1)), strict=True)
        both = [easiest if easiest is hardest else None for easiest, hardest in outer]
        return [state or around for state, around in zip(own, both, strict=True)]

    def states(self, row: int) -> list[State]:
        """Return the state of each point of a row: what nothing decides is not decided."""
        return [state or State.UNDECIDED for state in self.known(row)]

    def contradictions(self) -> list[Contradiction]:
        """Return the pairs of tested points that contradict a chance that falls along rows and from row to row."""
        verdicts = {point: self._verdict(point) for point in sorted(self.successes)}
        outs = [point for point, state in verdicts.items() if state is State.OUT]
        ins = [point for point, state in verdicts.items() if state is State.IN]
        return [Contradiction(e, h) for e in outs for h in ins if e[0] <= h[0] and e[1] <= h[1]]

    def reversals(self) -> tuple[int, int]:
        """Return in how many replications the harder of two tested points succeeded alone, and how many were compared.

        Compared are neighbours among the tested points of each row and column. Their draws are the
        same.
        """
        alone = compared = 0
        for easier, harder in self._neighbours():
            n = min(self.trials(easier).n, self.trials(harder).n)
            alone += int((self.successes[harder][:n] & ~self.successes[easier][:n]).sum())
            compared += n
        return alone, compared

    def _neighbours(self) -> Iterator[tuple[Point, Point]]:
        for axis in (0, 1):
            along = sorted(self.successes, key=lambda point: (point[axis], point[1 - axis]))
            yield from (pair for pair in pairwise(along) if pair[0][axis] == pair[1][axis])

    def _verdict(self, point: Point) -> State | None:
        trials = self.trials(point)
        return judged(trials, self.rule.assurance, self.error_of_each) if trials.n else None

    def _is_open(self, point: Point) -> bool:
        """Return whether more replications of a point may decide it."""
        given = (self.trials(point), self.rule.assurance, self.error_of_each)
        return judged(*given) is State.UNDECIDED and not hopeless(*given, self.rule.at_most)

    def _test(self, points: list[Point], trials: MakeTrials) -> None:
        """Add replications to new points, to each until it is decided or has all that it may have."""
        done = 0
        for look in looks(self.rule.at_most):
            for point, new in zip(points, trials(points, range(done, look)).T, strict=True):
                self.successes[point] = np.concatenate([self.successes.get(point, new[:0]), new])
            points = [point for point in points if self._is_open(point)]
            done = look
            if not points:
                return


def looks(at_most: int) -> Iterator[int]:
    """Yield after how many replications the verdicts are looked at.

    The more there are, the seldomer.
    """
    n = 0
    while n < at_most:
        n = min(n + max(FIRST_LOOK, n // 4), at_most)
        yield n


def contradicts(tested: Sequence[State | None]) -> bool:
    """Return whether a point of a row is in behind one that is out."""
    return any((a, b) == (State.OUT, State.IN) for a, b in combinations(tested, 2))


def implied(tested: Sequence[State | None]) -> list[State | None]:
    """Return what the tested points of a row imply for all its points; None for what nothing implies.

    Parameters
    ----------
    tested
        Verdicts by replications of their own, from the easiest point to the hardest; None where
        there are none.

    Returns
    -------
    list of State
        All before one that is in are in, all behind one that is out are out. Nothing more than the
        verdicts themselves where these contradict a falling chance.
    """
    if contradicts(tested):
        return list(tested)
    decided = [number for number, state in enumerate(tested) if state is State.IN]
    last_in = decided[-1] if decided else -1
    first_out = tested.index(State.OUT) if State.OUT in tested else len(tested)
    return [
        State.IN if number <= last_in else State.OUT if number >= first_out else state
        for number, state in enumerate(tested)
    ]


def wanted(tested: Sequence[State | None], known: Sequence[State | None]) -> list[int]:
    """Return which points of a row to test next.

    Parameters
    ----------
    tested
        Verdicts by replications of their own, from the easiest point to the hardest; None where
        there are none.
    known
        What is known of each, however; None for nothing.

    Returns
    -------
    list of int
        First both ends, so that what is implied lies between two points. Then the middle of each
        gap; not of one between two points that stayed open, for its chance lies between theirs.
        Where the verdicts contradict a falling chance, all the rest.
    """
    unknown = [number for number, state in enumerate(known) if state is None]
    if contradicts(tested):
        return unknown
    if ends := sorted({0, len(known) - 1} & set(unknown)):
        return ends
    gaps = [
        [n for n, _ in gap]
        for is_gap, gap in groupby(enumerate(known), lambda pair: pair[1] is None)
        if is_gap
    ]
    around = [(known[gap[0] - 1], known[gap[-1] + 1]) for gap in gaps]
    open_ends = (State.UNDECIDED, State.UNDECIDED)
    return [gap[len(gap) // 2] for gap, ends in zip(gaps, around, strict=True) if ends != open_ends]
