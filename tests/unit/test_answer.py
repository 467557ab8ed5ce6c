"""The question, the answer and the targets of a study in words."""

from __future__ import annotations

from typing import Any

import pytest

from sim.report.answer import answer, compared, question
from sim.report.targets import target_rows
from sim.runs.gate import confidence_words
from sim.study.study import Study
from tests.chart_studies import STUDIES, SWEEP, rows_at, study_of

GUARANTEED = {"measure": "on_time_share", "commitment": "guaranteed"}


def asking(study: Study, *targets: dict[str, Any], **changes: Any) -> Study:
    """Return a study of a scenario with these targets."""
    scenario = {**study.manifest["scenario"], "targets": list(targets), **changes}
    return Study({**study.manifest, "scenario": scenario}, study.tables)


def test_question_is_the_description_or_what_was_compared() -> None:
    """The description stands on one line; without one the factors are named."""
    assert (
        question(asking(STUDIES["swept"], description="  What if?\n  And then? "))
        == "What if? And then?"
    )
    assert (
        question(STUDIES["two factors"])
        == "What do other settings of DGI and retouch discipline do?"
    )
    assert question(STUDIES["one point"]) == "Which promises can this plant keep?"


def test_compared_names_levels_and_the_scenarios_own() -> None:
    """Levels are listed up to eight, else counted.

    A scenario whose setting is none of them has no own.
    """
    assert (
        compared(STUDIES["swept"])
        == "Compared: DGI 100, 200 and 300. The scenario's own setting is DGI 200."
    )
    assert compared(STUDIES["one point"]) == ""
    assert compared(STUDIES["levels close together"]) == "Compared: DGI 100, 101 and 300."
    assert compared(STUDIES["many points"]) == (
        "Compared: DGI 100 to 195 (20 levels); retouch discipline edd and fifo."
    )


@pytest.mark.parametrize(
    ("study", "said"),
    [
        (STUDIES["one point"], "The on-time share of guaranteed images is 99.5 % (90 % interval: 99.3 to 99.7 %)."),
        (STUDIES["one point, one replication"],
         "The on-time share of guaranteed images is 99.5 % (one run, no interval)."),
        (STUDIES["swept"],
         "At DGI 200 the on-time share of guaranteed images is 99.0 % (90 % interval: 98.8 to 99.2 %); "
         "it goes from 98.5 % at DGI 300 to 99.5 % at DGI 100."),
        (study_of(SWEEP, rows_at(0)),
         "At DGI 200 the on-time share of guaranteed images is 99.5 % (90 % interval: 99.3 to 99.7 %), "
         "and the same at all 3 points."),
        (STUDIES["nothing due, swept"],
         "No guaranteed image was due in the time that counts, so there is no on-time share to answer with."),
    ],
)  # fmt: skip
def test_answer_without_targets(study: Study, said: str) -> None:
    """Today's on-time share with its interval, and its range over the levels."""
    assert answer(asking(study)) == said


# 8 replications, half-width 0.2 points at 90 %, t(0.95, 7) = 1.8946. Three verdicts hold together
# at 90 % when each is on an interval of 1 - 0.1/3: t(1 - 0.1/6, 7) = 2.6419, half-width 0.28 points
# around 99.5, 99.0 and 98.5 %.
FIGURE = (
    "at DGI 200 the on-time share of guaranteed images is 99.0 % (96.7 % interval: 98.7 to 99.3 %)"
)


@pytest.mark.parametrize(
    ("at_least", "said", "state"),
    [
        (0.98, f"The target is met at all 3 levels: {FIGURE}, at least 98 % asked.", "met"),
        (0.988, f"The target is met at DGI 100; missed at DGI 300; not decided at DGI 200: {FIGURE}, "
         "at least 98.8 % asked.", "mixed"),
        (0.9925, f"The target is missed at DGI 300; not decided at DGI 100 and 200: {FIGURE}, "
         "at least 99.25 % asked.", "mixed"),
        (0.999, f"The target is missed at all 3 levels: {FIGURE}, at least 99.9 % asked; "
         "nearest is 99.5 % at DGI 100.", "missed"),
    ],
)  # fmt: skip
def test_answer_with_a_target_over_levels(at_least: float, said: str, state: str) -> None:
    """It says where the target is met, gives today's figure, and the nearest where all miss."""
    study = asking(STUDIES["swept"], {**GUARANTEED, "at_least": at_least})
    assert answer(study) == said
    assert target_rows(study)[0]["state"] == state


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("one point", "The target is met: the on-time share of guaranteed images is 99.5 % "
         "(90 % interval: 99.3 to 99.7 %), at least 98 % asked."),
        ("one point, one replication", "The target is not decided: the on-time share of guaranteed images is 99.5 % "
         "(one run, no interval), at least 98 % asked."),
        ("nothing due", "The target is missed: the on-time share of guaranteed images was not measured, "
         "at least 98 % asked."),
        ("words", "The target is met at both levels: at retouch discipline fifo the on-time share of guaranteed images "
         "is 99.0 % (95 % interval: 98.8 to 99.2 %), at least 98 % asked."),
    ],
)  # fmt: skip
def test_answer_with_a_target_at_one_level_and_of_words(name: str, said: str) -> None:
    """One run decides nothing, and what was not measured misses."""
    assert answer(STUDIES[name]) == said


