"""A panel of sliders for notebooks: the daily guarantee, editors and demand, answered by the simulation at once.

>>> import sim
>>> from sim.panel import panel
>>> controls = panel(sim.load("scenarios/professional.yaml", changes=("replications=2",)))
"""

from __future__ import annotations

from html import escape
from io import BytesIO
from math import inf
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.report.charts import CHARTS
from sim.report.style import look
from sim.report.words import estimate, number, numbers, percent, percents
from sim.results.figure import KEYS, Figure
from sim.stats.intervals import UNKNOWN, Estimate, most_of
from sim.study.diff import compare_studies

try:
    import ipywidgets as widgets  # type: ignore[import-untyped]
except ImportError as missing:
    raise ImportError(
        "sim.panel needs ipywidgets: run  pip install 'dgisim[notebooks]'"
    ) from missing

if TYPE_CHECKING:
    from sim.scenario.plant import Pool
    from sim.scenario.schema import ScenarioSpec
    from sim.study.scenario import Scenario
    from sim.study.study import Study

REPLICATIONS = (
    4  # A study of five or more also looks for the causes of lateness, which takes as long again.
)
LEAST_DEMAND, MOST_DEMAND = 0.5, 2.0
CHART_DPI, CHART_WIDTH = 100, "42em"
FIGURES = {
    "guaranteed images on time": ("on_time_share", "guaranteed"),
    "images over the guarantee": ("overflow_share", "all"),
    "images over the guarantee, a day": ("overflow_images_per_day", "all"),
    "Monday backlog, images": ("monday_backlog", "all"),
}


