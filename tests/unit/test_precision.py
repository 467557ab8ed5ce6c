"""Replications until an interval is narrow enough.

The rule, its limits, and how often its interval holds.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import InputError
from sim.runs.executor import Executor
from sim.runs.gate import interim_analyses, values_of
from sim.runs.replication import Task
from sim.runs.run import run_until_enough
from sim.scenario.schema import ScenarioSpec
from sim.scenario.targets import Until
from sim.stats.intervals import t_intervals
from tests.scenario_fields import SMALL

UNTIL = {"measure": "time_in_system_hours_mean", "half_width": 0.5}
VARYING = {
    **SMALL,
    "plant": {
        **SMALL["plant"],
        "route": [
            {"station": "retouch", "pool": "floor", "minutes": {"exponential": {"mean": 60}}}
        ],
    },
}


def spec_of(**precision: Any) -> ScenarioSpec:
    """Return the small scenario, its service times random, with a precision."""
    until = {**UNTIL, **precision.pop("until", {})}
    more = precision.pop("more", {})
    return ScenarioSpec.model_validate(
        {**VARYING, "replications": {"until": until, **precision}, **more}
    )


def half_widths(spec: ScenarioSpec, confidence: float) -> list[float]:
    """Return the half-width at each look up to the limit, from all replications made at once."""
    most = interim_analyses(spec.replications, spec.gate)[-1]
    fixed = spec.model_copy(update={"replications": most})
    outcomes = run_until_enough(Task((fixed,), {}), Executor(1), _idle).outcomes
    values = values_of(Until.model_validate(UNTIL), outcomes)[:, 0]
    found = [
        t_intervals(values[:n], confidence) for n in interim_analyses(spec.replications, spec.gate)
    ]
    return [float(interval.high - interval.mean) for interval in found]


def _idle(done: int) -> None:
    """Take no notice of progress."""


@pytest.mark.parametrize("confidence", [None, 0.99])
def test_a_study_stops_at_the_first_look_that_is_narrow_enough(confidence: float | None) -> None:
    """Not before, and not after; the interval is of the confidence that is asked for."""
    spec = spec_of(at_least=3, at_most=30)
    wide = half_widths(spec, confidence or 0.95)
    for look, n in enumerate(interim_analyses(spec.replications, spec.gate)):
        narrowest = min(wide[: look + 1])
        if wide[look] > narrowest:
            continue  # a look before this one is as narrow
        asked = {"half_width": wide[look] * (1 + 1e-9), "confidence": confidence}
        finished = run_until_enough(
            Task((spec_of(at_least=3, at_most=30, until=asked),), {}), Executor(1), _idle
        )
        assert len(finished.replications) == n


def test_it_stops_at_the_limit() -> None:
    """An interval that no number of replications makes so narrow ends at at_most."""
    spec = spec_of(at_least=3, at_most=8, until={"half_width": 1e-9})
    assert len(run_until_enough(Task((spec,), {}), Executor(1), _idle).replications) == 8


def test_every_design_point_has_to_be_narrow_enough() -> None:
    """A point whose figure varies keeps the study going, beside one whose figure does not."""
    asked = {"half_width": half_widths(spec_of(at_least=3, at_most=10), 0.95)[0] * 0.9}
    wide = spec_of(at_least=3, at_most=10, until=asked)
    still = wide.model_copy(update={"plant": ScenarioSpec.model_validate(SMALL).plant})
    for points in ((wide, still), (still.model_copy(update={"seed": 4}), wide)):
        assert len(run_until_enough(Task(points, {}), Executor(1), _idle).replications) > 3


def test_what_is_never_measured_is_not_waited_for() -> None:
    """A figure that no run has (no expedite order is placed) does not keep a study going to its limit."""
    spec = spec_of(at_least=3, at_most=30, until={"service": "expedite"})
    assert len(run_until_enough(Task((spec,), {}), Executor(1), _idle).replications) == 3


def test_targets_and_precision_have_limits_of_their_own() -> None:
    """A target that stays open is waited for up to the gate's limit, an interval up to at_most."""
    target = {"measure": "time_in_system_hours_mean", "at_least": 0.0}
    narrow = {"half_width": 1e9}
    open_targets = [{**target, "at_least": mean} for mean in means(3, 5)]
    for targets, gate, until, expected in [
        (open_targets, {"most_replications": 7}, narrow, 7),
        (open_targets, {}, narrow, 3),
        ([target], {"most_replications": 20}, {"half_width": 1e-9}, 8),
    ]:
        spec = spec_of(at_least=3, at_most=8, until=until, more={"targets": targets, "gate": gate})
        n = len(run_until_enough(Task((spec,), {}), Executor(1), _idle).replications)
        assert n == max(
            look for look in interim_analyses(spec.replications, spec.gate) if look <= expected
        )


