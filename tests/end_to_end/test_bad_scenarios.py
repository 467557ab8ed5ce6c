"""Bad scenario files, from the file to the message.

Every fault at once, with its place, and never a traceback.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sim.errors import Fault, InputError
from sim.scenario.load import Case, load_case, plan_named
from sim.scenario.schema import json_schema
from tests.scenario_fields import FULL, SMALL, fields, with_value, without, write

ROOT = Path(__file__).parents[2]
ORDERS = "customer_id,submitted_at,images\na,2026-01-06T09:00:00Z,5\n"
MINUTES = "minutes\n1.5\n2.5\n"
DGI = "plans.professional.standard.guaranteed_per_day"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the files that the full scenario names."""
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "minutes.csv").write_text(MINUTES)
    return tmp_path


def faults(folder: Path, data: Any = FULL, *changes: str) -> list[Fault]:
    """Return the faults of a scenario that has some, with places from the folder on."""
    path = write(folder / "scenario.yaml", data)
    with pytest.raises(InputError) as caught:
        load_case(path, changes)
    return shortened(folder, caught.value)


def shortened(folder: Path, error: InputError) -> list[Fault]:
    """Return faults with places from the folder on."""
    return [
        Fault(f.where.replace(f"{folder}/", ""), f.value, f.must, f.remedy) for f in error.faults
    ]


def line(data: Any, key: str, number: int = 0) -> int:
    """Return the line of a key, as the file is written."""
    lines = json.dumps(data, indent=1).splitlines()
    return [n for n, text in enumerate(lines, 1) if text.strip().startswith(f'"{key}":')][number]


def load(folder: Path, data: Any = FULL, *changes: str) -> Case:
    """Return the case of a good scenario."""
    return load_case(write(folder / "scenario.yaml", data), changes)


def test_the_full_scenario_loads(folder: Path) -> None:
    """What the tests spoil is good before, with its files and points."""
    assert len(list(load(folder).points())) == 2


def test_every_leaf_wrong_at_once(folder: Path) -> None:
    """A file in which every value is wrong gives a fault for each line that has one."""
    leaves = [
        f
        for f in fields()
        if not isinstance(at(FULL, f.path), (dict, list)) and f.path[0] != "sweep"
    ]
    data: Any = FULL
    for field in leaves:
        data = with_value(data, field.path, True)
    found = faults(folder, data)
    places = {fault.where.partition(": ")[0] for fault in found if fault.value == "true"}
    assert len(places) == len(leaves)


def at(data: Any, path: tuple[str | int, ...]) -> Any:
    """Return the value at a path."""
    for part in path:
        data = data[part]
    return data


def test_repeated_keys_come_with_the_other_faults(folder: Path) -> None:
    """A key that stands twice does not hide a wrong value, nor that an unknown name."""
    text = json.dumps(with_value(SMALL, ("customers", 0, "plan"), "gold"), indent=1)
    text = text.replace('"weeks": 2', '"weeks": 2,\n  "weeks": 3,\n  "warm_up_weeks": -1')
    (folder / "scenario.yaml").write_text(text)
    with pytest.raises(InputError) as caught:
        load_case(folder / "scenario.yaml")
    assert [(fault.value, fault.must[:12]) for fault in caught.value.faults] == [
        ("weeks", "is a repeate"),
        ("-1", "must be at l"),
        ("gold", "must be a pl"),
    ]


def test_missing_base(folder: Path) -> None:
    """A base that is not there, or is no name at all, is named at the line of `extends`."""
    for name in ("none.yaml", "x" * 300, "."):
        found = faults(folder, {"name": "x", "extends": name})
        assert [(fault.where, fault.value, fault.must) for fault in found] == [
            ("scenario.yaml:3: extends", name, "is no file")
        ]
    assert faults(folder, {"extends": 5})[0].must == "must be the name of a file"


def test_circle_of_bases(folder: Path) -> None:
    """Files that extend each other are refused at the line that closes the circle."""
    write(folder / "a.yaml", {"name": "a", "extends": "b.yaml"})
    write(folder / "b.yaml", {"extends": "a.yaml"})
    with pytest.raises(InputError) as caught:
        load_case(folder / "a.yaml")
    assert [str(fault) for fault in shortened(folder, caught.value)] == [
        "b.yaml:2: extends: 'a.yaml' comes back to itself; break the circle"
    ]
    assert faults(folder, {"extends": "scenario.yaml"})[0].must == "comes back to itself"


