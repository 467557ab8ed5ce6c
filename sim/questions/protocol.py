"""What a question is: what it takes, how it is answered, and how its answer is told."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sim.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd

    from sim.runs.executor import Executor
    from sim.study.scenario import Scenario

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Option:
    """One setting of a question, as the command line takes it.

    Parameters
    ----------
    name
        Of the setting; the option is ``--name`` with hyphens, unless ``flag`` says otherwise.
    type
        Of one value; None is given where the option is left out.
    help
        One sentence.
    minimum
        Least value.
    metavar
        What stands for the value in the help.
    flag
        Spelling on the command line, where it is not that of the name.
    repeated
        Whether it may be given more than once; the setting is then a list.
    """

    name: str
    type: type
    help: str
    minimum: float | None = None
    metavar: str | None = None
    flag: str | None = None
    repeated: bool = False


class Question(ABC, Generic[Answer]):
    """A question about one scenario; ``Answer`` is what the study gives back.

    Every method but ``exit_code``, ``changes`` and ``remarks`` must be written.
    """

    command: str
    """The name of the command; the answer's folder is ``<scenario>-<command>``."""
    help: str
    """The text of its help."""
    json_help: str
    """What ``--json`` prints."""
    options: tuple[Option, ...]
    """What it takes beside the options of all questions."""

    def changes(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return which keys of the scenario the settings change; None leaves a key as it is."""
        del settings
        return {}

    def remarks(self, scenario: Scenario) -> list[str]:
        """Return what is said before the runs start.

        Parameters
        ----------
        scenario
            What is asked about.

        Raises
        ------
        InputError
            The question cannot be asked of this scenario.
        """
        del scenario
        return []

    @abstractmethod
    def ask(
        self,
        scenario: Scenario,
        settings: Mapping[str, Any],
        executor: Executor,
        on_status: Callable[[str], None],
    ) -> Answer:
        """Answer the question.

        Parameters
        ----------
        scenario
            What is asked about, with the changes of the settings.
        settings
            Values of ``options`` by name.
        executor
            Who makes the runs.
        on_status
            Is told how far the answer is.

        Raises
        ------
        InputError
            The question cannot be asked of this scenario.
        """

    @abstractmethod
    def tables(self, answer: Answer) -> dict[str, pd.DataFrame]:
        """Return the tables that are printed, by title."""

    @abstractmethod
    def sentences(self, answer: Answer) -> list[str]:
        """Return the answer in sentences."""

    @abstractmethod
    def as_json(self, answer: Answer) -> str:
        """Return the answer as one JSON object on a line."""

    @abstractmethod
    def write(self, answer: Answer, folder: Path, *, charts: bool) -> None:
        """Write tables, manifest and charts into an existing folder."""

    def exit_code(self, answer: Answer) -> Exit:
        """Return how the command ends."""
        del answer
        return Exit.DONE
