"""The course of a command that asks a question about a scenario.

Answer it, write its folder, print the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from sim import terminal

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from sim.runs.executor import Executor
    from sim.study.scenario import Scenario

Answer = TypeVar("Answer")


def answered(
    scenario: Scenario,
    place: Path,
    executor: Executor,
    answer: Callable[[Callable[[str], None]], Answer],
    write: Callable[[Answer, Path], None],
) -> Answer:
    """Answer a question and write its folder, whole or not at all.

    Parameters
    ----------
    scenario
        What is asked about.
    place
        Folder of the answer.
    executor
        Who makes the runs.
    answer
        Gives the answer; it is handed what says how far it is.
    write
        Writes the answer into a folder.
    """
    from sim.report.folder import whole_folder

    with whole_folder(place.parent, place.name) as folder:
        with terminal.on_status(scenario) as on_status:
            found = answer(on_status)
        write(found, folder)
        scenario.write_bad_rows(folder)
    terminal.say_of_store(executor.store)
    return found


def print_answer(tables: dict[str, pd.DataFrame], lines: list[str], place: Path) -> None:
    """Print tables under their titles, the answer in sentences, and where the rest is."""
    for title, table in tables.items():
        terminal.print_frame(title, table)
    for line in lines:
        print(line)
    print(f"the results are in {place}")
