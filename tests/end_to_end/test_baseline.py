"""The committed baseline: today's code gives it, byte for byte, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from tests.end_to_end.test_cli import Call

BASELINE = Path(__file__).parents[2] / "reports" / "baseline"
REMEDY = "a figure changed: say so under Results changed in CHANGELOG.md, then see reports/baseline/README.md"


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_baseline_is_what_the_code_gives(tmp_path: Path, engine: str) -> None:
    """Every table of the baseline has the bytes that a run of its scenario writes."""
    sim.load(BASELINE / "scenario.yaml").run(engine=engine, verify=False).write(tmp_path)
    tables = sorted(path.name for path in BASELINE.glob("*.csv"))
    assert tables == ["due_by_weekday.csv", "flow_balance.csv", "replications.csv", "summary.csv"]
    for name in tables:
        assert (tmp_path / name).read_bytes() == (BASELINE / name).read_bytes(), f"{name}: {REMEDY}"


def test_diff_reads_the_baseline(tmp_path: Path, dgisim: Call) -> None:
    """A run of the same scenario differs from the baseline in nothing.

    A slower floor is worse, with exit code 1.
    """
    scenario = BASELINE / "scenario.yaml"
    options = ("--no-verify", "--no-charts", "--workers", 1)
    dgisim("run", scenario, "--out", tmp_path / "same", *options)
    said = dgisim("diff", BASELINE, tmp_path / "same" / "baseline")
    assert said.code == 0
    assert said.out.rstrip().endswith("the same")
    slow = ("--set", "plant.route.retouch.minutes={exponential: {mean: 16}}", "--replications", 12)
    dgisim("run", scenario, "--out", tmp_path / "old", *options, "--replications", 12)
    dgisim("run", scenario, "--out", tmp_path / "slow", *options, *slow)
    table = tmp_path / "diff.csv"
    said = dgisim(
        "diff", tmp_path / "old" / "baseline", tmp_path / "slow" / "baseline", "--out", table
    )
    assert said.code == 1
    assert "worse" in said.out
    assert ",worse" in table.read_text(encoding="utf-8")


def test_several_scenarios_have_an_index(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """Two scenarios have an index in both forms, escaped; the worst exit code counts.

    One scenario has none.
    """
    text = small.read_text(encoding="utf-8")
    other = tmp_path / "other.yaml"
    bad = 'description: "<script>alert(1)</script> | x"\ntargets: [{measure: on_time_share, at_most: -1}]\n'
    other.write_text(text.replace("name: small", "name: other") + bad, encoding="utf-8")
    options = ("--out", tmp_path / "out", "--no-charts", "--no-verify", "--workers", 1)
    assert dgisim("run", small, *options).code == 0
    assert not (tmp_path / "out" / "index.html").exists()
    assert dgisim("run", other, small, *options).code == 1
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    markdown = (tmp_path / "out" / "index.md").read_text(encoding="utf-8")
    assert "<script>" not in page + markdown
    assert "&lt;script&gt;" in page
    assert page.count("MISSED") == markdown.count("MISSED") == 2
    assert "2 missed" in markdown
    assert 'href="other/junit.xml"' in page


def test_an_index_of_others_is_never_replaced(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """An index.html that dgisim did not write is bad input before anything runs."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "index.html").write_text("mine", encoding="utf-8")
    said = dgisim("run", small, "--out", out, "--no-charts")
    assert said.code == 2
    assert [path.name for path in out.iterdir()] == ["index.html"]


@pytest.mark.parametrize(("undecided", "code"), [("warn", 0), ("fail", 1)])
def test_the_gate_says_what_an_open_target_does(
    small: Path, tmp_path: Path, dgisim: Call, undecided: str, code: int
) -> None:
    """One replication decides nothing.

    A warning, or a failure, in exit code, words and junit.xml.
    """
    gate = (
        f"targets: [{{measure: on_time_share, at_least: 0.5}}]\ngate: {{undecided: {undecided}}}\n"
    )
    small.write_text(small.read_text(encoding="utf-8") + gate, encoding="utf-8")
    said = dgisim(
        "run", small, "--out", tmp_path / "out", "--no-charts", "--replications", 1, "--workers", 1
    )
    assert said.code == code
    assert said.out.count("NOT DECIDED") == 2
    assert "2 of 2 verdicts are not decided" in said.err
    xml = (tmp_path / "out" / "small" / "junit.xml").read_text(encoding="utf-8")
    assert xml.count("<failure") == 2 * code
    assert xml.count("<skipped") == 2 * (1 - code)
