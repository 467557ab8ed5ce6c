"""What the folders and objects of all answers share: tables, manifest, one chart.

Records for JSON.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd


def write_answer(
    folder: Path, tables: Mapping[str, pd.DataFrame], manifest: dict[str, Any]
) -> None:
    """Write the tables of an answer as CSV by their names, and ``manifest.json``.

    Parameters
    ----------
    folder
        An existing folder.
    tables
        By name.
    manifest
        Plain data.
    """
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8", newline="\n")


def records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Return the rows of a table as plain data; what is not there or infinite is null."""
    cells = table.astype(object)
    return cells.where(table.notna() & ~table.isin([np.inf, -np.inf]), None).to_dict("records")


def one_object(plain: dict[str, Any]) -> str:
    """Return plain data as one JSON object on a line."""
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)
