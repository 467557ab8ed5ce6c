"""What a visit costs in the project's engines, in a bare C++ loop, in plain Python and in other tools.

All get the same draws. Rounds are interleaved, the medians of the processor's time are shown, and
every completion is checked: on whole seconds against the project's SimPy model; tools that have no
rule for coinciding events on the twin (see ``tandem.py``), in which nothing coincides, against the
plain Python loop, which is checked on whole seconds too.

Other tools take part where they can be imported. To keep them out of the project's environment,
install them into a folder, which is looked at last, and name it::

    export RIVALS=$(mktemp -d)
    python -m pip install --target $RIVALS ciw salabim cimba
    python -m tests.benchmarks.engines
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, partial
from importlib import import_module
from importlib.util import find_spec
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.clock import NAT
from sim.plant.compiled.engine import run as run_compiled
from sim.plant.model import PlantModel
from tests.benchmarks import rivals, tandem, yardstick

if TYPE_CHECKING:
    from sim.plant.marks import Marks
    from tests.benchmarks.tandem import Flow, Ints

ROUNDS = 5
SMALL, MIDDLE, LARGE = 10_000, 100_000, 1_000_000
SCALES = (10_000, 100_000, 1_000_000, 10_000_000)
SIMPY, BARE = "the project's SimPy engine", "C++ yardstick, ends only"


class Case:
    """One draws in all the forms that contestants take, and the completions that they have to give.

    Less than a week's images are the first days of a week.
    """

    def __init__(self, images: int) -> None:
        short = images < tandem.IMAGES_A_WEEK
        self.run_input = tandem.run_input_of(round(tandem.IMAGES_A_WEEK) if short else images)
        flow = tandem.flow_of(self.run_input)
        self.flow = tandem.begun(flow, images) if short else flow

    @cached_property
    def twin(self) -> Flow:
        """The flow in which nothing coincides."""
        return tandem.twin(self.flow)

    @cached_property
    def marks(self) -> Marks:
        """What the project's SimPy model leaves."""
        return PlantModel(self.run_input).run()

    @cached_property
    def ends(self) -> Ints:
        """Ends of all visits by the SimPy model."""
        ends = tandem.ended(self.run_input, self.marks.ended_at)
        return np.where(ends < self.flow.until, ends, NAT)

    @cached_property
    def twin_ends(self) -> Ints:
        """Ends of all visits of the twin by the plain Python loop."""
        return rivals.heapq_loop(self.twin)()


case = cache(Case)


@dataclass(frozen=True)
class Contestant:
    """Who takes part."""

    name: str
    images: int
    """Images that it runs: fewer for the slow."""
    prepare: Callable[[Case], Callable[[], Any]]
    """Gives the run that is timed."""
    ends: Callable[[Case, Any], Ints] = lambda _, answer: answer
    """Ends of all visits from what the run gives, on whole seconds."""
    tool: Callable[[Flow], Callable[[], Ints]] | None = None
    """For a tool that has no rule for what coincides: the run on any flow."""

    def times(self) -> float:
        """Return the microseconds a visit of one run."""
        it = case(self.images)
        run = self.prepare(it)
        return 1e6 * seconds_of(run) / int((it.ends != NAT).sum())

    def check(self) -> str:
        """Check every completion, and say on what."""
        it = case(self.images)
        answer = self.prepare(it)()
        if self.tool is None:
            return _verdict("second", self.ends(it, answer), it.ends)
        differ = float((self.tool(it.flow)() != it.ends).mean())
        return f"{_verdict('tick', answer, it.twin_ends)}; on whole seconds {differ:.2%} differ"


def _verdict(unit: str, ends: Ints, expected: Ints) -> str:
    differ = int((ends != expected).sum())
    return f"{differ:,} completions DIFFER" if differ else f"equal to the {unit}"


def seconds_of(run: Callable[[], Any], repeats: int = 1) -> float:
    """Return the seconds that the processor works on a run.

    Other work on the machine counts less than on the clock.
    """
    gc.collect()
    began = time.process_time()
    for _ in range(repeats):
        run()
    return (time.process_time() - began) / repeats


def _since_start(column: Any) -> Ints:
    """Return instants of 32 bits as ends, NAT where there is none."""
    ends: Ints = np.where(column == yardstick.NOT_YET, NAT, column.astype(np.int64))
    return ends


def _compiled_ends(it: Case, trace: Any) -> Ints:
    return _since_start(trace.ended[: len(it.flow.duration)])


def _bare_ends(it: Case, records: yardstick.Records) -> Ints:
    """Return the ends; starts and editors, where they are kept, have to be the SimPy model's too."""
    if records.started is not None and records.editor is not None:
        assert (
            _since_start(records.started) == tandem.ended(it.run_input, it.marks.started_at)
        ).all()
        editor = it.marks.editor[: len(records.editor)]
        assert (records.editor == np.where(editor == NAT, -1, editor)).all()
    return _since_start(records.ended)


