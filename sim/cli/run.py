"""The command that runs studies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

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

if TYPE_CHECKING:
    from sim.runs.executor import Executor
    from sim.study.scenario import Scenario
    from sim.study.study import Study


class Wanted(NamedTuple):
    """What is wanted of each study, from the options of ``run``."""

    out: Path
    executor: Executor
    as_json: bool
    ledger: bool
    charts: bool
    verify: bool


def run(
    scenarios: Scenarios,
    changes: Changes = [],  # noqa: B006 - typer copies it
    replications: Replications = None,
    engine: Engine = None,
    workers: Workers = None,
    store: StoreFolder = STORE,
    cluster: Cluster = None,
    out: Out = REPORTS,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures as one JSON object a scenario.")
    ] = False,
    ledger: Annotated[
        bool, typer.Option("--ledger", help="Keep the rows of every run as Parquet.")
    ] = False,
    no_charts: Annotated[
        bool, typer.Option("--no-charts", help="Write the tables alone: no charts.")
    ] = False,
    no_verify: Annotated[
        bool, typer.Option("--no-verify", help="Compare no run with the SimPy model.")
    ] = False,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Run studies, print their summaries and write OUT/<name>/."""
    changes = with_options(changes, replications=replications, engine=engine)
    loaded = load_all(scenarios, changes, skip_bad_rows)
    executor = executor_of(workers, store, cluster)
    wanted = Wanted(
        out, executor, as_json=as_json, ledger=ledger, charts=not no_charts, verify=not no_verify
    )
    raise typer.Exit(_run_each(loaded, wanted))


def _run_each(loaded: list[Scenario], wanted: Wanted) -> Exit:
    """Run studies up to one that is cut off, and write an index over several.

    The worst exit code is that of all.
    """
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
        terminal.say_of_store(wanted.executor.store)
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
    terminal.warn_of_study(study)
    if study.manifest["cut_off"]:
        done = len(study.manifest["replications"])
        terminal.say(f"cut off: {done} of {scenario.spec.first_replications} replications are kept")
        return study, Exit.CUT_OFF
    return study, Exit.TARGET_MISSED if any(map(study.fails, study.verdicts())) else Exit.DONE


def _written(scenario: Scenario, wanted: Wanted) -> Study:
    """Run one study and write its folder, whole or not at all."""
    from sim.report.folder import whole_folder
    from sim.report.junit import junit

    with whole_folder(wanted.out, scenario.spec.name) as folder:
        with terminal.on_progress(scenario) as (on_progress, on_status):
            study = scenario.run(
                **vars(wanted.executor),
                verify=wanted.verify,
                on_progress=on_progress,
                verifying=lambda: on_status("comparing a run with the SimPy model"),
                ledgers=folder / "ledger" if wanted.ledger else None,
            )
        study.write(folder)
        scenario.write_bad_rows(folder)
        (folder / "junit.xml").write_text(junit(study), encoding="utf-8", newline="\n")
        if wanted.charts:
            from sim.report.write import write_report

            write_report(study, folder)
    return study
