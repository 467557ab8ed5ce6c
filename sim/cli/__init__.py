"""The command line: parse, call one function, print, exit code.

With sim/terminal.py the only place that prints.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from sim.cli.answers import explain
from sim.cli.app import Exit, app
from sim.cli.ask import command_of
from sim.cli.compare import compare, diff, verify
from sim.cli.run import run
from sim.cli.scenarios import check, init, quote, schema
from sim.cli.store import store_app
from sim.errors import CutOffError, DisagreementError, InputError
from sim.questions import QUESTIONS

COMMANDS: tuple[Callable[..., None], ...] = (
    init,
    run,
    check,
    explain,
    *map(command_of, QUESTIONS),
    compare,
    diff,
    verify,
    quote,
    schema,
)
"""In the order of the help."""

for _command in COMMANDS:
    app.command()(_command)
app.add_typer(store_app)


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; a user's mistake is said without a traceback."""
    try:
        app(arguments)
    except InputError as error:
        for fault in error.faults:
            print(f"error: {fault}", file=sys.stderr)
        sys.exit(Exit.BAD_INPUT)
    except CutOffError as error:
        print(f"cut off: {error}", file=sys.stderr)
        sys.exit(Exit.CUT_OFF)
    except DisagreementError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(Exit.ENGINES_DIFFER)
