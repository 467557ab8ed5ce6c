"""The command that explains an order, and the causes that a study keeps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sim.study.scenario import load
from tests.causes_plants import GROUPS
from tests.end_to_end.conftest import Said

Call = Callable[..., Said]


def test_explain_prints_the_story_of_an_order(small: Path, dgisim: Call) -> None:
    """Its row in the ledger, its tranches and their deadlines; the scenario may be changed."""
    said = dgisim("explain", small, "--order", "3", "--replication", "1", "--set", "seed=6")
    assert said.code == 0
    assert "row 3 of the orders in replication 1 of small" in said.out
    assert "tranche 1:" in said.out
    assert said.err == ""


def test_explain_takes_the_latest_order_where_none_is_named(small: Path, dgisim: Call) -> None:
    """Three times as many customers make images late, and reasons are given."""
    said = dgisim("explain", small, "--set", "customers.shops.count=9")
    assert said.code == 0
    assert "why " in said.out
    assert all(name in said.out for name in GROUPS)


def test_explain_says_which_orders_there_are(small: Path, dgisim: Call) -> None:
    """An ID that no order has is bad input."""
    said = dgisim("explain", small, "--order", "x1")
    assert said.code == 2
    assert "--order: 'x1' must be an order of replication 0: the numbers of the ledger" in said.err


def test_explain_goes_by_the_ids_of_an_order_file(
    small: Path, tmp_path: Path, dgisim: Call
) -> None:
    """A replayed file with a column order_id gives the names, and a row outside the horizon has none."""
    rows = [
        "order_id,customer_id,submitted_at,images",
        "A-9,k,2025-12-01T10:00Z,2",
        "A-7,k,2026-01-12T10:00Z,3",
    ]
    (tmp_path / "orders.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    text = small.read_text(encoding="utf-8")
    begin, end = text.index("    count: 3"), text.index("plant:")
    group = "    plan: professional\n    timezone: America/New_York\n    orders: orders.csv\n"
    small.write_text(text[:begin] + group + text[end:], encoding="utf-8")
    said = dgisim("explain", small, "--order", "A-7")
    assert said.code == 0, said.err
    assert said.out.startswith("order A-7: 3 images, standard, of k\n")
    assert "1 order_id from 'A-7' to 'A-7'" in dgisim("explain", small, "--order", "A-9").err


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_a_study_keeps_the_causes_of_its_first_replication(
    small: Path, tmp_path: Path, dgisim: Call, engine: str
) -> None:
    """The table is that of replication 0, whichever engine ran it, and is empty for fewer than 5 replications."""
    changes = ("customers.shops.count=9",)
    said = dgisim("run", small, "--out", tmp_path, "--set", *changes, "--replications", 5, "--engine", engine,
                  "--workers", 1, "--no-charts")  # fmt: skip
    assert said.code == 0
    kept = pd.read_csv(tmp_path / "small" / "late_causes.csv")
    assert len(kept) == 2 * len(GROUPS)
    assert kept["all_late_images"].max() > 0
    expected = load(small, changes=changes).late_causes()
    pd.testing.assert_frame_equal(kept, expected, check_dtype=False)


def test_a_short_study_has_an_empty_table(small: Path, tmp_path: Path, dgisim: Call) -> None:
    """Three replications are too few to pay for causes."""
    dgisim("run", small, "--out", tmp_path, "--workers", 1, "--no-charts")
    assert pd.read_csv(tmp_path / "small" / "late_causes.csv").empty
