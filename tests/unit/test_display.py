"""What users hold in a notebook.

Charts as methods, figures that are theirs, studies and scenarios shown in short.
"""

from __future__ import annotations

import inspect
import pickle
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import matplotlib.image
import matplotlib.pyplot as plt
import pytest
from IPython.core.formatters import DisplayFormatter

import sim
from sim import Study
from sim.report.charts import CHARTS
from sim.report.display import MOST_ROWS
from tests.chart_studies import DGI, STUDIES, study_of

ROOT = Path(__file__).parents[2]
EVIL = "<script>alert(1)</script>"


def scenario(**changes: object) -> sim.Scenario:
    """Return a scenario of the repository, changed."""
    return sim.load(ROOT / "scenarios/professional.yaml").with_(changes)


def shown(value: object) -> dict[str, object]:
    """Return what a notebook shows of a value, by kind."""
    data, _ = DisplayFormatter().format(value)  # type: ignore[no-untyped-call]
    return dict(data)


def pixels(picture: bytes) -> object:
    """Return a PNG as bytes of its pixels: the file itself may hold more."""
    return matplotlib.image.imread(BytesIO(picture)).tobytes()


def test_every_chart_is_a_method() -> None:
    """Completion offers all registered charts and nothing else, and each draws what the chart of its name draws."""
    study = STUDIES["swept"]
    assert dir(study.chart) == sorted(CHARTS)
    for name, chart in CHARTS.items():
        assert getattr(study.chart, name)().get_label() == chart(study).get_label()


def test_a_chart_takes_a_point() -> None:
    """The design point is given by place or name; without one it is today's, DGI 200."""
    chart = STUDIES["swept"].chart.weekend_backlog
    labels = [str(figure.get_label()) for figure in (chart(0), chart(point=2), chart())]
    assert [re.findall(r"at (DGI \d+)", label) for label in labels] == [
        ["DGI 100"],
        ["DGI 300"],
        ["DGI 200"],
    ]


def test_a_chart_explains_itself() -> None:
    """Help shows the words of the chart, and that the point may be left out.

    The study is not asked for again.
    """
    for name in CHARTS:
        method = getattr(STUDIES["swept"].chart, name)
        assert "Returns" in (inspect.getdoc(method) or ""), name
        assert [(p.name, p.default) for p in inspect.signature(method).parameters.values()] == [
            ("point", None)
        ]
        assert method.__name__ == name


def test_an_unknown_chart_is_refused_by_name() -> None:
    """The message names what was asked for, and all charts that there are."""
    with pytest.raises(AttributeError, match="no_such") as caught:
        _ = STUDIES["swept"].chart.no_such
    assert all(name in str(caught.value) for name in CHARTS)
    assert all(name in repr(STUDIES["swept"].chart) for name in CHARTS)


def test_a_figure_shows_once_and_is_unknown_to_pyplot() -> None:
    """A notebook gets one picture of a figure, of its own proportions.

    Pyplot has nothing open to show again.
    """
    before = plt.get_fignums()
    figure = STUDIES["swept"].chart.on_time_by_dgi()
    data = shown(figure)
    assert set(data) == {"text/plain", "image/png"}
    height, width = matplotlib.image.imread(BytesIO(data["image/png"])).shape[:2]  # type: ignore[arg-type]
    assert width / height == pytest.approx(figure.get_figwidth() / figure.get_figheight(), rel=0.01)
    assert plt.get_fignums() == before


def test_figures_can_be_restyled_apart_from_each_other(tmp_path: Path) -> None:
    """A new title is drawn and saved; the next figure of the same chart is as it was."""
    study = STUDIES["swept"]
    untouched = shown(study.chart.on_time_by_dgi())["image/png"]
    figure = study.chart.on_time_by_dgi()
    figure.axes[0].set_title("mine")
    figure.savefig(tmp_path / "mine.png")
    assert (tmp_path / "mine.png").stat().st_size > 0
    assert shown(figure)["image/png"] != untouched
    assert shown(study.chart.on_time_by_dgi())["image/png"] == untouched


def test_a_figure_looks_the_same_in_any_settings() -> None:
    """Settings of the user's, when it is drawn or when it is shown, change nothing."""
    expected = shown(STUDIES["swept"].chart.on_time_by_dgi())["image/png"]
    with plt.rc_context(
        {"font.size": 30, "xtick.labelsize": 30, "figure.dpi": 200, "axes.facecolor": "red"}
    ):
        assert shown(STUDIES["swept"].chart.on_time_by_dgi())["image/png"] == expected


def test_a_study_is_shown_in_short() -> None:
    """A notebook shows the question, the answer, each target, and a row a design point.

    The plain form is a line.
    """
    study = study_of([{DGI: 100}, {DGI: 200}])
    target = study.manifest["scenario"]["targets"][0]
    study.manifest["scenario"]["targets"] = [target, {**target, "at_least": 0.999}]
    html = str(shown(study)["text/html"])
    assert "on-time share of guaranteed images, at least 99.9" in html
    assert html.count("<li>") == 2
    assert html.count("<tr") == 3
    assert "8 replications" in html
    assert "99.5" in html
    assert repr(study) == "<Study small, design points: 2, replications: 8>"


def test_a_scenario_is_shown_in_short() -> None:
    """A notebook shows time, groups, pools with their load, and the sweep.

    The plain form is a line.
    """
    given = scenario(sweep={DGI: [150, 250]})
    html = str(shown(given)["text/html"])
    load = given.offered_load().load[0]
    for word in (
        "6 weeks from 2026-01-05",
        "us-fashion",
        ">16<",
        "Asia/Ho_Chi_Minh",
        f"{100 * load:.1f}",
        "150 and 250",
    ):
        assert word in html
    assert repr(given) == "<Scenario professional, design points: 2, replications: 6>"


def test_words_of_a_scenario_are_escaped() -> None:
    """A description or a group named as a script is shown as text, before the run and after it."""
    given = scenario(description=EVIL)
    study = study_of([{DGI: EVIL}])
    study.manifest["scenario"] |= {"name": EVIL, "description": EVIL}
    for html in (shown(given)["text/html"], shown(study)["text/html"]):
        assert "<script" not in str(html)
        assert "&lt;script&gt;" in str(html)


def test_long_tables_are_cut_and_say_so() -> None:
    """Of many design points the first are shown, and how many there are."""
    html = str(shown(STUDIES["many points"])["text/html"])
    assert html.count("<tr") == MOST_ROWS + 1 < len(STUDIES["many points"].manifest["points"]) + 1
    assert f"{MOST_ROWS} of {len(STUDIES['many points'].manifest['points'])} rows" in html


def test_a_study_can_be_copied() -> None:
    """A study with charts goes through pickle, as to another process."""
    copy = pickle.loads(pickle.dumps(STUDIES["swept"]))
    assert isinstance(copy, Study)
    assert dir(copy.chart) == sorted(CHARTS)


def test_matplotlib_waits_for_the_first_chart() -> None:
    """Importing sim loads no table library.

    Loading a scenario, holding a study and showing both no matplotlib.
    """
    code = f"""
import sys
import sim
assert not {{"numpy", "pandas", "matplotlib"}} & sys.modules.keys()
scenario = sim.load("scenarios/professional.yaml")
scenario._repr_html_()
from sim.study.study import Study
study = Study({{"scenario": {{"name": "x"}}, "points": [{{}}], "replications": [0]}}, {{}})
repr(study), study.chart, hasattr(study.chart, "_repr_html_")
assert "sim.report.display" in sys.modules and "matplotlib" not in sys.modules
assert {sorted(CHARTS)} == dir(study.chart)
assert "matplotlib" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
