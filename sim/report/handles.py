"""Scenario and study as users get them: with charts, and shown in short by notebooks.

The charts stand on a floor above the study, and imports go down only. So the study declares
``chart``, and this module hangs it on; the public names of :mod:`sim` come from here. See
``docs/decisions/0010-handles.md``.
"""

from __future__ import annotations

from types import MethodType
from typing import TYPE_CHECKING

from sim.study.scenario import Scenario, load
from sim.study.study import Study, read_study

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.figure import Figure

    from sim.report.style import Chart

__all__ = ["Scenario", "Study", "load", "read_study"]


class Charts:
    """The charts of a study, each a method that returns a new figure of matplotlib.

    Parameters
    ----------
    study
        Whose results are drawn.

    Notes
    -----
    A method takes the number of a design point, that of the scenario's own setting if left out. The
    figure belongs to nobody else: change its axes, save it, throw it away; pyplot does not know it.

    Examples
    --------
    >>> import sim
    >>> scenario = sim.load("scenarios/professional.yaml", changes=("replications=2",))
    >>> figure = scenario.run(verify=False).chart.on_time_by_dgi()
    >>> label = figure.axes[0].set_xlabel("guaranteed images a day")
    >>> figure.savefig("on-time.png")  # or on-time.pdf, on-time.svg
    """

    def __init__(self, study: Study) -> None:
        self._study = study

    def __getattr__(self, name: str) -> Callable[..., Figure]:
        """Return the chart of this name, bound to the study."""
        if name.startswith(
            "_"
        ):  # asked for by notebooks, copies and pickles: no reason to load matplotlib
            raise AttributeError(name)
        if name not in _charts():
            raise AttributeError(f"{name!r} is no chart; there are {', '.join(sorted(_charts()))}")
        return MethodType(_charts()[name].figure, self._study)

    def __dir__(self) -> list[str]:
        return sorted(_charts())

    def __repr__(self) -> str:
        return f"<charts of {self._study.name}: {', '.join(dir(self))}>"


def _charts() -> Mapping[str, Chart]:
    """Return all charts; they load matplotlib, which a study without charts need not."""
    from sim.report.charts import CHARTS

    return CHARTS


def _html_of_study(study: Study) -> str:
    from sim.report.display import study_html

    return study_html(study)


def _html_of_scenario(scenario: Scenario) -> str:
    from sim.report.display import scenario_html

    return scenario_html(scenario)


Study.chart = property(Charts, doc="Its charts, each a method: ``study.chart.on_time_by_dgi()``.")  # type: ignore[method-assign, assignment]
Study._repr_html_ = _html_of_study  # type: ignore[attr-defined]
Scenario._repr_html_ = _html_of_scenario  # type: ignore[attr-defined]
