"""``dgisim frontier``: what it prints, writes and returns, and how often its map is right."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.study.frontier import frontier
from tests.end_to_end.conftest import Said
from tests.frontier_plant import ASSURANCE, DGI, DGIS, EXPEDITE, EXPEDITES, chance, known_plant

Call = Callable[..., Said]
SMALL_MAP = (
    "--x",
    f"{DGI}=0,3,12",
    "--y",
    f"{EXPEDITE}=1",
    "--at-most",
    40,
    "--workers",
    1,
    "--store",
    "none",
)


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """Return the file of the plant of known chances."""
    known_plant(tmp_path)
    return tmp_path / "known.yaml"


@pytest.mark.charts
def test_it_prints_and_writes_the_map(known: Path, tmp_path: Path, dgisim: Call) -> None:
    """Table and sentences on the output; CSV, chart and manifest in their folder."""
    said = dgisim("frontier", known, *SMALL_MAP, "--out", tmp_path / "out")
    folder = tmp_path / "out/known-frontier"
    assert "With assurance 50 %, the largest DGI at an expedite guarantee of 1 is" in said.out
    assert "Today's point (DGI 3, expedite guarantee 1)" in said.out
    assert str(folder) in said.out.replace("\n", "")
    names = ["contradictions.csv", "frontier.csv", "frontier.png", "frontier.svg", "manifest.json"]
    assert sorted(path.name for path in folder.iterdir()) == names


@pytest.mark.parametrize(
    ("today", "more", "code"),
    [(0, (), 0), (12, (), 1), (3, (), 0), (3, ("--set", "gate.undecided=fail"), 1)],
)
def test_exit_codes(
    known: Path, tmp_path: Path, dgisim: Call, today: int, more: tuple[str, ...], code: int
) -> None:
    """Today in: 0.

    Today out: 1, a target missed. Not decided (chance 0.41 against 0.5): as the gate says, 0 or 1.
    """
    options = (
        *SMALL_MAP,
        "--out",
        tmp_path / "out",
        "--no-charts",
        "--set",
        f"{DGI}={today}",
        *more,
        "--json",
    )
    said = dgisim("frontier", known, *options)
    found = json.loads(said.out)
    assert found["today"]["state"] == {0: "in", 12: "out", 3: "not decided"}[today]
    assert said.code == code


def test_json_says_it_all(known: Path, tmp_path: Path, dgisim: Call) -> None:
    """One object: factors, rule, a list of points with levels and trials, today, runs."""
    said = dgisim("frontier", known, *SMALL_MAP, "--out", tmp_path / "out", "--no-charts", "--json")
    found = json.loads(said.out)
    assert found["x"] == {"key": DGI, "levels": [0, 3, 12]}
    assert (found["target"], found["assurance"], found["error"], found["at_most"]) == (
        1.0,
        0.5,
        0.05,
        40,
    )
    assert [point["levels"][DGI] for point in found["points"]] == [0, 3, 12]
    assert sum(point["n"] for point in found["points"]) == found["runs"] < found["full_grid"] == 120
    assert all((point["chance"] is None) == (point["n"] == 0) for point in found["points"])


@pytest.mark.parametrize(
    ("options", "said_to_be"),
    [
        (("--x", "plans"), "--x: 'plans' must be KEY=LEVEL,LEVEL,...; list the levels behind ="),
        (
            ("--x", f"{DGI}=5,3"),
            "must rise: a greater guarantee is harder to keep; sort the levels",
        ),
        (("--y", "plans.gold.nothing=1,2"), "frontier.y"),
        (("--assurance", "1"), "frontier.assurance"),
        (("--error", "0.7"), "frontier.error"),
        (("--at-most", "0"), "frontier.at_most"),
    ],
)
def test_wrong_options_are_bad_input(
    known: Path, tmp_path: Path, dgisim: Call, options: tuple[str, ...], said_to_be: str
) -> None:
    """Exit code 2 with place, value and remedy; nothing is written."""
    said = dgisim("frontier", known, *options, "--out", tmp_path / "out", "--store", "none")
    assert said.code == 2
    assert said_to_be in said.err
    assert not (tmp_path / "out/known-frontier").exists()


def test_maps_of_a_plant_of_known_chances_are_right(tmp_path: Path) -> None:
    """By 8 master seeds no map has a wrong point.

    Under LONG by 200, with the whole map, at most 5 % of them.
    """
    is_long = bool(os.environ.get("LONG"))
    seeds, dgis, expedites = (200, DGIS, EXPEDITES) if is_long else (8, (0, 3, 12), (0, 4))
    plant = known_plant(tmp_path).with_(
        {
            "frontier.at_most": 100 if is_long else 40,
            "frontier.x.levels": dgis,
            "frontier.y.levels": expedites,
            EXPEDITE: expedites[0],
        }
    )
    truth = ["in" if chance(x, y) >= ASSURANCE else "out" for y in expedites for x in dgis]
    bad = 0
    for seed in range(seeds):
        states = frontier(plant.with_({"seed": seed})).points["state"]
        bad += any(
            state not in ("not decided", true) for state, true in zip(states, truth, strict=True)
        )
    assert bad <= 0.05 * seeds
