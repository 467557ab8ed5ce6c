"""The yardstick, ``yardstick.cpp``.

Built with g++ into a folder that goes again, and called on the flow's arrays.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.benchmarks.tandem import Flow

SOURCE = Path(__file__).with_suffix(".cpp")
NOT_YET = np.iinfo(np.int32).min


class Records(NamedTuple):
    """What the yardstick leaves, in seconds since the start.

    `NOT_YET` and -1 where there is nothing.
    """

    ended: NDArray[np.int32]
    """Shape (visits,)."""
    started: NDArray[np.int32] | None
    """Shape (visits,)."""
    editor: NDArray[np.int8] | None
    """Shape (visits,): number in the pool."""


def available() -> bool:
    """Say whether there is a compiler."""
    return shutil.which("g++") is not None


@cache
def _library() -> Any:
    """Return the compiled yardstick."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "yardstick.so"
        flags = ["-O3", "-march=native", "-std=c++17", "-Wall", "-Wextra", "-shared", "-fPIC"]
        subprocess.run(["g++", *flags, str(SOURCE), "-o", str(target)], check=True)
        return ctypes.CDLL(str(target))


def yardstick(flow: Flow, *, records: bool) -> Callable[[], Records]:
    """Return a run of the yardstick on a flow in seconds.

    Parameters
    ----------
    flow
        Orders, visits and end of the run.
    records
        Keep start and editor of each visit beside its end.

    Returns
    -------
    callable
        The run: sorting by deadline and the memory for the answer included.
    """
    simulate, n_visits = _library().simulate, len(flow.duration)
    seconds = flow.duration.astype(np.int32)
    inputs = (flow.submitted, flow.due, flow.first_image, flow.first_visit, flow.station, seconds)
    columns = [np.ascontiguousarray(column) for column in inputs]
    orders, visits = (
        [_pointer(column) for column in columns[:3]],
        [_pointer(column) for column in columns[3:]],
    )
    n_orders, n_images = (
        ctypes.c_int64(len(rows)) for rows in (flow.submitted, flow.first_visit[1:])
    )

    def run() -> Records:
        ended = np.empty(n_visits, np.int32)
        started = np.empty(n_visits, np.int32) if records else None
        editor = np.empty(n_visits, np.int8) if records else None
        answer = (_pointer(column) for column in (ended, started, editor))
        simulate(n_orders, *orders, n_images, *visits, ctypes.c_int64(flow.until), *answer)
        assert columns  # the pointers are to them
        return Records(ended, started, editor)

    return run


def _pointer(column: NDArray[Any] | None) -> ctypes.c_void_p:
    """Return the address of a column, null for none."""
    return ctypes.c_void_p(None if column is None else column.ctypes.data)
