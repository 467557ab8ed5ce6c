"""The results of a study as one JSON object, for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.study.study import Study

COLUMNS = ["measure", "commitment", "service", "pool", "mean", "low", "high", "n"]


def study_json(study: Study) -> str:
    """Return ``{"scenario": ..., "points": [{"levels": ..., "measures": [...]}]}`` on one line.

    Parameters
    ----------
    study
        The results.

    Returns
    -------
    str
        JSON; a bound that one replication alone does not give is null.
    """
    summary = study.tables["summary"]
    points = []
    for point, levels in enumerate(study.manifest["points"]):
        rows = summary.loc[summary["point"] == point, COLUMNS].astype(object)
        points.append({"levels": levels, "measures": rows.where(rows.notna(), None).to_dict("records")})
    return json.dumps({"scenario": study.name, "points": points}, ensure_ascii=False, allow_nan=False)
