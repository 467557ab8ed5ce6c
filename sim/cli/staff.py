"""The command that staffs a plant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim import terminal
from sim.cli.app import (
    STORE,
    Changes,
    Cluster,
    Exit,
    ScenarioFile,
    SkipBadRows,
    StoreFolder,
    Workers,
    hands_of,
    load_all,
    with_options,
)

if TYPE_CHECKING:
    from sim.study.staffing import Staffing


def staff(
    scenario: ScenarioFile,
    lines: Annotated[
        list[str],
        typer.Option("--line", metavar="POOL[.N]", help="A pool or roster line that may change; all if none."),
    ] = [],  # noqa: B006 - typer copies it
    most_times: Annotated[
        float | None, typer.Option(min=1.0, help="Most editors of a line, in times of today's; 4 if left out.")
    ] = None,
    most_runs: Annotated[
        int | None, typer.Option(min=1, help="Runs that the search may make; 1,500 if left out.")
    ] = None,
    changes: Changes = [],  # noqa: B006 - typer copies it
    engine: Annotated[str | None, typer.Option(help="auto, simpy or compiled, instead of the scenario's.")] = None,
    workers: Workers = None,
    store: StoreFolder = STORE,
    cluster: Cluster = None,
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("reports"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as one JSON object.")] = False,
    no_charts: Annotated[bool, typer.Option("--no-charts", help="Write the tables alone: no chart.")] = False,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Find the fewest editors by roster line that meet all targets, and what one more or fewer does."""
    from sim.report.folder import whole_folder
    from sim.report.staffing import staffing_json, write_staffing
    from sim.study.staffing import staff as staffed

    (loaded,) = load_all([scenario], with_options(changes, engine=engine), skip_bad_rows)
    terminal.warn(loaded)
    if loaded.spec.sweep:
        terminal.say("the sweep is left out: the scenario's own values are staffed")
    hands = hands_of(workers, store, cluster)
    given = {"most_times": most_times, "most_runs": most_runs}
    limits: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    name = f"{loaded.spec.name}-staff"
    with whole_folder(out, name) as folder:
        with terminal.doing(loaded) as doing:
            found = staffed(loaded, lines, **limits, hands=hands, doing=doing)
        write_staffing(found, folder, charts=not no_charts)
        loaded.write_bad_rows(folder)
    terminal.say_of_store(hands.store)
    if as_json:
        print(staffing_json(found))
    else:
        _print(found, out / name)
    raise typer.Exit(Exit.TARGET_MISSED if found.needed is None else Exit.DONE)


def _print(found: Staffing, folder: Path) -> None:
    """Print roster, marginal tables and answer."""
    from sim.report.staffing import TITLES, answer_lines, marginal_table, roster_table

    terminal.print_frame(f"{found.scenario.spec.name}: editors by roster line", roster_table(found))
    for around in found.margins["around"].unique():
        n = found.margins["n"].max()
        title = f"{TITLES[around]}: difference, {n} replications, {100 * found.scenario.spec.confidence:g} % intervals"
        terminal.print_frame(title, marginal_table(found, around))
    for line in answer_lines(found):
        print(line)
    print(f"the results are in {folder}")
