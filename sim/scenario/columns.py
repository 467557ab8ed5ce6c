"""Empirical distributions that take their values from a column of a CSV file."""

from __future__ import annotations

import os
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any

from sim.demand.text_table import TextTable, read_table
from sim.errors import Fault, InputError
from sim.scenario.document import Document, KeyPath
from sim.scenario.merge import changed, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_FAULTS = 20


def with_columns(document: Document, folder: Path) -> Document:
    """Return the document with values in place of ``empirical: {file, column}``.

    Parameters
    ----------
    document
        Plain data with places; levels of its sweep are left as they are.
    folder
        Folder that relative paths start from.

    Returns
    -------
    Document
        Its faults have grown by those of the files: a missing file or column, a cell that is no
        number.
    """
    data, faults = document.data, list(document.faults)
    for path, parameters in _empirical(document.data, ()):
        place = f"{document.place((*path, 'file'))}: {dotted(document.data, path)}"
        try:
            values = _column(folder / parameters["file"], parameters["column"])
        except InputError as error:
            faults += (
                Fault(f"{f.where} (named at {place})", f.value, f.must, f.remedy)
                for f in error.faults
            )
            values = (1.0,)  # so that the rest can be checked
        rest = {key: value for key, value in parameters.items() if key not in ("file", "column")}
        data = changed(data, path, {**rest, "values": list(values)})
    return Document(data, document.places, tuple(faults))


def _empirical(data: Any, path: KeyPath) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """Yield path and parameters of each distribution that names a file for its values."""
    for key, value in _entries(data):
        if path == () and key == "sweep":
            continue
        if key == "empirical" and isinstance(value, dict) and not value.get("values"):
            if isinstance(value.get("file"), str) and isinstance(value.get("column"), str):
                yield (*path, key), value
        else:
            yield from _empirical(value, (*path, key))


def _entries(data: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(data, dict):
        yield from data.items()
    elif isinstance(data, list):
        yield from enumerate(data)


def _column(path: Path, column: str) -> tuple[float, ...]:
    """Return the numbers of a column; a file that did not change is read once."""
    if not os.path.isfile(path):  # pathlib's own test raises for names that are too long
        raise InputError(Fault(str(path), "", "does not exist, or is no file", "correct the path"))
    status = path.stat()
    return _numbers(path, column, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=32)
def _numbers(path: Path, column: str, *_version: int) -> tuple[float, ...]:
    table = read_table(path)
    if table.header.count(column) != 1:
        must = f"must be a column of the file, once: {', '.join(table.header)}"
        raise InputError(Fault(str(path), column, must, "name one of its columns"))
    position = table.header.index(column)
    cells = [row[position] if position < len(row) else "" for row in table.rows]
    numbers = [_number(cell) for cell in cells]
    bad = [row for row, number in enumerate(numbers) if number is None]
    if bad:
        raise InputError(_cell_fault(table, row, column, cells[row]) for row in bad[:MOST_FAULTS])
    return tuple(number for number in numbers if number is not None)


def _number(cell: str) -> float | None:
    """Return a cell as a number of 0 or more; None where it is none."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if isfinite(number) and number >= 0 else None


def _cell_fault(table: TextTable, row: int, column: str, cell: str) -> Fault:
    value = cell or '""'
    return Fault(
        f"{table.place(row)}: {column}",
        value,
        "must be a number of 0 or more",
        "correct the cell, or remove the row",
    )
