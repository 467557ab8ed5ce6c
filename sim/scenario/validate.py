"""From plain data to a checked scenario: every fault with its place, value and remedy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sim.errors import Fault, InputError
from sim.scenario.consistency import inconsistencies
from sim.scenario.messages import fault_at, faults_of, is_key, path_in, without_echoes
from sim.scenario.schema import ScenarioSpec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

    from sim.scenario.document import Document, KeyPath


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
        With every fault that was found: of the file, of single values and between the parts.
    """
    try:
        spec = _parsed(document.data)
    except ValidationError as error:
        errors = without_echoes(document.data, error.errors(include_url=False))
        faults = [
            *document.faults,
            *faults_of(document, errors),
            *_faults_between_the_rest(document, errors),
        ]
        raise InputError(dict.fromkeys(faults)) from None
    faults = [*document.faults, *_faults_between(document, spec)]
    if faults:
        raise InputError(faults)
    return spec


def _parsed(data: Any) -> ScenarioSpec:
    """Return the scenario of plain data.

    As strict JSON, where a list is a list and "5" is no number.
    """
    return ScenarioSpec.model_validate_json(json.dumps(_with_plan_names(data)), strict=True)


def _with_plan_names(data: dict[str, Any]) -> dict[str, Any]:
    """Give each plan the name that it stands under."""
    plans = data.get("plans")
    if not isinstance(plans, dict):
        return data
    named = {
        name: {"name": name, **plan} if isinstance(plan, dict) else plan
        for name, plan in plans.items()
    }
    return {**data, "plans": named}


def _faults_between(document: Document, spec: ScenarioSpec) -> list[Fault]:
    return [fault_at(document, path, must, remedy) for path, must, remedy in inconsistencies(spec)]


def _faults_between_the_rest(document: Document, errors: Iterable[ErrorDetails]) -> list[Fault]:
    """Return the faults between the parts when wrong keys and values are left out, if that is one.

    Only what has a default can be left out, so this says nothing that the mended file would not say
    too.
    """
    data = document.data
    for error in errors:
        path = path_in(document.data, error["loc"])
        while path and not (error["type"] == "extra_forbidden" or is_key(path)):
            path = path[:-1]
        data = _without(data, path) if path else {}
    try:
        return _faults_between(document, _parsed(data))
    except ValidationError:
        return []


def _without(data: Any, path: KeyPath) -> Any:
    """Return a copy of the data without the key at a path; the data itself where there is none."""
    head, *rest = path
    if isinstance(data, dict) and head in data:
        return {
            key: _without(value, tuple(rest)) if key == head else value
            for key, value in data.items()
            if rest or key != head
        }
    if isinstance(data, list) and rest:
        return [
            _without(entry, tuple(rest)) if number == head else entry
            for number, entry in enumerate(data)
        ]
    return data
