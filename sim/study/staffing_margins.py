"""The marginal table: what one editor more or fewer on each line does, on the same replications."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.scenario.staffing import Heads, Line, opens
from sim.stats.intervals import paired_intervals, t_intervals
from sim.study.staffing_trials import BACKLOG, SHARE, Trials

if TYPE_CHECKING:
    from sim.results.figure import Figure

COLUMNS = (
    *(
        "around",
        "pool",
        "line",
        "days",
        "from",
        "to",
        "change",
        "editors",
        "measure",
        "commitment",
        "base",
    ),
    *("mean", "difference", "low", "high", "n", "cost_change"),
)


def margins(
    trials: Trials, around: dict[str, Heads], replications: int, confidence: float
) -> pd.DataFrame:
    """Return what one editor more or fewer on each line does to the on-time share and to the Monday backlog.

    Parameters
    ----------
    trials
        Runs the rosters, and says on which replications.
    around
        Rosters by name, around each of which a line is changed.
    replications
        How many are run of each.
    confidence
        Of the interval of each difference, paired by replication.

    Returns
    -------
    DataFrame
        A row a roster of `around`, line, change and measure: ``around, pool, line, days, from, to,
        change, editors, measure, commitment, base, mean, difference, low, high, n, cost_change``.
        ``editors`` are those of the line after the change, ``base`` and ``mean`` the figure before
        and after it. A line without an editor, and the last editor of a pool, cannot be one fewer.
    """
    plant, lines = trials.scenario.spec.plant, trials.lines
    changes = [
        (name, heads, place, by)
        for name, heads in around.items()
        for place in range(len(lines))
        for by in (-1, +1)
        if heads[place] + by >= 0 and opens(plant, lines, _changed(heads, place, by))
    ]
    rosters = [*around.values(), *(_changed(heads, place, by) for _, heads, place, by in changes)]
    trials.run(rosters, replications)
    rows = [
        {
            "around": name,
            **line_columns(lines[place]),
            "change": by,
            "editors": heads[place] + by,
            **figures,
        }
        | {
            "cost_change": by * lines[place].weight
            if lines[place].shift.cost_per_hour is not None
            else np.nan
        }
        for name, heads, place, by in changes
        for figures in _differences(trials, heads, _changed(heads, place, by), confidence)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def line_columns(line: Line) -> dict[str, Any]:
    """Return the columns that name a line."""
    shift = line.shift
    return {
        "pool": line.pool_name, "line": line.number, "days": shift.days, "from": shift.begins, "to": shift.ends
    }  # fmt: skip


def _changed(heads: Heads, place: int, by: int) -> Heads:
    return (*heads[:place], heads[place] + by, *heads[place + 1 :])


def _differences(
    trials: Trials, heads: Heads, changed: Heads, confidence: float
) -> Iterator[dict[str, Any]]:
    """Yield the figures of one change, measure by measure."""
    before, after = trials.values[heads], trials.values[changed]
    n = min(len(before), len(after))
    for wanted in (SHARE, BACKLOG):
        column = place_of(trials, wanted)
        base, values = before[:n, column], after[:n, column]
        found = paired_intervals(values, base, confidence)
        means = [float(t_intervals(part, confidence).mean) for part in (base, values)]
        difference, low, high = (float(part) for part in (found.mean, found.low, found.high))
        yield {
            "measure": wanted.measure, "commitment": wanted.commitment, "base": means[0], "mean": means[1],
            "difference": difference, "low": low, "high": high, "n": int(found.n),
        }  # fmt: skip


def place_of(trials: Trials, wanted: Figure) -> int:
    """Return the column of a figure of the marginal table in the values of a trial."""
    return len(trials.targets) + (SHARE, BACKLOG).index(wanted)
