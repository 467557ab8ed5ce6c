"""The look of all charts, and the registry that they enter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from io import BytesIO
from textwrap import wrap
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import matplotlib.style
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from sim.report.words import made_from, todays_point

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from matplotlib.axes import Axes

    from sim.report.cells import Table
    from sim.study.study import Study


Draw: TypeAlias = "Callable[..., ChartFigure]"


@dataclass(frozen=True)
class Chart:
    """A chart as it is registered: all that folder, page and notebook need to know of it."""

    name: str
    heading: str
    """What stands over it on the page; it is the same whatever the figures are."""
    figure: Draw
    """From a study and the number of a design point (today's if left out) to a new figure."""
    table: Callable[[Study, int], Table]
    """The figures behind it at a design point, as a table."""
    over_all_points: bool
    """Whether its table is the same at every design point."""

    def __call__(self, study: Study, point: int | None = None) -> ChartFigure:
        """Return a new figure of the study."""
        return self.figure(study, point)


CHARTS: dict[str, Chart] = {}
"""Each chart by its name, in the order of the page."""

INK, GREY, PALE = "#222222", "#666666", "#d4d4d4"
LOOK = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same picture on every machine
    "font.size": 10,
    "text.color": INK,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
    "hatch.color": GREY,
    "svg.hashsalt": "dgisim",  # else ids differ from run to run
    "svg.fonttype": "path",
}
WIDTH = 8.6  # inches
DPI = 80  # on a screen
TITLE_SIZE, NOTE_SIZE = 12.5, 9.5
TITLE_CHARACTERS, NOTE_CHARACTERS = 8.2, 12.5  # an inch
TITLE_LINE, NOTE_LINE, MARGIN = 0.23, 0.18, 0.12  # inches
LABEL_LINE = 0.06  # of the height of the axes


class Look(NamedTuple):
    """How a series is drawn; line and marker tell it apart without colour."""

    color: str
    line: str
    marker: str
    fill: str


LOOKS = {
    "guaranteed": Look("#12335b", "-", "o", "#12335b"),
    "additional": Look("#b4541a", "--", "s", "white"),
    "to_be_confirmed": Look("#2f7f6f", "-.", "^", "#2f7f6f"),
    "delivery_plan": Look("#6b4f8a", ":", "D", "white"),
    "all": Look(INK, "-", "o", INK),
}


class ChartFigure(Figure):
    """A figure that a notebook shows whether or not pyplot is loaded.

    Its label is its title: the answer, with its figure.
    """

    note = ""
    """What else a reader has to know, without what the page says of the whole study."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Return it for a notebook, twice as fine as it is shown."""
        picture = BytesIO()
        with look():
            self.savefig(picture, format="png", dpi=2 * DPI)
        return picture.getvalue(), {
            "width": int(DPI * self.get_figwidth()),
            "height": int(DPI * self.get_figheight()),
        }


def chart(
    heading: str, table: Callable[[Study, int], Table], *, over_all_points: bool = False
) -> Callable[[Callable[[Study, int], ChartFigure]], Draw]:
    """Register a chart under its function's name, and draw it in the look of all charts.

    Parameters
    ----------
    heading
        What stands over it on the page.
    table
        Makes the table of its figures.
    over_all_points
        Whether that table is the same at every design point.

    Returns
    -------
    decorator
        For a function from a study and a design point to a figure.
    """

    def registered(function: Callable[[Study, int], ChartFigure]) -> Draw:
        @wraps(
            function, assigned=("__module__", "__name__", "__qualname__", "__doc__")
        )  # the signature is its own
        def drawn(study: Study, point: int | None = None) -> ChartFigure:
            with look():
                return function(study, todays_point(study) if point is None else point)

        del drawn.__wrapped__  # or help would show that of the function
        name = function.__name__
        CHARTS[name] = Chart(name, heading, drawn, table, over_all_points)
        return drawn

    return registered


def look() -> AbstractContextManager[None]:
    """Return the context in which charts are drawn and written, whatever the user's settings are."""
    return matplotlib.style.context(["default", LOOK])


