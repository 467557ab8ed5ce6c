"""One page over the studies of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sim.errors import Fault, InputError
from sim.report.folder import replace_file
from sim.report.rendering import templates
from sim.report.summary import headline
from sim.report.words import level_words, made_from, todays_point
from sim.runs.gate import State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sim.study.study import Study

FILES = ("index.html", "index.md")
MARK = "made by dgisim"
"""A file that says so in its first lines may be replaced."""
LINKED = ("report.html", "report.md", "junit.xml", "summary.csv", "manifest.json")


def check_place(out: Path) -> None:
    """Refuse a folder that has an index of somebody else.

    Raises
    ------
    InputError
        With each such file.
    """
    foreign = [
        out / name for name in FILES if (out / name).exists() and MARK not in _head(out / name)
    ]
    if foreign:
        must, remedy = (
            "exists and was not written by dgisim",
            "move it away, or choose another --out",
        )
        raise InputError(Fault(str(path), "", must, remedy) for path in foreign)


def _head(path: Path) -> str:
    return path.read_bytes()[:300].decode(errors="replace") if path.is_file() else ""


def write_index(studies: Sequence[Study], out: Path) -> None:
    """Write ``index.html`` and ``index.md`` over studies whose folders stand beside them.

    Parameters
    ----------
    studies
        In the order in which they are to stand.
    out
        The folder of their folders.

    Raises
    ------
    InputError
        Where a file cannot be written, or is somebody else's.
    """
    check_place(out)
    rows = [_row(study, out) for study in studies]
    for name in FILES:
        template = templates(escape=name.endswith("html")).get_template(name)
        replace_file(out / name, template.render(rows=rows, states=list(State), mark=MARK))


def _row(study: Study, out: Path) -> dict[str, Any]:
    """Return what the index says of a study.

    Its verdicts by state, and its figures at today's setting.
    """
    verdicts, point = study.verdicts(), todays_point(study)
    files = [name for name in LINKED if (out / study.name / name).exists()]
    return {
        "name": study.name,
        "description": " ".join(str(study.manifest["scenario"].get("description", "")).split()),
        "made_from": made_from(study),
        "setting": ", ".join(level_words(study, point)),
        "verdicts": {
            state: [str(one) for one in verdicts if one.state is state] for state in State
        },
        "fails": any(map(study.fails, verdicts)),
        "figures": headline(study, point),
        "links": {name: f"{quote(study.name)}/{name}" for name in files},
    }
