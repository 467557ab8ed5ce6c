"""The key of a figure: which measure, and of what."""

from __future__ import annotations

from typing import NamedTuple

ALL = "all"
"""The level of a dimension at which nothing is told apart."""


class Figure(NamedTuple):
    """A measure at a setting of the dimensions.

    It names a figure wherever one is asked for, kept, judged or compared: in targets, tables,
    stored runs and questions. Keys sort by measure, then by the dimensions in this order.

    Examples
    --------
    >>> str(Figure("on_time_share", "guaranteed"))
    'on_time_share of guaranteed'
    """

    measure: str
    commitment: str = ALL
    service: str = ALL
    pool: str = ALL

    @property
    def of(self) -> str:
        """What it is taken of, in the words of the file: ``guaranteed, standard``, or ``all``."""
        return ", ".join(level for level in self[1:] if level != ALL) or ALL

    def __str__(self) -> str:
        """Return measure and setting."""
        return f"{self.measure} of {self.of}"


KEYS = list(Figure._fields)
"""The columns of a table that name a figure."""
