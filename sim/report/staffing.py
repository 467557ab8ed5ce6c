"""A staffing in words: its tables for the terminal, the answer in sentences, and its folder."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.report.answer_folder import one_object, records, write_answer
from sim.report.staffing_chart import marginal_effects
from sim.report.words import listed, number
from sim.runs.gate import State
from sim.stats.intervals import Estimate
from sim.study.manifest import question_manifest
from sim.study.staffing_search import Proof

if TYPE_CHECKING:
    from pathlib import Path

    from sim.study.staffing import Staffing

CLAIMS = {
    Proof.NONE_CHEAPER: "No {less} roster of up to {times:g} times today's editors a line is shown to meet them: each "
    "has no more editors on any line than one that was tried and is not shown to.",
    Proof.NONE_NEAR: "No roster with one editor fewer on a line is shown to meet them, nor any other {less} one that "
    "exchanges between lines led to; {less} ones further off were not tried.",
    Proof.STOPPED: "No roster with one editor fewer on a line is shown to meet them. Exchanges between lines were not "
    "all tried: the search stopped at its --most-runs.",
}
"""What is known of rosters that are better than the one found."""
TITLES = {
    "needed": "one editor more or fewer, from the roster needed",
    "today": "the same, from today's roster",
}


def roster_table(found: Staffing) -> pd.DataFrame:
    """Return the roster needed beside today's, a line a row, in words."""
    rows = []
    for row in _named(found.table):
        words = {
            "line": row["line_name"],
            "days": row["days"],
            "from-to": f"{row['from']}-{row['to']}",
        }
        words |= {"hours a week": number(row["hours_a_week"]), "today": row["today"]}
        words["needed"] = "-" if pd.isna(row["needed"]) else row["needed"]
        if found.has_costs:
            words["cost a week"] = (
                "-" if isnan(row["cost_a_week"]) else f"{row['cost_a_week']:,.2f}"
            )
        rows.append(words)
    return pd.DataFrame(rows)


def marginal_table(found: Staffing, around: str) -> pd.DataFrame:
    """Return the marginal table around a roster in words.

    A row a line, a column a change and figure.
    """
    rows: dict[str, dict[str, str]] = {}
    for row in _named(found.margins[found.margins["around"] == around]):
        line = f"{row['line_name']} {row['days']} {row['from']}-{row['to']}"
        own = rows.setdefault(line, {"line": line, **dict.fromkeys(_COLUMNS.values(), "-")})
        own[_COLUMNS[row["measure"], row["change"]]] = effect_words(row)
    return pd.DataFrame(list(rows.values()))


_COLUMNS = {
    ("on_time_share", -1): "-1: on time, points", ("on_time_share", 1): "+1: on time, points",
    ("monday_backlog", -1): "-1: Monday backlog", ("monday_backlog", 1): "+1: Monday backlog",
}  # fmt: skip


def effect_words(row: dict[str, Any]) -> str:
    """Return a difference with its interval: shares in percentage points, the backlog in images."""
    scale, digits = (100, 2) if row["measure"] == "on_time_share" else (1, 1)
    if isnan(row["difference"]):
        return "not measured"
    mean, low, high = (_signed(scale * row[name], digits) for name in ("difference", "low", "high"))
    return f"{mean} ({low} to {high})"


def _signed(value: float, digits: int) -> str:
    """Return a number with its sign; what is rounded to nothing has none."""
    text = f"{value:+,.{digits}f}"
    return text if text.strip("+-0.,") else text[1:]


def _named(table: pd.DataFrame) -> list[dict[Any, Any]]:
    names = table["pool"] + "." + table["line"].astype(str)
    return table.assign(line_name=names).to_dict("records")


def answer_lines(found: Staffing) -> list[str]:
    """Return the answer in sentences.

    How many, what is known of fewer, the targets there and today.
    """
    if found.needed is None:
        return [
            _no_answer(found),
            *_verdicts("at the most editors", found.verdicts),
            *_causes(found),
        ]
    today = sum(found.table["today"])
    total = sum(found.needed)
    lines = f"{len(found.lines)} line{'s' if len(found.lines) > 1 else ''}"
    what = (
        "cheapest roster that meets the targets"
        if found.has_costs
        else "fewest editors that meet the targets"
    )
    cost = f", {_cost(found)}" if found.has_costs else ""
    kind = "cheaper" if found.has_costs else "smaller"
    n = len(found.confirmed)
    return [
        f"The {what}: {total:,} editors in {lines} instead of {today:,} today{cost}.",
        CLAIMS[found.proof].format(less=kind, times=found.most_times),
        *_backlog(found),
        *_verdicts(f"needed, on {n} fresh replications", found.verdicts),
        *_verdicts("today, on the same", found.today),
    ]


