"""The commands that compare: stored studies, and the two engines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim import terminal
from sim.cli.app import Changes, Exit, Replications, Scenarios, SkipBadRows, load_all, with_options

if TYPE_CHECKING:
    from sim.study.scenario import Scenario


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
