"""The two engines and the choice between them: the one module that knows both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sim.errors import Fault, InputError
from sim.plant.compiled.trace import Trace, trace_of
from sim.plant.marks import cut, instant_of_visit
from sim.plant.record import record

if TYPE_CHECKING:
    from sim.plant.marks import Marks
    from sim.plant.run_input import RunInput
    from sim.results.counts import Counts
    from sim.results.ledger import Ledger
    from sim.scenario.schema import ScenarioSpec

# Each engine is imported when it is first used: numba alone takes half a second.

Engine = Literal["simpy", "compiled"]


def engine_for(spec: ScenarioSpec, run_input: RunInput) -> Engine:
    """Return the engine that a run takes.

    Parameters
    ----------
    spec
        The scenario at the design point; says which engine is asked for.
    run_input
        What the engine will be given.

    Returns
    -------
    str
        ``auto`` gives the compiled engine wherever it can do all that the run_input asks for.

    Raises
    ------
    InputError
        Where the compiled engine is asked for and cannot do it.
    """
    if spec.engine == "simpy":
        return "simpy"
    from sim.plant.compiled.engine import refusals

    refused = refusals(run_input)
    if refused and spec.engine == "compiled":
        must = f"cannot do this: {' and '.join(refused)}"
        raise InputError(
            Fault(f"scenario {spec.name}: engine", "compiled", must, "write engine: simpy, or auto")
        )
    return "simpy" if refused else "compiled"


def ledger_of(engine: Engine, spec: ScenarioSpec, run_input: RunInput) -> Ledger:
    """Run a run input on an engine, and return its ledger.

    Parameters
    ----------
    engine
        Which one.
    spec
        The scenario at the design point.
    run_input
        All that determines the run.

    Returns
    -------
    Ledger
        The same rows, whatever the engine.
    """
    return record(spec, run_input, marks_of(engine, run_input))


def marks_until(run_input: RunInput, n_visits: int) -> tuple[Marks, Marks]:
    """Run both engines, the SimPy model up to an instant before which so many visits begin at most.

    Parameters
    ----------
    run_input
        All that determines the run.
    n_visits
        Visits and reviews.

    Returns
    -------
    reference, other : Marks
        Of the SimPy model and of the compiled engine, up to the same instant.
    """
    from sim.plant.model import simulate

    whole = marks_of("compiled", run_input)
    at = instant_of_visit(whole, n_visits)
    if at == whole.run_until:  # and not before: the model says itself when it stops
        return simulate(run_input), whole
    return simulate(run_input, at), cut(run_input, whole, at)


def marks_of(engine: Engine, run_input: RunInput) -> Marks:
    """Run a run input on an engine, and return the marks that it leaves.

    Arguments as :func:`ledger_of`.
    """
    if engine == "simpy":
        from sim.plant.model import simulate

        return simulate(run_input)
    from sim.plant.compiled.engine import simulate as simulate_compiled

    return simulate_compiled(run_input)


def counts_of(engine: Engine, spec: ScenarioSpec, run_input: RunInput) -> Counts:
    """Run a run input on an engine, and return what its figures follow from.

    Arguments as :func:`ledger_of`. No row of a ledger is made.
    """
    from sim.plant.counter.count import count

    return count(spec, run_input, log_of(engine, run_input))


def recorded(engine: Engine, spec: ScenarioSpec, run_input: RunInput) -> tuple[Ledger, Counts]:
    """Run a run input on an engine, and return both its rows and its counts.

    Arguments as :func:`ledger_of`.
    """
    from sim.plant.counter.count import count

    marks = marks_of(engine, run_input)
    counts = count(spec, run_input, trace_of(run_input, marks))
    return record(spec, run_input, marks), counts


def log_of(engine: Engine, run_input: RunInput) -> Trace:
    """Run a run input on an engine, and return its log; arguments as :func:`ledger_of`."""
    if engine == "simpy":
        return trace_of(run_input, marks_of(engine, run_input))
    from sim.plant.compiled.engine import run

    return run(run_input)
