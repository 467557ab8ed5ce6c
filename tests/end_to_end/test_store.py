"""The store of finished runs.

Studies that are repeated, changed, killed, or made by two programs at once.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.runs.inspection import prune
from sim.runs.replication import Batch, Task, made
from sim.runs.store import PART, POINT, Store
from tests.end_to_end.conftest import SMALL, Said
from tests.end_to_end.fork_server import Server
from tests.end_to_end.test_cli import digests

Call = Callable[..., Said]
DGI = "plans.professional.standard.guaranteed_per_day"
N_KILLS = 20
PATIENCE = 60  # seconds until a test that hangs fails
N_RUNS = 12


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a process that has loaded all that a study needs."""
    folder = tmp_path_factory.mktemp("server")
    scenario = folder / "small.yaml"
    scenario.write_text(SMALL, encoding="utf-8")
    found = Server(scenario, folder)
    assert found.answer() == 0
    yield found
    found.close()


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Return the list of runs that are made, as replication and point."""
    found: list[tuple[int, int]] = []

    def noting(task: Task, batch: Batch) -> Any:
        found.extend((batch.replication, point) for point in batch.points)
        return made(task, batch)

    monkeypatch.setattr("sim.runs.executor.made", noting)
    return found


def lasting(folder: Path) -> dict[str, str]:
    """Return what has to be the same in every run.

    All files, and the manifest but for how it was run.
    """
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {**digests(folder), "manifest": json.dumps({**manifest, "run": None})}


def kept(store: Path) -> dict[str, bytes]:
    """Return the files of the runs that are kept."""
    return {
        str(path.relative_to(store)): path.read_bytes() for path in store.glob("*/[0-9]*.parquet")
    }


def test_a_study_that_was_run_before_makes_no_run(
    small: Path, tmp_path: Path, dgisim: Call, runs: list[tuple[int, int]]
) -> None:
    """The second time all comes from the store, and the results are the same to the byte."""
    store = ("--workers", 1, "--store", tmp_path / "store")
    assert (
        "come from the store" not in dgisim("run", small, "--out", tmp_path / "first", *store).err
    )
    assert len(runs) == 6
    said = dgisim("run", small, "--out", tmp_path / "second", *store)
    assert len(runs) == 6
    assert "6 runs were made before and come from the store" in said.err
    assert lasting(tmp_path / "second" / "small") == lasting(tmp_path / "first" / "small")
    manifest = json.loads(
        (tmp_path / "second" / "small" / "manifest.json").read_text(encoding="utf-8")
    )
    assert manifest["run"]["from_store"] == 6


def test_a_changed_level_makes_its_runs_alone(
    small: Path, tmp_path: Path, dgisim: Call, runs: list[tuple[int, int]]
) -> None:
    """With one level changed only its runs are made, and the results are those of a study without a store."""
    options = ("--workers", 1, "--set", f"sweep={{{DGI}: [10, 40]}}")
    store = ("--store", tmp_path / "store")
    dgisim("run", small, "--out", tmp_path, "--workers", 1, *store)
    runs.clear()
    dgisim("run", small, "--out", tmp_path / "kept", *options, *store)
    assert runs == [(0, 1), (1, 1), (2, 1)]
    dgisim("run", small, "--out", tmp_path / "anew", *options)
    assert lasting(tmp_path / "kept" / "small") == lasting(tmp_path / "anew" / "small")


def test_a_study_that_is_killed_goes_on(tmp_path: Path, server: Server) -> None:
    """Killed at 20 random moments, it goes on.

    Results are whole or not there, no kept run is lost or half-written.
    """
    began = time.monotonic()
    server.begin(server.study(tmp_path / "out", tmp_path / "whole"))
    assert server.answer() == [0]
    seconds = time.monotonic() - began
    results, whole = lasting(tmp_path / "out" / "small"), kept(tmp_path / "whole")
    assert len(whole) == N_RUNS
    moments, n_killed, n_studies = random.Random(5), 0, 0
    while n_killed < N_KILLS:
        n_studies += 1
        n_killed += goes_on(
            server,
            tmp_path / "out",
            tmp_path / f"store-{n_studies}",
            moments,
            seconds,
            results,
            whole,
        )


def goes_on(
    server: Server,
    out: Path,
    store: Path,
    moments: random.Random,
    seconds: float,
    results: dict[str, str],
    whole: dict[str, bytes],
) -> int:
    """Run a study again and again, until it ends before it is killed.

    Return how often it was killed.
    """
    n_killed, before = 0, 0
    while True:
        server.begin(server.study(out, store), kill_after=seconds * moments.random())
        (code,) = server.answer()
        found = kept(store)
        assert found.items() <= whole.items()
        assert len(found) >= before
        assert not (out / "small").exists() or lasting(out / "small") == results
        if code == 0:
            break
        assert code == -signal.SIGKILL
        n_killed, before = n_killed + 1, len(found)
    manifest = json.loads((out / "small" / "manifest.json").read_text(encoding="utf-8"))
    assert (len(found), manifest["run"]["from_store"]) == (N_RUNS, before)
    assert [path.name for path in out.iterdir()] == ["small"]
    return n_killed


def test_the_real_program_goes_on(
    tmp_path: Path, dgisim: Call, small: Path, server: Server
) -> None:
    """A program that is killed when its first run is kept leaves it to the next, whose results are as ever."""
    program = [sys.executable, "-m", "sim", *server.study(tmp_path / "out", tmp_path / "store")]
    process = subprocess.Popen(program, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE
    while not kept(tmp_path / "store") and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.001)
    process.kill()
    process.communicate()
    n = len(kept(tmp_path / "store"))
    assert (process.returncode, 1 <= n < N_RUNS) == (-signal.SIGKILL, True)
    said = dgisim(*server.study(tmp_path / "out", tmp_path / "store"))
    assert f"{n} runs were made before" in said.err
    dgisim(*server.study(tmp_path / "anew", "none"))
    assert lasting(tmp_path / "out" / "small") == lasting(tmp_path / "anew" / "small")


@pytest.mark.parametrize("pruned", [False, True])
def test_two_programs_share_a_store(
    tmp_path: Path, dgisim: Call, server: Server, pruned: bool
) -> None:
    """Two that make the same study at once both end well with the same bytes, though all is removed again and again."""
    store = tmp_path / "store"
    store.mkdir()
    server.begin(*(server.study(tmp_path / name, store) for name in "ab"))
    while pruned and server.is_busy:
        assert dgisim("store", "prune", "--all", "--store", store).code == 0
    assert server.answer() == [0, 0]
    server.begin(server.study(tmp_path / "c", "none"))
    assert server.answer() == [0]
    assert (
        lasting(tmp_path / "a" / "small")
        == lasting(tmp_path / "b" / "small")
        == lasting(tmp_path / "c" / "small")
    )
    assert pruned or len(kept(store)) == N_RUNS
    assert dgisim("store", "prune", "--all", "--store", store).code == 0
    assert [path.name for path in store.iterdir()] == [".gitignore"]


def test_a_store_may_be_pruned_while_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another program clears at that instant is not missed."""
    write, store = Path.write_text, Store(tmp_path / "store")

    def pruned(path: Path, *text: Any, **options: Any) -> int:
        n = write(path, *text, **options)
        prune(store, everything=True)
        return n

    monkeypatch.setattr(Path, "write_text", pruned)
    Store.open(store.folder)
    assert [path.name for path in store.folder.iterdir()] == [".gitignore"]


