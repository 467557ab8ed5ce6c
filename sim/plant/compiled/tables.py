"""A run_input as flat arrays, which is all that a kernel can read.

Instants are seconds since the run's start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import NAT
from sim.plant.compiled.trace import NOT_YET
from sim.plant.compiled.wheel import NEVER
from sim.plant.run_input import PriorityClass
from sim.scenario.disciplines import DISCIPLINES
from sim.sla.words import EXPEDITE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.plant.quotes import Quotes
    from sim.plant.run_input import RunInput

    Ints = NDArray[np.int64]
    Shorts = NDArray[np.int32]
    Bytes = NDArray[np.int8]

WEEKEND_CODES = ROLL, PAUSE, NONE = range(3)
WEEKENDS = {"roll": ROLL, "pause": PAUSE, "none": NONE}
CAPACITY, NEXT_MORNING = -1, -2
"""Quoting rules that are not a time in hours."""


class Crews(NamedTuple):
    """Pools and editors. A pool's editors fill words of 64, the last one with nobody."""

    first_word: Ints
    """Shape (pools + 1,): first word of each pool."""
    pool_of_editor: Bytes
    discipline: Ints
    """Place of each pool's discipline in the table of all."""
    hands_over: NDArray[np.bool_]
    change_at: Ints
    """Instant of each change of shift, rising, and one that never comes."""
    change_editor: Ints
    change_until: Ints
    """End of the shift that begins, -1 where one ends."""


class Route(NamedTuple):
    """Stations, the review as the last."""

    pool_of_station: Ints
    work_left: Ints
    """Expected seconds of work from each station on."""
    most_left: int
    reviewed: bool
    """Whether tranches without a deadline are reviewed before they are quoted."""


class Work(NamedTuple):
    """Visits, as the draws gives them, and what the customers send back."""

    first_visit: Shorts
    station: Bytes
    seconds: Shorts
    review_seconds: Shorts
    """Shape (tranches,)."""
    return_image: Shorts
    return_visit: Shorts
    """First visit after the return."""
    return_after: Shorts
    return_terms: Ints
    """Shape (returns, 2): seconds and weekend rule of the plan's promise."""


class Promised(NamedTuple):
    """Tranches."""

    submitted: Ints
    """Instant of each, rising, and one that never comes."""
    first_image: Ints
    images: Ints
    priority: Bytes
    """Shape (tranches + returns,): priority class."""
    review_due: Shorts
    review_priority: Bytes
    plan: Shorts
    place: Shorts
    earliest: Shorts
    """No quote lies before it."""
    of_image: Shorts
    """Shape (images + 1,): tranche of each image, -1 for refused ones; an image sent back gets
    tranches + return."""


class Quoting(NamedTuple):
    """Rules and rosters that quotes are made from."""

    rule: Ints
    """Shape (plans,): seconds, or `CAPACITY`, `NEXT_MORNING`."""
    weekend: Ints
    dues: Ints
    """Due times of all plans and places, one row of them after the other."""
    first_due: Ints
    """Shape (plans, places + 1)."""
    work: Ints
    """Shape (stations, pools): expected editor-milliseconds of an image."""
    numerator: int
    """Share of the hours that a quote counts on, as a fraction."""
    denominator: int
    times: Ints
    """Instants at which the head count of a pool changes, pool by pool."""
    heads: Ints
    offered: Ints
    first_time: Ints
    """Shape (pools + 1,)."""
    last_week: Ints


class Tables(NamedTuple):
    """All of a run input."""

    crews: Crews
    route: Route
    work: Work
    promised: Promised
    quoting: Quoting


def tables_of(run_input: RunInput) -> Tables:
    """Lay out a run input.

    Parameters
    ----------
    run_input
        What an engine is given.

    Returns
    -------
    Tables
        Columns of the draws are shared, not copied.
    """
    return Tables(
        _crews(run_input),
        _route(run_input),
        _work(run_input),
        _promised(run_input),
        _quoting(run_input),
    )


