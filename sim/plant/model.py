"""The plant as a SimPy model: the text to read, and the reference that the compiled engine equals.

Orders come in; their tranches are released at once, or wait for a review in which they are quoted a
deadline. A released image visits the stations of its route. Each station belongs to a pool; a pool
has one queue, and its editors on shift take from it, by the pool's discipline, whatever waits. A
delivered image may be rejected and comes back.

Orders, shifts, editors and rejections are SimPy processes. Nothing here is drawn: every service
time, absence and rejection is in the draws that the run is given.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import simpy

from sim.clock import DAY, NAT
from sim.plant.marks import Marks
from sim.plant.run_input import PriorityClass
from sim.scenario.disciplines import DISCIPLINES, Key
from sim.sla.calendar import rejection_due
from sim.sla.words import EXPEDITE

if TYPE_CHECKING:
    from sim.plant.run_input import RunInput
    from sim.sla.terms import Plan

Process: TypeAlias = Generator[simpy.Event, "Job", None]
"""What SimPy runs: it yields the events that it waits for."""


@dataclass(slots=True, eq=False)
class Job:
    """An image on its way, or a tranche under review, which goes by the number of its first image."""

    image: int
    visit: int
    """Number of the visit that it waits for or is in; reviews are numbered behind all visits."""
    end: int
    """The visit after the last one before delivery."""
    due: int
    priority: int
    """Its class in the discipline `class`, the most urgent first."""
    delivery: int = NAT
    """Number of the delivery that is owed; none of a review."""
    key: int = 0
    """Its place in the queue, by the pool's discipline."""
    left: int | None = None
    """Seconds of work left on a visit that a shift's end has interrupted."""


@dataclass(slots=True, eq=False)
class Editor:
    """One server of a pool, by number."""

    number: int
    assigned: simpy.Event
    """Succeeds with the job that the editor is to take up."""
    on_shift: bool = False
    leaves_at: int = NAT
    job: Job | None = None
    since: int = NAT
    """When the editor took up the job in hand."""


@dataclass(slots=True, eq=False)
class Pool:
    """Editors behind one queue."""

    editors: list[Editor]
    key: Key
    hands_over: bool
    """Whether the end of a shift interrupts a visit; else the editor completes it."""
    queue: list[tuple[int, int, Job]] = field(default_factory=list)
    """A heap of (discipline key, number of the image, job): submission breaks ties, then the order,
    then the image, for images are numbered so."""
    idle: list[int] = field(default_factory=list)
    """Numbers of the editors on shift with nothing in hand, rising: the first is called first."""


