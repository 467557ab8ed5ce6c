"""Two ledgers of one run, row by row: where they differ first, and what each says of that image."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NAT, isoformat, zone

if TYPE_CHECKING:
    from sim.results.ledger import Ledger, Rows

TABLES = ("visits", "deliveries", "tranches", "orders", "stints", "shifts")
"""Tables of a ledger in the order in which differences are looked for: what has a history first."""
HISTORY = ("station", "editor", "queued_at", "started_at", "ended_at")
"""What is told of each visit of an image."""


@dataclass(frozen=True)
class Difference:
    """The first row that differs between two ledgers."""

    table: str
    row: int
    """Row of the table, from 0."""
    column: str
    """First column that differs; ``rows`` where one table goes on and the other has ended."""
    reference: str
    """Value of the reference as text; instants are in UTC."""
    other: str
    """Value of the other ledger."""
    image: int | None
    """Image of the row, where it has one."""

    def __str__(self) -> str:
        """Return the place and both values on one line."""
        of = "" if self.image is None else f" (image {self.image})"
        return f"{self.table}, row {self.row}{of}, {self.column}: simpy {self.reference}, compiled {self.other}"


def n_rows(ledger: Ledger) -> int:
    """Return how many rows a ledger has in all its tables."""
    return sum(len(getattr(ledger, name)) for name in TABLES)


def first_difference(reference: Ledger, other: Ledger) -> Difference | None:
    """Compare the end of the run and all tables of two ledgers, every row and column, exactly.

    Parameters
    ----------
    reference
        What has to come out.
    other
        What came out.

    Returns
    -------
    Difference or None
        The first row of the first table that differs, None where all are equal. Images are numbered
        as their orders came in, so in visits this is the first image that was handled otherwise.
    """
    for name in TABLES:
        if place := _first_place(getattr(reference, name), getattr(other, name)):
            row, column = place
            own, others = (
                _value(getattr(ledger, name), row, column) for ledger in (reference, other)
            )
            return Difference(name, row, column, own, others, _image(name, row, reference, other))
    own, others = (_instant(ledger.window.run_until) for ledger in (reference, other))
    return Difference("window", 0, "run_until", own, others, None) if own != others else None


def _first_place(reference: Rows, other: Rows) -> tuple[int, str] | None:
    """Return the first row that differs and the first of its columns that does."""
    n = min(len(reference), len(other))
    first: dict[str, int] = {}
    for field in fields(reference):
        differ = getattr(reference, field.name)[:n] != getattr(other, field.name)[:n]
        if differ.any():
            first[field.name] = int(differ.argmax())
    if first:
        column = min(first, key=lambda name: first[name])
        return first[column], column
    return (n, "rows") if len(reference) != len(other) else None


def _image(name: str, row: int, *ledgers: Ledger) -> int | None:
    """Return the image that a row is of, from the ledger that has the row."""
    ledger = next(ledger for ledger in ledgers if row < len(getattr(ledger, name)))
    if name in ("visits", "deliveries"):
        return int(getattr(ledger, name).image[row])
    images = ledger.deliveries.image[ledger.deliveries.tranche == row]
    return int(images[0]) if name == "tranches" and len(images) else None


def row_texts(ledger: Ledger, difference: Difference) -> dict[str, str]:
    """Return the row of a difference by column, as text.

    Nothing where the ledger has no such row.
    """
    table = getattr(ledger, difference.table)
    if difference.table == "window" or difference.row >= len(table):
        return {}
    return {field.name: _value(table, difference.row, field.name) for field in fields(table)}


def history(ledger: Ledger, image: int) -> list[tuple[str, ...]]:
    """Return what happened to an image.

    Parameters
    ----------
    ledger
        The rows of a run.
    image
        Number of the image.

    Returns
    -------
    list of tuple
        A row for each of its visits, in their order, the review of its tranche last; columns as
        ``HISTORY``, the station by its name.
    """
    rows = np.flatnonzero(ledger.visits.image == image).tolist()
    return [
        (
            ledger.stations[ledger.visits.station[row]],
            *(_value(ledger.visits, row, name) for name in HISTORY[1:]),
        )
        for row in rows
    ]


def _value(table: Rows, row: int, column: str) -> str:
    """Return a value as text."""
    if column == "rows":
        return str(len(table))
    value = getattr(table, column)[row]
    return _instant(value) if column.endswith("_at") else "none" if value == NAT else str(value)


def _instant(at: int) -> str:
    return "not yet" if at == NAT else isoformat(int(at), zone("UTC"))
