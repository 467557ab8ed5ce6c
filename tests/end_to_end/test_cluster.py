"""Studies on a Dask cluster: a real scheduler and real workers on this machine, some of which die."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from sim.runs.store import Store
from tests.end_to_end.conftest import Said
from tests.end_to_end.test_cli import GOOD, digests, orders_file, replaying

pytestmark = [
    pytest.mark.skipif(
        find_spec("distributed") is None, reason="Dask is not installed: dgisim[cluster]"
    ),
    pytest.mark.xdist_group("cluster"),
]
Call = Callable[..., Said]
PATIENCE = 60  # seconds until a test that hangs fails
NOWHERE = "tcp://127.0.0.1:1"
ONE = ("--workers", 1, "--no-charts", "--set", "sweep={}", "--no-verify")


class Cluster:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path, n_workers: int) -> None:
        self.folder, self.processes = folder, list[subprocess.Popen[bytes]]()
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0")
        try:
            self.address = self._address()
            self.workers = [self.add_worker() for _ in range(n_workers)]
        except BaseException:
            self.close()
            raise

    def _address(self) -> str:
        """Return the address of the scheduler, once it listens."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.scheduler.poll() is None:
            try:
                return str(
                    json.loads((self.folder / "scheduler.json").read_text(encoding="utf-8"))[
                        "address"
                    ]
                )
            except (OSError, ValueError):
                time.sleep(0.02)
        raise AssertionError((self.folder / "log").read_text(encoding="utf-8"))

    def add_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker, which joins when it is ready."""
        return self._start(
            "worker", "--no-nanny", "--nthreads", "1", "--local-directory", str(self.folder)
        )

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", *arguments, "--no-dashboard"]
        with (self.folder / "log").open("ab") as log:
            own = (*command, "--scheduler-file", str(self.folder / "scheduler.json"))
            self.processes.append(subprocess.Popen(own, stdout=log, stderr=log))
        return self.processes[-1]

    def close(self) -> None:
        """End all processes."""
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Start a scheduler and two workers."""
    found = Cluster(tmp_path_factory.mktemp("cluster"), n_workers=2)
    yield found
    found.close()


