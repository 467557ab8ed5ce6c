"""The same plant in Ciw and in salabim, each as its manual would have it.

Imported only where the tool is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.clock import NAT
from tests.benchmarks.rivals import Queues, Run, orders_come
from tests.benchmarks.tandem import EDITORS, STATIONS

if TYPE_CHECKING:
    from tests.benchmarks.tandem import Flow, Ints


def ciw(flow: Flow) -> Run:
    """Return Ciw with a node a pool.

    Service times and routes are drawn already, the discipline takes the least key.
    """
    tool: Any = import_module("ciw")
    key, station, duration = flow.key.tolist(), [*flow.station.tolist(), 0], flow.duration.tolist()
    next_visit, ended = flow.first_visit[:-1].tolist(), [NAT] * len(flow.duration)

    class Drawn(tool.dists.Distribution):  # type: ignore[misc]
        def sample(self, t: float | None = None, ind: Any = None) -> float:
            return float(duration[next_visit[ind.id_number - 1]])

    class Route(tool.routing.NetworkRouting):  # type: ignore[misc]
        def __init__(self) -> None: ...

        def initialise(self, simulation: Any) -> None:
            self.simulation = simulation

        def next_node(self, ind: Any, node_id: int) -> Any:
            image = ind.id_number - 1
            visit = next_visit[image]
            ended[visit] = int(self.simulation.current_time)
            next_visit[image] = visit + 1
            return self.simulation.nodes[station[visit + 1] + 1 if station[visit + 1] else -1]

    def least(waiting: list[Any], t: float) -> Any:
        return min(waiting, key=lambda individual: key[individual.id_number - 1])

    gaps = [*np.diff(flow.submitted, prepend=0).astype(float).tolist(), float("inf")]
    images = [*np.diff(flow.first_image).tolist(), 1]
    network = tool.create_network(
        arrival_distributions=[tool.dists.Sequential(gaps), None, None],
        batching_distributions=[tool.dists.Sequential(images), *[tool.dists.Deterministic(1)] * 2],
        service_distributions=[Drawn() for _ in range(STATIONS)],
        number_of_servers=[EDITORS] * STATIONS,
        routing=Route(),
        service_disciplines=[least] * STATIONS,
    )
    simulation = tool.Simulation(network)

    def run() -> Ints:
        simulation.simulate_until_max_time(flow.until)
        return np.array(ended, np.int64)

    return run


def _salabim() -> Any:
    tool: Any = import_module("salabim")
    tool.yieldless(False)
    return tool


def salabim_images(flow: Flow) -> Run:
    """Return salabim with a component an image and a resource a pool; the key is the priority.

    Nothing is monitored.
    """
    tool, key, station, duration = (
        _salabim(),
        flow.key.tolist(),
        flow.station.tolist(),
        flow.duration.tolist(),
    )
    first_visit = flow.first_visit.tolist()
    ended = [NAT] * len(duration)
    env = tool.Environment(trace=False)
    pools = [tool.Resource(capacity=EDITORS, monitor=False) for _ in range(STATIONS)]

    class Image(tool.Component):  # type: ignore[misc, name-defined]
        def setup(self, image: int) -> None:
            self.image = image

        def process(self) -> Iterator[Any]:
            for visit in range(first_visit[self.image], first_visit[self.image + 1]):
                yield self.request((pools[station[visit]], 1, key[self.image]))
                yield self.hold(duration[visit])
                ended[visit] = int(env.now())
                self.release()

    class Orders(tool.Component):  # type: ignore[misc, name-defined]
        def process(self) -> Iterator[Any]:
            yield from orders_come(flow, self.hold, lambda image: Image(image=image))

    Orders()
    return _until(env, flow.until, ended)


def salabim_editors(flow: Flow) -> Run:
    """Return salabim with a component an editor, and a heap of images in front of each pool."""
    tool, queues = _salabim(), Queues(flow)
    env = tool.Environment(trace=False)
    asleep: list[list[Any]] = [[] for _ in range(STATIONS)]

    def put(image: int) -> None:
        pool = queues.put(image)
        if asleep[pool]:
            asleep[pool].pop().activate()

    class Editor(tool.Component):  # type: ignore[misc, name-defined]
        def setup(self, pool: int) -> None:
            self.pool = pool

        def process(self) -> Iterator[Any]:
            while True:
                while not queues.heaps[self.pool]:
                    asleep[self.pool].append(self)
                    yield self.passivate()
                image, duration = queues.take(self.pool)
                yield self.hold(duration)
                if queues.end(image, int(env.now())):
                    put(image)

    class Orders(tool.Component):  # type: ignore[misc, name-defined]
        def process(self) -> Iterator[Any]:
            yield from orders_come(flow, self.hold, put)

    for editor in range(STATIONS * EDITORS):
        Editor(pool=editor // EDITORS)
    Orders()
    return _until(env, flow.until, queues.ended)


def _until(env: Any, until: int, ended: list[int]) -> Run:
    """Return the run of a salabim environment; what falls on its end is not finished."""

    def run() -> Ints:
        env.run(till=until)
        marks = np.array(ended, np.int64)
        return np.where(marks < until, marks, NAT)

    return run
