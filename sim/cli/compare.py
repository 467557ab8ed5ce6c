"""The commands that compare: scenarios, stored studies, and the two engines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim import terminal
from sim.cli.app import (
    REPORTS,
    STORE,
    Changes,
    Cluster,
    Engine,
    Exit,
    Out,
    Replications,
    Scenarios,
    SkipBadRows,
    StoreFolder,
    Workers,
    executor_of,
    load_all,
    with_options,
)
from sim.cli.ask import print_answer
from sim.errors import Fault, InputError

if TYPE_CHECKING:
    from sim.runs.executor import Executor
    from sim.study.comparison import Side, SideBySide
    from sim.study.scenario import Scenario
    from sim.study.study import Study


def diff(
    base: Annotated[
        Path, typer.Argument(metavar="BASE", help="Folder of the study to compare with.")
    ],
    head: Annotated[
        Path, typer.Argument(metavar="HEAD", help="Folder of the study that is judged.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Write every figure here: FILE.csv, or else Markdown.")
    ] = None,
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


def compare(
    a: Annotated[
        Path, typer.Argument(metavar="A", help="Scenario file, or folder of a stored study.")
    ],
    b: Annotated[Path, typer.Argument(metavar="B", help="What is compared with it: the same.")],
    changes: Changes = [],  # noqa: B006 - typer copies it
    replications: Replications = None,
    engine: Engine = None,
    workers: Workers = None,
    store: StoreFolder = STORE,
    cluster: Cluster = None,
    out: Out = REPORTS,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print all figures as one JSON object.")
    ] = False,
    no_charts: Annotated[
        bool, typer.Option("--no-charts", help="Write the table alone: no chart.")
    ] = False,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Compare two scenarios, pair by pair of replications: what is better, what worse."""
    from sim.study.comparison import compared

    options = with_options(changes, replications=replications, engine=engine)
    first, second = _sides([a, b], options, skip_bad_rows)
    executor = executor_of(workers, store, cluster)
    found = compared(first, second, lambda scenario: _run_one(scenario, executor))
    terminal.say_of_store(executor.store)
    folder = _write_comparison(found, out, charts=not no_charts)
    _print_comparison(found, folder, as_json)


def _sides(paths: list[Path], changes: list[str], skip_bad_rows: bool) -> list[Side]:
    """Read stored studies and load scenarios, the faults of both at once."""
    from sim.study.comparison import stored
    from sim.study.scenario import load

    sides: list[Side] = []
    faults: list[Fault] = []
    if changes and all(path.is_dir() for path in paths):
        must = "changes what is run, and both sides are stored already"
        faults.append(
            Fault("--set", ", ".join(changes), must, "leave it out, or name a scenario file")
        )
    for path in paths:
        try:
            known = path.is_dir()
            sides.append(
                stored(path)
                if known
                else load(path, changes=tuple(changes), skip_bad_rows=skip_bad_rows)
            )
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(dict.fromkeys(faults))
    return sides


def _run_one(scenario: Scenario, executor: Executor) -> Study:
    """Run a side, with a bar."""
    terminal.warn(scenario)
    with terminal.on_progress(scenario) as (on_progress, _):
        return scenario.run(**vars(executor), verify=False, on_progress=on_progress)


def _write_comparison(found: SideBySide, out: Path, *, charts: bool) -> Path:
    """Write a comparison, whole or not at all, and return its folder."""
    from sim.report.comparison import write_comparison
    from sim.report.folder import whole_folder

    name = "-".join([*dict.fromkeys((found.a.name, found.b.name)), "compare"])
    with whole_folder(out, name) as folder:
        write_comparison(found, folder, charts=charts)
    return out / name


def _print_comparison(found: SideBySide, folder: Path, as_json: bool) -> None:
    """Print a comparison in words, or all of it as JSON."""
    from sim.report.comparison import answer_lines, comparison_json, main_table

    if as_json:
        print(comparison_json(found))
        return
    title = f"main figures, {100 * found.confidence:g} % intervals"
    print_answer({title: main_table(found)}, answer_lines(found), folder)


def verify(
    scenarios: Scenarios,
    changes: Changes = [],  # noqa: B006 - typer copies it
    replications: Replications = None,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Run all on both engines and compare every row."""
    loaded = load_all(scenarios, with_options(changes, replications=replications), skip_bad_rows)
    raise typer.Exit(max([_verify_one(scenario) for scenario in loaded]))


def _verify_one(scenario: Scenario) -> Exit:
    """Compare the runs of one scenario, up to the first that differs."""
    name, n, runs, rows = scenario.spec.name, scenario.spec.first_replications, 0, 0
    try:
        with terminal.on_progress(scenario) as (on_progress, _):
            for found in scenario.verify():
                if found.difference:
                    terminal.print_comparison(name, found)
                    return Exit.ENGINES_DIFFER
                runs, rows = runs + 1, rows + found.n_rows
                on_progress(found.replication)
    except KeyboardInterrupt:
        terminal.say(f"{name}: cut off: {runs} runs were compared, and all rows of them are equal")
        return Exit.CUT_OFF
    print(f"{name}: {n} replications x {runs // n} points: all rows equal ({rows:,} rows)")
    return Exit.DONE
