"""Two engines: which one runs, that results are the same bytes, and that a difference stops everything."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.clock import NAT
from sim.errors import DisagreementError
from sim.plant.compiled import engine as compiled
from sim.plant.marks import Marks
from sim.plant.run_input import RunInput
from tests.end_to_end.conftest import SMALL, Said
from tests.end_to_end.test_cli import TABLES, digests

Call = Callable[..., Said]


def manifest(folder: Path) -> Any:
    """Return what a manifest says of the engine."""
    return json.loads((folder / "small" / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the compiled engine refuse everything."""
    monkeypatch.setattr(compiled, "refusals", lambda run_input: ["juggling", "night trains"])


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the compiled engine end the third visit a second late."""
    right = compiled.simulate

    def wrong(run_input: RunInput) -> Marks:
        marks = right(run_input)
        ended_at = marks.ended_at.copy()
        ended_at[2] += 1
        return replace(marks, ended_at=ended_at)

    monkeypatch.setattr(compiled, "simulate", wrong)


@pytest.mark.parametrize("ledger", [False, True], ids=["figures", "ledger"])
def test_engines_and_workers_leave_the_same_bytes(
    small: Path, tmp_path: Path, ledger: bool
) -> None:
    """Both engines, one, two or five workers, give the same bytes in every table and every ledger."""
    seen = []
    for engine, workers in [
        ("simpy", 1),
        ("simpy", 2),
        ("compiled", 1),
        ("compiled", 2),
        ("compiled", 5),
    ]:
        folder = tmp_path / f"{engine}-{workers}"
        folder.mkdir()
        study = sim.load(small).run(
            engine=engine, workers=workers, ledgers=folder / "ledger" if ledger else None
        )
        study.write(folder)
        seen.append(digests(folder))
    assert {f"{name}.csv" for name in TABLES} <= seen[0].keys()
    assert sum(name.endswith(".parquet") for name in seen[0]) == ledger * 2 * 3 * 6
    assert all(other == seen[0] for other in seen)


@pytest.mark.parametrize("key", ["seed", "customers.shops.count"])
def test_points_with_draws_of_their_own(small: Path, key: str) -> None:
    """Points that draw something else come out as if each had been run alone, on threads and processes."""
    scenario = sim.load(small, changes=("sweep={}", "replications=2"))
    swept = scenario.with_({"sweep": {key: [4, 2, 4]}})
    alone = [
        scenario.with_({key: level}).run().table("summary")["mean"].tolist() for level in (4, 2, 4)
    ]
    for engine in ("compiled", "simpy"):
        found = swept.run(engine=engine, workers=2).table("summary")
        assert [group["mean"].tolist() for _, group in found.groupby("point")] == alone


def test_auto_is_the_compiled_engine(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """The manifest says what was asked for, what ran, and which run was compared, with the number of its rows."""
    dgisim("run", small, "--out", tmp_path, "--workers", 2, "--ledger")
    says = manifest(tmp_path)
    compared = says["engine"].pop("verified")
    assert says["engine"] == {"asked": "auto", "used": "compiled"}
    ledgers = {
        path: sum(len(pd.read_parquet(file)) for file in path.iterdir())
        for path in tmp_path.rglob("replic*-*")
    }
    own = (
        tmp_path
        / "small"
        / "ledger"
        / f"point-{compared['point']}"
        / f"replication-{compared['replication']}"
    )
    assert compared["rows"] == ledgers[own]
    assert compared["point"] == 0


def test_the_shortest_replication_is_compared(small: Path) -> None:
    """The replication that is compared is the one with the fewest visits."""
    scenario = sim.load(
        small, changes=("replications=5", "sweep={}", "plant.rejection=null", "plant.review=null")
    )
    study = scenario.with_({"plant.route.retouch.rework": None}).run()
    balance = study.table("flow_balance")
    assert (
        study.manifest["engine"]["verified"]["replication"] == balance["images_submitted"].argmin()
    )


@pytest.mark.parametrize("way", ["option", "scenario"])
def test_simpy_on_request(small: Path, tmp_path: Path, dgisim: Call, way: str) -> None:
    """Option or scenario choose the SimPy model, which has nothing to be compared with."""
    if way == "scenario":
        small.write_text(SMALL + "engine: simpy\n", encoding="utf-8")
    dgisim(
        "run",
        small,
        "--out",
        tmp_path,
        "--workers",
        1,
        *(["--engine", "simpy"] if way == "option" else []),
    )
    assert manifest(tmp_path)["engine"] == {"asked": "simpy", "used": "simpy", "verified": None}


def test_the_digest_of_the_scenario_knows_no_engine(small: Path) -> None:
    """What the figures were made from has one digest, whichever engine made them.

    The manifest says which.
    """
    manifests = [sim.load(small).run(engine=name).manifest for name in ("simpy", "compiled")]
    assert len({manifest["scenario_sha256"] for manifest in manifests}) == 1
    assert [manifest["engine"]["asked"] for manifest in manifests] == ["simpy", "compiled"]


@pytest.mark.parametrize(("engine", "other"), [("simpy", "Thread"), ("auto", "Process")])
def test_simpy_takes_processes_and_the_other_threads(
    small: Path, monkeypatch: pytest.MonkeyPatch, engine: str, other: str
) -> None:
    """Threads would wait for each other in SimPy; processes would copy what compiled runs share."""
    monkeypatch.setattr(
        f"sim.runs.executor.{other}PoolExecutor", lambda *_: pytest.fail(f"took a {other.lower()}")
    )
    sim.load(small).run(engine=engine, workers=2, verify=False)


def test_an_unknown_engine_is_bad_input(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """Another word is refused with the known ones, and nothing is run."""
    said = dgisim("run", small, "--out", tmp_path / "out", "--engine", "steam")
    assert said.code == 2
    assert "'steam' must be one of auto, simpy, compiled" in said.err
    with pytest.raises(sim.InputError, match="steam"):
        sim.load(small).run(engine="steam")


def test_the_engine_cannot_be_swept(small: Path, dgisim: Call) -> None:
    """All points of a study run on one engine."""
    said = dgisim("check", small, "--set", "sweep={engine: [simpy, compiled]}")
    assert said.code == 2
    assert "cannot be swept" in said.err


@pytest.mark.usefixtures("refusing")
def test_auto_gives_way_to_simpy(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """What the compiled engine cannot do runs on the SimPy model, with the same figures, and the manifest says so."""
    dgisim("run", small, "--out", tmp_path / "auto", "--no-charts", "--workers", 2)
    dgisim(
        "run",
        small,
        "--out",
        tmp_path / "simpy",
        "--no-charts",
        "--workers",
        1,
        "--engine",
        "simpy",
    )
    assert manifest(tmp_path / "auto")["engine"] == {
        "asked": "auto",
        "used": "simpy",
        "verified": None,
    }
    assert digests(tmp_path / "auto") == digests(tmp_path / "simpy")


@pytest.mark.usefixtures("refusing")
@pytest.mark.parametrize("command", [("run", "--engine", "compiled", "--workers", 2), ("verify",)])
def test_a_refusal_is_named(
    small: Path, tmp_path: Path, dgisim: Call, command: tuple[str, ...]
) -> None:
    """Asked for what it cannot do, the compiled engine names scenario, all that it cannot do, and the remedy."""
    out = ("--out", tmp_path / "out") if command[0] == "run" else ()
    said = dgisim(*command, small, *out)
    assert said.code == 2
    reason = "cannot do this: juggling and night trains; write engine: simpy, or auto"
    assert said.err == f"error: scenario small: engine: 'compiled' {reason}\n"
    assert not list(tmp_path.glob("out/*"))


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_difference_stops_the_study(
    small: Path, tmp_path: Path, dgisim: Call, workers: int
) -> None:
    """One second in one row gives exit code 4, the place, both values and what to do.

    Nothing is half-written.
    """
    dgisim("run", small, "--out", tmp_path / "out", "--workers", workers, "--engine", "simpy")
    before = digests(tmp_path / "out")
    said = dgisim("run", small, "--out", tmp_path / "out", "--workers", workers)
    assert said.code == 4
    assert said.out == ""
    for part in (
        "small: ",
        "replication ",
        "at point 0",
        "visits, row ",
        "ended_at: simpy 2026-",
        "compiled 2026-",
    ):
        assert part in said.err
    assert "engine: simpy" in said.err
    assert digests(tmp_path / "out") == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["small"]


@pytest.mark.usefixtures("broken")
def test_no_verify_compares_nothing(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """--no-verify lets a study through, and the manifest says that nothing was compared."""
    said = dgisim("run", small, "--out", tmp_path, "--workers", 1, "--no-verify")
    assert said.code == 0
    assert manifest(tmp_path)["engine"] == {"asked": "auto", "used": "compiled", "verified": False}


@pytest.mark.usefixtures("broken")
def test_a_difference_reaches_python(small: Path) -> None:
    """The Python handle raises an error of its own kind, unless it is told not to compare."""
    scenario = sim.load(small, changes=("replications=1",))
    with pytest.raises(DisagreementError, match="ended_at"):
        scenario.run()
    assert scenario.run(verify=False).manifest["engine"]["verified"] is False


def test_verify_compares_every_run(small: Path, dgisim: Call) -> None:
    """Equal engines are said to be so, with the number of replications, points and rows, and exit code 0."""
    said = dgisim("verify", small, "--replications", 2, "--set", "seed=9")
    scenario = sim.load(small, changes=("replications=2", "seed=9"))
    rows = sum(comparison.n_rows for comparison in scenario.verify())
    assert said.code == 0
    assert said.out == f"small: 2 replications x 2 points: all rows equal ({rows:,} rows)\n"


@pytest.mark.usefixtures("broken")
def test_verify_prints_the_row_and_both_histories(small: Path, dgisim: Call) -> None:
    """A difference gives exit code 4, the first row that differs, and all visits of its image on both engines."""
    said = dgisim("verify", small)
    (first, *_) = sim.load(small).verify()
    assert first.difference is not None
    assert first.ledgers is not None
    assert said.code == 4
    assert f"small: replication 0, point 0: {first.difference}" in said.out.replace(
        "\n", " "
    ).replace("  ", " ")
    lines = said.out.splitlines()
    n_visits = [
        int(np.sum(ledger.visits.image == first.difference.image)) for ledger in first.ledgers
    ]
    for engine, n in zip(("simpy", "compiled"), n_visits, strict=True):
        assert sum(line.split()[:2] == ["retouch", engine] for line in lines) == n
    assert sum(line.rstrip().endswith("differs") for line in lines) >= 2


def test_verify_stops_at_a_run_that_loses_a_visit(
    small: Path, dgisim: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine that never ends the first visit differs in its end, and the visits behind it have no row."""
    right = compiled.simulate

    def wrong(run_input: RunInput) -> Marks:
        marks = right(run_input)
        ended_at = marks.ended_at.copy()
        ended_at[: run_input.draws.visits.first_visit[1]] = NAT
        return replace(marks, ended_at=ended_at)

    monkeypatch.setattr(compiled, "simulate", wrong)
    said = dgisim("verify", small)
    assert said.code == 4
    assert "not yet" in said.out


