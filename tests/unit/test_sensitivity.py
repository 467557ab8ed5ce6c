"""Which inputs of a plant matter.

Factors and their faults, samples as runs, and how the answer is said.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import CutOffError, InputError
from sim.report.sensitivity import answer_lines, names_of, sensitivity_json, sensitivity_table
from sim.report.tornado_chart import tornado
from sim.runs.executor import SERIAL
from sim.runs.run import Finished
from sim.study.scenario import Scenario
from sim.study.sensitivity import Samples, Sensitivity, factors_of, most_runs, sensitivity
from tests.end_to_end.conftest import SMALL

EDITORS = "plant.pools.retouch.roster.0.editors"
MINUTES = "plant.route.retouch.minutes.exponential.mean"
REVIEW = "plant.review.minutes.constant"
RATE = "customers.shops.demand.orders_per_day"
DGI = "plans.professional.standard.guaranteed_per_day"
UTILISATION = {"measure": "utilisation", "pool": "retouch"}


def scenario(factors: dict[str, Any], *changes: str, **asked: Any) -> Scenario:
    """Return the small scenario that asks for the sensitivity to some factors."""
    block = {
        "measure": "utilisation",
        "pool": "retouch",
        "trajectories": 4,
        "samples": 8,
        **asked,
        "factors": factors,
    }
    with TemporaryDirectory() as folder:
        path = Path(folder) / "small.yaml"
        path.write_text(SMALL + f"sensitivity: {json.dumps(block)}\n", encoding="utf-8")
        return sim.load(path, changes=changes)


@cache
def answered() -> Sensitivity:
    """Return what moves the utilisation.

    Editors and minutes much, the DGI not at all, for nobody reviews.
    """
    return sensitivity(
        scenario({DGI: [20, 40], EDITORS: [2, 6], MINUTES: [5.0, 6.0]}, "plant.review=null")
    )


def test_the_one_factor_that_matters_comes_first() -> None:
    """Utilisation is work over hours.

    Three times the editors matter most, minutes a little, the DGI never.
    """
    rows = answered().analysis.factors
    assert list(rows["factor"]) == [EDITORS, MINUTES, DGI]
    assert rows["mu_star"].iloc[0] > 3 * rows["mu_star"].iloc[1]
    assert rows["mu_star"].iloc[2] == rows["total"].iloc[2] == 0
    assert rows["total"].iloc[0] > 0.7
    assert answer_lines(answered())[0].startswith(
        "The utilisation in retouch is moved most by retouch roster 0 editors"
    )


def test_ends_are_direct_runs_at_these_levels() -> None:
    """Mean and paired difference at each end are those of the scenario with this one value changed."""
    found = answered()
    base: dict[str, Any] = {"sweep": {}}
    points = {(row["factor"], row["end"]): row for row in found.analysis.ends.to_dict("records")}
    own = found.scenario.with_(base).run(verify=False)
    for key, end, level in ((EDITORS, "high", 6), (MINUTES, "low", 5.0)):
        study = found.scenario.with_({**base, key: level}).run(verify=False)
        row = study.figure(0, "utilisation", pool="retouch")
        assert row is not None
        assert points[key, end]["mean"] == pytest.approx(row["mean"], rel=1e-12)
        assert points[key, end]["low"] == pytest.approx(row["low"], rel=1e-9)
        mean = own.figure(0, "utilisation", pool="retouch")
        assert mean is not None
        assert points[key, end]["difference"] == pytest.approx(
            row["mean"] - mean["mean"], abs=1e-12
        )
        assert points[key, end]["n"] == 3


def test_whole_numbers_are_found_by_what_the_schema_refuses() -> None:
    """Editors and the DGI are whole, minutes are not though both ends are.

    Values between are set as whole numbers.
    """
    asked = scenario({EDITORS: [2, 6], MINUTES: [5, 6], DGI: [20, 40]})
    factors = factors_of(asked)
    assert [(factor.whole, factor.base) for factor in factors] == [
        (True, 2),
        (False, 6),
        (True, 20),
    ]
    at = Samples(asked, factors, SERIAL).at((3.0, 5.5, 30.0)).spec
    assert at.plant.pools[0].roster[0].editors == 3
    assert at.plant.route[0].minutes.mean() == 5.5
    assert at.sweep == {}


@pytest.mark.parametrize(
    ("factors", "faults"),
    [
        ({EDITORS: [6, 2]}, [(f"factors.{EDITORS}", "must rise")]),
        ({EDITORS: [2, 2]}, [(f"factors.{EDITORS}", "must rise")]),
        ({EDITORS: [2]}, [(f"factors.{EDITORS}", "at least 2 entries")]),
        ({EDITORS: [1, 2, 3]}, [(f"factors.{EDITORS}", "at most 2 entries")]),
        ({EDITORS: ["two", 6]}, [(f"factors.{EDITORS}.0", "a number")]),
        ({}, [("factors", "at least 1")]),
    ],
)
def test_bad_ranges_are_faults_of_the_file(
    factors: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    """Each names its line, the value and what it must be."""
    with pytest.raises(InputError) as caught:
        scenario(factors)
    said = [str(fault) for fault in caught.value.faults]
    assert len(said) == len(faults)
    for text, (where, must) in zip(said, faults, strict=True):
        assert "small.yaml:" in text
        assert where in text
        assert must in text


def test_all_bad_factors_are_said_at_once() -> None:
    """Unknown keys, text, bounds at either end, halves of editors, keys of the study.

    Each with its line.
    """
    bad = {
        "plant.pools.nobody.absence_share": [0, 0.1],
        "plant.pools.retouch.discipline": [0, 1],
        "plant.pools.retouch.absence_share": [-0.1, 1.5],
        EDITORS: [1.5, 4],
        "seed": [1, 9],
        "replications": [1, 9],
        MINUTES: [5, 6],
    }
    with pytest.raises(InputError) as caught:
        factors_of(scenario(bad))
    faults = caught.value.faults
    for key in bad:
        own = [fault for fault in faults if fault.where.endswith(f"sensitivity.factors.{key}")]
        assert bool(own) == (key != MINUTES), key
        assert all("small.yaml:" in fault.where for fault in own)
    assert (
        len(
            [
                fault
                for fault in faults
                if "absence_share" in fault.where and "nobody" not in fault.where
            ]
        )
        == 2
    )


def test_a_factor_needs_a_number_of_its_own() -> None:
    """A key that the scenario does not set has nothing to stay at while others change."""
    asked = scenario({"plant.route.retouch.minutes.exponential.max": [10, 20]})
    with pytest.raises(InputError, match="must have a number of its own"):
        factors_of(asked)


def test_without_a_block_or_a_measure_nothing_is_answered() -> None:
    """The remedy is a block; a measure that is not there is said with the levels."""
    with pytest.raises(InputError, match="must be given"):
        sensitivity(scenario({MINUTES: [5, 6]}).with_({"sensitivity": None}))
    with pytest.raises(InputError, match=r"was not measured in any replication at .*=6"):
        sensitivity(scenario({MINUTES: [5, 6]}, pool="all"))


def test_every_sample_has_the_same_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """All samples ask for replications 0, 1, ... of the scenario's own seed, in tasks of 50 points at most."""
    asked = scenario({MINUTES: [5.0, 6.0], RATE: [1, 2]}, samples=64)
    tasks: list[tuple[int, tuple[int, ...], set[int]]] = []

    def noted(task: Any, replications: range, *_: Any) -> Finished:
        tasks.append((len(task.points), tuple(replications), {spec.seed for spec in task.points}))
        return Finished(
            tuple(replications),
            tuple([None] * len(task.points) for _ in replications),  # type: ignore[list-item]
            False,
        )

    monkeypatch.setattr("sim.study.sensitivity.run_all", noted)
    monkeypatch.setattr(
        "sim.study.sensitivity.values_of",
        lambda _, rows: np.random.default_rng(1).random((len(rows), len(rows[0]))),
    )
    found = sensitivity(asked)
    assert max(size for size, _, _ in tasks) == 50
    assert {numbers for _, numbers, _ in tasks} == {(0, 1), (0, 1, 2)}
    assert {seed for *_, seeds in tasks for seed in seeds} == {5}
    assert (
        sum(size * len(numbers) for size, numbers, _ in tasks) == found.n_runs <= most_runs(asked)
    )


