"""What can go wrong, and how it is said.

::

    DgisimError             everything that dgisim raises on purpose ├── InputError          the
    user's input is wrong: a list of faults, each with place, value and remedy ├── CutOffError
    the user stopped the work before anything was finished └── DisagreementError   the two engines
    differ: the fault is dgisim's
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """How a command ends: the exit codes of the command line."""

    DONE = 0
    TARGET_MISSED = 1
    BAD_INPUT = 2
    CUT_OFF = 3
    ENGINES_DIFFER = 4


@dataclass(frozen=True)
class Fault:
    """One mistake in the input, said so that its author can mend it.

    Parameters
    ----------
    where
        The place: ``file:line: key`` or ``file:line:column``, or the option of the command line.
    value
        The offending value as the user wrote it; empty where something is missing.
    must
        What the value must be.
    remedy
        What to do about it.
    """

    where: str
    value: str
    must: str
    remedy: str

    def __str__(self) -> str:
        """Return ``where: value must ...; remedy`` on one line."""
        value = f"{self.value!r} " if self.value else ""
        return f"{self.where}: {value}{self.must}; {self.remedy}"


class DgisimError(Exception):
    """The root of all errors that dgisim raises on purpose."""


class InputError(DgisimError):
    """The input is wrong; holds every fault that was found, not only the first.

    Parameters
    ----------
    faults
        At least one fault.
    """

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Fault, ...]]]:
        """Travel between processes with the faults, not with the rendered text."""
        return type(self), (self.faults,)


class CutOffError(DgisimError):
    """The user stopped the work before anything was finished."""


class DisagreementError(DgisimError):
    """The compiled engine and the SimPy model left different ledgers.

    No figure of the former can be trusted.
    """
