"""Pydantic's errors as faults in plain English, one for each place."""

from __future__ import annotations

import json
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

from sim.errors import Fault
from sim.scenario.merge import dotted, holds
from sim.scenario.schema import ScenarioSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic_core import ErrorDetails

    from sim.scenario.document import Document, KeyPath

_KINDS = {
    "model_type": "a mapping of keys to values",
    "dict_type": "a mapping of keys to values",
    "tuple_type": "a list",
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "date_type": "a date such as 2026-01-05",
    "literal_error": "{expected}",
}
"""Errors that say of what kind a value must be; where several kinds may stand, they are
alternatives."""
_BOUNDS = {
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be over {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be under {lt}",
    "finite_number": "must be a finite number",
    "string_too_short": "must not be empty",
    "too_short": "must have at least {min_length} entries and has {actual_length}",
    "too_long": "must have at most {max_length} entries and has more",
    "value_error": "{error}",
}


def faults_of(document: Document, errors: Iterable[ErrorDetails]) -> list[Fault]:
    """Turn pydantic's errors into faults.

    Parameters
    ----------
    document
        What was validated.
    errors
        All that pydantic found.

    Returns
    -------
    list of Fault
        One for each place, though each member of a union complains.
    """
    groups: dict[tuple[KeyPath, str], list[ErrorDetails]] = {}
    for error in errors:
        missing = str(error["loc"][-1]) if error["type"] == "missing" else ""
        groups.setdefault((path_in(document.data, error["loc"]), missing), []).append(error)
    faults = []
    for (path, missing), group in groups.items():
        if missing:
            faults.append(_missing(document, path, missing))
        elif not _only_other_members(path, group, groups):
            faults.append(_fault(document, path, group))
    return faults


def without_echoes(data: Any, errors: Iterable[ErrorDetails]) -> list[ErrorDetails]:
    """Return pydantic's errors without those that a wrong entry causes in the list around it.

    Parameters
    ----------
    data
        What was validated.
    errors
        All errors; pydantic calls a list too short when its entries are wrong.

    Returns
    -------
    list
        The errors that are the author's.
    """

    def echo(error: ErrorDetails) -> bool:
        value = _lookup(data, path_in(data, error["loc"]))
        return error["type"] == "too_short" and len(value) >= error["ctx"]["min_length"]

    return [error for error in errors if not echo(error)]


def fault_at(document: Document, path: KeyPath, must: str, remedy: str) -> Fault:
    """Return the fault of a value.

    Parameters
    ----------
    document, path
        Where it stands.
    must, remedy
        As in :class:`~sim.errors.Fault`.

    Returns
    -------
    Fault
        With place and value.
    """
    return Fault(_where(document, path), _shown(_lookup(document.data, path)), must, remedy)


def path_in(data: Any, loc: KeyPath) -> KeyPath:
    """Return the keys of a location of pydantic, without its tags of unions.

    Parameters
    ----------
    data
        Plain data.
    loc
        Location of an error.

    Returns
    -------
    tuple
        Path of the value that the error is about.
    """
    path: list[str | int] = []
    for part in loc:
        if holds(data, part):
            data = data[part]
            path.append(part)
    return tuple(path)


def _only_other_members(
    path: KeyPath, group: list[ErrorDetails], groups: Iterable[tuple[KeyPath, str]]
) -> bool:
    """Say whether only the union's member of the value's kind complains further in."""
    kinds = all(error["type"] in _KINDS for error in group)
    inside = (other for other, missing in groups if len(other) > len(path) or missing)
    return kinds and any(other[: len(path)] == path for other in inside)


def _missing(document: Document, path: KeyPath, key: str) -> Fault:
    help_ = _help((*path, key))
    return Fault(
        _where(document, (*path, key)), "", "is missing", f"add `{key}:`{help_ and f' ({help_})'}"
    )


def _fault(document: Document, path: KeyPath, group: list[ErrorDetails]) -> Fault:
    if any(error["type"] == "extra_forbidden" for error in group):
        return _unknown_key(document, path)
    fault = fault_at(document, path, _must(group), _remedy(path))
    if group[0]["loc"][-1] == "[key]":
        return Fault(fault.where, str(path[-1]), fault.must, "rename the key")
    return fault


def _must(group: list[ErrorDetails]) -> str:
    """Return what a value must be, in one sentence for all members of a union."""
    bounds = [error for error in group if error["type"] not in _KINDS]
    if bounds:
        return " and ".join(dict.fromkeys(map(_bound, bounds)))
    return f"must be {' or '.join(dict.fromkeys(map(_kind, group)))}"


def _kind(error: ErrorDetails) -> str:
    words = _KINDS[error["type"]].format(**error.get("ctx", {}))
    if error["type"] != "literal_error":
        return words
    names = words.replace("'", "").replace(" or ", ", ")
    return f"one of {names}" if "," in names else names


def _bound(error: ErrorDetails) -> str:
    pattern = _BOUNDS.get(error["type"])
    context = {key: _written(value) for key, value in error.get("ctx", {}).items()}
    return pattern.format(**context) if pattern else f"must be right: {error['msg']}"


def _written(value: Any) -> str:
    """Return a bound as people write it: 8,760 and not 8760.0."""
    return (
        f"{int(value):,}" if isinstance(value, (int, float)) and value == int(value) else str(value)
    )


def _remedy(path: KeyPath) -> str:
    help_ = _help(path)
    return f"correct it ({help_})" if help_ else "correct it"


def _unknown_key(document: Document, path: KeyPath) -> Fault:
    known = sorted(_properties(path[:-1]))
    close = get_close_matches(str(path[-1]), known, n=1)
    remedy = f"did you mean `{close[0]}`?" if close else "remove it"
    listed = f"; known here: {', '.join(known)}" if known else ""
    return Fault(
        _where(document, path), str(path[-1]) or '""', "is an unknown key", remedy + listed
    )


def _where(document: Document, path: KeyPath) -> str:
    key, place = dotted(document.data, path), document.place(path)
    return (
        place
        if place.endswith((f" {key}", f" sweep.{key}"))
        else f"{place}: {key}"
        if key and place
        else place or key
    )


def _lookup(data: Any, path: KeyPath) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _shown(value: Any) -> str:
    """Return a value as its author would recognise it, cut to one line."""
    text = value if isinstance(value, str) and value else json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


@cache
def _schema() -> dict[str, Any]:
    return ScenarioSpec.model_json_schema()


def is_key(path: KeyPath) -> bool:
    """Say whether the last part of a path is a key of the schema, and no name that an author chose.

    Parameters
    ----------
    path
        Path of a value.

    Returns
    -------
    bool
        False for ``plans.professional``.
    """
    return bool(path) and path[-1] in _properties(path[:-1])


def _nodes(path: KeyPath) -> list[dict[str, Any]]:
    """Return the nodes of the JSON Schema that may stand at a path."""
    nodes = [_schema()]
    for part in path:
        nodes = [child for node in _expanded(nodes) for child in _children(node, part)]
    return list(_expanded(nodes))


def _expanded(nodes: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield nodes with references followed and alternatives spread, the naming node first."""
    for node in nodes:
        yield node
        if "$ref" in node:
            yield from _expanded([_schema()["$defs"][node["$ref"].rpartition("/")[2]]])
        yield from _expanded(node.get("anyOf", []))


def _children(node: dict[str, Any], part: str | int) -> Iterator[dict[str, Any]]:
    if isinstance(part, int):
        yield from (node[key] for key in ("items",) if isinstance(node.get(key), dict))
    elif part in node.get("properties", {}):
        yield node["properties"][part]
    else:
        yield from node.get("patternProperties", {}).values()  # names that the author chose
        yield from (
            node[key] for key in ("additionalProperties",) if isinstance(node.get(key), dict)
        )


def _help(path: KeyPath) -> str:
    """Return the help text of a key: the docstring of its attribute."""
    texts = (str(node["description"]) for node in _nodes(path) if "description" in node)
    return " ".join(next(texts, "").split()).rstrip(".")


def _properties(path: KeyPath) -> set[str]:
    """Return the keys that may stand below a path."""
    return {key for node in _nodes(path) for key in node.get("properties", {})}
