"""The question of a study, and its answer in a sentence with its uncertainty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.report.targets import (
    LISTED,
    asked,
    by_target,
    interval,
    points_words,
    said,
    subject,
)
from sim.report.words import (
    at_point,
    cut,
    factor_names,
    level_words,
    listed,
    own_point,
    share,
    todays_point,
)
from sim.results.figure import Figure
from sim.runs.gate import State, confidence_words

if TYPE_CHECKING:
    from sim.runs.gate import Verdict
    from sim.scenario.targets import Target
    from sim.stats.intervals import Estimate
    from sim.study.study import Study

MEASURE, COMMITMENT = "on_time_share", "guaranteed"
"""What is answered for where no target says it."""


def question(study: Study) -> str:
    """Return what was asked: the scenario's description, or what was compared."""
    description = " ".join(str(study.manifest["scenario"].get("description", "")).split())
    if description:
        return description
    factors = listed(list(factor_names(study).values()))
    return (
        f"What do other settings of {factors} do?"
        if factors
        else "Which promises can this plant keep?"
    )


def compared(study: Study) -> str:
    """Return which design points were compared and which is the scenario's own, or nothing for one."""
    if len(study.manifest["points"]) == 1:
        return ""
    factors = "; ".join(
        f"{name} {_levels(study, key)}" for key, name in factor_names(study).items()
    )
    point = own_point(study)
    own = (
        f" The scenario's own setting is {', '.join(level_words(study, point))}."
        if point >= 0
        else ""
    )
    return f"Compared: {factors}.{own}"


def _levels(study: Study, key: str) -> str:
    levels = list(dict.fromkeys(cut(str(levels[key])) for levels in study.manifest["points"]))
    return (
        listed(levels)
        if len(levels) <= LISTED
        else f"{levels[0]} to {levels[-1]} ({len(levels)} levels)"
    )


def answer(study: Study) -> str:
    """Return the answer in a sentence, with the interval of its figure.

    Parameters
    ----------
    study
        The results.

    Returns
    -------
    str
        The verdict over all design points and all targets, and a figure at today's point with the
        interval that it is judged by; without targets, the on-time share of guaranteed images.
    """
    return _with_targets(study) if study.targets else _without_targets(study)


def _with_targets(study: Study) -> str:
    """Give the verdicts, and the figure of the first target that is not met today, else of the first."""
    targets, today = by_target(study), todays_point(study)
    shown = next((own for own in targets if own[today].state is not State.MET), targets[0])
    verdict = shown[today]
    figure = _found(
        study,
        subject(verdict.target.figure),
        verdict.target.measure,
        today,
        verdict.found,
        verdict.confidence,
    )
    return f"{_verdicts(study, targets)}: {figure}, {asked(verdict.target)} asked{_nearest(study, shown)}."


def _verdicts(study: Study, targets: list[list[Verdict]]) -> str:
    """Say at which design points all targets are met, and where one is missed or not decided."""
    n_points = len(targets[0])
    states = [_worst([own[point].state for own in targets]) for point in range(n_points)]
    points = {state: [point for point, own in enumerate(states) if own is state] for state in State}
    places = {
        state: f" {points_words(study, own)}" if n_points > 1 else ""
        for state, own in points.items()
        if own
    }
    if len(targets) == 1:
        return f"The target is {'; '.join(f'{state}{place}' for state, place in places.items())}"
    all_met = f"all {len(targets)} targets are met"
    parts = [
        f"{all_met if state is State.MET else f'a target is {state}'}{at}"
        for state, at in places.items()
    ]
    return _sentence("; ".join(parts))


def _worst(states: list[State]) -> State:
    return next((state for state in (State.MISSED, State.UNDECIDED) if state in states), State.MET)


def _nearest(study: Study, verdicts: list[Verdict]) -> str:
    """Say which design point comes nearest to the target, where several all miss."""
    known = [verdict for verdict in verdicts if verdict.found.known]
    if len(known) < 2 or any(verdict.state is not State.MISSED for verdict in verdicts):
        return ""
    best = min(known, key=lambda verdict: _distance(verdict.target, verdict.found.mean))
    if best.point == todays_point(study):
        return "; no other comes nearer"
    return f"; nearest is {said(best.target.measure, best.found)}{at_point(study, best.point)}"


def _distance(target: Target, mean: float) -> float:
    below = target.at_least - mean if target.at_least is not None else 0.0
    above = mean - target.at_most if target.at_most is not None else 0.0
    return max(below, above)


def _without_targets(study: Study) -> str:
    points = range(len(study.manifest["points"]))
    found = {point: share(study, point, MEASURE, commitment=COMMITMENT) for point in points}
    known = {point: value for point, value in found.items() if value.known}
    if not known:
        return "No guaranteed image was due in the time that counts, so there is no on-time share to answer with."
    today = todays_point(study)
    point = today if today in known else min(known)
    lead = _sentence(
        _found(
            study,
            subject(Figure(MEASURE, COMMITMENT)),
            MEASURE,
            point,
            known[point],
            study.confidence,
        )
    )
    low, high = min(known, key=lambda at: known[at].mean), max(known, key=lambda at: known[at].mean)
    if known[low].mean == known[high].mean:
        return (
            f"{lead}." if len(known) == 1 else f"{lead}, and the same at all {len(known)} points."
        )
    ends = [f"{said(MEASURE, known[at])}{at_point(study, at)}" for at in (low, high)]
    return f"{lead}; it goes from {ends[0]} to {ends[1]}."


def _found(
    study: Study, what: str, measure: str, point: int, value: Estimate, confidence: float
) -> str:
    """Return ``"at DGI 200 the on-time share is 98.1 % (95 % interval: 97.2 to 99.0 %)"``."""
    lead = f"{at_point(study, point)} the {what}".lstrip()
    if not value.known:
        return f"{lead} was not measured"
    bounds = interval(measure, value)
    rest = (
        f"{confidence_words(confidence)} interval: {bounds}" if bounds else "one run, no interval"
    )
    return f"{lead} is {said(measure, value)} ({rest})"


def _sentence(text: str) -> str:
    """Begin with a capital."""
    return text[:1].upper() + text[1:]
