"""What changed between two studies, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.report.rendering import markdown_words
from sim.report.targets import interval, said, subject
from sim.report.words import factor_names
from sim.results.figure import KEYS, Figure
from sim.stats.intervals import Estimate
from sim.study.diff import NOT_SHOWN, NOT_TESTED, SAME, WORSE

if TYPE_CHECKING:
    from sim.report.words import factor_names
from sim.study.diff import Diff

SHOWN_LAST = (NOT_SHOWN, NOT_TESTED, SAME)


def difference_table(diff: Diff, *, every: bool = False) -> pd.DataFrame:
    """Return a row of words for each figure that changed, the worse ones first.

    Parameters
    ----------
    diff
        The comparison.
    every
        Give those also for which no difference is shown.

    Returns
    -------
    DataFrame
        A column for each factor, then ``figure, base, head, difference, finding``.
    """
    figures = diff.figures
    chosen = figures if every else figures[~figures["finding"].isin(SHOWN_LAST)]
    ranked = chosen.assign(rank=[_rank(finding) for finding in chosen["finding"]]).sort_values(
        "rank", kind="stable"
    )
    names = factor_names(diff.head)
    rows = [
        {**{name: str(row[key]) for key, name in names.items()}, **_words(row)}
        for row in ranked.to_dict("records")
    ]
    return pd.DataFrame(
        rows, columns=[*names.values(), "figure", "base", "head", "difference", "finding"]
    )


def _rank(finding: str) -> int:
    order = [WORSE, *SHOWN_LAST]
    return (order.index(finding) + 1) * (1 if finding == WORSE else 10) if finding in order else 2


def _words(row: dict[Any, Any]) -> dict[str, str]:
    measure = str(row["measure"])
    difference = Estimate(row["difference"], row["low"], row["high"])
    bounds = interval(measure, difference)
    return {
        "figure": subject(Figure(*(str(row[name]) for name in KEYS))),
        "base": said(measure, Estimate(row["base"], row["base"], row["base"])),
        "head": said(measure, Estimate(row["head"], row["head"], row["head"])),
        "difference": f"{said(measure, difference)}{bounds and f' ({bounds})'}",
        "finding": str(row["finding"]),
    }


def summary_line(diff: Diff) -> str:
    """Return how many figures were compared, how, and with which findings."""
    counts = diff.figures["finding"].value_counts()
    found = ", ".join(
        f"{counts[finding]} {finding}"
        for finding in dict.fromkeys([WORSE, *counts.index])
        if finding in counts
    )
    paired = int(diff.figures["paired"].sum())
    how = f"{paired} paired by replication, {len(diff.figures) - paired} as independent samples"
    alone = (
        f"; only the base has {diff.only_base}, only the head {diff.only_head}"
        if diff.only_base or diff.only_head
        else ""
    )
    return f"{len(diff.figures)} figures compared ({how}): {found}{alone}"


def difference_text(diff: Diff, *, as_csv: bool) -> str:
    """Return every figure as CSV, or the changed ones as Markdown."""
    if as_csv:
        return diff.figures.to_csv(index=False, lineterminator="\n")
    table = difference_table(diff)
    rows = (
        [list(table.columns), ["---"] * len(table.columns), *table.to_numpy().tolist()]
        if len(table)
        else []
    )
    lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join([_verdict(diff), "", summary_line(diff) + ".", "", *lines]).rstrip() + "\n"


def _cell(cell: object) -> str:
    text = str(cell)
    return text if text == "---" else str(markdown_words(text)).replace("\n", " ")


def _verdict(diff: Diff) -> str:
    return "**A figure got worse.**" if diff.got_worse else "**No worsening is shown.**"
