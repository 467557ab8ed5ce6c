"""Why images were late: a replication made again with one cause removed at a time, on the same draws."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NAT
from sim.plant.setting import prepare_setting
from sim.plant.unqueued import done_without_queues
from sim.sla.calendar import rejection_due
from sim.study.causes import CAUSES, SERVICE, SEVERAL, Given, without_all
from sim.study.engines import engine_for, marks_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.plant.marks import Marks
    from sim.plant.quotes import Quotes
    from sim.plant.setting import Setting

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Lateness:
    """The late deliveries of a replication, and what would have brought each in time."""

    setting: Setting
    """The replication as it was."""
    marks: Marks
    """What the engine left of it."""
    late: Ints
    """Shape (late,): numbers of the deliveries done after their deadline, or unfinished with it passed."""
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
        """Return the part about the images from one number on, before another: an order's, or those that count."""
        deliveries = self.setting.workload.visits.first_delivery[[first, end]]
        own = (self.late >= deliveries[0]) & (self.late < deliveries[1])
        return replace(self, late=self.late[own], saved=self.saved[:, own], saved_by_all=self.saved_by_all[own])


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
    setting = prepare_setting(given.spec, given.workload)
    marks = marks_of(engine_for(given.spec, setting), setting)
    late = np.flatnonzero(_late(setting, marks))
    rows = [_saved(one.remove(given), setting, marks, late) for one in CAUSES.values()]
    return Lateness(setting, marks, late, np.array(rows), _saved(without_all(given), setting, marks, late))


def _late(setting: Setting, marks: Marks) -> Flags:
    done = _done_at(setting, marks)
    late: Flags = (marks.due_at != NAT) & (np.where(done == NAT, marks.run_until, done) > marks.due_at)
    return late


def _done_at(setting: Setting, marks: Marks) -> Ints:
    done: Ints = marks.ended_at[setting.workload.visits.ends - 1]
    return done


def _saved(given: Given, setting: Setting, marks: Marks, late: Ints) -> Flags:
    """Say which late deliveries are done in time when the replication is made so."""
    if not len(late):
        return np.zeros(0, np.bool_)
    # Production plans as before: with its roster, its means, and the due times of its plans.
    done = _done_when(given, setting.quotes)
    due = _deadlines(setting, marks.due_at, done, late)
    in_time: Flags = (done[late] != NAT) & (done[late] <= due)
    return in_time


def _done_when(given: Given, quotes: Quotes) -> Ints:
    """Return when each delivery is done; the run goes on to the end, for orders that do not count are late too."""
    setting = prepare_setting(given.spec, given.workload, quotes)
    if not given.queues:
        return done_without_queues(setting)
    setting = replace(setting, n_counted=setting.n_counted + 1)
    return _done_at(setting, marks_of(engine_for(given.spec, setting), setting))


def _deadlines(setting: Setting, due_at: Ints, done: Ints, late: Ints) -> Ints:
    """Return the deadlines that late deliveries are held to in a run in which deliveries are done at other instants.

    An order's is the one that it had. A rejected image has its hours from the rejection, whenever that comes.
    """
    visits, due = setting.workload.visits, due_at[late]
    is_return = ~np.isin(late, visits.first_delivery[:-1])
    rows = np.flatnonzero(is_return)
    before = late[rows] - 1
    rejected_at = np.where(done[before] == NAT, 0, done[before] + visits.returns_after[before])
    plan = setting.promises.plan_of_order[_orders_of(setting, late[rows])]
    for number, terms in enumerate(setting.plans):
        due[rows[plan == number]] = rejection_due(terms, rejected_at[plan == number])
    return due


def _orders_of(setting: Setting, deliveries: Ints) -> Ints:
    image = np.searchsorted(setting.workload.visits.first_delivery, deliveries, side="right") - 1
    return setting.workload.order_of(image)
