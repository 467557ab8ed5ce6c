"""Charts and the summary table, from studies made by hand."""

from __future__ import annotations

from functools import cache
from math import nan
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from sim.report.charts import CHARTS
from sim.report.style import spread
from sim.report.summary import summary_table
from sim.report.words import factor_names, level_words, number, percent, todays_point
from sim.report.write import write_charts, write_report
from sim.study.study import Study, read_study

if TYPE_CHECKING:
    from pathlib import Path

DGI = "plans.professional.standard.guaranteed_per_day"
DISCIPLINE = "plant.pools.retouch.discipline"
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
COMMITMENTS = ["guaranteed", "additional", "to_be_confirmed", "delivery_plan"]
SWEEP = [{DGI: 100}, {DGI: 200}, {DGI: 300}]

Row = tuple[str, str, str, float, float]
"""Measure, commitment, pool, mean, half-width."""


def rows_at(point: int) -> list[Row]:
    """Return figures by point: on time 99.5, 99.0, 98.5 %, overflow 60, 40, 20 a day."""
    return [
        ("on_time_share", "guaranteed", "all", 0.995 - 0.005 * point, 0.002),
        ("on_time_share", "additional", "all", 0.9, 0.05),
        ("overflow_share", "all", "all", 0.3 - 0.1 * point, 0.01),
        ("overflow_images_per_day", "all", "all", 60.0 - 20 * point, 4.0),
        ("overflow_images_per_day", "to_be_confirmed", "all", 50.0 - 20 * point, 4.0),
        ("overflow_images_per_day", "delivery_plan", "all", 10.0, 12.0),
        ("pile_up_factor", "all", "all", 2.5, 0.25),
        ("monday_backlog", "all", "all", 1234.0, 100.0),
        ("utilisation", "all", "retouch", 0.8, 0.05),
        ("utilisation", "all", "support", 0.1, 0.01),
    ]


def manifest(points: list[dict[str, Any]], replications: int) -> dict[str, Any]:
    """Return what charts read of a manifest; the scenario's own DGI is 200, its discipline fifo."""
    pools = [{"name": "retouch", "discipline": "fifo"}, {"name": "support"}]
    scenario = {
        "name": "small",
        "confidence": 0.9,
        "plans": {"professional": {"standard": {"guaranteed_per_day": 200}}},
        "plant": {"pools": pools},
        "targets": [{"measure": "on_time_share", "commitment": "guaranteed", "service": "all", "at_least": 0.98}],
    }
    return {
        "scenario": scenario,
        "points": points,
        "replications": list(range(replications)),
        "cut_off": False,
    }


def summary(point: int, rows: list[Row], intervals: bool) -> pd.DataFrame:
    """Return the summary of a point."""
    columns: dict[str, list[Any]] = {"point": [point] * len(rows)}
    columns["measure"], columns["commitment"], columns["pool"], columns["mean"] = (
        [row[place] for row in rows] for place in (0, 1, 2, 3)
    )
    columns["low"] = [row[3] - row[4] if intervals else nan for row in rows]
    columns["high"] = [row[3] + row[4] if intervals else nan for row in rows]
    return pd.DataFrame({**columns, "service": "all"})


def due(point: int, scale: float) -> pd.DataFrame:
    """Return 500 images on Monday, then 100, 200, 300 and 200, whose mean is 200."""
    mean = [scale * images for images in (500, 100, 200, 300, 200, 0, 20)]
    return pd.DataFrame(
        {"point": point, "weekday": DAYS, "mean": mean, "low": [-1.0] * 7, "high": [m + 50 for m in mean]}
    )


def by_hour(point: int, scale: float) -> pd.DataFrame:
    """Return ten editors on shift from Monday to Friday, ten busy on Monday and five on the other days."""
    frames = []
    for pool in ("retouch", "support"):
        for place, day in enumerate(DAYS):
            shift = 10.0 if place < 5 else 0.0
            busy = scale * (10.0 if place == 0 else 5.0 if place < 5 else 0.0)
            for quantity, mean in (("busy_editors", busy), ("editors_on_shift", shift)):
                columns = {
                    "weekday": day,
                    "hour": range(24),
                    "pool": pool,
                    "quantity": quantity,
                    "mean": mean,
                }
                frames.append(pd.DataFrame({"point": point, **columns}))
    return pd.concat(frames, ignore_index=True)


