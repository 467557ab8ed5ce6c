"""The chart of late images by cause, from tables made by hand."""

from __future__ import annotations

from math import nan

import pandas as pd
import pytest

from sim.report.charts import CHARTS
from sim.study.late_causes import COLUMNS
from sim.study.study import Study
from tests.causes_plants import GROUPS
from tests.chart_studies import axes_of, study_of


def with_causes(explained: dict[str, float], alone: dict[str, float], n: int = 1) -> Study:
    """Return a study with 100 late images, or none, so many of which causes explain."""
    n_late = 100.0 if n else 0.0
    shares = [explained.get(name, 0.0) / 100 if n else nan for name in GROUPS]
    bounds = [nan if n < 2 else share for share in shares]
    images = ([found.get(name, 0.0) for name in GROUPS] for found in (explained, alone))
    columns = zip(COLUMNS, (GROUPS, *images, n_late, shares, bounds, bounds, n), strict=True)
    study = study_of([{}])
    return Study(
        study.manifest, {**study.tables, "late_causes": pd.DataFrame({"point": 0, **dict(columns)})}
    )


@pytest.mark.parametrize(
    ("explained", "n", "title"),
    [
        ({"queue": 80, "hours": 30}, 1,
         "Why late: 80.0 % of late images would be in time with as many editors as are wanted, in the same hours"),
        ({"hours": 30, "allowance": 30.5}, 3,
         "Why late: 30.5 % of late images (30.5 to 30.5 %) would be in time "
         "with guarantees large enough for every image"),
        ({"several together": 90, "hours": 10}, 1,
         "Why late: 90.0 % of late images would be in time only with several causes removed"),
        ({"service itself": 100}, 1, "Why late: 100 % of late images would be late even with all causes removed"),
        ({}, 0, "Why late: no image was late"),
    ],
)  # fmt: skip
def test_title_names_what_would_help_most(explained: dict[str, float], n: int, title: str) -> None:
    """The largest share with what was removed, or that nothing was late."""
    assert CHARTS["late_causes"](with_causes(explained, {}, n)).get_label() == title


def test_bars_show_what_is_explained_and_what_is_explained_alone() -> None:
    """A bar a cause, and a dark one over it.

    They differ without colour, and each has its figure in words.
    """
    figure, (axes,) = axes_of(
        "late_causes", with_causes({"queue": 80, "hours": 30}, {"queue": 70, "hours": 20})
    )
    widths = [bar.get_width() for bar in axes.patches]
    assert widths[: len(GROUPS)] == pytest.approx([0, 0, 0.8, 0.3, 0, 0, 0])
    assert widths[len(GROUPS) :] == pytest.approx([0, 0, 0.7, 0.2, 0, 0, 0])
    pale, dark = (sum(axes.patches[place].get_facecolor()[:3]) for place in (2, len(GROUPS) + 2))
    assert pale - dark > 1.5
    assert [text.get_text() for text in axes.texts][2:4] == ["80.0 %", "30.0 %"]
    assert [label.get_text() for label in axes.get_yticklabels()] == list(GROUPS)
    assert "From one replication made again" in figure.texts[1].get_text().replace("\n", " ")


@pytest.mark.parametrize("table", [None, pd.DataFrame(columns=["point", *COLUMNS])])
def test_studies_without_causes_say_so(table: pd.DataFrame | None) -> None:
    """A study that is short, was cut off or comes from an older program has no rows."""
    study = study_of([{}])
    tables = {name: own for name, own in study.tables.items() if name != "late_causes"}
    if table is not None:
        tables["late_causes"] = table
    title = str(CHARTS["late_causes"](Study(study.manifest, tables)).get_label())
    assert "not worked out" in title
