"""The results of a study as one JSON object, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.report.answer_folder import one_object, records

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
        points.append(
            {"levels": levels, "measures": records(summary.loc[summary["point"] == point, COLUMNS])}
        )
    return one_object({"scenario": study.name, "points": points})
