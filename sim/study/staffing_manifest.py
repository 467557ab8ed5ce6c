"""What a staffing was made from, so that it can be made again."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from sim.study.identity import LIBRARIES, code_digest, digest
from sim.study.manifest import resolved_scenario

if TYPE_CHECKING:
    from sim.study.staffing import Staffing


def staffing_manifest(found: Staffing) -> dict[str, Any]:
    """Return the manifest of a staffing.

    Returns
    -------
    dict
        Plain data for JSON; two runs of the same question give the same.
    """
    case = found.scenario.case
    resolved = resolved_scenario(case)
    return {
        "question": "staff",
        "scenario": resolved,
        "scenario_sha256": digest(resolved),
        "seed": case.spec.seed,
        "options": {"lines": [line.name for line in found.lines], "most": found.table["most"].tolist()},
        "needed": dict(zip((line.name for line in found.lines), found.needed, strict=True)) if found.needed else None,
        "proof": str(found.proof),
        "replications": {name: [own.start, own.stop - 1] for name, own in _replications(found).items()},
        "runs": found.n_runs,
        "order_files": {name: replay.sha256 for name, replay in case.replays.items()},
        "bad_rows": {name: len(replay.bad_rows) for name, replay in case.replays.items()},
        "code": {"version": version("dgisim"), "sha256": code_digest()},
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def _replications(found: Staffing) -> dict[str, range]:
    return {"search": found.search, "confirmation": found.confirmed}
