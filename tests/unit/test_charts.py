"""What charts say and show, from studies made by hand."""

from __future__ import annotations

import pytest

from sim.report.charts import CHARTS
from tests.chart_studies import STUDIES, Row, axes_of, drawn, rows_at, study_of, texts


@pytest.mark.parametrize(
    ("chart", "title"),
    [
        ("on_time_by_dgi", "On time: 99.0 % of guaranteed images at DGI 200 (98.8 to 99.2 %); "
         "from 98.5 % at DGI 300 to 99.5 % at DGI 100"),
        ("overflow_by_dgi", "Overflow: 40 images a day at DGI 200 (36 to 44); "
         "from 20 at DGI 300 to 60 at DGI 100"),
        ("due_by_weekday", "Monday pile-up: 2.50 times (2.25 to 2.75) the images due "
         "on a day from Tuesday to Friday at DGI 200"),
        ("weekend_backlog", "Weekend backlog: 820 images unfinished at Monday 00:00 UTC at DGI 200 "
         "(median; 410 to 1,640 in 80 % of weekends)"),
        ("utilisation_by_hour", "Busiest pool: retouch, 80.0 % of its roster at DGI 200 (75.0 to 85.0 %), "
         "95 % or more in 24 of 120 open hours"),
        ("lateness", "Late: 1.0 % of guaranteed images at DGI 200 (0.8 to 1.2 %)"),
    ],
)  # fmt: skip
def test_title_says_the_answer(chart: str, title: str) -> None:
    """The title gives the figure of today's point, its interval and the range."""
    assert drawn(chart, "swept")[0].get_label() == title


@pytest.mark.parametrize(
    ("chart", "title"),
    [
        ("on_time_by_dgi", "On time: nothing was due"),
        ("overflow_by_dgi", "Overflow: nothing was submitted"),
        ("due_by_weekday", "Monday pile-up: nothing was due from Monday to Friday"),
        ("weekend_backlog", "Weekend backlog: nothing was unfinished"),
        ("utilisation_by_hour", "Utilisation: nothing was worked on"),
        ("lateness", "Late: nothing was due"),
    ],
)
@pytest.mark.parametrize("name", ["nothing due", "nothing due, swept"])
def test_title_owns_up_to_nothing(chart: str, title: str, name: str) -> None:
    """Where there is nothing to measure, the title says so and gives no figure."""
    assert drawn(chart, name)[0].get_label() == title


def test_missing_figures_are_named_missing() -> None:
    """No weekend and no shift are not the same as an empty one."""
    assert (
        CHARTS["weekend_backlog"](STUDIES["no weekends"]).get_label()
        == "Weekend backlog: no whole weekend was counted"
    )
    assert (
        CHARTS["utilisation_by_hour"](STUDIES["no figures"]).get_label()
        == "Utilisation: nobody was on shift"
    )


def test_subtitle_names_what_the_figures_rest_on() -> None:
    """Scenario, replications, confidence and the shaded level stand below the title.

    One run has no intervals.
    """
    names = ("swept", "one point, one replication")
    subtitle = [CHARTS["on_time_by_dgi"](STUDIES[name]).texts[1].get_text() for name in names]
    assert subtitle == [
        "small: 8 replications, 90 % intervals. Shaded: DGI 200",
        "small: 1 replication, no intervals",
    ]


def test_on_time_lines_targets_and_intervals() -> None:
    """A line per commitment with figures at each DGI, whiskers to its bounds, and the target at 98 %."""
    _, (axes,) = drawn("on_time_by_dgi", "swept")
    guaranteed, additional = axes.containers
    assert list(guaranteed.lines[0].get_ydata()) == pytest.approx([0.995, 0.99, 0.985])
    whiskers = [segment[:, 1] for segment in guaranteed.lines[2][0].get_segments()]
    assert [list(pair) for pair in whiskers] == [
        pytest.approx(x) for x in ([0.993, 0.997], [0.988, 0.992], [0.983, 0.987])
    ]
    assert sorted(texts(axes)) == ["additional", "guaranteed", "target: guaranteed\nat least 98 %"]
    assert [0.98, 0.98] in [list(line.get_ydata()) for line in axes.lines]
    looks = [
        (c.lines[0].get_linestyle(), c.lines[0].get_marker()) for c in (guaranteed, additional)
    ]
    assert len(set(looks)) == 2
    assert guaranteed.lines[0].get_linestyle() != additional.lines[0].get_linestyle()


def test_levels_are_drawn_in_rising_order() -> None:
    """A sweep written from 300 down to 100 gives the same line, not one that runs backwards."""
    _, (axes,) = drawn("on_time_by_dgi", "levels falling")
    line = axes.containers[0].lines[0]
    assert list(line.get_xdata()) == sorted(line.get_xdata())
    assert list(line.get_ydata()) == pytest.approx([0.985, 0.99, 0.995])


