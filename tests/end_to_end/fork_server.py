"""Run dgisim in forks of a process that has loaded it already: each begins at once, and may be killed at any moment.

A line of JSON in, ``[seconds until they are killed or null, [arguments, ...]]``, a line out: the
exit code of each.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

LONG = ("--workers", "1", "--no-charts", "--replications", "6")


class Server:
    """Runs of the command line that begin at once, in processes of their own."""

    def __init__(self, scenario: Path, folder: Path) -> None:
        self.scenario = scenario
        warming_up = self.study(folder / "warm", "none")
        command = [sys.executable, __file__, *warming_up]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def study(self, out: Path, store: Path | str) -> list[str]:
        """Return the arguments of a study of 12 runs."""
        return ["run", str(self.scenario), *LONG, "--out", str(out), "--store", str(store)]

    def begin(self, *runs: list[str], kill_after: float | None = None) -> None:
        """Begin runs; kill them after some seconds."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps([kill_after, runs]) + "\n")

    def answer(self) -> Any:
        """Wait until all have ended, and return the exit code of each."""
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    @property
    def is_busy(self) -> bool:
        """Whether a run has not ended."""
        assert self.process.stdout
        return not select.select([self.process.stdout.fileno()], [], [], 0)[0]

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()


def dgisim(arguments: list[str]) -> int:
    """Run the command line, and return its exit code."""
    from sim.cli import main

    try:
        main(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def fork(arguments: list[str]) -> int:
    """Begin a command line that says nothing, and return the number of its process."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            code = dgisim(arguments)
        finally:
            os._exit(code)
    return child


def ended(child: int, deadline: float | None) -> int:
    """Wait for a process, kill it at the deadline, and return its exit code."""
    found = 0
    while not found:
        found, status = os.waitpid(child, os.WNOHANG if deadline else 0)
        if deadline and time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            deadline = None
        time.sleep(0.0005)
    return os.waitstatus_to_exitcode(status)


def serve(warming_up: list[str]) -> None:
    """Load all that a run needs, by one, and serve."""
    import pyarrow.parquet  # noqa: F401 - without a store a run has no use for it

    out, sys.stdout = sys.stdout, sys.stderr
    print(dgisim(warming_up), file=out, flush=True)
    for line in sys.stdin:
        seconds, runs = json.loads(line)
        children = [fork(arguments) for arguments in runs]
        deadline = None if seconds is None else time.monotonic() + seconds
        print(json.dumps([ended(child, deadline) for child in children]), file=out, flush=True)


if __name__ == "__main__":
    serve(sys.argv[1:])
