"""The ledger: the rows that one replication leaves behind. Every figure is worked out from it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NAT

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Rows:
    """A table of columns of one length.

    Instants end in ``_at`` and are NAT where they are not yet.
    """

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def frame(self) -> pd.DataFrame:
        """Return the table with instants as UTC timestamps.

        "not yet" is NaT, and nobody is missing.
        """
        import pandas as pd

        columns = {}
        for field in fields(self):
            values = getattr(self, field.name)
            if field.name.endswith("_at"):
                values = pd.DatetimeIndex(values.view("datetime64[s]")).tz_localize("UTC")
            elif values.dtype == np.int64 and (values == NAT).any():
                values = pd.array(values, "Int64")
                values[values == NAT] = pd.NA
            columns[field.name] = values
        return pd.DataFrame(columns)

    def write(self, path: Path) -> None:
        """Write the table as Parquet.

        Wide columns as differences from row to row, which are small.
        """
        from pyarrow import Table, parquet, types

        table = Table.from_pandas(self.frame(), preserve_index=False)
        wide = [
            field.name
            for field in table.schema
            if types.is_timestamp(field.type) or types.is_int64(field.type)
        ]
        parquet.write_table(
            table,
            path,
            compression="zstd",
            use_dictionary=[name for name in table.column_names if name not in wide],
            column_encoding=dict.fromkeys(wide, "DELTA_BINARY_PACKED"),
        )


@dataclass(frozen=True)
class OrderRows(Rows):
    """One row an order, in submission order."""

    customer: Ints
    """Number of the customer."""
    submitted_at: Ints
    service: NDArray[np.int8]
    """Service asked for, a position in ``SERVICES``."""
    images: Ints
    refused: Flags
    """Whether the plan does not take it; a refused order has no tranche."""


@dataclass(frozen=True)
class TrancheRows(Rows):
    """One row a tranche, by order."""

    order: Ints
    tranche: NDArray[np.int8]
    """Number in the order, from 1."""
    service: NDArray[np.int8]
    """Service as it is handled."""
    commitment: NDArray[np.int8]
    images: Ints
    due_at: Ints
    """Deadline promised or quoted."""
    rule: NDArray[np.int8]
    released_at: Ints
    """When its images began to wait for the first station."""
    reviewed: Flags
    """Whether it needed a review."""
    review_due_at: Ints
    review_started_at: Ints
    review_ended_at: Ints


@dataclass(frozen=True)
class DeliveryRows(Rows):
    """One row for each time that an image is owed.

    Once for its order, once more for each rejection.
    """

    image: Ints
    tranche: Ints
    """Row of the tranche that the image belongs to."""
    order: Ints
    service: NDArray[np.int8]
    commitment: NDArray[np.int8]
    began_at: Ints
    """Submission of the order, or the rejection."""
    due_at: Ints
    done_at: Ints


@dataclass(frozen=True)
class VisitRows(Rows):
    """One row for each image that queued at a station, and for each review."""

    image: Ints
    station: NDArray[np.int8]
    """Number of the station; the review is one past the last."""
    pool: NDArray[np.int8]
    editor: Ints
    """Editor who finished the visit or has it in hand."""
    queued_at: Ints
    started_at: Ints
    ended_at: Ints
    service: NDArray[np.int8]
    counted: Flags
    """Whether the order counts."""


@dataclass(frozen=True)
class StintRows(Rows):
    """One row for each stretch of work of an editor."""

    pool: NDArray[np.int8]
    editor: Ints
    visit: Ints
    """Number of the visit in the draws; reviews come behind all visits, in the order of
    tranches."""
    started_at: Ints
    ended_at: Ints
    """End of the work, or of the run."""


@dataclass(frozen=True)
class ShiftRows(Rows):
    """One row for each stretch for which an editor was on shift."""

    pool: NDArray[np.int8]
    editor: Ints
    started_at: Ints
    ended_at: Ints


@dataclass(frozen=True)
class Window:
    """The time that counts."""

    start: int
    """Orders submitted from here on count."""
    end: int
    """Orders submitted from here on do not."""
    run_until: int
    """End of the run; what is unfinished then is censored."""
    run_from: int
    """Start of the run, and of the warm-up."""

    @property
    def days(self) -> float:
        """Length in days of 24 hours."""
        return (self.end - self.start) / 86_400

    def holds(self, at: Ints) -> Flags:
        """Say which instants lie in the window."""
        return (at >= self.start) & (at < self.end)


@dataclass(frozen=True)
class Ledger:
    """All rows of a replication, and the names behind their numbers."""

    window: Window
    pools: tuple[str, ...]
    stations: tuple[str, ...]
    customer_names: tuple[str, ...]
    customer_group: tuple[str, ...]
    customer_zone: tuple[str, ...]
    customer_due_seconds: Ints
    """Due time of each customer's plan, seconds after midnight on the wall."""
    orders: OrderRows
    tranches: TrancheRows
    deliveries: DeliveryRows
    visits: VisitRows
    stints: StintRows
    shifts: ShiftRows

    def counted(self) -> Flags:
        """Say which deliveries are of an order that counts."""
        return self.window.holds(self.orders.submitted_at)[self.deliveries.order]

    def write(self, folder: Path) -> None:
        """Write each table as a Parquet file.

        Parameters
        ----------
        folder
            An existing folder.
        """
        for name in ("orders", "tranches", "deliveries", "visits", "stints", "shifts"):
            getattr(self, name).write(folder / f"{name}.parquet")
