"""Drawing a figure against the factors of the study, a series per commitment."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FuncFormatter, PercentFormatter

from sim.report.style import GREY, LOOKS, NOTE_SIZE, WIDTH, Label, label_right, new_figure, nothing
from sim.report.words import (
    cut,
    factor_names,
    level_words,
    number,
    numbers,
    percent,
    percents,
    words_of,
)
from sim.stats.intervals import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sim.report.style import ChartFigure
    from sim.study.study import Study

    Floats = NDArray[np.float64]

TARGET_LINE: Any = (0, (2, 2))
MANY = 7
"""More design points than this need a wider figure."""
SHADE = "#eeeeee"
LETTERS = 72
"""More letters than this do not fit in one line below the axes."""


@dataclass(frozen=True)
class Plot:
    """What is drawn against the factors."""

    study: Study
    point: int
    """The design point that is marked."""
    title: str
    axis: str
    """Name of the quantity, with its unit."""
    series: Mapping[str, list[Estimate]]
    """An estimate a design point, by commitment."""
    top: float | None = None
    """The most that the quantity can be; None where it has no bound, and the axis begins at 0."""
    targets: tuple[tuple[str, str, float], ...] = ()
    """Commitment, ``at least`` or ``at most``, and bound."""


def draw(plot: Plot) -> ChartFigure:
    """Draw dots for one point, lines over one number, and groups of dots over anything else."""
    points: list[dict[str, Any]] = plot.study.manifest["points"]
    if not plot.series:
        return nothing(new_figure(plot.study, plot.title))
    if len(points) == 1:
        return _dots(plot)
    values = [value for levels in points for value in levels.values()]
    if len(points[0]) == 1 and all(
        isinstance(v, int | float) and not isinstance(v, bool) for v in values
    ):
        return _lines(plot, values)
    return _groups(plot)


def _lines(plot: Plot, levels: list[float]) -> ChartFigure:
    figure = new_figure(plot.study, plot.title, _shaded(plot))
    axes = figure.add_subplot()
    order = sorted(range(len(levels)), key=levels.__getitem__)
    step = 0.018 * (max(levels) - min(levels))  # apart, so that no interval hides another
    _mark(axes, levels[plot.point], 2 * step)
    middle = (len(plot.series) - 1) / 2
    for place, (name, row) in enumerate(plot.series.items()):
        at = [levels[point] + (place - middle) * step for point in order]
        _series(axes, name, at, [row[point] for point in order], line=LOOKS[name].line)
    _level_axis(axes, plot.study, levels)
    _value_axis(axes, plot)
    ends = [_end_label(name, [row[point] for point in order]) for name, row in plot.series.items()]
    label_right(axes, [*ends, *_target_lines(axes, plot)])
    return figure


def _shaded(plot: Plot) -> str:
    return f"Shaded: {', '.join(level_words(plot.study, plot.point))}"


def _mark(axes: Axes, at: float, reach: float) -> None:
    """Shade the place of a design point."""
    axes.axvspan(at - reach, at + reach, color=SHADE, linewidth=0, zorder=0)


def _level_axis(axes: Axes, study: Study, levels: list[float]) -> None:
    """Name the factor, and its levels where they are not too close for it."""
    ((key, name),) = factor_names(study).items()
    axes.set_xlabel(
        "DGI (guaranteed images a customer and day)" if name == "DGI" else f"{name} ({key})"
    )
    ordered = np.unique(levels)
    if len(ordered) > 1 and np.diff(ordered).min() >= 0.06 * np.ptp(ordered):
        axes.set_xticks(ordered, [f"{level:,g}" for level in ordered])


def _end_label(name: str, row: list[Estimate]) -> Label:
    last = [estimate.mean for estimate in row if estimate.known][-1]
    return Label(last, words_of(name), LOOKS[name].color, LOOKS[name].line)


def _groups(plot: Plot) -> ChartFigure:
    points = plot.study.manifest["points"]
    n, words = len(points), [_category(plot.study, point) for point in range(len(points))]
    slanted = n * max(len(word) for lines in words for word in lines) > LETTERS
    wider = 0.5 * max(n - MANY, 0) if slanted else 0.0
    figure = new_figure(plot.study, plot.title, _shaded(plot), width=min(WIDTH + wider, 20.0))
    axes = figure.add_subplot()
    apart = min(0.16, 0.8 / len(plot.series))
    _mark(axes, plot.point, 0.42)
    for place, (name, row) in enumerate(plot.series.items()):
        at = [point + (place - (len(plot.series) - 1) / 2) * apart for point in range(n)]
        _series(axes, name, at, row, line="none")
    slant: dict[str, Any] = (
        {"rotation": 60, "ha": "right", "rotation_mode": "anchor"} if slanted else {}
    )
    axes.set_xticks(range(n), [(", " if slanted else "\n").join(lines) for lines in words], **slant)
    axes.set(xlim=(-0.6, n - 0.4), xlabel=" and ".join(factor_names(plot.study).values()))
    _value_axis(axes, plot)
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=len(plot.series), handlelength=1, borderpad=0
    )
    label_right(axes, _target_lines(axes, plot))
    return figure


def _category(study: Study, point: int) -> list[str]:
    """Return the words of a design point; a level that is a word needs no name before it."""
    levels = study.manifest["points"][point].values()
    pairs = zip(level_words(study, point), levels, strict=True)
    return [cut(level) if isinstance(level, str) else words for words, level in pairs]


def _series(axes: Axes, name: str, at: list[float], row: list[Estimate], line: str) -> None:
    """Draw means with intervals; a mean without an interval is a mark alone."""
    means = np.array([estimate.mean for estimate in row])
    axes.errorbar(at, means, yerr=_bars(row), label=words_of(name), linestyle=line, **_marks(name))


def _marks(name: str) -> dict[str, Any]:
    look = LOOKS[name]
    marker = {
        "marker": look.marker,
        "markersize": 6,
        "markerfacecolor": look.fill,
        "markeredgecolor": look.color,
    }
    return {"color": look.color, "linewidth": 1.5, "elinewidth": 1.1, "capsize": 3, **marker}


def _bars(row: list[Estimate]) -> Floats:
    """Return the lengths below and above the means, shape (2, points)."""
    sides = [(e.mean - e.low, e.high - e.mean) if not isnan(e.low) else (0.0, 0.0) for e in row]
    bars: Floats = np.maximum(
        np.array(sides).T, 0.0
    )  # rounding leaves -1e-17, which matplotlib refuses
    return bars


def _value_axis(axes: Axes, plot: Plot) -> None:
    axes.set_ylabel(plot.axis)
    axes.set_ylim(*_limits(plot))
    axes.yaxis.set_major_formatter(_formatter(plot))
    axes.grid(axis="y", color="#e6e6e6", linewidth=0.6)
    axes.set_axisbelow(True)


def _formatter(plot: Plot) -> FuncFormatter | PercentFormatter:
    return (
        PercentFormatter(1.0, symbol=" %")
        if plot.top
        else FuncFormatter(lambda value, _: f"{value:,g}")
    )


def _limits(plot: Plot) -> tuple[float, float]:
    """Return limits that show all intervals and targets: counts from 0, shares up to the whole."""
    estimates = [estimate for row in plot.series.values() for estimate in row if estimate.known]
    if plot.top is None:
        most = max(float(np.nanmax([e.mean, e.high])) for e in estimates) or 1.0
        return -0.02 * most, 1.06 * most
    lowest = min(
        *(float(np.nanmin([e.mean, e.low])) for e in estimates),
        plot.top,
        *(t[2] for t in plot.targets),
    )
    room = max(plot.top - lowest, 0.01)
    return max(lowest - 0.08 * room, -0.02 * room), plot.top + 0.03 * room


def _target_lines(axes: Axes, plot: Plot) -> list[Label]:
    """Draw the targets, and return their labels."""
    for _, _, bound in plot.targets:
        axes.axhline(bound, color=GREY, linewidth=1, linestyle=TARGET_LINE, zorder=1)
    return [
        Label(bound, f"target: {words_of(commitment)}\n{side} {100 * bound:g} %", line=TARGET_LINE)
        for commitment, side, bound in plot.targets
    ]


def _dots(plot: Plot) -> ChartFigure:
    """Draw one row a commitment, its figure in words at the right."""
    names = list(plot.series)
    figure = new_figure(plot.study, plot.title, height=1.1 + 0.55 * len(names))
    axes = figure.add_subplot()
    for y, name in enumerate(names):
        estimate = plot.series[name][0]
        axes.errorbar(
            [estimate.mean], [y], xerr=_bars([estimate]), linestyle="none", **_marks(name)
        )
        said = (
            f"{percent(estimate.mean)} %{percents(estimate)}" if plot.top else _count_said(estimate)
        )
        axes.annotate(
            said, (1.02, y), xycoords=("axes fraction", "data"), va="center", fontsize=NOTE_SIZE
        )
    axes.set_yticks(range(len(names)), [words_of(name) for name in names])
    axes.set(ylim=(len(names) - 0.4, -0.6), xlabel=plot.axis, xlim=_limits(plot))
    axes.xaxis.set_major_formatter(_formatter(plot))
    axes.grid(axis="y", color="#e6e6e6", linewidth=0.6)
    for commitment, side, bound in plot.targets:
        if commitment in names:
            _target_tick(axes, names.index(commitment), side, bound)
    return figure


def _count_said(estimate: Estimate) -> str:
    return f"{number(estimate.mean)}{numbers(estimate)}"


def _target_tick(axes: Axes, row: int, side: str, bound: float) -> None:
    """Mark a target on its commitment's row."""
    axes.vlines([bound], row - 0.35, row + 0.35, color=GREY, linestyle=TARGET_LINE)
    towards_middle = "right" if bound > np.mean(axes.get_xlim()) else "left"
    axes.annotate(
        f"target {side} {100 * bound:g} %", (bound, row - 0.35), (0, 1), textcoords="offset points",
        ha=towards_middle, va="bottom", fontsize=9, color=GREY,
    )  # fmt: skip
