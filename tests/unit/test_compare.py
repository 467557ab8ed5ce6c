"""Comparison of two ledgers: the first row that differs, and the histories of its image."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.clock import HOUR, NAT
from sim.results.compare import TABLES, first_difference, history, n_rows, row_texts
from tests.hand_made import MON, TUE, Owed, hand_made

if TYPE_CHECKING:
    from sim.results.ledger import Ledger

# image, station, pool, editor, queued, started, ended, service, counted
VISITS = [
    (0, 0, 0, 3, MON, MON, MON + HOUR, 0, 1),
    (1, 0, 0, None, TUE, None, None, 0, 1),
    (0, 1, 1, 0, MON, MON, MON, 0, 1),
]
STINTS = [(0, 3, 0, MON, MON + HOUR), (1, 0, 2, MON, MON)]
SHIFTS = [(0, 3, MON, TUE), (1, 0, MON, TUE)]
LEDGER = hand_made(
    [Owed(MON, TUE, MON + HOUR), Owed(TUE)], visits=VISITS, stints=STINTS, shifts=SHIFTS
)


def with_value(name: str, column: str, row: int, value: Any) -> Ledger:
    """Return the ledger with another value in one place."""
    table = getattr(LEDGER, name)
    changed = getattr(table, column).copy()
    changed[row] = value
    return replace(LEDGER, **{name: replace(table, **{column: changed})})


def without_last(name: str) -> Ledger:
    """Return the ledger without the last row of a table."""
    table = getattr(LEDGER, name)
    return replace(
        LEDGER,
        **{name: replace(table, **{key: column[:-1] for key, column in vars(table).items()})},
    )


CELLS = [(name, field.name) for name in TABLES for field in fields(getattr(LEDGER, name))]


def test_every_table_of_the_ledger_is_compared() -> None:
    """No table of rows is left out."""
    rows = {field.name for field in fields(LEDGER) if hasattr(getattr(LEDGER, field.name), "frame")}
    assert set(TABLES) == rows


def test_equal_ledgers_have_no_difference() -> None:
    """A ledger equals a copy of itself, and its rows are counted over all tables."""
    assert first_difference(LEDGER, with_value("visits", "editor", 0, 3)) is None
    assert n_rows(LEDGER) == 3 + 2 + 2 + 2 + 2 + 2


@pytest.mark.parametrize(
    ("name", "column"), CELLS, ids=[f"{name}.{column}" for name, column in CELLS]
)
def test_every_cell_counts(name: str, column: str) -> None:
    """One other value in the last row of any column is found, under its table, row and column."""
    row = len(getattr(LEDGER, name)) - 1
    value = getattr(getattr(LEDGER, name), column)[row]
    other = not value if value.dtype == np.bool_ else 1 if value == NAT else value + 1
    found = first_difference(LEDGER, with_value(name, column, row, other))
    assert found is not None
    assert (found.table, found.row, found.column) == (name, row, column)


def test_the_first_row_is_found_whatever_its_column() -> None:
    """The lowest row comes first, and in it the first column."""
    late = with_value("visits", "image", 2, 9)
    both = replace(late, visits=replace(late.visits, ended_at=LEDGER.visits.ended_at + 1))
    found = first_difference(LEDGER, both)
    assert found is not None
    assert (found.row, found.column, found.image) == (0, "ended_at", 0)


def test_values_are_told_in_words() -> None:
    """Instants are told in UTC; "not yet" and nobody are told as such."""
    found = first_difference(LEDGER, with_value("visits", "ended_at", 1, MON))
    assert found is not None
    assert (found.reference, found.other) == ("not yet", "2026-01-05T00:00:00+00:00")
    assert (
        str(found)
        == "visits, row 1 (image 1), ended_at: simpy not yet, compiled 2026-01-05T00:00:00+00:00"
    )
    found = first_difference(LEDGER, with_value("visits", "editor", 1, 2))
    assert found is not None
    assert (found.reference, found.other) == ("none", "2")


@pytest.mark.parametrize("name", TABLES)
def test_a_missing_row_is_a_difference(name: str) -> None:
    """A table that ends early differs in its number of rows, whichever engine it is of."""
    n, short = len(getattr(LEDGER, name)), without_last(name)
    for pair, counts in (((LEDGER, short), (n, n - 1)), ((short, LEDGER), (n - 1, n))):
        found = first_difference(*pair)
        assert found is not None
        assert (found.table, found.row, found.column) == (name, n - 1, "rows")
        assert (found.reference, found.other) == tuple(map(str, counts))
        texts = [row_texts(ledger, found) for ledger in pair]
        assert sorted(map(bool, texts)) == [False, True]


def test_the_end_of_the_run_is_compared() -> None:
    """Two runs that stop at different instants differ, even with the same rows."""
    found = first_difference(LEDGER, replace(LEDGER, window=replace(LEDGER.window, run_until=MON)))
    assert found is not None
    assert (found.table, found.column, found.other) == (
        "window",
        "run_until",
        "2026-01-05T00:00:00+00:00",
    )
    assert row_texts(LEDGER, found) == {}


@pytest.mark.parametrize(
    ("name", "row", "image"), [("deliveries", 1, 1), ("tranches", 1, 1), ("orders", 1, None)]
)
def test_a_row_knows_its_image(name: str, row: int, image: int | None) -> None:
    """Deliveries and tranches lead to an image; an order has many, so it leads to none."""
    found = first_difference(LEDGER, with_value(name, "service", row, 1))
    assert found is not None
    assert found.image == image


def test_history_is_all_visits_of_the_image() -> None:
    """Visits and reviews of an image are told with the station's name, and no visit of another image is."""
    monday = "2026-01-05T00:00:00+00:00"
    assert history(LEDGER, 0) == [
        ("retouch", "3", monday, monday, "2026-01-05T01:00:00+00:00"),
        ("review", "0", monday, monday, monday),
    ]
    assert history(LEDGER, 1) == [
        ("retouch", "none", "2026-01-06T00:00:00+00:00", "not yet", "not yet")
    ]
