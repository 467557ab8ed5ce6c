"""The commands on scenario files and the promise alone: they run nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim import terminal
from sim.cli.app import Changes, Scenarios, SkipBadRows, load_all


def check(scenarios: Scenarios, changes: Changes = [], skip_bad_rows: SkipBadRows = False) -> None:  # noqa: B006
    """Validate scenarios and print the offered load against the capacity; run nothing."""
    for scenario in load_all(scenarios, changes, skip_bad_rows):
        terminal.print_load(scenario.spec.name, scenario.offered_load())
        terminal.warn(scenario)


def quote(
    orders: Annotated[
        Path, typer.Argument(metavar="ORDERS", help="Orders as CSV or Parquet.", show_default=False)
    ],
    scenario: Annotated[Path | None, typer.Option(help="Take the plan from this scenario.")] = None,
    plan: Annotated[
        str | None, typer.Option(help="Name of the plan; professional if left out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the CSV here instead of printing it.")
    ] = None,
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


def init(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Where; its name is the scenario's.")
    ] = Path("scenario.yaml"),
) -> None:
    """Write a scenario to start from, every part of it explained, and the schema beside it."""
    from sim.report.folder import new_file, replace_file
    from sim.scenario.schema import schema_text
    from sim.scenario.start import SCHEMA_FILE, start_text

    new_file(file, start_text(file.stem))
    replace_file(file.with_name(SCHEMA_FILE), schema_text())
    print(
        f"{file} is a scenario to start from; {SCHEMA_FILE} beside it lets editors complete its keys"
    )
    print(f"next: dgisim check {file}")


def schema() -> None:
    """Print the JSON Schema of a scenario, for editors."""
    from sim.scenario.schema import schema_text

    sys.stdout.write(schema_text())
