"""The command line: parse, call one function, print, exit code. The only place that prints."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import CutOffError, Fault, InputError

if TYPE_CHECKING:
    from rich.table import Table

    from sim.study.offered import OfferedLoad
    from sim.study.scenario import Scenario
    from sim.study.study import Study, Verdict


class Exit(IntEnum):
    """Exit codes."""

    DONE = 0
    TARGET_MISSED = 1
    BAD_INPUT = 2
    CUT_OFF = 3


app = typer.Typer(
    name="dgisim",
    help="Simulate the production capacity of an image-editing service that sells under an SLA.",
    epilog="Exit codes: 0 done, 1 a target missed, 2 bad input, 3 cut off (what was finished is kept).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Scenarios = Annotated[list[Path], typer.Argument(help="Scenario files (YAML).", show_default=False)]
Changes = Annotated[
    list[str], typer.Option("--set", metavar="KEY=VALUE", help="Change a value, for example replications=5.")
]
SkipBadRows = Annotated[bool, typer.Option("--skip-bad-rows", help="Pass over bad rows of order files, and list them.")]


@app.command()
def run(
    scenarios: Scenarios,
    changes: Changes = [],  # noqa: B006 - typer copies it
    replications: Annotated[int | None, typer.Option(min=1, help="Instead of the scenario's.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one a core if left out.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("reports"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object a scenario.")] = False,
    ledger: Annotated[bool, typer.Option("--ledger", help="Keep the rows of every run as Parquet.")] = False,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Run studies, print their summaries and write OUT/<name>/."""
    if replications is not None:
        changes = [*changes, f"replications={replications}"]
    loaded = _loaded(scenarios, changes, skip_bad_rows)
    codes = [_run_one(scenario, workers, out, as_json=as_json, ledger=ledger) for scenario in loaded]
    raise typer.Exit(max(codes))


def _run_one(scenario: Scenario, workers: int | None, out: Path, *, as_json: bool, ledger: bool) -> Exit:
    """Run one study, write it and print it."""
    from sim.report.as_json import study_json
    from sim.report.folder import whole_folder
    from sim.report.write import write_report

    _warn(scenario)
    with whole_folder(out, scenario.spec.name) as folder:
        ledgers = folder / "ledger" if ledger else None
        with _progress(scenario) as progress:
            study = scenario.run(workers=workers, progress=progress, ledgers=ledgers)
        study.write(folder)
        scenario.write_bad_rows(folder)
        write_report(study, folder)
    if as_json:
        print(study_json(study))
    else:
        _print_study(study, out / scenario.spec.name)
    verdicts = study.verdicts(scenario.spec.targets)
    if not as_json:
        _print_verdicts(verdicts)
    if study.manifest["cut_off"]:
        done = len(study.manifest["replications"])
        _say(f"cut off: {done} of {scenario.spec.replications} replications are kept")
        return Exit.CUT_OFF
    return Exit.DONE if all(verdict.met for verdict in verdicts) else Exit.TARGET_MISSED


@app.command()
def check(scenarios: Scenarios, changes: Changes = [], skip_bad_rows: SkipBadRows = False) -> None:  # noqa: B006
    """Validate scenarios and print the offered load against the capacity; run nothing."""
    for scenario in _loaded(scenarios, changes, skip_bad_rows):
        _print_load(scenario.spec.name, scenario.offered_load())
        _warn(scenario)


@app.command()
def quote(
    orders: Annotated[Path, typer.Argument(help="Orders as CSV or Parquet.", show_default=False)],
    scenario: Annotated[Path | None, typer.Option(help="Take the plan from this scenario.")] = None,
    plan: Annotated[str | None, typer.Option(help="Name of the plan; professional if left out.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the CSV here instead of printing it.")] = None,
) -> None:
    """Promise orders without simulation: split them and date their tranches."""
    from sim.demand.order_file import QUOTE, read_orders
    from sim.report.folder import replace_file
    from sim.scenario.load import plan_named
    from sim.sla.quote import quote as promised

    terms = plan_named(scenario, plan)
    columns, _ = read_orders(orders, QUOTE, plan=terms.name)
    text = promised(columns.words(), terms).to_csv(index=False, lineterminator="\n")
    if out is None:
        sys.stdout.write(text)
    else:
        replace_file(out, text)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a scenario, for editors."""
    import json

    from sim.scenario.schema import json_schema

    print(json.dumps(json_schema(), indent=2))


def _loaded(paths: list[Path], changes: list[str], skip_bad_rows: bool) -> list[Scenario]:
    """Load all scenarios, and report the faults of all at once."""
    from sim.study.scenario import load

    loaded: list[Scenario] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            loaded.append(load(path, changes=tuple(changes), skip_bad_rows=skip_bad_rows))
        except InputError as error:
            faults += error.faults
    names = [scenario.spec.name for scenario in loaded]
    faults += [
        Fault(str(path), name, "is the name of another scenario of this call", "give each a name of its own")
        for number, (path, name) in enumerate(zip(paths, names, strict=False))
        if name in names[:number]
    ]
    if faults:
        raise InputError(dict.fromkeys(faults))
    return loaded


# What is printed: results on the standard output, everything else on the standard error.


def _say(text: str) -> None:
    from rich.console import Console

    Console(stderr=True, soft_wrap=True, highlight=False).print(text)


def _warn(scenario: Scenario) -> None:
    for warning in scenario.warnings():
        _say(f"[bold]warning:[/] {_escaped(warning)}")


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


@contextmanager
def _progress(scenario: Scenario) -> Iterator[Callable[[int], None]]:
    """Show a bar with the time left, where someone is looking."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(_escaped(scenario.spec.name), total=scenario.spec.replications)
        yield lambda done: bar.update(task, completed=done)


def _table(title: str, *columns: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=_escaped(title), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(_escaped(column), justify="left" if number == 0 else "right")
    return table


def _print(table: Table) -> None:
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console.width = 160
    console.print(table)


def _print_study(study: Study, folder: Path) -> None:
    from sim.report.summary import summary_table

    frame = summary_table(study)
    scenario = study.manifest["scenario"]
    replications = len(study.manifest["replications"])
    percent = f"{100 * scenario.get('confidence', 0.95):g} %"
    table = _table(f"{study.name}: {replications} replications, {percent} intervals", *map(str, frame.columns))
    for row in frame.itertuples(index=False):
        table.add_row(*(_escaped(str(cell)) for cell in row))
    _print(table)
    print(f"results, charts and manifest are in {folder}")


def _print_verdicts(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        print(verdict)


def _print_load(name: str, load: OfferedLoad) -> None:
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    table = _table(f"{name}: offered work / roster, in editor-hours of a mean week", "pool", *days, "week", "load")
    for number, pool in enumerate(load.pools):
        pairs = [*zip(load.offered[number], load.capacity[number], strict=True)]
        pairs.append((load.offered[number].sum(), load.capacity[number].sum()))
        cells = [f"{offered:,.0f} / {capacity:,.0f}" for offered, capacity in pairs]
        table.add_row(_escaped(pool), *cells, f"{100 * load.load[number]:.0f} %")
    _print(table)


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; a user's mistake is said without a traceback."""
    try:
        app(arguments)
    except InputError as error:
        for fault in error.faults:
            print(f"error: {fault}", file=sys.stderr)
        sys.exit(Exit.BAD_INPUT)
    except CutOffError as error:
        print(f"cut off: {error}", file=sys.stderr)
        sys.exit(Exit.CUT_OFF)


if __name__ == "__main__":
    main()