def _crews(run_input: RunInput) -> Crews:
    shifts, pools = run_input.draws.shifts, run_input.plant.pools
    words = np.array([-(-part.n_editors // 64) for part in shifts])
    first_word = np.concatenate([[0], np.cumsum(words)])
    editor = np.concatenate(
        [part.editor + 64 * first for part, first in zip(shifts, first_word, strict=False)]
    )
    starts, ends = (
        np.concatenate([getattr(part, name) for part in shifts]) - run_input.horizon.start_at
        for name in ("starts_at", "ends_at")
    )
    at = np.concatenate([starts, ends])
    order = np.argsort(at, kind="stable")
    return Crews(
        first_word=first_word,
        pool_of_editor=np.repeat(np.arange(len(pools), dtype=np.int8), 64 * words),
        discipline=np.array([list(DISCIPLINES).index(pool.discipline) for pool in pools]),
        hands_over=np.array([pool.shift_end == "hand_over" for pool in pools]),
        change_at=np.append(at[order], NEVER),
        change_editor=np.concatenate([editor, editor])[order],
        change_until=np.concatenate([ends, np.full(len(ends), -1)])[order],
    )


def _route(run_input: RunInput) -> Route:
    return Route(
        pool_of_station=np.array(run_input.pool_of_station),
        work_left=np.array(run_input.work_left),
        most_left=max(run_input.work_left),
        reviewed=run_input.plant.review is not None,
    )


def _work(run_input: RunInput) -> Work:
    visits, orders = run_input.draws.visits, run_input.promises.table.order
    returns = visits.returns
    order = run_input.draws.order_of(returns.image)
    terms = np.array(
        [(plan.rejection.seconds, WEEKENDS[plan.weekend_hours]) for plan in run_input.plans]
    )
    return Work(
        first_visit=visits.first_visit,
        station=visits.station,
        seconds=visits.seconds,
        review_seconds=run_input.draws.review_seconds[orders],
        return_image=np.ascontiguousarray(returns.image),
        return_visit=np.ascontiguousarray(returns.end),
        return_after=np.ascontiguousarray(returns.after),
        return_terms=terms[run_input.promises.plan_of_order[order]],
    )


def _promised(run_input: RunInput) -> Promised:
    promises, orders = run_input.promises, run_input.draws.orders
    table = promises.table
    start = run_input.horizon.start_at
    n_images, n_returns = (
        int(run_input.draws.first_image[-1]),
        len(run_input.draws.visits.returns.image),
    )
    return Promised(
        submitted=np.append(orders.submitted_at[table.order] - start, NEVER),
        first_image=promises.first_image,
        images=table.images,
        priority=np.concatenate(
            [run_input.priority, np.full(n_returns, PriorityClass.REJECTED)]
        ).astype(np.int8),
        review_due=_since(run_input.review_due_at, start),
        review_priority=np.where(
            table.service == EXPEDITE, PriorityClass.EXPEDITED, PriorityClass.GUARANTEED
        ).astype(np.int8),
        plan=promises.plan_of_order[table.order].astype(np.int32),
        place=orders.customer_zone[orders.customer[table.order]].astype(np.int32),
        earliest=_since(promises.earliest_quote, start),
        of_image=promises.tranche_of_image(n_images),
    )


def _since(at: Ints, start: int) -> Shorts:
    """Return instants since the run's start, in 32 bits."""
    return np.where(at == NAT, NOT_YET, at - start).astype(np.int32)


def promised_dues(run_input: RunInput) -> Shorts:
    """Return the deadlines known in advance, by tranche and behind them by return."""
    none = np.full(len(run_input.draws.visits.returns.image), NOT_YET, np.int32)
    return np.concatenate(
        [_since(run_input.promises.table.due_at, run_input.horizon.start_at), none]
    )


def _quoting(run_input: RunInput) -> Quoting:
    quotes, start = run_input.quotes, run_input.horizon.start_at
    dues, first_due = _dues(quotes, start)
    hours = quotes.hours
    return Quoting(
        rule=np.array([_rule(rule) for rule in quotes.reviewed]),
        weekend=np.array([WEEKENDS[rule] for rule in quotes.weekend]),
        dues=dues,
        first_due=first_due,
        work=np.array(quotes.work),
        numerator=quotes.utilisation.numerator,
        denominator=quotes.utilisation.denominator,
        times=np.concatenate([own.times for own in hours]) - start,
        heads=np.concatenate([own.heads for own in hours]),
        offered=np.concatenate([own.offered for own in hours]),
        first_time=np.concatenate([[0], np.cumsum([len(own.times) for own in hours])]),
        last_week=np.array([own.last_week for own in hours]),
    )


def _rule(rule: str | int) -> int:
    return (
        rule
        if isinstance(rule, int)
        else {"capacity": CAPACITY, "next_business_morning": NEXT_MORNING}[rule]
    )


def _dues(quotes: Quotes, start: int) -> tuple[Ints, Ints]:
    """Return the due times of all plans and places in a row, and where each of them begins."""
    n_plans, n_places = (max(key[part] for key in quotes.dues) + 1 for part in range(2))
    rows = [quotes.dues[plan, place] for plan in range(n_plans) for place in range(n_places)]
    ends = np.cumsum([len(row) for row in rows]).reshape(n_plans, n_places)
    first = np.concatenate([[0], ends.ravel()])[
        np.arange(n_plans)[:, None] * n_places + np.arange(n_places + 1)
    ]
    return np.concatenate(rows) - start, first
