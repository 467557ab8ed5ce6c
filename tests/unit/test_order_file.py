"""Order files: what is read, and what is said about every kind of mistake."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import NAT, parse_instant
from sim.demand.instants import parse_instants
from sim.demand.order_file import QUOTE, REPLAY, Form, read_orders
from sim.errors import InputError
from sim.sla import PROFESSIONAL
from sim.sla.quote import quote
from sim.sla.words import EXPEDITE, REJECTION, STANDARD

if TYPE_CHECKING:
    from collections.abc import Callable

REAL = (Path(__file__).parents[2] / "../shared/data/real_orders.csv.gz").resolve()
AT = "2025-06-03T10:00:00+02:00"
HEADER = "order_id,customer_id,timezone,submitted_at,service,images"
GOOD = f"a,shop,Europe/Copenhagen,{AT},standard,5"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes lines into a file."""

    def writer(*lines: str, name: str = "orders.csv") -> Path:
        path = tmp_path / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return writer


def faults(path: Path, form: Form = QUOTE) -> list[str]:
    """Return what is said about a file, without its folder."""
    with pytest.raises(InputError) as refused:
        read_orders(path, form, plan="gold")
    return [str(fault).removeprefix(f"{path.parent}/") for fault in refused.value.faults]


def test_quote_form(write: Callable[..., Path]) -> None:
    """The six columns are read in any order, other columns are ignored, and blanks around a cell do not count."""
    header = "note,images,service,submitted_at,timezone,customer_id,order_id"
    path = write(
        header, f'"x, y",5, expedite ,{AT},UTC,shop,a', "", f",1,rejection,{AT},UTC,shop,b"
    )
    columns, bad = read_orders(path, QUOTE)
    assert bad == []
    assert columns.order_id.tolist() == ["a", "b"]
    assert columns.service.tolist() == [EXPEDITE, REJECTION]
    assert columns.submitted_at.tolist() == [parse_instant(AT)] * 2
    assert columns.images.tolist() == [5, 1]
    assert len(quote(columns.words(), PROFESSIONAL)) == 2


def test_replay_form(write: Callable[..., Path]) -> None:
    """A replay has standard orders where it says nothing, and one customer for those without a name."""
    path = write(
        "customer_id,submitted_at,images,service",
        f"k,{AT},5,expedite",
        f",{AT},5,",
        f",{AT},5,standard",
    )
    columns, _ = read_orders(path)
    assert columns.customer_id.tolist() == ["k", "(no customer)", "(no customer)"]
    assert columns.service.tolist() == [EXPEDITE, STANDARD, STANDARD]


def test_byte_order_mark_and_line_ends(tmp_path: Path) -> None:
    """A file as spreadsheets write it is read."""
    path = tmp_path / "orders.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\r\n{GOOD}\r\n".encode())
    assert read_orders(path, QUOTE)[0].order_id.tolist() == ["a"]


def test_gzip(tmp_path: Path) -> None:
    """A compressed file is read; one that was cut off is refused."""
    data = gzip.compress(f"{HEADER}\n{GOOD}\n".encode())
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(data)
    assert read_orders(path, QUOTE)[0].images.tolist() == [5]
    path.write_bytes(data[:-9])
    assert "is no complete gzip file" in faults(path)[0]


def test_parquet(tmp_path: Path) -> None:
    """Dates with a zone and whole numbers kept as floats are read.

    A row without a date is named by its number.
    """
    path = tmp_path / "orders.parquet"
    at = pd.to_datetime(pd.Series([AT, "2025-06-03T10:00:01.9+02:00"]), utc=True, format="ISO8601")
    frame = pd.DataFrame({"customer_id": [17, 18], "submitted_at": at, "images": [5.0, 6.0]})
    frame.to_parquet(path)
    columns, _ = read_orders(path)
    assert columns.customer_id.tolist() == ["17", "18"]
    assert columns.submitted_at.tolist() == [parse_instant(AT), parse_instant(AT) + 1]
    assert columns.images.tolist() == [5, 6]
    frame.assign(submitted_at=at.dt.tz_localize(None), images=[5.0, np.nan]).to_parquet(path)
    said = faults(path, REPLAY)
    assert said[0].startswith(
        "orders.parquet: row 1: submitted_at: '2025-06-03T08:00:00' must have an offset"
    )
    assert said[2].startswith("orders.parquet: row 2: images: must be a whole number")


