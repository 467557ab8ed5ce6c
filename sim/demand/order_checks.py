"""The checks of an order file, column by column: values, and every cell that is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import is_zone
from sim.demand.instants import parse_instants
from sim.sla.order import FLOW_REMEDY
from sim.sla.words import FLOW, REJECTION, SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sim.arrays import Codes, Ints

    Texts = NDArray[np.object_]

NO_CUSTOMER = "(no customer)"
MOST_IMAGES = 10_000_000
_CODES = {service: code for code, service in enumerate(SERVICES)}


class Problem(NamedTuple):
    """What is wrong with one cell, or with a whole row when `column` is empty."""

    row: int
    column: str
    value: str
    must: str
    remedy: str

    def __str__(self) -> str:
        """Return the problem without its place."""
        value = f"{self.value!r} " if self.value else ""
        return f"{self.column} {value}{self.must}; {self.remedy}".strip()


class Checks:
    """Reads the columns of an order file and gathers what is wrong with them.

    Parameters
    ----------
    cells
        The six columns as text, of one length; blank where the form has none.
    required
        The columns of the form.
    plan
        The plan's name, for the message that refuses 1-hour flow.

    Attributes
    ----------
    problems
        What was found so far.
    """

    def __init__(
        self, cells: Mapping[str, Sequence[str]], form: tuple[str, ...], plan: str
    ) -> None:
        self.problems: list[Problem] = []
        self._cells, self._form = cells, form
        self._seller = f"the plan {plan!r}" if plan else "any plan of this version"

    def _add(self, row: int, column: str, must: str, remedy: str) -> None:
        self.problems.append(Problem(row, column, self._cells[column][row], must, remedy))

    @property
    def _is_replay(self) -> bool:
        """The file is replayed by a scenario, whose group has the zone and the plan.

        Otherwise it is a file to quote, which has to say everything itself.
        """
        return "timezone" not in self._form

    def order_ids(self) -> Texts:
        """Return the orders' names: given, and each once.

        In a replay they may be missing, or not.
        """
        names, first = self._cells["order_id"], dict[str, int]()
        for row, name in enumerate(() if self._is_replay else names):
            if not name:
                self._add(row, "order_id", "must not be empty", "give every order a name")
            elif first.setdefault(name, row) != row:
                self._add(row, "order_id", "must be there once", "give every order its own name")
        return _texts(names)

    def customers(self) -> Texts:
        """Return the customers' names; in a replay those without one are one customer."""
        names = self._cells["customer_id"]
        if self._is_replay:
            return _texts([name or NO_CUSTOMER for name in names])
        for row, name in enumerate(names):
            if not name:
                self._add(
                    row, "customer_id", "must not be empty", "allowances are per customer: name it"
                )
        return _texts(names)

    def zones(self) -> Texts:
        """Return the customers' zones: known, and one a customer."""
        names, customers = self._cells["timezone"], self._cells["customer_id"]
        if self._is_replay:
            return _texts(names)
        known = {name for name in set(names) if is_zone(name)}
        first = dict[str, str]()
        for row, (name, customer) in enumerate(zip(names, customers, strict=True)):
            if name not in known:
                must = "must be a time zone of the IANA data base"
                self._add(row, "timezone", must, "write it as in Europe/Copenhagen")
            elif customer and first.setdefault(customer, name) != name:
                must = f"must be {first[customer]}, as before for customer {customer!r}"
                self._add(
                    row,
                    "timezone",
                    must,
                    "a customer has one clock: correct the zone or the customer",
                )
        return _texts(names)

    def arrivals(self) -> Ints:
        """Return the arrivals, seconds in UTC."""
        at, faults = parse_instants(self._cells["submitted_at"])
        for row, must in faults.items():
            self._add(row, "submitted_at", must, "write it as in 2025-06-03T09:00:00+02:00")
        return at

    def services(self) -> Codes:
        """Return the codes of the services.

        An empty one is standard where the form has it as optional.
        """
        default = "standard" if self._is_replay else ""
        words = [word or default for word in self._cells["service"]]
        codes = np.array([_CODES.get(word, -1) for word in words], dtype=np.int8)
        for row in np.flatnonzero((codes < 0) | (codes == FLOW)).tolist():
            if codes[row] == FLOW:
                self._add(row, "service", f"is not sold on {self._seller} (FLOW-1)", FLOW_REMEDY)
            else:
                must = f"must be one of {', '.join(SERVICES[:FLOW])}"
                self._add(row, "service", must, "correct the service")
        if self._is_replay:
            for row in np.flatnonzero(codes == REJECTION).tolist():
                must = "must be standard or expedite in a replay: rejections are drawn by the plant"
                self._add(row, "service", must, "remove the row")
        return codes

    def images(self) -> Ints:
        """Return the counts of images."""
        counts = [_count(text) for text in self._cells["images"]]
        for row, count in enumerate(counts):
            if not 1 <= count <= MOST_IMAGES:
                must = f"must be a whole number from 1 to {MOST_IMAGES:,}"
                self._add(row, "images", must, "correct the count, or leave the order out")
        return np.array(counts, dtype=np.int64)


def _count(text: str) -> int:
    """Return a count, or 0 for what is none; a number of more than eight digits is none either."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 8 else 0


def _texts(cells: Sequence[str]) -> Texts:
    """Return text cells as a column."""
    column = np.empty(len(cells), dtype=object)
    column[:] = cells
    return column
