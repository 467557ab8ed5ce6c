"""A second engine, naive on purpose: it steps through instants and sorts plain lists.

Written from the rules of the design, and apart from the engine of the package: no heap, no calendar
of events and no numbers that stand for sets. What both agree on to the second is hardly an accident
of either.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.clock import DAY, NAT
from sim.plant.marks import Marks
from sim.plant.run_input import EXPEDITED, GUARANTEED, REJECTED, RunInput
from sim.sla.calendar import rejection_due
from sim.sla.words import EXPEDITE


@dataclass
class Job:
    """A visit that waits or is in hand."""

    image: int
    """The image, or the first one of a tranche under review."""
    visit: int
    station: int
    joined_at: int
    due: int
    rank: int
    left: int
    """Seconds of work still to do."""
    interrupted: bool = False
    """Whether a shift's end has interrupted it."""


@dataclass
class Worker:
    """An editor: a number, shifts as (start, end), and what is in hand."""

    number: int
    shifts: list[tuple[int, int]]
    job: Job | None = None
    since: int = 0

    def ends(self, at: int) -> int | None:
        """Return the end of the shift at an instant, None off shift."""
        return next((end for start, end in self.shifts if start <= at < end), None)


@dataclass
class Floor:
    """A pool: its editors by number and its unsorted waiting list."""

    workers: list[Worker]
    discipline: str
    hands_over: bool
    waiting: list[Job] = field(default_factory=list)


