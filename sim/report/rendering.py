"""Templates, and what keeps the words that fill them in their place."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def templates(*, escape: bool) -> Environment:
    """Return the templates, which escape all that they are filled with.

    For HTML, or else for Markdown.
    """
    environment = Environment(
        loader=PackageLoader("sim.report"),
        autoescape=escape,
        finalize=None if escape else markdown_words,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["bound"] = bound
    return environment


def source(name: str) -> str:
    """Return a file of the templates as it is."""
    return files("sim.report").joinpath("templates", name).read_text(encoding="utf-8")


def bound(text: str) -> str:
    """Return a text whose percent signs stay on the line of their numbers."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def markdown_words(value: Any) -> str:
    """Return a value as Markdown in one line that says the same and does nothing else."""
    text = (
        " ".join(str(value).split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    )
    return re.sub(r"([\\`*\[\]|])", r"\\\1", text)
