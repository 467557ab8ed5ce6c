"""What a store holds, why runs are not in it, and how it is cleared."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sim.runs.identity import code, identity
from sim.runs.store import PART, POINT

if TYPE_CHECKING:
    from pathlib import Path

    from sim.runs.replication import Task
    from sim.runs.store import Store

ABSENT = "absent"
"""Said of a key that one of two scenarios does not have."""
KEY = r"[0-9a-f]{64}"
"""Names of the folders that are a store's own."""
MOST_DIFFERENCES = 3
"""Differences from the nearest kept point that are named."""


@dataclass(frozen=True)
class KeptPoint:
    """A design point in a store."""

    folder: Path
    about: dict[str, Any]
    """What determines its runs, as :func:`sim.runs.identity.identity` gives it, and the scenario's
    ``name``."""
    replications: tuple[int, ...]
    """Numbers of those that are kept, rising."""
    n_bytes: int
    last_kept_at: datetime
    """When the latest was written."""

    @property
    def is_current(self) -> bool:
        """Whether the code of today made it: other code finds nothing there."""
        return all(self.about.get(key) == value for key, value in code().items())


def kept_points(store: Store) -> list[KeptPoint]:
    """Return the design points of a store, the latest first.

    Folders that are not whole are left out.
    """
    found = map(_kept_point, store.folder.iterdir())
    return sorted(
        filter(None, found), key=lambda point: (point.last_kept_at, point.folder.name), reverse=True
    )


def _kept_point(folder: Path) -> KeptPoint | None:
    """Return what a folder holds.

    None where it is none, is being removed, or its description is damaged.
    """
    try:
        about = json.loads((folder / POINT).read_bytes())
        sizes = {path: path.stat() for path in folder.iterdir()}
    except (OSError, ValueError):
        return None
    numbers = sorted(
        int(path.stem) for path in sizes if path.suffix == ".parquet" and path.stem.isdecimal()
    )
    latest = max(found.st_mtime for found in sizes.values())
    n_bytes = sum(found.st_size for found in sizes.values())
    return KeptPoint(folder, about, tuple(numbers), n_bytes, datetime.fromtimestamp(latest, UTC))


@dataclass(frozen=True)
class Reason:
    """Whether the runs of a design point are kept, and why not."""

    n_kept: int
    """Replications that are kept, of those that are wanted."""
    text: str
    """Why the others are not; empty where none is missing."""


def reasons(store: Store, task: Task, replications: range) -> list[Reason]:
    """Return how many replications of each design point are stored, and why others are not.

    Parameters
    ----------
    store
        Where they are looked for.
    task
        Design points and order files.
    replications
        Those that are wanted.
    """
    kept = kept_points(store)
    by_key = {point.folder.name: point for point in kept}
    return [
        _reason(by_key.get(key), kept, identity(spec, task.replays), replications)
        for key, spec in zip(task.keys, task.points, strict=True)
    ]


def _reason(
    own: KeptPoint | None, kept: list[KeptPoint], wanted: dict[str, Any], replications: range
) -> Reason:
    if own is not None:
        missing = sorted({*replications} - {*own.replications})
        return Reason(
            len(replications) - len(missing),
            (missing and f"not made yet: replication {_spans(missing)}") or "",
        )
    if not kept:
        return Reason(0, "the store is empty")
    differing = [differences(point.about, wanted) for point in kept]
    nearest = min(differing, key=len)
    more = f" and {len(nearest) - MOST_DIFFERENCES} more" if len(nearest) > MOST_DIFFERENCES else ""
    return Reason(0, f"differs from what is kept in {', '.join(nearest[:MOST_DIFFERENCES])}{more}")


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return what differs between two identities, each as ``key: old -> new``.

    Code is said in words.
    """
    before, after = dict(_leaves(old)), dict(_leaves(new))
    keys = [
        key
        for key in {**before, **after}
        if before.get(key, ABSENT) != after.get(key, ABSENT) and key != "name"
    ]
    return [_difference(key, before.get(key, ABSENT), after.get(key, ABSENT)) for key in keys]


def _difference(key: str, old: Any, new: Any) -> str:
    if key == "model":
        return "the code of the model"
    if key.startswith("order_files"):
        return f"the orders of {key.partition('.')[2]}"
    return f"{key.removeprefix('scenario.')}: {old} -> {new}"


def _leaves(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of nested data by dotted key; entries of lists by their name or number."""
    if isinstance(data, Mapping):
        entries = [(str(key), value) for key, value in data.items()]
    elif isinstance(data, list):
        entries = [(_label(value, number), value) for number, value in enumerate(data)]
    else:
        yield path, data
        return
    for key, value in entries:
        yield from _leaves(value, f"{path}.{key}" if path else key)


def _label(entry: Any, number: int) -> str:
    names = (
        [entry[key] for key in ("name", "group") if key in entry]
        if isinstance(entry, Mapping)
        else []
    )
    return str(names[0]) if names else str(number)


def _spans(numbers: list[int]) -> str:
    """Return rising numbers as ``0 to 4, 7``."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1] = [spans[-1][0], number]
        else:
            spans.append([number])
    return ", ".join(" to ".join(map(str, span)) for span in spans)


def prune(store: Store, everything: bool = False) -> tuple[int, int]:
    """Remove what no run of today's code can find, and what killed programs left half-written.

    Parameters
    ----------
    store
        The store.
    everything
        Remove all that is kept.

    Returns
    -------
    n_points, n_bytes
        How much was removed.

    Notes
    -----
    A program that keeps a run at that instant makes the folder again, or says that it could not
    keep it.
    """
    for folder in store.folder.iterdir():
        if re.fullmatch(KEY, folder.name):
            _tidy(folder)
    old = [point for point in kept_points(store) if everything or not point.is_current]
    for point in old:
        shutil.rmtree(point.folder, ignore_errors=True)
    return len(old), sum(point.n_bytes for point in old)


def _tidy(folder: Path) -> None:
    """Remove what is half-written in a design point's folder; all, if nothing describes it."""
    if not (folder / POINT).exists():
        shutil.rmtree(folder, ignore_errors=True)
        return
    with suppress(FileNotFoundError):  # another program prunes, too
        for path in folder.glob(f".*{PART}"):
            path.unlink(missing_ok=True)
