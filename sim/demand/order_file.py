"""Order files: reading, and saying what is wrong with every row at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.demand.order_checks import Checks, Problem
from sim.demand.text_table import TextTable, read_table
from sim.errors import Fault, InputError
from sim.sla.words import SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sim.arrays import Codes, Ints
    from sim.demand.order_checks import Texts

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
REPLAY = Form(("customer_id", "submitted_at", "images"), optional=("service", "order_id"))


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
    order_id : object array
        Names; in a replay empty where the file has none.
    timezone : object array
        Only in the form for quotes; empty in a replay.
    """

    customer_id: Texts
    submitted_at: Ints
    service: Codes
    images: Ints
    order_id: Texts
    timezone: Texts

    def words(self) -> dict[str, Texts | Ints]:
        """Return the columns by name, with services as words.

        This is the form that :func:`sim.sla.quote.quote` takes.

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
    checks = Checks(_cells(table, form), (*form.required, *form.optional), plan)
    columns = _columns(checks)
    problems = sorted(
        [*_ragged(table), *_in_whole_rows(checks.problems, table)], key=attrgetter("row")
    )
    if problems and not skip_bad_rows:
        raise InputError(_shortened(table, problems))
    return _without(columns, table, problems), _bad_rows(table, problems)


def _cells(table: TextTable, form: Form) -> dict[str, list[str]]:
    """Return the columns of a quote, blank where the form lacks them.

    Say which are missing or repeated.
    """
    count = Counter(table.header)
    faults = [
        *(_header_fault(table, name, "is missing") for name in form.required if not count[name]),
        *(
            _header_fault(table, name, "is there twice")
            for name in QUOTE.required
            if count[name] > 1
        ),
    ]
    if faults:
        raise InputError(faults)
    wanted = {*form.required, *form.optional} & set(table.header)
    return {
        name: table.column(name) if name in wanted else [""] * len(table.rows)
        for name in QUOTE.required
    }


def _header_fault(table: TextTable, name: str, must: str) -> Fault:
    """Return a fault of a column as a whole."""
    remedy = f"the header is {', '.join(map(repr, table.header))}; separate columns by commas"
    return Fault(f"{table.path}: column {name}", "", must, remedy)


def _columns(checks: Checks) -> OrderColumns:
    """Check all columns; where a cell is wrong there is a problem, and any number."""
    return OrderColumns(
        order_id=checks.order_ids(),
        customer_id=checks.customers(),
        timezone=checks.zones(),
        submitted_at=checks.arrivals(),
        service=checks.services(),
        images=checks.images(),
    )


def _ragged(table: TextTable) -> Iterator[Problem]:
    """Find rows with too many or too few cells."""
    width = len(table.header)
    for row, cells in enumerate(table.rows):
        if len(cells) != width:
            must = f"has {len(cells)} cells and must have {width}, as the header"
            yield Problem(row, "", "", must, "put cells that hold a comma in quotes")


def _in_whole_rows(problems: Iterable[Problem], table: TextTable) -> Iterator[Problem]:
    """Leave out the problems of rows whose cells are not in their columns."""
    return (problem for problem in problems if len(table.rows[problem.row]) == len(table.header))


def _shortened(table: TextTable, problems: Sequence[Problem]) -> Iterator[Fault]:
    """Return the first faults, and a last one that counts the rest."""
    yield from (_fault(table, problem) for problem in problems[:MOST_FAULTS])
    if (rest := len(problems) - MOST_FAULTS) > 0:
        yield Fault(
            str(table.path),
            "",
            f"has {rest} more such faults",
            "correct these first, or skip bad rows",
        )


def _fault(table: TextTable, problem: Problem) -> Fault:
    """Return a problem with its place in the file."""
    where = ": ".join(filter(None, (table.place(problem.row), problem.column)))
    return Fault(where, problem.value, problem.must, problem.remedy)


def _without(columns: OrderColumns, table: TextTable, problems: Iterable[Problem]) -> OrderColumns:
    """Return the good rows."""
    good = np.ones(len(table.rows), dtype=np.bool_)
    good[[problem.row for problem in problems]] = False
    if not good.any():
        raise InputError(Fault(str(table.path), "", "has no good row", "correct the file"))
    return OrderColumns(**{name: column[good] for name, column in vars(columns).items()})


def _bad_rows(table: TextTable, problems: Sequence[Problem]) -> list[BadRow]:
    """Return the other rows, each with all that is wrong with it; `problems` are sorted by row."""
    return [
        BadRow(table.numbers[row], " | ".join(map(str, parts)), table.text(row))
        for row, parts in groupby(problems, key=attrgetter("row"))
    ]