def test_fault_of_the_base_names_the_base(folder: Path) -> None:
    """A wrong value that a child inherits is to be mended in the base; its own in the child."""
    base = with_value(SMALL, ("horizon", "weeks"), 0)
    write(folder / "base.yaml", base)
    found = faults(folder, {"extends": "base.yaml", "customers": [{"group": "shops", "count": 0}]})
    assert [fault.where for fault in found] == [
        f"base.yaml:{line(base, 'weeks')}: horizon.weeks",
        "scenario.yaml:6: customers.shops.count",
    ]


def test_child_keeps_the_base_and_replaces_its_sweep(folder: Path) -> None:
    """A child says what differs; its sweep stands alone."""
    write(folder / "base.yaml", {**SMALL, "sweep": {DGI: [1, 2]}})
    child = {"extends": "base.yaml", "name": "child", "sweep": {"seed": [1, 2, 3]}}
    case = load(folder, child)
    assert [levels for levels, _ in case.points()] == [{"seed": 1}, {"seed": 2}, {"seed": 3}]
    assert case.spec.customers[0].group == "shops"


SETS = [
    ("replications", "--set", "replications", "must be key=value"),
    ("=5", "--set", "=5", "must be key=value"),
    ("", "--set", '""', "must be key=value"),
    ("nosuch.key=5", "--set nosuch.key", "nosuch", "is no key of the scenario"),
    (
        "plant.pools.attic.name=x",
        "--set plant.pools.attic.name",
        "attic",
        "is no key of the scenario",
    ),
    (
        "plans.gold.standard.due=10:00",
        "--set plans.gold.standard.due",
        "gold",
        "is no key of the scenario",
    ),
    ("seed.x=5", "--set seed.x: seed", '{"x": 5}', "must be a whole number"),
    ("replication=5", "--set replication", "replication", "is an unknown key"),
    ("replications=0", "--set replications", "0", "must be at least 1"),
    (
        "replications=many",
        "--set replications",
        "many",
        "must be a whole number or a mapping of keys to values",
    ),
    (
        "replications=[",
        "--set replications",
        "[",
        "must be a whole number or a mapping of keys to values",
    ),
    ("customers.shops.count=-1", "--set customers.shops.count", "-1", "must be at least 1"),
    ("horizon={weeks: 1, weeks: 2}", "--set horizon", "weeks", "is a repeated key"),
    (
        "description=\udc80",
        "--set description",
        "\udc80",
        "has the character '\\udc80', which is no text",
    ),
    ("horizon=", "--set horizon", "null", "must be a mapping of keys to values"),
]


@pytest.mark.parametrize(
    ("change", "where", "value", "must"), SETS, ids=[ascii(change) for change, *_ in SETS]
)
def test_bad_changes(folder: Path, change: str, where: str, value: str, must: str) -> None:
    """A change that is no key=value, leads nowhere or does not fit names the option."""
    found = faults(folder, SMALL, change)
    assert [(fault.where, fault.value, fault.must) for fault in found] == [(where, value, must)]


def test_brackets_without_an_end(folder: Path) -> None:
    """A value that nests beyond the stack is taken as the text that it is no YAML of."""
    assert (
        faults(folder, SMALL, f"replications={'[' * 1000}")[0].must
        == "must be a whole number or a mapping of keys to values"
    )


def test_all_bad_changes_come_at_once(folder: Path) -> None:
    """Each change that leads nowhere is named."""
    assert [fault.where for fault in faults(folder, SMALL, "a.b=1", "seed=2", "c.d=1")] == [
        "--set a.b",
        "--set c.d",
    ]


