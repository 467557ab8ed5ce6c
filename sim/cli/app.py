"""What all commands share: the application, exit codes, options, and the loading of scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.errors import Exit as Exit
from sim.errors import Fault, InputError

if TYPE_CHECKING:
    from sim.runs.executor import Executor
    from sim.study.scenario import Scenario


app = typer.Typer(
    name="dgisim",
    help="Simulate the production capacity of an image-editing service that sells under an SLA.",
    epilog="Exit codes: 0 done, 1 a target missed or a figure worse, 2 bad input, 3 cut off (what was finished is "
    "kept), 4 the engines differ (a fault of dgisim).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich takes longer to load than all the rest of the help
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

Scenarios = Annotated[
    list[Path],
    typer.Argument(metavar="SCENARIO...", help="Scenario files (YAML).", show_default=False),
]
Changes = Annotated[
    list[str],
    typer.Option("--set", metavar="KEY=VALUE", help="Change a value, for example replications=5."),
]
Replications = Annotated[int | None, typer.Option(min=1, help="Instead of the scenario's.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Runs at once; one a core if left out.")]
StoreFolder = Annotated[
    str,
    typer.Option(
        "--store", envvar="DGISIM_STORE", help="Folder that keeps finished runs; none keeps none."
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", help="Dask scheduler whose workers make the runs: tcp://host:port."
    ),
]
STORE = ".dgisim"
Engine = Annotated[
    str | None, typer.Option(help="auto, simpy or compiled, instead of the scenario's.")
]
Out = Annotated[Path, typer.Option(help="Folder of the results.")]
REPORTS = Path("reports")
ScenarioFile = Annotated[
    Path, typer.Argument(metavar="SCENARIO", help="Scenario file (YAML).", show_default=False)
]
SkipBadRows = Annotated[
    bool, typer.Option("--skip-bad-rows", help="Pass over bad rows of order files, and list them.")
]


def with_options(changes: list[str], **options: object) -> list[str]:
    """Return the changes of --set, with those of the options that were given."""
    return [*changes, *(f"{key}={value}" for key, value in options.items() if value is not None)]


def executor_of(workers: int | None, store: str, cluster: str | None) -> Executor:
    """Return who makes the runs, from the options."""
    from sim.runs.executor import Executor
    from sim.runs.store import NOWHERE, Store

    return Executor(workers, NOWHERE if store == "none" else Store.open(Path(store)), cluster)


def load_all(paths: list[Path], changes: list[str], skip_bad_rows: bool) -> list[Scenario]:
    """Load all scenarios, and report the faults of all at once."""
    from sim.study.scenario import load

    loaded: list[Scenario] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            loaded.append(load(path, changes=tuple(changes), skip_bad_rows=skip_bad_rows))
        except InputError as error:
            faults += error.faults
    names = [scenario.spec.name for scenario in loaded]
    faults += [
        Fault(
            str(path),
            name,
            "is the name of another scenario of this call",
            "give each a name of its own",
        )
        for number, (path, name) in enumerate(zip(paths, names, strict=False))
        if name in names[:number]
    ]
    if faults:
        raise InputError(dict.fromkeys(faults))
    return loaded