class SecondEngine:
    """One run."""

    def __init__(self, run_input: RunInput) -> None:
        self.run_input = run_input
        self.last = NAT
        self.visits, self.table = run_input.draws.visits, run_input.promises.table
        n = len(self.visits.station) + len(self.table.order)
        self.started, self.ended, self.editor = ([NAT] * n for _ in range(3))
        self.due = [NAT] * len(self.visits.ends)
        self.quoted = [NAT] * len(self.table.order)
        self.stints: list[tuple[int, int, int, int]] = []
        self.floors = [_floor(run_input, number) for number in range(len(run_input.plant.pools))]
        self.arrivals = [
            (int(run_input.draws.orders.submitted_at[order]), tranche)
            for tranche, order in enumerate(self.table.order.tolist())
        ]
        self.returns: list[tuple[int, int, int]] = []  # instant, image, delivery
        self.to_quote: list[int] = []
        self.tranche_of = {i: t for t in range(len(self.table.order)) for i in self.images_of(t)}
        self.delivery_of: dict[int, int] = {}
        self.rejected: set[int] = set()
        self.station_of: dict[int, int] = {}  # of released, unfinished images
        self.open = {i for i in range(*run_input.counted_images) if i in self.tranche_of}

    def images_of(self, tranche: int) -> range:
        """Return the numbers of a tranche's images."""
        first = int(self.run_input.promises.first_image[tranche])
        return range(first, first + int(self.table.images[tranche]))

    def run(self) -> Marks:
        """Run to the end of counting, then day by day while a counted image is unfinished."""
        horizon = self.run_input.horizon
        until = horizon.count_until
        self.run_to(until)
        while self.open and until < horizon.end_at:
            until = min(until + DAY, horizon.end_at)
            self.run_to(until)
        return self.marks(until)

    def run_to(self, until: int) -> None:
        """Take every instant before `until` at which something happens."""
        while (now := self.next_instant()) is not None and now < until:
            self.apply(now)
            for tranche in sorted(self.to_quote):
                self.quote(tranche, now)
            self.to_quote = []
            for floor in self.floors:
                self.choose(floor, now)

    def next_instant(self) -> int | None:
        """Return the next instant at which an order, a return, a completion or a change of shift happens."""
        instants = [at for at, _ in self.arrivals] + [at for at, _, _ in self.returns]
        for floor in self.floors:
            for worker in floor.workers:
                instants += [at for shift in worker.shifts for at in shift if at > self.last]
                if worker.job:
                    instants.append(worker.since + worker.job.left)
        return min(instants, default=None)

    def apply(self, now: int) -> None:
        """Apply all that happens at an instant."""
        self.last = now
        for pool, floor in enumerate(self.floors):
            for worker in floor.workers:
                self.end_work(pool, floor, worker, now)
        for at, tranche in [entry for entry in self.arrivals if entry[0] == now]:
            self.arrivals.remove((at, tranche))
            self.submit(tranche, now)
        for at, image, delivery in [entry for entry in self.returns if entry[0] == now]:
            self.returns.remove((at, image, delivery))
            self.come_back(image, delivery, now)

    def end_work(self, pool: int, floor: Floor, worker: Worker, now: int) -> None:
        """Complete the work in hand, or hand it over at the shift's end."""
        job = worker.job
        if job is None:
            return
        if worker.since + job.left == now:
            worker.job = None
            self.ended[job.visit] = now
            self.note_stint(job, worker, now)
            self.go_on(job, now)
        elif floor.hands_over and worker.ends(now) is None:
            worker.job = None
            job.interrupted = True
            self.note_stint(job, worker, now)
            self.editor[job.visit] = NAT
            job.left -= now - worker.since
            floor.waiting.append(job)

    def note_stint(self, job: Job, worker: Worker, now: int) -> None:
        """Note a stretch of work on a visit that a shift's end has interrupted."""
        if job.interrupted:
            self.stints.append((job.visit, worker.number, worker.since, now))

    def go_on(self, job: Job, now: int) -> None:
        """Lead an image on from a visit that is finished."""
        if job.station == self.run_input.review:
            self.to_quote.append(job.visit - len(self.visits.station))
            return
        image, delivery = job.image, self.delivery_of[job.image]
        if job.visit + 1 < self.visits.ends[delivery]:
            self.queue_visit(image, job.visit + 1, now)
            return
        del self.station_of[image]
        after = int(self.visits.returns_after[delivery])
        if after != NAT:
            self.returns.append((now + after, image, delivery + 1))
        else:  # an image that the customer will send back is not finished
            self.open.discard(image)

    def submit(self, tranche: int, now: int) -> None:
        """Release a tranche, or send it to its review, or have it quoted at once where there is none."""
        if not self.run_input.promises.reviewed[tranche]:
            self.release(tranche, int(self.table.due_at[tranche]), now)
        elif self.run_input.plant.review is None:
            self.to_quote.append(tranche)
        else:
            order, due = int(self.table.order[tranche]), int(self.run_input.review_due_at[tranche])
            visit = len(self.visits.station) + tranche
            seconds = int(self.run_input.draws.review_seconds[order])
            expedite = int(self.table.service[tranche]) == EXPEDITE
            rank, first = EXPEDITED if expedite else GUARANTEED, self.images_of(tranche)[0]
            self.floor_at(self.run_input.review).waiting.append(
                Job(first, visit, self.run_input.review, now, due, rank, seconds)
            )

    def quote(self, tranche: int, now: int) -> None:
        """Quote a deadline from what is released and unfinished, and release the tranche."""
        promises, orders = self.run_input.promises, self.run_input.draws.orders
        order = int(self.table.order[tranche])
        counts = [list(self.station_of.values()).count(s) for s in range(self.run_input.review + 1)]
        plan, place = (
            int(promises.plan_of_order[order]),
            int(orders.customer_zone[orders.customer[order]]),
        )
        earliest, images = int(promises.earliest_quote[tranche]), int(self.table.images[tranche])
        due = self.run_input.quotes.due(now, plan, place, earliest, images, counts)
        self.quoted[tranche] = now
        self.release(tranche, due, now)

    def release(self, tranche: int, due: int, now: int) -> None:
        """Let the images of a tranche queue at the first station."""
        for image in self.images_of(tranche):
            self.delivery_of[image] = int(self.visits.first_delivery[image])
            self.due[self.delivery_of[image]] = due
            self.queue_visit(image, int(self.visits.first_visit[image]), now)

    def come_back(self, image: int, delivery: int, now: int) -> None:
        """Promise a rejected image anew and let it queue again."""
        order = int(self.table.order[self.tranche_of[image]])
        plan = self.run_input.plans[int(self.run_input.promises.plan_of_order[order])]
        self.delivery_of[image] = delivery
        self.due[delivery] = int(rejection_due(plan, now))
        self.rejected.add(image)
        self.queue_visit(image, int(self.visits.ends[delivery - 1]), now)

    def queue_visit(self, image: int, visit: int, now: int) -> None:
        """Put a visit on the waiting list of its station's pool."""
        station = int(self.visits.station[visit])
        self.station_of[image] = station
        rank = (
            REJECTED if image in self.rejected else int(self.run_input.rank[self.tranche_of[image]])
        )
        due, seconds = self.due[self.delivery_of[image]], int(self.visits.seconds[visit])
        self.floor_at(station).waiting.append(Job(image, visit, station, now, due, rank, seconds))

    def floor_at(self, station: int) -> Floor:
        """Return the pool of a station."""
        return self.floors[self.run_input.pool_of_station[station]]

    def key(self, discipline: str, job: Job) -> tuple[int, ...]:
        """Return what a discipline sorts by.

        Image numbers rise with submission, order and image.
        """
        keys = {
            "edd": (job.due,),
            "class": (job.rank, job.due),
            "fifo": (job.joined_at,),
            "slack": (job.due - self.run_input.work_left[job.station],),
        }
        return (*keys[discipline], job.image)

    def choose(self, floor: Floor, now: int) -> None:
        """Let idle editors on shift take what waits, the lowest number first."""
        for worker in floor.workers:
            if floor.waiting and worker.job is None and worker.ends(now) is not None:
                job = min(floor.waiting, key=lambda waiting: self.key(floor.discipline, waiting))
                floor.waiting.remove(job)
                worker.job, worker.since = job, now
                self.editor[job.visit] = worker.number
                if self.started[job.visit] == NAT:
                    self.started[job.visit] = now

    def marks(self, until: int) -> Marks:
        """Return what the run left."""
        for worker in [worker for floor in self.floors for worker in floor.workers if worker.job]:
            assert worker.job
            self.note_stint(worker.job, worker, until)
        self.stints.sort(key=lambda stint: (stint[3], stint[0]))
        return Marks(
            started_at=np.array(self.started, np.int64),
            ended_at=np.array(self.ended, np.int64),
            editor=np.array(self.editor, np.int64),
            due_at=np.array(self.due, np.int64),
            quoted_at=np.array(self.quoted, np.int64),
            stints=np.array(self.stints, np.int64).reshape(-1, 4),
            run_until=until,
        )


def _floor(run_input: RunInput, number: int) -> Floor:
    pool, shifts = run_input.plant.pools[number], run_input.draws.shifts[number]
    workers = [Worker(editor, []) for editor in range(shifts.n_editors)]
    for editor, start, end in zip(
        *map(np.ndarray.tolist, (shifts.editor, shifts.starts_at, shifts.ends_at)), strict=True
    ):
        workers[editor].shifts.append((start, end))
    return Floor(workers, pool.discipline, pool.shift_end == "hand_over")


def simulate_naively(run_input: RunInput) -> Marks:
    """Return the marks of a run, as ``sim.plant.model.simulate`` does."""
    return SecondEngine(run_input).run()
