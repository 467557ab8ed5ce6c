"""What a visit costs in the SimPy model, and how that changes with the number of images and the load.

The yardstick is SimPy alone: the same number of timeouts with a callback each and nothing done in
it. Runs are interleaved and the least of three is taken, so that other work on the machine does as
little as possible.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from functools import partial

import simpy

from sim.plant.draws import draw_replication
from sim.plant.model import PlantModel
from sim.plant.run_input import RunInput, prepare_run_input
from sim.scenario.schema import ScenarioSpec

MINUTES = 3.0
EDITORS = 20
ROUNDS = 3


def spec(images: int, load: float, editors: int = EDITORS) -> ScenarioSpec:
    """Return three stations of `editors` each on three weekly shift patterns, 3 % rework, and about so many images."""
    roster = [
        {"days": "Mon-Fri", "from": "06:00", "to": "14:00", "editors": editors},
        {"days": "Mon-Fri", "from": "14:00", "to": "22:00", "editors": editors},
        {"days": "Mon-Sun", "from": "22:00", "to": "06:00", "editors": editors},
    ]
    hours_a_day = editors * (16 * 5 + 8 * 7) / 7
    images_a_day = hours_a_day * 60 * load / (MINUTES * 1.03)
    weeks = max(1, round(images / images_a_day / 7))
    stations = [
        {"station": name, "pool": name, "minutes": {"exponential": {"mean": MINUTES}}}
        for name in "abc"
    ]
    stations[2]["rework"] = {"share": 0.03, "to": "b"}
    pools = [{"name": name, "timezone": "Asia/Ho_Chi_Minh", "roster": roster} for name in "abc"]
    orders_a_day = min(images, weeks * 7 * images_a_day) / (weeks * 7) / 50 / 25
    demand = {
        "orders_per_day": orders_a_day,
        "images_per_order": {"geometric": {"mean": 25}},
        "hours": "always",
    }
    return ScenarioSpec.model_validate(
        {
            "name": "benchmark",
            "horizon": {"start": "2026-01-05", "weeks": weeks, "cool_down_weeks": 0},
            "plans": {"professional": {}},
            "customers": [
                {
                    "group": "shops",
                    "count": 50,
                    "plan": "professional",
                    "timezone": "UTC",
                    "demand": demand,
                }
            ],
            "plant": {"pools": pools, "route": stations},
        }
    )


def run_input_of(images: int, load: float) -> RunInput:
    """Return the prepared run."""
    scenario = spec(images, load)
    return prepare_run_input(scenario, draw_replication(scenario, {}, 0))


def model_visit(run_input: RunInput) -> float:
    """Return the seconds that a visit takes in the model, start-up excluded."""
    model = PlantModel(run_input)
    began = time.perf_counter()
    marks = model.run()
    taken = time.perf_counter() - began
    return taken / int((marks.ended_at > 0).sum())


def bare_event(n: int = 300_000, at_once: int = 3 * EDITORS) -> float:
    """Return the seconds that a timeout with a callback takes in SimPy alone."""
    env = simpy.Environment(0)
    left = [n]

    def again(_: simpy.Event) -> None:
        left[0] -= 1
        if left[0] > 0:
            env.timeout(97 + left[0] % 101).callbacks.append(again)

    for number in range(at_once):
        env.timeout(1 + number).callbacks.append(again)
    began = time.perf_counter()
    env.run(until=10**12)
    return (time.perf_counter() - began) / n


def main() -> None:
    """Print the microseconds a visit and the ratio to a bare SimPy event."""
    cases: dict[str, Callable[[], float]] = {"SimPy alone, an event": bare_event}
    for images, load in (
        (10_000, 0.9),
        (100_000, 0.9),
        (1_000_000, 0.9),
        (100_000, 1.0),
        (100_000, 1.2),
    ):
        cases[f"{images:>9,} images at load {load}"] = partial(
            model_visit, run_input_of(images, load)
        )
    best = dict.fromkeys(cases, float("inf"))
    for _ in range(ROUNDS):
        for name, measure in cases.items():
            gc.collect()
            best[name] = min(best[name], measure())
    base = best["SimPy alone, an event"]
    print("SimPy model, least of three rounds:")
    for name, seconds in best.items():
        print(f"  {name:32} {1e6 * seconds:6.2f} us a visit, {seconds / base:4.1f} x a bare event")


if __name__ == "__main__":
    main()
