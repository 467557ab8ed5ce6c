"""A quote: the promise for a table of orders, in words that a customer can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.clock import NAT, isoformats, parse_instant, zone
from sim.errors import Fault, InputError
from sim.sla.order import FLOW_REMEDY
from sim.sla.table import OrderTable, split
from sim.sla.words import COMMITMENTS, FLOW, RULES, SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sim.arrays import Codes, Flags, Ints
    from sim.sla.table import TrancheTable
    from sim.sla.terms import Plan

    Texts = NDArray[np.object_]

COLUMNS = ("order_id", "tranche", "service", "commitment", "images", "due_at", "rule")


def quote(orders: Mapping[str, Any] | pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Promise a table of orders.

    Parameters
    ----------
    orders
        Columns ``order_id``, ``customer_id``, ``timezone`` (IANA names), ``submitted_at`` (ISO 8601
        with an offset, or int64 seconds in UTC), ``service`` and ``images`` (at least 1). Rows need
        not be sorted.
    plan
        The terms.

    Returns
    -------
    pandas.DataFrame
        ``order_id, tranche, service, commitment, images, due_at, rule``, by order as given.
        ``service`` is as it is handled; ``due_at`` is ISO 8601 with the customer's offset, empty
        where none is fixed yet. An expedite that the plan refuses is tranche 0 without a
        commitment, so that no image is lost.

    Raises
    ------
    InputError
        For 1-hour flow (FLOW-1), for a word that is no service, and for a customer with two zones.
    ValueError
        For an unknown zone, or a submission that is no instant.
    """
    table = _order_table(orders, plan)
    tranches = split(table, plan)
    frame = pd.DataFrame(
        {
            "order": tranches.order,
            "tranche": tranches.tranche.astype(np.int64),
            "service": _words(SERVICES)[tranches.service],
            "commitment": _words(COMMITMENTS)[tranches.commitment],
            "images": tranches.images,
            "due_at": _due_texts(table, tranches),
            "rule": _words(RULES)[tranches.rule],
        }
    )
    frame = pd.concat([frame, _refused(table, tranches)]).sort_values(
        "order", kind="stable", ignore_index=True
    )
    frame["order_id"] = np.asarray(orders["order_id"], dtype=object)[frame["order"].to_numpy()]
    return frame[list(COLUMNS)]


def _order_table(orders: Mapping[str, Any] | pd.DataFrame, plan: Plan) -> OrderTable:
    """Turn columns of words into columns of codes."""
    customer, customers = pd.factorize(np.asarray(orders["customer_id"], dtype=object))
    place, places = pd.factorize(np.asarray(orders["timezone"], dtype=object))
    service = pd.Index(SERVICES).get_indexer(pd.Index(orders["service"])).astype(np.int8)
    customer_zone = np.zeros(len(customers), dtype=np.int64)
    customer_zone[customer[::-1]] = place[::-1]  # the first row of a customer is written last
    _check(orders, plan, service, customer_zone[customer] != place)
    return OrderTable(
        customer=customer,
        customer_zone=customer_zone,
        zones=tuple(places),
        submitted_at=_instants(orders["submitted_at"]),
        service=service,
        images=np.asarray(orders["images"], dtype=np.int64),
    )


def _instants(column: Any) -> Ints:
    """Return arrivals as seconds in UTC."""
    values = np.asarray(column)
    if values.dtype.kind == "i":
        return values.astype(np.int64)
    return np.array([parse_instant(str(text)) for text in values], dtype=np.int64)


def _check(
    orders: Mapping[str, Any] | pd.DataFrame,
    plan: Plan,
    service: Codes,
    moved: Flags,
) -> None:
    """Refuse flow, services that do not exist, and customers with two clocks: all at once."""
    known, first = ", ".join(SERVICES[:FLOW]), "must be the zone of the customer's first order"
    faults = [
        *_faults(
            orders,
            "service",
            service == FLOW,
            f"is not on the plan {plan.name!r} (FLOW-1)",
            FLOW_REMEDY,
        ),
        *_faults(orders, "service", service < 0, f"must be one of {known}", "correct the order"),
        *_faults(
            orders, "timezone", moved, first, "correct the order, or give the customer another id"
        ),
    ]
    if faults:
        raise InputError(faults)


def _faults(
    orders: Mapping[str, Any] | pd.DataFrame,
    column: str,
    wrong: Flags,
    must: str,
    remedy: str,
) -> list[Fault]:
    """Return a fault for each wrong cell of a column."""
    names, values = (
        np.asarray(orders["order_id"], dtype=object),
        np.asarray(orders[column], dtype=object),
    )
    return [
        Fault(f"order {names[row]}: {column}", str(values[row]), must, remedy)
        for row in np.flatnonzero(wrong)
    ]


def _words(words: tuple[str, ...]) -> Texts:
    """Return words as an array to be indexed by their codes."""
    return np.array(words, dtype=object)


def _due_texts(table: OrderTable, tranches: TrancheTable) -> Texts:
    """Return deadlines in the customers' own offsets, empty where none is fixed yet."""
    texts = np.full(tranches.due_at.shape, "", dtype=object)
    place = table.customer_zone[table.customer[tranches.order]]
    for code, name in enumerate(table.zones):
        rows = np.flatnonzero((place == code) & (tranches.due_at != NAT))
        texts[rows] = isoformats(tranches.due_at[rows], zone(name))
    return texts


def _refused(table: OrderTable, tranches: TrancheTable) -> pd.DataFrame:
    """Return the expedites that the plan refuses: flow was refused before."""
    rows = np.flatnonzero(tranches.refused)
    return pd.DataFrame(
        {
            "order": rows,
            "tranche": 0,
            "service": "expedite",
            "commitment": "",
            "images": table.images[rows],
            "due_at": "",
            "rule": "EXP-8",
        }
    )
