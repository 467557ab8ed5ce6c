"""The commands that answer a question of a planner."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.app import Changes, ScenarioFile, SkipBadRows, load_all


def explain(
    scenario: ScenarioFile,
    order: Annotated[
        str | None,
        typer.Option(
            help="order_id of its file, else its row in the ledger; the latest if left out."
        ),
    ] = None,
    replication: Annotated[int, typer.Option(min=0, help="Number of the replication.")] = 0,
    changes: Changes = [],  # noqa: B006 - typer copies it
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Say what became of an order, and why it was late."""
    from sim.report.order_words import order_text

    (loaded,) = load_all([scenario], changes, skip_bad_rows)
    print(order_text(loaded.explain(order, replication)))
