"""The public handle of a scenario: load, change, run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import CutOffError
from sim.runs.executor import Executor
from sim.runs.inspection import Reason, reasons
from sim.runs.replication import Task
from sim.runs.run import Finished, Progress, run_until_enough
from sim.runs.store import NOWHERE, Nowhere
from sim.runs.verify import Comparison, comparisons, verify_shortest
from sim.scenario.load import Case, load_case
from sim.study.explain import OrderStory, explained
from sim.study.late_causes import causes_of_study, late_causes
from sim.study.manifest import manifest
from sim.study.offered import OfferedLoad, offered_load
from sim.study.study import Study
from sim.study.tables import tables
from sim.study.warm_up import warm_up_table

if TYPE_CHECKING:
    import pandas as pd

    from sim.demand.order_file import OrderColumns
    from sim.runs.store import Store
    from sim.scenario.load import Levels
    from sim.scenario.schema import ScenarioSpec


@dataclass(frozen=True, repr=False)
class Scenario:
    """A scenario that can be changed and run; changing gives a new one."""

    case: Case
    """The checked file with everything it refers to."""

    def __repr__(self) -> str:
        points = sum(1 for _ in self.case.levels())
        return f"<Scenario {self.spec.name}, design points: {points}, replications: {self.spec.first_replications}>"

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
            For example ``{"plans.professional.standard.guaranteed_per_day": 150}``. Entries of
            lists are named by their name: ``customers.us-fashion.demand.orders_per_day``.

        Raises
        ------
        InputError
            Where a key leads nowhere or a value does not fit.

        Examples
        --------
        >>> import sim
        >>> today = sim.load("scenarios/professional.yaml")
        >>> crew = today.with_({"plant.pools.retouch.roster.3.editors": 16, "replications": 2})
        >>> [given.spec.plant.pools[0].roster[3].editors for given in (today, crew)]
        [8, 16]
        """
        return Scenario(self.case.with_changes(changes))

    def offered_load(self) -> OfferedLoad:
        """Return the work that the demand brings to each pool, against the hours of its roster."""
        return offered_load(self.spec, self.order_files)

    def warnings(self) -> list[str]:
        """Return what a planner should know before a run.

        Pools that cannot keep up, orders that are left out.
        """
        found = self.offered_load()
        texts = [
            f"pool {pool!r} is offered {load:.0%} of its roster: its backlog grows from week to week"
            for pool, load in zip(found.pools, found.load, strict=True)
            if load > 1
        ]
        for name, replay in self.case.replays.items():
            at = replay.columns.submitted_at
            outside = int(
                ((at < self.spec.horizon.start_at) | (at >= self.spec.horizon.end_at)).sum()
            )
            if outside:
                texts.append(
                    f"{name}: {outside:,} of {len(at):,} orders lie outside the horizon and are left out"
                )
            if replay.bad_rows:
                texts.append(
                    f"{name}: {len(replay.bad_rows):,} bad rows were passed over, see bad_rows.csv"
                )
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
        self,
        *,
        engine: str | None = None,
        workers: int | None = 1,
        store: Nowhere = NOWHERE,
        cluster: str | None = None,
        verify: bool = True,
        on_progress: Progress = lambda _: None,
        verifying: Callable[[], None] = lambda: None,
        ledgers: Path | None = None,
    ) -> Study:
        """Run all replications of all design points, and more where the gate asks for them to decide a target.

        Parameters
        ----------
        engine
            ``auto``, ``simpy`` or ``compiled``, instead of the scenario's. The results are the same
            to the byte.
        workers
            Runs at once: threads of the compiled engine, or processes of the SimPy model; None for
            one a core. The results are the same to the byte.
        store
            A :class:`Store`, in which finished runs are kept, and found again.
        cluster
            Address of a Dask scheduler whose workers make the runs, such as
            ``tcp://10.0.0.5:8786``.
        verify
            Make the shortest compiled run again on the SimPy model, and compare all rows.
        on_progress
            Told the number of finished replications, as they finish.
        verifying
            Called when all are finished and the comparison begins.
        ledgers
            A folder in which the ledger of every run is written as Parquet.

        Returns
        -------
        Study
            Tables and manifest. After Ctrl-C, of the replications that were finished.

        Raises
        ------
        InputError
            Where the engine is unknown, or cannot do what the scenario asks for.
        CutOffError
            After Ctrl-C, where none was finished.
        DisagreementError
            Where the compared rows differ.
        """
        began, n_found = time.monotonic(), store.n_found
        scenario = self.with_({"engine": engine}) if engine else self
        levels, task = scenario._task(ledgers)
        executor = Executor(workers, store, cluster)
        finished = run_until_enough(task, executor, on_progress)
        if not finished.replications:
            raise CutOffError("no replication was finished")
        verified: Any = False
        if verify and not finished.cut_off:
            verifying()
            finished, verified = _verified(task, finished, store)
        finished, causes = _with_causes(task, levels, finished, self.spec.confidence, store)
        n = executor.number(task, self.spec.first_replications)
        results = tables(self.spec, levels, finished.outcomes, finished.replications) | {
            "late_causes": causes
        }
        warm_up_weeks = self.spec.horizon.warm_up_weeks
        results["warm_up"] = warm_up_table(
            finished.outcomes, levels, warm_up_weeks, self.spec.confidence
        )
        made = {
            "seconds": round(time.monotonic() - began, 3),
            "workers": n,
            "from_store": store.n_found - n_found,
        }
        return Study(manifest(scenario.case, levels, finished, verified, made), results)

    def verify(self) -> Iterator[Comparison]:
        """Run all replications of all design points on both engines, and compare their ledgers row by row.

        Yields
        ------
        Comparison
            As the runs are done, replication by replication; the first that differs is worth a
            report.

        Raises
        ------
        InputError
            Where the compiled engine cannot do what the scenario asks for.
        """
        _, task = self._task(None)
        yield from comparisons(task, range(self.spec.first_replications))

    def kept(self, store: Store) -> list[tuple[Levels, Reason]]:
        """Return for each design point how many of the scenario's replications a store has, and why not all."""
        levels, task = self._task(None)
        return list(
            zip(levels, reasons(store, task, range(self.spec.first_replications)), strict=True)
        )

    def late_causes(self, replications: Sequence[int] = (0,)) -> pd.DataFrame:
        """Return how many late images each cause explains; see :func:`sim.study.late_causes.late_causes`.

        Parameters
        ----------
        replications
            Numbers of the replications that are made again without each cause.
        """
        levels, task = self._task(None)
        return late_causes(task, levels, replications, self.spec.confidence)

    def explain(self, order: str | None = None, replication: int = 0) -> OrderStory:
        """Return what became of an order, and why; see :func:`sim.study.explain.explained`. The sweep is left out.

        Parameters
        ----------
        order
            Its ID: the ``order_id`` of its order file, or else its number in the ledger; None for
            the order with the latest image.
        replication
            Number of the replication.
        """
        return explained(self.spec, self.order_files, replication, order)

    def _task(self, ledgers: Path | None) -> tuple[list[Levels], Task]:
        """Return the levels of the design points, and what is to be run."""
        points = list(self.case.points())
        # A factor may name order files: the points bring theirs.
        replays = {
            name: columns
            for _, case in points
            for name, columns in Scenario(case).order_files.items()
        }
        return [levels for levels, _ in points], Task(
            tuple(case.spec for _, case in points), replays, ledgers
        )


