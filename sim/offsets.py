"""The offsets of a time zone as arrays, found by asking zoneinfo.

The ground under ``sim.clock``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400

# In tzdata no two changes of an offset are closer than 6.9 days, so a step of 6 days holds at most
# one.
_STEP = 6 * _DAY
_CHUNK = 256 * _STEP  # 4.2 years: zones are tabulated as they are needed


class OffsetTable(NamedTuple):
    """The offsets of one zone: ``offsets[k]`` rules from change ``k - 1`` to change ``k``.

    Parameters
    ----------
    instants
        The changes, seconds in UTC.
    walls
        The later of the two readings of the wall at each change: up to it the old offset explains a
        reading.
    offsets
        Wall minus UTC in seconds, one more than there are changes.
    """

    instants: NDArray[np.int64]
    walls: NDArray[np.int64]
    offsets: NDArray[np.int64]


def offset_table(info: ZoneInfo, seconds: NDArray[np.int64]) -> OffsetTable:
    """Return a table that covers the given seconds.

    Parameters
    ----------
    info
        The zone.
    seconds
        Instants or wall seconds; any shape.

    Returns
    -------
    OffsetTable
        Cached, so that neighbouring calls share it.
    """
    if seconds.size == 0:
        return _table(info, 0, 0)
    spare = 2 * _DAY  # more than any offset
    return _table(
        info, (int(seconds.min()) - spare) // _CHUNK, (int(seconds.max()) + spare) // _CHUNK
    )


@cache
def _table(info: ZoneInfo, first: int, last: int) -> OffsetTable:
    """Return the offsets over the chunks `first` to `last`."""
    changes = [change for chunk in range(first, last + 1) for change in _changes(info, chunk)]
    instants = np.array([at for at, _ in changes], dtype=np.int64)
    offsets = np.array(
        [_offset(info, first * _CHUNK), *(offset for _, offset in changes)], dtype=np.int64
    )
    return OffsetTable(instants, instants + np.maximum(offsets[:-1], offsets[1:]), offsets)


@cache
def _changes(info: ZoneInfo, chunk: int) -> tuple[tuple[int, int], ...]:
    """Return the (instant, new offset) of every change in one chunk."""
    return tuple(_search(info, chunk * _CHUNK))


def _search(info: ZoneInfo, start: int) -> Iterator[tuple[int, int]]:
    """Look at the offset every few days, and bisect where it differs from the last look."""
    before = _offset(info, start)
    for low in range(start, start + _CHUNK, _STEP):
        after = _offset(info, low + _STEP)
        if after != before:
            yield _bisect(info, low, low + _STEP), after
        before = after


def _bisect(info: ZoneInfo, low: int, high: int) -> int:
    """Return the first instant after `low` that has the offset of `high`."""
    offset = _offset(info, high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(info, middle) == offset else (middle, high)
    return high


def _offset(info: ZoneInfo, at: int) -> int:
    """Return wall minus UTC at one instant, in seconds."""
    offset = (EPOCH + timedelta(seconds=at)).astimezone(info).utcoffset()
    assert offset is not None  # a zone always has one
    return offset // timedelta(seconds=1)
