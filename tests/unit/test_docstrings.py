"""The examples in docstrings and in the README run, and give what they show."""

from __future__ import annotations

import doctest
import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROMPT = re.compile(r"^\s*>>> ", re.MULTILINE)
WITH_EXAMPLES = [
    path for path in sorted((ROOT / "sim").rglob("*.py")) if PROMPT.search(path.read_text("utf-8"))
]


@pytest.fixture
def beside_the_scenarios(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run where ``scenarios/`` is found, as at the root of the repository, and where files may be written."""
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)


def module_name(path: Path) -> str:
    """Return the name that a file is imported by."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def docstrings_of(path: Path) -> list[doctest.DocTest]:
    """Return the docstrings of a file that have examples."""
    found = doctest.DocTestFinder(exclude_empty=True).find(import_module(module_name(path)))
    return [test for test in found if test.examples]


def test_there_are_examples() -> None:
    """What users begin with has examples."""
    names = {module_name(path) for path in WITH_EXAMPLES}
    assert {
        "sim",
        "sim.sla",
        "sim.study.scenario",
        "sim.study.study",
        "sim.report.handles",
    } <= names


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=module_name)
def test_every_example_is_run(path: Path) -> None:
    """Each prompt of a file belongs to a docstring that is found, and none is skipped."""
    collected = [example for test in docstrings_of(path) for example in test.examples]
    assert len(collected) == len(PROMPT.findall(path.read_text("utf-8")))
    assert not any(doctest.SKIP in example.options for example in collected)


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=module_name)
@pytest.mark.usefixtures("beside_the_scenarios")
def test_examples_give_what_they_show(path: Path) -> None:
    """Each docstring runs by itself, in order, and prints what stands below its prompts.

    ``...`` is anything.
    """
    for test in docstrings_of(path):
        said: list[str] = []
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        assert runner.run(test, out=said.append).failed == 0, "".join(said)


def test_a_wrong_example_is_found() -> None:
    """The way examples are run here tells a right one from a wrong one."""
    for shown, failed in (("2", 0), ("3", 1)):
        test = doctest.DocTestParser().get_doctest(f">>> 1 + 1\n{shown}\n", {}, "sum", None, 0)
        assert (
            doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=lambda _: None).failed
            == failed
        )


@pytest.mark.usefixtures("beside_the_scenarios")
def test_the_python_of_the_readme_runs() -> None:
    """The README's Python is what a user would type, in one go."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert blocks
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)
    assert "study" in names
