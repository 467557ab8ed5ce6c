"""Staffing: the fewest editors, or the cheapest, that meet all targets, and what one more or one fewer does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.errors import Fault, InputError
from sim.results.measures import MEASURES
from sim.runs.executor import SERIAL, Executor
from sim.runs.gate import State, Verdict, confidence_of_each, schedule
from sim.runs.replication import Task
from sim.scenario.staffing import Heads, Line, heads_of, lines_of, with_heads
from sim.study.late_causes import late_causes
from sim.study.staffing_margins import line_columns, margins
from sim.study.staffing_search import Proof, Search
from sim.study.staffing_trials import Doing, OutOfRunsError, Plan, Trials

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sim.scenario.schema import ScenarioSpec
    from sim.scenario.targets import Target
    from sim.study.scenario import Scenario

FEWEST_LOOKED_AT = 10
"""Replications of the first look at a roster, at least: fewer may all miss the rare bad week."""
MORE = 3
"""Times the first look that the last look of the search has, and times that the last one of the
confirmation."""
MOST_RUNS = 1_500
"""Runs that a search may make, if nothing else is said."""
MOST_TIMES = 4.0
"""The most editors of a line, in times of today's, if nothing else is said."""
MOST_CONFIRMED = 6
"""Rosters that are tried on fresh replications, one after the other, before the search gives up."""
N_CAUSES = 3
"""Replications from which it is told why the most editors still miss the targets."""
RISE_WITH_EDITORS = ("utilisation",)
"""Measures without a good way of which a lowest value is not helped by editors; throughput is."""


@dataclass(frozen=True)
class Staffing:
    """The answer: how many editors each line needs."""

    scenario: Scenario
    lines: tuple[Line, ...]
    """The roster lines that were free."""
    most_times: float
    """The most editors of a line that were tried, in times of today's."""
    needed: Heads | None
    """Editors by line; None where no roster is shown to meet the targets."""
    proof: Proof
    """What is known of cheaper rosters."""
    verdicts: tuple[Verdict, ...]
    """Each target at the roster needed, on fresh replications; where there is none, at the most
    editors."""
    today: tuple[Verdict, ...]
    """Each target at today's roster, on the same replications."""
    table: pd.DataFrame
    """``pool, line, days, from, to, hours_a_week, today, needed, most, cost_a_week``; a row a
    line."""
    margins: pd.DataFrame
    """See :func:`sim.study.staffing_margins.margins`; around ``needed`` and ``today``."""
    tried: pd.DataFrame
    """``<pool>.<line>`` for each line, ``cost, state, replications``; a row a roster that the
    search ran."""
    causes: pd.DataFrame | None
    """Why the most editors still miss the targets, as :func:`sim.study.late_causes.late_causes`;
    else None."""
    search: range
    """Numbers of the replications that rosters were sought on."""
    confirmed: range
    """Numbers of the fresh replications that verdicts and marginal table come from."""
    n_runs: int

    @property
    def has_costs(self) -> bool:
        """Return whether the cheapest roster was sought, and not the smallest."""
        return self.lines[0].shift.cost_per_hour is not None


def staff(
    scenario: Scenario,
    lines: Sequence[str] = (),
    *,
    most_times: float = MOST_TIMES,
    most_runs: int = MOST_RUNS,
    executor: Executor = SERIAL,
    on_status: Doing = lambda _: None,
) -> Staffing:
    """Find the fewest editors that meet all targets of a scenario with its confidence; the cheapest, given costs.

    Parameters
    ----------
    scenario
        With targets; its sweep is left out.
    lines
        Pools, or lines as ``pool.number``, whose editors may change; all if left out.
    most_times
        The most editors of a line, in times of today's.
    most_runs
        Runs that the search may make; the confirmation and the marginal table come on top.
    executor
        Who makes the runs.
    on_status
        Told what is being done.

    Returns
    -------
    Staffing
        The roster with its verdicts on replications that the search did not use.

    Raises
    ------
    InputError
        Where there is no target, one that more editors do not help, an unknown line, costs for some
        lines alone, or too few runs allowed to find any roster.
    CutOffError
        After Ctrl-C.

    Notes
    -----
    The method, what it takes for granted and where it comes from:
    ``docs/decisions/0012-staffing.md``.
    """
    spec = scenario.spec
    if faults := [*_faults_of_targets(spec)]:
        raise InputError(faults)
    free = lines_of(spec.plant, lines)
    plan, fresh = plans(spec)
    search = Search(Trials(scenario, free, executor, plan, on_status), most_times, most_runs)
    needed, confirm = confirmed(search, fresh)
    return _answer(search, confirm, needed)


def _faults_of_targets(spec: ScenarioSpec) -> Iterator[Fault]:
    if not spec.targets:
        example = "targets: [{measure: on_time_share, commitment: guaranteed, at_least: 0.97}]"
        yield Fault(
            f"{spec.name}: targets",
            "",
            "must be given: without one no editor is needed",
            f"write {example}",
        )
    for number, target in enumerate(spec.targets):
        if bound := _not_helped(target):
            must = "must be a bound that more editors help to keep"
            yield Fault(
                f"{spec.name}: targets.{number}.{bound}",
                target.measure,
                must,
                "leave this bound to dgisim run",
            )


