"""Draws and runs on threads: their order, what is alive, and what comes out."""

from __future__ import annotations

import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

import pytest

from sim.runs.batches import Pipeline
from sim.runs.replication import Batch, Task
from sim.scenario.schema import ScenarioSpec
from tests.scenario_fields import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable

N_REPLICATIONS, N_POINTS = 6, 3
PATIENCE = 20  # seconds until a test that hangs fails


class Drawn:
    """A draws in name only."""

    def __init__(self, replication: int, group: tuple[int, ...]) -> None:
        self.replication, self.group = replication, group


class Recorder:
    """Stands in for draws and runs, and notes them."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []
        self.drawn: list[weakref.ref[Drawn]] = []
        self.most_alive = 0
        self.lock = threading.Lock()

    def draw(self, task: Task, replication: int, group: tuple[int, ...]) -> Drawn:
        """Note a draw, and how many are alive with it."""
        draws = Drawn(replication, group)
        with self.lock:
            self.events.append(("draw", replication))
            self.drawn.append(weakref.ref(draws))
            self.most_alive = max(self.most_alive, sum(ref() is not None for ref in self.drawn))
        return draws

    def run(self, task: Task, draws: Drawn, replication: int, point: int) -> tuple[int, int]:
        """Note a run, which gets the draws of its replication and group."""
        assert (draws.replication, point in draws.group) == (replication, True)
        with self.lock:
            self.events.append(("run", replication, point))
        return replication, point


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Put a recorder in the place of draws and runs."""
    recorder = Recorder()
    monkeypatch.setattr("sim.runs.batches.draw", recorder.draw)
    monkeypatch.setattr("sim.runs.batches.run_point", recorder.run)
    return recorder


def task_of(*changes: dict[str, Any]) -> Task:
    """Return a task with a design point for each change of the small scenario."""
    return Task(tuple(ScenarioSpec.model_validate({**SMALL, **change}) for change in changes), {})


SHARED = task_of(*({"name": f"point {number}"} for number in range(N_POINTS)))
APART = task_of(*({"seed": number} for number in range(N_POINTS)))


def by_replication(pipeline: Pipeline) -> dict[int, Any]:
    """Make all runs of a pipeline, and return what came out, by replication and point."""
    found: dict[int, Any] = {}
    for replication, point, outcome in pipeline.finishing():
        found.setdefault(replication, {})[point] = outcome
    return found


def finished(task: Task, workers: int) -> dict[int, Any]:
    """Run all replications, and return what came out by replication."""
    every = tuple(range(N_POINTS))
    work = [Batch(number, every) for number in range(N_REPLICATIONS)]
    with ThreadPoolExecutor(workers) as threads:
        return by_replication(Pipeline(task, work, threads, most_batches=workers + 1))


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("task", [SHARED, APART], ids=["shared draws", "draws apart"])
def test_every_run_comes_out_once(recorder: Recorder, task: Task, workers: int) -> None:
    """Each replication has the outcome of each point, for any number of threads."""
    expected = {
        number: {point: (number, point) for point in range(N_POINTS)}
        for number in range(N_REPLICATIONS)
    }
    assert finished(task, workers) == expected
    assert len(recorder.drawn) == N_REPLICATIONS * len(task.groups)


@pytest.mark.parametrize("task", [SHARED, APART], ids=["shared draws", "draws apart"])
def test_only_what_is_wanted_is_run(recorder: Recorder, task: Task) -> None:
    """Points that are not wanted in a replication are not run there, and what no wanted run needs is not drawn."""
    with ThreadPoolExecutor(2) as threads:
        found = by_replication(
            Pipeline(task, [Batch(3, (1,)), Batch(5, (0, 2))], threads, most_batches=3)
        )
    assert found == {3: {1: (3, 1)}, 5: {0: (5, 0), 2: (5, 2)}}
    assert len(recorder.drawn) == (2 if task is SHARED else 3)


def test_points_share_a_draw_where_nothing_drawn_differs() -> None:
    """Other guarantees, disciplines and engines share the draws, wherever they stand.

    Another seed does not.
    """
    plans = {"plans": {"professional": {"standard": {"guaranteed_per_day": 7}}}}
    pool = SMALL["plant"]["pools"][0]
    fifo = {
        "plant": {
            **SMALL["plant"],
            "pools": [{**pool, "discipline": "fifo", "shift_end": "hand_over"}],
        }
    }
    absent = {"plant": {**SMALL["plant"], "pools": [{**pool, "absence_share": 0.1}]}}
    assert task_of({}, plans, {"seed": 1}, fifo, {"engine": "simpy"}, absent).groups == [
        (0, 1, 3, 4),
        (2,),
        (5,),
    ]


def test_the_next_draw_is_handed_over_before_the_runs(recorder: Recorder) -> None:
    """One thread meets draw 0, draw 1, runs of 0, draw 2, runs of 1 and so on."""
    finished(SHARED, 1)
    expected: list[tuple[Any, ...]] = [("draw", 0)]
    for number in range(N_REPLICATIONS):
        expected += [("draw", number + 1)] * (number + 1 < N_REPLICATIONS)
        expected += [("run", number, point) for point in range(N_POINTS)]
    assert recorder.events == expected


@pytest.mark.parametrize("task", [SHARED, APART], ids=["shared draws", "draws apart"])
def test_at_most_three_workloads_are_alive_on_two_threads(recorder: Recorder, task: Task) -> None:
    """A draws is let go of when its runs are done.

    Two are run and one is drawn, never more, and none is kept.
    """
    finished(task, 2)
    assert recorder.most_alive <= 3
    assert not any(ref() for ref in recorder.drawn)


def test_a_slow_run_holds_nobody_up(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one run waits for all others to end, the other thread does them, with three draws alive at most."""
    ended = threading.Event()

    def run(task: Task, draws: Drawn, replication: int, point: int) -> tuple[int, int]:
        if (replication, point) == (0, 0):
            assert ended.wait(PATIENCE)
        if (replication, point) == (N_REPLICATIONS - 1, N_POINTS - 1):
            ended.set()
        return recorder.run(task, draws, replication, point)

    monkeypatch.setattr("sim.runs.batches.run_point", run)
    assert len(finished(SHARED, 2)) == N_REPLICATIONS
    assert recorder.most_alive == 3


@pytest.mark.parametrize("where", ["draw", "run"])
def test_an_error_in_a_thread_comes_out(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """What a draw or a run raises is raised here, and no thread hangs."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("broken")

    monkeypatch.setattr(
        f"sim.runs.batches.{'run_point' if where == 'run' else 'draw'}",
        cast("Callable[..., Any]", fail),
    )
    with pytest.raises(ZeroDivisionError, match="broken"):
        finished(SHARED, 2)
