"""Folders of results: written beside their place, then put into it whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from platform import node

from sim.errors import Fault, InputError

MARK = "manifest.json"
"""A folder that holds it was written by dgisim and may be replaced."""


@contextmanager
def whole_folder(out: Path, name: str) -> Iterator[Path]:
    """Give a new folder to write results in, and put it in place when all is written.

    Parameters
    ----------
    out
        Folder of the results of all scenarios; made if needed.
    name
        Name of the scenario.

    Yields
    ------
    Path
        An empty folder beside the final place. After an error it is removed, and what stood there
        before is kept.

    Raises
    ------
    InputError
        Where the place cannot be written, or holds something that is not dgisim's.
    """
    place = out / name
    if place.exists() and not (
        place.is_dir() and ((place / MARK).is_file() or not any(place.iterdir()))
    ):
        remedy = "move it away, or choose another --out"
        raise InputError(Fault(str(place), "", "exists and was not written by dgisim", remedy))
    try:
        out.mkdir(parents=True, exist_ok=True)
        _clear(out, name)
        with tempfile.TemporaryDirectory(
            prefix=f".{name}-{node()}-{os.getpid()}-", dir=out
        ) as beside:
            new, old = Path(beside) / "new", Path(beside) / "old"
            new.mkdir()
            yield new
            if place.exists():
                place.rename(old)
            new.rename(place)
    except OSError as error:
        reason = error.strerror or str(error)
        remedy = "choose another --out, or make room and rights there"
        raise InputError(Fault(str(place), "", f"cannot be written: {reason}", remedy)) from error


def _clear(out: Path, name: str) -> None:
    """Remove what programs left half-written that were killed on this machine."""
    for path in out.glob(f".{name}-{node()}-*-*"):
        pid = path.name.removeprefix(f".{name}-{node()}-").partition("-")[0]
        if pid.isdecimal() and not _lives(int(pid)):
            shutil.rmtree(path, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another user's
    return True


def replace_file(path: Path, text: str) -> None:
    """Write a file whole, or leave what was there.

    Raises
    ------
    InputError
        Where the file cannot be written.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def new_file(path: Path, text: str) -> None:
    """Write a file where there is none.

    Raises
    ------
    InputError
        Where there is one already, or none can be written.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(
            Fault(str(path), "", "exists already", "choose another name, or move it away")
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> InputError:
    reason = error.strerror or str(error)
    return InputError(Fault(str(path), "", f"cannot be written: {reason}", "choose another place"))
