"""What one editor more or one fewer on each line does, with intervals."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

from sim.report.style import GREY, INK, NOTE_SIZE, headed_figure, look, nothing
from sim.report.words import cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.study.staffing import Staffing

PANELS = {
    "on_time_share": ("guaranteed images on time\n(percentage points)", 100.0),
    "monday_backlog": ("Monday backlog\n(images)", 1.0),
}
"""Label and scale of each panel, by measure."""
MARKS = {-1: ("one editor fewer", "v", INK, -0.16), 1: ("one editor more", "^", "white", 0.16)}
"""Label, marker, fill and place within its row, by change: shape and fill tell them apart without
colour."""
ROW_HEIGHT, AXIS_HEIGHT = 0.42, 1.15  # inches


def marginal_effects(found: Staffing) -> Figure:
    """Change of on-time share and Monday backlog by one editor on each line, around the roster needed.

    Parameters
    ----------
    found
        The answer; where no roster meets the targets, the changes are those around today's.

    Returns
    -------
    Figure
        Two panels with a row a line: an open triangle up for one editor more, a dark one down for
        one fewer, each with the interval of the paired difference.
    """
    around = "today" if found.needed is None else "needed"
    rows = found.margins[found.margins["around"] == around].to_dict("records")
    with look():
        figure = headed_figure(
            _title(found, rows),
            _note(found, rows),
            height=ROW_HEIGHT * len(found.lines) + AXIS_HEIGHT,
        )
        if not rows:
            return nothing(figure)
        figure.get_layout_engine().set(w_pad=0.12)  # type: ignore[union-attr, call-arg]
        axes = figure.subplots(1, len(PANELS), sharey=True)
        for own, measure in zip(axes, PANELS, strict=True):
            _panel(own, found, [row for row in rows if row["measure"] == measure], measure)
        axes[0].set_yticks(
            range(len(found.lines)), [_label(found, place) for place in range(len(found.lines))]
        )
        axes[0].set_ylim(len(found.lines) - 0.5, -0.5)
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower right", ncols=2, fontsize=NOTE_SIZE)
    return figure


def _panel(axes: Axes, found: Staffing, rows: list[dict[Any, Any]], measure: str) -> None:
    """Draw the effects on one measure."""
    label, scale = PANELS[measure]
    places = {(line.pool_name, line.number): place for place, line in enumerate(found.lines)}
    for change, (name, marker, fill, offset) in MARKS.items():
        own = [row for row in rows if row["change"] == change and not isnan(row["difference"])]
        means = [scale * row["difference"] for row in own]
        arms = [
            [scale * abs(row["difference"] - row[end]) for row in own] for end in ("low", "high")
        ]
        heights = [places[row["pool"], row["line"]] + offset for row in own]
        axes.errorbar(
            means,
            heights,
            xerr=arms,
            fmt=marker,
            color=INK,
            mfc=fill,
            ms=6,
            elinewidth=1.1,
            capsize=2.5,
            label=name,
        )
    axes.axvline(0, color=GREY, linewidth=0.9)
    for place in range(1, len(found.lines)):
        axes.axhline(place - 0.5, color=GREY, linewidth=0.5, linestyle=(0, (1, 3)))
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(label)


def _label(found: Staffing, place: int) -> str:
    line, shift = found.lines[place], found.lines[place].shift
    n = shift.editors if found.needed is None else found.needed[place]
    return f"{cut(line.pool_name)}: {n}\n{shift.days} {shift.begins}-{shift.ends}"


def _title(found: Staffing, rows: list[dict[Any, Any]]) -> str:
    """Say the answer, and where one editor fewer costs most."""
    today = sum(line.shift.editors for line in found.lines)
    if found.needed is None:
        return (
            f"No roster is shown to meet the targets; effect of one editor around today's {today:,}"
        )
    said = f"{sum(found.needed):,} editors meet the targets, {today:,} are there today"
    shares = [
        row
        for row in rows
        if row["measure"] == "on_time_share" and row["change"] < 0 and row["high"] < 0
    ]
    if not shares:
        return said
    worst = min(shares, key=lambda row: row["difference"])
    where = f"{worst['pool']} {worst['days']} {worst['from']}-{worst['to']}"
    return f"{said}; one fewer at {where} costs {-100 * worst['difference']:.2g} points on time"


def _note(found: Staffing, rows: list[dict[Any, Any]]) -> str:
    around = "today's roster" if found.needed is None else "the roster needed"
    n = max((row["n"] for row in rows), default=0)
    confidence = 100 * found.scenario.spec.confidence
    return (
        f"{found.scenario.spec.name}: change from {around} by one editor on a line; behind a pool are the editors of "
        f"the line. {n} replications that the search did not use, paired, {confidence:g} % intervals"
    )
