"""The frontier of a scenario.

Factors and their faults, the plant whose chances are known, and what is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.errors import CutOffError, InputError
from sim.plant.draws import draw_replication
from sim.report.frontier import (
    answer_lines,
    frontier_json,
    frontier_manifest,
    frontier_table,
    write_frontier,
)
from sim.runs.executor import SERIAL
from sim.runs.replication import Outcome, Task
from sim.runs.run import Finished, run_all
from sim.scenario.frontier import FactorLevels
from sim.study.frontier import Frontier, frontier, succeeded
from sim.study.frontier_factors import factors_of, points_of, target_of
from sim.study.scenario import Scenario
from tests.frontier_plant import DGI, EXPEDITE, GOOD, PLANT, chance, known_plant

SMALL_MAP = {
    "x": {"key": DGI, "levels": [0, 3, 12]},
    "y": {"key": EXPEDITE, "levels": [1, 4]},
    "target": 1.0,
    "assurance": 0.5,
    "at_most": 60,
}


@pytest.fixture
def plant(tmp_path: Path) -> Scenario:
    """Return the plant of known chances with a small map."""
    return known_plant(tmp_path, frontier=SMALL_MAP)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Frontier:
    """Return the small map of the plant of known chances."""
    return frontier(known_plant(tmp_path_factory.mktemp("known"), frontier=SMALL_MAP))


def asked(scenario: Scenario, **block: Any) -> Scenario:
    """Return the scenario with this block alone."""
    return scenario.with_({"frontier": block})


def faults(call: Callable[[], object]) -> str:
    """Return the text of the faults that a call raises."""
    with pytest.raises(InputError) as error:
        call()
    return str(error.value)


def test_the_closed_form_is_what_happens(plant: Scenario) -> None:
    """A replication succeeds if and only if every guaranteed image was drawn good, at each of four settings."""
    spec, replays = plant.spec, plant.order_files
    settings = [(0, 1), (3, 1), (6, 4), (12, 4)]
    points = tuple(plant.with_({DGI: dgi, EXPEDITE: expedite}).spec for dgi, expedite in settings)
    outcomes = run_all(Task(points, replays), range(12), SERIAL, lambda _: None).outcomes
    for replication, row in enumerate(outcomes):
        good = draw_replication(spec, replays, replication).visits.seconds <= 60
        for (dgi, expedite), outcome in zip(settings, row, strict=True):
            assert succeeded(outcome, 1.0) == bool(
                good[:dgi].all() and good[12 : 12 + expedite].all()
            )


def test_the_draws_have_the_chance_of_the_closed_form(plant: Scenario) -> None:
    """Over 300 replications of 16 images the share of good ones is the parameter, within four standard errors."""
    good = [
        draw_replication(plant.spec, plant.order_files, k).visits.seconds <= 60 for k in range(300)
    ]
    assert np.mean(good) == pytest.approx(GOOD, abs=4 * (GOOD * (1 - GOOD) / 4800) ** 0.5)


def test_the_map_of_known_chances(found: Frontier) -> None:
    """What is marked agrees with the closed form, the clear points are marked, and bounds hold the chance."""
    for row in found.points.to_dict("records"):
        true = chance(row[DGI], row[EXPEDITE])
        assert row["state"] in ("not decided", "in" if true >= 0.5 else "out")
        assert row["n"] == 0 or row["low"] <= true <= row["high"]
        assert (row["how"] == "tested") <= (row["n"] > 0)
    by_levels = found.points.set_index([DGI, EXPEDITE])["state"]
    assert by_levels[0, 1] == "in"
    assert by_levels[12, 1] == by_levels[12, 4] == "out"
    assert found.n_runs == found.points["n"].sum() < found.n_full == 6 * 60


def test_another_number_of_points_at_once_gives_the_same(plant: Scenario, found: Frontier) -> None:
    """Two workers leave the same map as one."""
    pd.testing.assert_frame_equal(
        frontier(plant, executor=replace(SERIAL, workers=2)).points, found.points
    )


def test_today_is_put_where_it_belongs(plant: Scenario) -> None:
    """The scenario's own levels become levels of the map, in rising and falling order.

    Words stay as they are.
    """
    given = asked(plant, x={"key": DGI, "levels": [1, 5]}, y={"key": EXPEDITE, "levels": [0, 4]})
    x, y = factors_of(given)
    assert (x.levels, y.levels) == ((1, 3, 5), (0, 1, 4))
    editors = "plant.pools.floor.roster.0.editors"
    falling = asked(plant, x={"key": editors, "levels": [20, 10]})
    assert factors_of(falling)[0].levels == (20, 16, 10)
    words = asked(plant, x={"key": "plant.pools.floor.discipline", "levels": ["fifo", "class"]})
    assert factors_of(words)[0].levels == ("fifo", "class")


def test_levels_around_today_without_a_block(plant: Scenario) -> None:
    """DGI and expedite guarantee of the plan, at shares of today's: whole numbers, each once."""
    bare = plant.with_({"frontier": {}, DGI: 200, EXPEDITE: 20})
    x, y = factors_of(bare)
    assert x == FactorLevels(key=DGI, levels=(50, 100, 150, 200, 300))
    assert y == FactorLevels(key=EXPEDITE, levels=(10, 20, 40))
    nothing = plant.with_({"frontier": {}, EXPEDITE: 0})
    assert factors_of(nothing)[1].levels == (0, 10, 20, 40)


