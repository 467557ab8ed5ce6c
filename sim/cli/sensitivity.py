"""The command that says which inputs matter."""

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
    from sim.study.sensitivity import Sensitivity


def sensitivity(
    scenario: ScenarioFile,
    replications: Annotated[
        int | None, typer.Option(min=1, help="Runs of each sample; 2 if left out.")
    ] = None,
    trajectories: Annotated[
        int | None, typer.Option(min=2, help="Of the screening; 8 if left out.")
    ] = None,
    samples: Annotated[
        int | None, typer.Option(min=8, help="Of the indices, a power of 2; 64 if left out.")
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
    """Say which inputs move a measure most, over the ranges that the scenario gives."""
    from sim.report.sensitivity import sensitivity_json, write_sensitivity
    from sim.study.sensitivity import factors_of, most_runs
    from sim.study.sensitivity import sensitivity as analysed

    given = {"replications": replications, "trajectories": trajectories, "samples": samples}
    options = {f"sensitivity.{name}": value for name, value in given.items()}
    (loaded,) = load_all([scenario], with_options(changes, engine=engine, **options), skip_bad_rows)
    n_factors = len(factors_of(loaded))
    terminal.warn(loaded)
    if loaded.spec.sweep:
        terminal.say("the sweep is left out: the factors change the scenario's own values")
    terminal.say(f"{n_factors} factors, at most {most_runs(loaded):,} runs")
    executor, place = executor_of(workers, store, cluster), out / f"{loaded.spec.name}-sensitivity"
    write = partial(write_sensitivity, charts=not no_charts)
    found = answered(
        loaded,
        place,
        executor,
        lambda on_status: analysed(loaded, executor=executor, on_status=on_status),
        write,
    )
    if as_json:
        print(sensitivity_json(found))
    else:
        _print(found, place)


def _print(found: Sensitivity, folder: Path) -> None:
    """Print table and answer."""
    from sim.report.sensitivity import answer_lines, sensitivity_table
    from sim.report.targets import subject

    title = f"{found.scenario.spec.name}: what moves the {subject(found.asked.figure)}"
    print_answer({title: sensitivity_table(found)}, answer_lines(found), folder)
