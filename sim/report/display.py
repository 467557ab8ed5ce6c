"""A scenario and a study as a notebook shows them: in short, as HTML without styles or script."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.report.answer import answer, question
from sim.report.cells import Cell, Table
from sim.report.rendering import templates
from sim.report.scenario_words import weeks
from sim.report.summary import headline_table
from sim.report.targets import target_rows
from sim.report.words import cut, listed, made_from, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sim.study.scenario import Scenario
    from sim.study.study import Study

MOST_ROWS = 20
"""More rows of a table are left out; a notebook is to be read on."""


def study_html(study: Study) -> str:
    """Return a study in short: question, answer, targets and headline figures.

    Parameters
    ----------
    study
        The results.

    Returns
    -------
    str
        HTML; all words of the scenario are escaped.
    """
    return _filled(
        "study",
        name=study.name,
        question=question(study),
        answer=answer(study),
        targets=target_rows(study),
        headline=_short(headline_table(study)),
        made_from=made_from(study),
    )


def scenario_html(scenario: Scenario) -> str:
    """Return a scenario in short: time, customers, pools with their offered load, and the sweep.

    Parameters
    ----------
    scenario
        The checked scenario. Its offered load is worked out; nothing is run.

    Returns
    -------
    str
        HTML; all words of the scenario are escaped.
    """
    spec = scenario.spec
    return _filled(
        "scenario",
        spec=spec,
        weeks=weeks(spec.horizon.weeks),
        customers=_customers(scenario),
        pools=_pools(scenario),
        sweep=[
            (key, listed([cut(str(level)) for level in levels]))
            for key, levels in spec.sweep.items()
        ],
    )


def _customers(scenario: Scenario) -> Table:
    rows = [
        (
            group.group,
            group.count if group.orders is None else "as in the file",
            group.plan,
            group.timezone,
        )
        for group in scenario.spec.customers
    ]
    return _table("Customers", ("group", "customers", "plan", "clock"), rows)


def _pools(scenario: Scenario) -> Table:
    """Return the work that is offered to each pool against the hours of its roster."""
    found = scenario.offered_load()
    hours = zip(found.offered.sum(axis=1), found.capacity.sum(axis=1), found.load, strict=True)
    rows = [
        (
            pool.name,
            pool.timezone,
            f"{offered:,.0f}",
            f"{capacity:,.0f}",
            f"{percent(float(load))} %",
        )
        for pool, (offered, capacity, load) in zip(scenario.spec.plant.pools, hours, strict=True)
    ]
    columns = ("pool", "clock", "offered work", "roster", "load")
    return _table("Pools, in editor-hours of a mean week", columns, rows)


def _table(caption: str, columns: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> Table:
    return _short(
        Table(caption, columns, tuple(tuple(Cell(str(value)) for value in row) for row in rows))
    )


def _short(table: Table) -> Table:
    """Return the first rows of a table, and say so where there are more."""
    n = len(table.rows)
    return (
        replace(table, rows=table.rows[:MOST_ROWS], note=f"{MOST_ROWS} of {n} rows")
        if n > MOST_ROWS
        else table
    )


def _filled(template: str, **words: Any) -> str:
    return templates(escape=True).get_template(f"notebook/{template}.html").render(words)
