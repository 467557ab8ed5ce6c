"""Two scenarios side by side.

What is compared with what, findings, what pairing is worth, and how it is said.
"""

from __future__ import annotations

import json
import os
from functools import cache
from math import inf, isnan, nan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import CutOffError, InputError
from sim.report.comparison import (
    answer_lines,
    comparison_json,
    difference_words,
    main_table,
    worth_words,
)
from sim.report.difference_chart import MARKS, differences
from sim.study.comparison import MAIN, Pair, SideBySide, compared, matched
from sim.study.diff import SAME
from sim.study.scenario import Scenario
from sim.study.study import Study
from sim.study.variance_reduction import variance_reduction
from tests.end_to_end.conftest import SMALL
from tests.regrouped import DGI, many_replications, part
from tests.unit.test_diff import NOISE, study

EDITORS = "plant.pools.retouch.roster.0.editors"


@cache
def small(*changes: str) -> Scenario:
    """Return the small scenario with changes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "small.yaml"
        path.write_text(SMALL, encoding="utf-8")
        return sim.load(path, changes=(f"sweep={{{DGI}: [10, 20]}}", "replications=5", *changes))


@cache
def run(*changes: str) -> Study:
    """Return the results of the small scenario at both levels."""
    return small(*changes).run(verify=False)


def row_of(found: SideBySide, measure: str, **of: str) -> dict[Any, Any]:
    """Return the row of a figure at the second pair of points."""
    wanted = {
        "pair": 1,
        "measure": measure,
        "commitment": "all",
        "service": "all",
        "pool": "all",
        **of,
    }
    (row,) = (row for row in found.figures.to_dict("records") if wanted.items() <= row.items())
    return row


def findings(a: Study, b: Study) -> dict[str, str]:
    """Return the finding of each measure of studies of one figure a measure."""
    figures = compared(a, b).figures
    return dict(zip(figures["measure"], figures["finding"], strict=True))


def test_the_same_scenario_is_the_same() -> None:
    """With one seed, every difference of every figure is 0, and found the same."""
    found = compared(small(), run())
    assert found.pairs == (Pair({DGI: 10}, {DGI: 10}), Pair({DGI: 20}, {DGI: 20}))
    assert found.paired
    assert set(found.figures["finding"]) == {SAME}
    assert (found.figures[["difference", "low", "high"]] == 0).all(axis=None)
    assert "neither better nor worse" in answer_lines(found)[1]


def test_equal_levels_are_compared_and_no_others_run() -> None:
    """Of two sweeps, the levels that both have are run and compared."""
    ran: list[Any] = []

    def noted(scenario: Scenario) -> Study:
        ran.append(dict(scenario.spec.sweep))
        return scenario.run(verify=False)

    found = compared(small(f"sweep={{{DGI}: [5, 20]}}"), small(), noted)
    assert found.pairs == (Pair({DGI: 20}, {DGI: 20}),)
    assert ran == [{DGI: (20,)}, {DGI: (20,)}]


@pytest.mark.parametrize(
    ("sweeps", "pair"),
    [
        (("{}", "{}"), Pair({}, {})),
        (("{}", f"{{{DGI}: [10, 20]}}"), Pair({}, {DGI: 20})),
        ((f"{{{DGI}: [10]}}", f"{{{EDITORS}: [3]}}"), Pair({DGI: 10}, {EDITORS: 3})),
        ((f"{{{DGI}: [10, 20]}}", f"{{{EDITORS}: [1, 2]}}"), Pair({DGI: 20}, {EDITORS: 2})),
        ((f"{{{DGI}: [10, 30]}}", f"{{{EDITORS}: [1, 2]}}"), Pair({}, {EDITORS: 2})),
    ],
)
def test_without_common_levels_each_is_taken_as_it_is(sweeps: tuple[str, str], pair: Pair) -> None:
    """Else a side's only point counts, or its own setting (DGI 20, 2 editors), for which no level is needed."""
    a, b = (small(f"sweep={sweep}") for sweep in sweeps)
    assert matched(a, b) == [pair]


def test_stored_results_without_their_own_setting_cannot_be_compared() -> None:
    """Both sides are named, with the remedy: nothing can be run any more."""
    a, b = run(f"sweep={{{DGI}: [5, 10]}}"), run(f"sweep={{{EDITORS}: [1, 3]}}")
    with pytest.raises(InputError) as caught:
        compared(a, b)
    assert [fault.where for fault in caught.value.faults] == ["small", "small"]
    assert all("sweep={}" in fault.remedy for fault in caught.value.faults)


def test_stored_and_freshly_run_give_the_same_figures() -> None:
    """Where the results come from leaves no trace.

    Design points do not depend on which others are run.
    """
    more = f"{EDITORS}=3"
    fresh, stored = compared(small(), small(more)), compared(run(), run(more))
    pd.testing.assert_frame_equal(fresh.figures, stored.figures)
    mixed = compared(run(), small(more))
    pd.testing.assert_frame_equal(mixed.figures, stored.figures)


