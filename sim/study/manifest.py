"""The manifest: what a result was made from, so that it can be made again."""

from __future__ import annotations

import hashlib
import json
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario.load import Case, Levels
    from sim.study.run import Finished

LIBRARIES = ("holidays", "numba", "numpy", "pandas", "scipy", "simpy", "tzdata")


def manifest(
    case: Case, levels: list[Levels], finished: Finished, verified: Any, run_seconds: float, workers: int
) -> dict[str, Any]:
    """Return the manifest of a study.

    Parameters
    ----------
    case
        The scenario with its order files.
    levels
        Levels of each design point.
    finished
        Which replications were run.
    verified
        What was compared with the SimPy model: False for nothing, None where it ran everything itself.
    run_seconds
        Time that the study took.
    workers
        Processes or threads that ran it.

    Returns
    -------
    dict
        Plain data for JSON. Only ``run`` may differ between two runs of the same study.
    """
    resolved = resolved_scenario(case)
    return {
        "scenario": resolved,
        "scenario_sha256": digest(resolved),
        "seed": case.spec.seed,
        "points": levels,
        "replications": list(finished.replications),
        "cut_off": finished.cut_off,
        "order_files": {name: replay.sha256 for name, replay in case.replays.items()},
        "bad_rows": {name: len(replay.bad_rows) for name, replay in case.replays.items()},
        "engine": {"asked": case.spec.engine, "used": engines_used(finished), "verified": verified},
        "code": {"version": version("dgisim"), "sha256": code_digest()},
        "libraries": {name: version(name) for name in LIBRARIES},
        "run": {"seconds": round(run_seconds, 3), "workers": workers, "python": platform.python_version()},
    }


def resolved_scenario(case: Case) -> dict[str, Any]:
    """Return the scenario as plain data, base files and defaults written out.

    The engine is left out, for no figure depends on it: its digest is that of what the figures were made from.
    """
    resolved: dict[str, Any] = case.spec.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"engine"})
    return resolved


def engines_used(finished: Finished) -> str:
    """Return the engine that ran a study; both, where ``auto`` took the SimPy model for some of it."""
    return " and ".join(sorted({outcome.engine for outcomes in finished.outcomes for outcome in outcomes}))


def digest(data: Any) -> str:
    """Return the SHA-256 of plain data, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


@cache
def code_digest() -> str:
    """Return the SHA-256 of the package's source files: two results of one digest come from the same code."""
    root = Path(__file__).parents[1]
    total = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()