class Panel(widgets.VBox):  # type: ignore[misc]
    """Sliders over a scenario, and what the simulation says of their setting.

    Made by :func:`panel`.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario.with_({"sweep": {}, "replications": REPLICATIONS, "gate": {}})
        """What the sliders start from: one design point, few replications."""
        spec = self.scenario.spec
        self.guarantees = _guarantees(spec)
        """A slider for the DGI of each plan, by dotted key."""
        self.editors = _editors(spec)
        """A slider for the editors of each shift, by dotted key."""
        self.orders = {
            f"customers.{group.group}.demand.orders_per_day": group.demand.orders_per_day
            for group in spec.customers
            if group.demand
        }
        """Orders a day of each synthetic group in the scenario, by dotted key."""
        self.demand = _slider(
            widgets.FloatSlider,
            1.0,
            LEAST_DEMAND,
            MOST_DEMAND,
            0.05,
            "orders ×",
            disabled=not self.orders,
        )
        """A slider for the factor on the demand of all synthetic groups."""
        self.answer, self.chart = (
            widgets.HTML(),
            widgets.Image(format="png", layout={"width": CHART_WIDTH}),
        )
        self.start = self.scenario.run(verify=False)
        """The results at the start, which the changes are taken from."""
        super().__init__([_side_by_side(self._controls(), widgets.VBox([self.answer, self.chart]))])
        for slider in (*self.guarantees.values(), *self.editors.values(), self.demand):
            slider.observe(self._update, names="value")
        self._show(self.scenario, self.start)

    @property
    def changes(self) -> dict[str, Any]:
        """What the sliders change, to be given to ``Scenario.with_``."""
        found = {key: slider.value for key, slider in {**self.guarantees, **self.editors}.items()}
        return found | {
            key: round(orders * self.demand.value, 9) for key, orders in self.orders.items()
        }

    def _controls(self) -> widgets.Widget:
        groups = {"Promise": [*self.guarantees.values()], "Demand": [self.demand]}
        for pool in self.scenario.spec.plant.pools:
            keys = (_editors_key(pool, place) for place in range(len(pool.roster)))
            groups[f"Editors of {pool.name}"] = [self.editors[key] for key in keys]
        parts = [
            part
            for name, own in groups.items()
            for part in (widgets.HTML(f"<b>{escape(name)}</b>"), *own)
        ]
        return widgets.VBox(parts)

    def _update(self, _: object) -> None:
        """Run the setting of the sliders; what is wrong with it is said in the panel."""
        try:
            scenario = self.scenario.with_(self.changes)
            self._show(scenario, scenario.run(verify=False))
        except InputError as error:
            faults = "".join(f"<li>{escape(str(fault))}</li>" for fault in error.faults)
            self.answer.value = f'<p role="alert">This setting cannot be run:</p><ul>{faults}</ul>'
            self.chart.layout.display = "none"

    def _show(self, scenario: Scenario, study: Study) -> None:
        self.answer.value = (
            _warnings(scenario) + _figures(self.start, study) + _pools(scenario, study)
        )
        self.chart.value = _png(study)
        self.chart.layout.display = None


def panel(scenario: Scenario) -> Panel:
    """Return a panel of sliders over a scenario.

    Parameters
    ----------
    scenario
        Where the sliders start; it stays as it is, and its sweep is left out.

    Returns
    -------
    Panel
        A widget: shown as the last value of a notebook's cell. ``changes`` is the setting of the
        sliders, for ``scenario.with_``. Each change runs a few replications on the same draws as
        the start; the first takes longer.

    Raises
    ------
    InputError
        Where the scenario cannot be run as it is. Settings of the sliders that cannot are said in
        the panel.
    """
    return Panel(scenario)


def _guarantees(spec: ScenarioSpec) -> dict[str, widgets.IntSlider]:
    found = {}
    for name, plan in spec.plans.items():
        dgi = plan.standard.guaranteed_per_day
        words = "DGI" if len(spec.plans) == 1 else f"DGI, {name}"
        found[f"plans.{name}.standard.guaranteed_per_day"] = _slider(
            widgets.IntSlider, dgi, 0, max(400, 2 * dgi), 1 if dgi % 10 else 10, words
        )
    return found


def _editors(spec: ScenarioSpec) -> dict[str, widgets.IntSlider]:
    return {
        _editors_key(pool, place): _slider(
            widgets.IntSlider,
            line.editors,
            0,
            max(5, 3 * line.editors),
            1,
            f"{line.days} {line.begins}–{line.ends}",
        )
        for pool in spec.plant.pools
        for place, line in enumerate(pool.roster)
    }


def _editors_key(pool: Pool, place: int) -> str:
    return f"plant.pools.{pool.name}.roster.{place}.editors"


def _slider(
    kind: type[widgets.Widget],
    value: float,
    least: float,
    most: float,
    step: float,
    words: str,
    **more: Any,
) -> Any:
    """Return a slider that tells its value when it is let go."""
    more |= {
        "style": {"description_width": "11em"},
        "layout": {"width": "25em"},
        "continuous_update": False,
    }
    return kind(value=value, min=least, max=most, step=step, description=words, **more)


def _side_by_side(*parts: widgets.Widget) -> widgets.Widget:
    return widgets.Box(
        parts, layout={"display": "flex", "flex_flow": "row wrap", "grid_gap": "1em 2em"}
    )


def _warnings(scenario: Scenario) -> str:
    return "".join(f'<p role="alert"><b>{escape(text)}</b></p>' for text in scenario.warnings())


def _figures(start: Study, study: Study) -> str:
    """Return the headline figures, each with its interval, and its change from the start with the interval of that."""
    changes = compare_studies(start, study).figures.set_index(KEYS)
    rows = []
    for name, (measure, commitment) in FIGURES.items():
        key = Figure(measure, commitment)
        found = estimate(study.figure(0, key), most_of(measure))
        change = (
            Estimate(*changes.loc[key, ["difference", "low", "high"]])
            if key in changes.index
            else UNKNOWN
        )
        rows.append([name, *_said(measure, found), _change(measure, change)])
    note = (
        f"From {len(study.manifest['replications'])} replications, on the same draws as the start."
    )
    heads = ["", "mean", f"{100 * study.confidence:g} % interval", "change from the start"]
    return f"{_table(heads, rows)}<p>{note}</p>"


def _said(measure: str, found: Estimate) -> tuple[str, str]:
    """Return mean and interval in words."""
    if not found.known:
        return "nothing to measure", ""
    if measure.endswith("_share"):
        return f"{percent(found.mean)} %", percents(found).strip(" ()")
    return number(found.mean), numbers(found).strip(" ()")


def _change(measure: str, change: Estimate) -> str:
    """Return a difference with its interval; shares differ by points of a percent."""
    if not change.known or not any(change):
        return "none" if change.known else ""
    is_share = measure.endswith("_share")
    most, times, form, unit = (1.0, 100, "+.1f", " points") if is_share else (inf, 1, "+,.0f", "")
    mean, low, high = (format(times * value, form) for value in change.within(-most, most))
    return f"{mean}{unit} ({low} to {high})"


def _pools(scenario: Scenario, study: Study) -> str:
    """Return the load and the utilisation of each pool."""
    offered = scenario.offered_load()
    rows = []
    for pool, load in zip(offered.pools, offered.load, strict=True):
        used = estimate(study.figure(0, "utilisation", pool=pool))
        rows.append(
            [
                pool,
                f"{100 * load:.0f} %",
                f"{percent(used.mean)} %" if used.known else "not measured",
            ]
        )
    return _table(["pool", "load: work over roster", "utilisation: at work over on shift"], rows)


def _table(heads: list[str], rows: list[list[str]]) -> str:
    head = "".join(
        f'<th scope="col" style="text-align: left">{escape(cell)}</th>' for cell in heads
    )
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f'<table style="border-spacing: 1em 0.2em"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _png(study: Study) -> bytes:
    file = BytesIO()
    with look():
        CHARTS["weekend_backlog"](study).savefig(file, format="png", dpi=CHART_DPI)
    return file.getvalue()
