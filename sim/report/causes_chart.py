"""Late images by cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import PercentFormatter

from sim.report.chart_tables import cause_rows, causes_table
from sim.report.style import GREY, INK, PALE, chart, new_figure, nothing
from sim.report.words import at_point, estimate, number, percent, percents
from sim.study.causes import CAUSES, SERVICE, SEVERAL

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.report.style import ChartFigure
    from sim.stats.intervals import Estimate
    from sim.study.study import Study

SAID = {name: f"would be in time with {one.removed}" for name, one in CAUSES.items()} | {
    SEVERAL: "would be in time only with several causes removed",
    SERVICE: "would be late even with all causes removed",
}
"""By cause, what would become of the images that it explains."""


@chart("Why late", causes_table)
def late_causes(study: Study, point: int) -> ChartFigure:
    """Share of the late images that each cause explains, at a design point.

    Parameters
    ----------
    study
        The results.
    point
        Number of the design point; today's if left out.

    Returns
    -------
    ChartFigure
        A bar a cause, its dark part the images that no other cause explains. A cause explains an
        image that is in time in the same replication without this cause alone. The bars may add up
        to more than 100 %.
    """
    rows = cause_rows(study, point)
    shares = {name: estimate(row, 1.0) for name, row in rows.items()}
    known = any(share.known for share in shares.values())
    figure = new_figure(
        study, _title(study, point, rows, shares), _note(rows) if known else "", height=3.4
    )
    if not known:
        return nothing(figure)
    axes = figure.add_subplot()
    _bars(axes, rows, shares)
    return figure


def _title(
    study: Study, point: int, rows: dict[str, pd.Series], shares: dict[str, Estimate]
) -> str:
    if not rows:
        return "Why late: not worked out, for the replications are few or the study was cut off"
    if not any(share.known for share in shares.values()):
        return f"Why late: no image was late{at_point(study, point)}"
    top = max(shares, key=lambda name: shares[name].mean)
    share, where = shares[top], at_point(study, point)
    return f"Why late: {percent(share.mean)} % of late images{where}{percents(share)} {SAID[top]}"


def _note(rows: dict[str, pd.Series]) -> str:
    row = next(iter(rows.values()))
    n = int(row["n"])
    made = "one replication" if n == 1 else f"{n} replications"
    return (
        f"From {made} made again without one cause at a time; {number(row['all_late_images'])} late images in "
        f"{'it' if n == 1 else 'each'}. Dark: nothing else would do. Bars may add up to more than 100 %"
    )


def _bars(axes: Axes, rows: dict[str, pd.Series], shares: dict[str, Estimate]) -> None:
    """Draw a pale bar a cause, over it the dark part that the cause explains alone, and the share in words."""
    places = range(len(rows))
    means = [share.mean for share in shares.values()]
    alone = [row["alone_images"] / row["all_late_images"] for row in rows.values()]
    axes.barh(places, means, color=PALE, edgecolor=INK, linewidth=0.6, height=0.66)
    axes.barh(places, alone, color=INK, edgecolor=INK, linewidth=0.6, height=0.66)
    for place, share in zip(places, shares.values(), strict=True):
        axes.text(
            share.mean + 0.01,
            place,
            f"{percent(share.mean)} %{percents(share)}",
            va="center",
            fontsize=9.5,
        )
    axes.set_yticks(places, list(rows))
    axes.invert_yaxis()
    axes.axhline(
        len(CAUSES) - 0.5, color=GREY, linewidth=0.8, linestyle=(0, (1, 2))
    )  # what no single cause explains
    axes.set_xlim(0, 1.18)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1.0])
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    axes.set_xlabel("late images that would be in time (%)")
