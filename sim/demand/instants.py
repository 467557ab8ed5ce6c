"""Reading a column of instants: the usual spelling as arrays, every other one by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, FIRST_YEAR, HOUR, LAST_YEAR, MINUTE, NAT, parse_instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.arrays import Flags, Ints

    Bytes = NDArray[np.uint8]

_WALL = "0000-00-00T00:00:00"
_OFFSET = "+00:00"
_WIDTH = len(_WALL + _OFFSET)


def parse_instants(texts: Sequence[str]) -> tuple[Ints, dict[int, str]]:
    """Read a column of dates and times with offsets.

    Parameters
    ----------
    texts
        ISO 8601, such as ``2025-06-03T09:00:00+02:00``.

    Returns
    -------
    at : int64 array
        Seconds in UTC; ``NAT`` where the text is no instant.
    faults : dict
        For the row of each such text, what it must be.
    """
    at, faults = _usual(texts), dict[int, str]()
    for row in np.flatnonzero(at == NAT).tolist():
        try:
            at[row] = parse_instant(texts[row])
        except ValueError as fault:
            faults[row] = str(fault)
    return at, faults


def _usual(texts: Sequence[str]) -> Ints:
    """Read ``YYYY-MM-DDThh:mm:ss`` with ``Z`` or ``+hh:mm``; everything else is left as NAT."""
    cells = np.array([text.encode("ascii", "replace") for text in texts], dtype=f"S{_WIDTH + 1}")
    grid = cells.view(np.uint8).reshape(len(texts), _WIDTH + 1)
    zulu = (grid[:, 19] == ord("Z")) & (grid[:, 20] == 0)
    grid[zulu, 19:] = np.frombuffer(f"{_OFFSET}\0".encode(), dtype=np.uint8)
    wall, ok = _wall(grid)
    offset, offset_ok = _offset(grid)
    return np.where(ok & offset_ok & _matches(grid), wall - offset, NAT)


def _matches(grid: Bytes) -> Flags:
    """Tell which rows have digits and marks in the usual places, and nothing after them."""
    ok: Flags = (grid[:, _WIDTH] == 0) & np.isin(grid[:, 19], (ord("+"), ord("-")))
    for place, mark in enumerate(_WALL + _OFFSET):
        if mark == "0":
            ok &= grid[:, place] - np.uint8(ord("0")) <= 9
        elif mark != "+":
            ok &= grid[:, place] == ord(mark)
    return ok


def _number(grid: Bytes, start: int, end: int) -> Ints:
    """Return the number that the digits in some columns spell."""
    number = np.zeros(len(grid), dtype=np.int64)
    for place in range(start, end):
        number = number * 10 + grid[:, place] - ord("0")
    return number


def _wall(grid: Bytes) -> tuple[Ints, Flags]:
    """Return wall seconds, and which rows name a date and a time that exist."""
    year, month, day = _number(grid, 0, 4), _number(grid, 5, 7), _number(grid, 8, 10)
    hour, minute, second = _number(grid, 11, 13), _number(grid, 14, 16), _number(grid, 17, 19)
    ok = (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
    months = (np.where(ok, year, 1970) - 1970) * 12 + np.where(ok, month, 1) - 1
    first, after = _first_day(months), _first_day(months + 1)
    ok &= (first + day <= after) & (hour < 24) & (minute < 60) & (second < 60)
    return (first + day - 1) * DAY + hour * HOUR + minute * MINUTE + second, ok


def _first_day(months: Ints) -> Ints:
    """Return the first day of each month, both counted from January 1970."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _offset(grid: Bytes) -> tuple[Ints, Flags]:
    """Return offsets from UTC in seconds, and which rows name one that exists."""
    hour, minute = _number(grid, 20, 22), _number(grid, 23, 25)
    sign = np.where(grid[:, 19] == ord("-"), -1, 1)
    return sign * (hour * HOUR + minute * MINUTE), (hour < 24) & (minute < 60)
