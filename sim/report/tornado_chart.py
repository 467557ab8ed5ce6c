"""The measure at both ends of each factor: a tornado."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from sim.report.sensitivity import (
    Row,
    end_rows,
    factor_rows,
    mean_words,
    names_of,
    share_words,
    title,
)
from sim.report.style import GREY, INK, NOTE_SIZE, headed_figure, look
from sim.report.targets import subject, unit_of
from sim.stats.intervals import Estimate, most_of
from sim.study.sensitivity import design_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.study.sensitivity import Sensitivity

FACES = {"low": ("white", "////"), "high": ("#9db7d5", "")}
"""Colour and hatch of a bar, by the end of the range."""
ROW_HEIGHT, AXIS_HEIGHT, BAR = 0.52, 1.0, 0.6


def tornado(found: Sensitivity) -> Figure:
    """Draw the measure at the low and the high end of each factor, the others at their own value.

    Parameters
    ----------
    found
        The answer.

    Returns
    -------
    Figure
        A row a factor, that of the widest swing on top, with bars from the scenario's own setting
        to both ends. Thin lines are the intervals of the differences, paired by replication. Right
        of them the total index of Sobol.
    """
    rows = sorted(factor_rows(found), key=lambda row: -swing(found, row))
    with look():
        figure = headed_figure(
            title(found), _note(found), height=ROW_HEIGHT * len(rows) + AXIS_HEIGHT
        )
        axes = figure.add_subplot()
        for place, row in enumerate(rows):
            left, right = sorted(
                end_rows(found)[row["factor"]].values(), key=lambda end: end["mean"]
            )
            for end in sorted((left, right), key=lambda end: -abs(end["difference"])):
                _bar(axes, found, place, end, upward=end is right)
            words = share_words(row, "total")
            _right(axes, place, "left out" if words == "-" else words.replace(" (", "\n("))
        _finish(axes, found, rows)
        figure.legend(
            handles=[Patch(facecolor=c, hatch=h, edgecolor=INK, label=f"{end} end") for end, (c, h) in FACES.items()],
            loc="outside lower center", ncols=2, fontsize=NOTE_SIZE,
        )  # fmt: skip
    return figure


def swing(found: Sensitivity, row: Row) -> float:
    """Return how far apart the measure is at the ends of a factor and at its own value."""
    means = [end["mean"] for end in end_rows(found)[row["factor"]].values()] + [found.analysis.base]
    return float(max(means) - min(means))


def _bar(axes: Axes, found: Sensitivity, place: int, end: Row, *, upward: bool) -> None:
    """Draw the bar of one end, its interval, and the level left or right of both."""
    color, hatch = FACES[end["end"]]
    base, size = found.analysis.base, end["mean"] - found.analysis.base
    axes.barh(place, size, BAR, left=base, color=color, hatch=hatch, edgecolor=INK, linewidth=0.7)
    tips = [end["mean"]]
    if not isnan(end["difference_low"]):
        bounds = Estimate(size, base + end["difference_low"], base + end["difference_high"])
        tips = list(bounds.within(0.0, most_of(found.asked.measure))[1:])
        axes.plot(tips, [place, place], color=INK, linewidth=1.2, marker="|", markersize=7)
    axes.annotate(
        f"{end['level']:g}", (max(*tips, end["mean"], base) if upward else min(*tips, end["mean"], base), place),
        (4 if upward else -4, 0), textcoords="offset points", va="center", ha="left" if upward else "right",
        fontsize=NOTE_SIZE,
    )  # fmt: skip


def _right(axes: Axes, place: float, text: str) -> None:
    axes.annotate(
        text, (1.0, place), (10, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
        va="center", fontsize=NOTE_SIZE,
    )  # fmt: skip


def _finish(axes: Axes, found: Sensitivity, rows: list[Row]) -> None:
    """Name the factors, the axis and the column of indices, and mark the scenario's own setting."""
    names = names_of(found)
    axes.axvline(found.analysis.base, color=INK, linewidth=1.0)
    axes.set_yticks(range(len(rows)), [names[row["factor"]] for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.margins(x=0.12)
    axes.tick_params(axis="y", length=0)
    unit = unit_of(found.asked.measure)
    if unit == "%":
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    axes.set_xlabel(subject(found.asked.figure) + (f" ({unit})" if unit else ""))
    axes.annotate(
        "share of variance\nin all (ST)", (1.0, -0.6), (10, 2), xycoords=("axes fraction", "data"),
        textcoords="offset points", va="bottom", fontsize=NOTE_SIZE, color=GREY,
    )  # fmt: skip


def _note(found: Sensitivity) -> str:
    n, confidence = design_of(found.scenario).end_replications, 100 * found.scenario.spec.confidence
    pairs = (
        f"{n} replications, {confidence:g} % intervals of paired differences"
        if n > 1
        else "1 replication"
    )
    base = f"The line is the scenario's own setting: {mean_words(found, found.analysis.base)}"
    return f"{found.scenario.spec.name}: {pairs}. {base}. One factor at a time, the numbers are its ends"
