"""How charts look and how they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from sim.report.charts import CHARTS
from sim.report.page import CHART_WIDTH
from sim.report.style import take_off_header
from sim.report.write import write_charts
from sim.study.study import Study, read_study
from tests.chart_studies import STUDIES, drawn, study_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_draws_every_study(chart: str, name: str) -> None:
    """No study makes a chart fail or warn; every chart has a title."""
    assert drawn(chart, name)[0].get_label()


def assert_nothing_is_cut(figure: Any, axes: list[Any]) -> None:
    """Every text has 9 points or more, all lies inside the figure, and axes keep a size worth a look."""
    words = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()]
    assert min(float(text.get_fontsize()) for text in words) >= 9
    for artist in [*figure.texts, *axes]:
        box = artist.get_tightbbox()
        if box is not None:
            assert min(box.x0, box.y0) >= -1
            assert box.x1 <= figure.bbox.x1 + 1
            assert box.y1 <= figure.bbox.y1 + 1
    assert all(panel.get_position().width * figure.get_figwidth() > 2 for panel in axes[:1])


def assert_labels_are_apart(axes: list[Any]) -> None:
    """No two labels of an x axis, and no two annotations, lie on each other."""
    for panel in axes:
        ticks = [*panel.get_xticklabels(), *panel.get_xticklabels(minor=True)]
        level = [tick for tick in ticks if tick.get_text() and not tick.get_rotation()]
        for group in (level, panel.texts):
            boxes = [
                Text.get_window_extent(text).padded(-1) for text in group
            ]  # without leading lines
            assert not [1 for place, box in enumerate(boxes) if box.count_overlaps(boxes[:place])]


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("chart", CHARTS)
def test_nothing_is_cut_and_text_is_legible(chart: str, name: str) -> None:
    """Whatever the study, its charts are whole and can be read."""
    assert_nothing_is_cut(*drawn(chart, name))


@pytest.mark.parametrize("name", ["swept", "two factors", "one point", "many points"])
@pytest.mark.parametrize("chart", CHARTS)
def test_labels_do_not_overlap(chart: str, name: str) -> None:
    """Labels stand apart."""
    assert_labels_are_apart(drawn(chart, name)[1])


@pytest.mark.parametrize("name", ["swept", "two factors", "one point"])
@pytest.mark.parametrize("chart", CHARTS)
def test_charts_of_the_page_are_as_clear(chart: str, name: str) -> None:
    """The narrow form without a header, for the page, is whole and its labels stand apart too."""
    figure = CHARTS[chart](STUDIES[name])
    take_off_header(figure, CHART_WIDTH)
    assert figure.get_label() not in [text.get_text() for text in figure.texts]
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    assert_nothing_is_cut(figure, figure.axes)
    assert_labels_are_apart(figure.axes)


UNITS = {
    "on_time_by_dgi": ("DGI (guaranteed images a customer and day)", "images on time (%)"),
    "overflow_by_dgi": (
        "DGI (guaranteed images a customer and day)",
        "images over the guarantee (a day)",
    ),
    "due_by_weekday": ("", "images due (a week)"),
    "weekend_backlog": ("day (UTC; ticks at 00:00)", "images unfinished"),
    "utilisation_by_hour": ("hour of the day (UTC)", ""),
    "late_causes": ("late images that would be in time (%)", ""),
    "lateness": ("lateness (hours after the deadline; negative is early)", ""),
}


@pytest.mark.parametrize("chart", CHARTS)
def test_axes_have_units(chart: str) -> None:
    """Both axes say what they count and in which unit."""
    figure, axes = drawn(chart, "swept")
    panels = [panel for panel in axes if panel.get_label() != "<colorbar>"]
    assert (panels[-1].get_xlabel(), panels[-1].get_ylabel()) == UNITS[chart]
    if chart == "utilisation_by_hour":
        assert axes[-1].get_ylabel() == "utilisation (% of editors on shift)"
    if chart == "lateness":
        assert figure.get_supylabel() == "share of images (%)"


def test_two_writings_give_the_same_bytes(tmp_path: Path) -> None:
    """SVG and PNG carry no date and no random id, also after a study was stored and read back."""
    stored, first, second = (tmp_path / name for name in ("stored", "first", "second"))
    for folder in (stored, first, second):
        folder.mkdir()
    STUDIES["swept"].write(stored)
    once = write_charts(STUDIES["swept"], first)
    twice = write_charts(read_study(stored), second)
    assert sorted(path.name for path in once) == sorted(
        f"{name}.{kind}" for name in CHARTS for kind in ("svg", "png")
    )
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in twice]


def test_files_carry_their_title(tmp_path: Path) -> None:
    """The title is in the SVG as text, for programs and readers who cannot see the picture."""
    write_charts(STUDIES["one point"], tmp_path)
    text = (tmp_path / "on_time_by_dgi.svg").read_text(encoding="utf-8")
    assert "<dc:title>On time: 99.5 % of guaranteed images (99.3 to 99.7 %)</dc:title>" in text
    assert "<dc:date>" not in text


def test_letters_that_the_font_lacks_do_not_warn(tmp_path: Path) -> None:
    """A pool may be named in any script."""
    study = study_of([{}])
    hours = study.tables["by_hour_of_week"].replace({"pool": {"retouch": "修图"}})
    write_charts(Study(study.manifest, {**study.tables, "by_hour_of_week": hours}), tmp_path)
