"""The notebooks run from top to bottom, and are committed without outputs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

REPOSITORY = Path(__file__).parents[2]
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
SECONDS_A_CELL = 120
SHOWN = ("image/png", "application/vnd.jupyter.widget-view+json")

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def notebook_at(path: Path) -> Any:
    """Read a notebook."""
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def outputs_of(cell: Any) -> list[Any]:
    """Return the outputs of a cell; text has none."""
    return list(cell.get("outputs", []))


def test_all_are_there() -> None:
    """There are the three notebooks that the documents name."""
    assert [path.stem for path in NOTEBOOKS] == [
        "can-we-trust-it",
        "first-look",
        "the-monday-pile-up",
    ]


@each_notebook
def test_committed_without_outputs(path: Path) -> None:
    """A committed notebook holds no output, no execution count, no widget and nothing of its author's machine."""
    notebook = notebook_at(path)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert cells
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)
    assert json.loads(json.dumps(notebook.metadata)) == KERNEL


@each_notebook
def test_sections_ask_and_answer(path: Path) -> None:
    """The heading of every section is a question, and the notebook ends in words."""
    cells = notebook_at(path).cells
    headings = [
        line for cell in cells if cell.cell_type == "markdown" for line in cell.source.splitlines()
    ]
    headings = [line for line in headings if line.startswith("## ")]
    assert len(headings) >= 5
    assert all(line.endswith("?") for line in headings)
    assert cells[0].source.startswith("# ")
    assert cells[-1].cell_type == "markdown"


@each_notebook
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_runs(path: Path, tmp_path: Path) -> None:
    """Every cell runs without a warning, and each chart, table and panel comes out once."""
    shutil.copytree(REPOSITORY / "scenarios", tmp_path / "scenarios")
    here = tmp_path / "notebooks"
    here.mkdir()
    notebook = notebook_at(path)
    resources = {"metadata": {"path": str(here)}}
    NotebookClient(notebook, timeout=SECONDS_A_CELL, resources=resources).execute()
    outputs = [outputs_of(cell) for cell in notebook.cells]
    kinds = [kind for own in outputs for output in own for kind in output.get("data", {})]
    assert "image/png" in kinds
    assert "text/html" in kinds
    assert "text/markdown" in kinds
    assert not [
        output for own in outputs for output in own if output.output_type in ("stream", "error")
    ]
    for own in outputs:
        assert sum(kind in output.get("data", {}) for output in own for kind in SHOWN) <= 1
    assert (SHOWN[1] in kinds) == (path.stem == "first-look")


@each_notebook
def test_needs_no_figures_in_its_text(path: Path) -> None:
    """Prose states no result: its percentages are confidences of intervals, and the load at which work piles up."""
    prose = "\n".join(
        cell.source for cell in notebook_at(path).cells if cell.cell_type == "markdown"
    )
    before = [part.split()[-1].strip('("') for part in prose.split(" %")[:-1]]
    assert set(before) <= {"95", "99.9", "100"}