def none_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process make no run of a study itself from now on."""

    def refused(*_: Any) -> Any:
        raise AssertionError("a run was made here")

    monkeypatch.setattr("sim.runs.executor.made", refused)
    monkeypatch.setattr("sim.runs.batches.run_point", refused)


def at_kept(monkeypatch: pytest.MonkeyPatch, number: int, do: Callable[[], object]) -> list[int]:
    """Do something as soon as so many runs of a study are kept.

    Return the list that grows by one a run.
    """
    kept: list[int] = []
    keep = Store.keep

    def noting(*arguments: Any) -> None:
        keep(*arguments)
        kept.append(len(kept))
        if len(kept) == number:
            do()

    monkeypatch.setattr(Store, "keep", noting)
    return kept


def test_a_worker_that_dies_leaves_no_trace(
    small: Path, tmp_path: Path, dgisim: Call, monkeypatch: pytest.MonkeyPatch, cluster: Cluster
) -> None:
    """One of two workers is killed in mid study.

    The study ends, with the bytes of one that was made here.
    """
    command = ("run", small, "--replications", 20, "--out")
    dgisim(*command, tmp_path / "here", "--workers", 1)
    none_here(monkeypatch)
    monkeypatch.setattr(
        "sim.runs.batches.ENOUGH", 10
    )  # batches of two points, handed over little by little
    kept = at_kept(monkeypatch, 5, cluster.workers[0].kill)
    said = dgisim(
        *command, tmp_path / "there", "--cluster", cluster.address, "--store", tmp_path / "store"
    )
    assert said.code == 0, said.err
    assert cluster.workers[0].wait(PATIENCE) == -signal.SIGKILL
    assert len(kept) == 40
    assert digests(tmp_path / "there") == digests(tmp_path / "here")


def test_order_files_travel(
    small: Path, tmp_path: Path, dgisim: Call, monkeypatch: pytest.MonkeyPatch, cluster: Cluster
) -> None:
    """Replayed orders reach the workers, who never read the file."""
    orders_file(tmp_path / "orders.csv", GOOD)
    command = ("run", replaying(small), "--out")
    dgisim(*command, tmp_path / "here", "--workers", 1)
    none_here(monkeypatch)
    said = dgisim(*command, tmp_path / "there", "--cluster", cluster.address)
    assert said.code == 0, said.err
    assert digests(tmp_path / "there") == digests(tmp_path / "here")


def test_ctrl_c_keeps_what_was_finished(
    small: Path, tmp_path: Path, dgisim: Call, monkeypatch: pytest.MonkeyPatch, cluster: Cluster
) -> None:
    """Ctrl-C ends the study with exit code 3 and the finished replications.

    The cluster has nothing left to do.
    """
    at_kept(monkeypatch, 3, lambda: os.kill(os.getpid(), signal.SIGINT))
    options = ("--cluster", cluster.address, "--store", tmp_path / "store")
    said = dgisim("run", small, "--out", tmp_path / "out", *ONE, "--replications", 200, *options)
    assert said.code == 3, said.err
    manifest = json.loads(
        (tmp_path / "out" / "small" / "manifest.json").read_text(encoding="utf-8")
    )
    assert manifest["cut_off"]
    assert 2 <= len(manifest["replications"]) <= 3
    assert wanted_by_nobody(cluster)


def wanted_by_nobody(cluster: Cluster) -> bool:
    """Return whether the scheduler forgets all tasks within a while."""
    from distributed import Client

    with Client(cluster.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0:
                return True
            time.sleep(0.02)
    return False


def test_other_code_is_refused(
    small: Path, tmp_path: Path, dgisim: Call, monkeypatch: pytest.MonkeyPatch, cluster: Cluster
) -> None:
    """Workers with another version are bad input: their results might be others.

    It is said what to do.
    """
    monkeypatch.setattr("sim.runs.batches.code", lambda: {"model": "another"})
    said = dgisim("run", small, "--out", tmp_path / "out", *ONE, "--cluster", cluster.address)
    assert said.code == 2
    assert "has another version of dgisim" in said.err
    assert "the same lock file on every machine" in said.err
    assert not list((tmp_path / "out").iterdir())


def test_ledgers_are_refused(small: Path, tmp_path: Path, dgisim: Call, cluster: Cluster) -> None:
    """Workers would write ledgers on their own machines: bad input, and nothing is written."""
    said = dgisim(
        "run", small, "--out", tmp_path / "out", *ONE, "--cluster", cluster.address, "--ledger"
    )
    assert (said.code, "--ledger: cannot be had from a cluster" in said.err) == (2, True)
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("address", [NOWHERE, "10.0.0.5", "http://127.0.0.1:80"])
def test_an_address_of_no_scheduler(
    small: Path, tmp_path: Path, dgisim: Call, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Where nobody answers, or what is no address, is bad input, with the value and what to do."""
    monkeypatch.setattr("sim.runs.cluster.PATIENCE", 0.3)
    said = dgisim("run", small, "--out", tmp_path / "out", *ONE, "--cluster", address)
    assert said.code == 2
    assert f"--cluster: '{address}' cannot be used" in said.err
    assert "start a scheduler and workers as docs/scale.md says" in said.err


def test_dask_is_an_extra(
    small: Path, tmp_path: Path, dgisim: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Dask it is said what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = dgisim("run", small, "--out", tmp_path / "out", *ONE, "--cluster", NOWHERE)
    assert (said.code, "install dgisim[cluster]" in said.err) == (2, True)


def test_a_store_that_has_all_needs_no_cluster(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """Where no run is missing nobody is asked for one."""
    options = ("--out", tmp_path / "out", *ONE, "--store", tmp_path / "store")
    assert dgisim("run", small, *options).code == 0
    assert dgisim("run", small, *options, "--cluster", NOWHERE).code == 0


def test_a_cluster_without_workers_and_one_that_is_lost(
    small: Path, tmp_path: Path, dgisim: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are bad input; what was finished before the scheduler died is in the store, and the rest is made here."""
    (tmp_path / "cluster").mkdir()
    own = Cluster(tmp_path / "cluster", n_workers=0)
    options = (
        "--out",
        tmp_path / "out",
        *ONE,
        "--store",
        tmp_path / "store",
        "--replications",
        100,
        "--engine",
        "simpy",
    )
    try:
        with monkeypatch.context() as patch:
            patch.setattr("sim.runs.cluster.PATIENCE", 1)
            said = dgisim("run", small, *options, "--cluster", own.address)
        assert (said.code, "cannot be used: Only 0/1 workers arrived" in said.err) == (2, True), (
            said.err
        )
        own.add_worker()
        kept = at_kept(monkeypatch, 3, own.scheduler.kill)
        said = dgisim("run", small, *options, "--cluster", own.address)
        assert (said.code, f"--cluster: '{own.address}' was lost" in said.err) == (2, True), (
            said.err
        )
        assert 3 <= len(kept) < 100
    finally:
        own.close()
    done = len(kept)
    assert f"{done} runs were made before" in dgisim("run", small, *options).err
    assert len(kept) == 100
