"""The headline figures of a study as a small table of words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.report.words import Estimate, count, factor_names, number, numbers, percent, percents, share

if TYPE_CHECKING:
    from sim.study.study import Study


def summary_table(study: Study) -> pd.DataFrame:
    """Return the headline figures, one row a design point, as words for the terminal.

    Parameters
    ----------
    study
        The results.

    Returns
    -------
    DataFrame
        A column for each factor, then the on-time share of guaranteed images, overflow as a share and in
        images a day, pile-up factor, Monday backlog in images, and the busiest pool. ``-`` where nothing was
        measured. The numbers are in ``Study.summary``.
    """
    names = factor_names(study)
    rows = []
    for point, levels in enumerate(study.manifest["points"]):
        rows.append({**{names[key]: str(level) for key, level in levels.items()}, **_headline(study, point)})
    return pd.DataFrame(rows)


def _headline(study: Study, point: int) -> dict[str, Any]:
    return {
        "guaranteed on time": _percent(share(study, point, "on_time_share", commitment="guaranteed")),
        "overflow": _percent(share(study, point, "overflow_share")),
        "overflow a day": _number(count(study, point, "overflow_images_per_day")),
        "Monday pile-up": _number(count(study, point, "pile_up_factor")),
        "Monday backlog": _number(count(study, point, "monday_backlog")),
        "busiest pool": _busiest(study, point),
    }


def _percent(value: Estimate) -> str:
    return f"{percent(value.mean)} %{percents(value)}" if value.known else "-"


def _number(value: Estimate) -> str:
    return f"{number(value.mean)}{numbers(value)}" if value.known else "-"


def _busiest(study: Study, point: int) -> str:
    """Return the pool with the highest utilisation, and that."""
    pools = [pool["name"] for pool in study.manifest["scenario"]["plant"]["pools"]]
    found = {pool: count(study, point, "utilisation", pool=pool) for pool in pools}
    known = {pool: estimate.mean for pool, estimate in found.items() if estimate.known}
    if not known:
        return "-"
    pool = max(known, key=known.__getitem__)
    return f"{pool} {percent(known[pool])} %"
