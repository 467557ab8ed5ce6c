"""Staffing: the optimum of all rosters, costs, the marginal table, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtrit

from sim.errors import CutOffError, InputError
from sim.plant.draws import draw_replication, with_roster
from sim.runs.executor import SERIAL
from sim.runs.gate import State
from sim.runs.run import Finished
from sim.scenario.staffing import Heads, lines_of, most_heads, opens, with_heads
from sim.study.scenario import Scenario, load
from sim.study.staffing import Staffing, staff
from sim.study.staffing_search import Proof, Search
from sim.study.staffing_trials import Plan, Trials
from tests.scenario_fields import SMALL, with_value, write
from tests.staffing_plants import WORD, batches, enumerated, scenario

SHIFTS = [
    ("Mon-Fri", "06:00", "14:00"),
    ("Mon-Fri", "14:00", "22:00"),
    ("Sat-Sun", "08:00", "16:00"),
]


def shops(folder: Path, today: Heads, costs: tuple[float, ...] = (), **more: Any) -> Scenario:
    """Return one pool with a line for each number, and shops whose images are due in six hours."""
    pay = costs or (None,) * len(today)
    roster = [
        {
            "days": days,
            "from": begins,
            "to": ends,
            "editors": n,
            **({"cost_per_hour": cost} if cost else {}),
        }
        for (days, begins, ends), n, cost in zip(SHIFTS, today, pay, strict=False)
    ]
    demand = {
        "orders_per_day": 4,
        "images_per_order": {"geometric": {"mean": 8}},
        "expedite_share": 1.0,
    }
    settings: dict[str, Any] = {
        "hours": 6,
        "group": {"count": 2, "demand": demand},
        "pools": [{"name": "floor", "timezone": "UTC", "roster": roster}],
        "minutes": {"exponential": {"mean": 20}},
        "targets": [{**WORD, "at_least": 0.6}],
    }
    return scenario(folder, **settings | more)


def least(plant: Scenario, most: Heads, met: dict[Heads, bool]) -> set[Heads]:
    """Return the cheapest of the rosters that meet the targets."""
    weights = [line.weight for line in lines_of(plant.spec.plant)]
    costs = {heads: float(np.dot(weights, heads)) for heads, good in met.items() if good}
    return {heads for heads, cost in costs.items() if cost < min(costs.values()) + 1e-9}


@pytest.mark.parametrize(
    ("today", "costs"), [((2, 3), (10, 60)), ((2, 3), (60, 10)), ((1, 2, 1), ())]
)
def test_the_answer_is_the_best_of_all_rosters(
    tmp_path: Path, today: Heads, costs: tuple[float, ...]
) -> None:
    """On the same replications the search ends at an optimum of the enumeration, with costs at the cheapest."""
    plant = shops(tmp_path, today, costs)
    lines = lines_of(plant.spec.plant)
    trials = Trials(plant, lines, SERIAL, Plan(0, (10, 15), 0.975))
    search = Search(trials, 2.0, most_runs=5_000)
    first = search.first()
    assert first is not None
    found = search.settle(first)
    assert found in least(plant, search.most, enumerated(plant, search.most, 15, 0.975))
    assert search.proof(found) is Proof.NONE_CHEAPER


def test_the_dear_shift_is_left_empty(tmp_path: Path) -> None:
    """Five editors of either shift do the work.

    Those of the one that costs six times as much a week stay away.
    """
    shifts = (("06:00", "14:00", 30), ("06:00", "22:00", 90))
    roster = [
        {"days": "Mon-Fri", "from": begins, "to": ends, "editors": 6, "cost_per_hour": cost}
        for begins, ends, cost in reversed(shifts)
    ]
    found = staff(batches(tmp_path, {"2026-01-06T08:00Z": 10}, 2, roster), most_times=1)
    assert found.needed == (0, 5)
    assert found.table["cost_a_week"].tolist() == [0, 5 * 40 * 30]


@pytest.fixture(scope="module", autouse=True)
def _few_replications() -> Iterator[None]:
    """Look first at 5 replications, so that the tests are quick."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.study.staffing.FEWEST_LOOKED_AT", 5)
        yield


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Staffing:
    """Return an answer for two lines."""
    return staff(shops(tmp_path_factory.mktemp("shops"), (2, 3)), most_times=2)


