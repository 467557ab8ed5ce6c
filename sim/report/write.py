"""Charts and pages on disk: the same study gives the same bytes."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg

from sim.report.charts import CHARTS
from sim.report.page import markdown, page
from sim.report.style import look

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

    from sim.study.study import Study

DOTS_PER_INCH = 150


def write_report(study: Study, folder: Path) -> None:
    """Write all that is shown of a study: its charts in ``charts``, ``report.html`` and ``report.md``.

    Parameters
    ----------
    study
        The results.
    folder
        An existing folder.
    """
    place = folder / "charts"
    place.mkdir(exist_ok=True)
    write_charts(study, place)
    write_pages(study, folder)


def write_pages(study: Study, folder: Path) -> None:
    """Write the page of a study as HTML, and in short as Markdown.

    Parameters
    ----------
    study
        The results.
    folder
        An existing folder.
    """
    for name, write in (("report.html", page), ("report.md", markdown)):
        (folder / name).write_text(write(study), encoding="utf-8", newline="\n")


def write_charts(study: Study, folder: Path) -> list[Path]:
    """Write every chart as SVG and PNG.

    Parameters
    ----------
    study
        The results.
    folder
        An existing folder.

    Returns
    -------
    list of Path
        The files, two a chart.
    """
    return [
        path for name, draw in CHARTS.items() for path in write_figure(draw(study), folder, name)
    ]


def write_figure(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write a figure as SVG and PNG; its title goes along as metadata, for those who cannot see it.

    Parameters
    ----------
    figure
        Made in the look of all charts.
    folder
        An existing folder.
    name
        Name of the files without ending.

    Returns
    -------
    list of Path
        Both files.
    """
    title = str(figure.get_label())
    svg, png = folder / f"{name}.svg", folder / f"{name}.png"
    FigureCanvasAgg(figure)
    with look(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # a letter that the font lacks is drawn as a box
        figure.draw_without_rendering()
        figure.set_layout_engine(None)  # laid out once for both files
        figure.savefig(svg, metadata={"Title": title, "Date": None})
        figure.savefig(png, dpi=DOTS_PER_INCH, metadata={"Title": title})
    return [svg, png]
