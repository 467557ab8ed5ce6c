"""The panel of sliders, moved without a browser.

It shows what the scenario gives with the same changes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.panel import Panel, panel
from sim.report.words import number, percent

DGI = "plans.professional.standard.guaranteed_per_day"
EDITORS = "plant.pools.retouch.roster.0.editors"
ORDERS = "customers.shops.demand.orders_per_day"
SCENARIO = """
name: small
seed: 5
horizon: {start: 2026-01-05, weeks: 3, warm_up_weeks: 1, cool_down_weeks: 1}
plans: {professional: {standard: {guaranteed_per_day: 40}}}
customers:
  - group: shops
    count: 3
    plan: professional
    timezone: UTC
    demand: {orders_per_day: 2.0, images_per_order: {lognormal: {median: 20, sigma: 0.5}}}
plant:
  pools:
    - name: retouch
      timezone: UTC
      roster:
        - {days: Mon-Fri, from: "08:00", to: "16:00", editors: 3}
        - {days: Sat-Sun, from: "08:00", to: "12:00", editors: 1}
  route:
    - {station: retouch, pool: retouch, minutes: {exponential: {mean: 6}}}
sweep: {plans.professional.standard.guaranteed_per_day: [10, 40]}
replications: 30
"""


@pytest.fixture
def scenario(tmp_path: Path) -> sim.Scenario:
    """A small scenario with a sweep and more replications than the panel takes."""
    path = tmp_path / "small.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return sim.load(path)


def direct(scenario: sim.Scenario, view: Panel, changes: dict[str, Any]) -> sim.Study:
    """Run changes without the panel, with as many replications as it says that it takes."""
    n = len(view.start.manifest["replications"])
    return scenario.with_({"sweep": {}, "replications": n, **changes}).run(verify=False)


def assert_shows(view: Panel, study: sim.Study) -> None:
    """Ask for each figure of the study in its row of the panel, and for the chart."""
    on_time, overflow = (
        study.figure(0, "on_time_share", "guaranteed"),
        study.figure(0, "overflow_share"),
    )
    backlog, busy = (
        study.figure(0, "monday_backlog"),
        study.figure(0, "utilisation", pool="retouch"),
    )
    assert on_time is not None
    assert overflow is not None
    assert backlog is not None
    assert busy is not None
    interval = f"{percent(max(on_time['low'], 0))} to {percent(min(on_time['high'], 1))} %"
    assert row(view, "guaranteed images on time")[:2] == [f"{percent(on_time['mean'])} %", interval]
    assert row(view, "images over the guarantee")[0] == f"{percent(overflow['mean'])} %"
    assert row(view, "Monday backlog, images")[0] == number(backlog["mean"])
    assert row(view, "retouch")[1] == f"{percent(busy['mean'])} %"
    assert bytes(view.chart.value).startswith(b"\x89PNG")


def row(view: Panel, name: str) -> list[str]:
    """Return the cells behind a name in the tables of the panel."""
    cells = view.answer.value.partition(f"<td>{name}</td>")[2].partition("</tr>")[0]
    return [cell.partition("</td>")[0] for cell in cells.split("<td>")[1:]]


def test_starts_with_the_scenario_itself(scenario: sim.Scenario) -> None:
    """Sliders stand at the scenario's values, nothing has changed, and the sweep is left out."""
    view = panel(scenario)
    assert view.changes == {
        DGI: 40,
        EDITORS: 3,
        "plant.pools.retouch.roster.1.editors": 1,
        ORDERS: 2.0,
    }
    assert_shows(view, direct(scenario, view, {}))
    assert row(view, "guaranteed images on time")[2] == "none"


