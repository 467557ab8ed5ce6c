"""YAML as plain data with lines.

What is read, what is refused, how files merge and values change.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.demand.distributions import Distribution
from sim.errors import InputError
from sim.scenario.document import Document, read_document, scalar
from sim.scenario.merge import WHOLE_KEYS, changed, dotted, merge, plain, resolve
from sim.scenario.validate import validated
from tests.scenario_fields import FULL, SCHEMA, all_keys, followed, with_value, write

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, text: str | bytes) -> Document:
    """Return the document of a text."""
    path = folder / "scenario.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_document(path)


def refused(folder: Path, text: str | bytes) -> str:
    """Return the message that refuses a text, from the file's name on."""
    with pytest.raises(InputError) as caught:
        read(folder, text)
    assert len(caught.value.faults) == 1
    return str(caught.value).removeprefix(f"{folder}/")


NO_SCENARIOS: list[tuple[str, str | bytes, str]] = [
    ("empty", "", "scenario.yaml:1: must be a mapping; write lines of `key: value`"),
    ("comment", "# nothing\n", "scenario.yaml:1: must be a mapping"),
    ("list", "- a\n- b\n", "scenario.yaml:1: 'a list' must be a mapping"),
    ("text", "hello\n", "scenario.yaml:1: 'hello' must be a mapping"),
    ("latin-1", "a: 1\nb: caf\xe9\n".encode("latin-1"), "scenario.yaml:2: is not UTF-8: byte 0xe9 at position 11 of the file"),
    ("utf-16", "a: 1".encode("utf-16"), "scenario.yaml:1: is not UTF-8: byte 0xff at position 0"),
    ("brackets", "a: 1\nb: [1, 2\nc: 3\n", "scenario.yaml:3:2: is no YAML: while parsing a flow sequence"),
    ("colon", "a: 1\nb: c: d\n", "scenario.yaml:2:5: is no YAML: mapping values are not allowed here; put text with a colon"),
    ("tab", "a:\n\tb: 1\n", "scenario.yaml:2:1: is no YAML: while scanning for the next token found character '\\t' that"),
    ("two documents", "a: 1\n---\nb: 2\n", "scenario.yaml:2:1: is no YAML: expected a single document in the stream but found"),
    ("alias", "a: *none\n", "scenario.yaml:1:4: is no YAML: found undefined alias 'none'; write the value out"),
    ("control", "a: 1\nb: \x01\n", "scenario.yaml:2: '\\x01' is a character that YAML does not allow; remove it"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "message"), NO_SCENARIOS, ids=[name for name, _, _ in NO_SCENARIOS]
)
def test_what_is_no_scenario(tmp_path: Path, name: str, text: str | bytes, message: str) -> None:
    """A file that is no mapping in YAML and UTF-8 is refused with its line and a remedy."""
    found = refused(tmp_path, text)
    assert found.startswith(message)
    assert "; " in found


def test_missing_file_and_folder(tmp_path: Path) -> None:
    """A file that is not there, a folder and an impossible name are refused."""
    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / ("x" * 300), tmp_path / "a\0b"):
        with pytest.raises(InputError, match="cannot be read"):
            read_document(path)


def test_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    """Editors of Windows begin UTF-8 with a mark."""
    assert read(tmp_path, b"\xef\xbb\xbfname: x\n").data == {"name": "x"}


