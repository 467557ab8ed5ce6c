"""The census of a run: where every image went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.results.states import DONE, DONE_UNPROMISED, UNPROMISED
from sim.sla.words import REJECTION

if TYPE_CHECKING:
    from sim.results.tally import Tally


@dataclass(frozen=True)
class Census:
    """Counts of one run, to the image: submitted = refused + done + censored."""

    orders: int
    images_submitted: int
    images_refused: int
    images_done: int
    images_censored: int
    images_without_deadline: int
    rejections: int
    orders_outside_horizon: int


def census(tally: Tally, n_outside: int) -> Census:
    """Count the images of all orders of a run, warm-up and cool-down included.

    Parameters
    ----------
    tally
        The tally of the run.
    n_outside
        Orders of replayed files that lie outside the horizon.

    Returns
    -------
    Census
        Counts of first deliveries, and of rejections beside them.
    """
    by_service = tally.deliveries.sum(axis=(0, 1))
    first = by_service[:REJECTION].sum(axis=0)
    done = int(first[list(DONE)].sum())
    return Census(
        orders=tally.n_orders,
        images_submitted=int(tally.images.sum()),
        images_refused=int(tally.images[:, 1].sum()),
        images_done=done,
        images_censored=int(first.sum()) - done,
        images_without_deadline=int(first[[DONE_UNPROMISED, UNPROMISED]].sum()),
        rejections=int(by_service[REJECTION].sum()),
        orders_outside_horizon=n_outside,
    )
