"""The plant and its ledger on small random scenarios.

Two engines agree, and every run keeps the rules.
"""

from __future__ import annotations

import pickle
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from numpy.typing import NDArray

from sim.clock import NAT
from sim.plant.model import simulate
from sim.results.counts import flow_balance
from sim.results.figure import Figure
from sim.results.measures import figures
from sim.results.profiles import profiles
from sim.runs.replication import Batch, Task, made
from sim.sla.words import REJECTION
from tests.strategies import Small, examples, smalls

if TYPE_CHECKING:
    from sim.results.ledger import Ledger

Ints = NDArray[np.int64]


def until(ledger: Ledger, ends_at: Ints) -> Ints:
    """Return ends, with the end of the run for what has none."""
    return np.where(ends_at == NAT, ledger.window.run_until, ends_at)


def cover(starts: Ints, ends: Ints, at: Ints) -> Ints:
    """Return how many of the half-open intervals hold each instant, one by one."""
    counts: Ints = ((starts[:, None] <= at) & (at < ends[:, None])).sum(axis=0)
    return counts


@examples(60)
@given(smalls())
def test_flow_balance_adds_up(small: Small) -> None:
    """Every image of an order that came is refused, done or censored, and none of them twice."""
    ledger = small.ledger
    first = ledger.deliveries.image[ledger.deliveries.service != REJECTION]
    taken = np.repeat(~ledger.orders.refused, ledger.orders.images)
    assert first.tolist() == np.flatnonzero(taken).tolist()
    counts = flow_balance(small.counts, 0)
    parts = counts.images_refused + counts.images_done + counts.images_censored
    assert counts.images_submitted == parts
    came = ledger.orders.submitted_at < ledger.window.run_until
    assert counts.images_submitted == sum(ledger.orders.images[came].tolist())


@examples(60)
@given(smalls())
def test_deliveries_of_an_image_follow_each_other(small: Small) -> None:
    """An image is owed again only after it was delivered, and only its last delivery may be unfinished."""
    rows = small.ledger.deliveries
    done = rows.done_at != NAT
    assert np.all(rows.done_at[done] > rows.began_at[done])
    again = rows.image[1:] == rows.image[:-1]
    assert np.array_equal(again, rows.service[1:] == REJECTION)
    assert done[:-1][again].all()
    assert np.all(rows.began_at[1:][again] > rows.done_at[:-1][again])


@examples(60)
@given(smalls())
def test_editors_work_one_stint_at_a_time_and_on_shift(small: Small) -> None:
    """A stint begins on shift and ends after it only under `finish`.

    Two of an editor never overlap.
    """
    ledger, pools = small.ledger, small.spec.plant.pools
    work = sorted(zip(*(column.tolist() for column in vars(ledger.stints).values()), strict=True))
    assert len({(pool, editor, start) for pool, editor, _, start, _ in work}) == len(work)
    by_start = sorted((pool, editor, start, end) for pool, editor, _, start, end in work)
    for before, after in pairwise(by_start):
        assert before[:2] != after[:2] or before[3] <= after[2]
    for pool, editor, start, end in by_start:
        own = (ledger.shifts.pool == pool) & (ledger.shifts.editor == editor)
        on = own & (ledger.shifts.started_at <= start) & (start < ledger.shifts.ended_at)
        assert on.sum() == 1
        assert start < end
        assert pools[pool].shift_end == "finish" or end <= ledger.shifts.ended_at[on][0]


@examples(60)
@given(smalls())
def test_nobody_idles_while_an_image_waits(small: Small) -> None:
    """At no time of the run is an editor on shift without work while a visit waits for the editor's pool."""
    ledger = small.ledger
    for pool in range(len(ledger.pools)):
        visits, stints, shifts = (
            [column[rows.pool == pool] for column in vars(rows).values()]
            for rows in (ledger.visits, ledger.stints, ledger.shifts)
        )
        queued_at, ended_at = visits[4], until(ledger, visits[6])
        edges = np.unique(np.concatenate([queued_at, ended_at, *stints[3:], *shifts[2:]]))
        edges = edges[edges < ledger.window.run_until]  # nothing changes between two edges
        waiting = cover(queued_at, ended_at, edges) - cover(stints[3], stints[4], edges)
        idle = np.zeros(len(edges), np.int64)
        for editor in np.unique(shifts[1]):
            on, busy = shifts[1] == editor, stints[1] == editor
            busy_at = cover(stints[3][busy], stints[4][busy], edges)
            idle += cover(shifts[2][on], shifts[3][on], edges) > busy_at
        assert waiting.min(initial=0) == 0
        assert not ((waiting > 0) & (idle > 0)).any()


