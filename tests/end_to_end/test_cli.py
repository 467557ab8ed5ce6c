"""The command line: what each command prints, writes and returns."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.runs.replication import Batch, Run, Task, made
from tests.end_to_end.conftest import SMALL, Said

Call = Callable[..., Said]

TABLES = [
    "by_day",
    "by_hour_of_week",
    "due_by_weekday",
    "flow_balance",
    "late_causes",
    "lateness",
    "replications",
    "summary",
    "warm_up",
    "weekend",
]
PAGES = ["junit.xml", "report.html", "report.md"]
CHARTS = [
    "due_by_weekday",
    "late_causes",
    "lateness",
    "on_time_by_dgi",
    "overflow_by_dgi",
    "utilisation_by_hour",
    "weekend_backlog",
]


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that has to be the same in every run."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"]
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


@pytest.mark.charts
def test_run_writes_everything(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """A run leaves all tables, all charts twice, the pages and the manifest, and says where."""
    said = dgisim("run", small, "--out", tmp_path / "out", "--workers", 1)
    folder = tmp_path / "out" / "small"
    assert said.code == 0
    assert f"the page is {folder / 'report.html'}" in said.out
    assert sorted(path.stem for path in folder.glob("*.csv")) == TABLES
    assert sorted(path.name for path in (folder / "charts").iterdir()) == sorted(
        f"{name}.{kind}" for name in CHARTS for kind in ("svg", "png")
    )
    assert set(PAGES) <= {path.name for path in folder.iterdir()}
    assert not [path for path in (tmp_path / "out").iterdir() if path.name != "small"]


def test_run_without_charts_names_the_folder(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """Where no page was written none is named."""
    said = dgisim("run", small, "--out", tmp_path / "out", "--workers", 1, "--no-charts")
    assert f"the results are in {tmp_path / 'out' / 'small'}\n" in said.out
    assert "report.html" not in said.out


def test_manifest_says_what_it_was_made_from(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """The manifest's digest is that of the resolved scenario, and holds no path of the machine."""
    dgisim("run", small, "--out", tmp_path / "out", "--workers", 1)
    text = (tmp_path / "out" / "small" / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    resolved = json.dumps(manifest["scenario"], sort_keys=True).encode()
    assert manifest["scenario_sha256"] == hashlib.sha256(resolved).hexdigest()
    assert manifest["seed"] == 5
    assert manifest["replications"] == [0, 1, 2]
    assert {"numpy", "simpy", "tzdata"} <= manifest["libraries"].keys()
    assert manifest["run"]["seconds"] > 0
    assert str(tmp_path) not in text


def test_workers_and_hash_seed_leave_no_trace(small: Path, tmp_path: Path) -> None:
    """One worker, and two with another hash seed, give the same bytes in every table, chart and page."""
    seen = []
    for number, (workers, seed) in enumerate([(1, "0"), (2, "12345")]):
        out = tmp_path / str(number)
        command = [
            sys.executable,
            "-m",
            "sim",
            "run",
            str(small),
            "--out",
            str(out),
            "--workers",
            str(workers),
        ]
        subprocess.run(
            command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed}
        )
        seen.append(digests(out / "small"))
    assert seen[0] == seen[1]
    assert len(seen[0]) == len(TABLES) + 2 * len(CHARTS) + len(PAGES)


