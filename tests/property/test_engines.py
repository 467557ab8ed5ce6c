"""The compiled engine leaves the marks of the SimPy model, to the second, whatever the plant."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import NAT
from sim.plant.compiled.engine import refusals
from sim.plant.compiled.engine import simulate as simulate_compiled
from sim.plant.compiled.kernel import simulate as run_kernel
from sim.plant.draws import draw_replication
from sim.plant.marks import Marks, cut, instant_of_visit
from sim.plant.model import simulate
from sim.plant.run_input import RunInput, prepare_run_input
from sim.study.scenario import Scenario, load
from tests.benchmarks.engine import spec as benchmark
from tests.strategies import LONG, Small, examples, single_station, smalls

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted(path for path in ROOT.glob("scenarios/**/*.yaml"))


def assert_same(compiled: Marks, model: Marks) -> None:
    """Say which column of the marks differs, and where."""
    for mark in fields(Marks):
        np.testing.assert_array_equal(
            getattr(compiled, mark.name), getattr(model, mark.name), mark.name
        )


def settings_of(scenario: Scenario) -> list[RunInput]:
    """Return a scenario's first replication at its first design point.

    At all of them in a long run.
    """
    cases = [case for _, case in scenario.case.points()]
    settings = []
    for case in cases if LONG else cases[:1]:
        replays = {name: replay.columns for name, replay in case.replays.items()}
        settings.append(prepare_run_input(case.spec, draw_replication(case.spec, replays, 0)))
    return settings


@examples(200)
@given(smalls())
def test_random_small_plants(small: Small) -> None:
    """Every feature in every mixture, with ties, clock changes, overflow and people who stay away."""
    assert refusals(small.run_input) == []
    assert_same(simulate_compiled(small.run_input), small.marks)


@examples(100)
@given(smalls(), st.floats(0, 1))
def test_a_run_that_is_cut_is_a_run_that_stopped(small: Small, share: float) -> None:
    """What a run had left behind by any instant is what a run leaves that stops there."""
    begins, ends = small.run_input.horizon.start_at, small.marks.run_until
    at = begins + round(share * (ends - begins))
    assert_same(cut(small.run_input, small.marks, at), simulate(small.run_input, at))


@pytest.mark.parametrize("column", ["started_at", "ended_at", "editor", "due_at"])
def test_a_fault_before_the_cut_is_still_in_it(column: str) -> None:
    """One second or one editor off, in the first visit or delivery, is off in the cut as well."""
    orders = [("ann", 1_767_571_200 + 3600 * hour, 0, 3) for hour in range(9)]
    small = single_station(1, orders)
    at = instant_of_visit(small.marks, 10)
    right = cut(small.run_input, small.marks, at)
    wrong = getattr(small.marks, column).copy()
    wrong[0] += 1
    off = cut(small.run_input, replace(small.marks, **{column: wrong}), at)
    assert (getattr(off, column) != getattr(right, column)).tolist()[0]
    assert (right.started_at != NAT).sum() <= 10 < (small.marks.started_at != NAT).sum()


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenarios_of_the_repository(path: Path) -> None:
    """The scenarios that come with the product."""
    if path.stem == "real-orders" and not (ROOT / "../shared/data").is_dir():
        pytest.skip("the real orders are not here")
    for run_input in settings_of(load(path)):
        assert_same(simulate_compiled(run_input), simulate(run_input))


def test_a_large_plant() -> None:
    """Many images, whose numbers and queues are longer than any of the small plants'.

    A million in a long run.
    """
    scenario = benchmark(1_000_000 if LONG else 100_000, 1.0)
    run_input = prepare_run_input(scenario, draw_replication(scenario, {}, 0))
    assert_same(simulate_compiled(run_input), simulate(run_input))


@pytest.mark.parametrize("shift_end", ["finish", "hand_over"])
def test_more_editors_than_bits_of_a_word(shift_end: str) -> None:
    """200 editors in two shifts fill four words of bits, and the lowest number is still taken first."""
    orders = [("ann", 1_767_571_200 + 7 * 3600 * hour, 0, 90 + hour) for hour in range(40)]
    lines = [
        {"days": "Mon-Sun", "from": begins, "to": ends, "editors": 100}
        for begins, ends in (("00:00", "12:30"), ("12:00", "24:00"))
    ]
    small = single_station(1, orders, roster=lines, shift_end=shift_end)
    assert len(np.unique(small.marks.editor)) > 130
    assert_same(simulate_compiled(small.run_input), small.marks)


@pytest.mark.parametrize("hours", [4.4, 4.6, 100, 1000])
def test_visits_longer_than_a_turn_of_the_wheel(hours: float) -> None:
    """A visit may end later than the near calendar holds: 4.55 hours."""
    orders = [("ann", 1_767_571_200 + 600 * number, 0, 3) for number in range(8)]
    small = single_station(5, orders)
    plant: dict[str, Any] = small.spec.plant.model_dump(by_alias=True, exclude_unset=True)
    plant["route"][0]["minutes"] = {"uniform": {"low": 55 * hours, "high": 65 * hours}}
    changed = small.changed(plant=plant)
    assert_same(simulate_compiled(changed.run_input), changed.marks)


def test_reviews_that_end_together_are_quoted_in_the_order_of_submission() -> None:
    """Three orders over the guarantee are reviewed side by side; who submitted first is quoted the first morning.

    30 images take 30 / 0.85 = 35.3 hours each, from Monday 01:30: to Tuesday, Thursday 00:06 and
    Friday 11:24, and no quote lies before Wednesday.
    """
    at = 1_767_571_200 + 3600
    small = single_station(1, [(name, at, 0, 30) for name in ("ann", "bob", "cid")])
    plant: dict[str, Any] = small.spec.plant.model_dump(by_alias=True, exclude_unset=True)
    support = {**plant["pools"][0], "name": "support"}
    support["roster"] = [{**support["roster"][0], "editors": 3}]
    plant |= {
        "pools": [*plant["pools"], support],
        "review": {"pool": "support", "minutes": {"constant": 30}},
    }
    changed = small.changed(plant=plant, plans={"plain": {"standard": {"guaranteed_per_day": 0}}})
    monday_nine = 1_767_571_200 + 9 * 3600
    days = (changed.marks.due_at[[0, 30, 60]] - monday_nine) / 86_400
    assert days.tolist() == [2, 3, 7]  # Wednesday, Thursday, and from Friday noon over the weekend
    assert_same(simulate_compiled(changed.run_input), changed.marks)


def test_one_machine_code_serves_all_plants() -> None:
    """The kernel is compiled once.

    Another form of its arguments would cost every user half a minute.
    """
    simulate_compiled(single_station(1, [("ann", 1_767_571_200, 0, 3)]).run_input)
    assert len(run_kernel.overloads) == 1  # type: ignore[attr-defined]


def test_what_64_bits_do_not_hold_is_refused_by_name() -> None:
    """A plant whose quotes need longer numbers than the engine has is named, not run differently."""
    small = single_station(1, [("ann", 1_767_571_200, 0, 3)])
    plant = small.spec.plant.model_dump(by_alias=True, exclude_unset=True)
    changed = small.changed(plant={**plant, "planning_utilisation": 0.123456789012345})
    assert "planning_utilisation 0.123456789012345" in refusals(changed.run_input)[0]


def test_keys_of_a_queue_are_refused_from_the_first_bit_too_many_on() -> None:
    """At the last size that 63 bits hold nothing is refused; a second more of work left is."""
    small = single_station(1, [("ann", 1_767_571_200, 0, 3)])
    image_and_tranche_bits = 2 + 1  # of three images
    most = (1 << (63 - image_and_tranche_bits)) - 1 - 4 * (1 << 31)  # four priority classes
    fits = replace(small.run_input, work_left=(most, 0))
    assert refusals(fits) == []
    assert "keys of 64 bits" in refusals(replace(fits, work_left=(most + 1, 0)))[0]