def test_runs_that_were_stopped_give_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends it with the word that nothing is lost in a store."""
    monkeypatch.setattr("sim.study.sensitivity.run_all", lambda *_: Finished((), (), cut_off=True))
    with pytest.raises(CutOffError, match="store"):
        sensitivity(scenario({MINUTES: [5, 6]}))


def test_the_answer_in_words() -> None:
    """The table has a row a factor, in order, with shares in points.

    What is whole and what it cost is said.
    """
    found = answered()
    table = sensitivity_table(found)
    assert list(table["factor"]) == [
        "retouch roster 0 editors",
        "retouch minutes exponential mean",
        "DGI",
    ]
    assert list(table["range"]) == ["2 to 6", "5 to 6", "20 to 40"]
    assert table["mu*"].str.contains("points").all()
    assert table["in all (ST)"].str.contains("%").all()
    text = "\n".join(answer_lines(found))
    assert "Whole numbers alone, all equally likely: retouch roster 0 editors and DGI." in text
    assert f"{found.n_runs:,} runs" in text
    assert names_of(found)[DGI] == "DGI"
    data = json.loads(sensitivity_json(found))
    assert [row["factor"] for row in data["factors"]] == [EDITORS, MINUTES, DGI]
    assert data["asked"]["measure"] == "utilisation"


def test_nothing_moves_a_measure_that_does_not_depend() -> None:
    """Where only the DGI changes, and nobody reviews, the answer is that no factor moves it.

    The chart is drawn.
    """
    found = sensitivity(scenario({DGI: [20, 40]}, "plant.review=null"))
    assert answer_lines(found)[0].startswith("No factor moves the utilisation")
    assert "-" in set(sensitivity_table(found)["in all (ST)"])
    assert tornado(found).axes


def test_the_tornado_shows_both_ends_by_swing() -> None:
    """Bars run from the own value to both ends, the widest swing on top, the levels at their tips."""
    found = answered()
    (axes,) = tornado(found).axes
    assert next(label.get_text() for label in axes.get_yticklabels()) == "retouch roster 0 editors"
    bars = [bar.get_extents().transformed(axes.transData.inverted()) for bar in axes.patches]
    reached = {round(x, 9) for bar in bars for x in (bar.x0, bar.x1)}
    assert reached >= {round(mean, 9) for mean in found.analysis.ends["mean"]}
    texts = {text.get_text() for text in axes.texts}
    assert {"2", "6", "5", "20", "40"} <= texts
    assert any("%" in text and "\n(" in text for text in texts)
