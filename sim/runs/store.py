"""A store of finished runs, by what determines each: none is ever made twice."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from sim.errors import Fault, InputError
from sim.runs.identity import identity
from sim.runs.outcome_file import read_outcome, write_outcome
from sim.runs.replication import Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.runs.replication import Task

POINT = "point.json"
PART = ".part"
"""How the name of a file ends that is being written: what is left of one is nobody's."""


class Nowhere:
    """Keeps nothing, and finds nothing."""

    n_found = 0
    fault = ""

    def read(self, task: Task, replication: int) -> list[Run]:
        """Return the runs of a replication that are kept."""
        return []

    def keep(self, task: Task, run: Run) -> None:
        """Keep a run."""

    def recall(self, task: Task, point: int, replication: int, name: str) -> Any:
        """Return what else was worked out about a run, None where it was not."""

    def remember(self, task: Task, point: int, replication: int, name: str, found: Any) -> None:
        """Keep what was worked out about a run: plain data, and a function of the run."""


NOWHERE = Nowhere()


@dataclass
class Store(Nowhere):
    """Stored runs: one folder a design point, by its key; a Parquet file a replication.

    A file is written beside its place and put there in one step. So whoever is killed, or shares
    the folder, leaves and finds whole files only; two that make the same run write the same file.
    """

    folder: Path
    n_found: int = 0
    """Runs that were found so far."""
    fault: str = field(default="", init=False)
    """Why no more runs are kept, where one could not be written."""

    @classmethod
    def open(cls, folder: Path) -> Store:
        """Return the store in a folder, which is made if needed.

        Raises
        ------
        InputError
            Where the folder cannot be written.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        except OSError as error:
            reason = error.strerror or str(error)
            remedy = "name another folder with --store, or none"
            raise InputError(
                Fault(str(folder), "", f"cannot be written: {reason}", remedy)
            ) from None
        return cls(folder)

    def read(self, task: Task, replication: int) -> list[Run]:
        """Return the runs of a replication that are kept.

        One whose file is damaged counts as none.
        """
        runs = []
        for point, key in enumerate(task.keys):
            try:
                outcome = read_outcome(self.folder / key / f"{replication}.parquet")
            except (OSError, ValueError, KeyError):
                continue
            runs.append(Run(replication, point, outcome))
        self.n_found += len(runs)
        return runs

    def keep(self, task: Task, run: Run) -> None:
        """Keep a run.

        Where it cannot be written, this and all that follow are let go, and `fault` says why.
        """
        self._keep(
            task,
            run.point,
            f"{run.replication}.parquet",
            lambda path: write_outcome(run.outcome, path),
        )

    def recall(self, task: Task, point: int, replication: int, name: str) -> Any:
        """Return what else was worked out about a run; None if it was not, or is damaged."""
        try:
            return json.loads(
                (self.folder / task.keys[point] / f"{replication}.{name}.json").read_bytes()
            )
        except (OSError, ValueError):
            return None

    def remember(self, task: Task, point: int, replication: int, name: str, found: Any) -> None:
        """Keep what was worked out about a run: plain data, and a function of the run."""
        text = json.dumps(found)
        self._keep(
            task,
            point,
            f"{replication}.{name}.json",
            lambda path: path.write_text(text, encoding="utf-8"),
        )

    def _keep(self, task: Task, point: int, name: str, write: Callable[[Path], Any]) -> None:
        folder = self.folder / task.keys[point]
        try:
            if not self.fault:
                self._put(task, point, folder / name, write)
        except OSError as error:
            self.fault = f"{folder / name}: {error.strerror or error}"

    def _put(self, task: Task, point: int, place: Path, write: Callable[[Path], Any]) -> None:
        try:
            self._begin(place.parent, task, point)
            _write(place, write)
        except FileNotFoundError:  # the store was pruned at that instant
            self._begin(place.parent, task, point)
            _write(place, write)

    def _begin(self, folder: Path, task: Task, point: int) -> None:
        """Make the folder of a design point, and say there what determines its runs."""
        if (folder / POINT).exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        spec = task.points[point]
        text = json.dumps({"name": spec.name, **identity(spec, task.replays)}, indent=1)
        _write(folder / POINT, lambda path: path.write_text(text, encoding="utf-8"))


def _write(place: Path, write: Callable[[Path], Any]) -> None:
    """Write a file beside its place, and put it there in one step."""
    with NamedTemporaryFile(
        prefix=f".{place.stem}-", suffix=PART, dir=place.parent, delete=False
    ) as beside:
        part = Path(beside.name)
    try:
        write(part)
        os.replace(part, place)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