def test_the_gate_of_a_scenario_adds_no_replications() -> None:
    """A comparison judges no target: both sides have the replications that were asked for."""
    gate = (
        "targets=[{measure: on_time_share, at_least: 0.5}]",
        "gate={most_replications: 9}",
        "replications=2",
    )
    assert set(compared(small(*gate), small(*gate)).figures["n_b"]) <= {0, 1, 2}


def test_a_third_editor_does_what_it_must() -> None:
    """Half as many editors again: busy for two thirds of their time, shorter waits.

    Nothing is found worse.
    """
    found = compared(small("replications=20"), small("replications=20", f"{EDITORS}=3"))
    busy = row_of(found, "utilisation", pool="retouch")
    assert busy["finding"] == "changed"
    assert busy["b"] / busy["a"] == pytest.approx(2 / 3, rel=0.03)
    quick = row_of(found, "time_in_system_hours_mean", commitment="guaranteed", service="expedite")
    assert quick["finding"] == "better"
    assert "worse" not in set(found.figures["finding"])


@pytest.mark.parametrize("seed", [1, 2])
def test_a_shift_of_all_figures_is_found(seed: int) -> None:
    """Nine deviations more: on time is better, backlog worse, utilisation changed.

    And so it is said.
    """
    b = study(NOISE + 9, seed=seed)
    assert findings(study(NOISE), b)["on_time_share"] == "better"
    assert findings(study(NOISE), b)["monday_backlog"] == "worse"
    assert findings(study(NOISE), b)["utilisation"] == "changed"
    lines = answer_lines(compared(study(NOISE), b))
    assert lines[1].startswith("B is better in nothing and worse in Monday backlog by +9.00 images")
    assert ("NOT PAIRED, for the seeds differ (1 and 2)" in lines[2]) == (seed == 2)


@pytest.mark.parametrize(("p", "finding"), [(0.02, "worse"), (0.04, "no difference shown")])
def test_main_figures_do_not_pay_for_all_others(p: float, finding: str) -> None:
    """Four other figures cost the Monday backlog nothing.

    It is tested at half of the error, 2.5 %.
    """
    from scipy.stats import t as student

    spread = NOISE[4] - NOISE[4].mean()
    shift = student.ppf(1 - p, len(spread) - 1) * spread.std(ddof=1) / np.sqrt(len(spread))
    changed = NOISE.copy()
    changed[3] += spread + shift
    found = (
        compared(study(NOISE), study(changed)).figures.set_index("measure").loc["monday_backlog"]
    )
    assert found["main"]
    assert found["p"] == pytest.approx(p)
    assert found["finding"] == finding


def test_nothing_but_chance_is_rarely_called_worse() -> None:
    """Of 200 pairs of studies of other seeds, skewed figures, none changed, at most 5 % have a figure that is worse."""
    rng = np.random.default_rng(12)
    bad = 0
    for _ in range(200):
        a, b = rng.exponential(1.0, (2, 5, 10))
        bad += "worse" in findings(study(a), study(b, seed=2)).values()
    assert bad <= 10


@pytest.mark.skipif(not os.environ.get("LONG"), reason="takes minutes: make long")
def test_a_plant_that_did_not_change_is_rarely_called_worse() -> None:
    """Of 200 pairs of studies with other seeds at most 10 have a worse figure, and at most 10 a better one."""
    runs = many_replications(4000)
    pairs = [(part(runs, 20 * k, 10), part(runs, 20 * k + 10, 10, seed=6)) for k in range(200)]
    found = [set(compared(a, b).figures["finding"]) for a, b in pairs]
    assert sum("worse" in own for own in found) <= 10
    assert sum("better" in own for own in found) <= 10


def test_variance_reduction_is_that_of_the_replications(tmp_path: Path) -> None:
    """It is (var a + var b) / var(a - b), worked out by hand from both files replications.csv."""
    sides = run(), run(f"{EDITORS}=3")
    for name, side in zip("ab", sides, strict=True):
        (tmp_path / name).mkdir()
        side.write(tmp_path / name)
    rows = {name: pd.read_csv(tmp_path / name / "replications.csv") for name in "ab"}
    for measure, pool in (
        ("time_in_system_hours_mean", "all"),
        ("utilisation", "retouch"),
        ("monday_backlog", "all"),
    ):
        key = {"point": 1, "measure": measure, "commitment": "all", "service": "all", "pool": pool}
        x, y = (
            frame.loc[(frame[list(key)] == pd.Series(key)).all(axis=1), "value"].to_numpy()
            for frame in rows.values()
        )
        by_hand = (np.var(x, ddof=1) + np.var(y, ddof=1)) / np.var(x - y, ddof=1)
        found = row_of(compared(*sides), measure, pool=pool)["variance_reduction"]
        assert found == pytest.approx(by_hand, rel=1e-9)


