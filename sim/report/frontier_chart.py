"""The map of what can be promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.patches import Rectangle

from sim.report.frontier import names_of, title
from sim.report.style import GREY, INK, WIDTH, headed_figure, look
from sim.report.words import cut
from sim.stats.chances import State
from sim.study.frontier import NOT_TESTED, TESTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.study.frontier import Frontier

FACES = {State.IN: ("#a9cfc4", ""), State.OUT: ("#f3ddcf", "////"), State.UNDECIDED: ("white", "")}
"""Colour and hatch of a point, by state; a word stands in it, too."""
WORDS = {State.IN: "IN", State.OUT: "OUT", State.UNDECIDED: "?"}
ROW_HEIGHT, AXIS_HEIGHT = 0.62, 1.25  # inches
WIDE = 10
"""More columns than this need a wider figure."""


def frontier_map(found: Frontier) -> Figure:
    """Draw the map: each point in, out or not decided, the boundary, and today's point.

    Parameters
    ----------
    found
        The answer.

    Returns
    -------
    Figure
        A cell a point with its state as a word. A tested one says its share of successes and has
        its word in bold; an inferred one says so in brackets. Heavy lines surround what is in, a
        diamond marks today's point.
    """
    width = max(WIDTH, WIDTH * len(found.x.levels) / WIDE)
    with look():
        height = ROW_HEIGHT * len(found.y.levels) + AXIS_HEIGHT
        figure = headed_figure(title(found), _note(found), height=height, width=min(width, 20.0))
        axes = figure.add_subplot()
        for row in found.points.to_dict("records"):
            place = divmod(row["point"], len(found.x.levels))
            _cell(axes, place, State(row["state"]), _below(row), is_tested=row["how"] == TESTED)
        _boundary(axes, found)
        _mark_today(axes, found)
        _label(axes, found)
    return figure


def _below(row: dict[object, object]) -> str:
    """Return what stands below the word of a point: its trials, or where its state comes from."""
    if row["how"] == TESTED:
        return f"{row['successes']} of {row['n']}"
    return NOT_TESTED if row["how"] == NOT_TESTED else "(inferred)"


def _cell(axes: Axes, place: tuple[int, int], state: State, below: str, *, is_tested: bool) -> None:
    """Draw a point: hatched where out, its word on a clear ground, bold where tested."""
    y, x = place
    color, hatch = FACES[state]
    axes.add_patch(
        Rectangle(
            (x - 0.5, y - 0.5), 1, 1, facecolor=color, hatch=hatch, edgecolor=GREY, linewidth=0.5
        )
    )
    ground = {"facecolor": color, "edgecolor": "none", "boxstyle": "square,pad=0.15"}
    weight, ink = (
        ("bold", INK) if is_tested else ("normal", GREY if state is State.UNDECIDED else INK)
    )
    axes.text(
        x,
        y + 0.13,
        WORDS[state],
        ha="center",
        va="center",
        fontsize=11,
        weight=weight,
        color=ink,
        bbox=ground,
    )
    axes.text(x, y - 0.24, below, ha="center", va="center", fontsize=8, color=ink, bbox=ground)


def _boundary(axes: Axes, found: Frontier) -> None:
    """Draw a heavy line between what is in and what is not.

    Dotted where the neighbour is not decided.
    """
    rows = [found.row(number) for number in range(len(found.y.levels))]
    for y, row in enumerate(rows):
        for x, state in enumerate(row):
            if x + 1 < len(row):
                _edge(axes, (state, row[x + 1]), [x + 0.5, x + 0.5], [y - 0.5, y + 0.5])
            if y + 1 < len(rows):
                _edge(axes, (state, rows[y + 1][x]), [x - 0.5, x + 0.5], [y + 0.5, y + 0.5])


def _edge(axes: Axes, sides: tuple[State, State], xs: list[float], ys: list[float]) -> None:
    if State.IN in sides and sides[0] is not sides[1]:
        line = ":" if State.UNDECIDED in sides else "-"
        axes.plot(
            xs,
            ys,
            color=INK,
            linewidth=3,
            linestyle=line,
            solid_capstyle="butt",
            gid="boundary",
            zorder=4,
        )


def _mark_today(axes: Axes, found: Frontier) -> None:
    """Put a diamond in the corner of today's point."""
    if found.today is not None:
        y, x = divmod(found.today, len(found.x.levels))
        axes.plot(
            [x - 0.4],
            [y + 0.3],
            marker="D",
            markersize=8,
            color=INK,
            mfc="white",
            mew=1.8,
            zorder=5,
            gid="today",
        )


def _label(axes: Axes, found: Frontier) -> None:
    x, y = names_of(found)
    axes.set_xticks(range(len(found.x.levels)), [cut(str(level)) for level in found.x.levels])
    axes.set_yticks(range(len(found.y.levels)), [cut(str(level)) for level in found.y.levels])
    axes.set(
        xlim=(-0.5, len(found.x.levels) - 0.5),
        ylim=(-0.5, len(found.y.levels) - 0.5),
        xlabel=x,
        ylabel=y,
    )
    axes.tick_params(length=0)


def _note(found: Frontier) -> str:
    today = "; diamond: today" if found.today is not None else ""
    return (
        f"{found.scenario.spec.name}: in where at least {100 * found.rule.assurance:g} % of replications have "
        f"{100 * found.target:g} % of guaranteed images on time, out (hatched) where not, ? not decided. Bold: tested, "
        f"with its successes{today}. {found.n_runs:,} runs instead of {found.n_full:,}; chance of any wrong point at "
        f"most {100 * found.rule.error:g} %"
    )
