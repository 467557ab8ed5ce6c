"""The one command of all questions: load, ask, write the folder, print the answer."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim import terminal
from sim.cli.app import (
    REPORTS,
    STORE,
    Changes,
    Cluster,
    Engine,
    Exit,
    Out,
    ScenarioFile,
    SkipBadRows,
    StoreFolder,
    Workers,
    executor_of,
    load_all,
    with_options,
)

if TYPE_CHECKING:
    import pandas as pd

    from sim.questions.protocol import Option, Question
    from sim.runs.executor import Executor
    from sim.study.scenario import Scenario

NoCharts = Annotated[bool, typer.Option("--no-charts", help="Write the tables alone: no chart.")]


def command_of(question: Question[Any]) -> Callable[..., None]:
    """Return the command of a question, for typer.

    Parameters
    ----------
    question
        Declares its options; those that all questions share are added here.

    Returns
    -------
    Callable
        Its name, help and signature are what typer reads a command from.
    """

    def command(**values: Any) -> None:
        _run(question, values)

    parameters = _parameters(question)
    command.__name__, command.__doc__ = question.command, question.help
    command.__dict__["__signature__"] = Signature(parameters)
    command.__annotations__ = {entry.name: entry.annotation for entry in parameters}
    return command


def _parameters(question: Question[Any]) -> list[Parameter]:
    json = Annotated[bool, typer.Option("--json", help=question.json_help)]
    shared: list[tuple[str, Any, Any]] = [
        ("changes", Changes, []),
        ("engine", Engine, None),
        ("workers", Workers, None),
        ("store", StoreFolder, STORE),
        ("cluster", Cluster, None),
        ("out", Out, REPORTS),
        ("as_json", json, False),
        ("no_charts", NoCharts, False),
        ("skip_bad_rows", SkipBadRows, False),
    ]
    return [
        _parameter("scenario", ScenarioFile, Parameter.empty),
        *map(_of_option, question.options),
        *(_parameter(*entry) for entry in shared),
    ]


def _parameter(name: str, annotation: Any, default: Any) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _of_option(option: Option) -> Parameter:
    """Return an option of a question as a parameter; what is left out is None, or an empty list."""
    flags = [option.flag] if option.flag else []
    shown = typer.Option(*flags, min=option.minimum, metavar=option.metavar, help=option.help)
    value: Any = list[option.type] if option.repeated else option.type | None  # type: ignore[name-defined]
    return _parameter(option.name, Annotated[value, shown], [] if option.repeated else None)


def _run(question: Question[Any], values: dict[str, Any]) -> None:
    """Load the scenario with the changes, ask, print, and end with the answer's exit code."""
    settings = {option.name: values[option.name] for option in question.options}
    options = {"engine": values["engine"], **question.changes(settings)}
    changes = with_options(values["changes"], **options)
    (scenario,) = load_all([values["scenario"]], changes, values["skip_bad_rows"])
    remarks = question.remarks(scenario)
    terminal.warn(scenario)
    for remark in remarks:
        terminal.say(remark)
    executor = executor_of(values["workers"], values["store"], values["cluster"])
    folder = values["out"] / f"{scenario.spec.name}-{question.command}"
    charts = not values["no_charts"]
    answer = _answer(question, scenario, settings, executor, folder, charts=charts)
    if values["as_json"]:
        print(question.as_json(answer))
    else:
        print_answer(question.tables(answer), question.sentences(answer), folder)
    code = question.exit_code(answer)
    if code == Exit.CUT_OFF:
        terminal.say("cut off: what was finished is kept")
    raise typer.Exit(code)


def _answer(
    question: Question[Any],
    scenario: Scenario,
    settings: dict[str, Any],
    executor: Executor,
    folder: Path,
    *,
    charts: bool,
) -> Any:
    """Answer a question and write its folder, whole or not at all."""
    from sim.report.folder import whole_folder

    with whole_folder(folder.parent, folder.name) as unfinished:
        with terminal.on_status(scenario) as on_status:
            answer = question.ask(scenario, settings, executor, on_status)
        question.write(answer, unfinished, charts=charts)
        scenario.write_bad_rows(unfinished)
    terminal.say_of_store(executor.store)
    return answer


def print_answer(tables: dict[str, pd.DataFrame], sentences: list[str], folder: Path) -> None:
    """Print an answer.

    Parameters
    ----------
    tables
        By title.
    sentences
        The answer in words.
    folder
        Where the rest is.
    """
    for title, table in tables.items():
        terminal.print_frame(title, table)
    for sentence in sentences:
        print(sentence)
    print(f"the results are in {folder}")