def test_the_target_is_that_of_the_scenario_unless_given(plant: Scenario) -> None:
    """frontier.target, else the target of the on-time share of all guaranteed images, else a fault with the remedy."""
    of_guaranteed = {"measure": "on_time_share", "commitment": "guaranteed", "at_least": 0.9}
    other = {
        "measure": "on_time_share",
        "commitment": "guaranteed",
        "service": "expedite",
        "at_least": 0.5,
    }
    assert target_of(plant.with_({"targets": [other, of_guaranteed], "frontier": {}})) == 0.9
    assert target_of(plant.with_({"targets": [of_guaranteed], "frontier": {"target": 0.8}})) == 0.8
    assert "frontier.target: must be given" in faults(lambda: target_of(asked(plant)))


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"x": {"key": DGI, "levels": [5, 3]}}, "must rise: a greater guarantee is harder"),
        ({"x": {"key": DGI, "levels": [3, 3, 5]}}, "must have each level once"),
        ({"x": {"key": "replications", "levels": [3, 5]}}, "'replications' is no factor"),
        (
            {"y": {"key": DGI, "levels": [3, 5]}, "x": {"key": DGI, "levels": [3, 5]}},
            "is the factor of x, too",
        ),
        ({"x": {"key": DGI, "levels": list(range(1001))}}, "must make at most 1,000"),
    ],
)
def test_wrong_factors_are_refused(plant: Scenario, block: dict[str, Any], said: str) -> None:
    """Each fault names the part of the block, the value and the remedy."""
    text = faults(lambda: factors_of(asked(plant, **block)))
    assert said in text
    assert "frontier." in text


def test_all_wrong_levels_come_at_once(plant: Scenario) -> None:
    """Levels that do not fit, and keys that lead nowhere, are told once each, at the place of the block."""
    block = {
        "x": {"key": DGI, "levels": [3, "many"]},
        "y": {"key": "plant.nowhere.at_all", "levels": [1, 2]},
    }
    text = faults(lambda: points_of(asked(plant, **block), *factors_of(asked(plant, **block))))
    assert "nowhere" in text
    assert "frontier.y" in text
    text = faults(
        lambda: points_of(asked(plant, x=block["x"]), *factors_of(asked(plant, x=block["x"]))),
    )
    assert text.count("'many'") == 1
    assert "frontier.x" in text


@pytest.mark.parametrize(
    "bad", [{"assurance": 1.0}, {"error": 0.5}, {"at_most": 0}, {"target": 1.5}, {"levels": 3}]
)
def test_wrong_numbers_are_refused(plant: Scenario, bad: dict[str, Any]) -> None:
    """An assurance of 1 can never be shown; an error of a half says nothing.

    Unknown keys are faults.
    """
    assert next(iter(bad)) in faults(lambda: asked(plant, **bad))


def test_several_plans_need_named_factors(plant: Scenario) -> None:
    """Where no plan is called professional and there are two, the factors must be named."""
    group = {**PLANT["customers"][0], "plan": "gold"}
    two = plant.with_({"frontier": {}, "plans": {"gold": {}, "plain": {}}, "customers": [group]})
    assert "must be named, for the scenario has several plans: gold, plain" in faults(
        lambda: factors_of(two)
    )


def test_what_is_stopped_keeps_what_was_known(
    plant: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in a later round keeps the rounds before; in the first, there is nothing to keep."""
    calls = 0

    def stops(*arguments: Any) -> Finished:
        nonlocal calls
        calls += 1
        return run_all(*arguments) if calls < 3 else Finished((), (), cut_off=True)

    monkeypatch.setattr("sim.study.frontier.run_all", stops)
    stopped = frontier(plant)
    assert stopped.cut_off
    assert stopped.points["n"].max() == 20
    with pytest.raises(CutOffError):
        frontier(plant)


def test_a_replication_that_promised_nothing_kept_its_promise(plant: Scenario) -> None:
    """With both guarantees 0 nothing is guaranteed, so nothing is missed."""
    nothing = plant.with_({DGI: 0, EXPEDITE: 0})
    finished = run_all(Task((nothing.spec,), nothing.order_files), [0], SERIAL, lambda _: None)
    outcome: Outcome = finished.outcomes[0][0]
    assert succeeded(outcome, 1.0)


def test_the_words_of_a_map(found: Frontier) -> None:
    """The table has a row a point.

    The sentences say what may be promised, today's state, and the cost.
    """
    table = frontier_table(found)
    assert list(table.columns[:2]) == ["DGI", "expedite guarantee"]
    assert len(table) == 6
    assert table["state"].str.contains("today").sum() == 1
    promised, today, cost, *_ = answer_lines(found)
    assert promised.startswith(
        "With assurance 50 %, the largest DGI at an expedite guarantee of 1 is "
    )
    assert today.startswith("Today's point (DGI 3, expedite guarantee 1) is ")
    assert f"{found.n_runs:,} runs instead of 360" in cost


def test_a_contradiction_is_told(found: Frontier) -> None:
    """A pair that contradicts the assumption comes with its levels in the sentences, and with its numbers in JSON."""
    pair = pd.DataFrame({"easier": [0], "harder": [5]})
    told = replace(found, contradictions=pair)
    (line,) = (line for line in answer_lines(told) if line.startswith("CONTRADICTION"))
    assert "DGI 0, expedite guarantee 1 is out and DGI 12, expedite guarantee 4 is in" in line
    assert json.loads(frontier_json(told))["contradictions"] == [{"easier": 0, "harder": 5}]


def test_what_is_written(found: Frontier, tmp_path: Path) -> None:
    """The table comes back from its CSV.

    The manifest has scenario, options and runs, and two of them are the same.
    """
    write_frontier(found, tmp_path, charts=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "contradictions.csv",
        "frontier.csv",
        "manifest.json",
    ]
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "frontier.csv"), found.points)
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert manifest == json.loads(json.dumps(frontier_manifest(found)))
    assert manifest["options"]["x"] == {"key": DGI, "levels": [0, 3, 12]}
    assert manifest["runs"] == found.n_runs