@pytest.mark.parametrize(
    ("row", "column", "must"),
    [
        (f",k,UTC,{AT},standard,5", "order_id", "must not be empty"),
        (f"b,,UTC,{AT},standard,5", "customer_id", "must not be empty"),
        (
            f"b,k,Mars,{AT},standard,5",
            "timezone",
            "'Mars' must be a time zone of the IANA data base",
        ),
        (f"b,k,,{AT},standard,5", "timezone", "must be a time zone"),
        ("b,k,UTC,2025-06-03T10:00:00,standard,5", "submitted_at", "must have an offset"),
        (
            "b,k,UTC,2025-06-31T10:00:00Z,standard,5",
            "submitted_at",
            "must be a date and time in ISO 8601",
        ),
        (
            "b,k,UTC,2205-06-03T10:00:00Z,standard,5",
            "submitted_at",
            "must lie in the years 1900 to 2199",
        ),
        (f"b,k,UTC,{AT},rush,5", "service", "'rush' must be one of standard, expedite, rejection"),
        (f"b,k,UTC,{AT},,5", "service", "must be one of"),
        (f"b,k,UTC,{AT},flow,5", "service", "'flow' is not sold on the plan 'gold' (FLOW-1)"),
        *(
            (
                f"b,k,UTC,{AT},standard,{count}",
                "images",
                "must be a whole number from 1 to 10,000,000",
            )
            for count in ("0", "-5", "2.5", "10000001", "9" * 30, "many", "", "\u0663")
        ),
        (f"a,k,UTC,{AT},standard,5", "order_id", "'a' must be there once"),
        (
            f"b,shop,UTC,{AT},standard,5",
            "timezone",
            "'UTC' must be Europe/Copenhagen, as before for customer 'shop'",
        ),
    ],
)
def test_bad_cell(write: Callable[..., Path], row: str, column: str, must: str) -> None:
    """A wrong cell is named by line and column, with its value and what it must be."""
    (said,) = faults(write(HEADER, GOOD, row))
    assert said.startswith(f"orders.csv:3: {column}: ")
    assert must in said
    assert "; " in said  # the remedy


@pytest.mark.parametrize(("row", "cells"), [("b,k,UTC", 3), (f"{GOOD},more", 7)])
def test_ragged_row(write: Callable[..., Path], row: str, cells: int) -> None:
    """A row with too few or too many cells is one fault, not one a column."""
    (said,) = faults(write(HEADER, GOOD, row))
    assert said.startswith(f"orders.csv:3: has {cells} cells and must have 6")


def test_all_rows_at_once_in_order(write: Callable[..., Path]) -> None:
    """Faults of all rows and columns come together, by line; lines inside quotes are counted."""
    path = write(
        f"{HEADER},note",
        f'{GOOD},"two\nlines"',
        f"b,k,Mars,{AT},rush,5,",
        "c,k",
        f"d,k,UTC,{AT},standard,0,",
    )
    assert [said.split(": ")[0] for said in faults(path)] == ["orders.csv:4"] * 2 + [
        "orders.csv:5",
        "orders.csv:6",
    ]


def test_many_faults_are_counted(write: Callable[..., Path]) -> None:
    """Of 25 faults 20 are listed, and a last line counts the other 5."""
    said = faults(write(HEADER, *(f"o{n},k,UTC,{AT},standard,0" for n in range(25))))
    assert len(said) == 21
    assert "has 5 more such faults" in said[-1]


def test_bad_rows_come_back_when_skipped(write: Callable[..., Path]) -> None:
    """Skipped rows are returned with line, every reason and text; the good rows stay."""
    path = write(HEADER, GOOD, f'b,"k, l",Mars,{AT},standard,0', "c,k")
    columns, bad = read_orders(path, QUOTE, skip_bad_rows=True)
    assert columns.order_id.tolist() == ["a"]
    assert [(row.line, row.text) for row in bad] == [
        (3, f'b,"k, l",Mars,{AT},standard,0'),
        (4, "c,k"),
    ]
    assert "timezone 'Mars' must be" in bad[0].reason
    assert "images '0' must be" in bad[0].reason


def test_no_good_row(write: Callable[..., Path]) -> None:
    """A file of which nothing is left is refused even when bad rows may be skipped."""
    with pytest.raises(InputError, match="has no good row"):
        read_orders(write(HEADER, "c,k"), QUOTE, skip_bad_rows=True)


@pytest.mark.parametrize(
    ("data", "where", "must"),
    [
        (b"", "orders.csv", "has no header"),
        (b"\n\n", "orders.csv", "has no header"),
        (f"{HEADER}\n".encode(), "orders.csv", "has no rows"),
        (
            f"{HEADER}\n".encode() + b"a,\xe6ble",
            "orders.csv:2",
            "is not UTF-8 (byte 0xe6 at position 60 of the file)",
        ),
        (f'{HEADER}\n{GOOD}\n"b'.encode(), "orders.csv:3", "is no CSV"),
        (f"{HEADER},images\n{GOOD},5\n".encode(), "orders.csv: column images", "is there twice"),
        (
            b"order_id;images\n1;2\n",
            "orders.csv: column order_id",
            "is missing; the header is 'order_id;images'",
        ),
    ],
)
def test_unreadable_file(tmp_path: Path, data: bytes, where: str, must: str) -> None:
    """A file that cannot be read as orders is refused as a whole, with the place where it fails."""
    path = tmp_path / "orders.csv"
    path.write_bytes(data)
    said = faults(path)[0]
    assert said.startswith(f"{where}: ")
    assert must in said


