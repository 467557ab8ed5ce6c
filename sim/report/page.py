"""The page of a study: one HTML file that needs nothing else, and the same in Markdown."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

from sim.report.answer import answer, compared, question
from sim.report.cautions import cautions, precision_words
from sim.report.charts import CHARTS
from sim.report.inline_svg import inline_svg
from sim.report.rendering import source, templates
from sim.report.scenario_words import scenario_words
from sim.report.style import take_off_header
from sim.report.summary import headline_table
from sim.report.targets import target_rows
from sim.report.words import level_words, made_from, own_point, todays_point
from sim.runs.gate import confidence_words

if TYPE_CHECKING:
    from sim.report.cells import Table
    from sim.report.style import Chart, ChartFigure
    from sim.study.study import Study

MOST_DRAWN = 12
"""Design points drawn on a page; more would make it slow to write and to load."""
WIDE = 1.3  # times the usual width
CHART_WIDTH = 5.0  # inches: letters of 10 points are legible on a phone


@dataclass(frozen=True)
class Panel:
    """A chart at a design point."""

    point: int
    sentence: str
    """What it shows, without the heading that stands over it."""
    note: str
    """What else a reader has to know."""
    svg: Markup
    table: Table | None
    """None where the chart has one table for all its panels."""


@dataclass(frozen=True)
class ChartView:
    """A chart at all design points that are drawn."""

    name: str
    heading: str
    panels: tuple[Panel, ...]
    table: Table | None
    wide: bool
    """Whether it is wider than others, and would be too small beside another."""


def page(study: Study) -> str:
    """Return a study as one HTML page.

    Parameters
    ----------
    study
        The results.

    Returns
    -------
    str
        HTML with styles, script, charts and tables in it. The same study gives the same text: how
        long a run took, and where, is left out.
    """
    points = drawn_points(study)
    script = source("page.js")
    template = templates(escape=True).get_template("page.html")
    return template.render(
        **_words(study),
        charts=[_view(study, chart, points) for chart in CHARTS.values()],
        choices=[(point, ", ".join(level_words(study, point))) for point in points],
        chosen=todays_point(study),
        own=own_point(study),
        n_points=len(study.manifest["points"]),
        manifest=_manifest(study),
        style=Markup(source("page.css")),
        script=Markup(script),
        script_digest=b64encode(sha256(script.encode()).digest()).decode(),
    )


def markdown(study: Study) -> str:
    """Return the page in short for a pull request, its charts as pictures in ``charts`` beside it.

    Parameters
    ----------
    study
        The results.

    Returns
    -------
    str
        Markdown as GitHub and GitLab read it.
    """
    sentences = {
        name: (chart.heading, _without_heading(chart, chart(study)))
        for name, chart in CHARTS.items()
    }
    return (
        templates(escape=False).get_template("report.md").render(**_words(study), charts=sentences)
    )


def drawn_points(study: Study) -> list[int]:
    """Return the design points to draw: all, or some over the whole range and today's."""
    n = len(study.manifest["points"])
    if n <= MOST_DRAWN:
        return list(range(n))
    return sorted(
        {*np.linspace(0, n - 1, MOST_DRAWN - 1).round().astype(int).tolist(), todays_point(study)}
    )


def _words(study: Study) -> dict[str, Any]:
    """Return what both forms say."""
    return {
        "name": study.name,
        "question": question(study),
        "compared": compared(study),
        "answer": answer(study),
        "made_from": made_from(study),
        "cautions": cautions(study),
        "precision": precision_words(study),
        "targets": target_rows(study),
        "confidence": confidence_words(study.confidence),
        "verdict_confidence": [
            confidence_words(verdict.confidence) for verdict in study.verdicts()
        ][:1],
        "headline": headline_table(study),
        "source": study.manifest,
        **scenario_words(study),
    }


def _view(study: Study, chart: Chart, points: list[int]) -> ChartView:
    """Draw a chart at all points; a table that is the same for all stands once."""
    figures = [chart(study, point) for point in points]
    return ChartView(
        chart.name,
        chart.heading,
        tuple(map(partial(_panel, study, chart), points, figures)),
        chart.table(study, points[0]) if chart.over_all_points else None,
        max(map(Figure.get_figwidth, figures)) > WIDE * CHART_WIDTH,
    )


def _panel(study: Study, chart: Chart, point: int, figure: ChartFigure) -> Panel:
    take_off_header(figure, CHART_WIDTH)
    svg = inline_svg(
        figure,
        f"{chart.name.replace('_', '-')}-{point}",
        f"Chart. {figure.get_label()}. Its figures are in the table.",
    )
    table = None if chart.over_all_points else chart.table(study, point)
    return Panel(point, _without_heading(chart, figure), figure.note, Markup(svg), table)


def _without_heading(chart: Chart, figure: ChartFigure) -> str:
    """Return the title for a place that the heading already stands over."""
    rest = str(figure.get_label()).removeprefix(f"{chart.heading}: ")
    return rest[:1].upper() + rest[1:]


def _manifest(study: Study) -> str:
    """Return the manifest as text, without what differs from run to run."""
    lasting = {key: value for key, value in study.manifest.items() if key != "run"}
    return json.dumps(lasting, indent=1, ensure_ascii=False)
