"""The clock: whole seconds in UTC, and what a wall shows at such an instant.

An instant is the integer count of seconds since 1970-01-01T00:00:00Z. A *wall second* is the same
count read off a clock on the wall: the seconds from 1970-01-01 00:00 there to the reading. Neither
is a float.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.arrays import Ints

if TYPE_CHECKING:
    from collections.abc import Iterator

Seconds = TypeVar("Seconds", int, Ints)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

NAT = int(np.iinfo(np.int64).min)
"""'Not yet' in an int64 array of instants; it is NaT when the array is viewed as
``datetime64[s]``."""

THURSDAY = 3  # the weekday of day 0, 1970-01-01

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""The years that a user may write: beyond them a date is a slip of the pen, and zones are
guesses."""


def weekday(seconds: Seconds) -> Seconds:
    """Return the day of the week, 0 = Monday.

    Parameters
    ----------
    seconds
        Wall seconds (or instants, for the weekday in UTC); an int or an int64 array.

    Returns
    -------
    int or int64 array
        0 to 6, in the shape of `seconds`.
    """
    return (seconds // DAY + THURSDAY) % 7


def day_number(seconds: Seconds) -> Seconds:
    """Return the calendar day as a count of days since 1970-01-01.

    Parameters
    ----------
    seconds
        Wall seconds (or instants, for the day in UTC); an int or an int64 array.

    Returns
    -------
    int or int64 array
        Days, in the shape of `seconds`.
    """
    return seconds // DAY


def to_seconds(moment: datetime) -> int:
    """Return the instant of an aware datetime; fractions of a second are floored.

    Parameters
    ----------
    moment
        A datetime with a zone or an offset.

    Returns
    -------
    int
        Seconds since 1970-01-01T00:00:00Z.
    """
    return (moment - EPOCH) // timedelta(seconds=1)


def parse_instant(text: str) -> int:
    """Read an ISO 8601 date and time with an offset.

    Parameters
    ----------
    text
        For example ``2025-06-03T09:00:00+02:00`` or ``2025-06-03T07:00:00Z``.

    Returns
    -------
    int
        Seconds since 1970-01-01T00:00:00Z; fractions of a second are floored.

    Raises
    ------
    ValueError
        When the text is no date and time, has no offset, or lies outside the years 1900 to 2199.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise ValueError(f"must be a date and time in ISO 8601 ({fault})") from None
    if moment.tzinfo is None:
        raise ValueError("must have an offset from UTC")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"must lie in the years {FIRST_YEAR} to {LAST_YEAR}")
    return to_seconds(moment)


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all zones of the IANA data base, as the ``tzdata`` package has them.

    Returns
    -------
    frozenset of str
        For example ``Europe/Copenhagen``.
    """
    return frozenset((files("tzdata") / "zones").read_text(encoding="ascii").split())


def is_zone(name: str) -> bool:
    """Tell whether `name` is a zone of the IANA data base.

    Parameters
    ----------
    name
        The name as the user wrote it; case matters.

    Returns
    -------
    bool
        True for a name that :func:`zone` accepts.
    """
    return name in zone_names()


@dataclass(frozen=True)
class Zone:
    """A time zone; made by :func:`zone`, one object a name.

    Parameters
    ----------
    name
        The IANA name.
    info
        Its rules, from the ``tzdata`` package and not from the machine, so that results do not
        depend on it.
    """

    name: str
    info: ZoneInfo

    def to_local(self, at: ArrayLike) -> Ints:
        """Return what the wall shows at each instant.

        Parameters
        ----------
        at
            Instants, seconds in UTC; any shape.

        Returns
        -------
        int64 array
            Wall seconds, in the shape of `at`.
        """
        instants = np.asarray(at, dtype=np.int64)
        table = offset_table(self.info, instants)
        rule = np.searchsorted(table.instants, instants, side="right")
        return instants + table.offsets[rule]

    def to_utc(self, wall: ArrayLike) -> Ints:
        """Return the instant at which the wall shows each reading.

        Parameters
        ----------
        wall
            Wall seconds; any shape.

        Returns
        -------
        int64 array
            Seconds in UTC, in the shape of `wall`.

        Notes
        -----
        As ``fold=0`` of PEP 495: in a gap the reading is taken with the offset before the gap, in a
        fold the first of the two instants is meant. So an offset rules until the later of the two
        readings at its end.
        """
        walls = np.asarray(wall, dtype=np.int64)
        table = offset_table(self.info, walls)
        rule = np.searchsorted(table.walls, walls, side="right")
        return walls - table.offsets[rule]

    def local(self, at: int) -> datetime:
        """Return the date and time on the wall at one instant, through zoneinfo.

        Parameters
        ----------
        at
            Seconds in UTC.

        Returns
        -------
        datetime
            Aware, in this zone.
        """
        return (EPOCH + timedelta(seconds=at)).astimezone(self.info)

    def instant(self, day: date, reading: time) -> int:
        """Return the instant of one reading of the wall, through zoneinfo.

        Gaps and folds are read as by :meth:`to_utc`.

        Parameters
        ----------
        day, reading
            The date and the time on the wall.

        Returns
        -------
        int
            Seconds in UTC.
        """
        return to_seconds(datetime.combine(day, reading, self.info))

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Travel between processes by name."""
        return zone, (self.name,)


@cache
def zone(name: str) -> Zone:
    """Return the zone of an IANA name.

    Parameters
    ----------
    name
        For example ``Europe/Copenhagen``; case matters.

    Returns
    -------
    Zone
        Always the same object for the same name.

    Raises
    ------
    ValueError
        When there is no such zone; it is never replaced by another.
    """
    if not is_zone(name):
        raise ValueError(
            f"{name!r} must be a time zone of the IANA data base, such as Europe/Copenhagen"
        )
    with (files("tzdata") / "zoneinfo").joinpath(*name.split("/")).open("rb") as data:
        return Zone(name, ZoneInfo.from_file(data, key=name))


def isoformat(seconds: int, place: Zone) -> str:
    """Return an instant as ISO 8601 with the offset of the zone.

    Parameters
    ----------
    seconds
        Seconds in UTC.
    place
        The zone whose wall is meant.

    Returns
    -------
    str
        For example ``2025-06-03T09:00:00+02:00``.
    """
    return place.local(seconds).isoformat()


def isoformats(at: Ints, place: Zone) -> NDArray[np.str_]:
    """Return instants as ISO 8601 with the zone's offset.

    Each text is what :func:`isoformat` gives for that instant alone.

    Parameters
    ----------
    at
        Seconds in UTC; one dimension.
    place
        The zone whose wall is meant.

    Returns
    -------
    str array
        One text an instant.
    """
    wall = place.to_local(at)
    _, first, which = np.unique(wall - at, return_index=True, return_inverse=True)
    suffixes = np.array([isoformat(int(at[row]), place)[19:] for row in first], dtype=np.str_)
    return np.strings.add(np.datetime_as_string(wall.astype("datetime64[s]")), suffixes[which])


# The offsets of a zone as arrays, found by asking zoneinfo.
#
# In tzdata no two changes of an offset are closer than 6.9 days, so a step of 6 days holds at most
# one.
_STEP = 6 * DAY
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

    instants: Ints
    walls: Ints
    offsets: Ints


def offset_table(info: ZoneInfo, seconds: Ints) -> OffsetTable:
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
    spare = 2 * DAY  # more than any offset
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