@pytest.mark.parametrize(
    ("kind", "key", "value", "changes"),
    [
        ("guarantees", DGI, 10, {DGI: 10}),
        ("editors", EDITORS, 2, {EDITORS: 2}),
        ("demand", "", 1.25, {ORDERS: 2.5}),
    ],
)
def test_a_slider_gives_what_with_gives(
    scenario: sim.Scenario, kind: str, key: str, value: float, changes: dict[str, Any]
) -> None:
    """Each slider changes its own key of the scenario, and the panel shows the run of that."""
    view = panel(scenario)
    before = view.answer.value, bytes(view.chart.value)
    slider = getattr(view, kind)
    (slider[key] if key else slider).value = value
    assert before[0] != view.answer.value
    assert before[1] != bytes(view.chart.value)
    assert_shows(view, direct(scenario, view, changes))


def test_the_change_is_paired_with_the_start(scenario: sim.Scenario) -> None:
    """The change is that of a sweep over both settings, which pairs replications, with its interval."""
    view = panel(scenario)
    view.guarantees[DGI].value = 10
    swept = direct(scenario, view, {"sweep": {DGI: [40, 10]}}).figure(1, "overflow_share")
    assert swept is not None
    mean, low, high = (
        f"{100 * swept[name]:+.1f}" for name in ("difference", "difference_low", "difference_high")
    )
    assert row(view, "images over the guarantee")[2] == f"{mean} points ({low} to {high})"


def test_back_at_the_start_all_is_as_before(scenario: sim.Scenario) -> None:
    """The answer depends on where the sliders stand, not on the way there."""
    view = panel(scenario)
    before = view.answer.value, bytes(view.chart.value)
    view.demand.value = 1.5
    view.demand.value = 1.0
    assert before == (view.answer.value, bytes(view.chart.value))


def test_says_that_a_pool_cannot_keep_up(scenario: sim.Scenario) -> None:
    """Every warning of the scenario stands in the panel, and goes when the demand does."""
    view = panel(scenario)
    assert "role=" not in view.answer.value
    view.demand.value = 2.0
    (warning,) = scenario.with_(view.changes).warnings()
    assert warning.replace("'", "&#x27;") in view.answer.value
    view.demand.value = 1.0
    assert "role=" not in view.answer.value


def test_shows_what_is_wrong_instead_of_a_traceback(scenario: sim.Scenario) -> None:
    """A setting that cannot be run is said with its faults, without old figures.

    The next good one is shown again.
    """
    view = panel(scenario)
    for slider in view.editors.values():
        slider.value = 0
    with pytest.raises(sim.InputError) as wrong:
        scenario.with_(view.changes)
    assert "no line has an editor" in str(wrong.value)
    assert "no line has an editor" in view.answer.value
    assert row(view, "Monday backlog, images") == []
    assert view.chart.layout.display == "none"
    view.editors[EDITORS].value = 3
    assert_shows(view, direct(scenario, view, view.changes))
    assert view.chart.layout.display is None


def test_sliders_answer_when_they_are_let_go(scenario: sim.Scenario) -> None:
    """No slider runs the simulation at every step of the mouse."""
    view = panel(scenario)
    assert not any(
        slider.continuous_update for slider in (*view.guarantees.values(), *view.editors.values())
    )
    assert not view.demand.continuous_update


def test_the_sliders_can_be_seen(scenario: sim.Scenario) -> None:
    """Every slider is part of the widget that a notebook shows, as are answer and chart."""
    view = panel(scenario)
    shown, waiting = set(), [view]
    while waiting:
        widget = waiting.pop()
        shown.add(widget)
        waiting += getattr(widget, "children", ())
    assert {
        *view.guarantees.values(),
        *view.editors.values(),
        view.demand,
        view.answer,
        view.chart,
    } <= shown


def test_what_is_wrong_is_text(tmp_path: Path) -> None:
    """What a fault quotes, here the name of the file, is no markup in the panel."""
    path = tmp_path / "<b>.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    view = panel(sim.load(path))
    for slider in view.editors.values():
        slider.value = 0
    assert "&lt;b&gt;.yaml" in view.answer.value
    assert "<b>" not in view.answer.value


def test_says_what_to_install() -> None:
    """Without ipywidgets, the import says what to install."""
    code = "import sys; sys.modules['ipywidgets'] = None; import sim.panel"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "pip install 'dgisim[notebooks]'" in run.stderr.splitlines()[-1]
