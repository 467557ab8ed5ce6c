"""A scenario to start from, and the schema by which editors complete scenarios."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import flit_core.buildapi  # type: ignore[import-untyped]
import pytest

import sim
from sim.scenario.schema import json_schema
from sim.scenario.start import SCHEMA_FILE, start_text
from tests.end_to_end.conftest import Said

Call = Callable[..., Said]
ROOT = Path(__file__).parents[2]
SCENARIOS = sorted((ROOT / "scenarios").rglob("*.yaml"))
POINTER = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")


def schema_of(path: Path) -> Path:
    """Return the file that the first line of a scenario points editors to."""
    found = POINTER.match(path.read_text(encoding="utf-8"))
    assert found, f"the first line of {path} names no schema"
    return path.parent / found[1]


def test_init_writes_a_scenario_that_runs(
    tmp_path: Path, dgisim: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a name it is scenario.yaml.

    It checks without a warning, and a run of it writes its folder.
    """
    monkeypatch.chdir(tmp_path)
    said = dgisim("init")
    assert (said.code, said.err) == (0, "")
    assert "scenario.yaml" in said.out
    said = dgisim("check", "scenario.yaml")
    assert (said.code, said.err) == (0, "")
    less = [f"--set={change}" for change in ("replications=1", "horizon.weeks=2", "targets=[]")]
    assert dgisim("run", "scenario.yaml", *less, "--workers", 1).code == 0
    assert (tmp_path / "reports/scenario/summary.csv").is_file()


def test_the_file_names_the_scenario(tmp_path: Path, dgisim: Call) -> None:
    """The results of my-floor.yaml go to my-floor.

    A number or a word of YAML is a name like any other.
    """
    for name in ("my-floor", "2026", "on", "null"):
        assert dgisim("init", tmp_path / f"{name}.yaml").code == 0
        assert sim.load(tmp_path / f"{name}.yaml").spec.name == name


def test_init_overwrites_nothing(tmp_path: Path, dgisim: Call) -> None:
    """A file that is there stays as it is, and the message says what to do.

    Nothing is written beside it.
    """
    (tmp_path / "mine.yaml").write_text("mine", encoding="utf-8")
    said = dgisim("init", tmp_path / "mine.yaml")
    assert said.code == 2
    assert "mine.yaml: exists already; choose another name" in said.err
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        "mine.yaml": "mine"
    }


@pytest.mark.parametrize(
    ("name", "said_to_be"), [("a(1).yaml", "must be a name"), ("no/where.yaml", "No such file")]
)
def test_init_refuses_what_cannot_be(
    tmp_path: Path, dgisim: Call, name: str, said_to_be: str
) -> None:
    """A name that no scenario may have, and a folder that is not there, are bad input."""
    said = dgisim("init", tmp_path / name)
    assert said.code == 2
    assert said_to_be in said.err
    assert not list(tmp_path.iterdir())


def test_init_brings_its_schema(tmp_path: Path, dgisim: Call) -> None:
    """The first line points to a file beside it, which is what dgisim schema prints.

    A second scenario shares it.
    """
    for name in ("one.yaml", "two.yaml"):
        dgisim("init", tmp_path / name)
        assert schema_of(tmp_path / name) == tmp_path / SCHEMA_FILE
    assert (tmp_path / SCHEMA_FILE).read_text(encoding="utf-8") == dgisim("schema").out
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("key", json_schema()["properties"])
def test_every_key_is_explained(key: str) -> None:
    """Each key of a scenario stands in it with words above or behind.

    A new key has to be explained.
    """
    lines = start_text("start").splitlines()
    (at,) = [n for n, line in enumerate(lines) if re.match(rf"(# )?{key}:", line)]
    assert re.search(r"\w", lines[at].partition(" # ")[2]) or lines[at - 1].startswith("# ")


def test_what_is_commented_out_is_right(tmp_path: Path) -> None:
    """Each key behind a # is valid when the # is taken away, but for the base file that a user has to bring."""
    text, n = re.subn(
        r"^( *)# (?!extends)([\w.]+: )", r"\1\2", start_text("start"), flags=re.MULTILINE
    )
    (tmp_path / "start.yaml").write_text(text, encoding="utf-8")
    spec = sim.load(tmp_path / "start.yaml").spec
    assert n == 5
    assert (spec.plans["professional"].holidays, spec.gate.undecided, len(spec.sweep)) == (
        "DK",
        "fail",
        2,
    )


def test_it_is_ascii_with_short_lines() -> None:
    """Any editor and any terminal shows it."""
    text = start_text("start")
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 130


def test_the_wheel_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel, as pip installs it, holds the scenario and the templates of the pages."""
    monkeypatch.chdir(ROOT)
    with zipfile.ZipFile(tmp_path / flit_core.buildapi.build_wheel(str(tmp_path))) as wheel:
        names = set(wheel.namelist())
    assert "sim/scenario/start.yaml" in names
    templates = [path for path in (ROOT / "sim/report/templates").rglob("*") if path.is_file()]
    assert {str(path.relative_to(ROOT)) for path in templates} <= names


def test_the_committed_schema_is_todays(dgisim: Call) -> None:
    """`make schema` was run after the last change of a key."""
    assert (ROOT / "scenarios/schema.json").read_text(encoding="utf-8") == dgisim("schema").out
    assert json.loads(dgisim("schema").out) == json_schema()


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_scenario_points_to_the_schema(path: Path) -> None:
    """The first line of each scenario leads an editor to the committed schema."""
    assert schema_of(path).resolve() == ROOT / "scenarios/schema.json"
