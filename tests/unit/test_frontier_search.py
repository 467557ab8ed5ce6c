"""The search for the boundary.

What is tested, what follows, what stays open, and how often the map is wrong.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.stats.chances import State
from sim.study.boundary import (
    Contradiction,
    Point,
    Rule,
    Search,
    contradicts,
    implied,
    looks,
    wanted,
)
from tests.strategies import examples

IN, OUT, OPEN = State.IN, State.OUT, State.UNDECIDED
RULE = Rule(assurance=0.9, error=0.05, at_most=400)
Chances = NDArray[np.float64]


def searched(chances: Chances, rule: Rule = RULE, seed: int = 1) -> Search:
    """Return the search on a grid of known chances; all points share their draws."""
    search = Search((chances.shape[0], chances.shape[1]), rule)
    draws = np.random.default_rng(seed).random(rule.at_most)

    def trials(points: Sequence[Point], replications: range) -> NDArray[np.bool_]:
        return np.array([[draws[k] < chances[point] for point in points] for k in replications])

    search.run(trials)
    return search


def states(search: Search) -> list[list[State]]:
    """Return the map."""
    return [search.states(row) for row in range(search.shape[0])]


def wrong(search: Search, chances: Chances) -> int:
    """Return how many points are marked wrongly."""
    truth = [[IN if chance >= search.rule.assurance else OUT for chance in row] for row in chances]
    pairs = zip(
        np.ravel(np.array(states(search), object)), np.ravel(np.array(truth, object)), strict=True
    )
    return sum(found is not OPEN and found is not true for found, true in pairs)


@pytest.mark.parametrize(
    ("tested", "follows"),
    [
        ([IN, None, None, IN, None, OUT], [IN, IN, IN, IN, None, OUT]),
        ([IN, None, OUT, None, OUT], [IN, None, OUT, OUT, OUT]),
        ([IN, None, OPEN, None, OUT], [IN, None, OPEN, None, OUT]),
        ([OPEN, None, IN, OUT], [IN, IN, IN, OUT]),
        ([IN, OUT, OPEN], [IN, OUT, OUT]),
        ([OUT, None, IN], [OUT, None, IN]),
        ([None, None], [None, None]),
    ],
)
def test_what_follows_in_a_row(tested: list[State | None], follows: list[State | None]) -> None:
    """All before one that is in are in, all behind one that is out are out.

    Nothing follows from a contradiction.
    """
    assert implied(tested) == follows


@pytest.mark.parametrize(
    ("tested", "next_ones"),
    [
        ([None] * 7, [0, 6]),
        ([None], [0]),
        ([IN, None, None, None, IN], []),
        ([IN, None, None, None, OUT], [2]),
        ([IN, None, None, OPEN, None, OUT], [2, 4]),
        ([OPEN, None, None, OPEN, None, OUT], [4]),
        ([OUT, None, None, IN, None], [1, 2, 4]),
        ([IN, OPEN, OUT], []),
    ],
)
def test_what_is_tested_next(tested: list[State | None], next_ones: list[int]) -> None:
    """The ends, then the middle of each gap, none between two open points, and all after a contradiction."""
    assert wanted(tested, implied(tested)) == next_ones


def test_looks_end_at_the_limit() -> None:
    """Looks rise, the last is the limit itself, and a small limit is one look."""
    assert list(looks(45)) == [10, 20, 30, 40, 45]
    assert list(looks(3)) == [3]
    assert list(looks(200))[-2:] == [187, 200]


def test_a_clear_boundary_is_found_with_few_tests() -> None:
    """With chances of 1 and 0 the map is whole and right, and of 8 x 16 points only a few are tested."""
    chances = (np.arange(16) < np.arange(13, 5, -1)[:, None]).astype(float)
    search = searched(chances)
    assert states(search) == [[IN if chance else OUT for chance in row] for row in chances]
    assert len(search.successes) < 8 * 16 / 3
    assert search.n_runs < 8 * 16 * RULE.at_most / 20


@examples(60)
@given(st.integers(1, 5), st.integers(1, 9), st.data())
def test_inference_is_never_wrong_where_chances_fall(
    n_rows: int, n_columns: int, data: st.DataObject
) -> None:
    """If every test is right and the chance falls along both factors, so is the map, and nothing is left open."""
    edges = data.draw(st.lists(st.integers(0, n_columns), min_size=n_rows, max_size=n_rows))
    chances = (np.arange(n_columns) < np.array(sorted(edges, reverse=True))[:, None]).astype(float)
    search = searched(chances)
    assert states(search) == [[IN if chance else OUT for chance in row] for row in chances]
    assert not search.contradictions()


def test_an_open_boundary_stays_open() -> None:
    """A chance at the assurance is not decided.

    What lies on its sides still is, and two open ends close a gap.
    """
    chances = np.array([[1.0, 1.0, 0.9, 0.0, 0.0]])
    search = searched(chances)
    assert states(search) == [[IN, IN, OPEN, OUT, OUT]]
    assert states(searched(np.full((1, 5), 0.9))) == [[OPEN] * 5]
    assert set(searched(np.full((1, 5), 0.9)).successes) == {(0, 0), (0, 4)}


def test_the_limit_holds() -> None:
    """No point has more replications than allowed.

    Where they cannot decide anything, all is open.
    """
    search = searched(np.array([[1.0, 0.95, 0.9]]), RULE._replace(at_most=20))
    assert states(search) == [[OPEN] * 3]
    assert max(map(len, search.successes.values())) <= 20


def test_a_row_that_rises_is_tested_whole() -> None:
    """Where a harder point is in and an easier one out, it is told, and every point of the row is tested itself."""
    chances = np.array([[0.0, 0.0, 1.0, 0.0, 1.0]])
    search = searched(chances)
    assert wrong(search, chances) == 0
    assert len(search.successes) == 5
    assert Contradiction((0, 0), (0, 4)) in search.contradictions()
    assert contradicts(search.tested(0))


def test_rows_that_rise_are_searched_each_by_itself() -> None:
    """Where the hardest row is in at what the easiest has out, the rows between do not follow from them."""
    chances = np.array(
        [[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]]
    )
    search = searched(chances)
    assert wrong(search, chances) == 0
    assert all({(row, 0), (row, 3)} <= set(search.successes) for row in range(4))
    assert Contradiction((0, 1), (3, 1)) in search.contradictions()


def test_reversals_are_counted() -> None:
    """Draws at which a harder point succeeds alone are counted over tested neighbours.

    Falling chances have none.
    """
    assert searched(np.array([[1.0, 0.95, 0.5, 0.0]])).reversals()[0] == 0
    search = Search((1, 2), RULE)
    search.successes = {
        (0, 0): np.array([True, False, True]),
        (0, 1): np.array([False, True, True, True]),
    }
    assert search.reversals() == (1, 3)


def test_every_point_has_its_share_of_the_error() -> None:
    """The error of a point is that of the map, divided by all points that may be tested."""
    assert Search((4, 5), RULE).error_of_each == pytest.approx(0.05 / 20)


GRIDS = {
    "steep": np.outer([1, 0.99, 0.97, 0.95], [1, 0.99, 0.96, 0.85, 0.6, 0.3, 0.0]),
    "at the assurance": np.outer([1, 0.97, 0.94], [0.97, 0.93, 0.9, 0.89, 0.87]),
    "just out": np.full((3, 5), 0.899),
    "just in": np.full((3, 5), 0.9),
}


@pytest.mark.parametrize("name", GRIDS)
def test_maps_of_known_chances_are_right(name: str) -> None:
    """Of 200 maps at most 5 % have a wrong point (400 under LONG).

    Grids at the assurance are the worst there are.
    """
    repetitions = 400 if os.environ.get("LONG") else 200 if name == "steep" else 50
    rule = RULE._replace(at_most=200)
    bad = sum(
        wrong(searched(GRIDS[name], rule, seed), GRIDS[name]) > 0 for seed in range(repetitions)
    )
    assert bad <= 0.05 * repetitions


def test_a_grid_with_a_boundary_is_mostly_decided() -> None:
    """Where few chances are near the assurance, eight points in ten are decided, with a third of the runs at most."""
    maps = [searched(GRIDS["steep"], seed=seed) for seed in range(20)]
    decided = [state is not OPEN for search in maps for row in states(search) for state in row]
    assert np.mean(decided) > 0.6
    assert np.mean([search.n_runs for search in maps]) < GRIDS["steep"].size * RULE.at_most / 3
