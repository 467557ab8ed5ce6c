"""`dgisim sensitivity`: what is written and printed, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.test_cli import Call

BLOCK = """
sensitivity:
  measure: in_system_mean
  trajectories: 2
  samples: 8
  factors:
    plant.route.retouch.minutes.exponential.mean: [5.0, 8.0]
    plant.pools.retouch.roster.0.editors: [2, 3]
"""


@pytest.fixture
def asking(small: Path) -> Path:
    """Return the small scenario with a block."""
    small.write_text(small.read_text(encoding="utf-8") + BLOCK, encoding="utf-8")
    return small


@pytest.mark.charts
def test_sensitivity_writes_and_says_all(asking: Path, tmp_path: Path, dgisim: Call) -> None:
    """The tables, the chart twice and the manifest.

    The cost is said before, the same bytes for one worker and two.
    """
    seen = []
    for workers in (1, 2):
        out = tmp_path / str(workers)
        said = dgisim("sensitivity", asking, "--out", out, "--store", "none", "--workers", workers)
        assert said.code == 0
        folder = out / "small-sensitivity"
        seen.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert seen[0] == seen[1]
    assert seen[0].keys() == {
        "factors.csv",
        "ends.csv",
        "manifest.json",
        "tornado.png",
        "tornado.svg",
    }
    assert "2 factors, at most 91 runs" in said.err  # 2 x (2 x 3 + 8 x 4) + 3 x 5
    assert "the sweep is left out" in said.err
    assert "is moved most by retouch" in said.out
    manifest = json.loads(seen[0]["manifest.json"])
    assert manifest["options"]["samples"] == 8
    assert manifest["runs"] <= 91


def test_options_and_json(asking: Path, tmp_path: Path, dgisim: Call) -> None:
    """Options stand for keys of the block; --json prints one object and nothing else."""
    options = (
        "--out",
        tmp_path / "out",
        "--store",
        "none",
        "--no-charts",
        "--replications",
        1,
        "--trajectories",
        3,
    )
    said = dgisim("sensitivity", asking, "--json", *options, "--samples", 16)
    data = json.loads(said.out)
    assert {key: data["asked"][key] for key in ("replications", "trajectories", "samples")} == {
        "replications": 1,
        "trajectories": 3,
        "samples": 16,
    }
    assert data["factors"][0]["noise"] is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--samples", 12), "must be a power of 2"),
        (("--set", "sensitivity=null"), "sensitivity: must be given"),
        (
            (
                "--set",
                "sensitivity={measure: monday_backlog, factors: {plant.route.x.minutes.mean: [1, 2]}}",
            ),
            "plant.route.x",
        ),
    ],
)
def test_bad_questions_are_refused(
    asking: Path, tmp_path: Path, dgisim: Call, options: tuple[object, ...], words: str
) -> None:
    """Exit code 2, and nothing is written."""
    said = dgisim("sensitivity", asking, "--out", tmp_path / "out", *options)
    assert said.code == 2
    assert words in said.err
    assert not (tmp_path / "out").exists()