def test_good_changes(folder: Path) -> None:
    """Values are YAML; an optional part is taken out with an empty value.

    Names with blanks are found.
    """
    case = load(
        folder, FULL, "replications=7", "plant.review=", f"{DGI}=150", "description=two words"
    )
    assert (
        load(folder, SMALL, "plans.professional.expedite.hours=4")
        .spec.plans["professional"]
        .expedite.hours
        == 4
    )
    assert (case.spec.replications, case.spec.plant.review, case.spec.description) == (
        7,
        None,
        "two words",
    )
    assert case.spec.plans["professional"].standard.guaranteed_per_day == 150


def test_bad_sweep_comes_at_once(folder: Path) -> None:
    """Keys that lead nowhere and each level that does not fit are named at the factor's line."""
    sweep = {
        DGI: [100, -1, "x"],
        "plant.pools.attic.discipline": ["edd"],
        "plant.pools.floor.discipline": ["edd", "lifo"],
    }
    data = {**FULL, "sweep": sweep}
    found = faults(folder, data)
    where = [f"scenario.yaml:{line(data, key)}: sweep.{key}" for key in sweep]
    assert [(fault.where, fault.value) for fault in found] == [(where[1], "attic")]
    del sweep["plant.pools.attic.discipline"]
    found = faults(folder, data)
    where = [f"scenario.yaml:{line(data, key)}: sweep.{key}" for key in sweep]
    assert {(fault.where, fault.value) for fault in found} == {
        (where[0], "-1"),
        (where[0], "x"),
        (where[1], "lifo"),
    }


def test_levels_that_do_not_go_together(folder: Path) -> None:
    """Points are tried as they are run.

    Two factors that fit only together are good, others name the levels.
    """
    hours, additional = (
        "plans.professional.expedite.hours",
        "plans.professional.expedite.additional_hours",
    )
    load(folder, {**SMALL, "sweep": {hours: [7], additional: [9]}})
    found = faults(folder, {**SMALL, "sweep": {hours: [3, 8], additional: [6, 9]}})
    assert len(found) == 1
    assert found[0].where.endswith(f"(at the levels {hours}=8, {additional}=6)")


def test_missing_order_file(folder: Path) -> None:
    """An order file that is not there is named, with the line that names it, beside a bad sweep."""
    (folder / "orders.csv").unlink()
    data = {**FULL, "sweep": {"seed": [1, -1]}}
    assert [(fault.where, fault.must) for fault in faults(folder, data)] == [
        (f"orders.csv (named at scenario.yaml:{line(data, 'orders')})", "does not exist"),
        (f"scenario.yaml:{line(data, 'seed', 1)}: sweep.seed", "must be at least 0"),
    ]


def test_rejections_in_a_replay(folder: Path) -> None:
    """A replay brings no rejections: the plant draws them."""
    (folder / "orders.csv").write_text(
        "customer_id,submitted_at,images,service\na,2026-01-06T09:00:00Z,5,rejection\n"
    )
    found = faults(folder)
    assert len(found) == 1
    assert (found[0].value, found[0].remedy) == ("rejection", "remove the row")
    assert "orders.csv:2" in found[0].where


def test_column_of_a_file(folder: Path) -> None:
    """An empirical distribution takes the values of the column, from the scenario's folder."""
    last = load(folder).spec.plant.route[-1].minutes.empirical
    assert last is not None
    assert (last.values, last.file) == ((1.5, 2.5), None)
    beside = (
        load(folder, FULL, "plant.route.step10.minutes.empirical.values=[]")
        .spec.plant.route[-1]
        .minutes
    )
    assert beside.mean() == 2