def test_answer_with_several_targets_shows_the_first_that_is_not_met() -> None:
    """All targets count; the figure is of one that fails today."""
    study = asking(
        STUDIES["swept"],
        {**GUARANTEED, "at_least": 0.9},
        {"measure": "overflow_images_per_day", "at_most": 30},
        {"measure": "utilisation", "pool": "retouch", "at_most": 1},
    )
    assert answer(study) == (
        "All 3 targets are met at DGI 300; a target is missed at DGI 100 and 200: at DGI 200 the overflow a day of all "
        "images is 40 images (98.9 % interval: 33 to 47 images), at most 30 images asked."
    )
    assert [row["subject"] for row in target_rows(study)] == [
        "on-time share of guaranteed images",
        "overflow a day of all images",
        "utilisation in retouch",
    ]
    assert [row["verdict"] for row in target_rows(study)] == [
        "met at all 3 levels",
        "met at DGI 300; missed at DGI 100 and 200",
        "met at all 3 levels",
    ]


def test_a_missed_target_outweighs_one_that_is_not_decided() -> None:
    """At DGI 100 and 200 overflow is missed, and the on-time share at DGI 200 is not decided.

    It is said as missed.
    """
    study = asking(
        STUDIES["swept"],
        {**GUARANTEED, "at_least": 0.99},
        {"measure": "overflow_images_per_day", "at_most": 30},
    )
    assert answer(study).startswith("A target is missed at all 3 levels: at DGI 200 ")
    assert target_rows(study)[0]["verdict"].endswith("not decided at DGI 200")


def test_points_of_several_factors_are_counted() -> None:
    """More than one design point of several factors is a number, one is named."""
    study = STUDIES["two factors"]
    summary = study.tables["summary"]
    gone = (summary["point"] == 1) & (summary["measure"] == "on_time_share")
    whole = Study(study.manifest, {**study.tables, "summary": summary[~gone]})
    whole = asking(whole, {**GUARANTEED, "at_least": 0.9})
    assert target_rows(whole)[0]["verdict"] == (
        "met at 3 of 4 design points; not measured at DGI 100, retouch discipline fifo"
    )


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({"measure": "on_time_share", "service": "expedite", "at_least": 0.9},
         "on-time share of expedite images, at least 90 %"),
        ({"measure": "order_on_time_share", "at_least": 0.9}, "on-time share of all orders, at least 90 %"),
        ({"measure": "tardiness_hours_p95", "commitment": "guaranteed", "at_most": 4.5},
         "95 % point of the tardiness of guaranteed images, at most 4.5 h"),
        ({"measure": "wait_minutes_mean", "pool": "retouch", "at_most": 90},
         "mean wait of all images in retouch, at most 90 min"),
        ({"measure": "pile_up_factor", "at_least": 1, "at_most": 1.5},
         "Monday pile-up, at least 1 times and at most 1.5 times"),
        ({"measure": "monday_backlog", "at_most": 1500}, "Monday backlog, at most 1,500 images"),
    ],
)  # fmt: skip
def test_targets_are_said_with_their_units(target: dict[str, Any], said: str) -> None:
    """Each measure has words, what it is taken of, and a unit."""
    row = target_rows(asking(STUDIES["one point"], target))[0]
    assert f"{row['subject']}, {row['asked']}" == said


@pytest.mark.parametrize(
    ("confidence", "said"),
    [(0.9, "90 %"), (1 - 0.05 / 6, "99.17 %"), (1 - 0.05 / 5000, "99.999 %")],
)
def test_confidence_never_becomes_certainty(confidence: float, said: str) -> None:
    """Two digits of what is left to 100 %."""
    assert confidence_words(confidence) == said