def _tool(name: str, images: int, prepare: Callable[[Flow], Callable[[], Ints]]) -> Contestant:
    return Contestant(name, images, lambda it: prepare(it.twin), tool=prepare)


def own_contestants() -> list[Contestant]:
    """Return those that need nothing but the project's environment and g++."""
    bare = [
        Contestant(
            name,
            LARGE,
            lambda it, records=records: yardstick.yardstick(it.flow, records=records),  # type: ignore[misc]
            _bare_ends,
        )
        for name, records in ((BARE, False), ("C++ yardstick, visit records", True))
    ]
    return [
        *(bare if yardstick.available() else []),
        Contestant(
            "compiled, ends only",
            LARGE,
            lambda it: partial(run_compiled, it.run_input),
            _compiled_ends,
        ),
        Contestant(
            "compiled, with editors",
            LARGE,
            lambda it: partial(run_compiled, it.run_input, editors=True),
            _compiled_ends,
        ),
        Contestant(
            SIMPY,
            LARGE,
            lambda it: PlantModel(it.run_input).run,
            lambda it, marks: tandem.ended(it.run_input, marks.ended_at),
        ),
        Contestant("plain Python, heapq", LARGE, lambda it: rivals.heapq_loop(it.flow)),
        Contestant(
            "SimPy, process an image, at instants' end",
            SMALL,
            lambda it: rivals.simpy_images_equal(it.flow),
        ),
        _tool("SimPy, process an image, PriorityResource", SMALL, rivals.simpy_images),
        _tool("SimPy, process an editor, heaps", MIDDLE, rivals.simpy_editors),
    ]


def tools() -> list[Contestant]:
    """Return other people's tools that can be imported, and say how to get the rest."""
    if folder := os.environ.get("RIVALS"):
        sys.path.append(folder)
    missing = [name for name in ("ciw", "salabim", "cimba") if find_spec(name) is None]
    if missing:
        names = " ".join(missing)
        print(
            f"without {names}: python -m pip install --target FOLDER {names}, and RIVALS=FOLDER in the environment"
        )
    entries = {
        "cimba": [
            (
                "cimba from PyPI, process an editor",
                MIDDLE,
                "tests.benchmarks.cimba_plant",
                "prepare",
            )
        ],
        "ciw": [("Ciw", SMALL, "tests.benchmarks.tools", "ciw")],
        "salabim": [
            (
                "salabim, component an editor, heaps",
                MIDDLE,
                "tests.benchmarks.tools",
                "salabim_editors",
            ),
            (
                "salabim, component an image, Resource",
                SMALL,
                "tests.benchmarks.tools",
                "salabim_images",
            ),
        ],
    }
    chosen = [entry for name, group in entries.items() if name not in missing for entry in group]
    return [
        _tool(name, images, getattr(import_module(module), prepare))
        for name, images, module, prepare in chosen
    ]


def race(contestants: list[Contestant]) -> dict[str, float]:
    """Return the median microseconds a visit of each, rounds interleaved."""
    taken: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    for _ in range(ROUNDS):
        for contestant in contestants:
            taken[contestant.name].append(contestant.times())
    return {name: median(times) for name, times in taken.items()}


def show(contestants: list[Contestant]) -> None:
    """Check all, which compiles what is compiled, then race and print the table."""
    checks = {contestant.name: contestant.check() for contestant in contestants}
    taken = race(contestants)
    print(f"medians of {ROUNDS} interleaved rounds, microseconds of processor time a visit")
    print(f"{'':43}{'images':>10}{'us':>9}{'SimPy engine / it':>19}{'it / C++':>10}  completions")
    for contestant in contestants:
        name, us = contestant.name, taken[contestant.name]
        ratios = f"{taken[SIMPY] / us:19.2f}{us / taken.get(BARE, float('nan')):10.2f}"
        print(f"{name:43}{contestant.images:10,}{us:9.3f}{ratios}  {checks[name]}")


def scale() -> None:
    """Print what a visit costs from 10^4 to 10^7 images, in the compiled engine and in the yardstick."""
    print(f"{'images':>12}{'visits':>12}{'compiled, us':>14}{'C++, us':>9}")
    for images in SCALES:
        run_input = tandem.run_input_of(images)
        flow = tandem.flow_of(run_input)
        runs: list[Callable[[], Any]] = [partial(run_compiled, run_input)]
        runs += [yardstick.yardstick(flow, records=False)] if yardstick.available() else []
        repeats = max(1, LARGE // images // 2)
        rounds = [[seconds_of(run, repeats) for run in runs] for _ in range(ROUNDS)]
        us = [1e6 * median(times) / len(flow.duration) for times in zip(*rounds, strict=True)]
        print(
            f"{images:12,}{len(flow.duration):12,}{us[0]:14.3f}"
            + "".join(f"{other:9.3f}" for other in us[1:])
        )


def main() -> None:
    """Print the table and the scaling."""
    show([*own_contestants(), *tools()])
    scale()


if __name__ == "__main__":
    main()
