"""The plant as a model of PyPI's cimba, which compiles it with numba onto a C engine. Imported only where that is.

An editor is a process; a pool's queue is a store in which the least key goes first. Images go by
their key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cimba as cb  # type: ignore[import-not-found,unused-ignore]
import numpy as np

from sim.clock import NAT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.tandem import Flow, Ints

EDITORS = 20


class Plant(cb.Model):  # type: ignore[misc,unused-ignore]
    """Three stations in a row, of which the last may send an image back to the second."""

    submitted: cb.Array[float]
    first_image: cb.Array[int]
    key: cb.Array[int]
    next_visit: cb.Array[int]
    """Next visit by key."""
    station: cb.Array[int]
    """Station by visit, with one visit more."""
    duration: cb.Array[float]
    at_a: cb.PriorityStore[int]
    at_b: cb.PriorityStore[int]
    at_c: cb.PriorityStore[int]
    done: cb.Dataset = cb.Dataset()
    """Visits, as they end."""
    ended: cb.Dataset = cb.Dataset()
    """When they do."""

    @cb.process  # type: ignore[untyped-decorator,unused-ignore]
    def orders(self) -> None:
        """Let the images of each order queue."""
        for order in range(len(self.submitted)):
            cb.hold(self.submitted[order] - cb.now())
            for image in range(self.first_image[order], self.first_image[order + 1]):
                self.at_a.put(self.key[image], -self.key[image])

    @cb.process(copies=EDITORS)  # type: ignore[untyped-decorator,unused-ignore]
    def editor_a(self) -> None:
        """Work at the first station."""
        while True:
            key = self.at_a.get()
            visit = self.next_visit[key]
            cb.hold(self.duration[visit])
            self.done.record(visit)
            self.ended.record(cb.now())
            self.next_visit[key] = visit + 1
            self.at_b.put(key, -key)

    @cb.process(copies=EDITORS)  # type: ignore[untyped-decorator,unused-ignore]
    def editor_b(self) -> None:
        """Work at the second station."""
        while True:
            key = self.at_b.get()
            visit = self.next_visit[key]
            cb.hold(self.duration[visit])
            self.done.record(visit)
            self.ended.record(cb.now())
            self.next_visit[key] = visit + 1
            self.at_c.put(key, -key)

    @cb.process(copies=EDITORS)  # type: ignore[untyped-decorator,unused-ignore]
    def editor_c(self) -> None:
        """Work at the last station, and send back what has a visit left."""
        while True:
            key = self.at_c.get()
            visit = self.next_visit[key]
            cb.hold(self.duration[visit])
            self.done.record(visit)
            self.ended.record(cb.now())
            self.next_visit[key] = visit + 1
            if self.station[visit + 1] == 1:
                self.at_b.put(key, -key)


def prepare(flow: Flow) -> Callable[[], Any]:
    """Return a run of the model, which gives the ends of all visits."""
    model = Plant()
    key = flow.key
    by_key = np.empty(len(key), np.int64)
    by_key[key] = flow.first_visit[:-1]
    model.submitted = cb.Array(flow.submitted.astype(float).tolist())
    model.first_image = cb.Array(flow.first_image.tolist())
    model.key = cb.Array(key.tolist())
    model.next_visit = cb.Array(by_key.tolist())
    model.station = cb.Array([*flow.station.tolist(), 0])
    model.duration = cb.Array(flow.duration.astype(float).tolist())
    model.done.capture()
    model.ended.capture()
    experiment = cb.Experiment(model, window=cb.Window(duration=float(flow.until)))

    def run() -> Ints:
        results = experiment.run(workers=1)
        visit, at = (
            data.trial(0, 0)[1].astype(np.int64)
            for data in (results[model].done, results[model].ended)
        )
        ended = np.full(len(flow.duration), NAT)
        ended[visit] = at
        return ended

    return run
