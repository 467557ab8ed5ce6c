"""The commands on the store of finished runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim import terminal
from sim.cli.app import STORE, Changes, Replications, Scenarios, SkipBadRows, load_all, with_options
from sim.errors import Fault, InputError

if TYPE_CHECKING:
    from sim.runs.store import Store

store_app = typer.Typer(
    name="store", help="Look into the store of finished runs.", no_args_is_help=True
)
Folder = Annotated[
    Path, typer.Option("--store", envvar="DGISIM_STORE", help="Folder of the store.")
]


def _store(folder: Path) -> Store:
    from sim.runs.store import Store

    if not folder.is_dir():
        raise InputError(
            Fault(
                "--store",
                str(folder),
                "is no folder",
                "name the folder that dgisim run --store used",
            )
        )
    return Store(folder)


@store_app.command("list")
def list_(folder: Folder = Path(STORE)) -> None:
    """List the design points that are kept, the latest first."""
    import pandas as pd

    from sim.runs.inspection import kept_points

    points = kept_points(_store(folder))
    rows = [
        {
            "key": point.folder.name[:12],
            "scenario": point.about.get("name", ""),
            "replications": len(point.replications),
            "kB": f"{point.n_bytes / 1e3:,.0f}",
            "last kept": f"{point.last_kept_at:%Y-%m-%d %H:%M} UTC",
            "made by": "this code" if point.is_current else "other code",
        }
        for point in points
    ]
    if rows:
        terminal.print_frame(f"{folder}", pd.DataFrame(rows))
    total = sum(len(point.replications) for point in points)
    print(
        f"{total:,} runs at {len(points):,} design points, {sum(point.n_bytes for point in points) / 1e6:,.1f} MB"
    )


@store_app.command()
def why(
    scenarios: Scenarios,
    changes: Changes = [],  # noqa: B006 - typer copies it
    replications: Replications = None,
    skip_bad_rows: SkipBadRows = False,
    folder: Folder = Path(STORE),
) -> None:
    """Say which runs of scenarios are kept, and why the others are not."""
    import pandas as pd

    kept = _store(folder)
    for scenario in load_all(
        scenarios, with_options(changes, replications=replications), skip_bad_rows
    ):
        wanted = scenario.spec.first_replications
        rows = [
            {
                "at": ", ".join(f"{key} = {level}" for key, level in levels.items()) or "as it is",
                "kept": f"{reason.n_kept} of {wanted}",
                "why not": reason.text,
            }
            for levels, reason in scenario.kept(kept)
        ]
        terminal.print_frame(scenario.spec.name, pd.DataFrame(rows))


@store_app.command()
def prune(
    everything: Annotated[bool, typer.Option("--all", help="Remove all that is kept.")] = False,
    folder: Folder = Path(STORE),
) -> None:
    """Remove what other code made, and what killed programs left half-written."""
    from sim.runs.inspection import prune as pruned

    n_points, n_bytes = pruned(_store(folder), everything)
    print(f"removed {n_points:,} design points, {n_bytes / 1e6:,.1f} MB")
