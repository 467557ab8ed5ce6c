"""The SimPy model stays in charge.

Runs are made again on both engines, and their ledgers compared row by row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.errors import DisagreementError
from sim.plant.record import record
from sim.plant.run_input import prepare_run_input
from sim.results.compare import (
    Difference,
    first_difference,
    history,
    n_rows,
    row_texts,
)
from sim.runs.engines import engine_for, ledger_of, marks_until
from sim.runs.replication import Task, at_point, draw

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sim.plant.draws import Draws
    from sim.results.ledger import Ledger
    from sim.runs.run import Finished
    from sim.runs.store import Nowhere

NAME = "verified"
"""Of the file in the store."""
MOST_VISITS = 100_000
"""Visits of a study that are made again on the SimPy model: a second of its time."""


@dataclass(frozen=True)
class Comparison:
    """A run on both engines."""

    replication: int
    point: int
    n_rows: int
    """Rows of the reference's ledger, all of them compared."""
    difference: Difference | None
    """The first row that differs."""
    ledgers: tuple[Ledger, Ledger] | None
    """Reference and compiled, kept only where they differ."""

    def rows(self) -> tuple[dict[str, str], ...]:
        """Return the row that differs as each engine left it, by column.

        Empty where it left none.
        """
        return tuple(
            row_texts(ledger, self.difference) for ledger in self.ledgers or () if self.difference
        )

    def histories(self) -> tuple[list[tuple[str, ...]], ...]:
        """Return all visits of the image of that row under each engine."""
        image = self.difference.image if self.difference else None
        return tuple(history(ledger, image) for ledger in self.ledgers or () if image is not None)


def comparisons(task: Task, replications: Sequence[int]) -> Iterator[Comparison]:
    """Run everything on both engines, and yield what came out, run by run.

    Parameters
    ----------
    task
        Design points and order files.
    replications
        Their numbers.

    Yields
    ------
    Comparison
        For each replication one a design point.

    Raises
    ------
    InputError
        Where the compiled engine cannot do what a scenario asks for.
    """
    for replication in replications:
        for group in task.groups:
            draws = draw(task, replication, group)
            for point in group:
                yield compared(task, at_point(task, draws, replication, point), replication, point)


def compared(task: Task, draws: Draws, replication: int, point: int) -> Comparison:
    """Run a draws at one design point on both engines; arguments as :func:`run_point`.

    What is equal row by row is counted equally: there is one counter, of either engine's log.
    """
    spec = task.points[point]
    run_input = prepare_run_input(spec, draws)
    engine_for(spec.model_copy(update={"engine": "compiled"}), run_input)
    reference, other = ledger_of("simpy", spec, run_input), ledger_of("compiled", spec, run_input)
    difference = first_difference(reference, other)
    return Comparison(
        replication,
        point,
        n_rows(reference),
        difference,
        (reference, other) if difference else None,
    )


def compared_until(task: Task, draws: Draws, replication: int, point: int) -> Comparison:
    """Compare all rows of a run that began among the first `MOST_VISITS`; as :func:`compared`."""
    spec = task.points[point]
    run_input = prepare_run_input(spec, at_point(task, draws, replication, point))
    reference, other = (
        record(spec, run_input, marks) for marks in marks_until(run_input, MOST_VISITS)
    )
    difference = first_difference(reference, other)
    ledgers = (reference, other) if difference else None
    return Comparison(replication, point, n_rows(reference), difference, ledgers)


def verify_shortest(task: Task, finished: Finished, store: Nowhere) -> dict[str, Any] | None:
    """Make the shortest compiled run of a study again on the SimPy model, and compare the ledgers.

    Parameters
    ----------
    task
        What was run.
    finished
        What came out.
    store
        Where it is kept that the ledgers are equal, and found again.

    Returns
    -------
    dict or None
        Replication, point and number of rows, for the manifest; None where no run was compiled.

    Raises
    ------
    DisagreementError
        Where one row differs.

    Notes
    -----
    The shortest run is that of the fewest visits, and of those the first replication and point. Its
    first `MOST_VISITS` visits are compared: what a run did up to an instant depends on nothing
    after it. That is enough for an alarm that costs little: a study that takes a minute would take
    an hour with all runs. ``dgisim verify`` compares them all, and to their ends.
    """
    runs = [
        (outcome.n_visits, replication, point)
        for replication, outcomes in zip(finished.replications, finished.outcomes, strict=True)
        for point, outcome in enumerate(outcomes)
        if outcome.engine == "compiled"
    ]
    if not runs:
        return None
    _, replication, point = min(runs)
    if kept := store.recall(task, point, replication, NAME):
        return {"replication": replication, "point": point, **kept}
    found = compared_until(task, draw(task, replication, (point,)), replication, point)
    if found.difference:
        raise DisagreementError(
            f"{task.points[point].name}: the compiled engine differs from the SimPy model in replication {replication} "
            f"at point {point}: {found.difference}. This is a fault of dgisim: write engine: simpy, whose results "
            "stand, and report the scenario with its seed"
        )
    store.remember(task, point, replication, NAME, {"rows": found.n_rows})
    return {"replication": replication, "point": point, "rows": found.n_rows}
