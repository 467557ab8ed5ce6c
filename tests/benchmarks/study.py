"""What a whole study costs: from the scenario to the summary, part by part, by size and by workers.

Each measurement runs in a process of its own, so that its peak of memory is its own. Times are of
the wall, on a machine that should have nothing else to do; shares and ratios say more than they do.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from typing import Any

from sim.plant.compiled.engine import run as run_kernel
from sim.plant.counter.count import count
from sim.plant.draws import draw_replication
from sim.plant.run_input import prepare_run_input
from sim.results.measures import figures
from sim.results.profiles import profiles
from sim.runs.executor import SERIAL, Executor
from sim.runs.replication import Task
from sim.runs.run import run_all
from sim.scenario.schema import ScenarioSpec
from tests.benchmarks.engine import spec

MILLION = 1_000_000
LEVELS = 20
DGI = ("plans", "professional", "standard", "guaranteed_per_day")


def with_dgi(scenario: ScenarioSpec, images: int) -> ScenarioSpec:
    """Return the scenario at another DGI."""
    data = scenario.model_dump(by_alias=True, exclude_unset=True)
    data["plans"] = {"professional": {"standard": {"guaranteed_per_day": images}}}
    return ScenarioSpec.model_validate(data)


def points(images: int, levels: int) -> tuple[ScenarioSpec, ...]:
    """Return a sweep of the DGI from half of what a customer sends in a day to a multiple of it."""
    scenario = spec(images, 0.9)
    return tuple(with_dgi(scenario, 60 + 20 * level) for level in range(levels))


def parts(images: int) -> dict[str, float]:
    """Return the seconds of each part of one replication, from the scenario to the summary, and its visits."""
    (scenario,) = points(images, 1)
    taken: dict[str, float] = {}

    def timed(name: str, call: Any) -> Any:
        began = time.perf_counter()
        result = call()
        taken[name] = time.perf_counter() - began
        return result

    for _ in range(2):  # the first time loads code
        draws = timed("draws", lambda: draw_replication(scenario, {}, 0))
        run_input = timed("promises, quotes, ranks", lambda w=draws: prepare_run_input(scenario, w))
        trace = timed("run", lambda s=run_input: run_kernel(s))
        found = timed("counts", lambda s=run_input, t=trace: count(scenario, s, t))
        timed("figures and profiles", lambda f=found: (figures(f), profiles(f)))
    return {
        **taken,
        "visits": float(len(draws.visits.station)),
        "images": float(draws.first_image[-1]),
    }


def whole(images: int, editors: int) -> dict[str, float]:
    """Run one replication in a plant of so many editors a pool, from the scenario to the summary, for its memory."""
    scenario = spec(images, 0.9, editors)
    draws = draw_replication(scenario, {}, 0)
    run_input = prepare_run_input(scenario, draws)
    figures(count(scenario, run_input, run_kernel(run_input)))
    return {"images": float(draws.first_image[-1])}


def study(images: int, levels: int, replications: int, workers: int) -> dict[str, float]:
    """Return the seconds and the visits of a study, its verification left out."""
    task = Task(points(images, levels), {})
    small = Task(points(10_000, 1), {})
    run_all(small, [0], SERIAL, lambda _: None)  # loads code
    began = time.perf_counter()
    finished = run_all(task, range(replications), Executor(workers), lambda _: None)
    taken = time.perf_counter() - began
    return {
        "seconds": taken,
        "visits": float(sum(run.n_visits for runs in finished.outcomes for run in runs)),
    }


def apart(call: str, *arguments: int) -> dict[str, float]:
    """Return what a function of this module gives in a process of its own, with its peak of memory in bytes."""
    command = [sys.executable, "-m", "tests.benchmarks.study", call, *map(str, arguments)]
    found: dict[str, float] = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
    )
    return found


def main() -> None:
    """Print the tables of ``docs/performance.md``."""
    print("One replication, from scenario to summary:")
    for images in (10_000, 100_000, MILLION, 10 * MILLION):
        found = apart("parts", images)
        visits = found.pop("visits")
        most, n_images = found.pop("peak"), found.pop("images")
        each = ", ".join(f"{name} {1e9 * seconds / visits:.1f}" for name, seconds in found.items())
        total = 1e6 * sum(found.values()) / visits
        print(
            f"  {n_images:>10,.0f} images: {total:.3f} us a visit; ns: {each}; peak {most / n_images:.0f} B an image"
        )
    print(f"{LEVELS} settings x 10 replications x 1 million images, without verification:")
    for workers in (2, 1):
        found = apart("study", MILLION, LEVELS, 10, workers)
        print(f"  {workers} workers: {found['seconds']:.1f} s, peak {found['peak'] / 1e6:.0f} MB")
    for levels in (5, 1):
        one, two = (
            apart("study", MILLION // 5, levels, 20, workers)["seconds"] for workers in (1, 2)
        )
        what = f"20 replications x {levels} settings x 200,000 images"
        print(f"{what}: {one:.1f} s, two workers {one / two:.2f} x as fast")
    found = apart("whole", 50 * MILLION, 200)
    peak = found["peak"] / found["images"]
    print(f"{found['images']:,.0f} images in one replication: peak {peak:.1f} bytes an image")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        found = globals()[sys.argv[1]](*map(int, sys.argv[2:]))
        print(
            json.dumps({**found, "peak": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss})
        )
    else:
        main()
