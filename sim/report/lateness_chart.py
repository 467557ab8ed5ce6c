"""How early or late images are done, by commitment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import MultipleLocator, PercentFormatter

from sim.report.chart_tables import lateness_table
from sim.report.style import INK, PALE, chart, new_figure, nothing
from sim.report.words import at_point, highest, percent, percents, share, words_of
from sim.stats.intervals import Estimate

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.report.style import ChartFigure
    from sim.study.study import Study


@chart("Lateness", lateness_table)
def lateness(study: Study, point: int) -> ChartFigure:
    """Distribution of signed lateness in hours at a design point, a panel per commitment.

    Parameters
    ----------
    study
        The results.
    point
        Number of the design point; today's if left out.

    Returns
    -------
    ChartFigure
        Share of done images in bins of 2 h, on axes that are the same at all design points; the
        shares late are of all images known to be on time or late, with the unfinished ones.
    """
    rows = study.tables["lateness"]
    parts = {
        str(name): own
        for name, own in rows[rows["point"] == point].groupby("commitment", sort=False)
    }
    panels = {name: own for name, own in parts.items() if own["images"].sum() > 0}
    late = {name: _late(study, point, name) for name in parts}
    note = "Bins of 2 h, done images; the outermost hold what lies beyond. Late shares count unfinished images"
    figure = new_figure(
        study, _title(study, point, late), note, height=0.7 + 1.15 * max(len(panels), 2)
    )
    if not panels:
        return nothing(figure)
    places = figure.subplots(len(panels), sharex=True, squeeze=False)[:, 0]
    for axes, (name, own) in zip(places, panels.items(), strict=True):
        _panel(axes, own, 1.05 * highest(rows[rows["commitment"] == name], "share"))
        axes.set_title(f"{words_of(name)}: {_said(late[name])}", loc="left", fontsize=10)
    places[0].set_title("deadline", fontsize=9.5)  # the middle of the axis
    places[-1].set_xlabel("lateness (hours after the deadline; negative is early)")
    figure.supylabel("share of images (%)", fontsize=10)
    return figure


def _late(study: Study, point: int, commitment: str) -> Estimate:
    on_time = share(study, point, "on_time_share", commitment=commitment)
    return Estimate(1 - on_time.mean, 1 - on_time.high, 1 - on_time.low)


def _said(late: Estimate) -> str:
    return f"{percent(late.mean)} % late" if late.known else "none known to be late"


def _title(study: Study, point: int, late: dict[str, Estimate]) -> str:
    known = [name for name, estimate in late.items() if estimate.known]
    if not known:
        return "Late: nothing was due"
    name, first = words_of(known[0]), late[known[0]]
    return (
        f"Late: {percent(first.mean)} % of {name} images{at_point(study, point)}{percents(first)}"
    )


def _panel(axes: Axes, rows: pd.DataFrame, top: float) -> None:
    """Draw the early bins pale, the late ones dark, and the deadline between them."""
    for bins, color in ((rows[rows["from_hours"] < 0], PALE), (rows[rows["from_hours"] >= 0], INK)):
        edges = [*bins["from_hours"], *bins["to_hours"][-1:]]
        axes.stairs(bins["share"], edges, fill=True, facecolor=color, edgecolor=INK, linewidth=0.5)
    axes.set_ylim(0, top)
    axes.axvline(0, color=INK, linewidth=1.2, linestyle=(0, (4, 2)))
    axes.set_xlim(rows["from_hours"].min() - 1, rows["to_hours"].max() + 1)
    axes.xaxis.set_major_locator(MultipleLocator(12))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    axes.locator_params(axis="y", nbins=3)
