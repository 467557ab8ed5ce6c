"""The headline figures of a study as a small table of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sim.report.cells import NOTHING, Cell, number_cell, percent_cell
from sim.report.words import count, factor_names, percent, share

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
        figures = {name: str(cell) for name, cell in headline(study, point).items()}
        rows.append({**{names[key]: str(level) for key, level in levels.items()}, **figures})
    return pd.DataFrame(rows)


def headline(study: Study, point: int) -> dict[str, Cell]:
    """Return the headline figures of a design point, by the name of their column."""
    return {
        "guaranteed on time": percent_cell(share(study, point, "on_time_share", commitment="guaranteed")),
        "overflow": percent_cell(share(study, point, "overflow_share")),
        "overflow a day": number_cell(count(study, point, "overflow_images_per_day")),
        "Monday pile-up": number_cell(count(study, point, "pile_up_factor")),
        "Monday backlog": number_cell(count(study, point, "monday_backlog")),
        "busiest pool": _busiest(study, point),
    }


def _busiest(study: Study, point: int) -> Cell:
    """Return the pool with the highest utilisation, and that."""
    pools = [pool["name"] for pool in study.manifest["scenario"]["plant"]["pools"]]
    found = {pool: count(study, point, "utilisation", pool=pool) for pool in pools}
    known = {pool: estimate.mean for pool, estimate in found.items() if estimate.known}
    if not known:
        return Cell(NOTHING)
    pool = max(known, key=known.__getitem__)
    return Cell(f"{pool} {percent(known[pool])} %")