@pytest.mark.parametrize("command", ["run", "verify"])
def test_cut_off_while_comparing(
    small: Path, tmp_path: Path, dgisim: Call, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Ctrl-C during a comparison gives exit code 3.

    A study keeps its results, and says that nothing was compared.
    """

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for name in ("compared", "compared_until"):
        monkeypatch.setattr(f"sim.runs.verify.{name}", interrupt)
    said = dgisim(
        command, small, *(["--out", tmp_path, "--workers", 2] if command == "run" else [])
    )
    assert said.code == 3
    assert "cut off" in said.err
    if command == "run":
        says = manifest(tmp_path)
        assert (says["engine"]["verified"], says["cut_off"], says["replications"]) == (
            False,
            True,
            [0, 1, 2],
        )


def test_cut_off_on_threads_keeps_what_was_finished(
    small: Path, tmp_path: Path, dgisim: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while threads work gives exit code 3 and the results of the finished replications."""

    def interrupt(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    study = sim.load(small, changes=("replications=20",)).run(workers=2, on_progress=interrupt)
    assert study.manifest["cut_off"]
    assert len(study.manifest["replications"]) == 2
    assert study.manifest["engine"]["verified"] is False


def test_no_charts(
    small: Path, tmp_path: Path, dgisim: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--no-charts writes the tables alone."""
    monkeypatch.setattr("sim.report.write.write_report", lambda *_: pytest.fail("drew charts"))
    said = dgisim("run", small, "--out", tmp_path, "--workers", 1, "--no-charts")
    assert said.code == 0
    assert {f"{name}.csv" for name in TABLES} <= {
        path.name for path in (tmp_path / "small").iterdir()
    }
    assert not (tmp_path / "small" / "charts").exists()