def test_target_for_all_images_is_drawn_with_their_share() -> None:
    """A target that names no commitment is compared with the share of all images."""
    rows = [*rows_at(0), ("on_time_share", "all", "all", 0.97, 0.01)]
    study = study_of([{}], rows)
    study.manifest["scenario"]["targets"] = [{"measure": "on_time_share", "at_least": 0.95}]
    _, (axes,) = axes_of("on_time_by_dgi", study)
    assert "all" in [label.get_text() for label in axes.get_yticklabels()]
    assert "target at least 95 %" in texts(axes)


def test_bounds_stay_possible() -> None:
    """A t-interval that passes 100 % or falls below no image is cut there."""
    rows: list[Row] = [("on_time_share", "guaranteed", "all", 0.99, 0.02), *rows_at(0)[2:]]
    study = study_of([{}], rows)
    assert (
        CHARTS["on_time_by_dgi"](study).get_label()
        == "On time: 99.0 % of guaranteed images (97.0 to 100 %)"
    )
    assert "10 (0 to 22)" in texts(axes_of("overflow_by_dgi", study)[1][0])


def test_one_point_is_a_dot_plot_by_commitment() -> None:
    """Without a sweep each commitment is a row with its figure in words."""
    _, (axes,) = drawn("on_time_by_dgi", "one point")
    assert [label.get_text() for label in axes.get_yticklabels()] == ["guaranteed", "additional"]
    assert texts(axes) == [
        "99.5 % (99.3 to 99.7 %)",
        "90.0 % (85.0 to 95.0 %)",
        "target at least 98 %",
    ]


def test_words_and_several_factors_become_categories() -> None:
    """Levels that are no single number stand side by side with short names and no line between them."""
    _, (axes,) = drawn("on_time_by_dgi", "two factors")
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels == ["DGI 100\nedd", "DGI 100\nfifo", "DGI 200\nedd", "DGI 200\nfifo"]
    assert axes.get_xlabel() == "DGI and retouch discipline"
    assert {line.lines[0].get_linestyle() for line in axes.containers} == {"None"}
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["guaranteed", "additional"]


def test_weekday_bars_and_their_mean() -> None:
    """Bars have the heights of the table, Monday darker.

    The line is the mean of Tuesday to Friday.
    """
    _, (axes,) = drawn("due_by_weekday", "swept")
    assert [bar.get_height() for bar in axes.patches] == [500, 100, 200, 300, 200, 0, 20]
    assert axes.patches[0].get_facecolor() != axes.patches[1].get_facecolor()
    assert texts(axes) == [
        "500",
        "100",
        "200",
        "300",
        "200",
        "0",
        "20",
        "mean of Tuesday\nto Friday: 200",
    ]
    assert [200, 200] in [list(line.get_ydata()) for line in axes.lines]


def test_weekend_has_first_todays_and_last_point() -> None:
    """Medians of three points in three line styles, and the band of today's."""
    _, (axes,) = drawn("weekend_backlog", "swept")
    assert [line.get_ydata()[72] for line in axes.lines] == [720, 820, 920]
    assert (
        len({str(line.get_linestyle()) for line in axes.lines}) == 3
        or len({line.get_linewidth() for line in axes.lines}) == 2
    )
    (band,) = axes.collections
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (50, 2600)
    assert sorted(texts(axes)) == ["DGI 100", "DGI 200", "DGI 300"]


def test_utilisation_map_leaves_closed_hours_blank() -> None:
    """Monday is at 100 %, Tuesday to Friday at 50 %.

    At the weekend nobody is on shift, which is not 0 %.
    """
    _, axes = drawn("utilisation_by_hour", "swept")
    values = axes[0].collections[0].get_array()
    assert values is not None
    table = values.reshape(7, 24)
    assert (table[0] == 100).all()
    assert (table[1:5] == 50).all()
    assert table.mask[5:].all()
    assert axes[0].patch.get_hatch()
    assert [panel.get_title("left") for panel in axes[:2]] == [
        "retouch: 80.0 % over the week",
        "support: 10.0 % over the week",
    ]


def test_lateness_panels_of_commitments_that_have_images() -> None:
    """Bars are the shares, late ones dark; the deadline is marked.

    Late shares come from all known images.
    """
    figure, axes = drawn("lateness", "swept")
    assert [panel.get_title("left") for panel in axes] == [
        "guaranteed: 1.0 % late",
        "additional: 10.0 % late",
    ]
    (early, late), (_, late_additional) = (panel.patches for panel in axes)
    assert (list(early.get_data().values), list(early.get_data().edges)) == (
        [0.25, 0.75],
        [-4, -2, 0],
    )
    assert (list(late.get_data().values), list(late.get_data().edges)) == ([0], [0, 2])
    assert list(late_additional.get_data().values) == [0.1]
    assert early.get_facecolor() != late.get_facecolor()
    assert [list(line.get_xdata()) for line in axes[1].lines] == [[0, 0]]
    assert axes[0].get_title() == "deadline"
    assert "outermost hold what lies beyond" in figure.texts[1].get_text().replace("\n", " ")