def test_the_marginal_table_is_the_difference_of_two_studies(found: Staffing) -> None:
    """Each row: two scenarios run as they are, replication by replication on the fresh numbers."""
    assert found.needed is not None
    rows = found.margins[found.margins["around"] == "needed"]
    numbers = range(found.confirmed.start, found.confirmed.start + int(rows["n"].max()))
    wide = stdtrit(len(numbers) - 1, 0.975) / len(numbers) ** 0.5
    base = direct(found.scenario, found.needed, numbers)
    for line, change in sorted(
        {(line, change) for around, line, change, _ in rows_of(found) if around == "needed"}
    ):
        changed = tuple(n + change * (place == line) for place, n in enumerate(found.needed))
        differences = direct(found.scenario, changed, numbers) - base
        for row in rows[rows["line"].eq(line) & rows["change"].eq(change)].to_dict("records"):
            own = differences[row["measure"]]
            assert row["difference"] == pytest.approx(own.mean(), abs=1e-12)
            assert row["high"] - row["low"] == pytest.approx(2 * wide * own.std(ddof=1))
            assert row["editors"] == changed[line]
    of = found.margins[["around", "line", "change", "measure"]].itertuples(index=False)
    assert sorted(map(tuple, of)) == sorted(rows_of(found))


def rows_of(found: Staffing) -> Iterator[tuple[str, int, int, str]]:
    """Yield the rows that the marginal table must have.

    No line goes under 0, and the pool stays open.
    """
    assert found.needed is not None
    for around, heads in (("needed", found.needed), ("today", (2, 3))):
        for line, change in product(range(len(heads)), (-1, 1)):
            changed = [n + change * (place == line) for place, n in enumerate(heads)]
            if min(changed) >= 0 and any(changed):
                yield from (
                    (around, line, change, measure)
                    for measure in ("on_time_share", "monday_backlog")
                )


def direct(plant: Scenario, heads: Heads, numbers: range) -> pd.DataFrame:
    """Return on-time share and backlog of some replications of a study of its own."""
    keys = {f"plant.pools.floor.roster.{line}.editors": n for line, n in enumerate(heads)}
    rows = (
        plant.with_({**keys, "replications": numbers.stop}).run(verify=False).table("replications")
    )
    rows = rows[
        rows["replication"].isin(numbers) & rows["service"].eq("all") & rows["pool"].eq("all")
    ]
    guaranteed = rows["commitment"].eq("guaranteed") & rows["measure"].eq("on_time_share")
    wanted = rows[guaranteed | rows["measure"].eq("monday_backlog")]
    return wanted.pivot_table(index="replication", columns="measure", values="value")


def test_the_winner_is_confirmed_on_replications_of_its_own(found: Staffing) -> None:
    """The numbers of search and confirmation share nothing, and the target is met on the latter."""
    assert not set(found.search) & set(found.confirmed)
    assert [verdict.state for verdict in found.verdicts] == [State.MET]
    assert found.verdicts[0].confidence > found.scenario.spec.confidence


def test_a_winner_that_fails_afresh_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the search found is missed on fresh replications.

    A larger roster is the answer, at a smaller error.
    """
    plant = shops(tmp_path, (2, 3))
    first = staff(plant, most_times=2)
    seen: list[Heads] = []
    judge = Trials.judge

    def fails(self: Trials, rosters: Any) -> None:
        rosters = list(rosters)
        judge(self, rosters)
        if self.plan.first and not seen:
            seen.extend(rosters)
            self.states |= dict.fromkeys(rosters, State.UNDECIDED)

    monkeypatch.setattr(Trials, "judge", fails)
    second = staff(plant, most_times=2)
    assert seen == [first.needed]
    assert second.needed is not None
    assert first.needed is not None
    assert second.needed != first.needed
    assert sum(second.needed) >= sum(first.needed)
    assert second.verdicts[0].confidence == pytest.approx(
        1 - (1 - first.verdicts[0].confidence) / 2
    )


def test_where_no_editor_helps_none_is_said_to(tmp_path: Path) -> None:
    """An image of an hour is never done in half an hour.

    No roster, the verdict at the most editors, and why.
    """
    roster = [{"days": "Mon-Sun", "from": "00:00", "to": "24:00", "editors": 2}]
    found = staff(batches(tmp_path, {"2026-01-06T08:00Z": 4}, 0.5, roster))
    assert found.needed is None
    assert found.table["most"].tolist() == [8]
    assert found.verdicts[0].state is State.MISSED
    assert found.causes is not None
    assert found.causes.set_index("cause").loc["service itself", "mean"] == 1.0
    assert set(found.margins["around"]) == {"today"}


def test_named_lines_alone_change(tmp_path: Path) -> None:
    """The lines that are not named keep today's editors, in the answer and in the runs."""
    plant = shops(tmp_path, (2, 3))
    found = staff(plant, ["floor.1"], most_times=2)
    assert [line.name for line in found.lines] == ["floor.1"]
    assert found.needed is not None
    assert with_heads(plant.spec, found.lines, found.needed).plant.pools[0].roster[0].editors == 2


