"""A quote: the promise in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.clock import parse_instant
from sim.errors import InputError
from sim.sla import Plan
from sim.sla.quote import COLUMNS, quote

ORDERS: dict[str, list[Any]] = {
    "order_id": ["late", "early", "night"],
    "customer_id": ["shop", "shop", "other"],
    "timezone": ["Europe/Copenhagen", "Europe/Copenhagen", "America/New_York"],
    "submitted_at": [
        "2025-06-07T12:00:00+02:00",
        "2025-06-03T10:00:00+02:00",
        "2025-06-04T02:00:00Z",
    ],
    "service": ["expedite", "expedite", "standard"],
    "images": [20, 100, 201],
}


def with_change(**columns: list[Any]) -> pd.DataFrame:
    """Return the orders with some columns replaced."""
    return pd.DataFrame(ORDERS | columns)


def test_quote_in_words() -> None:
    """Rows come in the order given, services as handled, deadlines in the customer's offset or empty."""
    frame = quote(pd.DataFrame(ORDERS), Plan())
    assert tuple(frame.columns) == COLUMNS
    assert frame.to_numpy().tolist() == [
        ["late", 1, "standard", "guaranteed", 20, "2025-06-09T09:00:00+02:00", "EXP-8 STD-1 WKD-1"],
        ["early", 1, "expedite", "guaranteed", 20, "2025-06-03T13:00:00+02:00", "EXP-1"],
        ["early", 2, "expedite", "delivery_plan", 80, "", "EXP-7"],
        ["night", 1, "standard", "guaranteed", 200, "2025-06-04T09:00:00-04:00", "STD-1"],
        ["night", 2, "standard", "to_be_confirmed", 1, "", "DGI-2"],
    ]


def test_refused_expedite_keeps_its_row() -> None:
    """An expedite that the plan rejects is tranche 0, so that no image is lost."""
    expedite: Any = {"outside_window": "reject"}
    frame = quote(ORDERS, Plan(expedite=expedite))
    assert frame.iloc[0].tolist() == ["late", 0, "expedite", "", 20, "", "EXP-8"]
    assert frame["images"].sum() == sum(ORDERS["images"])


def test_submissions_as_seconds() -> None:
    """Arrivals may come as seconds, as an order file is read."""
    seconds = np.array([parse_instant(str(text)) for text in ORDERS["submitted_at"]])
    assert quote(ORDERS | {"submitted_at": seconds}, Plan()).equals(quote(ORDERS, Plan()))


def test_all_faults_at_once() -> None:
    """Flow, an unknown service and a second zone of a customer are refused together, each with its order."""
    services = ["flow", "rush", "standard"]
    zones = ["UTC", "Europe/Copenhagen", "UTC"]
    with pytest.raises(InputError) as refused:
        quote(with_change(service=services, timezone=zones), Plan(name="gold"))
    flow, rush, clock = (str(fault) for fault in refused.value.faults)
    assert flow.startswith("order late: service: 'flow' is not on the plan 'gold' (FLOW-1); submit")
    assert rush.startswith(
        "order early: service: 'rush' must be one of standard, expedite, rejection;"
    )
    assert clock.startswith(
        "order early: timezone: 'Europe/Copenhagen' must be the zone of the customer's first"
    )


def test_unknown_zone_is_refused() -> None:
    """An unknown zone is never replaced."""
    with pytest.raises(ValueError, match="'Mars' must be a time zone"):
        quote(with_change(timezone=["Mars"] * 3, customer_id=list("abc")), Plan())