def _not_helped(target: Target) -> str | None:
    """Return the bound of a target that more editors make harder to keep."""
    better = MEASURES[target.measure].better or (
        "lower" if target.measure in RISE_WITH_EDITORS else "higher"
    )
    bound = "at_most" if better == "higher" else "at_least"
    return bound if getattr(target, bound) is not None else None


def plans(spec: ScenarioSpec) -> tuple[Plan, Plan]:
    """Return how rosters are sought, and how the one that was found is confirmed.

    On replications of its own.
    """
    first = max(spec.first_replications, FEWEST_LOOKED_AT)
    sought = schedule(first, max(MORE * first, spec.gate.most_replications or 0))
    fresh = schedule(sought[-1], MORE * sought[-1])
    each = confidence_of_each(spec.confidence, len(spec.targets), len(sought))
    return Plan(0, sought, each), Plan(sought[-1], fresh, spec.confidence)


def confirmed(search: Search, fresh: Plan) -> tuple[Heads | None, Trials]:
    """Search, and judge what is found on fresh replications; where it is not shown to meet the targets, go on.

    Parameters
    ----------
    search
        Not begun.
    fresh
        The replications, and the confidence of all tries together: that of the k-th has the share
        2^-k of the error.

    Returns
    -------
    heads : tuple of int or None
        The roster that was shown to meet the targets on them.
    trials : Trials
        What was run on them.
    """
    trials, error = search.trials, 1 - fresh.confidence
    confirm = Trials(trials.scenario, trials.lines, trials.executor, fresh, trials.on_status)
    heads = _first(search)
    for attempt in range(1, MOST_CONFIRMED + 1):
        confidence = confidence_of_each(
            1 - error * 2.0**-attempt, len(trials.targets), len(fresh.looks)
        )
        confirm.plan, confirm.states = replace(fresh, confidence=confidence), {}
        if heads is None or (heads := search.settle(heads)) is None:
            break
        confirm.judge([heads])
        if confirm.states[heads] is State.MET:
            return heads, confirm
        search.rule_out(heads, confirm.states[heads])
        heads = search.best()
    return None, confirm


def _first(search: Search) -> Heads | None:
    try:
        return search.first()
    except OutOfRunsError:
        must = f"must be more: {search.trials.n_runs:,} runs found no roster that meets the targets"
        raise InputError(Fault("--most-runs", str(search.most_runs), must, "raise it")) from None


def _answer(search: Search, confirm: Trials, needed: Heads | None) -> Staffing:
    """Put the answer together: verdicts and marginal table on the fresh replications."""
    trials = search.trials
    spec, lines, today = trials.scenario.spec, trials.lines, heads_of(trials.lines)
    judged = search.most if needed is None else needed
    n = len(confirm.values[needed]) if needed else confirm.plan.looks[0]
    confirm.run([judged, today], n)
    around = ({"needed": needed} if needed else {}) | {"today": today}
    return Staffing(
        scenario=trials.scenario,
        lines=tuple(lines),
        most_times=search.times,
        needed=needed,
        proof=search.proof(judged),
        verdicts=_verdicts(confirm, judged),
        today=_verdicts(confirm, today),
        table=_table(lines, needed, search.most),
        margins=margins(confirm, around, confirm.plan.looks[0], spec.confidence),
        tried=_tried(search),
        causes=_causes(trials, search.most) if needed is None else None,
        search=range(trials.plan.first, trials.plan.looks[-1]),
        confirmed=range(confirm.plan.first, confirm.plan.first + n),
        n_runs=trials.n_runs + confirm.n_runs,
    )


def _verdicts(trials: Trials, heads: Heads) -> tuple[Verdict, ...]:
    pairs = zip(trials.targets, trials.estimates(heads), strict=True)
    return tuple(Verdict(0, {}, target, found, trials.plan.confidence) for target, found in pairs)


def _table(lines: Sequence[Line], needed: Heads | None, most: Heads) -> pd.DataFrame:
    rows = [
        {**line_columns(line), "hours_a_week": line.hours, "today": line.shift.editors}
        | {"needed": needed[place] if needed else pd.NA, "most": most[place]}
        | {
            "cost_a_week": line.weight * needed[place]
            if needed and line.shift.cost_per_hour is not None
            else np.nan
        }
        for place, line in enumerate(lines)
    ]
    return pd.DataFrame(rows).astype({"needed": "Int64"})


def _tried(search: Search) -> pd.DataFrame:
    trials = search.trials
    rows = [
        {line.name: n for line, n in zip(trials.lines, heads, strict=True)}
        | {
            "cost": search.cost(heads),
            "state": str(trials.state(heads)),
            "replications": len(values),
        }
        for heads, values in trials.values.items()
    ]
    return pd.DataFrame(rows)


def _causes(trials: Trials, most: Heads) -> pd.DataFrame:
    spec = with_heads(trials.scenario.spec, trials.lines, most)
    task = Task((spec,), trials.scenario.order_files)
    return late_causes(task, [{}], range(N_CAUSES), spec.confidence, trials.executor.store)
