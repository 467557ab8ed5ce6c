"""The manifest: what a result was made from, so that it can be made again."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from sim.runs.identity import LIBRARIES, code_digest, digest

if TYPE_CHECKING:
    from sim.runs.run import Finished
    from sim.scenario.load import Case, Levels


def manifest(
    case: Case, levels: list[Levels], finished: Finished, verified: Any, made: dict[str, Any]
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
        What was compared with the SimPy model: False for nothing, None where it ran everything
        itself.
    made
        How it was run: workers, runs that were found in the store, seconds.

    Returns
    -------
    dict
        Plain data for JSON. Only ``run`` may differ between two runs of the same study.
    """
    return {
        **scenario_part(case),
        "points": levels,
        "replications": list(finished.replications),
        "cut_off": finished.cut_off,
        **orders_part(case),
        "engine": {"asked": case.spec.engine, "used": engines_used(finished), "verified": verified},
        **code_part(),
        "run": {**made, "python": platform.python_version()},
    }


def question_manifest(
    question: str, case: Case, asked: dict[str, Any], libraries: tuple[str, ...] = LIBRARIES
) -> dict[str, Any]:
    """Return the manifest of an answer.

    Parameters
    ----------
    question
        The command that asks it.
    case
        The scenario with its order files.
    asked
        Options, replications and whatever else determines the answer, or was found.
    libraries
        Those that it depends on.

    Returns
    -------
    dict
        Plain data for JSON; two runs of the same question give the same.
    """
    return {
        "question": question,
        **scenario_part(case),
        **asked,
        **orders_part(case),
        **code_part(libraries),
    }


def scenario_part(case: Case) -> dict[str, Any]:
    """Return what a manifest says of the scenario."""
    resolved = resolved_scenario(case)
    return {"scenario": resolved, "scenario_sha256": digest(resolved), "seed": case.spec.seed}


def orders_part(case: Case) -> dict[str, Any]:
    """Return what a manifest says of order files."""
    return {
        "order_files": {name: replay.sha256 for name, replay in case.replays.items()},
        "bad_rows": {name: len(replay.bad_rows) for name, replay in case.replays.items()},
    }


def code_part(libraries: tuple[str, ...] = LIBRARIES) -> dict[str, Any]:
    """Return what a manifest says of the code."""
    return {
        "code": {"version": version("dgisim"), "sha256": code_digest()},
        "libraries": {name: version(name) for name in libraries},
    }


def resolved_scenario(case: Case) -> dict[str, Any]:
    """Return the scenario as plain data, base files and defaults written out.

    The engine is left out, for no figure depends on it: its digest is that of what the figures were
    made from.
    """
    resolved: dict[str, Any] = case.spec.model_dump(
        mode="json", by_alias=True, exclude_none=True, exclude={"engine"}
    )
    return resolved


def engines_used(finished: Finished) -> str:
    """Return the engine that ran a study.

    Both, where ``auto`` took the SimPy model for some of it.
    """
    return " and ".join(
        sorted({outcome.engine for outcomes in finished.outcomes for outcome in outcomes})
    )
