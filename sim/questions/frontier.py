"""The question what can be promised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.errors import Exit, Fault, InputError
from sim.questions.protocol import Option, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd

    from sim.runs.executor import Executor
    from sim.study.frontier import Frontier
    from sim.study.scenario import Scenario

AXIS_HELP = "Factor and levels, from the easiest: KEY=50,100."


class FrontierQuestion(Question["Frontier"]):
    """Where the target is reached with the assurance: what can be promised."""

    command = "frontier"
    help = (
        "Map at which guarantees the target is reached with the assurance.\n\n"
        "Fail where today's are outside."
    )
    json_help = "Print the map as one JSON object."
    options = (
        Option("x", str, AXIS_HELP, metavar="KEY=LEVELS"),
        Option("y", str, AXIS_HELP, metavar="KEY=LEVELS"),
        Option("target", float, "On-time share of guaranteed images to reach."),
        Option("assurance", float, "Chance with which to reach it; 0.9 if left out."),
        Option("error", float, "Chance that any point is marked wrongly: 0.05."),
        Option("at_most", int, "Most replications of a point: 400."),
    )

    def changes(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Every option is a key of the block ``frontier``."""
        factors = {name: factor(name, settings[name]) for name in ("x", "y")}
        return {f"frontier.{key}": value for key, value in {**settings, **factors}.items()}

    def ask(
        self,
        scenario: Scenario,
        settings: Mapping[str, Any],
        executor: Executor,
        on_status: Callable[[str], None],
    ) -> Frontier:
        """Search the map for its frontier."""
        from sim.study.frontier import frontier

        del settings  # they are in the scenario
        return frontier(scenario, executor=executor, on_status=on_status)

    def tables(self, answer: Frontier) -> dict[str, pd.DataFrame]:
        """Return the table of the points."""
        from sim.report.frontier import frontier_table

        return {f"{answer.scenario.spec.name}: what can be promised": frontier_table(answer)}

    def sentences(self, answer: Frontier) -> list[str]:
        """Say whether today's promise is kept, and what could be promised."""
        from sim.report.frontier import answer_lines

        return answer_lines(answer)

    def as_json(self, answer: Frontier) -> str:
        """Return the map as one JSON object."""
        from sim.report.frontier import frontier_json

        return frontier_json(answer)

    def write(self, answer: Frontier, folder: Path, *, charts: bool) -> None:
        """Write the map."""
        from sim.report.frontier import write_frontier

        write_frontier(answer, folder, charts=charts)

    def exit_code(self, answer: Frontier) -> Exit:
        """Today's promise that is not kept is a target missed."""
        from sim.stats.chances import State

        if answer.cut_off:
            return Exit.CUT_OFF
        undecided_fails = answer.scenario.spec.gate.undecided == "fail"
        fails = {State.OUT, State.UNDECIDED} if undecided_fails else {State.OUT}
        return Exit.TARGET_MISSED if answer.state_of_today in fails else Exit.DONE


def factor(name: str, text: str | None) -> str | None:
    """Return KEY=LEVELS as the value of a key of the scenario.

    Parameters
    ----------
    name
        Of the option.
    text
        As the user wrote it.

    Raises
    ------
    InputError
        The key or the levels are missing.
    """
    if text is None:
        return None
    key, _, levels = text.partition("=")
    if not key.strip() or not levels.strip():
        must, remedy = "must be KEY=LEVEL,LEVEL,...", "list the levels behind ="
        raise InputError(Fault(f"--{name}", text or '""', must, remedy))
    return f"{{key: {key.strip()}, levels: [{levels}]}}"
