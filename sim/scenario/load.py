"""Loading of scenarios: file, base files, changes from the command line, order files."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any

from sim.demand.order_file import BadRow, OrderColumns, read_orders
from sim.errors import Fault, InputError
from sim.scenario.columns import with_columns
from sim.scenario.document import Document, KeyPath, read_document, scalar
from sim.scenario.merge import changed, holds, merge, plain, resolve
from sim.scenario.messages import is_key
from sim.scenario.size import size_faults
from sim.scenario.validate import validated
from sim.sla.terms import PROFESSIONAL, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sim.scenario.schema import ScenarioSpec

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
        """Return the case with other values at dotted keys.

        Order files that did not change are not read again.

        Parameters
        ----------
        changes
            Values by dotted key, for example ``{"plans.professional.standard.guaranteed_per_day":
            150}``.

        Returns
        -------
        Case
            Checked; this one is not touched.

        Raises
        ------
        InputError
            Where a key leads nowhere or a value does not fit; all faults at once.
        """
        return self._changed({key: (value, f"change of {key}") for key, value in changes.items()})

    def points(self) -> Iterator[tuple[Levels, Case]]:
        """Yield the levels and the case of every design point, the last factor changing fastest.

        A scenario without a sweep has one point, without levels.
        """
        for levels in self.levels():
            yield levels, self.at(levels)

    def levels(self) -> Iterator[Levels]:
        """Yield the levels of every design point."""
        for values in product(*self.spec.sweep.values()):
            yield dict(zip(self.spec.sweep, values, strict=True))

    def at(self, levels: Levels) -> Case:
        """Return the case at one design point; faults name the lines of the sweep."""
        return (
            self._changed({k: (level, self.factor_place(k)) for k, level in levels.items()})
            if levels
            else self
        )

    def factor_place(self, key: str) -> str:
        """Return the place of a factor of the sweep, as faults of its levels name it."""
        return f"{self.document.place(('sweep', key))}: sweep.{key}"

    def _changed(self, changes: Mapping[str, tuple[Any, str]]) -> Case:
        document = changed_document(self.document, changes)
        return _with_files(replace(self, document=document, spec=_spec(document, self.folder)))


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
    case = Case(document, _spec(document, path.parent), path.parent, skip_bad_rows=skip_bad_rows)
    faults: list[Fault] = []
    try:
        case = _with_files(case)
    except InputError as error:
        faults += error.faults
    faults += _faults_of_points(case, known=faults)
    if faults:
        raise InputError(faults)
    return case


def plan_named(scenario: Path | None, name: str | None) -> Plan:
    """Return the terms of a plan.

    Parameters
    ----------
    scenario
        The file that has the plan; None for the Professional plan of the program.
    name
        The plan's name; may be left out where the scenario has one plan, or one called
        professional.

    Returns
    -------
    Plan
        The terms.

    Raises
    ------
    InputError
        Where the scenario has faults or no such plan.
    """
    plans = load_case(scenario).spec.plans if scenario else {PROFESSIONAL.name: PROFESSIONAL}
    wanted = name or (next(iter(plans)) if len(plans) == 1 else PROFESSIONAL.name)
    if wanted not in plans:
        remedy = (
            "name one of them" if scenario else "give --scenario with the file that has the plan"
        )
        raise InputError(
            Fault("--plan", wanted, f"must be a known plan: {', '.join(plans)}", remedy)
        )
    return plans[wanted]


def changed_document(document: Document, changes: Mapping[str, tuple[Any, str]]) -> Document:
    """Return the document with other values at dotted keys.

    Parameters
    ----------
    document
        Plain data with places.
    changes
        By dotted key, the value and the place that faults name.

    Returns
    -------
    Document
        The values as plain data: what NumPy and tuples bring is turned into numbers and lists.

    Raises
    ------
    InputError
        With each key that leads nowhere and each value that is no plain data.
    """
    data, places, faults = document.data, dict(document.places), []
    for key, (value, where) in changes.items():
        try:
            path = _known_path(data, key)
            data = changed(data, path, plain(value))
        except KeyError as error:
            remedy = "name keys as the file does, entries of lists by their name"
            faults.append(
                Fault(where, str(error.args[0]) or '""', "is no key of the scenario", remedy)
            )
        except (TypeError, ValueError) as error:
            faults.append(
                Fault(where, ascii(value)[:60], str(error), "give numbers, text, lists or mappings")
            )
        else:
            places = {old: place for old, place in places.items() if old[: len(path)] != path}
            places |= {
                path[:number]: where
                for number in range(1, len(path))
                if path[:number] not in places
            }
            places[path] = where
    if faults:
        raise InputError(faults)
    return Document(data, places, document.faults)


def _known_path(data: Any, key: str) -> KeyPath:
    """Return the path of a dotted key; parts that are not in the file must be of the schema."""
    path = resolve(data, key)
    for number, part in enumerate(path[:-1], 1):
        data = data[part] if holds(data, part) else None
        if data is None and not is_key(path[:number]):
            raise KeyError(part)
    return path


def _parsed(changes: Sequence[str]) -> dict[str, tuple[Any, str]]:
    """Return value and place of the changes of ``--set`` by key."""
    pairs = {key.strip(): value for key, _, value in (text.partition("=") for text in changes)}
    bad = [text for text in changes if "=" not in text or not text.partition("=")[0].strip()]
    faults = [
        Fault("--set", text or '""', "must be key=value", "write --set replications=5")
        for text in bad
    ]
    values = {key: scalar(value, f"--set {key}") for key, value in pairs.items()}
    faults += (fault for value in values.values() for fault in value.faults)
    if faults:
        raise InputError(faults)
    return {key: (value.data, f"--set {key}") for key, value in values.items()}


def _with_bases(path: Path, above: tuple[Path, ...]) -> Document:
    """Read a file and lay it over the file that it extends."""
    document = read_document(path)
    if "extends" not in document.data:
        return document
    where, name = f"{document.place(('extends',))}: extends", document.data["extends"]
    if not isinstance(name, str):
        raise InputError(
            Fault(where, json.dumps(name), "must be the name of a file", "name a scenario file")
        )
    base = path.parent / name
    if not os.path.isfile(base):  # pathlib's own test raises for names that are too long
        raise InputError(
            Fault(
                where,
                name,
                "is no file",
                "name a scenario file, relative to the folder of this one",
            )
        )
    if base.resolve() in (*above, path.resolve()):
        raise InputError(Fault(where, name, "comes back to itself", "break the circle"))
    top = {key: value for key, value in document.data.items() if key != "extends"}
    return merge(_with_bases(base, (*above, path.resolve())), replace(document, data=top))


def _spec(document: Document, folder: Path) -> ScenarioSpec:
    return validated(with_columns(document, folder))


def _faults_of_points(case: Case, known: Sequence[Fault]) -> list[Fault]:
    """Try every design point, and return each new fault with the levels that met it first."""
    factors = {case.factor_place(key) for key in case.spec.sweep}
    met: dict[Fault, str] = {}
    for levels in case.levels():
        try:
            case.at(levels)
        except InputError as error:
            at = ", ".join(f"{key}={json.dumps(level)}" for key, level in levels.items())
            for fault in error.faults:
                met.setdefault(fault, "" if fault.where in factors else f" (at the levels {at})")
    return [
        replace(fault, where=fault.where + at) for fault, at in met.items() if fault not in known
    ]


def _with_files(case: Case) -> Case:
    """Read the order files of the groups that replay one, each once; refuse too many images."""
    replays, faults = dict[str, Replay](), list[Fault]()
    for number, group in enumerate(case.spec.customers):
        if group.orders is None:
            continue
        path = case.folder / group.orders
        where = case.document.place(("customers", number, "orders"))
        try:
            known = replays.get(group.orders) or case.replays.get(group.orders)
            replays[group.orders] = known or _replay(path, case.skip_bad_rows)
        except InputError as error:
            faults += (
                replace(fault, where=f"{fault.where} (named at {where})") for fault in error.faults
            )
    if not faults:
        columns = {name: replay.columns for name, replay in replays.items()}
        faults += size_faults(case.document, case.spec, columns)
    if faults:
        raise InputError(faults)
    return replace(case, replays=replays)


def _replay(path: Path, skip_bad_rows: bool) -> Replay:
    columns, bad_rows = read_orders(path, skip_bad_rows=skip_bad_rows)
    return Replay(columns, tuple(bad_rows), hashlib.sha256(path.read_bytes()).hexdigest())
