"""The store of finished runs: what is kept, found again, told apart and cleared."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import InputError
from sim.runs import identity as identities
from sim.runs.executor import SERIAL, Executor
from sim.runs.inspection import kept_points, prune, reasons
from sim.runs.outcome_file import read_outcome, write_outcome
from sim.runs.replication import Batch, Outcome, Run, Task, made
from sim.runs.run import run_all
from sim.runs.store import PART, POINT, Store
from sim.scenario.schema import ScenarioSpec
from tests.scenario_fields import SMALL


def task_of(*changes: dict[str, Any]) -> Task:
    """Return a task with a design point for each change of the small scenario."""
    return Task(tuple(ScenarioSpec.model_validate({**SMALL, **change}) for change in changes), {})


@pytest.fixture(scope="module")
def run() -> Run:
    """Return a run of the small scenario."""
    (found,) = made(task_of({}), Batch(0, (0,)))
    return found


def assert_same(one: Outcome, other: Outcome) -> None:
    """Compare everything, to the type of each array."""
    np.testing.assert_equal(dict(other.figures), dict(one.figures))
    assert list(other.figures) == list(one.figures)
    np.testing.assert_equal(vars(other.profiles), vars(one.profiles))
    assert (one.flow_balance, one.engine, one.n_visits) == (
        other.flow_balance,
        other.engine,
        other.n_visits,
    )
    assert other.profiles.weekends.dtype == one.profiles.weekends.dtype
    assert {v.dtype for v in other.profiles.lateness.values()} == {
        v.dtype for v in one.profiles.lateness.values()
    }


@pytest.mark.parametrize("weeks", [1, 3])
def test_an_outcome_is_read_as_it_was_written(tmp_path: Path, weeks: int) -> None:
    """Every figure, series and count comes back, missing values and empty series (no whole weekend) too."""
    horizon = {**SMALL["horizon"], "weeks": weeks, "warm_up_weeks": 0}
    (found,) = made(task_of({"horizon": horizon}), Batch(0, (0,)))
    assert (len(found.outcome.profiles.weekends) == 0) == (weeks == 1)
    assert any(map(np.isnan, found.outcome.figures.values()))
    write_outcome(found.outcome, tmp_path / "run.parquet")
    assert_same(found.outcome, read_outcome(tmp_path / "run.parquet"))


def test_a_run_that_was_kept_is_found(tmp_path: Path, run: Run) -> None:
    """What is found is what was kept, at its point and replication, and nowhere else."""
    store, task = Store.open(tmp_path / "store"), task_of({"seed": 9}, {})
    store.keep(task, Run(4, 1, run.outcome))
    (found,) = Store.open(tmp_path / "store").read(task, 4)
    assert (found.replication, found.point) == (4, 1)
    assert_same(run.outcome, found.outcome)
    assert not store.read(task, 3)


@pytest.mark.parametrize(
    "damage", [lambda old: old[: len(old) // 2], lambda old: b"", lambda old: _flipped(old)]
)
def test_a_damaged_file_counts_as_none(tmp_path: Path, run: Run, damage: Any) -> None:
    """A file that was cut off, emptied or changed in one bit is not read, and is replaced by the run made again."""
    store, task = Store.open(tmp_path), task_of({})
    store.keep(task, run)
    (path,) = tmp_path.glob("*/0.parquet")
    path.write_bytes(damage(path.read_bytes()))
    assert not store.read(task, 0)
    finished = run_all(task, [0], Executor(1, store), lambda _: None)
    assert_same(finished.outcomes[0][0], store.read(task, 0)[0].outcome)


def _flipped(content: bytes) -> bytes:
    """Change one bit of the first page of values."""
    place = content.index(b"PAR1") + 200
    return content[:place] + bytes([content[place] ^ 16]) + content[place + 1 :]


POOL = SMALL["plant"]["pools"][0]
ASKED: list[dict[str, Any]] = [
    {"name": "another"},
    {"description": "in other words"},
    {"replications": 3},
    {"confidence": 0.9},
    {"sweep": {"seed": [1, 2]}},
    {"targets": [{"measure": "utilisation", "at_most": 1}]},
    {"gate": {"undecided": "fail"}},
    {
        "plant": {
            **SMALL["plant"],
            "pools": [{**POOL, "roster": [{**POOL["roster"][0], "cost_per_hour": 30}]}],
        }
    },
]


@pytest.mark.parametrize("change", ASKED, ids=lambda change: next(iter(change)))
def test_what_is_asked_of_runs_does_not_determine_them(change: dict[str, Any]) -> None:
    """A change of name, sweep, targets and the like finds the runs that are there."""
    assert task_of(change).keys == task_of({}).keys


DETERMINING: list[dict[str, Any]] = [
    {"seed": 77},
    {"engine": "simpy"},
    {"horizon": {**SMALL["horizon"], "cool_down_weeks": 7}},
    {"plans": {"professional": {"standard": {"guaranteed_per_day": 7}}}},
    {"customers": [{**SMALL["customers"][0], "count": 7}]},
    {"plant": {**SMALL["plant"], "planning_utilisation": 0.5}},
]


@pytest.mark.parametrize("change", DETERMINING, ids=lambda change: next(iter(change)))
def test_what_determines_a_run_gives_it_another_key(change: dict[str, Any]) -> None:
    """A change of seed, engine, horizon, plan, demand or plant is another run."""
    assert task_of(change).keys != task_of({}).keys


def test_orders_code_and_libraries_are_part_of_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other orders under the same file name, other code and another library make other runs."""
    scenario, keys = tmp_path / "replay.yaml", []
    text = Path("scenarios/replay.yaml").read_text(encoding="utf-8")
    source = (Path("scenarios") / _order_file(text)).read_text(encoding="utf-8").splitlines()
    for n_rows in (20, 19, 19):
        (tmp_path / "orders.csv").write_text("\n".join(source[: n_rows + 1]), encoding="utf-8")
        scenario.write_text(text.replace(_order_file(text), "orders.csv"), encoding="utf-8")
        keys.append(_keys(scenario))
    assert keys[0] != keys[1] == keys[2]
    for name, value in (("model_digest", lambda: "other"), ("version", lambda library: "0")):
        identities.code.cache_clear()
        monkeypatch.setattr(identities, name, value)
        assert _keys(scenario) not in keys
        monkeypatch.undo()
    identities.code.cache_clear()