BAD_COLUMNS = [
    ("none.csv", "minutes", MINUTES, [("none.csv", "", "does not exist, or is no file")]),
    ("minutes.csv", "hours", MINUTES, [("minutes.csv", "hours", "must be a column of the file, once: minutes")]),
    (
        "minutes.csv",
        "minutes",
        "minutes\n1\nx\n-2\nnan\n3\n",
        [(f"minutes.csv:{n}: minutes", value, "must be a number of 0 or more") for n, value in ((3, "x"), (4, "-2"), (5, "nan"))],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "column", "text", "wanted"), BAD_COLUMNS, ids=["file", "column", "cells"]
)
@pytest.mark.parametrize("way", ["file", "set", "sweep", "changes"])
def test_bad_column(
    folder: Path, way: str, file: str, column: str, text: str, wanted: list[tuple[str, str, str]]
) -> None:
    """A missing file or column and cells that are no numbers are named, in the file, a change or a level."""
    (folder / "minutes.csv").write_text(text)
    data = with_value(SMALL, ("plant", "route", 0, "station"), "retouch")
    key, level = "plant.route.retouch.minutes", {"empirical": {"file": file, "column": column}}
    if way == "file":
        found = faults(folder, with_value(data, ("plant", "route", 0, "minutes"), level))
    elif way == "set":
        found = faults(folder, data, f"{key}={json.dumps(level)}")
    elif way == "sweep":
        found = faults(folder, {**data, "sweep": {key: [{"constant": 1}, level]}})
    else:
        case = load(folder, data)
        with pytest.raises(InputError) as caught:
            case.with_changes({key: level})
        found = shortened(folder, caught.value)
    assert [(fault.where.partition(" (")[0], fault.value, fault.must) for fault in found] == wanted
    place = {
        "file": "scenario.yaml:",
        "set": "--set plant",
        "sweep": "scenario.yaml:",
        "changes": "change of plant",
    }[way]
    assert all(f"(named at {place}" in fault.where for fault in found)


def test_column_changes_with_its_file(folder: Path) -> None:
    """The file is read again when it has changed, and a change of its name is heeded."""
    case = load(folder)
    (folder / "other.csv").write_text("minutes\n7\n")
    again = case.with_changes({"plant.route.step10.minutes.empirical.file": "other.csv"})
    assert [
        value.mean()
        for value in (case.spec.plant.route[-1].minutes, again.spec.plant.route[-1].minutes)
    ] == [2, 7]
    (folder / "minutes.csv").write_text("minutes\n8.25\n")
    assert case.with_changes({}).spec.plant.route[-1].minutes.mean() == 8.25


def test_too_large(folder: Path) -> None:
    """A replication of over 200 million expected images is refused, with the figure and the group."""
    # 2 weeks and 2 weeks of cool-down, 28 days; 5 images an order: 200 million images are
    # 1,428,571.4 orders a day.
    key = ("customers", 0, "demand", "orders_per_day")
    load(folder, with_value(SMALL, key, 1_428_571))
    found = faults(folder, with_value(SMALL, key, 1_428_572))
    assert [(fault.value, fault.must[:30]) for fault in found] == [
        ("shops", "brings 200,000,080 of 200,000,")
    ]
    found = faults(
        folder, SMALL, "customers.shops.demand.images_per_order={lognormal: {median: 1, sigma: 99}}"
    )
    assert found[0].must.startswith("brings inf of inf expected images")
    assert "expected images" in str(
        faults(folder, SMALL, "customers.shops.demand.season=[1e308, 1e308]")[0]
    )


def test_too_large_counts_seasons_spikes_rejections_and_files(folder: Path) -> None:
    """Seasons, spikes and rejections multiply the images.

    An order file counts by its rows inside the time.
    """
    data = with_value(
        SMALL,
        ("customers", 0, "demand"),
        {**SMALL["customers"][0]["demand"], "orders_per_day": 357_143},
    )
    for change in (
        "customers.shops.demand.season=[1, 5]",  # 7 + 21 x 5 = 112 days, four times as many
        "customers.shops.demand.spikes={share_of_days: 0.5, factor: 7}",  # 1 + 0.5 x 6 = 4
        'customers.shops.demand.spikes={dates: {"2026-01-06": 85}}',  # 27 + 85 = 112 days
        "plant.rejection={share: 0.75, delay_hours: {constant: 1}, to: retouch}",  # 1 / (1 - 0.75) = 4
    ):
        load(folder, data)
        assert "brings 200,000,080 of" in str(faults(folder, data, change)[0]), change
    rows = "".join(f"a,2026-01-{day:02}T09:00:00Z,9999999\n" for day in range(6, 27))
    (folder / "orders.csv").write_text("customer_id,submitted_at,images\n" + rows)
    replay = {"group": "r", "plan": "professional", "timezone": "UTC", "orders": "orders.csv"}
    data = {**SMALL, "customers": [replay]}
    assert "brings 209,999,979 of" in str(faults(folder, data)[0])
    load(folder, data, "horizon.cool_down_weeks=1")  # the rows until 25 January: 20


