"""Charts over the week: images due by weekday, and the backlog over the weekend."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FuncFormatter

from sim.report.chart_tables import due_table, weekend_table
from sim.report.style import GREY, INK, PALE, Label, chart, label_right, new_figure, nothing
from sim.report.words import (
    at_point,
    at_table,
    count,
    estimate,
    highest,
    level_words,
    number,
    numbers,
)
from sim.results.profiles import WEEKDAYS
from sim.stats.intervals import Estimate

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.report.style import ChartFigure
    from sim.study.study import Study

DARK = "#9a9a9a"
MEAN_LINE: Any = (0, (4, 2))
LABEL_LETTERS = 26
MONDAY_HOUR, LAST_HOUR = 72, 120  # after Friday 00:00


def _thousands(value: float, _: int = 0) -> str:
    return f"{value:,g}"


@chart("Monday pile-up", due_table)
def due_by_weekday(study: Study, point: int) -> ChartFigure:
    """Images due by the customers' weekday at a design point, with the Monday pile-up.

    Parameters
    ----------
    study
        The results.
    point
        Number of the design point; today's if left out.

    Returns
    -------
    ChartFigure
        Images a week, on an axis that is the same at all design points; the line is the mean that
        the pile-up factor is taken of.
    """
    rows = at_table(study, "due_by_weekday", point).set_index("weekday").loc[list(WEEKDAYS)]
    days = [estimate(row) for _, row in rows.iterrows()]
    figure = new_figure(
        study, _pile_up_title(study, point, days), "Weekdays on the customers' calendars"
    )
    if not any(day.mean > 0 for day in days):
        return nothing(figure)
    axes = figure.add_subplot()
    _day_bars(axes, days)
    axes.set_ylabel("images due (a week)")
    axes.set_ylim(0, 1.12 * highest(study.tables["due_by_weekday"], "mean", "high"))
    axes.yaxis.set_major_formatter(FuncFormatter(_thousands))
    mean = float(np.mean([day.mean for day in days[1:5]]))
    axes.plot([0.6, 6.6], [mean, mean], color=INK, linewidth=1, linestyle=MEAN_LINE)
    axes.set_xlim(-0.6, 6.6)
    label_right(axes, [Label(mean, f"mean of Tuesday\nto Friday: {number(mean)}", line=MEAN_LINE)])
    return figure


def _pile_up_title(study: Study, point: int, days: list[Estimate]) -> str:
    factor = count(study, point, "pile_up_factor")
    if factor.known:
        times = f"{number(factor.mean)} times{numbers(factor)}"
        return f"Monday pile-up: {times} the images due on a day from Tuesday to Friday{at_point(study, point)}"
    on_monday = days[0].mean > 0
    return f"Monday pile-up: nothing was due {'on the other weekdays' if on_monday else 'from Monday to Friday'}"


def _day_bars(axes: Axes, days: list[Estimate]) -> None:
    """Draw a bar a day, Monday darker, with interval and figure."""
    for x, day in enumerate(days):
        axes.bar(
            x, day.mean, width=0.7, color=DARK if x == 0 else PALE, edgecolor=INK, linewidth=0.8
        )
        top = day.mean if np.isnan(day.high) else day.high
        if not np.isnan(day.low):
            whisker = [[day.mean - day.low], [day.high - day.mean]]
            axes.errorbar(x, day.mean, yerr=whisker, color=INK, capsize=4, linewidth=1.3)
        axes.annotate(
            number(day.mean),
            (x, top),
            (0, 4),
            textcoords="offset points",
            ha="center",
            fontsize=9.5,
        )
    axes.set_xticks(range(7), [day[:3] for day in WEEKDAYS])
    axes.tick_params(axis="x", length=0)


@chart("Weekend backlog", weekend_table)
def weekend_backlog(study: Study, point: int) -> ChartFigure:
    """Unfinished images from Friday 00:00 to Tuesday 24:00 UTC, over all weekends and replications.

    Parameters
    ----------
    study
        The results.
    point
        Number of the design point; today's if left out.

    Returns
    -------
    ChartFigure
        Medians at the first, this and the last point; the band from 10 to 90 % of the weekends is
        this point's.
    """
    rows = {at: _weekend(study, at) for at in {0, point, len(study.manifest["points"]) - 1}}
    rows = {at: frame for at, frame in sorted(rows.items()) if len(frame)}
    title = _weekend_title(study, point, rows)
    note = "Line: median weekend; band: 10 to 90 % of weekends"
    figure = new_figure(study, title, f"{note}{at_point(study, point)}")
    if point not in rows or not any(frame["p90"].max() > 0 for frame in rows.values()):
        return nothing(figure)
    axes = figure.add_subplot()
    labels = [_weekend_line(axes, study, at, frame, at == point) for at, frame in rows.items()]
    _weekend_axes(axes, study)
    label_right(axes, labels)
    return figure


def _weekend(study: Study, point: int) -> pd.DataFrame:
    rows = at_table(study, "weekend", point)
    of_all: pd.DataFrame = rows[rows["friday"] == "all"].sort_values("hour")
    return of_all


def _weekend_title(study: Study, point: int, rows: dict[int, pd.DataFrame]) -> str:
    if point not in rows:
        return "Weekend backlog: no whole weekend was counted"
    monday = rows[point][rows[point]["hour"] == MONDAY_HOUR].iloc[0]
    if rows[point]["p90"].max() <= 0:
        return "Weekend backlog: nothing was unfinished"
    spread = f"{number(monday['p10'])} to {number(monday['p90'])} in 80 % of weekends"
    return (
        f"Weekend backlog: {number(monday['median'])} images unfinished at Monday 00:00 UTC"
        f"{at_point(study, point)} (median; {spread})"
    )


def _weekend_line(axes: Axes, study: Study, point: int, frame: pd.DataFrame, chosen: bool) -> Label:
    """Draw a median: the chosen point's broad with its band, the others thin upon it, seen even where they agree."""
    line: Any = "-" if chosen else (0, (5, 2)) if point == 0 else (0, (1, 1.5))
    color, width = (GREY, 3.5) if chosen else (INK, 1.4)
    if chosen:
        axes.fill_between(frame["hour"], frame["p10"], frame["p90"], color=PALE, linewidth=0)
    axes.plot(
        frame["hour"],
        frame["median"],
        color=color,
        linestyle=line,
        linewidth=width,
        zorder=2 if chosen else 3,
    )
    text = (
        "\n".join(
            line for words in level_words(study, point) for line in wrap(words, LABEL_LETTERS)
        )
        or "median"
    )
    return Label(float(frame["median"].iloc[-1]), text, color, line)


def _weekend_axes(axes: Axes, study: Study) -> None:
    """Set axes that are the same at all design points, so that a change of the point shows."""
    weekends = study.tables["weekend"]
    axes.set_xlim(0, LAST_HOUR)
    axes.set_ylim(0, 1.05 * highest(weekends[weekends["friday"] == "all"], "median", "p90"))
    days = ("Fri", "Sat", "Sun", "Mon", "Tue")
    axes.set_xticks(range(0, LAST_HOUR + 1, 24), [""] * 6)
    axes.set_xticks(range(12, LAST_HOUR, 24), days, minor=True)
    axes.tick_params(axis="x", which="minor", length=0)
    axes.tick_params(axis="x", which="major", length=7)
    axes.set_xlabel("day (UTC; ticks at 00:00)")
    axes.set_ylabel("images unfinished")
    axes.yaxis.set_major_formatter(FuncFormatter(_thousands))
    axes.grid(axis="x", color="#e6e6e6", linewidth=0.6)
