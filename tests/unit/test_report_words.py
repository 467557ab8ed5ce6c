"""The summary table, and the words of figures and design points."""

from __future__ import annotations

import pytest

from sim.report.style import spread
from sim.report.summary import summary_table
from sim.report.words import factor_names, level_words, number, percent, todays_point
from tests.chart_studies import DGI, STUDIES, study_of


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
    """Dotted keys are followed through lists by name.

    The first point stands in where no level fits.
    """
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
    ("value", "text"),
    [(1234.4, "1,234"), (12.3, "12"), (1.234, "1.23"), (0.0123, "0.012"), (0.0, "0")],
)
def test_numbers_keep_the_digits_that_matter(value: float, text: str) -> None:
    """Large numbers lose their decimals, small ones do not become 0."""
    assert number(value) == text


def test_spread_labels_keep_their_order_and_distance() -> None:
    """Labels at one height move apart; those at the top move down; others stay."""
    assert spread([0.2, 0.2, 0.9], [0.1, 0.1, 0.1]) == pytest.approx([0.2, 0.3, 0.9])
    assert spread([0.98, 1.0], [0.1, 0.1]) == pytest.approx([0.9, 1.0])
    assert spread([0.5, 0.5], [0.1, 0.3]) == pytest.approx([0.5, 0.7])
