"""An outcome as a Parquet file: every figure and count, in rows that can be read without dgisim."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.results.counts import FlowBalance
from sim.results.figure import Figure
from sim.results.measures import Figures
from sim.results.profiles import Profiles
from sim.runs.replication import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sim.arrays import Floats

ABOUT = b"dgisim"
"""Key of the file's metadata under which stands what is no column."""
NONE = [("", np.empty(0))]
"""A series without a row leaves no name in the file."""


def write_outcome(outcome: Outcome, path: Path) -> None:
    """Write an outcome.

    Parameters
    ----------
    outcome
        What is kept of a run.
    path
        The file: columns ``name`` (for example ``figure,on_time_share,guaranteed,all,all`` or
        ``by_hour,busy_editors,retouch``) and ``value``, which holds whole numbers exactly; the rows
        of a series follow each other. Those of a figure are its value, and the numerator and
        denominator of a ratio.
    """
    from pyarrow import DictionaryArray, array, parquet, table

    names, series = zip(*_series(outcome), strict=True)
    codes = np.repeat(np.arange(len(names), dtype=np.int32), [len(values) for values in series])
    about = {
        "engine": outcome.engine,
        "n_visits": outcome.n_visits,
        "flow_balance": asdict(outcome.flow_balance),
        "weekends": outcome.profiles.weekends.shape,
    }
    columns = {
        "name": DictionaryArray.from_arrays(codes, names),
        "value": array(np.concatenate(series)),
    }
    rows = table(columns).replace_schema_metadata({ABOUT: json.dumps(about)})
    parquet.write_table(rows, path, compression="zstd", write_page_checksum=True)


def _series(outcome: Outcome) -> Iterator[tuple[str, Floats]]:
    """Yield all that is kept, each under its name."""
    found = outcome.profiles
    figures = outcome.figures
    rows = np.stack([figures.value, figures.numerator, figures.denominator], axis=1)
    for key, row in zip(figures, rows, strict=True):
        yield ",".join(["figure", *key]), row
    for name, values in found.by_day.items():
        yield f"by_day,{name}", values
    for (name, pool), values in found.by_hour.items():
        yield f"by_hour,{name},{pool}", values
    yield "in_system", found.in_system.astype(np.float64)
    yield "weekends", found.weekends.ravel().astype(np.float64)
    yield "due_by_weekday", found.due_by_weekday
    for commitment, counts in found.lateness.items():
        yield f"lateness,{commitment}", counts.astype(np.float64)


def read_outcome(path: Path) -> Outcome:
    """Read an outcome that was written before.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    OSError, ValueError, KeyError
        Where it is missing, damaged or another program's.
    """
    from pyarrow import parquet

    rows = parquet.read_table(path, use_threads=False, page_checksum_verification=True)
    about = json.loads(rows.schema.metadata[ABOUT])
    parts: dict[str, list[tuple[str, Floats]]] = {}
    for name, values in _slices(rows):
        part, _, key = name.partition(",")
        parts.setdefault(part, []).append((key, values))
    return Outcome(
        figures=_figures(parts["figure"]),
        profiles=_profiles(parts, about["weekends"]),
        flow_balance=FlowBalance(**about["flow_balance"]),
        engine=about["engine"],
        n_visits=about["n_visits"],
    )


def _figures(series: list[tuple[str, Floats]]) -> Figures:
    """Return figures from the three numbers of each."""
    last = len(Figure._fields) - 1  # the name of a pool may have a comma
    index = {Figure(*key.split(",", last)): at for at, (key, _) in enumerate(series)}
    return Figures(index, *np.array([values for _, values in series]).T)


def _slices(rows: Any) -> Iterator[tuple[str, Floats]]:
    """Yield the values of each name, which stand together."""
    names = rows["name"].combine_chunks()
    codes, words = names.indices.to_numpy(), names.dictionary.to_pylist()
    values = rows["value"].to_numpy()
    bounds = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
    for first, after in pairwise(bounds):
        yield words[codes[first]], values[first:after]


def _profiles(parts: dict[str, list[tuple[str, Floats]]], weekends: list[int]) -> Profiles:
    by_hour = [(key.partition(","), values) for key, values in parts["by_hour"]]
    return Profiles(
        by_day=dict(parts["by_day"]),
        by_hour={(name, pool): values for (name, _, pool), values in by_hour},
        in_system=parts["in_system"][0][1].astype(np.int64),
        weekends=parts.get("weekends", NONE)[0][1].astype(np.int64).reshape(weekends),
        due_by_weekday=parts["due_by_weekday"][0][1],
        lateness={name: counts.astype(np.int64) for name, counts in parts["lateness"]},
    )
