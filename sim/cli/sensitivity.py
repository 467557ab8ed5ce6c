"""The command that says which inputs matter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim import terminal
from sim.cli.app import (
    STORE,
    Changes,
    Cluster,
    ScenarioFile,
    SkipBadRows,
    StoreFolder,
    Workers,
    hands_of,
    load_all,
    with_options,
)

if TYPE_CHECKING:
    from sim.study.sensitivity import Sensitivity


def sensitivity(
    scenario: ScenarioFile,
    replications: Annotated[int | None, typer.Option(min=1, help="Runs of each sample; 2 if left out.")] = None,
    trajectories: Annotated[int | None, typer.Option(min=2, help="Of the screening; 8 if left out.")] = None,
    samples: Annotated[int | None, typer.Option(min=8, help="Of the indices, a power of 2; 64 if left out.")] = None,
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
    """Say which inputs move a measure most, over the ranges that the scenario gives."""
    from sim.report.folder import whole_folder
    from sim.report.sensitivity import sensitivity_json, write_sensitivity
    from sim.study.sensitivity import factors_of, most_runs
    from sim.study.sensitivity import sensitivity as answered

    given = {"replications": replications, "trajectories": trajectories, "samples": samples}
    options = {f"sensitivity.{name}": value for name, value in given.items()}
    (loaded,) = load_all([scenario], with_options(changes, engine=engine, **options), skip_bad_rows)
    n_factors = len(factors_of(loaded))
    terminal.warn(loaded)
    if loaded.spec.sweep:
        terminal.say("the sweep is left out: the factors change the scenario's own values")
    terminal.say(f"{n_factors} factors, at most {most_runs(loaded):,} runs")
    hands = hands_of(workers, store, cluster)
    name = f"{loaded.spec.name}-sensitivity"
    with whole_folder(out, name) as folder:
        with terminal.doing(loaded) as doing:
            found = answered(loaded, hands=hands, doing=doing)
        write_sensitivity(found, folder, charts=not no_charts)
        loaded.write_bad_rows(folder)
    terminal.say_of_store(hands.store)
    if as_json:
        print(sensitivity_json(found))
    else:
        _print(found, out / name)


def _print(found: Sensitivity, folder: Path) -> None:
    """Print table and answer."""
    from sim.report.sensitivity import answer_lines, sensitivity_table
    from sim.report.targets import subject_of

    title = f"{found.scenario.spec.name}: what moves the {subject_of(found.asked)}"
    terminal.print_frame(title, sensitivity_table(found))
    for line in answer_lines(found):
        print(line)
    print(f"the results are in {folder}")
