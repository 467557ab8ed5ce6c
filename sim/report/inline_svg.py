"""Figures as SVG to stand in a page.

Small, with text as text, and with ids that no other figure has.
"""

from __future__ import annotations

import re
import warnings
from io import BytesIO
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import matplotlib as mpl

from sim.report.style import look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
REFERENCE = re.compile(r"#([^)\s\"']+)")
LONG_DECIMALS = re.compile(r"(\.\d\d)\d+")


def inline_svg(figure: Figure, name: str, label: str) -> str:
    """Return a figure as an SVG element.

    Parameters
    ----------
    figure
        A figure that was not drawn yet.
    name
        Letters, digits and dashes; all ids begin with it.
    label
        What the picture says, for those who cannot see it.

    Returns
    -------
    str
        Markup with the label as ``aria-label``. The same figure gives the same text.
    """
    root = ElementTree.fromstring(_drawn(figure))
    _drop(root, f"{{{SVG}}}metadata", f"{{{SVG}}}style")
    _rename(root, name)
    for element in root.iter():
        if "d" in element.attrib:
            element.set("d", " ".join(LONG_DECIMALS.sub(r"\1", element.attrib["d"]).split()))
    for size in ("width", "height", "version"):
        root.attrib.pop(size, None)
    root.attrib |= {"role": "img", "aria-label": label}
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    return re.sub(r">\s+<", "><", ElementTree.tostring(root, encoding="unicode"))


def _drawn(figure: Figure) -> bytes:
    """Lay a figure out once and draw it once."""
    file = BytesIO()
    with look(), mpl.rc_context({"svg.fonttype": "none"}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # the reader's browser has the letter
        layout = figure.get_layout_engine()
        assert layout is not None
        layout.execute(figure)
        figure.set_layout_engine(None)
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _drop(root: ElementTree.Element, *tags: str) -> None:
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag in tags]:
            parent.remove(child)


def _rename(root: ElementTree.Element, name: str) -> None:
    """Keep only the ids that something refers to, and make them the figure's own."""
    ids = {element.attrib["id"] for element in root.iter() if "id" in element.attrib}
    used = {
        found
        for element in root.iter()
        for text in element.attrib.values()
        for found in REFERENCE.findall(text)
    }
    new = {old: f"{name}-{number}" for number, old in enumerate(sorted(used & ids))}
    for element in root.iter():
        own = element.attrib.pop("id", "")
        for key, text in element.attrib.items():
            element.set(key, REFERENCE.sub(lambda found: f"#{new.get(found[1], found[1])}", text))
        if own in new:
            element.set("id", new[own])
