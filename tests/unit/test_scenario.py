"""Every field of a scenario refuses what it must not be, with place, value and remedy."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from sim.errors import Fault, InputError
from sim.scenario.document import Document
from sim.scenario.merge import dotted
from sim.scenario.validate import validated
from tests.scenario_fields import (
    FULL,
    SMALL,
    Field,
    all_keys,
    document,
    fields,
    with_value,
    without,
)

if TYPE_CHECKING:
    from sim.scenario.document import KeyPath

FIELDS = list(fields())
JARGON = re.compile(
    r"input|should|valid (integer|number|string|dict)|model|tuple|constrained|float\b|\bint\b|\bstr\b|finite_number"
    r"|json|pydantic|type=|NoneType|instance|enum|must be right",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """Return the full scenario with the lines of its file."""
    return document(tmp_path_factory.mktemp("full"))


def changed(full: Document, data: Any) -> Document:
    """Return other data at the places of the full scenario."""
    return Document(data, full.places)


def faults(document: Document) -> tuple[Fault, ...]:
    """Return the faults of a scenario that has some."""
    with pytest.raises(InputError) as caught:
        validated(document)
    return caught.value.faults


def said(found: tuple[Fault, ...]) -> str:
    """Return the faults as users see them."""
    return "\n".join(map(str, found))


def wrong_kinds(field: Field) -> list[Any]:
    """Return values of a kind that the schema does not allow."""
    kinds = {node["type"] for node in field.alternatives if "type" in node}
    samples = {
        "boolean": True,
        "array": ["x"],
        "object": {"no such key": 1},
        "string": "no such text",
        "number": 1.5,
    }
    samples |= {"null": None} if field.required else {}
    samples = {kind: sample for kind, sample in samples.items() if kind not in kinds}
    return list(samples.values())


def out_of_range(field: Field) -> list[Any]:
    """Return values of a right kind that the schema, or the meaning of the key, does not allow."""
    values: list[Any] = []
    for node in field.alternatives:
        values += [node["minimum"] - 1] if "minimum" in node else []
        values += [node["maximum"] + 1] if "maximum" in node else []
        values += [node[key] for key in ("exclusiveMinimum", "exclusiveMaximum") if key in node]
        values += (
            [float("nan"), float("inf"), -float("inf")] if node.get("type") == "number" else []
        )
        values += [[]] if "minItems" in node else []
        values += [{}] if "minProperties" in node else []
        values += ["no such word"] if "enum" in node else []
        values += (
            ["../up", "a/b", "..", "", "dot.", "line\nbreak", "x" * 81, "\ttab"]
            if "pattern" in node
            else []
        )
        values += (
            ["2026-13-01", "2026-02-30", "20260105", "05.01.2026", "0001-01-01", ""]
            if "format" in node
            else []
        )
    return values


def case_name(value: Any) -> str | None:
    """Name a test by its field."""
    return str(value) if isinstance(value, Field) else None


def check(found: tuple[Fault, ...], spoilt: Document, path: KeyPath, value: Any) -> None:
    """Check that one of the faults names line, key and value, and that all are plain English."""
    where = f"{spoilt.place(path)}: {dotted(spoilt.data, path)}"
    own = [fault for fault in found if fault.where == where]
    assert own, f"{where} is not among\n{said(found)}"
    text = value if isinstance(value, str) and value else json.dumps(value)
    assert own[0].value == (text if len(text) <= 60 else text[:57] + "..."), said(found)
    plain_english(found)


def plain_english(found: tuple[Fault, ...]) -> None:
    """Check that faults have a remedy and no words of the machinery."""
    for fault in found:
        assert fault.remedy
        assert not JARGON.search(fault.must.replace(fault.value, "")), str(fault)
        assert "\n" not in str(fault)


def test_full_scenario_is_valid_and_uses_every_key(full: Document) -> None:
    """The scenario that the other tests spoil has every key of the schema.

    A new field must be added to it.
    """
    validated(full)
    assert {(field.model, field.key) for field in FIELDS} == all_keys()


@pytest.mark.parametrize("field", FIELDS, ids=case_name)
def test_wrong_kind(full: Document, field: Field) -> None:
    """A value of another kind is refused at its line, and shown."""
    if field.key == "sweep":
        pytest.skip("levels may be of any kind: the points are checked")
    for value in wrong_kinds(field):
        spoilt = changed(full, with_value(FULL, field.path, value))
        check(faults(spoilt), spoilt, field.path, value)


RANGED = [(field, value) for field in FIELDS for value in out_of_range(field)]


@pytest.mark.parametrize(("field", "value"), RANGED, ids=case_name)
def test_out_of_range(full: Document, field: Field, value: Any) -> None:
    """A value beyond the bounds, an unknown word, a bad name, NaN and infinity are refused."""
    spoilt = changed(full, with_value(FULL, field.path, value))
    check(faults(spoilt), spoilt, field.path, value)


@pytest.mark.parametrize("field", [field for field in FIELDS if field.required], ids=case_name)
def test_missing(full: Document, field: Field) -> None:
    """A required key that is missing is named at the place of what it belongs to."""
    spoilt = changed(full, without(FULL, field.path))
    found = faults(spoilt)
    where = f": {dotted(spoilt.data, field.path)}"
    own = [fault for fault in found if fault.where.endswith(where) and fault.must == "is missing"]
    assert len(own) == 1, said(found)
    assert own[0].remedy.startswith(f"add `{field.key}:`")


@pytest.mark.parametrize("field", FIELDS, ids=case_name)
def test_unknown_key_beside(full: Document, field: Field) -> None:
    """An unknown key is refused; one like a known key brings the question whether that was meant."""
    slip = (*field.path[:-1], field.key + "x")
    found = faults(changed(full, with_value(FULL, slip, 1)))
    own = [fault for fault in found if fault.must == "is an unknown key"]
    assert [fault.value for fault in own] == [field.key + "x"], said(found)
    assert own[0].where.endswith(dotted(full.data, field.path) + "x")
    assert own[0].remedy.startswith("did you mean `")


INCONSISTENT: list[tuple[str, dict[KeyPath, Any], KeyPath, str]] = [
    (
        "plan",
        {("customers", 0, "plan"): "gold"},
        ("customers", 0, "plan"),
        "must be a plan of this file: professional",
    ),
    (
        "pool",
        {("plant", "route", 1, "pool"): "attic"},
        ("plant", "route", 1, "pool"),
        "must be a pool of the plant: floor",
    ),
    (
        "review",
        {("plant", "review", "pool"): "attic"},
        ("plant", "review", "pool"),
        "must be a pool of the plant: floor",
    ),
    (
        "later station",
        {("plant", "route", 0, "rework", "to"): "step1"},
        ("plant", "route", 0, "rework", "to"),
        "must be this station or an earlier one: step0",
    ),
    (
        "rejection",
        {("plant", "rejection", "to"): "attic"},
        ("plant", "rejection", "to"),
        "must be a station: step0, step1",
    ),
    (
        "group twice",
        {("customers", 1, "group"): "shops"},
        ("customers", 1, "group"),
        "must stand once among customers",
    ),
    (
        "station twice",
        {("plant", "route", 2, "station"): "step0"},
        ("plant", "route", 2, "station"),
        "must stand once",
    ),
    (
        "roster",
        {("plant", "pools", 0, "roster", 0, "editors"): 0},
        ("plant", "pools", 0, "roster"),
        "never opens",
    ),
    (
        "absent",
        {("plant", "pools", 0, "absence_share"): 1},
        ("plant", "pools", 0, "absence_share"),
        "must be under 1",
    ),
    (
        "target pool",
        {("targets", 0, "pool"): "attic"},
        ("targets", 0, "pool"),
        "must be one of all, floor",
    ),
    (
        "editors",
        {("plant", "pools", 0, "roster", 0, "editors"): 5001},
        ("plant", "pools", 0, "roster"),
        "has 5,001 editors",
    ),
    (
        "customers",
        {("customers", 0, "count"): 100_000},
        ("customers", 0, "count"),
        "makes 100,001 customers",
    ),
    (
        "minutes",
        {("plant", "route", 0, "minutes"): {"lognormal": {"median": 1, "sigma": 1e9}}},
        ("plant", "route", 0, "minutes"),
        "has the mean inf and must have one of at most 10,080 minutes",
    ),
    (
        "small cv",
        {("plant", "route", 0, "minutes"): {"gamma": {"mean": 1, "cv": 1e-308}}},
        ("plant", "route", 0, "minutes"),
        "has the mean inf",
    ),
    (
        "hours",
        {("plant", "rejection", "delay_hours"): {"constant": 8761}},
        ("plant", "rejection", "delay_hours"),
        "has the mean 8,761 and must have one of at most 8,760 hours",
    ),
    (
        "rework",
        {("plant", "route", 0, "rework", "share"): 0.999},
        ("plant", "route", 0, "rework", "share"),
        "makes 1,000 rounds",
    ),
    (
        "points",
        {("sweep",): {"seed": list(range(1001))}},
        ("sweep",),
        "makes 1,001 points and must make at most 1,000",
    ),
    ("sweep", {("sweep",): {"replications": [1, 2]}}, ("sweep", "replications"), "cannot be swept"),
    (
        "all",
        {("plant", "pools", 0, "name"): "all"},
        ("plant", "pools", 0, "name"),
        "must not be all",
    ),
]


@pytest.mark.parametrize(
    ("name", "values", "path", "must"),
    INCONSISTENT,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_inconsistent(
    full: Document, name: str, values: dict[KeyPath, Any], path: KeyPath, must: str
) -> None:
    """What does not fit together is named at its line, with what would fit."""
    data = FULL
    for key, value in values.items():
        data = with_value(data, key, value)
    found = faults(changed(full, data))
    own = [fault for fault in found if fault.where == f"{full.place(path)}: {dotted(data, path)}"]
    assert own, said(found)
    assert own[0].must.startswith(must)


ONE_SENTENCE: list[tuple[str, KeyPath, Any, str]] = [
    ("monday", ("horizon", "start"), "2026-01-07", "must start on a Monday, and 2026-01-07 is a Wednesday: take 2026-01-05 or 2026-01-12"),
    ("warm-up", ("horizon", "warm_up_weeks"), 3, "must leave weeks to count: warm-up 3 of 3 weeks"),
    ("century", ("horizon", "start"), "2199-12-30", "must end with its cool-down in the year 2199 or before"),
    ("month", ("horizon", "start"), "2026-13-01", "must be a date of the calendar: month must be in 1..12"),
    ("zone", ("customers", 0, "timezone"), "Europe/Kobenhavn", "must be a zone of the tz database such as Europe/Copenhagen"),
    ("reviewed", ("plans", "professional", "standard", "reviewed"), "later", "must be one of capacity, next_business_morning or a mapping of keys to values"),
    ("reviewed number", ("plans", "professional", "standard", "reviewed", "hours"), 0, "must be over 0"),
    ("hours", ("customers", 0, "demand", "hours"), "night", "must be one of always, office, shop, or 24 weights per weekday"),
    ("weights", ("customers", 0, "demand", "hours", "Mon-Fri"), [1, 2], "must have at least 24 entries and has 2"),
    ("two families", ("plant", "route", 0, "minutes"), {"constant": 1, "gamma": {"mean": 1, "cv": 1}}, "must have exactly one family"),
    ("no family", ("plant", "route", 0, "minutes"), {}, "must have exactly one family"),
    ("parameters", ("plant", "route", 0, "minutes"), {"lognormal": {"mean": 1, "sigma": 1}}, "must have mean and cv, or median and sigma"),
    ("constant", ("plant", "route", 0, "minutes", "constant"), "x", "must be a number or a mapping of keys to values"),
    ("no bound", ("targets", 0), {"measure": "utilisation"}, "must have at_least or at_most"),
    ("time", ("plant", "pools", 0, "roster", 0, "to"), "25:00", 'must be a time of day from "00:00" to "24:00", in quotes'),
    ("same time", ("plant", "pools", 0, "roster", 0, "to"), "06:00", "must not begin and end at the same time"),
    ("days", ("plant", "pools", 0, "roster", 0, "days"), "Monday", "must be weekdays such as Mon-Fri or Sat,Sun"),
    ("window", ("plans", "professional", "expedite", "window"), "never", "must be a mapping of keys to values or always"),
    ("large number", ("replications",), 10**30, "must be at most 10,000"),
    ("plan name", ("plans",), {"a/b": {}, "professional": {}}, "must be a name of letters"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "path", "value", "must"),
    ONE_SENTENCE,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_plain_sentence(
    full: Document, name: str, path: KeyPath, value: Any, must: str
) -> None:
    """Unions and rules between two keys give one fault with one sentence."""
    found = faults(changed(full, with_value(FULL, path, value)))
    assert len(found) == 1, said(found)
    assert found[0].must.startswith(must)
    assert found[0].where.startswith(full.place(path)[:-2])


def test_all_faults_come_at_once(full: Document) -> None:
    """Wrong values, unknown keys and names that lead nowhere are reported together, each once."""
    data = with_value(FULL, ("replications",), -1)
    data = with_value(data, ("plant", "pools", 0, "colour"), "red")
    data = with_value(data, ("customers", 0, "plan"), "gold")
    data = with_value(data, ("targets", 0, "pool"), "attic")
    data = with_value(data, ("customers", 0, "demand", "season"), [1, -1])
    found = faults(changed(full, data))
    assert sorted(fault.value for fault in found) == ["-1", "-1", "attic", "colour", "gold"]


def test_a_slip_brings_no_false_fault(full: Document) -> None:
    """A plan that is no mapping is one fault.

    Its customers are not said to name an unknown plan.
    """
    found = faults(changed(full, with_value(FULL, ("plans", "professional"), 5)))
    assert [fault.value for fault in found] == ["5"]


def test_a_bad_name_as_key_is_shown(full: Document) -> None:
    """Of a plan with a bad name the name is shown, and not its terms; so with a date of spikes."""
    found = faults(changed(full, with_value(FULL, ("plans",), {"professional": {}, "a/b": {}})))
    assert [(fault.value, fault.remedy) for fault in found] == [("a/b", "rename the key")]
    dates = ("customers", 0, "demand", "spikes", "dates")
    found = faults(changed(full, with_value(FULL, dates, {"2026-13-01": 2})))
    assert [fault.value for fault in found] == ["2026-13-01"]


def test_a_draw_beyond_the_numbers_is_cut_to_max(full: Document) -> None:
    """Infinite draws do no harm where a `max` cuts them.

    The scenario is good, and nothing warns.
    """
    huge = {"gamma": {"mean": 1e308, "cv": 9, "max": 9}}
    assert validated(changed(full, with_value(FULL, ("plant", "route", 0, "minutes"), huge)))


def test_the_small_scenario_is_valid() -> None:
    """The required keys alone make a scenario."""
    assert validated(Document(SMALL)).replications == 20