@examples(60)
@given(smalls())
def test_visits_follow_the_route(small: Small) -> None:
    """An image goes from station to station, back by rework only, and again from the start of a rejection."""
    plant, rows = small.spec.plant, small.ledger.visits
    names = [station.station for station in plant.route]
    moves = {(number, number + 1) for number in range(len(names) - 1)}
    moves |= {(n, names.index(s.rework.to)) for n, s in enumerate(plant.route) if s.rework}
    images = rows.station < len(names)
    image, station, queued_at, ended_at = (
        column[images].tolist()
        for column in (rows.image, rows.station, rows.queued_at, rows.ended_at)
    )
    delivered = set(
        zip(
            *(small.ledger.deliveries.__dict__[name].tolist() for name in ("image", "done_at")),
            strict=True,
        )
    )
    begun = set(
        zip(
            *(small.ledger.deliveries.__dict__[name].tolist() for name in ("image", "began_at")),
            strict=True,
        )
    )
    for k in range(len(image)):
        if k == 0 or image[k] != image[k - 1]:
            assert station[k] == 0
        elif (image[k], ended_at[k - 1]) in delivered:
            assert station[k - 1] == len(names) - 1
            assert plant.rejection
            assert station[k] == names.index(plant.rejection.to)
            assert (image[k], queued_at[k]) in begun
        else:
            assert (station[k - 1], station[k]) in moves
            assert queued_at[k] == ended_at[k - 1]


@examples(60)
@given(smalls())
def test_visits_count_with_the_order_of_their_image(small: Small) -> None:
    """A visit counts if its image's order was submitted from the end of the warm-up to the end of the horizon."""
    ledger, horizon = small.ledger, small.spec.horizon
    for image, counted in zip(
        ledger.visits.image.tolist(), ledger.visits.counted.tolist(), strict=True
    ):
        order = next(k for k, end in enumerate(small.draws.first_image[1:].tolist()) if image < end)
        at = int(ledger.orders.submitted_at[order])
        assert counted == (horizon.count_from <= at < horizon.count_until)


@examples(60)
@given(smalls())
def test_work_on_a_visit_is_what_was_drawn(small: Small) -> None:
    """The stints of a finished visit add up to its drawn seconds.

    Those of an unfinished one to fewer.
    """
    draws, stints, marks = small.draws, small.ledger.stints, small.marks
    reviews = draws.review_seconds[small.run_input.promises.table.order]
    drawn = np.concatenate([draws.visits.seconds, reviews])
    worked = np.zeros(len(drawn), np.int64)
    np.add.at(worked, stints.visit, stints.ended_at - stints.started_at)
    ended = marks.ended_at != NAT
    assert np.array_equal(worked[ended], drawn[ended])
    assert np.all(worked[~ended] <= drawn[~ended])
    assert np.array_equal(worked > 0, marks.started_at != NAT)
    in_hand = ~ended & (marks.editor != NAT)
    assert np.all(marks.ended_at[ended] <= marks.run_until - 1)
    assert np.all(marks.started_at[in_hand] < marks.run_until)


@examples(20)
@given(smalls())
def test_run_does_not_depend_on_what_is_recorded(small: Small) -> None:
    """The same figures come out with ledgers written or not, before or after profiles, and a second time."""
    first, draws = simulate(small.run_input), pickle.dumps(small.draws)
    again = simulate(small.run_input)
    assert pickle.dumps(first) == pickle.dumps(again)
    assert pickle.dumps(small.draws) == draws
    expected = dict(figures(small.counts))
    profiles(small.counts)
    np.testing.assert_equal(dict(figures(small.counts)), expected)
    with TemporaryDirectory() as folder:
        for ledgers in (None, Path(folder)):
            (run,) = made(Task((small.spec,), small.replays, ledgers), Batch(0, (0,)))
            np.testing.assert_equal(dict(run.outcome.figures), expected)


@examples(60)
@given(smalls())
def test_littles_law_holds_on_the_ledger(small: Small) -> None:
    """The area under the number in system, from a sweep over events, is the sum of the times in system."""
    ledger = small.ledger
    rows, stop = ledger.deliveries, ledger.window.run_until
    came = rows.began_at < stop
    began, left = rows.began_at[came].tolist(), until(ledger, rows.done_at[came]).tolist()
    assert swept_area(began, left) == sum(left) - sum(began)
    window = ledger.window
    mean = figures(small.counts)[Figure("in_system_mean")]
    end = min(window.end, stop)
    inside = [(max(b, window.start), min(e, end)) for b, e in zip(began, left, strict=True)]
    area = sum(max(e - b, 0) for b, e in inside)
    np.testing.assert_allclose(mean, area / (end - window.start), rtol=1e-12)


def swept_area(began: list[int], left: list[int]) -> int:
    """Return the integral of the number in system over time."""
    events = sorted([(at, 1) for at in began] + [(at, -1) for at in left])
    area, number = 0, 0
    for (at, step), (later, _) in pairwise([*events, events[-1]] if events else []):
        number += step
        area += number * (later - at)
    return area
