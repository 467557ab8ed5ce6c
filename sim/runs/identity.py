"""What determines a run: its scenario, its orders and the code of the model.

And the key that follows from them.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.scenario.schema import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sim.demand.order_file import OrderColumns
    from sim.scenario.schema import ScenarioSpec

LIBRARIES = ("holidays", "numba", "numpy", "pandas", "scipy", "simpy", "tzdata")
RUNS = ("__init__", "engines", "identity", "outcome_file", "replication", "verify")
STUDY = ("__init__", "causes", "late_causes", "lateness")
MODEL = (
    *(
        "__init__.py",
        "clock.py",
        "errors.py",
        "frozen.py",
        "arrays.py",
        "sla",
        "demand",
        "scenario",
        "results",
        "plant",
    ),
    *(f"runs/{name}.py" for name in RUNS),
    *(f"study/{name}.py" for name in STUDY),
)
"""Sources on which the outcome of a run depends: files and folders below the package."""
NOT_RUN: dict[str, Any] = {
    **dict.fromkeys(QUESTIONS, True),
    "plant": {"pools": {"__all__": {"roster": {"__all__": {"cost_per_hour"}}}}},
}
"""The keys of a scenario on which no run depends."""


def identity(spec: ScenarioSpec, replays: Mapping[str, OrderColumns]) -> dict[str, Any]:
    """Return all that determines the outcome of each replication of a design point.

    Parameters
    ----------
    spec
        The scenario at the design point.
    replays
        Order files by name.

    Returns
    -------
    dict
        Plain data. The number of the replication is all that is missing.
    """
    used = {group.orders for group in spec.customers if group.orders is not None}
    return {
        "scenario": spec.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=NOT_RUN),
        "order_files": {name: orders_digest(replays[name]) for name in sorted(used)},
        **code(),
    }


@cache
def code() -> dict[str, Any]:
    """Return what determines a run but for the input.

    The digest of the model's sources, and versions of libraries.
    """
    return {"model": model_digest(), "libraries": {name: version(name) for name in LIBRARIES}}


def digest(data: Any) -> str:
    """Return the SHA-256 of plain data, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def orders_digest(orders: OrderColumns) -> str:
    """Return the SHA-256 of the orders of a file, column by column."""
    total = hashlib.sha256()
    for name, column in vars(orders).items():
        content = (
            column.tobytes() if column.dtype != object else "\0".join(map(str, column)).encode()
        )
        total.update(f"{name} {len(column)} {len(content)}\n".encode() + content)
    return total.hexdigest()


@cache
def code_digest() -> str:
    """Return the SHA-256 of the package's source files.

    Two results of one digest come from the same code.
    """
    return _sources_digest(_root().rglob("*.py"))


@cache
def model_digest() -> str:
    """Return the SHA-256 of the sources of the model.

    A change of reports or of the command line leaves it alone.
    """
    places = [_root() / name for name in MODEL]
    return _sources_digest(
        path for place in places for path in ([place] if place.is_file() else place.rglob("*.py"))
    )


def _root() -> Path:
    return Path(__file__).parents[1]


def _sources_digest(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.relative_to(_root()).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()
