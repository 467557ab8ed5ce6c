"""Counts of ledgers that are small enough to count by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import HOUR, WEEK
from sim.results.counts import OUTCOMES, flow_balance
from sim.results.measures import figures
from sim.sla.words import COMMITMENTS, SERVICES
from tests.hand_made import MON, MONDAY, THU, TUE, WED, Owed, hand_made
from tests.oracle.counting import count_rows
from tests.strategies import examples

END = MONDAY + 2 * WEEK  # of the run


def test_each_delivery_has_one_outcome() -> None:
    """Done by the deadline or after it, unfinished after it or with it ahead, and done or not without one."""
    rows = [
        Owed(MON, TUE, TUE),
        Owed(MON, TUE, TUE + 1),
        Owed(MON, END - 1, None),
        Owed(MON, END, None),
        Owed(MON, None, WED),
        Owed(MON, None, None),
    ]
    for number in range(len(OUTCOMES)):
        counts = count_rows(hand_made([rows[number]])).deliveries[1]
        assert counts.sum() == counts[0, 0, number] == 1


def test_deliveries_of_other_weeks_are_kept_apart() -> None:
    """The flow balance takes all orders, the figures those of the window."""
    counts = count_rows(
        hand_made([Owed(MONDAY - 1, TUE, TUE), Owed(MON, TUE, WED), Owed(MONDAY + WEEK, END, None)])
    )
    assert counts.deliveries[1].sum() == 1
    assert counts.deliveries[0].sum() == 2
    balance = flow_balance(counts, 7)
    assert (balance.images_done, balance.images_censored) == (2, 1)
    assert (balance.orders, balance.orders_outside_horizon) == (3, 7)


def test_tardiness_is_sorted_by_cell_and_size() -> None:
    """Guaranteed standard images first, then guaranteed expedites, then additional ones.

    Only what is late.
    """
    rows = [
        Owed(MON, TUE, TUE + 7, commitment="additional", service="expedite"),
        Owed(MON, TUE, TUE + 9),
        Owed(MON, TUE, TUE + 5, service="expedite"),
        Owed(MON, TUE, TUE + 2),
        Owed(MON, TUE, TUE - 3),
        Owed(MON, END - 4, None),
        Owed(MONDAY - 1, TUE, THU),
    ]
    counts = count_rows(hand_made(rows))
    assert counts.tardiness.tolist() == [2, 4, 9, 5, 7]
    cells = product(range(len(COMMITMENTS)), range(len(SERVICES)))
    own = zip(cells, counts.tardiness_by_cell, strict=True)
    assert {cell: seconds.tolist() for cell, seconds in own if len(seconds)} == {
        (0, 0): [2, 4, 9],
        (0, 1): [5],
        (1, 1): [7],
    }


@examples(150)
@given(
    st.lists(
        st.tuples(st.integers(-3, 30 * HOUR), st.sampled_from(["guaranteed", "additional"])),
        min_size=1,
        max_size=70,
    )
)
def test_tardiness_quantile_is_that_of_numpy(late: list[tuple[int, str]]) -> None:
    """To the last bit, of each commitment and of both together, however many images are on time."""
    rows = [Owed(MON, TUE, TUE + seconds, commitment=name) for seconds, name in late]
    found = {
        figure.commitment: value
        for figure, value in figures(count_rows(hand_made(rows))).items()
        if (figure.measure, figure.service) == ("tardiness_hours_p95", "all")
    }
    for name in ("all", "guaranteed", "additional"):
        hours = [max(seconds, 0) / HOUR for seconds, own in late if name in ("all", own)]
        expected = float(np.quantile(hours, 0.95)) if hours else np.nan
        np.testing.assert_equal(found[name], expected)


def test_mondays_of_the_backlog_are_counted_one_by_one() -> None:
    """An image of the first week that is done on the second Monday is in the backlog of that one alone."""
    nine = 9 * HOUR
    rows = [
        Owed(MON + 1, TUE, MON + WEEK + 1),
        Owed(MON, MON + nine, MON + 1),
        Owed(MON + 1, MON + WEEK + nine, None),
    ]
    assert count_rows(hand_made(rows, weeks=2)).monday_backlog.sum(axis=(0, 1)).tolist() == [1, 2]
