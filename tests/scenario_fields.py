"""A scenario that uses every key, and the fields of the JSON Schema that are met in it."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.scenario.document import Document, KeyPath, read_document
from sim.scenario.schema import ScenarioSpec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = ScenarioSpec.model_json_schema()

_DISTRIBUTIONS: list[dict[str, Any]] = [
    {"constant": 2},
    {"constant": {"value": 2, "min": 1, "max": 3}},
    {"exponential": {"mean": 2, "min": 1, "max": 3}},
    {"lognormal": {"mean": 2, "cv": 0.5, "min": 1, "max": 9}},
    {"lognormal": {"median": 2, "sigma": 0.5}},
    {"gamma": {"mean": 2, "cv": 0.5, "min": 1, "max": 9}},
    {"uniform": {"low": 1, "high": 3, "min": 1, "max": 9}},
    {"triangular": {"low": 1, "mode": 2, "high": 3, "min": 1, "max": 9}},
    {"geometric": {"mean": 2, "min": 1, "max": 9}},
    {"empirical": {"values": [1, 2], "weights": [1, 3], "min": 1, "max": 9}},
    {"empirical": {"file": "minutes.csv", "column": "minutes"}},
]
_DEMAND: dict[str, Any] = {
    "orders_per_day": 1.5,
    "images_per_order": {"constant": 5},
    "hours": {"Mon-Fri": [1] * 24},
    "expedite_share": 0.1,
    "day_factor": {"cv": 0.2, "correlation": 0.3},
    "skew": 0.5,
    "season": [1.0, 1.2],
    "spikes": {"share_of_days": 0.1, "factor": 2, "dates": {"2026-01-07": 3}},
}
_PLAN: dict[str, Any] = {
    "name": "professional",
    "standard": {
        "due": "09:00",
        "guaranteed_per_day": 200,
        "reviewed": {"hours": 30},
        "weekend_allowance": "shared",
    },
    "expedite": {
        "hours": 3,
        "guaranteed_per_day": 20,
        "additional_hours": 6,
        "plan_from_multiple": 2.5,
        "window": {"opens": "Mon 06:00", "closes": "Fri 18:00"},
        "outside_window": "defer",
        "uses_dgi": "all",
        "delivery_plan_covers": "beyond",
    },
    "rejection": {"hours": 5},
    "support": {"hours": 5},
    "weekend_hours": "pause",
    "holidays": "DK",
}
_POOL: dict[str, Any] = {
    "name": "floor",
    "timezone": "Asia/Ho_Chi_Minh",
    "roster": [
        {"days": "Mon-Fri", "from": "06:00", "to": "14:00", "editors": 3, "cost_per_hour": 12.5}
    ],
    "discipline": "slack",
    "shift_end": "hand_over",
    "absence_share": 0.05,
}
_ROUTE = [
    {"station": f"step{n}", "pool": "floor", "minutes": d} for n, d in enumerate(_DISTRIBUTIONS)
]
FULL: dict[str, Any] = {
    "name": "full",
    "description": "Every key.",
    "seed": 7,
    "horizon": {"start": "2026-01-05", "weeks": 3, "warm_up_weeks": 1, "cool_down_weeks": 1},
    "plans": {"professional": _PLAN},
    "customers": [
        {
            "group": "shops",
            "count": 3,
            "plan": "professional",
            "timezone": "Europe/London",
            "demand": _DEMAND,
        },
        {"group": "replay", "plan": "professional", "timezone": "UTC", "orders": "orders.csv"},
    ],
    "plant": {
        "pools": [_POOL],
        "route": [{**_ROUTE[0], "rework": {"share": 0.1, "to": "step0"}}, *_ROUTE[1:]],
        "review": {"pool": "floor", "minutes": {"constant": 9}},
        "rejection": {"share": 0.01, "delay_hours": {"constant": 9}, "to": "step1"},
        "planning_utilisation": 0.8,
    },
    "sweep": {"plans.professional.standard.guaranteed_per_day": [100, 200]},
    "replications": {
        "until": {
            "measure": "on_time_share",
            "commitment": "guaranteed",
            "service": "standard",
            "pool": "all",
            "half_width": 0.01,
            "confidence": 0.9,
        },
        "at_least": 5,
        "at_most": 9,
    },
    "confidence": 0.9,
    "engine": "simpy",
    "gate": {"most_replications": 9, "undecided": "fail"},
    "frontier": {
        "x": {"key": "plans.professional.standard.guaranteed_per_day", "levels": [100, 200]},
        "y": {"key": "plans.professional.expedite.guaranteed_per_day", "levels": [10, 20]},
        "target": 0.98,
        "assurance": 0.9,
        "error": 0.05,
        "at_most": 200,
    },
    "sensitivity": {
        "measure": "on_time_share",
        "commitment": "guaranteed",
        "service": "standard",
        "pool": "all",
        "factors": {"plans.professional.standard.guaranteed_per_day": [100, 200]},
        "replications": 3,
        "trajectories": 4,
        "samples": 16,
    },
    "targets": [
        {
            "measure": "on_time_share",
            "commitment": "guaranteed",
            "service": "standard",
            "pool": "floor",
            "at_least": 0.9,
            "at_most": 1,
        }
    ],
}
"""A valid scenario, as plain data, in which every key of every model stands somewhere."""

SMALL: dict[str, Any] = {
    "name": "small",
    "horizon": {"start": "2026-01-05", "weeks": 2},
    "plans": {"professional": {}},
    "customers": [
        {
            "group": "shops",
            "plan": "professional",
            "timezone": "Europe/London",
            "demand": {"orders_per_day": 1, "images_per_order": {"constant": 5}},
        }
    ],
    "plant": {
        "pools": [
            {
                "name": "floor",
                "timezone": "UTC",
                "roster": [{"days": "Mon-Sun", "from": "00:00", "to": "24:00", "editors": 1}],
            }
        ],
        "route": [{"station": "retouch", "pool": "floor", "minutes": {"constant": 1}}],
    },
}
"""A valid scenario with the required keys alone."""


class Field(NamedTuple):
    """A key of a model, where it stands in a scenario, and what the schema says of it."""

    model: str
    key: str
    path: KeyPath
    schema: dict[str, Any]
    required: bool

    @property
    def alternatives(self) -> list[dict[str, Any]]:
        """Schemas of the values that may stand here, references followed."""
        return [followed(node) for node in followed(self.schema).get("anyOf", [self.schema])]

    def __str__(self) -> str:
        """Return the dotted path, for the name of a test."""
        return ".".join(map(str, self.path))


def followed(node: dict[str, Any]) -> dict[str, Any]:
    """Return the node that a reference means."""
    found: dict[str, Any] = (
        SCHEMA["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node
    )
    return found


def all_keys() -> set[tuple[str, str]]:
    """Return each key of each model in the schema."""
    models = {**SCHEMA["$defs"], SCHEMA["title"]: SCHEMA}
    return {(name, key) for name, model in models.items() for key in model.get("properties", {})}


def fields(node: dict[str, Any] = SCHEMA, data: Any = FULL, path: KeyPath = ()) -> Iterator[Field]:
    """Yield the fields of the schema that stand in the data."""
    for model in [followed(one) for one in followed(node).get("anyOf", [node])]:
        if isinstance(data, dict):
            for key, child in model.get("properties", {}).items():
                if key in data:
                    yield Field(
                        model["title"], key, (*path, key), child, key in model.get("required", ())
                    )
                    yield from fields(child, data[key], (*path, key))
            children = [
                model.get("additionalProperties"),
                *model.get("patternProperties", {}).values(),
            ]
            for child in (child for child in children if isinstance(child, dict)):
                for key in data:
                    yield from fields(child, data[key], (*path, key))
        elif isinstance(data, list) and isinstance(model.get("items"), dict):
            for number, entry in enumerate(data):
                yield from fields(model["items"], entry, (*path, number))


def write(path: Path, data: Any) -> Path:
    """Write plain data as YAML, one key a line: JSON is YAML."""
    path.write_text(json.dumps(data, indent=1), encoding="utf-8")
    return path


def document(folder: Path, data: Any = FULL) -> Document:
    """Return plain data with the lines of a file."""
    return read_document(write(folder / "scenario.yaml", data))


def with_value(data: Any, path: KeyPath, value: Any) -> Any:
    """Return a copy of plain data with another value at a path."""
    copy = deepcopy(data)
    inner = copy
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    return copy


def without(data: Any, path: KeyPath) -> Any:
    """Return a copy of plain data without the key at a path."""
    copy = deepcopy(data)
    inner = copy
    for part in path[:-1]:
        inner = inner[part]
    del inner[path[-1]]
    return copy
