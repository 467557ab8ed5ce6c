"""The two engines and the choice between them: the one module that knows both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sim.errors import Fault, InputError
from sim.plant.record import record
from sim.results.tally import tally

if TYPE_CHECKING:
    from sim.plant.marks import Marks
    from sim.plant.setting import Setting
    from sim.results.ledger import Ledger
    from sim.results.tally import Tally
    from sim.scenario.schema import ScenarioSpec

# Each engine is imported when it is first used: numba alone takes half a second.

Engine = Literal["simpy", "compiled"]


def engine_for(spec: ScenarioSpec, setting: Setting) -> Engine:
    """Return the engine that a run takes.

    Parameters
    ----------
    spec
        The scenario at the design point; says which engine is asked for.
    setting
        What the engine will be given.

    Returns
    -------
    str
        ``auto`` gives the compiled engine wherever it can do all that the setting asks for.

    Raises
    ------
    InputError
        Where the compiled engine is asked for and cannot do it.
    """
    if spec.engine == "simpy":
        return "simpy"
    from sim.plant.compiled.engine import refusals

    refused = refusals(setting)
    if refused and spec.engine == "compiled":
        must = f"cannot do this: {' and '.join(refused)}"
        raise InputError(Fault(f"scenario {spec.name}: engine", "compiled", must, "write engine: simpy, or auto"))
    return "simpy" if refused else "compiled"


def ledger_of(engine: Engine, spec: ScenarioSpec, setting: Setting) -> Ledger:
    """Run a setting on an engine, and return its ledger.

    Parameters
    ----------
    engine
        Which one.
    spec
        The scenario at the design point.
    setting
        All that determines the run.

    Returns
    -------
    Ledger
        The same rows, whatever the engine.
    """
    return record(spec, setting, marks_of(engine, setting))


def marks_of(engine: Engine, setting: Setting) -> Marks:
    """Run a setting on an engine, and return the marks that it leaves; arguments as :func:`ledger_of`."""
    if engine == "simpy":
        from sim.plant.model import simulate
    else:
        from sim.plant.compiled.engine import simulate
    return simulate(setting)


def tally_of(engine: Engine, spec: ScenarioSpec, setting: Setting) -> Tally:
    """Run a setting on an engine, and return what its figures follow from; arguments as :func:`ledger_of`.

    The compiled engine counts right after the run and writes no row.
    """
    if engine == "simpy":
        return tally(ledger_of(engine, spec, setting))
    from sim.plant.compiled.engine import run
    from sim.plant.compiled.tally import tally_of as tally_of_trace

    return tally_of_trace(spec, setting, run(setting))