class PlantModel:
    """One run of the plant, from the draws, promises and plant of a run input."""

    def __init__(self, run_input: RunInput) -> None:
        self.input, self.draws, self.promises = run_input, run_input.draws, run_input.promises
        self.env = simpy.Environment(initial_time=run_input.horizon.start_at)
        visits, tranches = self.draws.visits, self.promises.table
        # One value at a time, a list is faster than an array.
        self.n_visits = len(visits.station)
        self.seconds: list[int] = visits.seconds.tolist()
        self.seconds += self.draws.review_seconds[tranches.order].tolist()
        self.station: list[int] = run_input.station_of_visit.tolist()
        self.pools = [self._pool(number) for number in range(len(run_input.plant.pools))]
        self.pool_at = [self.pools[number] for number in run_input.pool_of_station]
        self.work_in_process = [0] * len(self.pool_at)  # images by station
        self.to_quote: list[int] = []
        self.n_open = run_input.n_counted
        self.started_at, self.ended_at, self.done_by = ([NAT] * len(self.seconds) for _ in range(3))
        self.due_at, self.quoted_at = [NAT] * len(visits.ends), [NAT] * len(tranches.order)
        self.work_intervals: list[tuple[int, int, int, int]] = []

    def _pool(self, number: int) -> Pool:
        """Return a pool, with the processes of its editors and of its shifts begun."""
        spec, shifts = self.input.plant.pools[number], self.draws.shifts[number]
        editors = [Editor(seat, self.env.event()) for seat in range(shifts.n_editors)]
        pool = Pool(editors, DISCIPLINES[spec.discipline].key, spec.shift_end == "hand_over")
        for editor in editors:
            self.env.process(self.editing(pool, editor))
        self.env.process(self.changing_shifts(pool, shifts.changes()))
        return pool

    # The run

    def run(self, until: int | None = None) -> Marks:
        """Run until every counted image is done, checked daily after the horizon, or the end."""
        horizon = self.input.horizon
        self.env.process(self.submitting())
        if until is not None:
            self.run_until(until)
            return self.marks(until)
        self.run_until(stop := horizon.count_until)
        while self.n_open and stop < horizon.end_at:
            self.run_until(stop := min(stop + DAY, horizon.end_at))
        return self.marks(stop)

    def run_until(self, until: int) -> None:
        """Take every instant before `until` at which something happens.

        The rule of the instant: first all that happens is applied, completions, changes of shift
        and submissions alike; then deadlines are quoted; then idle editors choose, pool by pool. So
        no result depends on the order in which events of one instant were created, and nobody
        chooses before all that could be chosen is there.
        """
        while (now := self.env.peek()) < until:
            while self.env.peek() == now:
                self.env.step()
            self.quote()
            for pool in self.pools:
                while pool.queue and pool.idle:
                    self.assign(pool)

    # Processes

    def submitting(self) -> Process:
        """Tranches come in: they are promised and released, or have to be reviewed."""
        submitted_at = self.draws.orders.submitted_at[self.promises.table.order].tolist()
        for tranche, due in enumerate(self.promises.table.due_at.tolist()):
            yield self.env.timeout(submitted_at[tranche] - self.env.now)
            if due != NAT:
                self.release(tranche, due)
            elif self.input.plant.review:
                self.ask_review(tranche)
            else:
                self.to_quote.append(tranche)

    def changing_shifts(
        self, pool: Pool, changes: Iterable[tuple[int, list[int], list[tuple[int, int]]]]
    ) -> Process:
        """Editors leave and come; who has a job in hand is still busy with it."""
        for at, leaving, coming in changes:
            yield self.env.timeout(at - self.env.now)
            for number in leaving:
                pool.editors[number].on_shift = False
                if pool.editors[number].job is None:
                    pool.idle.remove(number)
            for number, leaves_at in coming:
                pool.editors[number].on_shift = True
                pool.editors[number].leaves_at = leaves_at
                if pool.editors[number].job is None:
                    insort(pool.idle, number)

    def editing(self, pool: Pool, editor: Editor) -> Process:
        """An editor works on one job after the other, until each is complete or the shift ends."""
        while True:
            job = yield editor.assigned
            left = self.seconds[job.visit] if job.left is None else job.left
            until_end = editor.leaves_at - editor.since if pool.hands_over else left
            yield self.env.timeout(min(left, until_end))
            editor.job, editor.assigned = None, self.env.event()
            if editor.on_shift:
                insort(pool.idle, editor.number)
            if until_end < left or job.left is not None:
                interval = (job.visit, editor.number, editor.since, int(self.env.now))
                self.work_intervals.append(interval)
            if until_end < left:
                self.hand_over(pool, job, left - until_end)
            else:
                self.complete(job)

    def rejecting(self, job: Job, after: int) -> Process:
        """A customer sends a delivered image back, which is promised anew."""
        yield self.env.timeout(after)
        job.delivery += 1
        job.end = int(self.draws.visits.ends[job.delivery])
        job.due = int(rejection_due(self._plan_of(job.image), int(self.env.now)))
        job.priority = PriorityClass.REJECTED
        self.due_at[job.delivery] = job.due
        self.join_queue(job)

    # What happens to jobs

    def ask_review(self, tranche: int) -> None:
        """A tranche queues for its review."""
        visit = self.n_visits + tranche
        expedite = self.promises.table.service[tranche] == EXPEDITE
        priority = PriorityClass.EXPEDITED if expedite else PriorityClass.GUARANTEED
        due = int(self.input.review_due_at[tranche])
        self.join_queue(
            Job(int(self.promises.first_image[tranche]), visit, visit + 1, due, priority)
        )

    def release(self, tranche: int, due: int) -> None:
        """All images of a tranche queue at the first station of their route."""
        visits, first = self.draws.visits, int(self.promises.first_image[tranche])
        priority = int(self.input.priority[tranche])
        for image in range(first, first + int(self.promises.table.images[tranche])):
            delivery = int(visits.first_delivery[image])
            visit, end = int(visits.first_visit[image]), int(visits.ends[delivery])
            self.due_at[delivery] = due
            self.join_queue(Job(image, visit, end, due, priority, delivery))

    def join_queue(self, job: Job) -> None:
        """A job waits for its next visit."""
        station = self.station[job.visit]
        pool = self.pool_at[station]
        self.work_in_process[station] += 1
        start, work_left = self.input.horizon.start_at, self.input.work_left[station]
        job.key = pool.key(job.due - start, job.priority, int(self.env.now) - start, work_left)
        heappush(pool.queue, (job.key, job.image, job))

    def complete(self, job: Job) -> None:
        """A visit is complete: the image goes on, is delivered, or its tranche can be quoted."""
        self.ended_at[job.visit] = int(self.env.now)
        self.work_in_process[self.station[job.visit]] -= 1
        job.left = None
        job.visit += 1
        if job.visit < job.end:
            self.join_queue(job)
        elif job.delivery == NAT:
            self.to_quote.append(job.visit - 1 - self.n_visits)
        else:
            self.deliver(job)

    def deliver(self, job: Job) -> None:
        """An image goes to the customer, who may send it back later."""
        after = int(self.draws.visits.returns_after[job.delivery])
        first, end = self.input.counted_images
        if after != NAT:
            self.env.process(self.rejecting(job, after))
        elif first <= job.image < end:
            self.n_open -= 1

    # What people do at the end of an instant

    def quote(self) -> None:
        """Production quotes the reviewed tranches in the order of submission, and releases them."""
        promises, orders = self.promises, self.draws.orders
        for tranche in sorted(self.to_quote):
            order = promises.table.order[tranche]
            self.quoted_at[tranche] = now = int(self.env.now)
            plan = int(promises.plan_of_order[order])
            zone = int(orders.customer_zone[orders.customer[order]])
            earliest, images = promises.earliest_quote[tranche], promises.table.images[tranche]
            due = self.input.quotes.due(
                now, plan, zone, int(earliest), int(images), self.work_in_process
            )
            self.release(tranche, due)
        self.to_quote.clear()

    def assign(self, pool: Pool) -> None:
        """The first idle editor of a pool takes up the job that its discipline puts first."""
        editor, job = pool.editors[pool.idle.pop(0)], heappop(pool.queue)[-1]
        editor.job, editor.since = job, int(self.env.now)
        self.done_by[job.visit] = editor.number
        if job.left is None:
            self.started_at[job.visit] = editor.since
        editor.assigned.succeed(job)

    def hand_over(self, pool: Pool, job: Job, left: int) -> None:
        """The rest of a visit returns to the queue, in its old place."""
        self.done_by[job.visit] = NAT
        job.left = left
        heappush(pool.queue, (job.key, job.image, job))

    # What is left behind

    def marks(self, until: int) -> Marks:
        """Return what the run leaves behind, the work on interrupted visits in hand included."""
        busy = [(e, e.job) for pool in self.pools for e in pool.editors if e.job]
        in_hand = [(j.visit, e.number, e.since, until) for e, j in busy if j.left is not None]
        intervals = sorted(self.work_intervals + in_hand, key=lambda row: (row[3], row[0]))
        return Marks(
            started_at=np.array(self.started_at, np.int64),
            ended_at=np.array(self.ended_at, np.int64),
            editor=np.array(self.done_by, np.int64),
            due_at=np.array(self.due_at, np.int64),
            quoted_at=np.array(self.quoted_at, np.int64),
            stints=np.array(intervals, np.int64).reshape(-1, 4),
            run_until=until,
        )

    def _plan_of(self, image: int) -> Plan:
        order = self.draws.order_of(np.array([image]))
        return self.input.plans[int(self.promises.plan_of_order[order][0])]


def simulate(run_input: RunInput, until: int | None = None) -> Marks:
    """Run the SimPy model.

    Parameters
    ----------
    run_input
        All that determines the run.
    until
        Instant at which to stop, UTC seconds; None for the whole run.

    Returns
    -------
    Marks
        A function of the run input alone.
    """
    return PlantModel(run_input).run(until)
