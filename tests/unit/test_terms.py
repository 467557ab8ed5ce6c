"""The terms of a plan: defaults, exact arithmetic, and nonsense refused with what it must be."""

from __future__ import annotations

import pickle
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from sim.sla import PROFESSIONAL, Plan
from sim.sla.terms import ReviewTerms
from sim.sla.words import RULES


def test_professional_plan() -> None:
    """The defaults are the numbers of the Professional plan."""
    expedite = PROFESSIONAL.expedite
    assert (PROFESSIONAL.standard.due_seconds, PROFESSIONAL.standard.guaranteed_per_day) == (
        9 * 3600,
        200,
    )
    assert (expedite.seconds, expedite.additional_seconds, expedite.guaranteed_per_day) == (
        10800,
        21600,
        20,
    )
    assert expedite.plan_from == 40
    assert (PROFESSIONAL.rejection.seconds, PROFESSIONAL.support.seconds) == (18000, 18000)


@pytest.mark.parametrize(
    ("multiple", "guarantee", "limit"), [(1.1, 30, 33), (1.5, 5, Fraction(15, 2)), (2, 0, 0)]
)
def test_multiple_is_exact(multiple: float, guarantee: int, limit: Fraction) -> None:
    """The multiple is taken as it is written, not as the nearest binary fraction."""
    expedite: Any = {"plan_from_multiple": multiple, "guaranteed_per_day": guarantee}
    assert Plan(expedite=expedite).expedite.plan_from == limit


@pytest.mark.parametrize(
    ("terms", "where", "must"),
    [
        ({"standard": {"due": "9:00"}}, "standard.due", "HH:MM"),
        ({"standard": {"due": "24:00"}}, "standard.due", "23:59"),
        (
            {"standard": {"guaranteed_per_day": -1}},
            "standard.guaranteed_per_day",
            "greater than or equal to 0",
        ),
        ({"standard": {"guaranteed_per_day": True}}, "standard.guaranteed_per_day", "integer"),
        ({"standard": {"guaranteed_per_day": 1.5}}, "standard.guaranteed_per_day", "integer"),
        (
            {"standard": {"reviewed": {"hours": 0}}},
            "standard.reviewed.ReviewTerms.hours",
            "greater than 0",
        ),
        ({"expedite": {"hours": 0.33333}}, "expedite.hours", "whole seconds"),
        ({"expedite": {"hours": "3"}}, "expedite.hours", "number"),
        ({"expedite": {"hours": float("nan")}}, "expedite.hours", "finite"),
        (
            {"expedite": {"hours": 8}},
            "expedite",
            "additional_hours is 6 and must be at least hours, 8",
        ),
        (
            {"expedite": {"plan_from_multiple": 0.9}},
            "expedite.plan_from_multiple",
            "greater than or equal to 1",
        ),
        (
            {"expedite": {"window": {"opens": "Mo 00:00"}}},
            "expedite.window.Window.opens",
            "weekday and a time",
        ),
        ({"expedite": {"window": {"closes": "Mon 00:00"}}}, "expedite.window", "always"),
        ({"expedite": {"window": {"closes": "Sun 24:00"}}}, "expedite.window", "always"),
        ({"expedite": {"outside_window": "drop"}}, "expedite.outside_window", "'defer'"),
        ({"holidays": "XX"}, "holidays", "country code"),
        ({"holidays": "dk"}, "holidays", "in capitals"),
        ({"flow": True}, "flow", "not permitted"),
        ({"weekend_hours": "skip"}, "weekend_hours", "'pause'"),
    ],
)
def test_nonsense_is_refused(terms: dict[str, Any], where: str, must: str) -> None:
    """A wrong value is refused at its key with what it must be."""
    with pytest.raises(ValidationError) as refused:
        Plan(**terms)
    errors = {".".join(map(str, error["loc"])): error["msg"] for error in refused.value.errors()}
    assert must in errors[where]


def test_closing_at_midnight_can_be_written_twice() -> None:
    """Closing on ``Fri 24:00`` is closing on ``Sat 00:00``."""
    windows: list[Any] = [{"closes": text} for text in ("Fri 24:00", "Sat 00:00")]
    lengths = {Plan(expedite={"window": window}).expedite.window.length for window in windows}  # type: ignore[union-attr]
    assert lengths == {5 * 86_400}


def test_reviewed_in_hours() -> None:
    """A fixed time for reviewed images is given in hours."""
    reviewed: Any = {"reviewed": {"hours": 30.5}}
    terms = Plan(standard=reviewed).standard.reviewed
    assert isinstance(terms, ReviewTerms)
    assert terms.seconds == 109_800


def test_plan_is_a_value() -> None:
    """Plans with the same terms are equal, hash alike, and travel between processes."""
    assert Plan() == PROFESSIONAL
    assert hash(Plan()) == hash(PROFESSIONAL)
    assert pickle.loads(pickle.dumps(PROFESSIONAL)) == PROFESSIONAL


def test_rule_texts_have_one_code_each() -> None:
    """The code of a rule text is 4 * base + 2 * moved + outside."""
    assert (RULES[0], RULES[2], RULES[3]) == ("STD-1", "STD-1 WKD-1", "EXP-8 STD-1 WKD-1")
    assert (RULES[4], RULES[5], RULES[8 + 2], RULES[20]) == (
        "DGI-2",
        "EXP-8 DGI-2",
        "EXP-1 WKD-2",
        "REJ-1",
    )
