"""Tables as they are shown: cells of words, with their intervals apart from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from sim.report.words import number, numbers, percent, percents
from sim.stats.intervals import Estimate


class Cell(NamedTuple):
    """A figure in words."""

    text: str
    interval: str = ""
    """In brackets; empty where there is none."""
    place: int | None = None
    """Its place in the order of its column, where neither number nor alphabet tells it."""

    def __str__(self) -> str:
        """Return both in a line."""
        return f"{self.text} {self.interval}".rstrip()


@dataclass(frozen=True)
class Table:
    """A table; the first `n_heads` columns name the row."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    n_heads: int = 1
    points: tuple[int, ...] = ()
    """The design point of each row, where each row is of one."""
    note: str = ""
    """What else a reader has to know."""

    def numeric(self, column: int) -> bool:
        """Return whether a column sorts by number.

        Each cell is one, or says that nothing was measured.
        """
        texts = {row[column].text for row in self.rows} - {NOTHING}
        return bool(texts) and all(NUMBER.fullmatch(text) for text in texts)


NOTHING = "-"
NUMBER = re.compile(r"(over |under )?-?\d[\d,.:]*( %| to -?\d+)?")
"""A number, a share, a time of day or a range."""


def percent_cell(value: Estimate) -> Cell:
    """Return a share, 0 to 1, in percent."""
    return (
        Cell(f"{percent(value.mean)} %", percents(value).strip()) if value.known else Cell(NOTHING)
    )


def number_cell(value: Estimate) -> Cell:
    """Return a count or factor."""
    return Cell(number(value.mean), numbers(value).strip()) if value.known else Cell(NOTHING)
