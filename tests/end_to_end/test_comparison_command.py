"""`dgisim compare`: scenario files and stored studies, what is written and printed, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.end_to_end.test_cli import Call

QUICK = ("--workers", 1, "--store", "none")
EDITORS = "plant.pools.retouch.roster.0.editors"


@pytest.fixture
def more(small: Path, tmp_path: Path) -> Path:
    """Return a scenario of the same name with a third editor, in a folder of its own."""
    path = tmp_path / "more" / "small.yaml"
    path.parent.mkdir()
    path.write_text(
        small.read_text(encoding="utf-8").replace("editors: 2", "editors: 3"), encoding="utf-8"
    )
    return path


@pytest.mark.charts
def test_compare_writes_and_says_all(small: Path, more: Path, tmp_path: Path, dgisim: Call) -> None:
    """Two files of one name give the table, the chart twice and the manifest.

    Exit code 0, whatever got worse.
    """
    said = dgisim("compare", more, small, "--out", tmp_path / "out", *QUICK)
    assert said.code == 0
    folder = tmp_path / "out" / "small-compare"
    assert sorted(path.name for path in folder.iterdir()) == [
        "differences.csv",
        "differences.png",
        "differences.svg",
        "manifest.json",
    ]
    assert "utilisation in retouch" in said.out
    assert "paired by common random numbers" in said.out
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert [manifest[side]["seed"] for side in "ab"] == [5, 5]
    assert manifest["pairs"] == [{"a": levels, "b": levels} for levels in manifest["a"]["points"]]
    assert str(tmp_path) not in json.dumps(manifest)


def test_stored_and_files_may_be_mixed(
    small: Path, more: Path, tmp_path: Path, dgisim: Call
) -> None:
    """A stored study against a file gives the figures of two files; --set changes what is run."""
    out = tmp_path / "out"
    dgisim("run", small, "--out", out, "--no-charts", "--no-verify", *QUICK)
    options = ("--no-charts", *QUICK)
    dgisim("compare", small, more, "--out", tmp_path / "files", *options)
    dgisim("compare", out / "small", more, "--out", tmp_path / "mixed", *options)
    changed = ("--set", f"{EDITORS}=3")
    dgisim("compare", out / "small", small, "--out", tmp_path / "changed", *options, *changed)
    tables = [
        pd.read_csv(tmp_path / name / "small-compare" / "differences.csv")
        for name in ("files", "mixed", "changed")
    ]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    pd.testing.assert_frame_equal(tables[0], tables[2])


def test_other_seeds_are_not_paired_and_it_is_said(
    small: Path, tmp_path: Path, dgisim: Call
) -> None:
    """Two seeds are compared as independent samples, in words, in the table and in JSON."""
    other = tmp_path / "other.yaml"
    other.write_text(
        small.read_text(encoding="utf-8").replace("seed: 5", "seed: 6"), encoding="utf-8"
    )
    options = ("--out", tmp_path / "out", "--no-charts", *QUICK)
    assert (
        "NOT PAIRED, for the seeds differ (5 and 6)"
        in dgisim("compare", small, other, *options).out
    )
    data = json.loads(dgisim("compare", small, other, "--json", *options).out)
    assert not any(row["paired"] or row["variance_reduction"] for row in data["figures"])
    assert [pair["a"] for pair in data["pairs"]] == [pair["b"] for pair in data["pairs"]]


def test_bad_sides_come_all_at_once(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """A folder without a study and a file that is not there are said together.

    Exit code 2, and nothing is written.
    """
    said = dgisim("compare", tmp_path, tmp_path / "none.yaml", "--out", tmp_path / "out")
    assert said.code == 2
    assert said.err.count("error:") == 2
    dgisim("compare", small, small, "--out", tmp_path / "out", "--no-charts", *QUICK)
    said = dgisim(
        "compare", tmp_path / "out" / "small-compare", small, "--out", tmp_path / "out", *QUICK
    )
    assert said.code == 2
    assert "holds no study" in said.err


def test_what_is_stored_cannot_be_changed(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """--set and --replications with two stored studies are bad input."""
    out = tmp_path / "out"
    dgisim("run", small, "--out", out, "--no-charts", "--no-verify", *QUICK)
    said = dgisim("compare", out / "small", out / "small", "--replications", 2)
    assert said.code == 2
    assert "replications=2" in said.err
