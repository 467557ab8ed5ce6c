"""Utilisation of the pools by hour of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.report.chart_tables import utilisation_table
from sim.report.style import GREY, PALE, chart, new_figure
from sim.report.words import at_point, at_table, count, percent, percents
from sim.results.profiles import WEEKDAYS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sim.report.style import ChartFigure
    from sim.study.study import Study

    Floats = NDArray[np.float64]


@chart("Utilisation", utilisation_table)
def utilisation_by_hour(study: Study, point: int) -> ChartFigure:
    """Utilisation of each pool in each hour of the week, UTC, at a design point.

    Parameters
    ----------
    study
        The results.
    point
        Number of the design point; today's if left out.

    Returns
    -------
    ChartFigure
        A panel per pool, weekdays by hours. Hatched hours have nobody on shift.
    """
    rows = at_table(study, "by_hour_of_week", point)
    busy = {
        str(pool): _hours(rows, "busy_editors", pool)
        for pool in rows["pool"].unique()
        if pool != "all"
    }
    shares = {
        pool: _ratio(hours, _hours(rows, "editors_on_shift", pool)) for pool, hours in busy.items()
    }
    note = "Hatched: nobody on shift. Work after a shift's end counts, so an hour may pass 100 %"
    figure = new_figure(
        study, _utilisation_title(study, point, shares), note, height=0.6 + 1.75 * len(shares)
    )
    panels = figure.subplots(len(shares), sharex=True, squeeze=False)[:, 0]
    for axes, (pool, values) in zip(panels, shares.items(), strict=True):
        mesh = _week_map(axes, values)
        found = count(study, point, "utilisation", pool=pool)
        said = f"{percent(found.mean)} % over the week" if found.known else "nobody on shift"
        axes.set_title(f"{pool}: {said}", loc="left", fontsize=10)
    panels[-1].set_xlabel("hour of the day (UTC)")
    bar = figure.colorbar(
        mesh, ax=list(panels), extend="max", pad=0.02, shrink=min(1.0, 1.6 / len(shares))
    )
    bar.set_label("utilisation (% of editors on shift)")
    return figure


def _hours(rows: pd.DataFrame, quantity: str, pool: Any) -> Floats:
    """Return a quantity of a pool, shape (7, 24)."""
    own = rows[(rows["quantity"] == quantity) & (rows["pool"] == pool)]
    day = own["weekday"].map(WEEKDAYS.index).to_numpy()
    table = np.full((7, 24), np.nan)
    table[day, own["hour"].to_numpy()] = own["mean"].to_numpy()
    return table


def _ratio(busy: Floats, on_shift: Floats) -> Floats:
    """Return percent, NaN where nobody is on shift."""
    return 100 * np.divide(busy, on_shift, out=np.full_like(busy, np.nan), where=on_shift > 0)


def _week_map(axes: Axes, values: Floats) -> Any:
    axes.patch.set(facecolor="white", hatch="////", edgecolor=GREY, linewidth=0)
    mesh = axes.pcolormesh(
        np.arange(25), np.arange(8), np.ma.masked_invalid(values), cmap="Greys", vmin=0, vmax=100,
        edgecolors=PALE, linewidth=0.4,
    )  # fmt: skip
    axes.invert_yaxis()
    axes.set_yticks(np.arange(7) + 0.5, [day[:2] for day in WEEKDAYS], fontsize=9)
    axes.set_xticks(range(0, 25, 3))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return mesh


def _utilisation_title(study: Study, point: int, shares: dict[str, Floats]) -> str:
    """Name the busiest pool with its figure, and its fullest hours."""
    found = {pool: count(study, point, "utilisation", pool=pool) for pool in shares}
    known = {pool: estimate for pool, estimate in found.items() if estimate.known}
    if not known:
        return "Utilisation: nobody was on shift"
    pool = max(known, key=lambda name: known[name].mean)
    if not known[pool].mean:
        return "Utilisation: nothing was worked on"
    full = int((shares[pool] >= 95).sum())
    hours = f", 95 % or more in {full} of {int((~np.isnan(shares[pool])).sum())} open hours"
    return (
        f"Busiest pool: {pool}, {percent(known[pool].mean)} % of its roster"
        f"{at_point(study, point)}{percents(known[pool])}{hours}"
    )
