"""Loading of scenarios: file, base files, changes from the command line, order files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

from sim.demand.order_file import BadRow, OrderColumns, read_orders
from sim.errors import Fault, InputError
from sim.scenario.document import Document, changed, merge, read_document, resolve, scalar
from sim.scenario.schema import ScenarioSpec
from sim.scenario.validate import validated

Levels = dict[str, Any]
"""A level of each factor, by the factor's dotted key."""


@dataclass(frozen=True)
class Replay:
    """An order file as it was read."""

    columns: OrderColumns
    """Its good rows."""
    bad_rows: tuple[BadRow, ...]
    """Rows that were passed over because the user asked for it."""
    sha256: str
    """Digest of the file's bytes."""


@dataclass(frozen=True)
class Case:
    """A scenario that is ready to run."""

    document: Document
    """Plain data with places, base files merged in."""
    spec: ScenarioSpec
    """The checked scenario."""
    folder: Path
    """Folder that relative paths start from."""
    replays: Mapping[str, Replay] = field(default_factory=dict)
    """Order files by the name that the scenario gives them."""
    skip_bad_rows: bool = False
    """Whether bad rows of order files are passed over."""

    def with_changes(self, changes: Mapping[str, Any]) -> Case:
        """Return the case with other values at dotted keys; order files that did not change are kept.

        Parameters
        ----------
        changes
            Values by dotted key, for example ``{"plans.professional.standard.guaranteed_per_day": 150}``.

        Raises
        ------
        InputError
            Where a key leads nowhere or a value does not fit; all faults at once.
        """
        document = changed_document(self.document, changes)
        return _with_orders(replace(self, document=document, spec=validated(document)))

    def points(self) -> Iterator[tuple[Levels, Case]]:
        """Yield the levels and the case of every design point, the last factor changing fastest.

        A scenario without a sweep has one point, without levels.
        """
        for values in product(*self.spec.sweep.values()):
            levels = dict(zip(self.spec.sweep, values, strict=True))
            yield levels, self.with_changes(levels) if levels else self


def load_case(path: Path, changes: Sequence[str] = (), skip_bad_rows: bool = False) -> Case:
    """Load a scenario file with everything it refers to.

    Parameters
    ----------
    path
        The YAML file.
    changes
        ``key=value`` texts of ``--set``.
    skip_bad_rows
        Pass over bad rows of order files and keep them aside, instead of refusing the file.

    Returns
    -------
    Case
        Checked at every design point.

    Raises
    ------
    InputError
        With all faults of the first stage that finds any: files, keys, values, sweep, order files.
    """
    document = changed_document(_with_bases(path, ()), _parsed(changes))
    case = _with_orders(Case(document, validated(document), path.parent, skip_bad_rows=skip_bad_rows))
    _check_sweep(case)
    return case


def changed_document(document: Document, changes: Mapping[str, Any]) -> Document:
    """Return the document with other values at dotted keys."""
    data, places, faults = document.data, dict(document.places), []
    for key, value in changes.items():
        try:
            path = resolve(data, key)
        except KeyError as error:
            remedy = "name keys as the file does, entries of lists by their name"
            faults.append(Fault(f"change of {key}", str(error.args[0]), "is no key of the scenario", remedy))
            continue
        data = changed(data, path, value)
        places = {old: place for old, place in places.items() if old[: len(path)] != path}
        places[path] = f"change of {key}"
    if faults:
        raise InputError(faults)
    return Document(data, places)


def _parsed(changes: Sequence[str]) -> Levels:
    """Return the changes of ``--set`` by key."""
    bad = [text for text in changes if "=" not in text]
    if bad:
        raise InputError(Fault("--set", text, "must be key=value", "write --set replications=5") for text in bad)
    return {key: scalar(value) for key, _, value in (text.partition("=") for text in changes)}


def _with_bases(path: Path, above: tuple[Path, ...]) -> Document:
    """Read a file and lay it over the file that it extends."""
    document = read_document(path)
    if "extends" not in document.data:
        return document
    where, name = document.place(("extends",)), document.data["extends"]
    if not isinstance(name, str):
        raise InputError(Fault(f"{where}: extends", str(name), "must be a file", "name a scenario file"))
    base = path.parent / name
    if not base.is_file():
        raise InputError(Fault(f"{where}: extends", name, "is no file", "name a file beside this one"))
    if base.resolve() in (*above, path.resolve()):
        raise InputError(Fault(f"{where}: extends", name, "comes back to itself", "break the circle"))
    top = {key: value for key, value in document.data.items() if key != "extends"}
    return merge(_with_bases(base, (*above, path.resolve())), Document(top, document.places))


def _check_sweep(case: Case) -> None:
    """Try every level of every factor, and report each that does not fit."""
    faults: list[Fault] = []
    for key, levels in case.spec.sweep.items():
        where = case.document.place(("sweep", key))
        for level in levels:
            try:
                case.with_changes({key: level})
            except InputError as error:
                faults += (replace(fault, where=f"{where}: sweep.{key}") for fault in error.faults)
    if faults:
        raise InputError(dict.fromkeys(faults))


def _with_orders(case: Case) -> Case:
    """Read the order files of the groups that replay one, each once."""
    replays, faults = dict[str, Replay](), list[Fault]()
    for number, group in enumerate(case.spec.customers):
        if group.orders is None:
            continue
        path = case.folder / group.orders
        where = case.document.place(("customers", number, "orders"))
        try:
            replays[group.orders] = case.replays.get(group.orders) or _replay(path, case.skip_bad_rows)
        except InputError as error:
            faults += (replace(fault, where=f"{fault.where} (named at {where})") for fault in error.faults)
    if faults:
        raise InputError(faults)
    return replace(case, replays=replays)


def _replay(path: Path, skip_bad_rows: bool) -> Replay:
    columns, bad_rows = read_orders(path, skip_bad_rows=skip_bad_rows)
    return Replay(columns, tuple(bad_rows), hashlib.sha256(path.read_bytes()).hexdigest())