def _backlog(found: Staffing) -> list[str]:
    """Say what becomes of the Monday backlog, of which the targets may know nothing."""
    rows = found.margins[found.margins["measure"] == "monday_backlog"].drop_duplicates("around")
    base = dict(zip(rows["around"], rows["base"], strict=True))
    if not {"needed", "today"} <= base.keys():
        return []
    needed, today = (number(base[around]) for around in ("needed", "today"))
    return [f"Monday backlog with it: {needed} images, {today} today."]


def _cost(found: Staffing) -> str:
    today = sum(line.weight * line.shift.editors for line in found.lines)
    return f"{float(found.table['cost_a_week'].sum()):,.2f} a week instead of {today:,.2f}"


def _no_answer(found: Staffing) -> str:
    """Say that no roster was found, and how far it was looked."""
    most = sum(found.table["most"])
    if all(verdict.state is State.MET for verdict in found.verdicts):
        return "No roster was confirmed: what the search found was not shown to meet the targets on fresh replications."
    return f"Staff alone is not shown to meet the targets: with up to {most:,} editors they are not met either."


def _verdicts(where: str, verdicts: Any) -> list[str]:
    return [f"{where}: {verdict}" for verdict in verdicts]


def _causes(found: Staffing) -> list[str]:
    """Say what would bring most of the images in time that are late with the most editors."""
    if found.causes is None or found.causes.empty or found.causes["all_late_images"].max() == 0:
        return []
    top = (
        found.causes.sort_values("mean", ascending=False, kind="stable").head(2).to_dict("records")
    )
    shares = [f"{row['cause']} {100 * row['mean']:.0f} %" for row in top]
    return [f"Late images there by cause: {listed(shares)}; see causes.csv and docs/glossary.md."]


def write_staffing(found: Staffing, folder: Path, *, charts: bool = True) -> None:
    """Write ``roster.csv``, ``margins.csv``, ``tried.csv``, ``causes.csv``, ``manifest.json`` and the chart.

    Parameters
    ----------
    found
        The answer.
    folder
        An existing folder.
    charts
        Whether the chart is drawn.
    """
    tables = {"roster": found.table, "margins": found.margins, "tried": found.tried}
    if found.causes is not None:
        tables["causes"] = found.causes
    write_answer(folder, tables, staffing_manifest(found))
    if charts:
        from sim.report.write import write_figure

        write_figure(marginal_effects(found), folder, "marginal_effects")


def staffing_manifest(found: Staffing) -> dict[str, Any]:
    """Return what the answer was made from: plain data.

    Two runs of the same question give the same.
    """
    names = [line.name for line in found.lines]
    replications = {"search": found.search, "confirmation": found.confirmed}
    asked = {
        "options": {"lines": names, "most": found.table["most"].tolist()},
        "needed": dict(zip(names, found.needed, strict=True)) if found.needed else None,
        "proof": str(found.proof),
        "replications": {name: [own.start, own.stop - 1] for name, own in replications.items()},
        "runs": found.n_runs,
    }
    return question_manifest("staff", found.scenario.case, asked)


def staffing_json(found: Staffing) -> str:
    """Return the answer as one JSON object, for programs: what is not there is null.

    Returns
    -------
    str
        ``scenario, met, proof, editors, roster, targets, today, margins``; the last four are lists
        of objects.
    """
    plain = {
        "scenario": found.scenario.spec.name,
        "met": found.needed is not None,
        "proof": str(found.proof),
        "editors": sum(found.needed) if found.needed else None,
        "roster": records(found.table),
        "targets": [_verdict(verdict) for verdict in found.verdicts],
        "today": [_verdict(verdict) for verdict in found.today],
        "margins": records(found.margins),
    }
    return one_object(plain)


def _verdict(verdict: Any) -> dict[str, Any]:
    names = ("mean", "low", "high")
    found: Estimate = verdict.found
    figures = {
        name: None if isnan(value) else value for name, value in zip(names, found, strict=True)
    }
    target = verdict.target.model_dump(mode="json", exclude_none=True)
    return {
        "target": target,
        "state": str(verdict.state),
        **figures,
        "confidence": verdict.confidence,
    }
