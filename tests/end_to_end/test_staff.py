"""The command that staffs a plant."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.end_to_end.conftest import Said

Call = Callable[..., Said]
OPTIONS = ("--store", "none", "--most-times", "2", "--no-charts")


@pytest.fixture
def asked(small: Path) -> Path:
    """Return the small scenario with a target."""
    text = small.read_text(encoding="utf-8").partition("targets:")[0]
    small.write_text(
        text + "\ntargets:\n  - {measure: on_time_share, at_least: 0.5}\n", encoding="utf-8"
    )
    return small


def test_staff_prints_the_roster_and_writes_its_folder(
    asked: Path, tmp_path: Path, dgisim: Call
) -> None:
    """Tables and sentences on the terminal.

    The same as files, with a chart, and what they were made from.
    """
    out = tmp_path / "out"
    said = dgisim("staff", asked, *OPTIONS[:-1], "--out", out)
    assert said.code == 0
    assert "The fewest editors that meet the targets:" in said.out
    assert "the sweep is left out" in said.err
    assert all(
        words in said.out
        for words in ("retouch.0", "06:00-22:00", "fresh replications: met", "Monday backlog")
    )
    folder = out / "small-staff"
    names = {
        "roster.csv",
        "margins.csv",
        "tried.csv",
        "manifest.json",
        "marginal_effects.svg",
        "marginal_effects.png",
    }
    assert {path.name for path in folder.iterdir()} == names
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    roster = pd.read_csv(folder / "roster.csv")
    assert manifest["needed"] == {"retouch.0": roster["needed"].item()}
    assert manifest["scenario"]["name"] == "small"


def test_staff_gives_the_answer_as_one_object(asked: Path, tmp_path: Path, dgisim: Call) -> None:
    """The numbers of the files, with null for what is not there; the same again on two workers."""
    first = dgisim("staff", asked, *OPTIONS, "--out", tmp_path / "a", "--json", "--workers", 1)
    second = dgisim("staff", asked, *OPTIONS, "--out", tmp_path / "b", "--json", "--workers", 2)
    found = json.loads(first.out)
    assert found["met"]
    assert found["editors"] == found["roster"][0]["needed"]
    assert found["roster"][0]["cost_a_week"] is None
    assert found["targets"][0]["state"] == "met"
    assert first.out == second.out


def test_staff_fails_where_no_roster_does(asked: Path, tmp_path: Path, dgisim: Call) -> None:
    """No image late at all is more than any number of editors can give, and the causes are written."""
    said = dgisim("staff", asked, *OPTIONS, "--out", tmp_path, "--set", "targets.0.at_least=1.0")
    assert said.code == 1
    assert "Staff alone is not shown to meet the targets" in said.out
    assert (tmp_path / "small-staff" / "causes.csv").exists()


def test_staff_says_what_to_write(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """Without a target the fault shows one, and nothing is written."""
    said = dgisim(
        "staff", small, "--store", "none", "--out", tmp_path / "out", "--set", "targets=[]"
    )
    assert said.code == 2
    assert "write targets: [{measure: on_time_share" in said.err
    assert not (tmp_path / "out" / "small-staff").exists()
