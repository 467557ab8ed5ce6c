"""The plant as a SimPy model: the reference that every other engine has to equal.

Orders come in; their tranches are released at once, or wait for a review in which they are quoted a
deadline. A released image visits the stations of its route. Each station belongs to a pool; a pool
has one queue, and its editors on shift take from it, by the pool's discipline, whatever waits. A
delivered image may be rejected and comes back.

One rule holds at every instant: all that happens is applied first, then deadlines are quoted, then
idle editors choose. SimPy's calendar tells when an instant is over: the next event lies later.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from sim.clock import DAY, NAT
from sim.plant.crew import Crew, Editor, Key
from sim.plant.marks import Marks
from sim.plant.run_input import EXPEDITED, GUARANTEED, REJECTED
from sim.sla.calendar import rejection_due
from sim.sla.words import EXPEDITE

if TYPE_CHECKING:
    from sim.plant.run_input import RunInput


class PlantModel:
    """One run of the plant.

    Parameters
    ----------
    run_input
        Draws, promises and plant. The model draws nothing.
    """

    def __init__(self, run_input: RunInput) -> None:
        self.run_input = run_input
        self.env = simpy.Environment(initial_time=run_input.horizon.start_at)
        self.now = run_input.horizon.start_at
        self._read_draws()
        keys = self._disciplines()
        self.crews = []
        for pool, shifts in zip(run_input.plant.pools, run_input.draws.shifts, strict=True):
            hands_over = pool.shift_end == "hand_over"
            finish = self._stop if hands_over else self._complete
            self.crews.append(
                Crew(self.env, shifts, keys[pool.discipline], finish, hands_over=hands_over)
            )
        self.crew_at = [self.crews[pool] for pool in run_input.pool_of_station]
        self.n_open = run_input.n_counted
        self.at_station = [0] * (run_input.review + 1)
        self.to_quote: list[int] = []
        self.left: dict[int, int] = {}
        self.stints: list[tuple[int, int, int, int]] = []

    def _read_draws(self) -> None:
        """Turn columns into lists: one value at a time, a list is faster than an array."""
        draws, tranches = self.run_input.draws, self.run_input.promises.table
        visits, n_tranches = draws.visits, len(tranches.order)
        n_images = len(visits.first_visit) - 1
        self.n_visits = len(visits.station)
        self.image_bits = n_images.bit_length()
        self.image_mask = (1 << self.image_bits) - 1
        self.seconds: list[int] = (
            visits.seconds.tolist() + draws.review_seconds[tranches.order].tolist()
        )
        self.station: list[int] = self.run_input.station_of_visit.tolist()
        self.next_visit: list[int] = visits.first_visit[:-1].tolist()
        self.delivery: list[int] = visits.first_delivery[:-1].tolist()
        self.end: list[int] = visits.ends[visits.first_delivery[:-1]].tolist()
        self.due = [NAT] * n_images
        self.rank = [0] * n_images
        self.started_at = [NAT] * len(self.seconds)
        self.ended_at = [NAT] * len(self.seconds)
        self.editor = [NAT] * len(self.seconds)
        self.due_at = [NAT] * len(visits.ends)
        self.quoted_at = [NAT] * n_tranches
        self.submitted_at: list[int] = draws.orders.submitted_at[tranches.order].tolist()

    # Disciplines. Equal keys fall back on the image's number: submission, then order, then image.

    def _disciplines(self) -> dict[str, Key]:
        due, rank, work_left = self.due, self.rank, self.run_input.work_left
        most = self.run_input.horizon.end_at * 2
        return {
            "edd": lambda image, station: due[image],
            "class": lambda image, station: rank[image] * most + due[image],
            "fifo": lambda image, station: self.now,
            "slack": lambda image, station: due[image] - work_left[station],
        }

    # The run

    def run(self) -> Marks:
        """Run until every counted image is done, checked daily from the horizon's end, or the cool-down ends."""
        horizon = self.run_input.horizon
        for crew in self.crews:
            self._await_change(crew)
        self._await_submission(0)
        self.env.run(until=horizon.count_until)
        stop = horizon.count_until
        while self.n_open and stop < horizon.end_at:
            stop = min(stop + DAY, horizon.end_at)
            self.env.run(until=stop)
        return self._marks(stop)

    def _at(self, at: int, effect: Callable[[Any], None], subject: Any) -> None:
        """Let something happen at an instant."""
        self.env.timeout(at - self.now, (effect, subject)).callbacks.append(self._happen)

    def _happen(self, event: simpy.Event) -> None:
        """Apply what was to happen at this instant."""
        self.now = self.env.now  # type: ignore[assignment]
        assert event.value is not None
        effect, subject = event.value
        effect(subject)
        self._settle()

    def _settle(self) -> None:
        """Let people act, once all that happens at this instant is applied.

        The next event lies later.
        """
        if self.env.peek() > self.now:
            if self.to_quote:
                self._quote()
            for crew in self.crews:
                while crew.queue and (idle := crew.on_shift & ~crew.busy):
                    self._take_up(crew, idle & -idle, heappop(crew.queue))

    # What happens

    def _await_submission(self, tranche: int) -> None:
        if tranche < len(self.submitted_at):
            self._at(self.submitted_at[tranche], self._submit, tranche)

    def _submit(self, tranche: int) -> None:
        """A tranche comes in: it is promised and released, or has to be reviewed."""
        due = int(self.run_input.promises.table.due_at[tranche])
        if due != NAT:
            self._release(tranche, due)
        elif self.run_input.plant.review:
            self._ask_review(tranche)
        else:
            self.to_quote.append(tranche)
        self._await_submission(tranche + 1)

    def _ask_review(self, tranche: int) -> None:
        """The tranche's first image queues for the review, in the name of all."""
        image = int(self.run_input.promises.first_image[tranche])
        expedite = self.run_input.promises.table.service[tranche] == EXPEDITE
        self.due[image] = int(self.run_input.review_due_at[tranche])
        self.rank[image] = EXPEDITED if expedite else GUARANTEED
        self._queue(image, self.n_visits + tranche)

    def _release(self, tranche: int, due: int) -> None:
        """All images of a tranche queue at the first station."""
        first, n = (
            int(self.run_input.promises.first_image[tranche]),
            int(self.run_input.promises.table.images[tranche]),
        )
        rank = int(self.run_input.rank[tranche])
        for image in range(first, first + n):
            self.due_at[self.delivery[image]] = self.due[image] = due
            self.rank[image] = rank
            self._queue(image, self.next_visit[image])

    def _await_change(self, crew: Crew) -> None:
        change = next(crew.changes, None)
        if change:
            self._at(change[0], self._change_shift, (crew, *change[1:]))

    def _change_shift(self, change: tuple[Crew, list[int], list[tuple[int, int]]]) -> None:
        """Editors leave and come; who has an image in hand is still busy with it."""
        crew, leaving, coming = change
        for editor in leaving:
            crew.on_shift ^= 1 << editor
        for editor, leaves_at in coming:
            crew.on_shift ^= 1 << editor
            crew.editors[editor].leaves_at = leaves_at
        self._await_change(crew)

    def _complete(self, editor: Editor) -> None:
        """An editor completes a visit.

        The image goes on, is delivered, or its tranche can be quoted.
        """
        self.now = self.env.now  # type: ignore[assignment]
        visit, image = editor.visit, editor.image
        editor.crew.busy ^= editor.bit
        self.ended_at[visit] = self.now
        self.at_station[self.station[visit]] -= 1
        visit += 1
        if visit < self.end[image]:
            self._queue(image, visit)
        elif visit <= self.n_visits:
            self._deliver(image, visit)
        else:
            self.to_quote.append(visit - 1 - self.n_visits)
        self._settle()

    def _deliver(self, image: int, next_visit: int) -> None:
        """An image goes to the customer, who may send it back later."""
        after = int(self.run_input.draws.visits.returns_after[self.delivery[image]])
        if after != NAT:
            self.next_visit[image] = next_visit
            self._at(self.now + after, self._reject, image)
        elif self.run_input.counted_images[0] <= image < self.run_input.counted_images[1]:
            self.n_open -= 1

    def _reject(self, image: int) -> None:
        """A delivered image comes back."""
        self.delivery[image] += 1
        delivery = self.delivery[image]
        self.end[image] = int(self.run_input.draws.visits.ends[delivery])
        self.due_at[delivery] = self.due[image] = int(rejection_due(self._plan_of(image), self.now))
        self.rank[image] = REJECTED
        self._queue(image, self.next_visit[image])

    def _plan_of(self, image: int) -> Any:
        order = int(np.searchsorted(self.run_input.draws.first_image, image, side="right")) - 1
        return self.run_input.plans[self.run_input.promises.plan_of_order[order]]

    def _queue(self, image: int, visit: int) -> None:
        """An image waits for a visit."""
        station = self.station[visit]
        self.next_visit[image] = visit
        self.at_station[station] += 1
        crew = self.crew_at[station]
        heappush(crew.queue, crew.key(image, station) << self.image_bits | image)

    # What people do at the end of an instant

    def _quote(self) -> None:
        """Production quotes the reviewed tranches in the order of their submission, and releases them."""
        promises, orders = self.run_input.promises, self.run_input.draws.orders
        for tranche in sorted(self.to_quote):
            order = promises.table.order[tranche]
            due = self.run_input.quotes.due(
                now=self.now,
                plan=int(promises.plan_of_order[order]),
                place=int(orders.customer_zone[orders.customer[order]]),
                earliest=int(promises.earliest_quote[tranche]),
                images=int(promises.table.images[tranche]),
                at_station=self.at_station,
            )
            self.next_visit[promises.first_image[tranche]] = int(
                self.run_input.draws.visits.first_visit[promises.first_image[tranche]]
            )
            self.quoted_at[tranche] = self.now
            self._release(tranche, due)
        self.to_quote.clear()

    def _take_up(self, crew: Crew, bit: int, entry: int) -> None:
        """An idle editor starts the visit for which an image waits."""
        editor = crew.editors[bit.bit_length() - 1]
        editor.image = image = entry & self.image_mask
        editor.visit = visit = self.next_visit[image]
        crew.busy |= bit
        self.editor[visit] = editor.number
        if crew.hands_over:
            self._take_up_until_leaving(editor, entry)
        else:
            self.started_at[visit] = self.now
            editor.works(self.seconds[visit])

    # Shifts that end with a hand-over

    def _take_up_until_leaving(self, editor: Editor, entry: int) -> None:
        """An editor starts or goes on with a visit, and stops at the end of the shift."""
        visit = editor.visit
        if visit not in self.left:
            self.started_at[visit] = self.now
        editor.entry, editor.since = entry, self.now
        editor.works(min(self.left.get(visit, self.seconds[visit]), editor.leaves_at - self.now))

    def _stop(self, editor: Editor) -> None:
        """An editor has completed the visit, or hands over the rest of it, which keeps its place in the queue."""
        self.now = self.env.now  # type: ignore[assignment]
        visit = editor.visit
        left = self.left.pop(visit, self.seconds[visit]) - (self.now - editor.since)
        if left or editor.since != self.started_at[visit]:
            self.stints.append((visit, editor.number, editor.since, self.now))
        if not left:
            self._complete(editor)
            return
        editor.crew.busy ^= editor.bit
        self.editor[visit] = NAT
        self.left[visit] = left
        heappush(editor.crew.queue, editor.entry)
        self._settle()

    # What is left behind

    def _marks(self, now: int) -> Marks:
        working = (
            editor for crew in self.crews for editor in crew.editors if editor.bit & crew.busy
        )
        in_hand = [(e.visit, e.number, e.since, now) for e in working if e.visit in self.left]
        stints = sorted(self.stints + in_hand, key=lambda stint: (stint[3], stint[0]))
        return Marks(
            started_at=np.array(self.started_at, np.int64),
            ended_at=np.array(self.ended_at, np.int64),
            editor=np.array(self.editor, np.int64),
            due_at=np.array(self.due_at, np.int64),
            quoted_at=np.array(self.quoted_at, np.int64),
            stints=np.array(stints, np.int64).reshape(-1, 4),
            run_until=now,
        )


def simulate(run_input: RunInput) -> Marks:
    """Run the SimPy model.

    Parameters
    ----------
    run_input
        All that determines the run.

    Returns
    -------
    Marks
        A function of the run_input alone.
    """
    return PlantModel(run_input).run()
