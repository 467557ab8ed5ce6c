"""A frontier in words: its table for the terminal, the answer in sentences, its folder and its JSON."""

from __future__ import annotations

from itertools import groupby
from math import isnan
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.report.answer_folder import one_object, records, write_answer
from sim.report.words import cut, listed, short_names
from sim.stats.chances import State
from sim.study.manifest import question_manifest

if TYPE_CHECKING:
    from pathlib import Path

    from sim.study.frontier import Frontier


def names_of(found: Frontier) -> tuple[str, str]:
    """Return what the factors are called: ``DGI`` and ``expedite guarantee``."""
    names = short_names([found.x.key, found.y.key])
    return names[found.x.key], names[found.y.key]


def point_words(found: Frontier, point: int) -> str:
    """Return the levels of a point: ``DGI 200, expedite guarantee 20``."""
    row, column = divmod(point, len(found.x.levels))
    x, y = names_of(found)
    return f"{x} {cut(str(found.x.levels[column]))}, {y} {cut(str(found.y.levels[row]))}"


def frontier_table(found: Frontier) -> pd.DataFrame:
    """Return the map in words, a row a point."""
    x, y = names_of(found)
    rows = [
        {
            x: row[found.x.key],
            y: row[found.y.key],
            "state": f"{row['state']}{' (today)' if row['point'] == found.today else ''}",
            "how": row["how"],
            "replications": row["n"] or "-",
            "successes": row["successes"] if row["n"] else "-",
            "chance": chance_words(row),
        }
        for row in found.points.to_dict("records")
    ]
    return pd.DataFrame(rows)


def chance_words(row: dict[Any, Any]) -> str:
    """Return a chance with its bounds in percent."""
    if isnan(row["chance"]):
        return "-"
    return f"{100 * row['chance']:.1f} % ({100 * row['low']:.1f} to {100 * row['high']:.1f} %)"


def answer_lines(found: Frontier) -> list[str]:
    """Return the answer in sentences.

    What can be promised, today's point, what it cost, and what to beware of.
    """
    return [_promised(found), _today(found), _cost(found), *cautions(found)]


def title(found: Frontier) -> str:
    """Return what can be promised in today's row, or else in the first."""
    row = 0 if found.today is None else found.today // len(found.x.levels)
    return f"With assurance {100 * found.rule.assurance:g} %, {_row_words(found, [row])}"


def _promised(found: Frontier) -> str:
    """Say what can be promised row by row, those of one answer together."""
    rows = range(len(found.y.levels))
    groups = [list(group) for _, group in groupby(rows, found.row)]
    return f"With assurance {100 * found.rule.assurance:g} %, {'; '.join(_row_words(found, group) for group in groups)}."


def _row_words(found: Frontier, rows: list[int]) -> str:
    """Say how far along x one may go in rows that agree."""
    x, y = names_of(found)
    states = found.row(rows[0])
    at = f"at {_article(y)} {y} of {listed([cut(str(found.y.levels[row])) for row in rows])}"
    inside = [
        level for level, state in zip(found.x.levels, states, strict=True) if state is State.IN
    ]
    unknown = [
        str(level)
        for level, state in zip(found.x.levels, states, strict=True)
        if state is State.UNDECIDED
    ]
    left = f" ({listed(unknown)}: not decided)" if unknown else ""
    if not inside:
        return f"no {x} {at} is shown to be kept{left}"
    end = ", the last level asked for" if states[-1] is State.IN else ""
    is_ = "is at least" if unknown and _furthest(found) == "largest" else "is"
    return f"the {_furthest(found)} {x} {at} {is_} {inside[-1]}{end}{left}"


def _furthest(found: Frontier) -> str:
    """Return what the hardest level is called."""
    levels = list(found.x.levels)
    numbers = all(isinstance(level, int | float) for level in levels)
    if numbers and levels == sorted(levels):
        return "largest"
    return "smallest" if numbers and levels == sorted(levels, reverse=True) else "hardest"


