"""A finished study: its tables, kept in a folder and read back without simulation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import inf, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.errors import Fault, InputError

if TYPE_CHECKING:
    from sim.scenario.schema import Target

LEADING = ("point", "measure", "commitment", "service", "pool")


@dataclass(frozen=True)
class Verdict:
    """Whether a design point meets a target."""

    point: int
    levels: dict[str, Any]
    target: Target
    mean: float
    low: float
    high: float
    met: bool
    """Judged on the mean; a figure that could not be measured misses."""

    def __str__(self) -> str:
        """Return the verdict in a sentence."""
        target = self.target
        of = ", ".join(part for part in (target.commitment, target.service, target.pool) if part != "all") or "all"
        bounds = {"at least": target.at_least, "at most": target.at_most}
        asked = " and ".join(f"{word} {bound:g}" for word, bound in bounds.items() if bound is not None)
        where = ", ".join(f"{key} = {value}" for key, value in self.levels.items())
        most = 1.0 if target.measure.endswith("_share") else inf
        found = f"{self.mean:.4g} ({max(self.low, 0.0):.4g} to {min(self.high, most):.4g})"
        return f"{'met' if self.met else 'MISSED'}: {target.measure} of {of} {asked}: {found}{where and f' at {where}'}"


@dataclass(frozen=True)
class Study:
    """The results of a study."""

    manifest: dict[str, Any]
    """What they were made from."""
    tables: dict[str, pd.DataFrame]
    """Result tables by name."""

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
            ``point``, a column for each factor, ``measure, commitment, service, pool, mean, low, high, n``, and
            ``difference, difference_low, difference_high`` from the first design point. Shares are 0 to 1;
            other units stand in the measure's name.
        """
        return self.tables["summary"].copy()

    def table(self, name: str) -> pd.DataFrame:
        """Return another result table: ``by_day``, ``by_hour_of_week``, ``weekend``, ``replications`` and so on.

        Raises
        ------
        KeyError
            With the known names, where there is no such table.
        """
        if name not in self.tables:
            raise KeyError(f"{name!r} is no table; there are {', '.join(self.tables)}")
        return self.tables[name].copy()

    def figure(
        self, point: int, measure: str, commitment: str = "all", service: str = "all", pool: str = "all"
    ) -> pd.Series | None:
        """Return the row of one figure of the summary, or None where there was nothing to measure."""
        wanted = dict(zip(LEADING, (point, measure, commitment, service, pool), strict=True))
        rows = self.tables["summary"]
        for column, value in wanted.items():
            rows = rows[rows[column] == value]
        return None if rows.empty else rows.iloc[0]

    def verdicts(self, targets: tuple[Target, ...]) -> list[Verdict]:
        """Return whether each design point meets each target."""
        return [
            self._verdict(point, levels, target)
            for target in targets
            for point, levels in enumerate(self.manifest["points"])
        ]

    def _verdict(self, point: int, levels: dict[str, Any], target: Target) -> Verdict:
        row = self.figure(point, target.measure, target.commitment, target.service, target.pool)
        if row is None:
            return Verdict(point, levels, target, nan, nan, nan, met=False)
        met = (target.at_least is None or row["mean"] >= target.at_least) and (
            target.at_most is None or row["mean"] <= target.at_most
        )
        return Verdict(point, levels, target, float(row["mean"]), float(row["low"]), float(row["high"]), bool(met))

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
        raise InputError(Fault(str(folder), "", "holds no results", "name a folder that dgisim run wrote")) from None
    return Study(manifest, {path.stem: pd.read_csv(path) for path in sorted(folder.glob("*.csv"))})
