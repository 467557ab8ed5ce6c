"""The question how many editors are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.errors import Exit
from sim.questions.protocol import Option, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd

    from sim.runs.executor import Executor
    from sim.study.scenario import Scenario
    from sim.study.staffing import Staffing


class StaffingQuestion(Question["Staffing"]):
    """The fewest editors by roster line that meet all targets."""

    command = "staff"
    help = (
        "Find the fewest editors by roster line that meet all targets, "
        "and what one more or fewer does."
    )
    json_help = "Print the answer as one JSON object."
    options = (
        Option(
            "lines",
            str,
            "A pool or roster line that may change; all if none.",
            metavar="POOL[.N]",
            flag="--line",
            repeated=True,
        ),
        Option(
            "most_times",
            float,
            "Most editors of a line, in times of today's; 4 if left out.",
            minimum=1.0,
        ),
        Option("most_runs", int, "Runs that the search may make; 1,500 if left out.", minimum=1),
    )

    def remarks(self, scenario: Scenario) -> list[str]:
        """A sweep is not part of the question."""
        if not scenario.spec.sweep:
            return []
        return ["the sweep is left out: the scenario's own values are staffed"]

    def ask(
        self,
        scenario: Scenario,
        settings: Mapping[str, Any],
        executor: Executor,
        on_status: Callable[[str], None],
    ) -> Staffing:
        """Search for the fewest editors; limits that were left out are those of the study."""
        from sim.study.staffing import staff

        given = {name: value for name, value in settings.items() if value is not None}
        return staff(scenario, **given, executor=executor, on_status=on_status)

    def tables(self, answer: Staffing) -> dict[str, pd.DataFrame]:
        """Return roster and marginal tables."""
        from sim.report.staffing import TITLES, marginal_table, roster_table

        spec = answer.scenario.spec
        tables = {f"{spec.name}: editors by roster line": roster_table(answer)}
        for around in answer.margins["around"].unique():
            n, level = answer.margins["n"].max(), f"{100 * spec.confidence:g} % intervals"
            title = f"{TITLES[around]}: difference, {n} replications, {level}"
            tables[title] = marginal_table(answer, around)
        return tables

    def sentences(self, answer: Staffing) -> list[str]:
        """Say how many editors are needed."""
        from sim.report.staffing import answer_lines

        return answer_lines(answer)

    def as_json(self, answer: Staffing) -> str:
        """Return the answer as one JSON object."""
        from sim.report.staffing import staffing_json

        return staffing_json(answer)

    def write(self, answer: Staffing, folder: Path, *, charts: bool) -> None:
        """Write the answer."""
        from sim.report.staffing import write_staffing

        write_staffing(answer, folder, charts=charts)

    def exit_code(self, answer: Staffing) -> Exit:
        """A plant that no roster makes meet its targets is a target missed."""
        return Exit.TARGET_MISSED if answer.needed is None else Exit.DONE
