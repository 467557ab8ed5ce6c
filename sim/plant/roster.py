"""Rosters: who is on shift when, in one replication and as planned."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, MINUTE, WEEK, day_number, weekday, zone
from sim.demand.profile import weekdays
from sim.demand.streams import stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario.plant import Pool, RosterLine

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Shifts:
    """Stretches of time for which an editor is on shift without a break, by editor, then by time."""

    editor: Ints
    """Number of the editor in the pool, from 0 in the order of the roster's lines."""
    starts_at: Ints
    """First instant on shift."""
    ends_at: Ints
    """First instant off shift again."""
    n_editors: int
    """Editors of the pool, absent ones included."""

    def changes(self) -> Iterator[tuple[int, list[int], list[tuple[int, int]]]]:
        """Yield each instant at which someone leaves or comes.

        Yields
        ------
        at : int
            The instant, rising.
        leaving : list of int
            Editors whose shift ends.
        coming : list of (int, int)
            Editors whose shift begins, each with its end.
        """
        leaving: dict[int, list[int]] = {}
        coming: dict[int, list[tuple[int, int]]] = {}
        columns = (self.editor.tolist(), self.starts_at.tolist(), self.ends_at.tolist())
        for editor, start, end in zip(*columns, strict=True):
            coming.setdefault(start, []).append((editor, end))
            leaving.setdefault(end, []).append(editor)
        for at in sorted(coming.keys() | leaving.keys()):
            yield at, leaving.get(at, []), coming.get(at, [])


def planned_shifts(pool: Pool, start: int, end: int) -> Shifts:
    """Return the shifts of a pool with nobody absent; arguments as :func:`worked_shifts`."""
    return _shifts(pool, start, end, None)


def worked_shifts(pool: Pool, start: int, end: int, seed: int, replication: int) -> Shifts:
    """Draw the shifts that a pool's editors come to in one replication.

    Parameters
    ----------
    pool
        The pool with its roster.
    start, end
        Horizon of the run, UTC seconds; shifts are cut to it.
    seed, replication
        Master seed, number of the replication.

    Returns
    -------
    Shifts
        Shifts that follow each other without a gap are one stretch.

    Notes
    -----
    A seat's absences come from a stream of its own, so that one editor more changes nobody else's.
    """
    return _shifts(pool, start, end, (seed, replication))


def _shifts(pool: Pool, start: int, end: int, key: tuple[int, int] | None) -> Shifts:
    editors, starts, ends = [], [], []
    seat, twins = 0, Counter[str]()
    for line in pool.roster:
        begin, finish = line_shifts(line, pool.timezone, start, end)
        name = f"{line.days} {line.begins}-{line.ends}"
        twins[name] += 1
        for number in range(line.editors):
            comes = np.ones(len(begin), np.bool_)
            if key and pool.absence_share:
                draws = stream(*key, f"{pool.name}/absence/{name}/{twins[name]}/{number}").random(
                    len(begin)
                )
                comes = draws >= pool.absence_share
            editors.append(np.full(int(comes.sum()), seat))
            starts.append(begin[comes])
            ends.append(finish[comes])
            seat += 1
    columns = [np.concatenate([np.zeros(0, np.int64), *part]) for part in (editors, starts, ends)]
    return _joined(columns[0], columns[1], columns[2], seat)


def line_shifts(line: RosterLine, timezone: str, start: int, end: int) -> tuple[Ints, Ints]:
    """Return the start and end of a roster line's shift on each of its days, cut to [start, end), UTC seconds."""
    clock = zone(timezone)
    days = np.arange(day_number(start) - 2, day_number(end) + 2)
    days = days[np.isin(weekday(days * DAY), weekdays(line.days))]
    begins, ends = (clock.to_utc(days * DAY + minutes * MINUTE) for minutes in line.minutes)
    begins, ends = np.maximum(begins, start), np.minimum(ends, end)
    open_ = ends > begins  # a shift inside the gap of a clock change has no length
    return begins[open_], ends[open_]


def _joined(editor: Ints, starts: Ints, ends: Ints, n_editors: int) -> Shifts:
    """Join shifts of one editor that touch."""
    order = np.lexsort((starts, editor))
    editor, starts, ends = editor[order], starts[order], ends[order]
    breaks = np.ones(len(editor), np.bool_)
    breaks[1:] = (editor[1:] != editor[:-1]) | (starts[1:] > ends[:-1])
    first = np.flatnonzero(breaks)
    last = np.append(first[1:], len(editor)) - 1 if len(editor) else first
    return Shifts(editor[first], starts[first], ends[last], n_editors)


@dataclass(frozen=True)
class PlannedHours:
    """The editor-seconds that a roster offers, from its start on."""

    times: list[int]
    """Instants at which the head count changes."""
    heads: list[int]
    """Editors on shift from each instant on."""
    offered: list[int]
    """Editor-seconds offered up to each instant."""

    @classmethod
    def of(cls, shifts: Shifts) -> PlannedHours:
        """Return the head count over time of a pool's shifts."""
        instants = np.concatenate([shifts.starts_at, shifts.ends_at])
        steps = np.repeat([1, -1], len(shifts.editor))
        times, place = np.unique(instants, return_inverse=True)
        change = np.zeros(len(times), np.int64)
        np.add.at(change, place, steps)
        heads = np.cumsum(change)
        offered = np.concatenate([[0], np.cumsum(heads[:-1] * np.diff(times))])
        return cls(times.tolist(), heads.tolist(), offered.astype(np.int64).tolist())

    @cached_property
    def last_week(self) -> int:
        """Editor-seconds of the last week: what each week beyond the planned ones offers."""
        return self.offered[-1] - self.until(self.times[-1] - WEEK)

    def until(self, at: int) -> int:
        """Return the editor-seconds offered before an instant."""
        step = bisect_right(self.times, at) - 1
        return self.offered[step] + self.heads[step] * (at - self.times[step]) if step >= 0 else 0

    def covered_at(self, now: int, work: int) -> int:
        """Return the earliest instant by which the hours from `now` on cover `work` editor-seconds."""
        goal = self.until(now) + work
        missing = goal - self.offered[-1]
        if missing > 0:
            return self.times[-1] + -(-missing * WEEK // self.last_week)
        step = bisect_left(self.offered, goal) - 1
        return (
            max(now, self.times[step] + -(-(goal - self.offered[step]) // self.heads[step]))
            if step >= 0
            else now
        )