def test_variance_reduction_where_there_is_none() -> None:
    """Equal differences: infinite; nothing varies: none; one pair: none.

    Three pairs: no interval.
    """
    a = np.array([[1.0, 2.0, 4.0], [3.1, 3.1, 3.1], [1.0, nan, nan], [1.0, 2.0, 4.0]])
    found = variance_reduction(
        a, a + np.array([[0.1] * 3, [0.2] * 3, [1.0] * 3, [0.0, 1.0, 1.0]]), 0.95
    )
    assert found.factor[0] == inf
    assert np.isnan(found.factor[1:3]).all()
    assert found.factor[3] > 1
    assert np.isnan(found.low).all()


def test_interval_of_the_variance_reduction_holds() -> None:
    """Normal pairs of unequal variances, true factor 2.5.

    Of 4,000 intervals from six pairs, 95 % hold it.
    """
    rng = np.random.default_rng(5)
    pairs = rng.multivariate_normal([0, 0], [[1, 0.9], [0.9, 2]], (4000, 6))
    found = variance_reduction(pairs[..., 0], pairs[..., 1], 0.95)
    held = np.mean((found.low <= 2.5) & (found.high >= 2.5))
    assert held == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 4000))


def test_one_replication_is_not_tested() -> None:
    """A single replication has a difference and no interval, and is not paired."""
    found = compared(small("replications=1"), small("replications=1", f"{EDITORS}=3"))
    assert set(found.figures["finding"]) == {"not tested", SAME}
    assert (found.figures.loc[found.figures["finding"] == SAME, "difference"] == 0).all()
    assert "fewer than two replications in common" in answer_lines(found)[2]
    assert differences(found).axes


def test_a_run_that_was_stopped_is_not_compared() -> None:
    """Ctrl-C in a run ends the comparison."""

    def stopped(scenario: Scenario) -> Study:
        done = run()
        return Study({**done.manifest, "cut_off": True}, done.tables)

    with pytest.raises(CutOffError, match="nothing is compared"):
        compared(small(), small(), stopped)


ROW = {
    "measure": "on_time_share",
    "commitment": "all",
    "service": "all",
    "pool": "all",
    "finding": "better",
}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"difference": 0.0123, "low": 0.002, "high": 0.0226}, "+1.23 points (+0.20 to +2.26)"),
        ({"difference": -0.5, "low": nan, "high": nan}, "-50.00 points"),
        (
            {"measure": "monday_backlog", "difference": -45.6, "low": -66.1, "high": -25},
            "-46 images (-66 to -25)",
        ),
        (
            {"measure": "pile_up_factor", "difference": 0.25, "low": 0.2, "high": 0.3},
            "+0.25 (+0.20 to +0.30)",
        ),
        ({"difference": 0.0, "low": 0.0, "high": 0.0, "finding": SAME}, "0 points"),
        ({"difference": nan, "low": nan, "high": nan}, "-"),
    ],
)
def test_differences_are_said_in_their_units(row: dict[str, Any], words: str) -> None:
    """Shares differ by percentage points, others by their own unit, with a sign."""
    assert difference_words({**ROW, **row}) == words


@pytest.mark.parametrize(
    ("factors", "words"),
    [
        ((7.31, 2.06, 25.4), "7.3 times (2.1 to 25)"),
        ((7.31, nan, nan), "7.3 times"),
        ((inf, nan, nan), "all differences alike"),
        ((nan, nan, nan), "-"),
    ],
)
def test_what_pairing_is_worth_is_said(factors: tuple[float, float, float], words: str) -> None:
    """A factor with its interval, where there is one."""
    names = ("variance_reduction", "variance_reduction_low", "variance_reduction_high")
    assert worth_words({**ROW, **dict(zip(names, factors, strict=True))}) == words


def test_plain_data_has_no_number_that_json_has_not() -> None:
    """Infinite and missing numbers are null."""
    figures = json.loads(comparison_json(compared(run(), run())))["figures"]
    factors = [row["variance_reduction"] for row in figures]
    assert all(factor is None for factor in factors)
    assert not any(
        isinstance(value, float) and isnan(value) for row in figures for value in row.values()
    )


def test_table_and_chart_show_the_main_figures() -> None:
    """Each main figure has a row and, in the chart, a label and a marker of its finding.

    Shares come apart.
    """
    found = compared(run(), run(f"{EDITORS}=3"))
    table = main_table(found)
    assert list(table.columns)[:3] == ["setting", "figure", "A: small"]
    assert len(table) == 2 * len(MAIN)
    figure = differences(found)
    shares, others = figure.axes
    labels = [[label.get_text() for label in axes.get_yticklabels()] for axes in figure.axes]
    assert sorted(labels[0] + labels[1]) == sorted(set(table["figure"]))
    assert "percentage points" in shares.get_xlabel()
    assert "% of A's mean" in others.get_xlabel()
    rows = found.figures[found.figures["main"] & (found.figures["pair"] == 1)]
    drawn = sorted(
        str(line.get_marker())
        for axes in figure.axes
        for line in axes.lines
        if line.get_marker() != "None"
    )
    assert drawn == sorted(MARKS[finding][0] for finding in rows["finding"])
