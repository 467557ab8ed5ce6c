"""Differences between two scenarios with their intervals: a forest plot."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D

from sim.report.comparison import (
    difference_words,
    in_percent,
    main_rows,
    settings,
    shown_pair,
    subject_of_row,
)
from sim.report.style import GREY, INK, NOTE_SIZE, look, new_figure, nothing
from sim.report.words import listed
from sim.study.diff import BETTER_NOW, CHANGED, NOT_SHOWN, NOT_TESTED, SAME, WORSE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.study.comparison import SideBySide

Row = dict[str, Any]

MARKS = {
    BETTER_NOW: ("^", "#2f7f6f", "#2f7f6f"),
    WORSE: ("v", "#b4541a", "#b4541a"),
    CHANGED: ("D", INK, INK),
    NOT_SHOWN: ("o", INK, "white"),
    SAME: ("|", GREY, GREY),
    NOT_TESTED: ("x", GREY, GREY),
}
"""Marker, its edge and its fill, by finding: shape and fill tell them apart without colour."""
ROW_HEIGHT, AXIS_HEIGHT = 0.42, 0.62  # inches
LONGEST = 27
"""More characters right of the plot would leave the figure."""


def differences(found: SideBySide) -> Figure:
    """Main figures of B less those of A, with intervals, at one pair of design points.

    Parameters
    ----------
    found
        The comparison.

    Returns
    -------
    Figure
        Shares in percentage points above, other figures in percent of A's mean below. The marker's
        shape is the finding.
    """
    pair = shown_pair(found)
    rows = [row for row in main_rows(found) if row["pair"] == pair and not isnan(row["difference"])]
    panels = [panel for panel in (_shares(rows), _relative(rows)) if panel]
    with look():
        height = sum(ROW_HEIGHT * len(panel) + AXIS_HEIGHT for panel in panels) + 0.4
        figure = new_figure(found.b, _title(rows), _note(found, pair), height=max(height, 1.5))
        if not panels:
            return nothing(figure)
        axes = figure.subplots(
            len(panels), 1, squeeze=False, height_ratios=[len(panel) + 1.2 for panel in panels]
        )
        for own, panel in zip(axes[:, 0], panels, strict=True):
            _draw(own, panel, in_percent(panel[0]["measure"]))
        _legend(figure, rows)
    return figure


def _shares(rows: list[Row]) -> list[Row]:
    """Return the figures that are shares, in percentage points."""
    return [_scaled(row, 100.0) for row in rows if in_percent(row["measure"])]


def _relative(rows: list[Row]) -> list[Row]:
    """Return the other figures in percent of A's mean; one that is 0 has no percent."""
    return [
        _scaled(row, 100.0 / row["a"])
        for row in rows
        if not in_percent(row["measure"]) and row["a"]
    ]


def _scaled(row: Row, factor: float) -> Row:
    return {
        **row,
        "words": _wrapped(difference_words(row)),
        **{name: factor * row[name] for name in ("difference", "low", "high")},
    }


def _wrapped(words: str) -> str:
    """Put a long interval on a line of its own."""
    return words if len(words) <= LONGEST else words.replace(" (", "\n(")


def _draw(axes: Axes, rows: list[Row], shares: bool) -> None:
    """Draw a row a figure: interval, marker, and the difference in words."""
    for place, row in enumerate(rows):
        marker, edge, fill = MARKS[row["finding"]]
        axes.plot(
            [row["low"], row["high"]],
            [place, place],
            color=edge,
            linewidth=1.6,
            solid_capstyle="butt",
        )
        axes.plot(row["difference"], place, marker, color=edge, markerfacecolor=fill, markersize=8)
        axes.annotate(
            row["words"], (1.0, place), (8, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
            va="center", fontsize=NOTE_SIZE,
        )  # fmt: skip
    axes.axvline(0, color=GREY, linewidth=0.8, linestyle=(0, (1, 2)), zorder=0)
    axes.set_yticks(range(len(rows)), [subject_of_row(row) for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    low, high = axes.get_xlim()
    most = max(-low, high, 1e-9)
    axes.set_xlim(-most, most)
    axes.set_xlabel("B less A, percentage points" if shares else "B less A, % of A's mean")
    axes.tick_params(axis="y", length=0)


def _legend(figure: Figure, rows: list[Row]) -> None:
    there = [finding for finding in MARKS if any(row["finding"] == finding for row in rows)]
    handles = [
        Line2D(
            [],
            [],
            linestyle="none",
            marker=marker,
            color=edge,
            markerfacecolor=fill,
            markersize=8,
            label=finding,
        )
        for finding, (marker, edge, fill) in MARKS.items()
        if finding in there
    ]
    figure.legend(
        handles=handles, loc="outside lower center", ncols=len(handles), fontsize=NOTE_SIZE
    )


def _title(rows: list[Row]) -> str:
    """Say what is better and what is worse."""
    found = {
        finding: [row for row in rows if row["finding"] == finding]
        for finding in (BETTER_NOW, WORSE)
    }
    parts = [
        f"{finding}: {listed([_short(row) for row in own])}"
        for finding, own in found.items()
        if own
    ]
    return f"B against A: {'; '.join(parts) or 'no main figure is shown to be better or worse'}"


def _short(row: Row) -> str:
    return f"{subject_of_row(row)} {difference_words(row).partition(' (')[0]}"


def _note(found: SideBySide, pair: int) -> str:
    names = [
        f"{side}: {study.name}{setting and f' at {setting}'}"
        for side, study, setting in zip(
            "AB", (found.a, found.b), settings(found, pair), strict=True
        )
    ]
    how = "Paired by replication" if found.paired else "Not paired: independent samples"
    more = f". One of {len(found.pairs)} settings that both have" if len(found.pairs) > 1 else ""
    return f"{'. '.join(names)}. {how}. An interval holds by itself, findings hold together{more}"