def test_changes_of_a_case(folder: Path) -> None:
    """Changes from Python take NumPy's numbers, leave the case as it was, and name themselves in faults."""
    numpy = pytest.importorskip("numpy")
    case = load(folder, SMALL)
    assert case.with_changes({"replications": numpy.int64(3)}).spec.replications == 3
    assert case.spec.replications == 20
    with pytest.raises(InputError) as caught:
        case.with_changes({"replications": object(), "a.b": 1})
    assert [(fault.where, fault.must) for fault in caught.value.faults] == [
        ("change of replications", "must be plain data and is a object"),
        ("change of a.b", "is no key of the scenario"),
    ]


def test_plan_named(folder: Path) -> None:
    """The quote takes the plan of a file, or the program's; an unknown one is refused."""
    path = write(
        folder / "scenario.yaml",
        with_value(SMALL, ("plans", "professional"), {"rejection": {"hours": 4}}),
    )
    assert plan_named(None, None).rejection.hours == 5
    assert plan_named(path, None).rejection.hours == 4
    for scenario in (None, path):
        with pytest.raises(InputError, match="--plan: 'gold' must be a known plan: professional"):
            plan_named(scenario, "gold")


def test_json_schema() -> None:
    """The schema for editors accepts the scenarios of the tests and of the project, and files that extend one."""
    jsonschema = pytest.importorskip("jsonschema", reason="comes with the extra 'notebooks'")
    from sim.scenario.document import read_document

    schema = json_schema()
    assert (schema["$schema"], schema["title"]) == (
        "https://json-schema.org/draft/2020-12/schema",
        "dgisim scenario",
    )
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    for good in (
        FULL,
        SMALL,
        *(read_document(path).data for path in sorted((ROOT / "scenarios").glob("*.yaml"))),
        {"extends": "base.yaml"},
        {
            "extends": "base.yaml",
            "customers": [{"group": "shops", "count": 3}],
            "plant": {"pools": [{"name": "x"}]},
        },
    ):
        assert [error.message for error in validator.iter_errors(good)] == []
    for bad in (
        without(FULL, ("plant",)),
        {"extends": "base.yaml", "colour": "red"},
        {"extends": "base.yaml", "targets": [{"at_least": 1}]},
        {
            "extends": "base.yaml",
            "plant": {"route": [{"station": "x", "minutes": {"gamma": {"mean": 1}}}]},
        },
        with_value(FULL, ("replications",), 0),
        with_value(FULL, ("name",), "a/b"),
    ):
        assert list(validator.iter_errors(bad))


def test_no_traceback_on_the_command_line(folder: Path) -> None:
    """`dgisim check` ends with exit code 2 and the faults, one a line."""
    path = write(folder / "scenario.yaml", {**SMALL, "seed": -1, "colour": "red"})
    command = [sys.executable, "-m", "sim", "check", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "seed" in done.stderr
    assert "colour" in done.stderr


def test_too_large_takes_the_mean_under_the_bounds(folder: Path) -> None:
    """A heavy tail that is cut off counts by its mean below the cut; a floor counts too."""
    # Exponential with mean 1000, cut at 1: E[min(X, 1)] = 1000 (1 - exp(-1/1000)) = 0.9995, and an
    # order has 1 at least.
    orders = "customers.shops.demand.orders_per_day=7142857"
    load(
        folder,
        SMALL,
        orders,
        "customers.shops.demand.images_per_order={exponential: {mean: 1000, max: 1}}",
    )
    low = "customers.shops.demand.images_per_order={exponential: {mean: 0.001, min: 2}}"
    assert "brings 399,999,992 of" in str(faults(folder, SMALL, orders, low)[0])
    # ln X normal with deviation 5: e^12.5 Phi((ln 100 - 25)/5) + 100 Phi(-ln 100/5) = 23.9, of 5.6
    # million orders.
    lognormal = (
        "customers.shops.demand.images_per_order={lognormal: {median: 1, sigma: 5, max: 100}}"
    )
    load(folder, SMALL, "customers.shops.demand.orders_per_day=200000", lognormal)
