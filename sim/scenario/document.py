"""YAML documents with the line of every key: read, merged, changed at a dotted key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sim.errors import Fault, InputError

KeyPath = tuple[str | int, ...]
NAMING_KEYS = ("name", "group", "station")  # entries of a list that bear one of these are found and merged by it


@dataclass
class Document:
    """Plain data of a YAML file, with the place that each key was read from."""

    data: Any
    places: dict[KeyPath, str] = field(default_factory=dict)
    """``file:line`` of each path."""

    def place(self, path: KeyPath) -> str:
        """Return the place of a path, or of the nearest one above it that stands in a file."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, "")


def read_document(path: Path) -> Document:
    """Read a YAML file.

    Parameters
    ----------
    path
        The file, UTF-8.

    Returns
    -------
    Document
        Plain mappings, lists and scalars; dates stay text.

    Raises
    ------
    InputError
        Where the file cannot be read, is no YAML, is no mapping, or repeats a key; all repeated keys at once.
    """
    try:
        node = YAML(typ="safe", pure=True).compose(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(Fault(str(path), "", f"cannot be read: {error.strerror}", "name a scenario file")) from None
    except UnicodeDecodeError as error:
        where = f"{path}: byte {error.start}"
        raise InputError(Fault(where, "", "is not UTF-8", "save the file as UTF-8")) from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(Fault(f"{path}:{line}", "", f"is no YAML: {error.problem}", "mend the syntax")) from None
    except (YAMLError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(Fault(str(path), "", f"is no YAML: {reason}", "save it as plain text")) from None
    if not isinstance(node, MappingNode):
        raise InputError(Fault(f"{path}:1", "", "must be a mapping of keys to values", "start from `dgisim schema`"))
    reader = _Reader(path)
    return Document(reader.value(node), reader.places)


class _Reader:
    """Turns a tree of YAML nodes into plain data and notes the lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.places: dict[KeyPath, str] = {}
        self.faults: list[Fault] = []
        self.open: set[int] = set()

    def value(self, root: Node) -> Any:
        value = self._value(root, ())
        if self.faults:
            raise InputError(self.faults)
        return value

    def _value(self, node: Node, path: KeyPath) -> Any:
        self.places.setdefault(path, f"{self.path}:{node.start_mark.line + 1}")
        if isinstance(node, ScalarNode):
            return _scalar(node)
        if id(node) in self.open:
            self._fault(node, "", "contains itself", "write the value out")
            return None
        self.open.add(id(node))
        value = self._mapping(node, path) if isinstance(node, MappingNode) else self._sequence(node, path)
        self.open.discard(id(node))
        return value

    def _mapping(self, node: MappingNode, path: KeyPath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, ScalarNode) else ""
            if not key:
                self._fault(key_node, "", "must be a plain key", "write `key: value`")
            elif key in data:
                self._fault(key_node, key, "is a repeated key", "keep one of them")
            else:
                self.places[(*path, key)] = f"{self.path}:{key_node.start_mark.line + 1}"
                data[key] = self._value(value_node, (*path, key))
        return data

    def _sequence(self, node: SequenceNode, path: KeyPath) -> list[Any]:
        return [self._value(item, (*path, number)) for number, item in enumerate(node.value)]

    def _fault(self, node: Node, value: str, must: str, remedy: str) -> None:
        self.faults.append(Fault(f"{self.path}:{node.start_mark.line + 1}", value, must, remedy))


_WORDS = {"null": None, "true": True, "false": False}


def _scalar(node: ScalarNode) -> Any:
    """Return a scalar as YAML 1.2 reads it; anything but numbers, booleans and null stays text."""
    kind, text = str(node.tag).rpartition(":")[2], str(node.value)
    if kind in ("null", "bool"):
        return _WORDS.get(text.lower())
    if kind == "int":
        return int(text.replace("_", ""), 0 if text.lower().startswith(("0x", "0o")) else 10)
    if kind == "float":
        return float(text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


def scalar(text: str) -> Any:
    """Return a value of the command line as YAML reads it; the text itself where it is no YAML."""
    try:
        return _Reader(Path()).value(YAML(typ="safe", pure=True).compose(text))
    except (YAMLError, InputError):
        return text


def merge(base: Document, top: Document) -> Document:
    """Lay one document over another.

    Mappings merge key by key and lists of named entries entry by entry; anything else is replaced, and a key that is
    set to null is removed.
    """
    places = dict(base.places)
    data = _merged(base.data, top.data, (), (), top.places, places)
    return Document(data, places)


def _merged(base: Any, top: Any, at: KeyPath, top_at: KeyPath, read: Mapping[KeyPath, str], places: dict[KeyPath, str]) -> Any:
    places[at] = read.get(top_at, places.get(at, ""))
    if isinstance(base, dict) and isinstance(top, dict):
        merged = dict(base)
        for key, value in top.items():
            if value is None:
                merged.pop(key, None)
            else:
                merged[key] = _merged(base.get(key), value, (*at, key), (*top_at, key), read, places)
        return merged
    if _named(base) and _named(top):
        entries = list(base)
        for number, entry in enumerate(top):
            index = next((i for i, old in enumerate(entries) if _name(old) == _name(entry)), len(entries))
            old = entries[index] if index < len(entries) else None
            entries[index : index + 1] = [_merged(old, entry, (*at, index), (*top_at, number), read, places)]
        return entries
    return _taken(top, at, top_at, read, places)


def _taken(top: Any, at: KeyPath, top_at: KeyPath, read: Mapping[KeyPath, str], places: dict[KeyPath, str]) -> Any:
    """Take a value as it is, with the places of all that lies in it."""
    for path in [path for path in places if path[: len(at)] == at]:
        del places[path]
    places |= {(*at, *path[len(top_at) :]): place for path, place in read.items() if path[: len(top_at)] == top_at}
    return top


def _name(entry: Any) -> str | None:
    """Return the name of a list's entry."""
    return next((entry[key] for key in NAMING_KEYS if key in entry), None) if isinstance(entry, dict) else None


def _named(value: Any) -> bool:
    """Say whether a value is a list of named entries."""
    return isinstance(value, list) and bool(value) and all(_name(entry) is not None for entry in value)


def resolve(data: Any, key: str) -> KeyPath:
    """Return the path of a dotted key; entries of a list are named by their name or number.

    Raises
    ------
    KeyError
        With the part that leads nowhere. The last part of a mapping may be new.
    """
    path: list[str | int] = []
    for part, is_last in _parts(key):
        if isinstance(data, list):
            index = next((i for i, entry in enumerate(data) if _name(entry) == part), None)
            index = int(part) if index is None and part.isdigit() and int(part) < len(data) else index
            if index is None:
                raise KeyError(part)
            path.append(index)
            data = data[index]
        elif isinstance(data, dict) and (part in data or is_last):
            path.append(part)
            data = data.get(part)
        else:
            raise KeyError(part)
    return tuple(path)


def _parts(key: str) -> Iterator[tuple[str, bool]]:
    parts = key.split(".")
    return ((part, number == len(parts) - 1) for number, part in enumerate(parts))


def changed(data: Any, path: KeyPath, value: Any) -> Any:
    """Return a copy of the data with another value at a path; what lies beside the path is shared."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(data, list):
        assert isinstance(head, int)
        return [changed(entry, rest, value) if number == head else entry for number, entry in enumerate(data)]
    return {**(data or {}), head: changed((data or {}).get(head), rest, value)}