def _article(word: str) -> str:
    return "an" if word[0] in "aeio" else "a"


def _today(found: Frontier) -> str:
    if found.today is None:
        return "Today's setting is no point of the map, so nothing is judged."
    where = point_words(found, found.today)
    return f"Today's point ({where}) is {str(found.state_of_today).upper()}: {_asked(found)}."


def _asked(found: Frontier) -> str:
    return (
        f"asked for are {100 * found.target:g} % of guaranteed images on time "
        f"in at least {100 * found.rule.assurance:g} % of replications"
    )


def _cost(found: Frontier) -> str:
    share = found.n_runs / found.n_full
    return (
        f"{found.n_runs:,} runs instead of {found.n_full:,} for {found.rule.at_most} replications of every point "
        f"({100 * share:.0f} %). The chance that any point is marked wrongly is at most {100 * found.rule.error:g} %."
    )


def cautions(found: Frontier) -> list[str]:
    """Return what speaks against the map.

    Tests that contradict its assumption, points that are not decided.
    """
    lines = [
        f"CONTRADICTION: {point_words(found, easier)} is out and {point_words(found, harder)} is in, "
        "and it should be the harder. Between such points nothing is inferred; see docs/decisions/0011-frontier.md."
        for easier, harder in found.contradictions.itertuples(index=False)
    ]
    if n := int((found.points["state"] == State.UNDECIDED.value).sum()):
        lines.append(
            f"{n} of {len(found.points)} points are not decided: more replications may help (--at-most)."
        )
    return lines


def write_frontier(found: Frontier, folder: Path, *, charts: bool = True) -> None:
    """Write ``frontier.csv``, ``contradictions.csv``, ``manifest.json`` and the chart ``frontier``.

    Parameters
    ----------
    found
        The map.
    folder
        An existing folder.
    charts
        Whether the chart is drawn.
    """
    tables = {"frontier": found.points, "contradictions": found.contradictions}
    write_answer(folder, tables, frontier_manifest(found))
    if charts:
        from sim.report.frontier_chart import frontier_map
        from sim.report.write import write_figure

        write_figure(frontier_map(found), folder, "frontier")


def frontier_manifest(found: Frontier) -> dict[str, Any]:
    """Return what the map was made from: plain data.

    Two runs of the same question give the same.
    """
    asked = {
        "options": _options(found),
        "replications": int(found.points["n"].max()),
        "runs": found.n_runs,
        "cut_off": found.cut_off,
    }
    return question_manifest("frontier", found.scenario.case, asked)


def _options(found: Frontier) -> dict[str, Any]:
    factors = {"x": found.x.model_dump(mode="json"), "y": found.y.model_dump(mode="json")}
    return {**factors, "target": found.target, **found.rule._asdict()}


def frontier_json(found: Frontier) -> str:
    """Return the map as one JSON object, for programs.

    Returns
    -------
    str
        ``scenario, x, y, target, assurance, error, at_most, points, today, contradictions,
        reversed, runs, full_grid, cut_off``; what is not there is null.
    """
    rows = records(found.points.drop(columns=[found.x.key, found.y.key]))
    levels = [{found.x.key: x, found.y.key: y} for y in found.y.levels for x in found.x.levels]
    points = [{"levels": own, **row} for own, row in zip(levels, rows, strict=True)]
    today = (
        None if found.today is None else {"point": found.today, "state": str(found.state_of_today)}
    )
    alone, compared = found.reversed_pairs
    plain = {
        "scenario": found.scenario.spec.name,
        **_options(found),
        "points": points,
        "today": today,
        "contradictions": found.contradictions.to_dict("records"),
        "reversed": {"replications": alone, "compared": compared},
        "runs": found.n_runs,
        "full_grid": found.n_full,
        "cut_off": found.cut_off,
    }
    return one_object(plain)
