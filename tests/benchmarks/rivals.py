"""What people write for such a plant without its engine: a loop over heaps in plain Python, and SimPy as in its manual.

A contestant is prepared on a flow and gives back the run that is timed; the run gives the end of
every visit, `NAT` for what is not finished.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy
from simpy.events import EventPriority

from sim.clock import NAT
from tests.benchmarks.tandem import EDITORS, STATIONS

if TYPE_CHECKING:
    from tests.benchmarks.tandem import Flow, Ints

Run = Callable[[], "Ints"]
AFTER_ALL = EventPriority(2)
"""SimPy's own priorities of events are 0 and 1."""
Happens = Generator[simpy.Event, Any, None]


def heapq_loop(flow: Flow) -> Run:  # noqa: C901 (one loop: calls would be most of its time)
    """Return a loop over one heap of ends and a heap of keys a pool, in plain Python, by the rule of the instant."""
    n_images = len(flow.first_visit) - 1
    key, by_key = flow.key, np.empty(n_images, np.int64)
    by_key[key] = np.arange(n_images)
    first_by_key = flow.first_visit[:-1][by_key].tolist()
    station, duration = [*flow.station.tolist(), 0], flow.duration.tolist()
    submitted = [*flow.submitted.tolist(), flow.until]
    key_of_order = [keys.tolist() for keys in np.split(key, flow.first_image[1:-1])]
    until, n_visits, bits = flow.until, len(duration), n_images.bit_length()
    mask = (1 << bits) - 1

    def run() -> Ints:
        next_visit = first_by_key.copy()
        ended = [NAT] * n_visits
        calendar: list[int] = []
        queues: list[list[int]] = [[] for _ in range(STATIONS)]
        free = [EDITORS] * STATIONS
        order = 0
        while True:
            now = submitted[order]
            if calendar and calendar[0] >> bits < now:
                now = calendar[0] >> bits
            if now >= until:
                return np.array(ended, np.int64)
            after = now + 1 << bits
            while calendar and calendar[0] < after:
                image = heappop(calendar) & mask
                visit = next_visit[image]
                ended[visit] = now
                free[station[visit]] += 1
                next_visit[image] = visit = visit + 1
                if station[visit]:
                    heappush(queues[station[visit]], image)
            while submitted[order] == now:
                for image in key_of_order[order]:
                    heappush(queues[0], image)
                order += 1
            for pool, queue in enumerate(queues):
                while queue and free[pool]:
                    free[pool] -= 1
                    image = heappop(queue)
                    heappush(calendar, now + duration[next_visit[image]] << bits | image)

    return run


class AtInstantsEnd(simpy.PriorityResource):
    """A resource that grants once all that happens at an instant has happened.

    An event after all others.
    """

    asked = False

    def _trigger_put(self, get_event: Any) -> None:
        if not self.asked:
            self.asked = True
            event = simpy.Event(self._env)
            event._ok, event._value = True, None
            event.callbacks.append(self._grant)
            self._env.schedule(event, priority=AFTER_ALL)

    def _grant(self, _: simpy.Event) -> None:
        self.asked = False
        while self.put_queue and self.count < self.capacity:
            super()._trigger_put(None)  # grants one


def orders_come(
    flow: Flow, wait: Callable[[int], Any], let_in: Callable[[int], Any]
) -> Generator[Any, Any, None]:
    """Let the images of each order in when it comes; waiting is the tool's."""
    first_image, before = flow.first_image.tolist(), 0
    for order, at in enumerate(flow.submitted.tolist()):
        yield wait(at - before)
        before = at
        for image in range(first_image[order], first_image[order + 1]):
            let_in(image)


def simpy_images(flow: Flow, kind: type[simpy.PriorityResource] = simpy.PriorityResource) -> Run:
    """Return SimPy with one process an image and a resource a pool; the key is the priority."""
    key, station, duration = flow.key.tolist(), flow.station.tolist(), flow.duration.tolist()
    first_visit = flow.first_visit.tolist()

    def run() -> Ints:
        env = simpy.Environment(0)
        pools = [kind(env, EDITORS) for _ in range(STATIONS)]
        ended = [NAT] * len(duration)

        def image_goes(image: int) -> Happens:
            for visit in range(first_visit[image], first_visit[image + 1]):
                with pools[station[visit]].request(priority=key[image]) as request:
                    yield request
                    yield env.timeout(duration[visit])
                    ended[visit] = int(env.now)

        env.process(orders_come(flow, env.timeout, lambda image: env.process(image_goes(image))))
        env.run(until=flow.until)
        return np.array(ended, np.int64)

    return run


simpy_images_equal: Callable[[Flow], Run] = partial(simpy_images, kind=AtInstantsEnd)


class Queues:
    """A heap of images in front of each pool, and where each image is on its way."""

    def __init__(self, flow: Flow) -> None:
        self.heaps: list[list[tuple[int, int]]] = [[] for _ in range(STATIONS)]
        self.ended = [NAT] * len(flow.duration)
        self._key, self._duration = flow.key.tolist(), flow.duration.tolist()
        self._station = [*flow.station.tolist(), 0]
        self._next_visit = flow.first_visit[:-1].tolist()

    def put(self, image: int) -> int:
        """Let an image wait, and return for which pool."""
        pool: int = self._station[self._next_visit[image]]
        heappush(self.heaps[pool], (self._key[image], image))
        return pool

    def take(self, pool: int) -> tuple[int, int]:
        """Return the first image that waits, and how long its visit takes."""
        image = heappop(self.heaps[pool])[1]
        return image, self._duration[self._next_visit[image]]

    def end(self, image: int, now: int) -> bool:
        """Note the end of a visit, and say whether another one follows."""
        visit = self._next_visit[image]
        self.ended[visit] = now
        self._next_visit[image] = visit + 1
        return bool(self._station[visit + 1])


def simpy_editors(flow: Flow) -> Run:
    """Return SimPy with one process an editor, and a heap of images in front of each pool."""

    def run() -> Ints:
        env, queues = simpy.Environment(0), Queues(flow)
        asleep: list[list[simpy.Event]] = [[] for _ in range(STATIONS)]

        def put(image: int) -> None:
            pool = queues.put(image)
            if asleep[pool]:
                asleep[pool].pop().succeed()

        def editor_works(pool: int) -> Happens:
            while True:
                while not queues.heaps[pool]:
                    asleep[pool].append(env.event())
                    yield asleep[pool][-1]
                image, duration = queues.take(pool)
                yield env.timeout(duration)
                if queues.end(image, int(env.now)):
                    put(image)

        for editor in range(STATIONS * EDITORS):
            env.process(editor_works(editor // EDITORS))
        env.process(orders_come(flow, env.timeout, put))
        env.run(until=flow.until)
        return np.array(queues.ended, np.int64)

    return run
