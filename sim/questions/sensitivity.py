"""The question which inputs matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.questions.protocol import Option, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd

    from sim.runs.executor import Executor
    from sim.study.scenario import Scenario
    from sim.study.sensitivity import Sensitivity


class SensitivityQuestion(Question["Sensitivity"]):
    """The inputs that move a measure most."""

    command = "sensitivity"
    help = "Say which inputs move a measure most, over the ranges that the scenario gives."
    json_help = "Print the answer as one JSON object."
    options = (
        Option("replications", int, "Runs of each sample; 2 if left out.", minimum=1),
        Option("trajectories", int, "Of the screening; 8 if left out.", minimum=2),
        Option("samples", int, "Of the indices, a power of 2; 64 if left out.", minimum=8),
    )

    def changes(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Every option is a key of the block ``sensitivity``."""
        return {f"sensitivity.{key}": value for key, value in settings.items()}

    def remarks(self, scenario: Scenario) -> list[str]:
        """Say how many runs it may take; a sweep is not part of the question."""
        from sim.study.sensitivity import factors_of, most_runs

        runs = f"{len(factors_of(scenario))} factors, at most {most_runs(scenario):,} runs"
        if not scenario.spec.sweep:
            return [runs]
        return ["the sweep is left out: the factors change the scenario's own values", runs]

    def ask(
        self,
        scenario: Scenario,
        settings: Mapping[str, Any],
        executor: Executor,
        on_status: Callable[[str], None],
    ) -> Sensitivity:
        """Screen the factors, and share the variance between those that matter."""
        from sim.study.sensitivity import sensitivity

        del settings  # they are in the scenario
        return sensitivity(scenario, executor=executor, on_status=on_status)

    def tables(self, answer: Sensitivity) -> dict[str, pd.DataFrame]:
        """Return the table of the factors."""
        from sim.report.sensitivity import sensitivity_table
        from sim.report.targets import subject

        moved = subject(answer.asked.figure)
        title = f"{answer.scenario.spec.name}: what moves the {moved}"
        return {title: sensitivity_table(answer)}

    def sentences(self, answer: Sensitivity) -> list[str]:
        """Say which factors matter."""
        from sim.report.sensitivity import answer_lines

        return answer_lines(answer)

    def as_json(self, answer: Sensitivity) -> str:
        """Return the answer as one JSON object."""
        from sim.report.sensitivity import sensitivity_json

        return sensitivity_json(answer)

    def write(self, answer: Sensitivity, folder: Path, *, charts: bool) -> None:
        """Write the answer."""
        from sim.report.sensitivity import write_sensitivity

        write_sensitivity(answer, folder, charts=charts)
