"""The map of what can be promised, as a chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sim.report.frontier_chart import frontier_map
from sim.scenario.frontier import FactorLevels
from sim.study.boundary import Rule
from sim.study.frontier import Frontier
from tests.frontier_plant import DGI, EXPEDITE, known_plant

X, Y = FactorLevels(key=DGI, levels=(1, 3, 6)), FactorLevels(key=EXPEDITE, levels=(1, 4))
MAP = [
    ("in", "tested"), ("in", "inferred"), ("out", "tested"),
    ("in", "tested"), ("not decided", "not tested"), ("out", "inferred"),
]  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Frontier:
    """Return a map made by hand; today's point is the second."""
    rows = [
        {"point": n, DGI: X.levels[n % 3], EXPEDITE: Y.levels[n // 3], "state": state, "how": how,
         "n": 40 if how == "tested" else 0, "successes": 30, "chance": 0.75, "low": 0.6, "high": 0.9}
        for n, (state, how) in enumerate(MAP)
    ]  # fmt: skip
    scenario = known_plant(tmp_path_factory.mktemp("known"))
    none: Any = pd.DataFrame({"easier": [], "harder": []})
    return Frontier(
        scenario, X, Y, 1.0, Rule(0.5, 0.05, 100), pd.DataFrame(rows), none, (0, 40), cut_off=False
    )


@pytest.fixture
def axes(found: Frontier) -> Axes:
    """Return the axes of the chart."""
    (axes,) = frontier_map(found).axes
    return axes


def test_every_point_says_its_state_and_where_it_comes_from(axes: Axes) -> None:
    """A word a point, in its cell; below it its trials, or that it was inferred or not tested."""
    words = {
        (round(text.get_position()[0]), round(text.get_position()[1]), text.get_text())
        for text in axes.texts
    }
    expected = [("IN", "30 of 40"), ("IN", "(inferred)"), ("OUT", "30 of 40")]
    expected += [("IN", "30 of 40"), ("?", "not tested"), ("OUT", "(inferred)")]
    assert words == {(n % 3, n // 3, word) for n, pair in enumerate(expected) for word in pair}


def test_states_are_told_apart_without_colour(axes: Axes) -> None:
    """Only what is out is hatched, and only tested points have a bold word."""
    hatched = [patch.get_hatch() for patch in axes.patches if isinstance(patch, Rectangle)]
    assert [bool(hatch) for hatch in hatched] == [state == "out" for state, _ in MAP]
    words = [text for text in axes.texts if text.get_text() in ("IN", "OUT", "?")]
    assert [text.get_fontweight() == "bold" for text in words] == [
        how == "tested" for _, how in MAP
    ]


def test_the_boundary_surrounds_what_is_in(axes: Axes) -> None:
    """Heavy lines stand between in and the rest.

    Whole towards out, dotted towards what is open; a diamond is today.
    """
    lines = [line for line in axes.lines if line.get_gid() == "boundary"]
    drawn = {(*np.ravel(line.get_xydata()).tolist(), line.get_linestyle()) for line in lines}
    assert drawn == {
        (1.5, -0.5, 1.5, 0.5, "-"),
        (0.5, 0.5, 0.5, 1.5, ":"),
        (0.5, 0.5, 1.5, 0.5, ":"),
    }
    (today,) = (line for line in axes.lines if line.get_gid() == "today")
    assert np.round(np.asarray(today.get_xydata(), float)).tolist() == [[1, 0]]
    assert today.get_marker() == "D"


def test_axes_and_title_say_the_answer(found: Frontier, axes: Axes) -> None:
    """Names and levels of both factors, the answer for today's row, the question and the cost."""
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("DGI", "expedite guarantee")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "3", "6"]
    figure = frontier_map(found)
    assert (
        figure.get_label()
        == "With assurance 50 %, the largest DGI at an expedite guarantee of 1 is 3"
    )
    note = figure.texts[1].get_text().replace("\n", " ")
    for words in (
        "at least 50 % of replications",
        "100 % of guaranteed images",
        "120 runs instead of 600",
        "diamond",
    ):
        assert words in note


def test_nothing_leaves_the_figure(found: Frontier, tmp_path: Path) -> None:
    """All words of the chart lie inside of it, and both files are written."""
    from sim.report.write import write_figure

    assert [path.suffix for path in write_figure(frontier_map(found), tmp_path, "frontier")] == [
        ".svg",
        ".png",
    ]