def _order_file(text: str) -> str:
    return text.partition("orders: ")[2].partition("}")[0]


def _keys(scenario: Path) -> tuple[str, ...]:
    _, task = sim.load(scenario)._task(None)
    return task.keys


def test_the_digest_of_the_model_covers_all_that_a_run_loads() -> None:
    """Every module that is loaded to make and keep a run is in the key, but those that keep runs or tabulate many."""
    program = (
        "import sys, sim.runs.outcome_file, sim.runs.verify, sim.study.late_causes, sim.plant.model, "
        "sim.plant.compiled.engine, sim.plant.counter.count\n"
        "print(*sorted(name for name in sys.modules if name.startswith('sim.')))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    modules = {name.removeprefix("sim.").replace(".", "/") for name in loaded}
    modules -= {"runs", "stats", "stats/intervals", "runs/store", "study", "study/tables"}
    covered = [place.removesuffix(".py") for place in identities.MODEL]
    assert len(modules) > 50
    assert not [
        name
        for name in modules
        if not any(name == own or name.startswith(f"{own}/") for own in covered)
    ]


def test_only_what_is_missing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a level changed, the runs of that level are made, and no other.

    With a replication more, that one alone.
    """
    runs: list[tuple[int, int]] = []

    def noting(task: Task, batch: Batch) -> Any:
        runs.extend((batch.replication, point) for point in batch.points)
        return made(task, batch)

    monkeypatch.setattr("sim.runs.executor.made", noting)
    executor = Executor(1, Store.open(tmp_path))
    for task, n, expected in [
        (task_of({"seed": 1}, {"seed": 2}), 2, [(0, 0), (0, 1), (1, 0), (1, 1)]),
        (task_of({"seed": 1}, {"seed": 3}), 2, [(0, 1), (1, 1)]),
        (task_of({"seed": 2}, {"seed": 3}), 3, [(2, 0), (2, 1)]),
    ]:
        runs.clear()
        found = run_all(task, range(n), executor, lambda _: None)
        assert runs == expected
        for one, other in zip(
            found.outcomes, run_all(task, range(n), SERIAL, lambda _: None).outcomes, strict=True
        ):
            for point in (0, 1):
                assert_same(other[point], one[point])


def test_a_store_that_cannot_be_written_is_bad_input(tmp_path: Path) -> None:
    """A file in the place of the folder is named, with what to do."""
    (tmp_path / "store").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"store: cannot be written: .*--store"):
        Store.open(tmp_path / "store")


def test_a_full_disk_stops_the_keeping_and_not_the_study(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first run that cannot be kept says why, nothing half-written stays, and no more is tried."""
    store, task = Store.open(tmp_path), task_of({})

    def full(outcome: Outcome, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.runs.store.write_outcome", full)
    store.keep(task, run)
    assert "No space left on device" in store.fault
    monkeypatch.undo()
    store.keep(task, run)
    assert not list(tmp_path.glob("*/*.parquet"))
    assert not list(tmp_path.glob(f"*/.*{PART}"))


def test_reasons_name_what_is_missing_or_differs(tmp_path: Path, run: Run) -> None:
    """Missing replications are numbered, and of a point that is not there, the keys that differ from the nearest."""
    store = Store.open(tmp_path)
    assert [reason.text for reason in reasons(store, task_of({}), range(2))] == [
        "the store is empty"
    ]
    for replication in (0, 1, 4):
        store.keep(task_of({}), Run(replication, 0, run.outcome))
    found = reasons(store, task_of({}, {"seed": 6}), range(7))
    assert (found[0].n_kept, found[0].text) == (3, "not made yet: replication 2 to 3, 5 to 6")
    assert (found[1].n_kept, found[1].text) == (0, "differs from what is kept in seed: 0 -> 6")
    assert reasons(store, task_of({}), range(2))[0].text == ""


def test_pruning_takes_other_code_and_leftovers(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Points of other code and half-written files go.

    Points of this code stay, unless all is to go.
    """
    store = Store.open(tmp_path)
    store.keep(task_of({}), run)
    (current,) = kept_points(store)
    identities.code.cache_clear()
    monkeypatch.setattr(identities, "model_digest", lambda: "another")
    store.keep(task_of({"seed": 3}), run)
    monkeypatch.undo()
    identities.code.cache_clear()
    (current.folder / f".0-abc{PART}").write_bytes(b"half")
    assert sorted(point.is_current for point in kept_points(store)) == [False, True]
    n_points, n_bytes = prune(store)
    assert n_points == 1
    assert n_bytes > 1000
    assert [point.folder for point in kept_points(store)] == [current.folder]
    assert sorted(path.name for path in current.folder.iterdir()) == ["0.parquet", POINT]
    assert prune(store, everything=True)[0] == 1
    assert not kept_points(store)


def test_a_store_that_is_pruned_meanwhile_takes_the_run(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that vanishes between its making and the writing is made again."""
    store, task = Store.open(tmp_path), task_of({})
    pruned: list[tuple[int, int]] = []

    def write(outcome: Outcome, path: Path) -> None:
        if not pruned:
            pruned.append(prune(store, everything=True))
            raise FileNotFoundError(2, "No such file or directory")
        write_outcome(outcome, path)

    monkeypatch.setattr("sim.runs.store.write_outcome", write)
    store.keep(task, run)
    assert not store.fault
    assert pruned[0][0] == 1
    assert len(store.read(task, 0)) == 1
