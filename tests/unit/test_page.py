"""The page of a study, and the same in Markdown."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sim.report.cells import Cell, Table
from sim.report.charts import CHARTS
from sim.report.page import MOST_DRAWN, drawn_points, markdown, page
from sim.report.rendering import markdown_words
from sim.report.scenario_words import distribution
from sim.report.summary import headline_table
from sim.report.words import todays_point
from sim.report.write import write_pages
from sim.study.study import Study, read_study
from tests.chart_studies import DGI, STUDIES, study_of

EVIL = "<script>alert(1)</script>\"'&|`x`"


class Outline(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag with its attributes."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.words.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all tags of a name."""
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def swept() -> Outline:
    """Return the page of a study over three levels."""
    return Outline(page(STUDIES["swept"]))


def renamed(value: Any) -> Any:
    """Return a scenario in which every name and text that a user gives is hostile."""
    names = {"group", "name", "pool", "station", "to", "description", "hours", "timezone", "plan"}
    if isinstance(value, dict):
        return {
            key: f"{own}{EVIL}" if key in names and isinstance(own, str) else renamed(own)
            for key, own in value.items()
        }
    return [renamed(own) for own in value] if isinstance(value, list) else value


def hostile() -> Study:
    """Return a study whose texts all try to leave their place."""
    study = study_of([{f"customers.{EVIL}.demand": EVIL}, {f"customers.{EVIL}.demand": "b"}])
    scenario = renamed({**study.manifest["scenario"], "description": "what"})
    scenario["plans"] = {EVIL: study.manifest["scenario"]["plans"]["professional"]}
    scenario["customers"].append({"group": EVIL, "plan": EVIL, "timezone": EVIL, "orders": EVIL})
    manifest = {
        **study.manifest,
        "scenario": scenario,
        "order_files": {EVIL: EVIL},
        "bad_rows": {EVIL: 3},
    }
    hours = study.tables["by_hour_of_week"].replace({"pool": {"retouch": f"retouch{EVIL}"}})
    return Study(manifest, {**study.tables, "by_hour_of_week": hours})


def test_text_of_the_scenario_is_escaped() -> None:
    """No name, description, level or file name becomes a tag.

    The page has its own script and no other.
    """
    text = page(hostile())
    found = Outline(text)
    assert len(found.of("script")) == 1
    assert "alert(1)</script>" not in text
    assert sum("<script>alert(1)</script>" in words for words in found.words) > 20
    assert not [
        name for _, attributes in found.tags for name in attributes if name.startswith("on")
    ]


def test_text_of_the_scenario_is_escaped_in_markdown() -> None:
    """No tag, no code and no cell of a table comes out of a name."""
    text = markdown(hostile())
    assert "<" not in text
    assert "\\`x\\`" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {8}


