"""The public handle of a scenario: load, change, run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import CutOffError
from sim.scenario.load import Case, load_case
from sim.study.manifest import manifest
from sim.study.offered import OfferedLoad, offered_load
from sim.study.replication import Task
from sim.study.run import Progress, executor_of, run_all, workers_or_default
from sim.study.study import Study
from sim.study.tables import tables

if TYPE_CHECKING:
    from sim.demand.order_file import OrderColumns
    from sim.scenario.schema import ScenarioSpec


@dataclass(frozen=True)
class Scenario:
    """A scenario that can be changed and run; changing gives a new one."""

    case: Case
    """The checked file with everything it refers to."""

    @property
    def spec(self) -> ScenarioSpec:
        """The checked scenario, as read-only attributes."""
        return self.case.spec

    @property
    def order_files(self) -> Mapping[str, OrderColumns]:
        """Orders of the files that are replayed, by the name that the scenario gives them."""
        return {name: replay.columns for name, replay in self.case.replays.items()}

    def with_(self, changes: Mapping[str, Any]) -> Scenario:
        """Return the scenario with other values at dotted keys.

        Parameters
        ----------
        changes
            For example ``{"plans.professional.standard.guaranteed_per_day": 150}``. Entries of lists are named by
            their name: ``customers.us-fashion.demand.orders_per_day``.

        Raises
        ------
        InputError
            Where a key leads nowhere or a value does not fit.
        """
        return Scenario(self.case.with_changes(changes))

    def offered_load(self) -> OfferedLoad:
        """Return the work that the demand brings to each pool, against the hours of its roster."""
        return offered_load(self.spec, self.order_files)

    def warnings(self) -> list[str]:
        """Return what a planner should know before a run: pools that cannot keep up, orders that are left out."""
        found = self.offered_load()
        texts = [
            f"pool {pool!r} is offered {load:.0%} of its roster: its backlog grows from week to week"
            for pool, load in zip(found.pools, found.load, strict=True)
            if load > 1
        ]
        for name, replay in self.case.replays.items():
            at = replay.columns.submitted_at
            outside = int(((at < self.spec.horizon.start_at) | (at >= self.spec.horizon.end_at)).sum())
            if outside:
                texts.append(f"{name}: {outside:,} of {len(at):,} orders lie outside the horizon and are left out")
            if replay.bad_rows:
                texts.append(f"{name}: {len(replay.bad_rows):,} bad rows were passed over, see bad_rows.csv")
        return texts

    def write_bad_rows(self, folder: Path) -> None:
        """Write the rows of order files that were passed over to ``bad_rows.csv``, if there are any."""
        import pandas as pd

        rows = [
            {"file": name, "line": row.line, "reason": row.reason, "row": row.text}
            for name, replay in self.case.replays.items()
            for row in replay.bad_rows
        ]
        if rows:
            pd.DataFrame(rows).to_csv(folder / "bad_rows.csv", index=False, lineterminator="\n")

    def run(
        self, *, workers: int | None = 1, progress: Progress = lambda _: None, ledgers: Path | None = None
    ) -> Study:
        """Run all replications of all design points.

        Parameters
        ----------
        workers
            Processes; None for one a core. The results are the same to the byte.
        progress
            Told the number of finished replications, as they finish.
        ledgers
            A folder in which the ledger of every run is written as Parquet.

        Returns
        -------
        Study
            Tables and manifest. After Ctrl-C, of the replications that were finished.

        Raises
        ------
        CutOffError
            After Ctrl-C, where none was finished.
        """
        began = time.monotonic()
        points = list(self.case.points())
        # A factor may name order files: the points bring theirs.
        replays = {name: columns for _, case in points for name, columns in Scenario(case).order_files.items()}
        task = Task(tuple(case.spec for _, case in points), replays, ledgers)
        n = workers_or_default(workers, self.spec.replications)
        with executor_of(n) as executor:
            finished = run_all(task, range(self.spec.replications), executor, progress)
        if not finished.replications:
            raise CutOffError("no replication was finished")
        levels = [levels for levels, _ in points]
        results = tables(self.spec, levels, finished.outcomes, finished.replications)
        return Study(manifest(self.case, levels, finished, time.monotonic() - began, n), results)


def load(path: str | Path, *, changes: tuple[str, ...] = (), skip_bad_rows: bool = False) -> Scenario:
    """Load a scenario file.

    Parameters
    ----------
    path
        The YAML file.
    changes
        ``key=value`` texts, as after ``--set``.
    skip_bad_rows
        Pass over bad rows of order files.

    Returns
    -------
    Scenario
        Ready to run.

    Raises
    ------
    InputError
        With all faults.
    """
    return Scenario(load_case(Path(path), changes, skip_bad_rows))