SCALARS: list[tuple[str, Any]] = [
    ("5", 5), ("-5", -5), ("010", 10), ("0x1F", 31), ("0o17", 15), ("1_000", 1000), ("1e3", 1000.0), ("2.5", 2.5),
    ("true", True), ("False", False), ("yes", "yes"), ("null", None), ("~", None), ("06:00", "06:00"), ("'5'", "5"),
    ("2026-01-05", "2026-01-05"), (".inf", math.inf), ("-.inf", -math.inf), ("9" * 5000, "9" * 5000), ("-_", "-_"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SCALARS, ids=[text[:9] for text, _ in SCALARS])
def test_scalars(tmp_path: Path, text: str, value: Any) -> None:
    """Scalars are those of YAML 1.2.

    Dates and times stay text, and what Python cannot count stays text too.
    """
    found = read(tmp_path, f"a: {text}\n").data["a"]
    assert (type(found), found) == (type(value), value)
    assert scalar(text, "--set a").data == value


def test_not_a_number(tmp_path: Path) -> None:
    """`.nan` is a float; the schema refuses it."""
    assert math.isnan(read(tmp_path, "a: .nan\n").data["a"])


def test_faults_of_the_file_are_kept(tmp_path: Path) -> None:
    """Repeated keys at any depth, odd keys, tags, loops and characters that are no text.

    All, each with its line.
    """
    text = 'a: 1\nb:\n  c: 1\n  c: 2\na: 3\n? [x]\n: 1\nd: !env HOME\ne: &e [*e]\nf: "\\ud800"\ng: "\\0"\n'
    found = [str(fault).rpartition("scenario.yaml:")[2] for fault in read(tmp_path, text).faults]
    assert found == [
        "4: 'c' is a repeated key; keep one of them",
        "5: 'a' is a repeated key; keep one of them",
        "6: must be a plain key; write `key: value`",
        "8: '!env' is a tag, and a scenario has none; remove it",
        "9: 'e' contains itself; write the value out",
        "10: '\\ud800' has the character '\\ud800', which is no text; remove it",
        "11: '\\x00' has the character '\\x00', which is no text; remove it",
    ]


def test_every_repeated_key_is_found(tmp_path: Path) -> None:
    """Each key of a whole scenario that stands twice is named with its second line."""

    def twice(data: Any, lines: list[int]) -> str:
        if isinstance(data, list):
            return "[" + ",".join(twice(entry, lines) for entry in data) + "]"
        if not isinstance(data, dict):
            return str(data) if isinstance(data, (int, float)) else f"'{data}'"
        pairs = []
        for key, value in data.items():
            text = f"'{key}': {twice(value, lines)},\n"
            pairs.append(f"{text}'{key}': null")
        return "{" + ",\n".join(pairs) + "}"

    text = twice(FULL, [])
    faults = read(tmp_path, text).faults
    seconds = [number for number, line in enumerate(text.splitlines(), 1) if "': null" in line]
    assert sorted(int(fault.where.rpartition(":")[2]) for fault in faults) == seconds
    assert {(fault.must, fault.remedy) for fault in faults} == {
        ("is a repeated key", "keep one of them")
    }
    assert {key for _, key in all_keys()} <= {fault.value for fault in faults}


BOMBS = {
    "laughs": "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)),
    "brackets": "a: " + "[" * 5000,
    "closed brackets": "a: " + "[" * 60 + "]" * 60,
    "indents": "".join(f"{' ' * n}a:\n" for n in range(200)),
    "large": "a: " + "x" * 1_000_001,
}


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_files_end_in_a_fault(tmp_path: Path, name: str) -> None:
    """Aliases that unfold without an end, deep nesting and huge files are refused instead of eating the machine."""
    began = time.process_time()
    message = refused(tmp_path, BOMBS[name])
    assert any(word in message for word in ("at most", "nested too deeply"))
    assert time.process_time() - began < 60  # unfolded, the first would be 9**12 values


def test_lines(tmp_path: Path) -> None:
    """A key has its own line; what is not in the file has the line of what it would stand in."""
    document = read(tmp_path, "a: 1\nb:\n  c: [1,\n    2]\n")
    file = tmp_path / "scenario.yaml"
    places = {("a",): 1, ("b",): 2, ("b", "c"): 3, ("b", "c", 1): 4, ("b", "d"): 2, ("z",): 1}
    assert {path: document.place(path) for path in places} == {
        path: f"{file}:{n}" for path, n in places.items()
    }


def laid(folder: Path, base: str, top: str) -> Document:
    """Return one text laid over another."""
    (folder / "base.yaml").write_text(base)
    (folder / "top.yaml").write_text(top)
    return merge(read_document(folder / "base.yaml"), read_document(folder / "top.yaml"))


def test_merge(tmp_path: Path) -> None:
    """Mappings merge by key, lists of named entries by name, all else is replaced, null removes."""
    base = "a: {b: 1, c: 2}\nl: [{name: x, v: 1, w: 1}, {name: y, v: 2}]\ns: [1, 2]\ngone: 1\n"
    top = "a: {c: 3}\nl:\n- {name: y, v: 5}\n- {name: z}\ns: [3]\ngone: null\nnew: {d: 4}\n"
    found = laid(tmp_path, base, top)
    assert found.data == {
        "a": {"b": 1, "c": 3},
        "l": [{"name": "x", "v": 1, "w": 1}, {"name": "y", "v": 5}, {"name": "z"}],
        "s": [3],
        "new": {"d": 4},
    }
    wanted = {
        ("a", "b"): "base.yaml:1", ("a", "c"): "top.yaml:1", ("l", 0, "w"): "base.yaml:2", ("l", 1, "v"): "top.yaml:3",
        ("l", 2, "name"): "top.yaml:4", ("s", 0): "top.yaml:5", ("new", "d"): "top.yaml:7",
    }  # fmt: skip
    assert {path: found.place(path).rpartition("/")[2] for path in wanted} == wanted


def test_whole_keys_are_replaced(tmp_path: Path) -> None:
    """A sweep, a distribution and a profile of hours replace those of the base."""
    base = "sweep: {x: [1]}\nminutes: {lognormal: {mean: 1, cv: 1}}\nhours: {Mon: [1]}\n"
    found = laid(
        tmp_path, base, "sweep: {y: [2]}\nminutes: {gamma: {mean: 2}}\nhours: {Tue: [2]}\n"
    )
    assert found.data == {
        "sweep": {"y": [2]},
        "minutes": {"gamma": {"mean": 2}},
        "hours": {"Tue": [2]},
    }
    assert ("minutes", "lognormal") not in found.places


def test_every_distribution_is_a_whole_key() -> None:
    """A new key that holds a distribution must be replaced as a whole too."""
    models = [*SCHEMA["$defs"].values(), SCHEMA]
    pairs = [(key, node) for model in models for key, node in model.get("properties", {}).items()]
    keys = {key for key, node in pairs if followed(node).get("title") == Distribution.__name__}
    assert keys
    assert keys < WHOLE_KEYS


def test_a_name_twice_in_the_top_stays_a_fault(tmp_path: Path) -> None:
    """Two entries of one name do not merge into one behind their author's back."""
    found = laid(tmp_path, "l: [{name: x}]\n", "l: [{name: y, v: 1}, {name: y, v: 2}]\n")
    assert [entry["name"] for entry in found.data["l"]] == ["x", "y", "y"]


def test_faults_of_both_files_are_kept(tmp_path: Path) -> None:
    """A repeated key of the base is reported as well as one of the top."""
    found = laid(tmp_path, "a: 1\na: 2\n", "b: 1\nb: 2\n")
    assert [fault.where.rpartition("/")[2] for fault in found.faults] == [
        "base.yaml:2",
        "top.yaml:2",
    ]


def test_resolve() -> None:
    """A dotted key finds entries of lists by name or number; factors are one key.

    The rest leads nowhere.
    """
    data = {
        "l": [{"name": "x", "v": 1}, {"name": "1", "v": 2}],
        "m": {"k": 0},
        "sweep": {"m.k": [1]},
    }
    assert resolve(data, "l.x.v") == ("l", 0, "v")
    assert resolve(data, "l.0.v") == ("l", 0, "v")
    assert resolve(data, "l.1.v") == ("l", 1, "v")  # a name goes before a number
    assert resolve(data, "l.x") == ("l", 0)
    assert resolve(data, "m.new") == ("m", "new")
    assert resolve(data, "sweep.m.k") == ("sweep", "m.k")
    for key, part in {
        "l.z.v": "z",
        "l.2": "2",
        "l.-1": "-1",
        "m.k.deep": "deep",
        "l.²": "²",
        "l.٠": "٠",
    }.items():
        with pytest.raises(KeyError) as caught:
            resolve(data, key)
        assert caught.value.args == (part,)


def test_dotted() -> None:
    """Faults name entries as changes do, and never break the line."""
    data = {"l": [{"name": "x y", "v": 1}, {"v": 2}, {"name": "a.b"}]}
    assert dotted(data, ("l", 0, "v")) == "l.x y.v"
    assert dotted(data, ("l", 1, "v")) == "l.1.v"
    assert dotted(data, ("l", 2)) == "l.2"
    assert dotted(data, ("l", "a\nb")) == "'l.a\\nb'"


def test_plain() -> None:
    """Values of notebooks become plain data; what is none is refused."""
    values = {
        "a": np.int64(3),
        "b": np.array([1.5, 2.0]),
        "c": (True, None),
        "d": range(2),
        "e": np.bool_(True),
    }
    found = plain(values)
    assert found == {"a": 3, "b": [1.5, 2.0], "c": [True, None], "d": [0, 1], "e": True}
    assert [type(value) for value in (found["a"], found["b"][0], found["e"])] == [int, float, bool]
    for value in (object(), {1, 2}, "\ud800", 2**2000):
        with pytest.raises((TypeError, ValueError)):
            plain(value)


KEYS = st.text("abcxyz", min_size=1, max_size=3)
VALUES = st.none() | st.booleans() | st.integers() | st.text("ab ", max_size=3)


def values(content: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return mappings of mappings, lists and such content."""
    inner = st.recursive(
        content,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=8,
    )
    return st.dictionaries(KEYS, inner, min_size=1, max_size=4)


DATA = values(VALUES)


def paths(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return all paths of plain data."""
    entries = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    return [
        inner for key, value in entries for inner in [(*path, key), *paths(value, (*path, key))]
    ]


@given(DATA)
def test_nothing_laid_over_changes_nothing(data: dict[str, Any]) -> None:
    """merge(base, {}) is the base, in its places too."""
    places = {path: f"base:{number}" for number, path in enumerate([(), *paths(data)])}
    found = merge(Document(data, places), Document({}))
    assert (found.data, found.places) == (data, places)


@given(values(VALUES), values(st.integers()))
def test_merging_twice_changes_nothing_more(base: dict[str, Any], top: dict[str, Any]) -> None:
    """What the top says holds after the first merge already."""
    once = merge(Document(base), Document(top))
    assert merge(once, Document(top)).data == once.data


@given(DATA, st.data())
def test_a_change_touches_nothing_else(data: dict[str, Any], draw: st.DataObject) -> None:
    """The changed value is found where it was written, all that lies beside it is the same, the original too."""
    before = repr(data)
    path = draw.draw(st.sampled_from(paths(data)))
    found = changed(data, path, "changed")
    assert repr(data) == before
    beside = [
        other for other in paths(data) if other[: len(path)] != path and path[: len(other)] != other
    ]
    for other in beside:
        assert lookup(found, other) == lookup(data, other)
    assert lookup(found, resolve(found, ".".join(map(str, path)))) == "changed"
    assert set(paths(found)) == {other for other in paths(data) if other[: len(path)] != path} | {
        path
    }


def lookup(data: Any, path: tuple[str | int, ...]) -> Any:
    """Return the value at a path."""
    for part in path:
        data = data[part]
    return data


@given(st.text())
def test_any_text_of_the_command_line_is_read(text: str) -> None:
    """A value after `--set key=` is YAML or text, or a fault; never an exception."""
    scalar(text, "--set a")


@given(
    st.binary(max_size=60) | st.text(":[]{}-&*!a1\n\t \"'#|>%@`,?~", max_size=40).map(str.encode)
)
def test_any_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """Whatever stands in a file, it is read or refused with faults."""
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)
    try:
        read_document(path)
    except InputError as error:
        said = error.faults
    else:
        said = ()
    assert all(fault.must and fault.remedy for fault in said)


def test_round_trip(tmp_path: Path) -> None:
    """A valid scenario that is written out with its defaults and read again is the same scenario."""
    spec = validated(Document(with_value(FULL, ("horizon", "weeks"), 4)))
    again = validated(
        read_document(write(tmp_path / "again.yaml", spec.model_dump(mode="json", by_alias=True)))
    )
    assert again.model_dump() == spec.model_dump()
