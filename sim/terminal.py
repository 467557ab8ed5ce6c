"""What the command line shows.

Results on the standard output, everything else on the standard error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pandas import DataFrame
    from rich.table import Table

    from sim.runs.store import Nowhere
    from sim.runs.verify import Comparison
    from sim.study.offered import OfferedLoad
    from sim.study.scenario import Scenario
    from sim.study.study import Study

# Rich is imported where it is used: help comes without it.

ENGINES = ("simpy", "compiled")


def say(text: str) -> None:
    """Say something that is no result."""
    from rich.console import Console

    Console(stderr=True, soft_wrap=True, highlight=False).print(text)


def warn(scenario: Scenario) -> None:
    """Say what a planner should know before a run."""
    for warning in scenario.warnings():
        say(f"[bold]warning:[/] {_escaped(warning)}")


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


@contextmanager
def on_progress(
    scenario: Scenario,
) -> Iterator[tuple[Callable[[int], None], Callable[[str], None]]]:
    """Show a bar with the time left, where someone is looking.

    Give what moves it, and what says what is done.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        name = _escaped(scenario.spec.name)
        task = bar.add_task(name, total=scenario.spec.first_replications)
        yield (
            lambda done: bar.update(
                task, completed=done, total=max(done, scenario.spec.first_replications)
            ),
            lambda on_status: bar.update(task, description=f"{name}: {on_status}"),
        )


@contextmanager
def on_status(scenario: Scenario) -> Iterator[Callable[[str], None]]:
    """Show what is being done, where someone is looking and nobody knows how long it takes.

    Give what says it.
    """
    from rich.console import Console

    console = Console(stderr=True)
    name = _escaped(scenario.spec.name)
    with console.status(name) if console.is_terminal else nullcontext() as status:
        yield lambda text: status.update(f"{name}: {_escaped(text)}") if status else None


def _table(title: str, *columns: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=_escaped(title), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(_escaped(column), justify="left" if number == 0 else "right")
    return table


def _print(table: Table) -> None:
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console.width = 160
    console.print(table)


def print_study(study: Study, folder: Path) -> None:
    """Print the headline figures of a study, and where the rest is."""
    from sim.report.summary import summary_table

    replications = len(study.manifest["replications"])
    title = f"{study.name}: {replications} replications, {100 * study.confidence:g} % intervals"
    print_frame(title, summary_table(study))
    page = folder / "report.html"
    print(
        f"the page is {page}, with all tables beside it"
        if page.exists()
        else f"the results are in {folder}"
    )


def print_verdicts(study: Study) -> None:
    """Print each target and whether it is met."""
    from sim.report.cautions import precision_words

    if words := precision_words(study):
        print(words)
    for verdict in study.verdicts():
        print(verdict)


def warn_of_study(study: Study) -> None:
    """Say what has to be minded: how many verdicts the noise leaves open, a warm-up that is too short."""
    from sim.report.cautions import cautions
    from sim.runs.gate import State

    for caution in cautions(study):
        say(f"[bold]warning:[/] {_escaped(caution)}")
    verdicts = study.verdicts()
    if n := sum(verdict.state is State.UNDECIDED for verdict in verdicts):
        done = len(study.manifest["replications"])
        remedy = "more would decide: raise gate.most_replications, or replications"
        say(
            f"[bold]warning:[/] {n} of {len(verdicts)} verdicts are not decided by {done} replications; {remedy}"
        )


def say_of_store(store: Nowhere) -> None:
    """Say how many runs were found in the store, and why no more are kept, where one could not be written."""
    if store.n_found:
        say(f"{store.n_found:,} runs were made before and come from the store")
    if store.fault:
        say(f"[bold]warning:[/] finished runs are no longer kept: {_escaped(store.fault)}")


def print_frame(title: str, frame: DataFrame) -> None:
    """Print a table of words."""
    table = _table(title, *map(str, frame.columns))
    for row in frame.itertuples(index=False):
        table.add_row(*(_escaped(str(cell)) for cell in row))
    _print(table)


def print_comparison(name: str, found: Comparison) -> None:
    """Print the row that differs, and all visits of its image, under both engines."""
    from sim.results.compare import HISTORY

    print(f"{name}: replication {found.replication}, point {found.point}: {found.difference}")
    reference, other = found.rows()
    table = _table("the row", "column", "simpy", "compiled")
    for column in reference or other:
        table.add_row(column, reference.get(column, ""), other.get(column, ""))
    _print(table)
    table = _table("all visits of the image", "station", "engine", *HISTORY[1:], "")
    for visits in zip_longest(*found.histories()):
        for engine, visit in zip(ENGINES, visits, strict=True):
            if visit:
                table.add_row(
                    _escaped(visit[0]),
                    engine,
                    *visit[1:],
                    "" if visits[0] == visits[1] else "differs",
                )
    _print(table)


def print_load(name: str, load: OfferedLoad) -> None:
    """Print the offered load of each pool against its roster."""
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    table = _table(
        f"{name}: offered work / roster, in editor-hours of a mean week",
        "pool",
        *days,
        "week",
        "load",
    )
    for number, pool in enumerate(load.pools):
        pairs = [*zip(load.offered[number], load.capacity[number], strict=True)]
        pairs.append((load.offered[number].sum(), load.capacity[number].sum()))
        cells = [f"{offered:,.0f} / {capacity:,.0f}" for offered, capacity in pairs]
        table.add_row(_escaped(pool), *cells, f"{100 * load.load[number]:.0f} %")
    _print(table)
