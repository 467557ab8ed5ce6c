"""A sensitivity in words: its table for the terminal, the answer in sentences, its folder and its JSON."""

from __future__ import annotations

from collections import Counter
from math import isnan
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.report.answer_folder import one_object, records, write_answer
from sim.report.targets import said, subject, unit_of
from sim.report.words import SHORT, listed, number
from sim.runs.identity import LIBRARIES
from sim.stats.intervals import Estimate
from sim.study.manifest import question_manifest
from sim.study.sensitivity import design_of
from sim.study.sensitivity_analysis import MOST, SMALL

if TYPE_CHECKING:
    from pathlib import Path

    from sim.study.sensitivity import Sensitivity

Row = dict[Any, Any]

TELLING_NOTHING = {"pools", "route", "demand"}

TOGETHER = 0.1
"""Less of the variance than this is not said to come from factors that act together."""


def names_of(found: Sensitivity) -> dict[str, str]:
    """Return a short name of each factor, by its key: DGI, ``us-fashion orders per day``.

    The key where two are one.
    """
    names = {
        key: SHORT.get(".".join(key.split(".")[-2:])) or _telling(key)
        for key in found.asked.factors
    }
    uses = Counter(names.values())
    return {key: name if uses[name] == 1 else key for key, name in names.items()}


def _telling(key: str) -> str:
    """Return a key without the parts that tell nothing apart."""
    parts = [part for part in key.split(".")[1:] if part not in TELLING_NOTHING]
    return " ".join(parts).replace("_", " ") or key


def effect_words(found: Sensitivity, value: float) -> str:
    """Return an effect in the unit of the measure; of a share, in percentage points."""
    unit = unit_of(found.asked.measure)
    return f"{100 * value:.1f} points" if unit == "%" else f"{number(value)} {unit}".rstrip()


def mean_words(found: Sensitivity, value: float) -> str:
    """Return a mean of the measure in its unit."""
    return said(found.asked.measure, Estimate(value, value, value))


def share_words(row: Row, index: str) -> str:
    """Return an index with its interval: ``62 % (50 to 74 %)``.

    Nothing where the screening left the factor out.
    """
    share, low, high = (row[f"{index}{end}"] for end in ("", "_low", "_high"))
    return "-" if isnan(share) else f"{100 * share:.0f} % ({100 * low:.0f} to {100 * high:.0f} %)"


def sensitivity_table(found: Sensitivity) -> pd.DataFrame:
    """Return the factors in words, the most influential first.

    Parameters
    ----------
    found
        The answer.

    Returns
    -------
    DataFrame
        ``factor, range, at low, at high``, the mean effect of Morris with its interval, its spread
        and its noise, and the first-order and total index of Sobol with their intervals.
    """
    names, ends = names_of(found), end_rows(found)
    rows = [
        {
            "factor": names[row["factor"]],
            "range": f"{row['low']:g} to {row['high']:g}",
            "at low": mean_words(found, ends[row["factor"]]["low"]["mean"]),
            "at high": mean_words(found, ends[row["factor"]]["high"]["mean"]),
            "mu*": _effect(found, row),
            "sigma": effect_words(found, row["sigma"]),
            "noise": "-" if isnan(row["noise"]) else effect_words(found, row["noise"]),
            "alone (S1)": share_words(row, "first"),
            "in all (ST)": share_words(row, "total"),
        }
        for row in factor_rows(found)
    ]
    return pd.DataFrame(rows)


def factor_rows(found: Sensitivity) -> list[Row]:
    """Return the rows of the factors, the most influential first."""
    return found.analysis.factors.to_dict("records")


def end_rows(found: Sensitivity) -> dict[str, dict[str, Row]]:
    """Return the rows of both ends, by factor and end."""
    rows: dict[str, dict[str, Row]] = {}
    for row in found.analysis.ends.to_dict("records"):
        rows.setdefault(row["factor"], {})[row["end"]] = row
    return rows


def _effect(found: Sensitivity, row: Row) -> str:
    low, high = (effect_words(found, row[f"mu_star_{end}"]) for end in ("low", "high"))
    return f"{effect_words(found, row['mu_star'])} ({low.partition(' ')[0]} to {high.partition(' ')[0]})"


def title(found: Sensitivity) -> str:
    """Return which factor moves the measure most."""
    what = subject(found.asked.figure)
    first = factor_rows(found)[0]
    if not _moves(first):
        return f"No factor moves the {what} over its range"
    ends = end_rows(found)[first["factor"]]
    span = " to ".join(mean_words(found, ends[end]["mean"]) for end in ("low", "high"))
    return f"{names_of(found)[first['factor']]} moves the {what} most: {span} at its ends"


