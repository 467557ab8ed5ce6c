"""The command line: parse, call one function, print, exit code. With sim/terminal.py the only place that prints."""

from __future__ import annotations

import sys
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from sim import terminal
from sim.errors import CutOffError, DisagreementError, Fault, InputError

if TYPE_CHECKING:
    from sim.study.scenario import Scenario
    from sim.study.study import Study


class Exit(IntEnum):
    """Exit codes."""

    DONE = 0
    TARGET_MISSED = 1
    BAD_INPUT = 2
    CUT_OFF = 3
    ENGINES_DIFFER = 4


class Wanted(NamedTuple):
    """What is wanted of each study, from the options of ``run``."""

    out: Path
    workers: int | None
    as_json: bool
    ledger: bool
    charts: bool
    verify: bool


app = typer.Typer(
    name="dgisim",
    help="Simulate the production capacity of an image-editing service that sells under an SLA.",
    epilog="Exit codes: 0 done, 1 a target missed or a figure worse, 2 bad input, 3 cut off (what was finished is "
    "kept), 4 the engines differ (a fault of dgisim).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich takes longer to load than all the rest of the help
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

Scenarios = Annotated[
    list[Path], typer.Argument(metavar="SCENARIO...", help="Scenario files (YAML).", show_default=False)
]
Changes = Annotated[
    list[str], typer.Option("--set", metavar="KEY=VALUE", help="Change a value, for example replications=5.")
]
Replications = Annotated[int | None, typer.Option(min=1, help="Instead of the scenario's.")]
SkipBadRows = Annotated[bool, typer.Option("--skip-bad-rows", help="Pass over bad rows of order files, and list them.")]


@app.command()
def run(
    scenarios: Scenarios,
    changes: Changes = [],  # noqa: B006 - typer copies it
    replications: Replications = None,
    engine: Annotated[str | None, typer.Option(help="auto, simpy or compiled, instead of the scenario's.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Runs at once; one a core if left out.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("reports"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object a scenario.")] = False,
    ledger: Annotated[bool, typer.Option("--ledger", help="Keep the rows of every run as Parquet.")] = False,
    no_charts: Annotated[bool, typer.Option("--no-charts", help="Write the tables alone: no charts.")] = False,
    no_verify: Annotated[bool, typer.Option("--no-verify", help="Compare no run with the SimPy model.")] = False,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Run studies, print their summaries and write OUT/<name>/."""
    changes = _with_options(changes, replications=replications, engine=engine)
    wanted = Wanted(out, workers, as_json=as_json, ledger=ledger, charts=not no_charts, verify=not no_verify)
    loaded = _loaded(scenarios, changes, skip_bad_rows)
    raise typer.Exit(_run_each(loaded, wanted))


def _with_options(changes: list[str], **options: object) -> list[str]:
    """Return the changes of --set, with those of the options that were given."""
    return [*changes, *(f"{key}={value}" for key, value in options.items() if value is not None)]


def _run_each(loaded: list[Scenario], wanted: Wanted) -> Exit:
    """Run studies up to one that is cut off, and write an index over several; the worst exit code is that of all."""
    from sim.report.index import check_place, write_index

    check_place(wanted.out)
    studies: list[Study] = []
    worst = Exit.DONE
    try:
        for scenario in loaded:
            study, code = _run_one(scenario, wanted)
            studies.append(study)
            worst = max(worst, code)
            if code is Exit.CUT_OFF:
                break
    finally:
        if len(loaded) > 1 and studies:
            write_index(studies, wanted.out)
    return worst


def _run_one(scenario: Scenario, wanted: Wanted) -> tuple[Study, Exit]:
    """Run one study, write it and print it."""
    from sim.report.as_json import study_json

    terminal.warn(scenario)
    study = _written(scenario, wanted)
    if wanted.as_json:
        print(study_json(study))
    else:
        terminal.print_study(study, wanted.out / scenario.spec.name)
        terminal.print_verdicts(study)
    terminal.warn_of_undecided(study)
    if study.manifest["cut_off"]:
        done = len(study.manifest["replications"])
        terminal.say(f"cut off: {done} of {scenario.spec.replications} replications are kept")
        return study, Exit.CUT_OFF
    return study, Exit.TARGET_MISSED if any(map(study.fails, study.verdicts())) else Exit.DONE


def _written(scenario: Scenario, wanted: Wanted) -> Study:
    """Run one study and write its folder, whole or not at all."""
    from sim.report.folder import whole_folder
    from sim.report.junit import junit

    with whole_folder(wanted.out, scenario.spec.name) as folder:
        with terminal.progress(scenario) as (progress, doing):
            study = scenario.run(
                workers=wanted.workers,
                verify=wanted.verify,
                progress=progress,
                verifying=lambda: doing("comparing a run with the SimPy model"),
                ledgers=folder / "ledger" if wanted.ledger else None,
            )
        study.write(folder)
        scenario.write_bad_rows(folder)
        (folder / "junit.xml").write_text(junit(study), encoding="utf-8", newline="\n")
        if wanted.charts:
            from sim.report.write import write_report

            write_report(study, folder)
    return study


@app.command()
def diff(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="Folder of the study to compare with.")],
    head: Annotated[Path, typer.Argument(metavar="HEAD", help="Folder of the study that is judged.")],
    out: Annotated[Path | None, typer.Option(help="Write every figure here: FILE.csv, or else Markdown.")] = None,
) -> None:
    """Compare two stored studies; fail on a real worsening."""
    from sim.report.difference import difference_table, difference_text, summary_line
    from sim.report.folder import replace_file
    from sim.study.diff import compare_studies
    from sim.study.study import read_study

    found = compare_studies(read_study(base), read_study(head))
    table = difference_table(found)
    if len(table):
        terminal.print_frame(f"{base} -> {head}", table)
    print(summary_line(found))
    if out is not None:
        replace_file(out, difference_text(found, as_csv=out.suffix == ".csv"))
    raise typer.Exit(Exit.TARGET_MISSED if found.got_worse else Exit.DONE)


@app.command()
def verify(
    scenarios: Scenarios,
    changes: Changes = [],  # noqa: B006 - typer copies it
    replications: Replications = None,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Run all on both engines and compare every row."""
    loaded = _loaded(scenarios, _with_options(changes, replications=replications), skip_bad_rows)
    raise typer.Exit(max([_verify_one(scenario) for scenario in loaded]))


def _verify_one(scenario: Scenario) -> Exit:
    """Compare the runs of one scenario, up to the first that differs."""
    name, n, runs, rows = scenario.spec.name, scenario.spec.replications, 0, 0
    try:
        with terminal.progress(scenario) as (progress, _):
            for found in scenario.verify():
                if found.difference:
                    terminal.print_comparison(name, found)
                    return Exit.ENGINES_DIFFER
                runs, rows = runs + 1, rows + found.n_rows
                progress(found.replication)
    except KeyboardInterrupt:
        terminal.say(f"{name}: cut off: {runs} runs were compared, and all rows of them are equal")
        return Exit.CUT_OFF
    print(f"{name}: {n} replications x {runs // n} points: all rows equal ({rows:,} rows)")
    return Exit.DONE


@app.command()
def explain(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (YAML).", show_default=False)],
    order: Annotated[
        str | None, typer.Option(help="order_id of its file, else its row in the ledger; the latest if left out.")
    ] = None,
    replication: Annotated[int, typer.Option(min=0, help="Number of the replication.")] = 0,
    changes: Changes = [],  # noqa: B006 - typer copies it
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Say what became of an order, and why it was late."""
    from sim.report.order_words import order_text

    (loaded,) = _loaded([scenario], changes, skip_bad_rows)
    print(order_text(loaded.explain(order, replication)))


@app.command()
def check(scenarios: Scenarios, changes: Changes = [], skip_bad_rows: SkipBadRows = False) -> None:  # noqa: B006
    """Validate scenarios and print the offered load against the capacity; run nothing."""
    for scenario in _loaded(scenarios, changes, skip_bad_rows):
        terminal.print_load(scenario.spec.name, scenario.offered_load())
        terminal.warn(scenario)


@app.command()
def quote(
    orders: Annotated[Path, typer.Argument(metavar="ORDERS", help="Orders as CSV or Parquet.", show_default=False)],
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
    except DisagreementError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(Exit.ENGINES_DIFFER)


if __name__ == "__main__":
    main()
