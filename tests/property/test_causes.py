"""What holds for the causes of lateness, whatever the plant."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given

from sim.clock import NAT
from sim.plant.compiled.engine import simulate
from sim.plant.roster import Shifts
from sim.plant.run_input import prepare_run_input
from sim.plant.unqueued import done_without_queues
from sim.results.view import View
from sim.study import lateness as module
from sim.study.causes import CAUSES, Cause, Given, without_all, without_rework
from sim.study.lateness import lateness
from tests.strategies import Small, examples, smalls

if TYPE_CHECKING:
    from sim.plant.run_input import RunInput
    from sim.plant.visits import Visits


def crowded(run_input: RunInput) -> RunInput:
    """Return a run_input in which each editor has as many doubles as there may be visits at once.

    It runs to the end.
    """
    n = len(run_input.draws.visits.first_visit) + len(run_input.promises.table.order)
    shifts = tuple(_doubled(part, n) for part in run_input.draws.shifts)
    return replace(
        run_input, draws=replace(run_input.draws, shifts=shifts), n_counted=run_input.n_counted + 1
    )


def _doubled(shifts: Shifts, n: int) -> Shifts:
    editor = (np.repeat(shifts.editor, n).reshape(-1, n) * n + np.arange(n)).ravel()
    return Shifts(
        editor, np.repeat(shifts.starts_at, n), np.repeat(shifts.ends_at, n), shifts.n_editors * n
    )


@examples(60)
@given(smalls())
def test_nobody_waits_as_with_more_editors_than_images(small: Small) -> None:
    """The pass without queues gives what the engine gives when every image finds an editor."""
    run_input = small.run_input
    done = simulate(crowded(run_input)).ended_at[run_input.draws.visits.ends - 1]
    np.testing.assert_array_equal(done_without_queues(run_input), done)


@examples(60)
@given(smalls())
def test_late_images_are_those_of_the_ledger_and_each_is_explained_once_or_by_causes(
    small: Small,
) -> None:
    """No image in time is explained.

    Each late one by some causes, or by several together, or by the service itself.
    """
    found = lateness(Given(small.spec, small.draws))
    view = View(small.ledger, small.ledger.deliveries)
    late_of_ledger = Counter(
        zip(view.rows.image[view.late], view.rows.due_at[view.late], strict=True)
    )
    image = np.searchsorted(small.draws.visits.first_delivery, found.late, side="right") - 1
    assert Counter(zip(image, found.marks.due_at[found.late], strict=True)) == late_of_ledger
    groups = found.groups
    by_causes = np.array([groups[name] for name in CAUSES]).any(axis=0)
    rest = np.array([own for name, own in groups.items() if name not in CAUSES])
    assert (by_causes.astype(int) + rest.sum(axis=0) == 1).all()


@examples(30)
@given(smalls())
def test_removing_nothing_saves_nothing(small: Small) -> None:
    """The same run again, up to the end of the cool-down, brings no late image in time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CAUSES", {"nothing": Cause("nothing", "", lambda given: given)})
        assert not lateness(Given(small.spec, small.draws)).saved.any()


@examples(60)
@given(smalls())
def test_without_any_cause_images_take_their_work_alone(small: Small) -> None:
    """Round the clock, without waiting, review or rework, a delivery takes the first visit of each of its stations."""
    rest = without_all(Given(small.spec, small.draws))
    run_input = prepare_run_input(rest.spec, rest.draws)
    visits, done, end = (
        small.draws.visits,
        done_without_queues(run_input),
        small.spec.horizon.end_at,
    )
    submitted_at = np.repeat(small.draws.orders.submitted_at, small.draws.orders.images)
    for image, first in enumerate(visits.first_delivery[:-1].tolist()):
        at = int(submitted_at[image])
        refused = done[first] == NAT and simulate(run_input).due_at[first] == NAT
        for delivery in range(first, int(visits.first_delivery[image + 1])):
            at += sum(seconds for _, seconds in first_visits(visits, delivery))
            assert done[delivery] == (NAT if refused or at >= end else at)
            at += max(int(visits.returns_after[delivery]), 0)


def first_visits(visits: Visits, delivery: int) -> list[tuple[int, int]]:
    """Return station and seconds of the visits of a delivery that go further than any before it."""
    begin = int(visits.ends[delivery - 1]) if delivery else 0
    kept: list[tuple[int, int]] = []
    for visit in range(begin, int(visits.ends[delivery])):
        if not kept or visits.station[visit] > kept[-1][0]:
            kept.append((int(visits.station[visit]), int(visits.seconds[visit])))
    return kept


@examples(60)
@given(smalls())
def test_without_rework_each_delivery_passes_its_stations_once(small: Small) -> None:
    """Images, deliveries and rejections are the same.

    Of the visits the first of each station are left.
    """
    visits = small.draws.visits
    less = without_rework(visits)
    np.testing.assert_array_equal(less.first_delivery, visits.first_delivery)
    np.testing.assert_array_equal(less.returns_after, visits.returns_after)
    for delivery in range(len(visits.ends)):
        begin, end = int(less.ends[delivery - 1]) if delivery else 0, int(less.ends[delivery])
        left = list(
            zip(less.station[begin:end].tolist(), less.seconds[begin:end].tolist(), strict=True)
        )
        assert left == first_visits(visits, delivery)
