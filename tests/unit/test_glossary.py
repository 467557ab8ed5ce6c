"""The glossary explains every table, column, quantity and measure of a study, and nothing else."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

import sim
from sim.scenario.targets import Measure

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs/glossary.md"
CODE = re.compile(r"`([^`]+)`")


@cache
def study() -> sim.Study:
    """Return a study that has a row in every table.

    Two points, and as many replications as causes ask for.
    """
    changes = ("replications=5", "horizon.weeks=2", "engine=compiled")
    scenario = sim.load(ROOT / "scenarios/professional.yaml", changes=changes)
    return scenario.with_(
        {"sweep": {"plans.professional.standard.guaranteed_per_day": [50, 200]}}
    ).run(verify=False)


def rows_below(*columns: str) -> list[list[str]]:
    """Return the cells of the tables of the glossary with this head."""
    head = f"| {' | '.join(columns)} |\n"
    parts = GLOSSARY.read_text(encoding="utf-8").split(head)[1:]
    bodies = [part.partition("\n\n")[0].splitlines()[1:] for part in parts]
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for body in bodies for line in body
    ]


def explained(column: str) -> list[tuple[str, str]]:
    """Return table and name of each column or quantity that has words.

    One in all tables stands for each.
    """
    pairs = []
    for names, tables, words in rows_below(column, "table", "meaning"):
        assert words
        own = list(study().tables) if tables == "all" else CODE.findall(tables)
        pairs += [(table, name) for table in own for name in CODE.findall(names)]
    return pairs


def test_every_table_is_explained() -> None:
    """Each table says what a row of it is, in the glossary and where Study.table is documented."""
    assert {CODE.findall(name)[0] for name, _ in rows_below("table", "a row is")} == set(
        study().tables
    )
    listed = re.findall(r"- ``(\w+)``", sim.Study.table.__doc__ or "")
    assert sorted(listed) == sorted(study().tables)


def test_every_column_is_explained_once() -> None:
    """A column without words in docs/glossary.md fails, and words without a column.

    Factors explain themselves.
    """
    there = [(name, column) for name, table in study().tables.items() for column in table.columns]
    assert sorted(explained("column")) == sorted(
        pair for pair in there if pair[1] not in study().factors
    )


def test_every_quantity_is_explained_once() -> None:
    """The same holds for what the column `quantity` names."""
    there = {
        (name, str(quantity))
        for name, table in study().tables.items()
        if "quantity" in table
        for quantity in table["quantity"]
    }
    assert sorted(explained("quantity")) == sorted(there)


def test_every_measure_is_explained() -> None:
    """Each measure of the summary, and each that a target may name, has its unit and words."""
    there = {str(measure) for measure in study().summary()["measure"]} | set(get_args(Measure))
    assert {
        name
        for names, _, _ in rows_below("measure", "unit", "of what")
        for name in CODE.findall(names)
    } == there


@pytest.mark.parametrize(
    "word", ["gate", "verdict", "interim analysis", "target", "design point", "DGI"]
)
def test_words_of_the_reports_are_explained(word: str) -> None:
    """What the pages say without explaining it stands in the first table."""
    assert any(word in names.split(", ") for names, _ in rows_below("word", "meaning"))
