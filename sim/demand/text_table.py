"""Tables as users keep them, CSV or Parquet, read as text with the place of every row."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class TextTable:
    """The rows of a table, cell by cell as text.

    Parameters
    ----------
    path
        The file.
    header
        The names of the columns.
    rows
        The rows; one that has too many or too few cells for the header is among them.
    numbers
        The line at which each row begins, or in Parquet its number from 1.
    """

    path: Path
    header: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int]

    def place(self, row: int) -> str:
        """Return where a row is, for a fault.

        Parameters
        ----------
        row
            Its position.

        Returns
        -------
        str
            ``file:line`` or ``file: row number``.
        """
        number = self.numbers[row]
        return f"{self.path}: row {number}" if _is_parquet(self.path) else f"{self.path}:{number}"

    def column(self, name: str) -> list[str]:
        """Return a column without surrounding blanks.

        Rows that do not fit the header have empty cells.

        Parameters
        ----------
        name
            One of the header.

        Returns
        -------
        list of str
            One cell a row.
        """
        at, width = self.header.index(name), len(self.header)
        return [row[at].strip() if len(row) == width else "" for row in self.rows]

    def text(self, row: int) -> str:
        """Return a row as a line of CSV.

        Parameters
        ----------
        row
            Its position.

        Returns
        -------
        str
            Without a line end.
        """
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(self.rows[row])
        return line.getvalue()


def read_table(path: Path) -> TextTable:
    """Read a CSV file (``.gz`` is unpacked) or a Parquet file (``.parquet``, ``.pq``).

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    TextTable
        With at least one row.

    Raises
    ------
    InputError
        When the file is missing, cannot be read as what its name says, or has no rows.
    """
    table = _parquet(path) if _is_parquet(path) else _csv(path)
    if not table.header:
        raise _fault(path, "has no header", "write the names of the columns in the first line")
    if not table.rows:
        raise _fault(path, "has no rows below its header", "give at least one order")
    return table


def _is_parquet(path: Path) -> bool:
    """Tell a Parquet file by its name."""
    return path.suffix in {".parquet", ".pq"}


def _fault(where: object, must: str, remedy: str) -> InputError:
    """Return a fault of the file as a whole."""
    return InputError(Fault(str(where), "", must, remedy))


def _bytes(path: Path) -> bytes:
    """Return the contents of a file, unpacked."""
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if path.suffix == ".gz" else data
    except FileNotFoundError:
        raise _fault(path, "does not exist", "correct the path") from None
    except IsADirectoryError:
        raise _fault(path, "is a directory and must be a file", "name the file in it") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise _fault(path, f"is no complete gzip file ({error})", "compress it again") from None
    except OSError as error:
        raise _fault(path, f"cannot be read ({error.strerror})", "check its permissions") from None


def _csv(path: Path) -> TextTable:
    """Read a CSV file."""
    reader = csv.reader(io.StringIO(_decoded(path), newline=""), strict=True)
    rows, numbers, begin = list[tuple[str, ...]](), list[int](), 1
    try:
        for row in reader:
            if row:  # a blank line is no row
                rows.append(
                    tuple(row)
                )  # the garbage collector passes over tuples of text, not over lists
                numbers.append(begin)
            begin = reader.line_num + 1
    except csv.Error as error:
        raise _fault(
            f"{path}:{begin}", f"is no CSV ({error})", "check its quotation marks"
        ) from None
    header = tuple(name.strip() for name in rows[0]) if rows else ()
    return TextTable(path, header, rows[1:], numbers[1:])


def _decoded(path: Path) -> str:
    """Return the text of a file in UTF-8."""
    data = _bytes(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, byte = data.count(b"\n", 0, error.start) + 1, data[error.start]
        must = f"is not UTF-8 (byte 0x{byte:02x} at position {error.start} of the file)"
        raise _fault(f"{path}:{line}", must, "save the file as UTF-8") from None


def _parquet(path: Path) -> TextTable:
    """Read a Parquet file."""
    from pyarrow import ArrowException, BufferReader  # slow to import
    from pyarrow.parquet import read_table as read_parquet

    try:
        table = read_parquet(BufferReader(_bytes(path)))
    except (ArrowException, OSError) as error:
        raise _fault(path, f"is no Parquet file ({error})", "write it again, or use CSV") from None
    rows = list(zip(*map(_texts, table.columns), strict=True))
    return TextTable(path, tuple(table.column_names), rows, range(1, len(rows) + 1))


def _texts(column: Any) -> list[str]:
    """Return a column of Arrow as text; nothing becomes empty text, and 3.0 becomes 3."""
    from pyarrow import types

    if types.is_timestamp(column.type):
        return [value.isoformat() if value is not None else "" for value in column.to_pylist()]
    if types.is_floating(column.type):
        return [f"{value:.15g}" if value is not None else "" for value in column.to_pylist()]
    return [str(value) if value is not None else "" for value in column.to_pylist()]