def test_list_why_and_prune(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """What is kept is listed, why a run is not there is said, and nothing that is of use is removed but with --all."""
    store = ("--store", tmp_path / "store")
    dgisim("run", small, "--out", tmp_path, "--workers", 1, *store)
    listed = dgisim("store", "list", *store)
    assert "6 runs at 2 design points" in listed.out
    assert listed.out.count("this code") == 2
    why = dgisim(
        "store", "why", small, "--replications", 4, "--set", f"sweep={{{DGI}: [10, 40]}}", *store
    )
    assert "not made yet: replication 3" in why.out
    assert "3 of 4" in why.out
    assert "differs from what is kept in plans.professional.standard.guaranteed_per_day" in why.out
    assert "removed 0 design points" in dgisim("store", "prune", *store).out
    for path in (tmp_path / "store").glob(f"*/{POINT}"):
        path.write_text(
            path.read_text(encoding="utf-8").replace('"model": "', '"model": "0'), encoding="utf-8"
        )
    assert dgisim("store", "list", *store).out.count("other code") == 2
    assert "removed 2 design points" in dgisim("store", "prune", *store).out
    assert "0 runs at 0 design points" in dgisim("store", "list", *store).out
    assert "the store is empty" in dgisim("store", "why", small, *store).out


def test_leftovers_of_killed_programs_are_pruned(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """Half-written files are no runs, and are removed.

    So are folders whose description is gone; nothing else is.
    """
    store = tmp_path / "store"
    dgisim("run", small, "--out", tmp_path, "--workers", 1, "--store", store)
    one, other = (path.parent for path in store.glob(f"*/{POINT}"))
    (one / f".7-abc{PART}").write_bytes(b"half")
    (other / POINT).unlink()
    (store / "mine").mkdir()
    assert dgisim("store", "prune", "--store", store).code == 0
    assert sorted(path.name for path in store.iterdir()) == sorted([".gitignore", one.name, "mine"])
    assert not list(one.glob(f".*{PART}"))


def test_the_store_is_named_by_option_or_environment(
    small: Path, tmp_path: Path, dgisim: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DGISIM_STORE names the store, --store goes before it, and none keeps none."""
    monkeypatch.chdir(tmp_path)
    command = (
        "run",
        small,
        "--out",
        tmp_path / "out",
        "--workers",
        1,
        "--no-verify",
        "--no-charts",
    )
    dgisim(*command, "--store", "none")
    assert not list(tmp_path.glob("**/*.parquet"))
    monkeypatch.setenv("DGISIM_STORE", "mine")
    dgisim(*command)
    dgisim(*command, "--store", "other")
    monkeypatch.delenv("DGISIM_STORE")
    dgisim(*command)
    assert [len(kept(tmp_path / name)) for name in ("mine", "other", ".dgisim", "none")] == [
        6,
        6,
        6,
        0,
    ]


def test_a_store_that_is_a_file(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """A file in the place of the store is bad input, before anything runs.

    A folder that is not there, too.
    """
    said = dgisim("run", small, "--out", tmp_path / "out", "--store", small)
    assert said.code == 2
    assert f"{small}: cannot be written" in said.err
    assert "--store" in said.err
    assert not (tmp_path / "out").exists()
    for command in (("list",), ("why", small), ("prune",)):
        for place in (small, tmp_path / "nowhere"):
            said = dgisim("store", *command, "--store", place)
            assert (said.code, "is no folder" in said.err) == (2, True)


def test_a_full_disk_costs_the_store_and_not_the_study(
    small: Path, tmp_path: Path, dgisim: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a run cannot be kept the study ends as ever, with a warning."""

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.runs.store.write_outcome", full)
    said = dgisim(
        "run", small, "--out", tmp_path / "full", "--workers", 1, "--store", tmp_path / "store"
    )
    assert said.code == 0
    assert "warning: finished runs are no longer kept" in said.err
    assert "No space left on device" in said.err
    dgisim("run", small, "--out", tmp_path / "none", "--workers", 1)
    assert lasting(tmp_path / "full" / "small") == lasting(tmp_path / "none" / "small")
    assert not list((tmp_path / "store").glob(f"**/*{PART}"))


def test_ledgers_are_made_anew(
    small: Path, tmp_path: Path, dgisim: Call, runs: list[tuple[int, int]]
) -> None:
    """--ledger needs the rows, which no store has.

    All runs are made, and kept for studies without it.
    """
    options = ("--workers", 1, "--store", tmp_path / "store")
    for _ in range(2):
        runs.clear()
        dgisim("run", small, "--out", tmp_path / "with", *options, "--ledger")
        assert len(runs) == 6
    assert len(list((tmp_path / "with" / "small" / "ledger").glob("*/*/deliveries.parquet"))) == 6
    dgisim("run", small, "--out", tmp_path / "without", *options)
    assert len(runs) == 6
    rest = {
        name: value
        for name, value in lasting(tmp_path / "with" / "small").items()
        if "ledger" not in name
    }
    assert rest == lasting(tmp_path / "without" / "small")