def new_figure(
    study: Study, title: str, note: str = "", height: float = 4.0, width: float = WIDTH
) -> ChartFigure:
    """Return a figure of a study with its header.

    Parameters
    ----------
    study
        Named in the subtitle with its replications and confidence.
    title
        The answer, with its figure; also the figure's label.
    note
        What else a reader has to know, put behind the subtitle.
    height, width
        Inches; the header comes on top of the height.

    Returns
    -------
    ChartFigure
        Without axes.
    """
    subtitle = ". ".join(filter(None, (made_from(study), note)))
    figure = headed_figure(title, subtitle, height, width)
    figure.note = note
    return figure


def headed_figure(title: str, note: str, height: float = 4.0, width: float = WIDTH) -> ChartFigure:
    """Return a figure with its header.

    Arguments as :func:`new_figure`, the note being the whole subtitle.
    """
    titles = wrap(_bound(title), int(width * TITLE_CHARACTERS))
    notes = wrap(note, int(width * NOTE_CHARACTERS))
    header = 2 * MARGIN + TITLE_LINE * len(titles) + NOTE_LINE * len(notes)
    whole = height + header
    figure = ChartFigure(figsize=(width, whole), label=title)
    x, y = MARGIN / width, 1 - MARGIN / whole
    figure.text(x, y, "\n".join(titles), fontsize=TITLE_SIZE, weight="bold", va="top")
    y -= TITLE_LINE * len(titles) / whole
    figure.text(x, y, "\n".join(notes), fontsize=NOTE_SIZE, color=GREY, va="top")
    figure.set_layout_engine("constrained", rect=(0.005, 0.01, 0.99, height / whole - 0.01))
    return figure


def take_off_header(figure: Figure, width: float) -> None:
    """Take title and subtitle off a new figure and make it so many inches wide, for a page with words of its own.

    A figure that was wider than usual stays so in proportion.
    """
    for text in figure.texts[:2]:
        text.remove()
    layout = figure.get_layout_engine()
    assert isinstance(layout, ConstrainedLayoutEngine)
    height = (layout.get()["rect"][3] + 0.01) * figure.get_figheight()
    figure.set_size_inches(width * figure.get_figwidth() / WIDTH, height)
    layout.set(rect=(0.005, 0.01, 0.99, 0.98))


def _bound(title: str) -> str:
    """Keep numbers on the line of the word before them, and their percent signs with them."""
    return re.sub(r" (?=\d|%)", "\N{NO-BREAK SPACE}", title)


def nothing(figure: ChartFigure) -> ChartFigure:
    """Say in the place of a plot that there is nothing to draw."""
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.text(
        0.5, 0.5, "nothing to show", ha="center", va="center", color=GREY, transform=axes.transAxes
    )
    return figure


class Label(NamedTuple):
    """A label right of the plot."""

    y: float
    """Where its line ends, in data."""
    text: str
    color: str = INK
    line: Any = "-"
    """Style of the line that leads to it, as in the plot."""


def label_right(axes: Axes, labels: Iterable[Label]) -> None:
    """Write labels right of the plot, each near its height and apart from the others.

    The limits of the y axis must have been set.
    """
    low, high = axes.get_ylim()
    ordered = sorted(labels, key=lambda label: label.y)
    asked = [(label.y - low) / (high - low) for label in ordered]
    tall = [LABEL_LINE * (1 + label.text.count("\n")) for label in ordered]
    for label, y, height in zip(ordered, asked, spread(asked, tall), strict=True):
        leader = {
            "arrowstyle": "-",
            "color": label.color,
            "linestyle": label.line,
            "linewidth": 1.3,
        }
        leader |= {"shrinkA": 2, "shrinkB": 0, "relpos": (0, 0.5)}
        axes.annotate(
            label.text, (1.0, y), (1.07, height), xycoords="axes fraction", textcoords="axes fraction",
            va="center", fontsize=NOTE_SIZE, color=label.color, arrowprops=leader,
        )  # fmt: skip


def spread(asked: Sequence[float], tall: Sequence[float]) -> list[float]:
    """Move rising heights apart so that labels so tall are clear of each other, and below 1."""
    apart: list[float] = []
    for place, height in enumerate(asked):
        gap = (tall[place] + tall[place - 1]) / 2
        apart.append(max(height, apart[-1] + gap) if apart else max(height, 0.0))
    top = 1.0
    for place in reversed(range(len(apart))):
        apart[place] = min(apart[place], top)
        top = apart[place] - (tall[place] + tall[place - 1]) / 2
    return apart