def answer_lines(found: Sensitivity) -> list[str]:
    """Return the answer in sentences.

    Who moves the measure most, what was left out, and what to beware of.
    """
    lines = [
        _most(found),
        *_together(found),
        *_left_out(found),
        *_noise(found),
        *_whole(found),
        _cost(found),
    ]
    return [line[:1].upper() + line[1:] for line in lines]


def _moves(row: Row) -> bool:
    return bool(row["mu_star"] > 0)


def _most(found: Sensitivity) -> str:
    """Say the order of influence, with the shares of variance."""
    names, what = names_of(found), subject(found.asked.figure)
    rows = [row for row in factor_rows(found) if not isnan(row["total"])]
    if not rows:
        return f"{title(found)}."
    first = f"{names[rows[0]['factor']]}, which has a part in {share_words(rows[0], 'total')} of its variance"
    rest = [f"{names[row['factor']]} {share_words(row, 'total')}" for row in rows[1:]]
    return f"the {what} is moved most by {first} over the ranges{f'; then {listed(rest)}' if rest else ''}."


def _together(found: Sensitivity) -> list[str]:
    rest = 1 - found.analysis.factors["first"].sum(min_count=1)
    if isnan(rest) or rest < TOGETHER:
        return []
    return [
        f"about {100 * rest:.0f} % of the variance comes from factors that act together: single effects do not add up."
    ]


def _left_out(found: Sensitivity) -> list[str]:
    names = names_of(found)
    out = [names[row["factor"]] for row in factor_rows(found) if not row["kept"]]
    if not out:
        return []
    why = f"under {100 * SMALL:g} % of the largest effect, no more than chance would show, or not among the first {MOST}"
    return [f"left out after the screening ({why}): {listed(out)}."]


def _noise(found: Sensitivity) -> list[str]:
    n = found.asked.replications
    if n == 1:
        return ["one replication of each sample: how much of an effect is chance is not known."]
    names = names_of(found)
    chance = [
        names[row["factor"]]
        for row in factor_rows(found)
        if row["noise"] and row["mu_star"] <= row["noise"]
    ]
    lead = f"all samples share their {n} replications; a factor without influence would show its noise as effect"
    return [f"{lead}{f', and no more than that shows {listed(chance)}' if chance else ''}."]


def _whole(found: Sensitivity) -> list[str]:
    names = names_of(found)
    whole = [names[row["factor"]] for row in factor_rows(found) if row["whole"]]
    return [f"whole numbers alone, all equally likely: {listed(whole)}."] if whole else []


def _cost(found: Sensitivity) -> str:
    design = design_of(found.scenario)
    ends = f"{design.end_replications} replications at the ends of the ranges"
    samples = f"{found.analysis.n_samples:,} samples, {design.replications} replications of each"
    return f"{found.n_runs:,} runs: {samples}; {ends}."


def sensitivity_json(found: Sensitivity) -> str:
    """Return the answer as one JSON object on one line; what is not there is null."""
    tables = {"factors": found.analysis.factors, "ends": found.analysis.ends}
    plain = {name: records(table) for name, table in tables.items()}
    asked = found.asked.model_dump(mode="json", exclude={"factors"})
    data = {
        "scenario": found.scenario.spec.name,
        "asked": asked,
        "base": found.analysis.base,
        **plain,
    }
    return one_object({**data, "answer": answer_lines(found)})


def write_sensitivity(found: Sensitivity, folder: Path, *, charts: bool = True) -> None:
    """Write ``factors.csv``, ``ends.csv``, ``manifest.json`` and the chart ``tornado``.

    Parameters
    ----------
    found
        The answer.
    folder
        An existing folder.
    charts
        Whether the chart is drawn.
    """
    tables = {"factors": found.analysis.factors, "ends": found.analysis.ends}
    write_answer(folder, tables, sensitivity_manifest(found))
    if charts:
        from sim.report.tornado_chart import tornado
        from sim.report.write import write_figure

        write_figure(tornado(found), folder, "tornado")


def sensitivity_manifest(found: Sensitivity) -> dict[str, Any]:
    """Return what the answer was made from: plain data.

    Two runs of the same question give the same.
    """
    asked = {
        "options": found.asked.model_dump(mode="json"),
        "replications": design_of(found.scenario).replications,
        "end_replications": design_of(found.scenario).end_replications,
        "samples": found.analysis.n_samples,
        "runs": found.n_runs,
    }
    return question_manifest("sensitivity", found.scenario.case, asked, (*LIBRARIES, "salib"))
