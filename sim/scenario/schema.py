"""A scenario: all that a study is made from, as the YAML file says it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sim.clock import LAST_YEAR, WEEK
from sim.demand.groups import MOST_CHARACTERS, Day, Group, Name
from sim.frozen import Frozen
from sim.scenario.frontier import FrontierSpec
from sim.scenario.merge import NAMING_KEYS, WHOLE_KEYS
from sim.scenario.plant import Plant
from sim.scenario.sensitivity import SensitivitySpec
from sim.scenario.targets import Gate, Precision, Target
from sim.sla.terms import Plan

Engine = Literal["auto", "simpy", "compiled"]
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
QUESTIONS = (
    "name",
    "description",
    "sweep",
    "replications",
    "confidence",
    "targets",
    "gate",
    "frontier",
    "sensitivity",
)
"""Keys that say what is asked of the runs of a scenario, and not what they are."""
FOLDER_PATTERN = r"[^\W_](?:[\w .-]*[\w-])?"


def folder_name(name: str) -> str:
    """Refuse what is unsafe as the name of a folder: paths, dots at the ends, controls."""
    if not re.fullmatch(FOLDER_PATTERN, name) or len(name) > MOST_CHARACTERS:
        raise ValueError(
            f"must be a name of letters, digits, blanks, dots, _ and -, at most {MOST_CHARACTERS}, "
            "the first a letter or digit, the last no blank and no dot"
        )
    return name


class Horizon(Frozen):
    """The time that a replication covers; weeks begin at 00:00 UTC."""

    start: Day
    """First day; a Monday, so that every weekend lies whole in a week."""
    weeks: Annotated[int, Field(ge=1, le=520)]
    """Weeks from the start to the end of counting, warm-up included."""
    warm_up_weeks: Annotated[int, Field(ge=0)] = 0
    """Weeks at the start whose orders do not count."""
    cool_down_weeks: Annotated[int, Field(ge=0, le=520)] = 2
    """Weeks after the end in which orders of before may still be finished; demand goes on."""

    @model_validator(mode="after")
    def _room_to_count(self) -> Self:
        if self.start.weekday():
            before = self.start - timedelta(days=self.start.weekday())
            after = before + timedelta(weeks=1)
            raise ValueError(
                f"must start on a Monday, and {self.start} is a {DAY_NAMES[self.start.weekday()]}: "
                f"take {before} or {after}"
            )
        if self.warm_up_weeks >= self.weeks:
            raise ValueError(
                f"must leave weeks to count: warm-up {self.warm_up_weeks} of {self.weeks} weeks"
            )
        if datetime.fromtimestamp(self.end_at, UTC).year > LAST_YEAR:
            raise ValueError(f"must end with its cool-down in the year {LAST_YEAR} or before")
        return self

    @property
    def start_at(self) -> int:
        """First instant, UTC seconds."""
        return int(
            datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC).timestamp()
        )

    @property
    def count_from(self) -> int:
        """End of the warm-up: the first instant whose orders count."""
        return self.start_at + self.warm_up_weeks * WEEK

    @property
    def count_until(self) -> int:
        """End of the horizon: orders from here on do not count."""
        return self.start_at + self.weeks * WEEK

    @property
    def end_at(self) -> int:
        """End of the cool-down: the run stops here at the latest."""
        return self.count_until + self.cool_down_weeks * WEEK


class ScenarioSpec(Frozen):
    """All that a study is made from."""

    name: Annotated[
        str,
        AfterValidator(folder_name),
        Field(json_schema_extra={"pattern": f"^{FOLDER_PATTERN}$", "maxLength": MOST_CHARACTERS}),
    ]
    """Name of the scenario and of its folder of results."""
    description: str = ""
    """What it is about, in a sentence."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Master seed; every draw comes from it."""
    horizon: Horizon
    """Time covered."""
    plans: Annotated[dict[Name, Plan], Field(min_length=1)]
    """The terms of the SLA, by the name of the plan."""
    customers: Annotated[tuple[Group, ...], Field(min_length=1)]
    """Customer groups."""
    plant: Plant
    """The production system."""
    sweep: dict[str, Annotated[tuple[Any, ...], Field(min_length=1)]] = Field(default_factory=dict)
    """Factors and their levels: a dotted key of this file and the values it takes in turn."""
    replications: Annotated[int, Field(ge=1, le=10_000)] | Precision = 20
    """Independent repetitions of every design point: their number, or when there are enough."""
    confidence: Annotated[float, Field(gt=0.5, lt=1.0)] = 0.95
    """Confidence of the intervals."""
    engine: Engine = "auto"
    """What runs the plant, with the same results; auto is the compiled engine wherever it can do
    what is asked."""
    targets: tuple[Target, ...] = ()
    """Figures to reach; a missed one gives exit code 1."""
    gate: Gate = Gate()
    """How the targets are decided against the noise."""
    frontier: FrontierSpec | None = None
    """What ``dgisim frontier`` maps: at which levels of two factors the promise is kept."""
    sensitivity: SensitivitySpec | None = None
    """What ``dgisim sensitivity`` asks: which inputs move a measure most."""

    @property
    def first_replications(self) -> int:
        """Replications that are made in any case."""
        return (
            self.replications if isinstance(self.replications, int) else self.replications.at_least
        )


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, for editors that complete and check YAML.

    Returns
    -------
    dict
        A schema of draft 2020-12.

    Notes
    -----
    A file that extends another may give any part of it, down to ``customers: [{group: shops, count:
    3}]``. So no key is required at the top of a file with ``extends``, and none in what merges: a
    schema that marks a good file costs its users more than one that leaves a missing key to
    ``dgisim check``. What is always replaced as a whole (roster lines, targets, distributions)
    keeps its required keys.
    """
    schema = ScenarioSpec.model_json_schema(by_alias=True)
    required = schema["required"]
    for node in list(_merged_nodes(schema, schema, set())):
        node.pop("required", None)
    base = {
        "type": "string",
        "minLength": 1,
        "description": "Scenario file that this one changes, relative to it.",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "dgisim scenario",
        "properties": {"extends": base, **schema["properties"]},
        "if": {"not": {"required": ["extends"]}},
        "then": {"required": required},
    }


def schema_text() -> str:
    """Return the JSON Schema as the text of a file."""
    return json.dumps(json_schema(), indent=2) + "\n"


def _merged_nodes(
    schema: dict[str, Any], node: dict[str, Any], seen: set[int]
) -> Iterator[dict[str, Any]]:
    """Yield the nodes of a schema that merge with a base, key by key or entry by entry."""
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    if id(node) in seen:
        return
    seen.add(id(node))
    yield node
    properties = node.get("properties", {})
    below = [child for key, child in properties.items() if key not in WHOLE_KEYS]
    below += node.get("patternProperties", {}).values()
    for child in [*below, *node.get("anyOf", []), *_named_items(schema, node)]:
        yield from _merged_nodes(schema, child, seen)


def _named_items(schema: dict[str, Any], node: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries of a list when they merge by name."""
    entry = schema["$defs"].get(node.get("items", {}).get("$ref", "").rpartition("/")[2], {})
    return [entry] if entry.get("properties", {}).keys() & set(NAMING_KEYS) else []
