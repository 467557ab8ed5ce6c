"""Plain data laid over plain data, and changed at a dotted key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from sim.scenario.document import Document, KeyPath

MOST_BITS = 1024
NAMING_KEYS = ("name", "group", "station")
"""Entries of a list that bear one of these are found and merged by it."""
WHOLE_KEYS = frozenset({"sweep", "factors", "images_per_order", "minutes", "delay_hours", "hours"})
"""Mappings that mean something only as a whole: the sweep, distributions, a profile of hours."""


def merge(base: Document, top: Document) -> Document:
    """Lay one document over another.

    Parameters
    ----------
    base
        The file that is extended.
    top
        The file that extends it.

    Returns
    -------
    Document
        With the places of both; neither is changed.

    Notes
    -----
    Mappings merge key by key, and lists of named entries (customers, pools, stations) entry by
    entry: a new name is added at the end. Anything else is replaced: scalars, other lists, mappings
    of ``WHOLE_KEYS``. So the ``sweep`` of the top replaces that of the base: who writes a sweep
    says which points are to be run, and factors left over from the base would multiply them. A
    distribution is replaced too. A key that is set to null is removed.
    """
    places = dict(base.places)
    data = _Merger(top.places, places).merged(base.data, top.data, (), ())
    return Document(data, places, base.faults + top.faults)


class _Merger:
    """Lays data over data and keeps the places of the result."""

    def __init__(self, read: Mapping[KeyPath, str], places: dict[KeyPath, str]) -> None:
        self.read = read
        self.places = places

    def merged(self, base: Any, top: Any, at: KeyPath, top_at: KeyPath) -> Any:
        """Return the top laid over the base.

        `at` is the path in the result, `top_at` the path in the top.
        """
        if isinstance(base, dict) and isinstance(top, dict) and not (at and at[-1] in WHOLE_KEYS):
            self.places[at] = self.read.get(top_at, self.places.get(at, ""))
            return self._mapping(base, top, at, top_at)
        if _named(base) and _named(top):
            return self._entries(base, top, at, top_at)
        return self._taken(top, at, top_at)

    def _mapping(
        self, base: dict[str, Any], top: dict[str, Any], at: KeyPath, top_at: KeyPath
    ) -> dict[str, Any]:
        merged = dict(base)
        for key, value in top.items():
            if value is None and key in base:
                del merged[key]
            else:
                merged[key] = self.merged(base.get(key), value, (*at, key), (*top_at, key))
        return merged

    def _entries(self, base: list[Any], top: list[Any], at: KeyPath, top_at: KeyPath) -> list[Any]:
        entries = list(base)
        for number, entry in enumerate(top):
            names = [
                entry_name(old) for old in base
            ]  # of the base alone: a name twice in the top stays a fault
            index = names.index(entry_name(entry)) if entry_name(entry) in names else len(entries)
            old = entries[index] if index < len(entries) else None
            entries[index : index + 1] = [self.merged(old, entry, (*at, index), (*top_at, number))]
        return entries

    def _taken(self, top: Any, at: KeyPath, top_at: KeyPath) -> Any:
        """Take a value as it is, with the places of all that lies in it."""
        for path in [path for path in self.places if path[: len(at)] == at]:
            del self.places[path]
        inside = (
            (path, place) for path, place in self.read.items() if path[: len(top_at)] == top_at
        )
        self.places |= {(*at, *path[len(top_at) :]): place for path, place in inside}
        return top


def entry_name(entry: Any) -> str | None:
    """Return the name of a list's entry; None where it has none."""
    if not isinstance(entry, dict):
        return None
    return next((entry[key] for key in NAMING_KEYS if isinstance(entry.get(key), str)), None)


def _named(value: Any) -> bool:
    """Say whether a value is a list of named entries."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(entry_name(entry) is not None for entry in value)
    )


def resolve(data: Any, key: str) -> KeyPath:
    """Return the path of a dotted key.

    Parameters
    ----------
    data
        Plain data.
    key
        Keys joined by dots; entries of a list are named by their name or their number from 0. What
        follows ``sweep.`` is one key: factors are dotted keys themselves.

    Returns
    -------
    tuple
        Keys of mappings and numbers of entries. Keys may be new.

    Raises
    ------
    KeyError
        With the part that leads nowhere.
    """
    if key.startswith("sweep."):
        return ("sweep", key.removeprefix("sweep."))
    path: KeyPath = ()
    for part in key.split("."):
        path = (*path, _step(data, part))
        data = data[path[-1]] if holds(data, path[-1]) else None
    return path


def _step(data: Any, part: str) -> str | int:
    """Return the key or the number that one part of a dotted key means in the data.

    A key may be new.
    """
    if data is None or isinstance(data, dict):
        return part
    if isinstance(data, list):
        names = [entry_name(entry) for entry in data]
        if part in names:
            return names.index(part)
        if part.isdecimal() and part.isascii() and int(part[:9]) < len(data):
            return int(part)
    raise KeyError(part)


def holds(data: Any, part: str | int) -> bool:
    """Say whether plain data has an entry: a key of a mapping, or a number of a list.

    Parameters
    ----------
    data
        Plain data.
    part
        A part of a path.

    Returns
    -------
    bool
        False for text and numbers.
    """
    return (isinstance(data, dict) and part in data) or (
        isinstance(data, list) and part in range(len(data))
    )


def dotted(data: Any, path: KeyPath) -> str:
    """Return the dotted key of a path, with entries named by their name where they have one.

    Parameters
    ----------
    data
        Plain data.
    path
        Keys and numbers; may lead beyond the data.

    Returns
    -------
    str
        On one line.
    """
    parts = []
    for part in path:
        data = data[part] if holds(data, part) else None
        name = entry_name(data) if isinstance(part, int) else None
        parts.append(name if name and re.fullmatch(r"[\w -]+", name) else str(part))
    text = ".".join(parts)
    return text if text.isprintable() else ascii(text)


def changed(data: Any, path: KeyPath, value: Any) -> Any:
    """Return a copy of the data with another value at a path; what lies beside the path is shared.

    Parameters
    ----------
    data
        Plain data.
    path
        As :func:`resolve` gives it.
    value
        The new value.

    Returns
    -------
    Any
        The data itself is not touched.
    """
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(data, list):
        return [
            changed(entry, rest, value) if number == head else entry
            for number, entry in enumerate(data)
        ]
    mapping = data or {}
    return {**mapping, head: changed(mapping.get(head), rest, value)}


def plain(value: Any) -> Any:
    """Return a value of Python as plain data: numbers, text, lists and mappings.

    Parameters
    ----------
    value
        May hold NumPy numbers and arrays, tuples, ranges and dates.

    Returns
    -------
    Any
        What a YAML file would give.

    Raises
    ------
    TypeError, ValueError
        Where there is no such thing.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float):
        return float(value)  # of NumPy's, which is a float too
    if isinstance(value, int):
        return _reasonable(value)
    if isinstance(value, str):
        value.encode()  # half of a surrogate pair is no text
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {plain(str(key)): plain(entry) for key, entry in value.items()}
    if isinstance(value, (Sequence, np.ndarray)):
        return [plain(entry) for entry in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    raise TypeError(f"must be plain data and is a {type(value).__name__}")


def _reasonable(value: int) -> int:
    if value.bit_length() > MOST_BITS:
        raise ValueError(f"must be a number of at most {MOST_BITS} bits")
    return value