def test_every_missing_column_is_named(write: Callable[..., Path]) -> None:
    """All columns that are missing are named at once; a replay needs fewer."""
    path = write("customer_id,images", "k,1")
    assert [said.split(": ")[1] for said in faults(path)] == [
        f"column {name}" for name in ("order_id", "timezone", "submitted_at", "service")
    ]
    assert len(faults(path, REPLAY)) == 1


def test_no_file(tmp_path: Path) -> None:
    """A missing file, a directory, and a file that is no Parquet are refused by their path."""
    assert "does not exist" in faults(tmp_path / "none.csv")[0]
    assert "is a directory" in faults(tmp_path)[0]
    (tmp_path / "x.parquet").write_text("no")
    assert "is no Parquet file" in faults(tmp_path / "x.parquet")[0]


def test_flow_without_a_plan(write: Callable[..., Path]) -> None:
    """Where no plan is known, the refusal of flow says that none sells it."""
    with pytest.raises(
        InputError, match=r"'flow' is not sold on any plan of this version \(FLOW-1\)"
    ):
        read_orders(write(HEADER, f"b,k,UTC,{AT},flow,5"), QUOTE)


@pytest.mark.skipif(not REAL.exists(), reason="the real orders are not part of this repository")
def test_real_orders() -> None:
    """The real orders are read without a fault, each row once."""
    with gzip.open(REAL, "rt", encoding="utf-8") as lines:
        rows = sum(1 for _ in lines) - 1
    columns, bad = read_orders(REAL)
    assert (len(columns.images), bad) == (rows, [])
    assert columns.images.max() == pd.read_csv(REAL)["images"].max()


SPELLINGS = (
    *(
        "2025-06-03T09:00:00Z",
        "2025-06-03T09:00:00+02:00",
        "2025-06-03T09:00:00-11:30",
        "2024-02-29T23:59:59+14:00",
    ),
    *(
        "2025-02-29T09:00:00Z",
        "2025-13-01T09:00:00Z",
        "2025-00-10T09:00:00Z",
        "2025-06-00T09:00:00Z",
    ),
    *(
        "2025-06-03T24:00:00Z",
        "2025-06-03T09:60:00Z",
        "2025-06-03T09:00:60Z",
        "2025-06-03T09:00:00+25:00",
    ),
    *(
        "2025-06-03T09:00:00+02:75",
        "1899-06-03T09:00:00Z",
        "2200-01-01T00:00:00Z",
        "1900-01-01T00:00:00+05:00",
    ),
    *(
        "2025-06-03T09:00:00+02:00x",
        "2025-06-03T09:00:00Zx",
        "2025-06-03T09:00:00",
        "2025-06-03T09:00Z",
    ),
    *(
        "20250603T090000Z",
        "2025-06-03T09:00:00.5Z",
        "2025-06-03T09:00:00+0200",
        "2025-06-03t09:00:00z",
    ),
    *("2025-06-\u0660\u0663T09:00:00Z", "2025-06-03 09:00:00Z", "-", ""),
)


def one_by_one(text: str) -> int:
    """Return an instant, or the mark for none."""
    try:
        return parse_instant(text)
    except ValueError:
        return NAT


@pytest.mark.parametrize("text", SPELLINGS)
def test_spelling(text: str) -> None:
    """A column takes and refuses the same spellings as ``parse_instant``, and says why."""
    at, said = parse_instants([text, SPELLINGS[0]])
    assert at.tolist() == [one_by_one(text), one_by_one(SPELLINGS[0])]
    assert list(said) == [0] * (one_by_one(text) == NAT)


@given(
    st.lists(
        st.tuples(st.integers(0, 24), st.sampled_from("0123456789+-:TZ \x01\u0663")), max_size=2
    )
)
def test_near_spellings(changes: list[tuple[int, str]]) -> None:
    """Any change of a character or two is judged as ``parse_instant`` judges it."""
    letters = list("2025-06-03T09:00:00+02:00")
    for place, letter in changes:
        letters[place] = letter
    text = "".join(letters)
    assert parse_instants([text])[0].tolist() == [one_by_one(text)]


@given(st.integers(-2_208_900_000, 7_258_000_000))
def test_every_day_is_read(at: int) -> None:
    """Instants of three centuries are read as they are written."""
    text = f"{np.datetime64(at, 's')}Z"
    assert parse_instants([text])[0].tolist() == [at]
