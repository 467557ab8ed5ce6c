"""What became of one order, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NAT
from sim.errors import Fault, InputError
from sim.plant.draws import draw_replication, replayed_rows
from sim.plant.record import record
from sim.results.counts import LATE, ON_TIME
from sim.results.view import View
from sim.study.causes import Given
from sim.study.lateness import Lateness, lateness

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sim.demand.order_file import OrderColumns
    from sim.plant.draws import Draws
    from sim.results.ledger import DeliveryRows, Ledger
    from sim.scenario.schema import ScenarioSpec

    Ints = NDArray[np.int64]

NUMBER_SIGN = "#"
"""In front of a number, where a file has an order of that name."""


@dataclass(frozen=True)
class OrderStory:
    """An order in a replication."""

    name: str
    """Its ID."""
    number: int
    """Its row in the orders of the ledger."""
    replication: int
    spec: ScenarioSpec
    ledger: Ledger
    """All rows of the replication."""
    lateness: Lateness
    """Its late images, and what would have brought each in time."""

    @property
    def tranches(self) -> Ints:
        """Rows of its tranches in the ledger; none for a refused order."""
        return np.flatnonzero(self.ledger.tranches.order == self.number)

    @property
    def deliveries(self) -> View:
        """Its deliveries."""
        return _part(self.ledger, self.ledger.deliveries.order == self.number)


def _part(ledger: Ledger, own: NDArray[np.bool_]) -> View:
    rows: DeliveryRows = ledger.deliveries
    return View(ledger, type(rows)(**{name: column[own] for name, column in vars(rows).items()}))


def explained(
    spec: ScenarioSpec, replays: Mapping[str, OrderColumns], replication: int, order: str | None
) -> OrderStory:
    """Run a replication, and without each cause of lateness, and return what became of an order.

    Parameters
    ----------
    spec
        The scenario; its sweep is left out.
    replays
        Order files by name.
    replication
        Number of the replication.
    order
        The order's ``order_id`` in its order file, or its number in the ledger where it has none;
        None for the order with the latest image.

    Returns
    -------
    OrderStory
        Complete.

    Raises
    ------
    InputError
        Where there is no such replication or order, or several.
    """
    if replication >= spec.first_replications:
        must = f"must be below the number of replications, {spec.first_replications}"
        raise InputError(Fault("--replication", str(replication), must, "the first one is 0"))
    draws = draw_replication(spec, replays, replication)
    found = lateness(Given(spec, draws))
    ledger = record(spec, found.run_input, found.marks)
    names = order_names(spec, replays, draws)[: len(ledger.orders)]
    number = (
        _latest(ledger)
        if order is None and names
        else order_number(names, order or "", replication)
    )
    images = draws.first_image[[number, number + 1]].tolist()
    return OrderStory(names[number], number, replication, spec, ledger, found.of_images(*images))


def order_names(spec: ScenarioSpec, replays: Mapping[str, OrderColumns], draws: Draws) -> list[str]:
    """Return the ID of each order.

    That of its order file where the file has one, else its number.
    """
    names = [str(number) for number in range(len(draws.orders.images))]
    for number, group in enumerate(spec.customers):
        columns = replays[group.orders] if group.orders else None
        if columns is not None and len(columns.order_id):
            rows = replayed_rows(columns, (spec.horizon.start_at, spec.horizon.end_at))
            for order, row in zip(
                np.flatnonzero(draws.group_of_order == number), rows, strict=True
            ):
                names[order] = columns.order_id[row] or names[order]
    return names


def order_number(names: list[str], order: str, replication: int) -> int:
    """Return the number of the order of an ID, or of a number behind a ``#``.

    Raises
    ------
    InputError
        Where no order has the ID, with the IDs that there are, or several have it.
    """
    digits = order.removeprefix(NUMBER_SIGN)
    if digits != order and digits.isdecimal() and int(digits) < len(names):
        return int(digits)
    found = [number for number, name in enumerate(names) if name == order]
    if len(found) == 1:
        return found[0]
    if found:
        must = f"is the ID of {len(found)} orders"
        raise InputError(
            Fault(
                "--order", order, must, f"give a number: {', '.join(f'#{at}' for at in found[:5])}"
            )
        )
    raise InputError(
        Fault(
            "--order",
            order,
            f"must be an order of replication {replication}: {_known(names)}",
            REMEDY,
        )
    )


REMEDY = "take one of these, or leave --order out for the order with the latest image"


def _known(names: list[str]) -> str:
    """Return which IDs there are, in words."""
    if not names:
        return "it has none"
    of_files = [name for number, name in enumerate(names) if name != str(number)]
    parts = []
    if of_files:
        parts.append(
            f"{len(of_files):,} order_id from {of_files[0]!r} to {of_files[-1]!r} in their order files"
        )
    if len(of_files) < len(names):
        parts.append(f"the numbers of the ledger for orders without one, 0 to {len(names) - 1}")
    return ", and ".join(parts)


def _latest(ledger: Ledger) -> int:
    """Return the order whose image is the latest, or the least early.

    The first order where nothing was due.
    """
    view = View(ledger, ledger.deliveries)
    by = lateness_of(view)
    return int(ledger.deliveries.order[by.argmax()]) if (by != NAT).any() else 0


def lateness_of(view: View) -> Ints:
    """Return the seconds after its deadline of each delivery that is known to be on time or late; else NAT.

    One that is unfinished counts to the end of the run.
    """
    known = view.late | np.isin(view.outcome, (ON_TIME, LATE))
    return np.where(known, view.until - view.rows.due_at, NAT)
