"""The command that maps what can be promised."""

from __future__ import annotations

from functools import partial
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
    ScenarioFile,
    SkipBadRows,
    StoreFolder,
    Workers,
    executor_of,
    load_all,
    with_options,
)
from sim.cli.question import answered, print_answer
from sim.errors import Fault, InputError

if TYPE_CHECKING:
    from sim.study.frontier import Frontier

Axis = Annotated[
    str | None,
    typer.Option(metavar="KEY=LEVELS", help="Factor and levels, from the easiest: KEY=50,100."),
]


def frontier(
    scenario: ScenarioFile,
    x: Axis = None,
    y: Axis = None,
    target: Annotated[
        float | None, typer.Option(help="On-time share of guaranteed images to reach.")
    ] = None,
    assurance: Annotated[
        float | None, typer.Option(help="Chance with which to reach it; 0.9 if left out.")
    ] = None,
    error: Annotated[
        float | None, typer.Option(help="Chance that any point is marked wrongly: 0.05.")
    ] = None,
    at_most: Annotated[int | None, typer.Option(help="Most replications of a point: 400.")] = None,
    changes: Changes = [],  # noqa: B006 - typer copies it
    engine: Engine = None,
    workers: Workers = None,
    store: StoreFolder = STORE,
    cluster: Cluster = None,
    out: Out = REPORTS,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the map as one JSON object.")
    ] = False,
    no_charts: Annotated[
        bool, typer.Option("--no-charts", help="Write the tables alone: no chart.")
    ] = False,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Map at which guarantees the target is reached with the assurance.

    Fail where today's are outside.
    """
    from sim.report.frontier import frontier_json, write_frontier
    from sim.study.frontier import frontier as mapped

    asked: dict[str, object] = {
        "target": target,
        "assurance": assurance,
        "error": error,
        "at_most": at_most,
    }
    asked |= {"x": _factor("x", x), "y": _factor("y", y)}
    options = {f"frontier.{name}": value for name, value in asked.items()}
    (loaded,) = load_all([scenario], with_options(changes, engine=engine, **options), skip_bad_rows)
    terminal.warn(loaded)
    executor, place = executor_of(workers, store, cluster), out / f"{loaded.spec.name}-frontier"
    write = partial(write_frontier, charts=not no_charts)
    found = answered(
        loaded,
        place,
        executor,
        lambda on_status: mapped(loaded, executor=executor, on_status=on_status),
        write,
    )
    if as_json:
        print(frontier_json(found))
    else:
        _print(found, place)
    raise typer.Exit(_code(found))


def _factor(name: str, text: str | None) -> str | None:
    """Return KEY=LEVELS as the value of a key of the scenario."""
    if text is None:
        return None
    key, _, levels = text.partition("=")
    if not key.strip() or not levels.strip():
        raise InputError(
            Fault(
                f"--{name}", text or '""', "must be KEY=LEVEL,LEVEL,...", "list the levels behind ="
            )
        )
    return f"{{key: {key.strip()}, levels: [{levels}]}}"


def _print(found: Frontier, folder: Path) -> None:
    """Print table and answer."""
    from sim.report.frontier import answer_lines, frontier_table

    title = f"{found.scenario.spec.name}: what can be promised"
    print_answer({title: frontier_table(found)}, answer_lines(found), folder)


def _code(found: Frontier) -> Exit:
    """Return the exit code: a map that says today's promise is not kept is a target missed."""
    from sim.stats.chances import State

    if found.cut_off:
        terminal.say("cut off: what was finished is kept")
        return Exit.CUT_OFF
    fails = (
        {State.OUT, State.UNDECIDED}
        if found.scenario.spec.gate.undecided == "fail"
        else {State.OUT}
    )
    return Exit.TARGET_MISSED if found.state_of_today in fails else Exit.DONE