def weekend(point: int, scale: float) -> pd.DataFrame:
    """Return medians of 10 images for each hour from Friday 00:00 on, and 100 more a point."""
    hours = pd.Series(range(121))
    median = scale * (10 * hours + 100 * point)
    columns = {"hour": hours, "median": median, "p10": median / 2, "p90": median * 2}
    return pd.concat([pd.DataFrame({"point": point, "friday": day, **columns}) for day in ("all", "2026-01-09")])


def late_bins(point: int, scale: float) -> pd.DataFrame:
    """Return guaranteed images 25 % and 75 % in the early bins, and additional ones 10 % late."""
    counts = {
        "guaranteed": (25, 75, 0),
        "additional": (0, 9, 1),
        "to_be_confirmed": (0, 0, 0),
        "delivery_plan": (0, 0, 0),
    }
    frames = []
    for name, images in counts.items():
        total = max(sum(images), 1)
        shares = {"images": [int(scale * n) for n in images], "share": [scale * n / total for n in images]}
        bins = {"from_hours": [-4, -2, 0], "to_hours": [-2, 0, 2]}
        frames.append(pd.DataFrame({"point": point, "commitment": name, **bins, **shares}))
    return pd.concat(frames, ignore_index=True)


def study_of(
    points: list[dict[str, Any]], rows: list[Row] | None = None, *, scale: float = 1.0, replications: int = 8
) -> Study:
    """Return a small study; `scale` 0 empties its tables over time."""
    numbers = range(len(points))
    makers = {"due_by_weekday": due, "by_hour_of_week": by_hour, "weekend": weekend, "lateness": late_bins}
    tables = {name: pd.concat([maker(at, scale) for at in numbers]) for name, maker in makers.items()}
    own = [rows_at(at) if rows is None else rows for at in numbers]
    tables["summary"] = pd.concat([summary(at, own[at], replications > 1) for at in numbers])
    return Study(manifest(points, replications), tables)


def without_weekends() -> Study:
    """Return a study too short for a whole weekend."""
    study = study_of([{}])
    return Study(study.manifest, {**study.tables, "weekend": study.tables["weekend"].iloc[:0]})


def odd_names() -> Study:
    """Return a study whose names could be taken for formulas, or are very long."""
    study = study_of(
        [{"customers.$a_1$.demand.orders_per_day": "x" * 200}, {"customers.$a_1$.demand.orders_per_day": "$"}]
    )
    study.manifest["scenario"]["name"] = "a long name " * 20
    return study


NOTHING: list[Row] = [
    ("overflow_images_per_day", "all", "all", 0.0, 0.0),
    ("utilisation", "all", "retouch", 0.0, 0.0),
]
STUDIES = {
    "swept": study_of(SWEEP),
    "one point": study_of([{}]),
    "one replication": study_of(SWEEP, replications=1),
    "one point, one replication": study_of([{}], replications=1),
    "nothing due": study_of([{}], NOTHING, scale=0),
    "nothing due, swept": study_of(SWEEP, NOTHING, scale=0),
    "no figures": study_of(SWEEP, [("throughput_per_day", "all", "all", 0.0, 0.0)], scale=0),
    "words": study_of([{DISCIPLINE: "edd"}, {DISCIPLINE: "fifo"}]),
    "switches": study_of([{"plant.x": True}, {"plant.x": False}]),
    "two factors": study_of([{DGI: n, DISCIPLINE: word} for n in (100, 200) for word in ("edd", "fifo")]),
    "many points": study_of([{DGI: n, DISCIPLINE: word} for n in range(100, 200, 5) for word in ("edd", "fifo")]),
    "levels falling": study_of(SWEEP[::-1]),
    "levels close together": study_of([{DGI: 100}, {DGI: 101}, {DGI: 300}]),
    "one level": study_of([{DGI: 200}]),
    "no weekends": without_weekends(),
    "odd names": odd_names(),
}


@cache
def drawn(chart: str, name: str) -> tuple[Any, list[Any]]:
    """Draw a chart of one of the studies; drawing takes most of the time, so each is drawn once."""
    return axes_of(chart, STUDIES[name])


def axes_of(chart: str, study: Study) -> tuple[Any, list[Any]]:
    """Draw a chart; return the figure and its axes."""
    figure = CHARTS[chart](study)
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    return figure, figure.axes