def _verified(task: Task, finished: Finished, store: Nowhere) -> tuple[Finished, Any]:
    """Compare the shortest run; one who stops that is kept from nothing, but the results are not verified."""
    try:
        return finished, verify_shortest(task, finished, store)
    except KeyboardInterrupt:
        return replace(finished, cut_off=True), False


def _with_causes(
    task: Task, levels: Sequence[Levels], finished: Finished, confidence: float, store: Nowhere
) -> tuple[Finished, pd.DataFrame]:
    """Return the causes of lateness of the first replication.

    None of them where the user stops that.
    """
    try:
        return finished, causes_of_study(task, levels, finished, confidence, store)
    except KeyboardInterrupt:
        cut_off = replace(finished, cut_off=True)
        return cut_off, causes_of_study(task, levels, cut_off, confidence, store)


def load(
    path: str | Path, *, changes: tuple[str, ...] = (), skip_bad_rows: bool = False
) -> Scenario:
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

    Examples
    --------
    >>> import sim
    >>> sim.load("scenarios/professional.yaml", changes=("replications=2", "seed=7"))
    <Scenario professional, design points: 5, replications: 2>
    >>> sim.load("scenarios/professional.yaml", changes=("replications=none",))
    Traceback (most recent call last):
    sim.errors.InputError: --set replications: 'none' must be a whole number or a mapping of ...
    """
    return Scenario(load_case(Path(path), changes, skip_bad_rows))
