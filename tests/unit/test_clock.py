"""The clock: readings, weekdays, and every zone of tzdata against zoneinfo, row by row."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import (
    DAY,
    HOUR,
    NAT,
    WEEK,
    day_number,
    is_zone,
    isoformat,
    isoformats,
    offset_table,
    parse_instant,
    weekday,
    zone,
    zone_names,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAIVE_EPOCH = EPOCH.replace(tzinfo=None)
SECOND = timedelta(seconds=1)
SPAN = np.array([1_000_000_000, 2_300_000_000])  # 2001 to 2042


def wall_of(at: int, name: str) -> int:
    """Return what the wall shows, through zoneinfo and datetime."""
    local = (EPOCH + at * SECOND).astimezone(zone(name).info)
    return (local.replace(tzinfo=None) - NAIVE_EPOCH) // SECOND


def instant_of(wall: int, name: str) -> int:
    """Return the instant of a reading, fold=0, through zoneinfo and datetime."""
    reading = (NAIVE_EPOCH + wall * SECOND).replace(tzinfo=zone(name).info)
    return (reading.astimezone(UTC) - EPOCH) // SECOND


def probes(changes: np.ndarray) -> np.ndarray:
    """Return seconds at and around some changes of an offset, up to a day from them."""
    near = (0, 1, 1799, 1800, 3599, 3600, 7200, DAY)
    return np.concatenate([changes + sign * step for step in near for sign in (1, -1)])


@pytest.mark.parametrize("initial", sorted({name[:3] for name in zone_names()}))
def test_all_zones_as_zoneinfo(initial: str) -> None:
    """Around the changes of every zone, arrays read the wall both ways as zoneinfo does row by row."""
    for name in sorted(name for name in zone_names() if name.startswith(initial)):
        table = offset_table(zone(name).info, SPAN)
        changes = table.instants[-12:]
        at = np.concatenate([probes(changes), SPAN])
        assert zone(name).to_local(at).tolist() == [
            wall_of(second, name) for second in at.tolist()
        ], name
        walls = np.concatenate(
            [probes(table.walls[-12:]), probes(changes + table.offsets[-13:][: len(changes)])]
        )
        assert zone(name).to_utc(walls).tolist() == [
            instant_of(wall, name) for wall in walls.tolist()
        ], name


TRICKY = (
    *("Africa/Cairo", "Africa/Casablanca", "America/Noronha", "Asia/Gaza", "Australia/Lord_Howe"),
    *("Pacific/Apia", "Europe/London", "America/St_Johns", "America/Sao_Paulo", "Antarctica/Troll"),
)


@pytest.mark.parametrize("name", TRICKY)
def test_no_change_is_missed(name: str) -> None:
    """A look at every 30 hours of a century finds no offset that the table does not have."""
    at = np.arange(-500_000_000, 2_600_000_000, 30 * HOUR)
    assert zone(name).to_local(at).tolist() == [wall_of(second, name) for second in at.tolist()]


@given(
    st.sampled_from(sorted(zone_names())),
    st.lists(st.integers(-2_000_000_000, 7_000_000_000), max_size=20),
)
def test_zones_at_any_instant(name: str, seconds: list[int]) -> None:
    """Also far from changes, and in one call over two centuries, the arrays agree with zoneinfo."""
    assert zone(name).to_local(seconds).tolist() == [wall_of(at, name) for at in seconds]
    assert zone(name).to_utc(seconds).tolist() == [instant_of(wall, name) for wall in seconds]


def test_gap_and_fold_by_hand() -> None:
    """In New York 02:30 of 9 March 2025 is 03:30 EDT, and 01:30 of 2 November is the first, in EDT."""
    walls = [
        day_number(parse_instant(f"{day}T00:00:00Z")) * DAY for day in ("2025-03-09", "2025-11-02")
    ]
    at = zone("America/New_York").to_utc(np.array(walls) + np.array([2, 1]) * HOUR + 1800)
    assert [isoformat(int(second), zone("America/New_York")) for second in at] == [
        "2025-03-09T03:30:00-04:00",
        "2025-11-02T01:30:00-04:00",
    ]


def test_apia_has_no_30_december_2011() -> None:
    """One second after Thursday 23:59:59 it is Saturday."""
    at = parse_instant("2011-12-30T09:59:59Z")
    days = day_number(zone("Pacific/Apia").to_local(np.array([at, at + 1])))
    assert np.diff(days).tolist() == [2]


def test_shape_is_kept() -> None:
    """A scalar, an empty array and a matrix keep their shapes."""
    for shape in ((), (0,), (2, 3)):
        assert zone("Asia/Tokyo").to_local(np.zeros(shape, dtype=np.int64)).shape == shape


def test_weekday_and_day_number() -> None:
    """1 January 1970 was a Thursday, and the day before it a Wednesday; ints and arrays alike."""
    assert [weekday(at) for at in (-1, 0, DAY, 4 * DAY)] == [2, 3, 4, 0]
    assert weekday(np.array([-1, 0, 4 * DAY, 4 * DAY + WEEK])).tolist() == [2, 3, 0, 0]
    assert [day_number(at) for at in (-1, 0, DAY - 1, DAY)] == [-1, 0, 0, 1]


def test_not_yet_is_nat() -> None:
    """The mark for 'not yet' is NaT when an array of instants is viewed as dates."""
    assert np.isnat(np.array([NAT]).view("datetime64[s]")[0])


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "europe/copenhagen", "../zones", "EST5EDT4", "Europe"]
)
def test_unknown_zone_is_refused(name: str) -> None:
    """What is no zone is refused with its name, and never replaced by UTC."""
    assert not is_zone(name)
    with pytest.raises(ValueError, match="must be a time zone of the IANA data base"):
        zone(name)


def test_zone_travels_between_processes() -> None:
    """A pickled zone comes back as the one object of its name."""
    assert pickle.loads(pickle.dumps(zone("Europe/Paris"))) is zone("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01 05:45+05:45", 0),
        ("1970-01-01T00:00:01.999Z", 1),
        ("1969-12-31T23:59:59.5Z", -1),
    ],
)
def test_parse_instant(text: str, at: int) -> None:
    """ISO 8601 with any offset is read; fractions go down, before 1970 too."""
    assert parse_instant(text) == at


@pytest.mark.parametrize(
    ("text", "must"),
    [
        ("2025-06-03T09:00:00", "offset"),
        ("2025-06-03", "offset"),
        ("2025-02-30T09:00:00Z", "day is out of range"),
        ("3 June 2025", "ISO 8601"),
        ("", "ISO 8601"),
        ("1899-12-31T23:59:59Z", "1900 to 2199"),
        ("2200-01-01T00:00:00Z", "1900 to 2199"),
    ],
)
def test_parse_instant_says_what_is_wrong(text: str, must: str) -> None:
    """A text that is no instant is refused with what it must be."""
    with pytest.raises(ValueError, match=must):
        parse_instant(text)


def test_isoformats_as_isoformat() -> None:
    """Texts of a column are those of its instants one by one, also where offsets have odd minutes."""
    at = parse_instant("2025-04-05T14:00:00Z") + np.arange(6) * 1800
    for name in ("Australia/Lord_Howe", "Asia/Kathmandu", "America/New_York", "UTC"):
        assert isoformats(at, zone(name)).tolist() == [
            isoformat(int(second), zone(name)) for second in at
        ]
    assert isoformat(int(at[0]), zone("Asia/Kathmandu")) == "2025-04-05T19:45:00+05:45"
    assert isoformats(at[:0], zone("UTC")).tolist() == []
