"""dgisim: production capacity of image-editing services that sell under an SLA, simulated.

>>> import sim
>>> scenario = sim.load("scenarios/professional.yaml", changes=("replications=2",))
>>> study = scenario.run()
>>> table = study.summary()
>>> figure = study.chart.on_time_by_dgi()

The promise alone, without simulation, is in :mod:`sim.sla`. Names are loaded when they are first
used: importing ``sim`` loads no engine and no plotting.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.errors import InputError
    from sim.report.handles import Scenario, Study, load, read_study

__all__ = ["InputError", "Scenario", "Study", "load", "read_study"]

_HOMES = {
    "InputError": "sim.errors",
    "Scenario": "sim.report.handles",
    "load": "sim.report.handles",
    "Study": "sim.report.handles",
    "read_study": "sim.report.handles",
}


def __getattr__(name: str) -> Any:
    """Load a public name from where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
