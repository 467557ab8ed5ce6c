"""From plain data to a checked scenario: every fault with its place, value and remedy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.errors import Fault, InputError
from sim.scenario.consistency import inconsistencies
from sim.scenario.document import Document, KeyPath
from sim.scenario.schema import ScenarioSpec


def validated(document: Document) -> ScenarioSpec:
    """Return the scenario that a document describes.

    Parameters
    ----------
    document
        Plain data with the place of every key.

    Returns
    -------
    ScenarioSpec
        Valid, and consistent in itself.

    Raises
    ------
    InputError
        With every fault that was found.
    """
    try:
        spec = ScenarioSpec.model_validate(_with_plan_names(document.data))
    except ValidationError as error:
        raise InputError(_faults(document, error.errors(include_url=False))) from None
    faults = [
        Fault(_where(document, path), _shown(_lookup(document.data, path)), must, remedy)
        for path, must, remedy in inconsistencies(spec)
    ]
    if faults:
        raise InputError(faults)
    return spec


def _with_plan_names(data: dict[str, Any]) -> dict[str, Any]:
    """Give each plan the name that it stands under."""
    plans = data.get("plans")
    if not isinstance(plans, dict):
        return data
    named = {name: {"name": name, **plan} if isinstance(plan, dict) else plan for name, plan in plans.items()}
    return {**data, "plans": named}


def _faults(document: Document, errors: Iterable[ErrorDetails]) -> Iterator[Fault]:
    """Turn pydantic's errors into faults, one for each place: the members of a union all complain."""
    seen: dict[tuple[KeyPath, str], list[ErrorDetails]] = {}
    for error in errors:
        path = _path_in(document.data, error["loc"])
        key = "" if error["type"] != "missing" else str(error["loc"][-1])
        seen.setdefault((path, key), []).append(error)
    for (path, missing), group in seen.items():
        yield _missing(document, path, missing) if missing else _fault(document, path, group)


def _path_in(data: Any, loc: tuple[str | int, ...]) -> KeyPath:
    """Return the part of a location that leads through the data; tags of unions are passed over."""
    path: list[str | int] = []
    for part in loc:
        if isinstance(data, dict) and part in data:
            data = data[part]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            continue
        path.append(part)
    return tuple(path)


def _missing(document: Document, path: KeyPath, key: str) -> Fault:
    help_ = _help((*path, key))
    return Fault(_where(document, (*path, key)), "", "is missing", f"add `{key}:`{help_ and f' ({help_})'}")


def _fault(document: Document, path: KeyPath, group: list[ErrorDetails]) -> Fault:
    if any(error["type"] == "extra_forbidden" for error in group):
        return _unknown_key(document, path)
    musts = list(dict.fromkeys(_must(error) for error in group))
    help_ = _help(path)
    remedy = f"give it such a value{help_ and f': {help_}'}" if help_ else "change it, or leave it out for the default"
    return Fault(_where(document, path), _shown(_lookup(document.data, path)), " or ".join(musts), remedy)


def _unknown_key(document: Document, path: KeyPath) -> Fault:
    known = sorted(_properties(path[:-1]))
    close = get_close_matches(str(path[-1]), known, n=1)
    remedy = f"did you mean `{close[0]}`?" if close else "remove it"
    listed = f"; known here: {', '.join(known)}" if known else ""
    return Fault(_where(document, path), str(path[-1]), "is an unknown key", remedy + listed)


def _must(error: ErrorDetails) -> str:
    """Return pydantic's message as what the value must be."""
    message = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if message.startswith("should "):
        message = "must " + message.removeprefix("should ")
    message = message[0].lower() + message[1:]
    return message if message.startswith(("must", "is ")) else f"must be right: {message}"


def _where(document: Document, path: KeyPath) -> str:
    key = ".".join(map(str, path))
    place = document.place(path)
    return f"{place}: {key}" if key and place else place or key


def _lookup(data: Any, path: KeyPath) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _shown(value: Any) -> str:
    """Return a value as its author would recognise it, cut to one line."""
    if value is None:
        return "null"
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


@cache
def _schema() -> dict[str, Any]:
    return ScenarioSpec.model_json_schema()


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
    elif isinstance(node.get("additionalProperties"), dict):
        yield node["additionalProperties"]


def _help(path: KeyPath) -> str:
    """Return the help text of a key: the docstring of its attribute."""
    texts = (str(node["description"]) for node in _nodes(path) if "description" in node)
    return " ".join(next(texts, "").split()).rstrip(".")


def _properties(path: KeyPath) -> set[str]:
    """Return the keys that may stand below a path."""
    return {key for node in _nodes(path) for key in node.get("properties", {})}
