"""Order files: reading, and saying what is wrong with every row at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import is_zone
from sim.demand.instants import parse_instants
from sim.demand.text_table import TextTable, read_table
from sim.errors import Fault, InputError
from sim.sla.order import FLOW_REMEDY
from sim.sla.words import FLOW, SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from sim.clock import IntArray

    Texts = NDArray[np.object_]

NO_CUSTOMER = "(no customer)"
MOST_IMAGES = 10_000_000
MOST_FAULTS = 20


@dataclass(frozen=True)
class Form:
    """What an order file must hold; other columns are ignored.

    Parameters
    ----------
    required
        Columns that must be there.
    optional
        Columns that may be missing or have empty cells.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


QUOTE = Form(("order_id", "customer_id", "timezone", "submitted_at", "service", "images"))
REPLAY = Form(("customer_id", "submitted_at", "images"), optional=("service",))


@dataclass(frozen=True)
class OrderColumns:
    """The good rows of an order file, in its order; each column has one entry a row.

    Parameters
    ----------
    customer_id : object array
        Names.
    submitted_at : int64 array
        Seconds in UTC.
    service : int8 array
        Positions in ``SERVICES``.
    images : int64 array
        1 to 10 million.
    order_id, timezone : object array
        Only in the form for quotes; empty in a replay.
    """

    customer_id: Texts
    submitted_at: IntArray
    service: NDArray[np.int8]
    images: IntArray
    order_id: Texts
    timezone: Texts

    def words(self) -> dict[str, Texts | IntArray]:
        """Return the columns by name with services as words, as :func:`sim.sla.quote.quote` takes them.

        Returns
        -------
        dict
            The six columns.
        """
        return vars(self) | {"service": np.array(SERVICES, dtype=object)[self.service]}


@dataclass(frozen=True)
class BadRow:
    """A row that was passed over.

    Parameters
    ----------
    line
        The line of the file at which it begins; in Parquet the number of the row.
    reason
        All that is wrong with it.
    text
        The row as a line of CSV.
    """

    line: int
    reason: str
    text: str


class _Problem(NamedTuple):
    """What is wrong with one cell, or with a whole row when `column` is empty."""

    row: int
    column: str
    value: str
    must: str
    remedy: str


def read_orders(
    path: Path | str, form: Form = REPLAY, *, plan: str = "", skip_bad_rows: bool = False
) -> tuple[OrderColumns, list[BadRow]]:
    """Read an order file.

    Parameters
    ----------
    path
        CSV in UTF-8 (``.csv``, ``.csv.gz``) or Parquet (``.parquet``).
    form
        ``QUOTE`` or ``REPLAY``.
    plan
        The plan's name, for the message that refuses 1-hour flow.
    skip_bad_rows
        Pass over rows with faults, and return them too.

    Returns
    -------
    columns : OrderColumns
        The good rows.
    bad_rows : list of BadRow
        The others; empty unless `skip_bad_rows`.

    Raises
    ------
    InputError
        With all faults of the file, of which the first 20 are listed and the rest counted.
    """
    table = read_table(Path(path))
    cells = _cells(table, form)
    columns, problems = _checked(cells, form, plan)
    problems = sorted([*_ragged(table), *problems], key=lambda problem: problem.row)
    faults = (_fault(table, problem) for problem in problems)
    if problems and not skip_bad_rows:
        raise InputError(_shortened(table, faults, len(problems)))
    return _without(columns, table, problems), _bad_rows(table, problems)


def _cells(table: TextTable, form: Form) -> dict[str, list[str]]:
    """Return the wanted columns, or say which are missing or there twice."""
    wanted = form.required + form.optional
    faults = [
        *(_header_fault(table, name, "is missing") for name in form.required if name not in table.header),
        *(_header_fault(table, name, "is there twice") for name in wanted if table.header.count(name) > 1),
    ]
    if faults:
        raise InputError(faults)
    width, blank = len(table.header), [""] * len(table.header)
    rows = [row if len(row) == width else blank for row in table.rows]
    columns = dict(zip(table.header, map(list, zip(*rows, strict=True)), strict=True))
    return {name: columns.get(name, [""] * len(rows)) for name in QUOTE.required}


def _header_fault(table: TextTable, name: str, must: str) -> Fault:
    """Return a fault of a column as a whole."""
    remedy = f"the columns are {', '.join(table.header)}, separated by commas"
    return Fault(f"{table.path}: {name}", "", must, remedy)
