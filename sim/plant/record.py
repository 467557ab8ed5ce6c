"""From the marks of a run to its ledger: all that follows from them without simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from sim.clock import NAT
from sim.results.ledger import (
    DeliveryRows,
    Ledger,
    OrderRows,
    ShiftRows,
    StintRows,
    TrancheRows,
    VisitRows,
    Window,
)
from sim.sla.words import GUARANTEED, REJECTION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.plant.marks import Marks
    from sim.plant.run_input import RunInput
    from sim.scenario.schema import ScenarioSpec

    Ints = NDArray[np.int64]

Table = TypeVar("Table", OrderRows, TrancheRows, DeliveryRows, VisitRows)


def record(spec: ScenarioSpec, run_input: RunInput, marks: Marks) -> Ledger:
    """Return the ledger of a run.

    Parameters
    ----------
    spec
        The scenario at the design point; gives names.
    run_input
        What the engine was given.
    marks
        What it left.

    Returns
    -------
    Ledger
        Rows of what came to be before the run stopped; a visit that never queued has none.
    """
    customers = run_input.draws.customers
    horizon = spec.horizon
    window = Window(horizon.count_from, horizon.count_until, marks.run_until, horizon.start_at)
    groups = [spec.customers[group] for group in customers.group]
    every_tranche, every_delivery = _tranches(run_input, marks), _deliveries(run_input, marks)
    came = int(np.searchsorted(run_input.draws.orders.submitted_at, marks.run_until))
    return Ledger(
        window=window,
        pools=tuple(pool.name for pool in spec.plant.pools),
        stations=(*(station.station for station in spec.plant.route), "review"),
        customer_names=customers.name,
        customer_group=tuple(group.group for group in groups),
        customer_zone=tuple(group.timezone for group in groups),
        customer_due_seconds=np.array(
            [spec.plans[group.plan].standard.due_seconds for group in groups]
        ),
        orders=_kept(order_rows(run_input), np.arange(len(run_input.draws.orders.images)) < came),
        tranches=_kept(every_tranche, every_tranche.order < came),
        deliveries=_kept(
            every_delivery, (every_delivery.began_at != NAT) & (every_delivery.order < came)
        ),
        visits=_visits(run_input, marks, window, every_tranche, every_delivery),
        stints=_stints(run_input, marks),
        shifts=shift_rows(run_input),
    )


def _kept(rows: Table, keep: NDArray[np.bool_]) -> Table:
    return type(rows)(**{name: column[keep] for name, column in vars(rows).items()})


def order_rows(run_input: RunInput) -> OrderRows:
    """Return all orders of the draws, also those that come after the run."""
    orders = run_input.draws.orders
    refused = run_input.promises.table.refused
    return OrderRows(orders.customer, orders.submitted_at, orders.service, orders.images, refused)


def _tranches(run_input: RunInput, marks: Marks) -> TrancheRows:
    table, reviewed = run_input.promises.table, run_input.promises.reviewed
    n_visits = len(run_input.draws.visits.station)
    quoted_due = marks.due_at[run_input.draws.visits.first_delivery[run_input.promises.first_image]]
    return TrancheRows(
        order=table.order,
        tranche=table.tranche,
        service=table.service,
        commitment=table.commitment,
        images=table.images,
        due_at=np.where(reviewed, quoted_due, table.due_at),
        rule=table.rule,
        released_at=np.where(
            reviewed, marks.quoted_at, run_input.draws.orders.submitted_at[table.order]
        ),
        reviewed=reviewed,
        review_due_at=run_input.review_due_at,
        review_started_at=marks.started_at[n_visits:],
        review_ended_at=marks.ended_at[n_visits:],
    )


def _of_tranche(column: NDArray[Any], tranche: Ints) -> NDArray[Any]:
    """Return a column's value for each tranche.

    0 for no tranche, -1, as where all orders were refused.
    """
    return np.append(column, column.dtype.type(0))[tranche]


def _deliveries(run_input: RunInput, marks: Marks) -> DeliveryRows:
    """Return all deliveries of the draws; those that never began have no beginning."""
    visits, table = run_input.draws.visits, run_input.promises.table
    counts = np.diff(visits.first_delivery)
    image = np.repeat(np.arange(len(counts)), counts)
    is_first = np.zeros(len(image), np.bool_)
    is_first[visits.first_delivery[:-1]] = True
    tranche = run_input.promises.tranche_of_image(len(counts))[image].astype(np.int64)
    taken = tranche >= 0
    order = np.repeat(np.arange(len(run_input.draws.orders.images)), run_input.draws.orders.images)[
        image
    ]
    done_at = marks.ended_at[visits.ends - 1]
    returned_at = np.append(NAT, done_at[:-1] + visits.returns_after[:-1])[: len(image)]
    began_at = np.where(is_first, run_input.draws.orders.submitted_at[order], returned_at)
    began_at[~taken | (~is_first & (marks.due_at == NAT))] = NAT
    return DeliveryRows(
        image=image,
        tranche=tranche,
        order=order,
        service=np.where(is_first, _of_tranche(table.service, tranche), REJECTION).astype(np.int8),
        commitment=np.where(is_first, _of_tranche(table.commitment, tranche), GUARANTEED).astype(
            np.int8
        ),
        began_at=began_at,
        due_at=marks.due_at,
        done_at=done_at,
    )


def _visits(
    run_input: RunInput,
    marks: Marks,
    window: Window,
    tranches: TrancheRows,
    deliveries: DeliveryRows,
) -> VisitRows:
    """Return the visits that queued, and behind them the reviews."""
    visits = run_input.draws.visits
    n, counts = len(visits.station), np.diff(visits.first_visit)
    first = np.append(0, visits.ends[:-1])[: len(visits.ends)]
    is_first_delivery = deliveries.service != REJECTION
    queued_at = np.append(NAT, marks.ended_at[: n - 1])[:n]
    released_at = _of_tranche(tranches.released_at, deliveries.tranche)
    queued_at[first] = np.where(
        is_first_delivery & (deliveries.tranche >= 0), released_at, deliveries.began_at
    )
    image = np.repeat(np.arange(len(counts)), counts)
    delivery = np.repeat(np.arange(len(first)), np.diff(np.append(first, n)))
    order = np.concatenate([deliveries.order[delivery], tranches.order])
    reviews = np.where(tranches.reviewed, run_input.draws.orders.submitted_at[tranches.order], NAT)
    counted = window.holds(run_input.draws.orders.submitted_at)
    rows = VisitRows(
        image=np.concatenate([image, run_input.promises.first_image]),
        station=run_input.station_of_visit,
        pool=run_input.pool_of_visit,
        editor=marks.editor,
        queued_at=np.concatenate([queued_at, reviews]),
        started_at=marks.started_at,
        ended_at=marks.ended_at,
        service=np.concatenate([deliveries.service[delivery], tranches.service]),
        counted=counted[order],
    )
    keep = (rows.queued_at != NAT) & (rows.queued_at < window.run_until)
    if run_input.plant.review is None:
        keep[n:] = False
    return _kept(rows, keep)


def _stints(run_input: RunInput, marks: Marks) -> StintRows:
    """Return all stretches of work.

    Those that a shift's end cut, and the visits that were done in one go.
    """
    cut_visit, cut_editor, cut_start, cut_end = marks.stints.T
    whole = marks.started_at != NAT
    whole[cut_visit] = False
    visit = np.flatnonzero(whole)
    ended_at = np.where(marks.ended_at[visit] == NAT, marks.run_until, marks.ended_at[visit])
    every = np.concatenate([visit, cut_visit])
    return StintRows(
        pool=run_input.pool_of_visit[every],
        editor=np.concatenate([marks.editor[visit], cut_editor]),
        visit=every,
        started_at=np.concatenate([marks.started_at[visit], cut_start]),
        ended_at=np.concatenate([ended_at, cut_end]),
    )


def shift_rows(run_input: RunInput) -> ShiftRows:
    """Return when each editor is on shift, also after the run."""
    shifts = run_input.draws.shifts
    return ShiftRows(
        pool=np.repeat(
            np.arange(len(shifts), dtype=np.int8), [len(part.editor) for part in shifts]
        ),
        editor=np.concatenate([part.editor for part in shifts]),
        started_at=np.concatenate([part.starts_at for part in shifts]),
        ended_at=np.concatenate([part.ends_at for part in shifts]),
    )