def means(*numbers: int) -> list[float]:
    """Return the mean over the first replications: a target there is not decided by as many."""
    fixed = spec_of(at_least=3).model_copy(update={"replications": max(numbers)})
    values = values_of(
        Until.model_validate(UNTIL),
        run_until_enough(Task((fixed,), {}), Executor(1), _idle).outcomes,
    )
    return [float(values[:n].mean()) for n in numbers]


@pytest.mark.parametrize(
    ("replications", "said"),
    [
        ({"until": UNTIL, "at_least": 9, "at_most": 8}, "8 is below 9"),
        ({"until": UNTIL, "at_least": 1}, "at_least"),
        ({"until": {**UNTIL, "half_width": 0}}, "half_width"),
        ({"until": {**UNTIL, "measure": "luck"}}, "luck"),
        ({"at_least": 5}, "until"),
        ("many", "must be a whole number or a mapping"),
    ],
)
def test_a_precision_that_makes_no_sense_is_bad_input(
    tmp_path: Path, replications: Any, said: str
) -> None:
    """Limits the wrong way round, too few replications, no width, an unknown measure are named."""
    with pytest.raises(InputError, match=said):
        sim.load("scenarios/professional.yaml").with_({"replications": replications})


def test_a_study_says_what_was_reached() -> None:
    """The half-width of each point is that of its interval, and enough where it is at most what was asked for."""
    scenario = sim.load("scenarios/validation/mm1.yaml").with_(
        {
            "horizon": {"start": "2026-01-05", "weeks": 2, "warm_up_weeks": 1},
            "confidence": 0.95,
            "sweep": {"customers.source.demand.orders_per_day": [100, 200]},
            "replications": {
                "until": {"measure": "in_system_mean", "half_width": 0.1},
                "at_least": 6,
                "at_most": 6,
            },
        }
    )
    study = scenario.run(verify=False)
    for point, found in enumerate(study.precision()):
        row = study.figure(point, "in_system_mean")
        assert row is not None
        assert found.half_width == pytest.approx((row["high"] - row["low"]) / 2)
        assert found.is_enough == (found.half_width <= 0.1)
    assert [found.is_enough for found in study.precision()] == [True, False]
    assert (
        not sim.load("scenarios/professional.yaml", changes=("replications=1",))
        .run(verify=False)
        .precision()
    )


CASES = [(1, {"measure": "wait_minutes_mean", "pool": "server", "half_width": 0.15}, 8 / 3)]


@pytest.mark.skipif("LONG" not in os.environ, reason="takes minutes: make long")
@pytest.mark.parametrize(("weeks", "until", "known"), CASES)
def test_the_interval_holds_the_known_mean(weeks: int, until: dict[str, Any], known: float) -> None:
    """Of 1,000 studies of an M/M/1 queue that stop when they are precise enough, 93 to 97 % hold the mean of theory."""
    changes = {
        "horizon": {
            "start": "2026-01-05",
            "weeks": 1 + weeks,
            "warm_up_weeks": 1,
            "cool_down_weeks": 1,
        },
        "confidence": 0.95,
        "replications": {"until": until},
    }
    spec = sim.load("scenarios/validation/mm1.yaml").with_(changes).spec
    held = 0
    for seed in range(1000):
        finished = run_until_enough(
            Task((spec.model_copy(update={"seed": 50_000 + seed}),), {}), Executor(1), _idle
        )
        found = t_intervals(values_of(Until.model_validate(until), finished.outcomes), 0.95)
        held += bool(found.low[0] <= known <= found.high[0])
    assert 930 <= held <= 970, held