def texts(axes: Any) -> list[str]:
    """Return the texts written into the axes."""
    return [text.get_text() for text in axes.texts]


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
        CHARTS["weekend_backlog"](STUDIES["no weekends"]).get_label() == "Weekend backlog: no whole weekend was counted"
    )
    assert CHARTS["utilisation_by_hour"](STUDIES["no figures"]).get_label() == "Utilisation: nobody was on shift"


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_draws_every_study(chart: str, name: str) -> None:
    """No study makes a chart fail or warn; every chart has a title."""
    assert drawn(chart, name)[0].get_label()


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("chart", CHARTS)
def test_nothing_is_cut_and_text_is_legible(chart: str, name: str) -> None:
    """Every text lies inside the figure and has 9 points or more; axes keep a size worth a look."""
    figure, axes = drawn(chart, name)
    words = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()]
    assert min(float(text.get_fontsize()) for text in words) >= 9
    for artist in [*figure.texts, *axes]:
        box = artist.get_tightbbox()
        if box is not None:
            assert min(box.x0, box.y0) >= -1
            assert box.x1 <= figure.bbox.x1 + 1
            assert box.y1 <= figure.bbox.y1 + 1
    assert all(panel.get_position().width * figure.get_figwidth() > 2 for panel in axes[:1])


@pytest.mark.parametrize("name", ["swept", "two factors", "one point", "many points"])
@pytest.mark.parametrize("chart", CHARTS)
def test_labels_do_not_overlap(chart: str, name: str) -> None:
    """No two labels of the x axis, and no two annotations, lie on each other."""
    for panel in drawn(chart, name)[1]:
        level = [tick for tick in panel.get_xticklabels() if tick.get_text() and not tick.get_rotation()]
        for group in (level, panel.texts):
            boxes = [Text.get_window_extent(text).padded(-1) for text in group]  # without leading lines
            assert not [1 for place, box in enumerate(boxes) if box.count_overlaps(boxes[:place])]


UNITS = {
    "on_time_by_dgi": ("DGI (guaranteed images a customer and day)", "images on time (%)"),
    "overflow_by_dgi": ("DGI (guaranteed images a customer and day)", "images over the guarantee (a day)"),
    "due_by_weekday": ("", "images due (a week)"),
    "weekend_backlog": ("day (UTC; ticks at 00:00)", "images unfinished"),
    "utilisation_by_hour": ("hour of the day (UTC)", ""),
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


def test_subtitle_names_what_the_figures_rest_on() -> None:
    """Scenario, replications and confidence stand below the title; one replication has no intervals."""
    subtitle = [CHARTS["on_time_by_dgi"](STUDIES[name]).texts[1].get_text() for name in ("swept", "one replication")]
    assert subtitle == ["small: 8 replications, 90 % intervals", "small: 1 replication, no intervals"]


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
    looks = [(c.lines[0].get_linestyle(), c.lines[0].get_marker()) for c in (guaranteed, additional)]
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
    assert CHARTS["on_time_by_dgi"](study).get_label() == "On time: 99.0 % of guaranteed images (97.0 to 100 %)"
    assert "10 (0 to 22)" in texts(axes_of("overflow_by_dgi", study)[1][0])


def test_one_point_is_a_dot_plot_by_commitment() -> None:
    """Without a sweep each commitment is a row with its figure in words."""
    _, (axes,) = drawn("on_time_by_dgi", "one point")
    assert [label.get_text() for label in axes.get_yticklabels()] == ["guaranteed", "additional"]
    assert texts(axes) == ["99.5 % (99.3 to 99.7 %)", "90.0 % (85.0 to 95.0 %)", "target at least 98 %"]


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
    """Bars have the heights of the table, Monday darker; the line is the mean of Tuesday to Friday."""
    _, (axes,) = drawn("due_by_weekday", "swept")
    assert [bar.get_height() for bar in axes.patches] == [500, 100, 200, 300, 200, 0, 20]
    assert axes.patches[0].get_facecolor() != axes.patches[1].get_facecolor()
    assert texts(axes) == ["500", "100", "200", "300", "200", "0", "20", "mean of Tuesday\nto Friday: 200"]
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
    """Monday is at 100 %, Tuesday to Friday at 50 %; at the weekend nobody is on shift, which is not 0 %."""
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
    """Bars are the shares, late ones dark; the deadline is marked; late shares come from all known images."""
    figure, axes = drawn("lateness", "swept")
    assert [panel.get_title("left") for panel in axes] == [
        "guaranteed: 1.0 % late",
        "additional: 10.0 % late",
    ]
    assert [bar.get_height() for bar in axes[0].patches] == [0.25, 0.75, 0]
    assert axes[1].patches[2].get_facecolor() != axes[1].patches[1].get_facecolor()
    assert [list(line.get_xdata()) for line in axes[1].lines] == [[0, 0]]
    assert axes[0].get_title() == "deadline"
    assert "outermost hold what lies beyond" in figure.texts[1].get_text().replace("\n", " ")


def test_two_writings_give_the_same_bytes(tmp_path: Path) -> None:
    """SVG and PNG carry no date and no random id, also after a study was stored and read back."""
    stored, first, second = (tmp_path / name for name in ("stored", "first", "second"))
    for folder in (stored, first, second):
        folder.mkdir()
    STUDIES["swept"].write(stored)
    once = write_charts(STUDIES["swept"], first)
    twice = write_charts(read_study(stored), second)
    assert sorted(path.name for path in once) == sorted(f"{name}.{kind}" for name in CHARTS for kind in ("svg", "png"))
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in twice]


