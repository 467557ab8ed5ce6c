"""Why images were late: a replication made again with one cause removed at a time, on the same draws."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NAT
from sim.plant.run_input import prepare_run_input
from sim.plant.unqueued import done_without_queues
from sim.runs.engines import engine_for, marks_of
from sim.sla.calendar import rejection_due
from sim.study.causes import CAUSES, SERVICE, SEVERAL, Given, without_all

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.plant.marks import Marks
    from sim.plant.quotes import Quotes
    from sim.plant.run_input import RunInput

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Lateness:
    """The late deliveries of a replication, and what would have brought each in time."""

    run_input: RunInput
    """The replication as it was."""
    marks: Marks
    """What the engine left of it."""
    late: Ints
    """Shape (late,): numbers of the deliveries done after their deadline, or unfinished with it
    passed."""
    saved: Flags
    """Shape (causes, late): whether the delivery is in time with that cause alone removed."""
    saved_by_all: Flags
    """Shape (late,): whether it is in time with all causes removed at once."""

    @property
    def groups(self) -> dict[str, Flags]:
        """Which late deliveries each cause explains, and those that none of them explains alone."""
        alone = self.saved.any(axis=0)
        return {
            **dict(zip(CAUSES, self.saved, strict=True)),
            SEVERAL: ~alone & self.saved_by_all,
            SERVICE: ~alone & ~self.saved_by_all,
        }

    def of_images(self, first: int, end: int) -> Lateness:
        """Return the part about the images from one number on, before another.

        An order's, or those that count.
        """
        deliveries = self.run_input.draws.visits.first_delivery[[first, end]]
        own = (self.late >= deliveries[0]) & (self.late < deliveries[1])
        return replace(
            self, late=self.late[own], saved=self.saved[:, own], saved_by_all=self.saved_by_all[own]
        )


def lateness(given: Given) -> Lateness:
    """Run a replication as it is, and without each cause.

    Parameters
    ----------
    given
        The replication.

    Returns
    -------
    Lateness
        All late deliveries, also those of orders that do not count.

    Raises
    ------
    InputError
        Where the scenario asks for an engine that cannot run it.
    """
    run_input = prepare_run_input(given.spec, given.draws)
    marks = marks_of(engine_for(given.spec, run_input), run_input)
    late = np.flatnonzero(_late(run_input, marks))
    rows = [_saved(one.remove(given), run_input, marks, late) for one in CAUSES.values()]
    return Lateness(
        run_input, marks, late, np.array(rows), _saved(without_all(given), run_input, marks, late)
    )


def _late(run_input: RunInput, marks: Marks) -> Flags:
    done = _done_at(run_input, marks)
    late: Flags = (marks.due_at != NAT) & (
        np.where(done == NAT, marks.run_until, done) > marks.due_at
    )
    return late


def _done_at(run_input: RunInput, marks: Marks) -> Ints:
    done: Ints = marks.ended_at[run_input.draws.visits.ends - 1]
    return done


def _saved(given: Given, run_input: RunInput, marks: Marks, late: Ints) -> Flags:
    """Say which late deliveries are done in time when the replication is made so."""
    if not len(late):
        return np.zeros(0, np.bool_)
    # Production plans as before: with its roster, its means, and the due times of its plans.
    done = _done_when(given, run_input.quotes)
    due = _deadlines(run_input, marks.due_at, done, late)
    in_time: Flags = (done[late] != NAT) & (done[late] <= due)
    return in_time


def _done_when(given: Given, quotes: Quotes) -> Ints:
    """Return when each delivery is done.

    The run goes on to the end, for orders that do not count are late too.
    """
    run_input = prepare_run_input(given.spec, given.draws, quotes)
    if not given.queues:
        return done_without_queues(run_input)
    run_input = replace(run_input, n_counted=run_input.n_counted + 1)
    return _done_at(run_input, marks_of(engine_for(given.spec, run_input), run_input))


def _deadlines(run_input: RunInput, due_at: Ints, done: Ints, late: Ints) -> Ints:
    """Return the deadlines that late deliveries are held to in a run in which deliveries are done at other instants.

    An order's is the one that it had. A rejected image has its hours from the rejection, whenever
    that comes.
    """
    visits, due = run_input.draws.visits, due_at[late]
    is_return = ~np.isin(late, visits.first_delivery[:-1])
    rows = np.flatnonzero(is_return)
    before = late[rows] - 1
    rejected_at = np.where(done[before] == NAT, 0, done[before] + visits.returns_after[before])
    plan = run_input.promises.plan_of_order[_orders_of(run_input, late[rows])]
    for number, terms in enumerate(run_input.plans):
        due[rows[plan == number]] = rejection_due(terms, rejected_at[plan == number])
    return due


def _orders_of(run_input: RunInput, deliveries: Ints) -> Ints:
    image = np.searchsorted(run_input.draws.visits.first_delivery, deliveries, side="right") - 1
    return run_input.draws.order_of(image)
