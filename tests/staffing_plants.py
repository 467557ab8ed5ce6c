"""Plants whose least staffing is known.

An M/M/c queue, batches of constant work, and small ones to enumerate.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from sim import theory
from sim.results.figure import Figure
from sim.runs.executor import SERIAL
from sim.runs.replication import Task
from sim.runs.run import run_all
from sim.scenario.staffing import Heads, lines_of
from sim.stats.intervals import t_intervals
from sim.study.scenario import Scenario, load
from tests.scenario_fields import write

ARRIVALS, SERVICE, PROMISE = 0.1, 30.0, 72.0
"""Of the queue: arrivals a minute, minutes of service, minutes of the promise. Three editors' work,
so four or more."""
WORD = {"measure": "on_time_share", "commitment": "guaranteed"}
SHARE = Figure("on_time_share", "guaranteed")


def _plan(hours: float) -> dict[str, Any]:
    """Return a plan under which every image is an expedite order with a promise of so many hours, at any time."""
    expedite = {"hours": hours, "guaranteed_per_day": 1_000_000, "window": "always"}
    return {
        "standard": {"guaranteed_per_day": 1_000_000},
        "expedite": expedite,
        "weekend_hours": "none",
    }


def on_time(editors: int) -> float:
    """Return the on-time share of the queue with so many editors, by Erlang's C formula."""
    return 1 - theory.mmc_time_in_system_exceeds(PROMISE, ARRIVALS, SERVICE, editors)


def queue(folder: Path, target: float, seed: int = 1, **more: Any) -> Scenario:
    """Return the M/M/c queue, staffed with seven today, that is to have an on-time share."""
    line = {"days": "Mon-Sun", "from": "00:00", "to": "24:00", "editors": 7}
    demand = {
        "orders_per_day": 1440 * ARRIVALS,
        "images_per_order": {"constant": 1},
        "hours": "always",
    }
    return scenario(
        folder,
        hours=PROMISE / 60,
        group={"demand": {**demand, "expedite_share": 1.0}},
        pools=[{"name": "server", "timezone": "UTC", "discipline": "fifo", "roster": [line]}],
        minutes={"exponential": {"mean": SERVICE}},
        seed=seed,
        targets=[{**WORD, "at_least": target}],
        **more,
    )


def batches(
    folder: Path, images: dict[str, int], hours: float, roster: Sequence[dict[str, Any]]
) -> Scenario:
    """Return a plant that gets so many images at these instants, an hour's work each, all to be done in some hours."""
    rows = [f"k,{at},{count},expedite" for at, count in images.items()]
    (folder / "orders.csv").write_text(
        "customer_id,submitted_at,images,service\n" + "\n".join(rows) + "\n"
    )
    return scenario(
        folder,
        hours=hours,
        group={"orders": "orders.csv"},
        pools=[
            {"name": "server", "timezone": "UTC", "shift_end": "finish", "roster": list(roster)}
        ],
        minutes={"constant": 60},
        targets=[{**WORD, "at_least": 1.0}],
    )


def scenario(
    folder: Path,
    *,
    hours: float,
    group: dict[str, Any],
    pools: list[Any],
    minutes: dict[str, Any],
    **more: Any,
) -> Scenario:
    """Return a scenario of one station and one week."""
    group = {"group": "source", "plan": "promise", "timezone": "UTC", **group}
    route = [{"station": "service", "pool": pools[0]["name"], "minutes": minutes}]
    data = {
        "name": "staffed",
        "horizon": {"start": "2026-01-05", "weeks": 1, "cool_down_weeks": 1},
        "plans": {"promise": _plan(hours)},
        "customers": [group],
        "plant": {"pools": pools, "route": more.pop("route", route)},
        "replications": 5,
    }
    return load(write(folder / "staffed.yaml", {**data, **more}))


def enumerated(
    found: Scenario, most: Sequence[int], replications: int, confidence: float
) -> dict[Heads, bool]:
    """Return for each roster up to the most whether its on-time share is shown to be at least the target's.

    By scenarios that are changed key by key, all of them, and an interval over all replications: no
    search, no looks.
    """
    keys = [
        f"plant.pools.{line.pool_name}.roster.{line.number}.editors"
        for line in lines_of(found.spec.plant)
    ]
    rosters = [heads for heads in product(*(range(n + 1) for n in most)) if any(heads)]
    points = tuple(found.case.at(dict(zip(keys, heads, strict=True))).spec for heads in rosters)
    outcomes = run_all(
        Task(points, found.order_files), range(replications), SERIAL, lambda _: None
    ).outcomes
    values = np.array([[outcome.figures[SHARE] for outcome in row] for row in outcomes])
    low = t_intervals(values, confidence).low
    bound = found.spec.targets[0].at_least
    assert bound is not None
    return {heads: bool(low[place] >= bound) for place, heads in enumerate(rosters)}