def test_files_carry_their_title(tmp_path: Path) -> None:
    """The title is in the SVG as text, for programs and readers who cannot see the picture."""
    write_report(STUDIES["one point"], tmp_path)
    text = (tmp_path / "charts" / "on_time_by_dgi.svg").read_text(encoding="utf-8")
    assert "<dc:title>On time: 99.5 % of guaranteed images (99.3 to 99.7 %)</dc:title>" in text
    assert "<dc:date>" not in text


def test_letters_that_the_font_lacks_do_not_warn(tmp_path: Path) -> None:
    """A pool may be named in any script."""
    study = study_of([{}])
    hours = study.tables["by_hour_of_week"].replace({"pool": {"retouch": "修图"}})
    write_charts(Study(study.manifest, {**study.tables, "by_hour_of_week": hours}), tmp_path)


def test_summary_table_has_the_headline_figures() -> None:
    """One row a design point: factor, figures and intervals by hand."""
    frame = summary_table(STUDIES["swept"])
    assert frame.iloc[1].to_dict() == {
        "DGI": "200",
        "guaranteed on time": "99.0 % (98.8 to 99.2 %)",
        "overflow": "20.0 % (19.0 to 21.0 %)",
        "overflow a day": "40 (36 to 44)",
        "Monday pile-up": "2.50 (2.25 to 2.75)",
        "Monday backlog": "1,234 (1,134 to 1,334)",
        "busiest pool": "retouch 80.0 %",
    }
    assert list(frame["DGI"]) == ["100", "200", "300"]


def test_summary_table_of_nothing() -> None:
    """What was not measured is a dash, never a number."""
    frame = summary_table(STUDIES["no figures"])
    assert set(frame.drop(columns="DGI").to_numpy().ravel()) == {"-"}


def test_todays_point_is_the_scenarios_own_setting() -> None:
    """Dotted keys are followed through lists by name; the first point stands in where no level fits."""
    assert todays_point(STUDIES["swept"]) == 1
    assert todays_point(STUDIES["words"]) == 1
    assert todays_point(STUDIES["two factors"]) == 3
    assert todays_point(study_of([{DGI: 90}, {DGI: 80}])) == 0
    assert todays_point(STUDIES["one point"]) == 0


def test_factor_names_are_short_and_never_the_same() -> None:
    """Two plans' DGI go by their whole keys."""
    assert list(factor_names(STUDIES["two factors"]).values()) == ["DGI", "retouch discipline"]
    keys = ["plans.a.standard.guaranteed_per_day", "plans.b.standard.guaranteed_per_day"]
    study = study_of([dict.fromkeys(keys, 100)])
    assert list(factor_names(study).values()) == keys
    assert level_words(STUDIES["swept"], 0) == ["DGI 100"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "100"),
        (0.9999, "over 99.9"),
        (0.9994, "99.9"),
        (0.5, "50.0"),
        (0.0004, "under 0.1"),
        (0.0, "0.0"),
        (1.04, "104.0"),
    ],
)
def test_shares_are_never_rounded_to_all_or_nothing(value: float, text: str) -> None:
    """100 % is said of all, 0 % of none."""
    assert percent(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1234.4, "1,234"), (12.3, "12"), (1.234, "1.23"), (0.0123, "0.012"), (0.0, "0")]
)
def test_numbers_keep_the_digits_that_matter(value: float, text: str) -> None:
    """Large numbers lose their decimals, small ones do not become 0."""
    assert number(value) == text


def test_spread_labels_keep_their_order_and_distance() -> None:
    """Labels at one height move apart; those at the top move down; others stay."""
    assert spread([0.2, 0.2, 0.9], [0.1, 0.1, 0.1]) == pytest.approx([0.2, 0.3, 0.9])
    assert spread([0.98, 1.0], [0.1, 0.1]) == pytest.approx([0.9, 1.0])
    assert spread([0.5, 0.5], [0.1, 0.3]) == pytest.approx([0.5, 0.7])
