"""Charts of a figure against the factors of the study, a series per commitment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.report.chart_tables import COMMITMENTS, on_time_table, overflow_table
from sim.report.factor_plot import Plot, draw
from sim.report.style import chart
from sim.report.words import at_point, count, number, numbers, percent, percents, share, words_of
from sim.stats.intervals import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sim.report.style import ChartFigure
    from sim.study.study import Study


@chart("On time", on_time_table, over_all_points=True)
def on_time_by_dgi(study: Study, point: int) -> ChartFigure:
    """On-time share of images by commitment, at each level of the factor, with the targets.

    Parameters
    ----------
    study
        The results.
    point
        Number of the design point that is marked, and that the title begins with; today's if left
        out.

    Returns
    -------
    ChartFigure
        Shares of the images known to be on time or late; bounds are cut to 0 and 100 %.
    """
    points, targets = range(len(study.manifest["points"])), _targets(study)
    names = [*COMMITMENTS, *(["all"] if any(of == "all" for of, _, _ in targets) else [])]
    found = {
        name: [share(study, at, "on_time_share", commitment=name) for at in points]
        for name in names
    }
    series = _with_figures(found)
    main = next(iter(series), None)
    title = "On time: nothing was due"
    if main:
        title = _title(
            study, point, series[main], lambda e: f"On time: {percent(e.mean)} % of {words_of(main)} images",
            percents, lambda e: f"{percent(e.mean)} %"
        )  # fmt: skip
    return draw(Plot(study, point, title, "images on time (%)", series, 1.0, targets))


@chart("Overflow", overflow_table, over_all_points=True)
def overflow_by_dgi(study: Study, point: int) -> ChartFigure:
    """Images over the guarantee a day by commitment, at each level of the factor.

    Parameters
    ----------
    study
        The results.
    point
        Number of the design point that is marked, and that the title begins with; today's if left
        out.

    Returns
    -------
    ChartFigure
        Images a calendar day, over all customers; bounds are cut to 0.
    """
    points = range(len(study.manifest["points"]))
    if not any(share(study, at, "overflow_share").known for at in points):
        return draw(Plot(study, point, "Overflow: nothing was submitted", "", {}))
    names = ("all", "to_be_confirmed", "delivery_plan")
    found = {
        name: [count(study, at, "overflow_images_per_day", commitment=name) for at in points]
        for name in names
    }
    title = _title(study, point, found["all"], _overflow_a_day, numbers, lambda e: number(e.mean))
    return draw(
        Plot(study, point, title, "images over the guarantee (a day)", _with_figures(found))
    )


def _overflow_a_day(overflow: Estimate) -> str:
    return (
        f"Overflow: {number(overflow.mean)} images a day" if overflow.mean else "Overflow: no image"
    )


def _with_figures(series: Mapping[str, list[Estimate]]) -> dict[str, list[Estimate]]:
    return {name: row for name, row in series.items() if any(estimate.known for estimate in row)}


def _title(
    study: Study,
    point: int,
    row: list[Estimate],
    answer: Callable[[Estimate], str],
    bounds: Callable[[Estimate], str],
    short: Callable[[Estimate], str],
) -> str:
    """Return the answer for the point, or the first with a figure, and the range over all points."""
    known = [at for at, estimate in enumerate(row) if estimate.known]
    point = point if point in known else known[0]
    title = f"{answer(row[point])}{at_point(study, point)}{bounds(row[point])}"
    if len(known) < 2:
        return title
    least, most = min(known, key=lambda at: row[at].mean), max(known, key=lambda at: row[at].mean)
    if short(row[least]) == short(row[most]):
        return f"{title}; the same at all {len(known)} points"
    ends = [f"{short(row[at])}{at_point(study, at)}" for at in (least, most)]
    return f"{title}; from {ends[0]} to {ends[1]}"


def _targets(study: Study) -> tuple[tuple[str, str, float], ...]:
    """Return the targets for on-time shares by commitment."""
    return tuple(
        (target.get("commitment", "all"), side.replace("_", " "), target[side])
        for target in study.manifest["scenario"].get("targets", ())
        if target["measure"] == "on_time_share" and target.get("service", "all") == "all"
        for side in ("at_least", "at_most")
        if target.get(side) is not None
    )
