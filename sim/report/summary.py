"""The headline figures of a study as a small table of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sim.report.cells import NOTHING, Cell, Table, number_cell, percent_cell
from sim.report.words import count, factor_names, percent, share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
        A column for each factor, then the on-time share of guaranteed images, overflow as a share
        and in images a day, pile-up factor, Monday backlog in images, and the busiest pool. ``-``
        where nothing was measured. The numbers are in ``Study.summary``.
    """
    names = factor_names(study)
    rows = []
    for point, levels in enumerate(study.manifest["points"]):
        figures = {name: str(cell) for name, cell in headline(study, point).items()}
        rows.append({**{names[key]: str(level) for key, level in levels.items()}, **figures})
    return pd.DataFrame(rows)


def headline_table(study: Study) -> Table:
    """Return the headline figures, a row a design point."""
    points = range(len(study.manifest["points"]))
    figures = [headline(study, point) for point in points]
    caption = f"Headline figures{' by design point' if len(points) > 1 else ''}"
    return by_point(study, caption, list(figures[0]), [list(own.values()) for own in figures])


def by_point(
    study: Study, caption: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> Table:
    """Return a table with a row a design point, its levels in front."""
    names = tuple(factor_names(study).values())
    points = study.manifest["points"]
    heads = [
        tuple(Cell(str(level)) for level in levels.values()) or (Cell("as it is"),)
        for levels in points
    ]
    body = tuple((*head, *row) for head, row in zip(heads, rows, strict=True))
    return Table(
        caption,
        (*(names or ("setting",)), *columns),
        body,
        max(len(names), 1),
        tuple(range(len(points))),
    )


def headline(study: Study, point: int) -> dict[str, Cell]:
    """Return the headline figures of a design point, by the name of their column."""
    return {
        "guaranteed on time": percent_cell(
            share(study, point, "on_time_share", commitment="guaranteed")
        ),
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