def test_a_workload_takes_on_the_shifts_of_another_roster(tmp_path: Path) -> None:
    """Drawn for one roster and given another, it is the one drawn for that.

    Points of a search share their draws.
    """
    pool = with_value(SMALL, ("plant", "pools", 0, "absence_share"), 0.4)
    few = load(write(tmp_path / "few.yaml", pool)).spec
    many = with_heads(few, lines_of(few.plant), (4,))
    given, drawn = with_roster(draw_replication(few, {}, 3), many, 3), draw_replication(many, {}, 3)
    assert given.shifts[0].n_editors == 4
    for name in ("editor", "starts_at", "ends_at"):
        assert getattr(given.shifts[0], name).tolist() == getattr(drawn.shifts[0], name).tolist()
    assert given.visits.station.tolist() == drawn.visits.station.tolist()


def test_a_sweep_over_editors_is_as_separate_studies(tmp_path: Path) -> None:
    """Points that share their draws but not their shifts.

    Figures and causes are those of each by itself.
    """
    key = "plant.pools.floor.roster.0.editors"
    swept = shops(tmp_path, (2, 3), sweep={key: [1, 3]}).run(verify=False)
    for point, editors in enumerate((1, 3)):
        alone = shops(tmp_path, (editors, 3)).run(verify=False)
        for name in ("replications", "late_causes"):
            rows = swept.table(name)
            own = rows[rows["point"] == point].drop(columns=["point", key]).reset_index(drop=True)
            pd.testing.assert_frame_equal(own, alone.table(name).drop(columns="point"))


def test_the_budget_stops_the_search(tmp_path: Path) -> None:
    """With just enough runs for a first roster it is confirmed, and no more is said than is known."""
    plant = shops(tmp_path, (2, 2, 1))
    with pytest.raises(InputError, match="--most-runs: '4' must be more: 0 runs found no roster"):
        staff(plant, most_runs=4)
    trials = Trials(plant, lines_of(plant.spec.plant), SERIAL, Plan(0, (10, 15), 0.975))
    search = Search(trials, 2.0, most_runs=5_000)
    first = search.first()
    search.most_runs = trials.n_runs
    assert first is not None
    found = search.settle(first)
    assert found is not None
    assert search.proof(found) is Proof.STOPPED


def refused(plant: Scenario, *lines: str) -> str:
    """Return all faults of a question."""
    with pytest.raises(InputError) as error:
        staff(plant, lines)
    return "\n".join(map(str, error.value.faults))


def test_a_target_is_needed(tmp_path: Path) -> None:
    """Without a target no editor is needed; the fault shows one."""
    assert "targets: [{measure: on_time_share" in refused(shops(tmp_path, (1, 1), targets=[]))


@pytest.mark.parametrize(
    ("target", "fine"),
    [
        ({"measure": "on_time_share", "at_most": 0.9}, False),
        ({"measure": "monday_backlog", "at_least": 3}, False),
        ({"measure": "utilisation", "pool": "floor", "at_least": 0.3}, False),
        ({"measure": "throughput_per_day", "at_most": 3}, False),
        ({"measure": "utilisation", "pool": "floor", "at_most": 0.9}, True),
        ({"measure": "throughput_per_day", "at_least": 3}, True),
    ],
)
def test_targets_that_editors_harm_are_refused(
    tmp_path: Path, target: dict[str, Any], fine: bool
) -> None:
    """Fewer on time, a longer backlog or idle hours ask for fewer editors.

    All such bounds are named at once.
    """
    plant = shops(tmp_path, (1, 1), targets=[target, target])
    said = refused(plant, "nobody")
    assert said.count("more editors help to keep") == (0 if fine else 2)


def test_lines_are_named_by_pool_and_number(tmp_path: Path) -> None:
    """Each name that is none is a fault of its own, and says what there is."""
    said = refused(shops(tmp_path, (1, 1)), "flor", "floor.2", "floor.1")
    assert "--line: 'flor' must be a pool (floor) or a line of its roster, such as floor.0" in said
    assert "'floor.2'" in said
    assert "'floor.1'" not in said


def test_costs_stand_on_every_line_or_on_none(tmp_path: Path) -> None:
    """A line without a cost beside one that has it cannot be compared with it."""
    said = refused(shops(tmp_path, (1, 1), costs=(10, 0)))
    assert "plant.pools.floor.roster.1.cost_per_hour: must be given" in said


def test_a_roster_keeps_within_the_bounds(tmp_path: Path) -> None:
    """An empty line may get as many as one of one editor, and a pool keeps one editor at least."""
    plant = shops(tmp_path, (2, 0)).spec.plant
    lines = lines_of(plant)
    assert most_heads(lines, 4) == (8, 4)
    assert [opens(plant, lines, heads) for heads in ((0, 1), (0, 0))] == [True, False]
    assert [opens(plant, own, (0,)) for own in (lines[1:], lines[:1])] == [True, False]


def test_ctrl_c_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that is stopped found nothing that it could stand for."""
    stopped: Callable[..., Finished] = lambda *_: Finished((), (), cut_off=True)  # noqa: E731
    monkeypatch.setattr("sim.study.staffing_trials.run_all", stopped)
    with pytest.raises(CutOffError):
        staff(shops(tmp_path, (1, 1)))
