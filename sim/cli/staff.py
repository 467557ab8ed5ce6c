"""The command that staffs a plant."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    ScenarioFile,
    SkipBadRows,
    StoreFolder,
    Workers,
    executor_of,
    load_all,
    with_options,
)
from sim.cli.question import answered, print_answer

if TYPE_CHECKING:
    from sim.study.staffing import Staffing


def staff(
    scenario: ScenarioFile,
    lines: Annotated[
        list[str],
        typer.Option(
            "--line", metavar="POOL[.N]", help="A pool or roster line that may change; all if none."
        ),
    ] = [],  # noqa: B006 - typer copies it
    most_times: Annotated[
        float | None,
        typer.Option(min=1.0, help="Most editors of a line, in times of today's; 4 if left out."),
    ] = None,
    most_runs: Annotated[
        int | None, typer.Option(min=1, help="Runs that the search may make; 1,500 if left out.")
    ] = None,
    changes: Changes = [],  # noqa: B006 - typer copies it
    engine: Engine = None,
    workers: Workers = None,
    store: StoreFolder = STORE,
    cluster: Cluster = None,
    out: Out = REPORTS,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the answer as one JSON object.")
    ] = False,
    no_charts: Annotated[
        bool, typer.Option("--no-charts", help="Write the tables alone: no chart.")
    ] = False,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Find the fewest editors by roster line that meet all targets, and what one more or fewer does."""
    from sim.report.staffing import staffing_json, write_staffing
    from sim.study.staffing import staff as staffed

    (loaded,) = load_all([scenario], with_options(changes, engine=engine), skip_bad_rows)
    terminal.warn(loaded)
    if loaded.spec.sweep:
        terminal.say("the sweep is left out: the scenario's own values are staffed")
    executor = executor_of(workers, store, cluster)
    given = {"most_times": most_times, "most_runs": most_runs}
    limits: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    place, write = out / f"{loaded.spec.name}-staff", partial(write_staffing, charts=not no_charts)
    answer = partial(staffed, loaded, lines, **limits, executor=executor)
    found = answered(loaded, place, executor, lambda on_status: answer(on_status=on_status), write)
    if as_json:
        print(staffing_json(found))
    else:
        _print(found, place)
    raise typer.Exit(Exit.TARGET_MISSED if found.needed is None else Exit.DONE)


def _print(found: Staffing, folder: Path) -> None:
    """Print roster, marginal tables and answer."""
    from sim.report.staffing import TITLES, answer_lines, marginal_table, roster_table

    tables = {f"{found.scenario.spec.name}: editors by roster line": roster_table(found)}
    for around in found.margins["around"].unique():
        n = found.margins["n"].max()
        title = f"{TITLES[around]}: difference, {n} replications, {100 * found.scenario.spec.confidence:g} % intervals"
        tables[title] = marginal_table(found, around)
    print_answer(tables, answer_lines(found), folder)