def test_json_is_one_object(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """--json prints one object with levels and measures of every point, and nothing else."""
    said = dgisim("run", small, "--out", tmp_path / "out", "--workers", 1, "--json")
    data = json.loads(said.out)
    assert data["scenario"] == "small"
    assert [point["levels"] for point in data["points"]] == [
        {"plans.professional.standard.guaranteed_per_day": level} for level in (10, 30)
    ]
    row = data["points"][0]["measures"][0]
    assert list(row) == ["measure", "commitment", "service", "pool", "mean", "low", "high", "n"]
    assert row["low"] <= row["mean"] <= row["high"]


def test_interval_of_one_replication_is_null(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """One replication gives a mean and no interval, and valid JSON."""
    said = dgisim(
        "run", small, "--out", tmp_path / "out", "--workers", 1, "--json", "--replications", 1
    )
    rows = json.loads(said.out)["points"][0]["measures"]
    assert {row["n"] for row in rows} == {1}
    assert {(row["low"], row["high"]) for row in rows} == {(None, None)}


@pytest.mark.parametrize(("bound", "code"), [("at_least: 0.0", 0), ("at_most: -1", 1)])
def test_targets_decide_the_exit_code(
    small: Path, tmp_path: Path, dgisim: Call, bound: str, code: int
) -> None:
    """A met target gives 0, a missed one 1, and both are said."""
    small.write_text(SMALL + f"targets: [{{measure: on_time_share, {bound}}}]\n", encoding="utf-8")
    said = dgisim("run", small, "--out", tmp_path / "out", "--workers", 1)
    assert said.code == code
    assert ("MISSED" in said.out) == bool(code)


def test_set_changes_a_value(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """--set reaches entries of lists by name, and lands in the manifest."""
    key = "plant.pools.retouch.discipline"
    dgisim(
        "run", small, "--out", tmp_path, "--workers", 1, "--set", f"{key}=fifo", "--set", "sweep={}"
    )
    manifest = json.loads((tmp_path / "small" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenario"]["plant"]["pools"][0]["discipline"] == "fifo"
    assert manifest["points"] == [{}]


def test_ledger_on_request(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """--ledger keeps the rows of every run, and changes nothing else."""
    dgisim("run", small, "--out", tmp_path / "with", "--workers", 1, "--ledger")
    dgisim("run", small, "--out", tmp_path / "without", "--workers", 1)
    ledger = tmp_path / "with" / "small" / "ledger"
    deliveries = pd.read_parquet(ledger / "point-0" / "replication-0" / "deliveries.parquet")
    balance = pd.read_csv(tmp_path / "with" / "small" / "flow_balance.csv")
    assert (deliveries["service"] != 2).sum() == balance["images_done"][0] + balance[
        "images_censored"
    ][0]
    rest = {
        name: digest
        for name, digest in digests(tmp_path / "with" / "small").items()
        if "ledger" not in name
    }
    assert rest == digests(tmp_path / "without" / "small")


def test_check_compares_offered_load_with_capacity(small: Path, dgisim: Call) -> None:
    """The week's offered hours are orders x images x minutes, rework and rejections included, reviews beside."""
    said = dgisim("check", small, "--set", "plant.review=null")
    image_hours = 6 / 60 / (1 - 0.05) * (1 + 0.1 / 0.9)
    offered = 7 * 3 * 2 * 8 * image_hours
    assert said.code == 0
    assert f"{offered:.0f} / 160" in said.out
    assert f"{100 * offered / 160:.0f} %" in said.out


def test_overload_runs_and_warns(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """Demand far over capacity runs to the end and says the offered load."""
    said = dgisim(
        "run",
        small,
        "--out",
        tmp_path,
        "--workers",
        1,
        "--set",
        "customers.shops.demand.orders_per_day=60",
    )
    assert said.code == 0
    assert "warning: pool 'retouch' is offered" in said.err
    balance = pd.read_csv(tmp_path / "small" / "flow_balance.csv")
    assert (
        balance["images_submitted"] == balance["images_done"] + balance["images_censored"]
    ).all()
    assert (balance["images_censored"] > 0).all()


def orders_file(
    path: Path, rows: list[str], header: str = "customer_id,submitted_at,images"
) -> Path:
    """Write an order file."""
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def replaying(small: Path) -> Path:
    """Return a scenario beside the small one that replays orders.csv."""
    head, _, rest = SMALL.partition("    count: 3\n")
    _, _, rest = rest.partition("    demand:")
    own = "    plan: professional\n    timezone: America/New_York\n    orders: orders.csv\n"
    text = head + own + rest.partition("\n")[2]
    path = small.with_name("replay.yaml")
    path.write_text(text, encoding="utf-8")
    return path


GOOD = ["a,2026-01-12T10:00:00-05:00,12", "b,2026-01-13T11:00:00-05:00,7"]


def test_replay_counts_every_image(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """Images in the file are images submitted, and are done or censored."""
    orders_file(tmp_path / "orders.csv", [*GOOD, ",2026-01-14T11:00:00-05:00,5"])
    said = dgisim("run", replaying(small), "--out", tmp_path / "out", "--workers", 1)
    balance = pd.read_csv(tmp_path / "out" / "small" / "flow_balance.csv")
    assert said.code == 0
    assert (balance["images_submitted"] == 24).all()
    assert (balance["images_done"] + balance["images_censored"] == 24).all()


def test_order_files_can_be_swept(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """A factor may be the order file itself: every point replays its own."""
    orders_file(tmp_path / "orders.csv", GOOD)
    orders_file(tmp_path / "more.csv", [*GOOD, "c,2026-01-14T11:00:00-05:00,5"])
    sweep = "sweep={customers.shops.orders: [orders.csv, more.csv]}"
    assert (
        dgisim(
            "run", replaying(small), "--out", tmp_path / "out", "--workers", 1, "--set", sweep
        ).code
        == 0
    )
    balance = pd.read_csv(tmp_path / "out" / "small" / "flow_balance.csv")
    assert balance.groupby("customers.shops.orders")["images_submitted"].max().to_dict() == {
        "orders.csv": 19,
        "more.csv": 24,
    }


def test_bad_rows_stop_or_are_listed(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """Bad rows are reported all at once.

    With --skip-bad-rows they are listed beside the results and counted.
    """
    bad = ["c,2026-01-12T10:00:00,3", "d,2026-01-12T10:00:00-05:00,-4"]
    orders_file(tmp_path / "orders.csv", [GOOD[0], *bad, GOOD[1]])
    said = dgisim("run", replaying(small), "--out", tmp_path / "out", "--workers", 1)
    assert said.code == 2
    assert "orders.csv:3: submitted_at" in said.err
    assert "orders.csv:4: images" in said.err
    assert "'-4' must be" in said.err
    assert not (tmp_path / "out" / "small").exists()
    said = dgisim(
        "run", replaying(small), "--out", tmp_path / "out", "--workers", 1, "--skip-bad-rows"
    )
    rows = pd.read_csv(tmp_path / "out" / "small" / "bad_rows.csv")
    assert said.code == 0
    assert rows["line"].tolist() == [3, 4]
    assert "2 bad rows were passed over" in said.err


def test_orders_outside_the_horizon_are_counted(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """Orders before or after the horizon are left out, and said."""
    orders_file(tmp_path / "orders.csv", [*GOOD, "a,2025-06-01T10:00:00-04:00,9"])
    said = dgisim("run", replaying(small), "--out", tmp_path / "out", "--workers", 1)
    assert "1 of 3 orders lie outside the horizon" in said.err
    assert (
        pd.read_csv(tmp_path / "out" / "small" / "flow_balance.csv")["orders_outside_horizon"] == 1
    ).all()


@pytest.mark.parametrize(
    ("content", "said_to_be"),
    [
        (b"", "empty"),
        (b"customer_id,submitted_at,images\n", "no"),
        (
            "customer_id,submitted_at,images\n\xe9,2026-01-12T10:00:00Z,1\n".encode("latin-1"),
            "UTF-8",
        ),
        (b"customer_id,submitted_at\na,2026-01-12T10:00:00Z\n", "images"),
    ],
    ids=["empty", "header only", "latin-1", "column missing"],
)
def test_bad_order_files(
    small: Path, tmp_path: Path, dgisim: Call, content: bytes, said_to_be: str
) -> None:
    """An order file that cannot be read is bad input, in one message without a traceback."""
    (tmp_path / "orders.csv").write_bytes(content)
    said = dgisim("run", replaying(small), "--out", tmp_path / "out", "--workers", 1)
    assert said.code == 2
    assert said_to_be in said.err
    assert "Traceback" not in said.err


def test_faults_of_all_files_come_at_once(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """Two scenarios with a fault each are reported in one call, before anything runs."""
    small.write_text(SMALL.replace("seed: 5", "seed: five"), encoding="utf-8")
    other = tmp_path / "other.yaml"
    other.write_text(SMALL.replace("replications: 3", "replications: 0"), encoding="utf-8")
    said = dgisim("run", small, other, "--out", tmp_path / "out")
    assert said.code == 2
    assert "small.yaml:2: seed" in said.err
    assert "other.yaml" in said.err
    assert not (tmp_path / "out").exists()


def test_two_scenarios_of_one_name_are_refused(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """Two scenarios that would write the same folder are bad input."""
    (tmp_path / "twin.yaml").write_text(SMALL, encoding="utf-8")
    assert dgisim("run", small, tmp_path / "twin.yaml", "--out", tmp_path / "out").code == 2


def test_a_folder_of_others_is_never_replaced(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """A folder that dgisim did not write is bad input, and stays as it is."""
    (tmp_path / "out" / "small").mkdir(parents=True)
    (tmp_path / "out" / "small" / "thesis.txt").write_text("mine", encoding="utf-8")
    said = dgisim("run", small, "--out", tmp_path / "out", "--workers", 1)
    assert said.code == 2
    assert (tmp_path / "out" / "small" / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_results_are_replaced_whole(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """A second run replaces the results of the first, and leaves no file of it."""
    dgisim("run", small, "--out", tmp_path / "out", "--workers", 1, "--ledger")
    dgisim("run", small, "--out", tmp_path / "out", "--workers", 1)
    assert not (tmp_path / "out" / "small" / "ledger").exists()


def test_a_failed_write_leaves_nothing_half_written(
    small: Path, tmp_path: Path, dgisim: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full the old results stay, nothing new is left, and the message says so."""
    dgisim("run", small, "--out", tmp_path / "out", "--workers", 1)
    before = digests(tmp_path / "out" / "small")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.report.write.write_charts", full)
    said = dgisim("run", small, "--out", tmp_path / "out", "--workers", 1)
    assert said.code == 2
    assert "No space left on device" in said.err
    assert digests(tmp_path / "out" / "small") == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["small"]


def test_an_output_folder_that_cannot_be_made(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """An --out under a file is bad input, before anything runs."""
    said = dgisim("run", small, "--out", small / "out", "--workers", 1)
    assert said.code == 2
    assert "cannot be written" in said.err


@pytest.mark.parametrize(("stops_at", "kept"), [(2, [0, 1]), (0, None)])
def test_cut_off_keeps_what_was_finished(
    small: Path,
    tmp_path: Path,
    dgisim: Call,
    monkeypatch: pytest.MonkeyPatch,
    stops_at: int,
    kept: list[int] | None,
) -> None:
    """Ctrl-C gives exit code 3 and the results of the finished replications, or says that there are none."""

    def until(task: Task, batch: Batch) -> Iterator[Run]:
        if batch.replication == stops_at:
            raise KeyboardInterrupt
        return made(task, batch)

    monkeypatch.setattr("sim.runs.executor.made", until)
    said = dgisim("run", small, "--out", tmp_path / "out", "--workers", 1)
    assert said.code == 3
    assert "cut off" in said.err
    if kept is None:
        assert not list((tmp_path / "out").iterdir())
    else:
        manifest = json.loads(
            (tmp_path / "out" / "small" / "manifest.json").read_text(encoding="utf-8")
        )
        assert manifest["cut_off"]
        assert manifest["replications"] == kept


QUOTE = "order_id,customer_id,timezone,submitted_at,service,images"


def test_quote_splits_and_dates(tmp_path: Path, dgisim: Call) -> None:
    """The worked examples of the SLA: 35 expedited are 20 in 3 h and 15 in 6 h.

    Then 180 standard are left.
    """
    rows = [
        "1,acme,Europe/Copenhagen,2025-06-03T10:00:00+02:00,expedite,35",
        "2,acme,Europe/Copenhagen,2025-06-03T11:00:00+02:00,standard,200",
    ]
    said = dgisim("quote", orders_file(tmp_path / "orders.csv", rows, QUOTE))
    found = list(csv.reader(io.StringIO(said.out)))
    assert said.code == 0
    assert found == [
        ["order_id", "tranche", "service", "commitment", "images", "due_at", "rule"],
        ["1", "1", "expedite", "guaranteed", "20", "2025-06-03T13:00:00+02:00", "EXP-1"],
        ["1", "2", "expedite", "additional", "15", "2025-06-03T16:00:00+02:00", "EXP-4"],
        ["2", "1", "standard", "guaranteed", "165", "2025-06-04T09:00:00+02:00", "STD-1"],
        ["2", "2", "standard", "to_be_confirmed", "35", "", "DGI-2"],
    ]


def test_quote_takes_the_plan_of_a_scenario(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """--scenario brings its plan: a guarantee of 20 splits an order of 30."""
    rows = ["1,acme,Europe/Copenhagen,2025-06-03T10:00:00+02:00,standard,30"]
    out = tmp_path / "promised.csv"
    dgisim(
        "quote",
        orders_file(tmp_path / "orders.csv", rows, QUOTE),
        "--scenario",
        small,
        "--out",
        out,
    )
    assert pd.read_csv(out)["images"].tolist() == [20, 10]


def test_quote_refuses_flow_and_names_the_plan(tmp_path: Path, dgisim: Call) -> None:
    """1-hour flow is refused with the name of the plan, and nothing is written."""
    rows = ["1,acme,Europe/Copenhagen,2025-06-03T10:00:00+02:00,flow,5"]
    said = dgisim(
        "quote",
        orders_file(tmp_path / "orders.csv", rows, QUOTE),
        "--out",
        tmp_path / "promised.csv",
    )
    assert said.code == 2
    assert "professional" in said.err
    assert "FLOW-1" in said.err
    assert not (tmp_path / "promised.csv").exists()


def test_schema_is_json_and_accepts_the_small_scenario(dgisim: Call) -> None:
    """The schema is a JSON object that knows the keys of a scenario."""
    schema = json.loads(dgisim("schema").out)
    assert {"name", "horizon", "plans", "customers", "plant", "sweep"} <= schema[
        "properties"
    ].keys()


HEAVY = ("matplotlib", "numba", "numpy", "pandas", "pydantic", "rich", "scipy", "simpy")


def loaded_by(*arguments: object) -> set[str]:
    """Return which heavy packages a call of the command line imports."""
    names = [str(argument) for argument in arguments]
    code = f"""
import sys
from sim.cli import main
try:
    main({names})
finally:
    print(*(name for name in {HEAVY} if name in sys.modules), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(done.stderr.split())


def test_help_loads_nothing_heavy() -> None:
    """Help comes without any of the packages that take long to import: start-up counts."""
    assert loaded_by("--help") == set()


def test_engines_are_loaded_when_they_run(small: Path, tmp_path: Path) -> None:
    """A check loads no engine, a run only the one that it takes, and charts cost only who wants them.

    The counter is compiled for either engine.
    """
    assert not {"numba", "simpy", "matplotlib"} & loaded_by("check", small)
    options = ("--out", tmp_path, "--workers", 1, "--no-charts", "--no-verify")
    assert "matplotlib" not in loaded_by("run", small, *options, "--engine", "simpy")
    assert not {"simpy", "matplotlib"} & loaded_by("run", small, *options, "--engine", "compiled")
