"""YAML documents as plain data, with the line of every key and the faults of the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError

from sim.errors import Fault, InputError

if TYPE_CHECKING:
    from pathlib import Path

KeyPath = tuple[str | int, ...]

# A hostile file must end in a fault, not in an exhausted machine; no scenario written by hand comes
# near.
MOST_BYTES = 1_000_000
MOST_VALUES = 200_000
MOST_LEVELS = 30


@dataclass
class Document:
    """Plain data of a YAML file, with the place that each key was read from."""

    data: Any
    places: dict[KeyPath, str] = field(default_factory=dict)
    """``file:line`` of each path."""
    faults: tuple[Fault, ...] = ()
    """What is wrong in the file itself, such as repeated keys; kept, to be reported with all other
    faults."""

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
        Plain mappings, lists and scalars; dates stay text. Repeated keys and the like are its
        faults.

    Raises
    ------
    InputError
        Where the file cannot be read, is no YAML or is no mapping.
    """
    node = _composed(_text(path), str(path))
    if not isinstance(node, MappingNode):
        value = node.value if isinstance(node, ScalarNode) else "" if node is None else "a list"
        raise InputError(
            Fault(f"{path}:1", str(value), "must be a mapping", "write lines of `key: value`")
        )
    return _document(node, str(path))


def scalar(text: str, where: str) -> Document:
    """Return a value of the command line as YAML reads it; the text itself where it is no YAML.

    Parameters
    ----------
    text
        For example ``5``, ``[1, 2]`` or ``{mean: 3}``.
    where
        The place that faults name.

    Returns
    -------
    Document
        The value, with its faults.
    """
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, RecursionError):
        return Document(text, faults=tuple(_bad_characters(text, where)))
    return Document(None) if node is None else _document(node, where, numbered=False)


def _text(path: Path) -> str:
    """Return the text of a file."""
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            Fault(str(path), "", f"cannot be read: {reason}", "name a scenario file")
        ) from None
    if len(content) > MOST_BYTES:
        must = f"is {len(content):,} bytes long and must be at most {MOST_BYTES:,}"
        raise InputError(
            Fault(str(path), "", must, "keep orders and long lists of values in CSV files")
        )
    try:
        return content.decode("utf-8")  # YAML itself passes over a byte order mark
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        must = (
            f"is not UTF-8: byte 0x{content[error.start]:02x} at position {error.start} of the file"
        )
        raise InputError(Fault(f"{path}:{line}", "", must, "save the file as UTF-8")) from None


def _composed(text: str, name: str) -> Node | None:
    """Return the tree of YAML nodes."""
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        reason = " ".join(filter(None, (error.context, error.problem)))
        raise InputError(
            Fault(where, "", f"is no YAML: {reason}", _syntax_remedy(reason))
        ) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        must = "is a character that YAML does not allow"
        raise InputError(Fault(f"{name}:{line}", chr(error.character), must, "remove it")) from None
    except (YAMLError, ValueError) as error:
        raise InputError(Fault(name, "", f"is no YAML: {error}", "correct the syntax")) from None
    except RecursionError:
        raise InputError(Fault(name, "", "is nested too deeply", "close the brackets")) from None
    return node


def _syntax_remedy(reason: str) -> str:
    """Return what to do about the commonest slips."""
    remedies = {
        "'\\t'": "indent with blanks instead of tabs",
        "another document": "keep one scenario a file, without `---` between",
        "undefined alias": "write the value out",
        "mapping values": "put text with a colon in quotes, and a blank after the colon of a key",
    }
    return next(
        (remedy for sign, remedy in remedies.items() if sign in reason), "correct the syntax there"
    )


def _document(node: Node, name: str, *, numbered: bool = True) -> Document:
    reader = _Reader(name, numbered)
    data = reader.value(node, ())
    return Document(data, reader.places, tuple(reader.faults))


class _Reader:
    """Turns a tree of YAML nodes into plain data and notes the lines."""

    def __init__(self, name: str, numbered: bool) -> None:
        self.name = name
        self.numbered = numbered
        self.places: dict[KeyPath, str] = {}
        self.faults: list[Fault] = []
        self.open: set[int] = set()
        self.n_values = 0

    def value(self, node: Node, path: KeyPath) -> Any:
        """Return the value of a node, which lies at a path."""
        self._count(node, path)
        self.places.setdefault(path, self._line(node))
        if not str(node.tag).startswith("tag:yaml.org,2002:"):
            self._fault(node, str(node.tag), "is a tag, and a scenario has none", "remove it")
        if isinstance(node, ScalarNode):
            self.faults += _bad_characters(node.value, self._line(node))
            return _plain(node)
        if id(node) in self.open:
            self._fault(node, str(node.anchor or ""), "contains itself", "write the value out")
            return None
        self.open.add(id(node))
        value = (
            self._mapping(node, path)
            if isinstance(node, MappingNode)
            else self._sequence(node, path)
        )
        self.open.discard(id(node))
        return value

    def _count(self, node: Node, path: KeyPath) -> None:
        """Stop at a document that unfolds without an end."""
        self.n_values += 1
        if self.n_values > MOST_VALUES or len(path) > MOST_LEVELS:
            must = f"must have at most {MOST_VALUES:,} values, nested at most {MOST_LEVELS} deep"
            self._fault(
                node,
                "",
                must,
                "use fewer aliases and brackets, and keep long lists of values in CSV files",
            )
            raise InputError(self.faults)

    def _mapping(self, node: MappingNode, path: KeyPath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, ScalarNode) else ""
            if not key:
                self._fault(key_node, "", "must be a plain key", "write `key: value`")
            elif key in data:
                self._fault(key_node, key, "is a repeated key", "keep one of them")
            else:
                self.faults += _bad_characters(key, self._line(key_node))
                self.places[(*path, key)] = self._line(key_node)
                data[key] = self.value(value_node, (*path, key))
        return data

    def _sequence(self, node: Node, path: KeyPath) -> list[Any]:
        return [self.value(item, (*path, number)) for number, item in enumerate(node.value)]

    def _line(self, node: Node) -> str:
        return f"{self.name}:{node.start_mark.line + 1}" if self.numbered else self.name

    def _fault(self, node: Node, value: str, must: str, remedy: str) -> None:
        self.faults.append(Fault(self._line(node), value, must, remedy))


def _bad_characters(text: str, where: str) -> list[Fault]:
    """Refuse what no editor shows and no UTF-8 file holds.

    Controls and halves of a surrogate pair.
    """
    bad = next(
        (
            c
            for c in text
            if (c < " " and c not in "\n\t") or "\x7f" <= c < "\xa0" or "\ud800" <= c <= "\udfff"
        ),
        None,
    )
    return (
        [Fault(where, text[:60], f"has the character {bad!r}, which is no text", "remove it")]
        if bad
        else []
    )


_WORDS = {"true": True, "false": False}


def _plain(node: ScalarNode) -> Any:
    """Return a scalar as YAML 1.2 reads it; anything but numbers, booleans and null stays text."""
    kind, text = str(node.tag).rpartition(":")[2], str(node.value)
    bare = text.lower().replace("_", "")
    try:
        if kind == "int":
            return int(bare, 0 if bare.lstrip("+-").startswith(("0x", "0o", "0b")) else 10)
        if kind == "float":
            return float(bare.replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:  # no number to Python, as "-_" and 5,000 digits
        return text
    return None if kind == "null" else _WORDS.get(bare, text) if kind == "bool" else text
