"""A finished study: its tables, kept in a folder and read back without simulation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from sim.errors import Fault, InputError
from sim.results.figure import Figure
from sim.runs.gate import State, Verdict, confidence_of_each, interim_analyses, verdict_estimate
from sim.runs.precision import Precise, precise

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure as Drawing

    from sim.scenario.targets import Precision, Target, Until


class Charts(Protocol):
    """The charts of a study, each a method; :mod:`sim.report.handles` brings them."""

    def __getattr__(self, name: str) -> Callable[..., Drawing]:
        """Return the chart of this name."""


@dataclass(frozen=True, repr=False)
class Study:
    """The results of a study."""

    if TYPE_CHECKING:

        @property
        def chart(self) -> Charts:
            """Its charts: ``study.chart.on_time_by_dgi()`` returns a figure that can be changed and saved."""

    manifest: dict[str, Any]
    """What they were made from."""
    tables: dict[str, pd.DataFrame]
    """Result tables by name."""

    def __repr__(self) -> str:
        points, replications = len(self.manifest["points"]), len(self.manifest["replications"])
        return f"<Study {self.name}, design points: {points}, replications: {replications}>"

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.manifest["scenario"]["name"])

    @property
    def factors(self) -> list[str]:
        """Dotted keys of the factors that were swept."""
        return list(self.manifest["points"][0])

    def summary(self) -> pd.DataFrame:
        """Return every measure of every design point, with intervals.

        Returns
        -------
        DataFrame
            ``point``, a column for each factor, ``measure, commitment, service, pool, mean, low,
            high, n``, and ``difference, difference_low, difference_high`` from the first design
            point. Shares are 0 to 1; other units stand in the measure's name.

        Examples
        --------
        Which of the guarantees leaves the fewest images over it?

        >>> import sim
        >>> study = sim.load("scenarios/professional.yaml", changes=("replications=2",)).run(verify=False)
        >>> rows = study.summary().query("measure == 'overflow_share' and commitment == 'all' and service == 'all'")
        >>> rows.set_index(study.factors[0])["mean"].idxmin()
        300
        """
        return self.tables["summary"].copy()

    def table(self, name: str) -> pd.DataFrame:
        """Return a result table; ``docs/glossary.md`` explains every column.

        Parameters
        ----------
        name
            - ``summary``: every measure with its interval, and its difference from the first design
              point
            - ``replications``: every measure of every replication
            - ``by_day``: images submitted, due, late, done, and the backlog, by calendar day
            - ``by_hour_of_week``: the same in a mean week, with editors busy and on shift
            - ``weekend``: backlog from Friday to Tuesday, hour by hour
            - ``due_by_weekday``: images due on each weekday
            - ``lateness``: images by hours from their deadline
            - ``late_causes``: what kept late images from their deadline
            - ``warm_up``: how long a warm-up MSER-5 suggests
            - ``flow_balance``: where every image of a run went

        Returns
        -------
        DataFrame
            Tidy: a row an observation, with ``point`` and a column for each factor in front. A
            copy.

        Raises
        ------
        KeyError
            With the known names, where there is no such table.

        Examples
        --------
        >>> import sim
        >>> scenario = sim.load("scenarios/professional.yaml", changes=("replications=1", "horizon.weeks=2"))
        >>> due = scenario.with_({"sweep": {}}).run(verify=False).table("due_by_weekday")
        >>> list(due.columns)
        ['point', 'weekday', 'quantity', 'mean', 'low', 'high']
        """
        if name not in self.tables:
            raise KeyError(f"{name!r} is no table; there are {', '.join(self.tables)}")
        return self.tables[name].copy()

    def figure(
        self, point: int, measure: str | Figure, *levels: str, **dimensions: str
    ) -> pd.Series | None:
        """Return the row of one figure of the summary.

        Parameters
        ----------
        point
            Number of the design point.
        measure
            The key of the figure; or the name of its measure, with levels of the dimensions behind
            it as in :class:`sim.results.figure.Figure`.
        *levels, **dimensions
            Commitment, service and pool, by position or by name; all of each if left out.

        Returns
        -------
        Series or None
            None where there was nothing to measure.
        """
        key = measure if isinstance(measure, Figure) else Figure(measure, *levels, **dimensions)
        rows = self.tables["summary"]
        for column, value in {"point": point, **key._asdict()}.items():
            rows = rows[rows[column] == value]
        return None if rows.empty else rows.iloc[0]

    @property
    def targets(self) -> list[Target]:
        """Targets of the scenario."""
        from sim.scenario.targets import Target

        return [Target(**target) for target in self.manifest["scenario"].get("targets", ())]

    @property
    def confidence(self) -> float:
        """Confidence of the intervals of all tables."""
        return float(self.manifest["scenario"].get("confidence", 0.95))

    def verdicts(self) -> list[Verdict]:
        """Return whether each design point meets each target, target by target.

        Returns
        -------
        list of Verdict
            Each on an interval of a confidence at which all hold together at the scenario's, over
            all interim analyses.
        """
        targets, points, n_analyses = (
            self.targets,
            self.manifest["points"],
            len(self._interim_analyses()),
        )
        wanted = confidence_of_each(self.confidence, len(targets) * len(points), n_analyses)
        return [
            Verdict(point, levels, target, verdict_estimate(row, self.confidence, wanted), wanted)
            for target in targets
            for point, levels in enumerate(points)
            for row in [self.figure(point, target.figure)]
        ]

    def fails(self, verdict: Verdict) -> bool:
        """Return whether a verdict fails the study.

        Missed, or not decided where the gate says so.
        """
        fail_undecided = self.manifest["scenario"].get("gate", {}).get("undecided") == "fail"
        return verdict.state is State.MISSED or (
            fail_undecided and verdict.state is State.UNDECIDED
        )

    def precision(self) -> list[Precise]:
        """Return the half-width that each design point reached.

        Empty where a number of replications was asked for.
        """
        asked = self._replications
        if isinstance(asked, int):
            return []
        return [
            precise(asked.until, levels, self.figure(point, asked.until.figure), self.confidence)
            for point, levels in enumerate(self.manifest["points"])
        ]

    @property
    def until(self) -> Until | None:
        """The figure whose interval decided the number of replications.

        None where a number was asked for.
        """
        return None if isinstance(self._replications, int) else self._replications.until

    @property
    def _replications(self) -> int | Precision:
        from sim.scenario.targets import Precision

        asked = self.manifest["scenario"].get("replications", len(self.manifest["replications"]))
        return asked if isinstance(asked, int) else Precision.model_validate(asked)

    def _interim_analyses(self) -> tuple[int, ...]:
        from sim.scenario.targets import Gate

        return interim_analyses(
            self._replications, Gate.model_validate(self.manifest["scenario"].get("gate", {}))
        )

    def write(self, folder: Path) -> None:
        """Write all tables as CSV, and the manifest, into an existing folder."""
        for name, table in self.tables.items():
            table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        text = json.dumps(self.manifest, indent=2, ensure_ascii=False) + "\n"
        (folder / "manifest.json").write_text(text, encoding="utf-8")


def read_study(folder: Path) -> Study:
    """Read a study that was written before.

    Parameters
    ----------
    folder
        A folder with ``manifest.json`` and the tables.

    Raises
    ------
    InputError
        Where the folder holds no study.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(
            Fault(str(folder), "", "holds no results", "name a folder that dgisim run wrote")
        ) from None
    return Study(manifest, {path.stem: pd.read_csv(path) for path in sorted(folder.glob("*.csv"))})