def test_markdown_words_stay_on_a_line() -> None:
    """Line breaks, pipes and brackets lose their meaning."""
    assert markdown_words("a\n# b | [c](d) *e*") == "a # b \\| \\[c\\](d) \\*e\\*"


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_has_both_pages(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No study makes a page fail; charts are left out, for test_chart_look draws them all."""
    monkeypatch.setattr("sim.report.page.inline_svg", lambda figure, name, label: "<svg></svg>")
    monkeypatch.setattr("sim.report.page.drawn_points", lambda study: [0])
    text = page(STUDIES[name])
    assert text.startswith("<!doctype html>")
    assert "nan" not in re.sub("<[^>]*>", "", text).replace("finance", "").split()
    assert markdown(STUDIES[name]).startswith("# ")


def test_page_stands_alone(swept: Outline) -> None:
    """No file, font, style or script is loaded, and links stay on the page."""
    outside = [
        value
        for _, own in swept.tags
        for name, value in own.items()
        if name in ("src", "href", "xlink:href")
    ]
    assert all(value and value.startswith(("#", "data:")) for value in outside)
    assert not swept.of("link")
    policy = next(own["content"] or "" for own in swept.of("meta") if "http-equiv" in own)
    assert policy.startswith("default-src 'none'")


def test_ids_are_unique_and_all_references_have_one(swept: Outline) -> None:
    """Charts that stand in one page share no id, and clip paths, hatches and labels are found."""
    ids = Counter(own["id"] for _, own in swept.tags if "id" in own)
    assert max(ids.values()) == 1
    values = [value or "" for _, own in swept.tags for value in own.values()]
    wanted = {name for value in values for name in re.findall(r"url\(#([^)]+)\)", value)}
    wanted |= {own["href"] or "" for own in swept.of("a")} | {
        own["xlink:href"] or "" for own in swept.of("use")
    }
    wanted = {name.removeprefix("#") for name in wanted}
    wanted |= {own["aria-labelledby"] or "" for _, own in swept.tags if "aria-labelledby" in own}
    assert len(wanted) > 20
    assert wanted <= ids.keys()


def test_headings_are_in_order(swept: Outline) -> None:
    """One h1; no level is skipped on the way down."""
    levels = [int(tag[1]) for tag, _ in swept.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_page_can_be_read_without_seeing_it(swept: Outline) -> None:
    """It has a language, a way to skip, captions and labels; every chart says what it shows."""
    assert swept.of("html")[0]["lang"] == "en"
    assert swept.of("a")[0] == {"class": "skip", "href": "#answer"}
    assert len(swept.of("caption")) == len(swept.of("table"))
    assert all(own.get("scope") in ("col", "row") for own in swept.of("th"))
    charts = swept.of("svg")
    assert len(charts) == 3 * len(CHARTS)
    assert all(own["role"] == "img" for own in charts)
    titles = {
        f"Chart. {CHARTS[name](STUDIES['swept'], at).get_label()}."
        for name in CHARTS
        for at in range(3)
    }
    assert titles == {
        (own["aria-label"] or "").removesuffix(" Its figures are in the table.") for own in charts
    }


def test_charts_keep_their_text(swept: Outline) -> None:
    """Letters are text, which is found, read aloud and small; not outlines."""
    assert {
        "guaranteed",
        "DGI (guaranteed images a customer and day)",
        "hour of the day (UTC)",
    } <= set(swept.words)


def test_todays_point_is_shown_first(swept: Outline) -> None:
    """Before any script runs, the panels of the scenario's own level are seen, and its row is marked."""
    shown = [
        own["data-point"] for own in swept.of("div") if "data-point" in own and "hidden" not in own
    ]
    assert shown == ["1"] * len(CHARTS)
    assert {own["data-row"] for own in swept.of("tr") if "aria-current" in own} == {"1"}
    assert [own["value"] for own in swept.of("option") if "selected" in own] == ["1"]


def test_one_point_has_no_selector() -> None:
    """Without a sweep there is nothing to choose."""
    found = Outline(page(STUDIES["one point"]))
    assert not found.of("select")
    assert not [own for own in found.of("tr") if "aria-current" in own]


def test_only_some_of_many_points_are_drawn() -> None:
    """The first, the last and today's are always among them."""
    study = study_of([{DGI: n} for n in range(60, 260, 5)])
    points = drawn_points(study)
    assert len(points) <= MOST_DRAWN
    assert {0, 39, todays_point(study)} <= set(points)
    assert drawn_points(STUDIES["two factors"]) == [0, 1, 2, 3]


def test_same_study_same_bytes(tmp_path: Path) -> None:
    """A study read back gives the same pages, whatever the time that its run took."""
    stored, first, second = (tmp_path / name for name in ("stored", "first", "second"))
    for folder in (stored, first, second):
        folder.mkdir()
    study = STUDIES["one point"]
    study.write(stored)
    write_pages(study, first)
    back = read_study(stored)
    write_pages(Study({**back.manifest, "run": {"seconds": 99.0}}, back.tables), second)
    for name in ("report.html", "report.md"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_manifest_on_the_page_is_json_without_the_run() -> None:
    """What the figures were made from can be copied; how long they took is not there."""
    text = page(STUDIES["one point"])
    block = re.findall(r'aria-label="Manifest as JSON">(.*?)</pre>', text, re.DOTALL)[0]
    shown = json.loads("".join(Outline(block).words))
    assert shown == {
        key: value for key, value in STUDIES["one point"].manifest.items() if key != "run"
    }


def test_markdown_shows_the_charts_beside_it() -> None:
    """Answer, targets, table and a picture for each chart, by relative paths."""
    text = markdown(STUDIES["swept"])
    assert re.findall(r"\]\((.*?)\)$", text, re.MULTILINE) == [
        f"charts/{name}.png" for name in CHARTS
    ]
    assert "- ✓ on-time share of guaranteed images, at least 98 %: **met at all 3 levels**" in text
    assert "| 200 | 99.0 % (98.8 to 99.2 %) | 20.0 % (19.0 to 21.0 %) | 40 (36 to 44) |" in text
    assert f"Scenario `{'5' * 16}`" in text


def test_every_chart_has_a_heading_and_a_table() -> None:
    """The page leaves no chart out."""
    assert [chart.heading for chart in CHARTS.values()] == [
        "On time",
        "Overflow",
        "Monday pile-up",
        "Weekend backlog",
        "Utilisation",
        "Lateness",
        "Why late",
    ]
    for chart in CHARTS.values():
        assert chart.table(STUDIES["swept"], 1).rows, chart.name


def test_headline_table_has_a_row_a_point() -> None:
    """Levels in front, then figures with their intervals apart."""
    table = headline_table(STUDIES["two factors"])
    assert table.columns[:3] == ("DGI", "retouch discipline", "guaranteed on time")
    assert table.points == (0, 1, 2, 3)
    assert table.rows[1][:3] == (Cell("100"), Cell("fifo"), Cell("99.0 %", "(98.8 to 99.2 %)"))
    assert headline_table(STUDIES["one point"]).rows[0][0] == Cell("as it is")


def test_tables_behind_charts_have_the_charts_figures() -> None:
    """Weekdays, hours and bins with what the tables of the study say, by hand."""
    tables = {name: chart.table(STUDIES["swept"], 1) for name, chart in CHARTS.items()}
    assert tables["due_by_weekday"].rows[0] == (Cell("Monday", place=0), Cell("500", "(0 to 550)"))
    monday, saturday = (tables["utilisation_by_hour"].rows[day * 24] for day in (0, 5))
    assert [str(cell) for cell in monday] == ["Monday", "00:00", "100 %", "100 %"]
    assert [str(cell) for cell in saturday] == ["Saturday", "00:00", "-", "-"]
    noon = tables["weekend_backlog"].rows[14]
    assert [str(cell) for cell in noon] == ["Monday 12:00", "470", "940", "1,880"]
    assert [str(cell) for cell in tables["lateness"].rows[2]] == ["0 to 2", "0.0 %", "10.0 %"]
    assert [str(cell) for cell in tables["overflow_by_dgi"].rows[2]] == [
        "300",
        "20 (16 to 24)",
        "10 (6.00 to 14)",
        "10 (0 to 22)",
    ]
    assert str(tables["on_time_by_dgi"].rows[0][1]) == "99.5 % (99.3 to 99.7 %)"


@pytest.mark.parametrize(
    ("texts", "numeric"),
    [
        (("1,234", "0.5", "-"), True),
        (("under 0.1 %", "over 99.9 %", "100 %"), True),
        (("-72 to -70", "00:00"), True),
        (("3 % back to retouch", "-"), False),
        (("-", "-"), False),
        (("2 hours", "edd"), False),
    ],
)
def test_columns_sort_by_number_where_all_cells_are_numbers(
    texts: tuple[str, ...], numeric: bool
) -> None:
    """A column of nothing but dashes, or with a word, sorts as text."""
    table = Table("", ("column",), tuple((Cell(text),) for text in texts))
    assert table.numeric(0) is numeric


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"constant": 10.0}, "constant 10"),
        ({"lognormal": {"mean": 3.0, "cv": 0.8}}, "lognormal, mean 3, cv 0.8"),
        ({"empirical": {"values": [1, 2, 3]}}, "empirical, values of 3"),
    ],
)
def test_distributions_in_words(given: dict[str, Any], said: str) -> None:
    """Family and parameters; a long list is counted."""
    assert distribution(given) == said
