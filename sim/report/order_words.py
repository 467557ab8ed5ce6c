"""The story of an order in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, HOUR, MINUTE, NAT, zone
from sim.results.counts import OVERDUE
from sim.sla.words import COMMITMENTS, REJECTION, RULES, SERVICES
from sim.study.causes import CAUSES, SERVICE, SEVERAL
from sim.study.explain import lateness_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from sim.results.view import View
    from sim.study.explain import OrderStory

    Flags = NDArray[np.bool_]

Row = tuple[str, ...]


def order_text(story: OrderStory) -> str:
    """Return what became of an order: its promises, when it was done, why it was late, and its latest image.

    Parameters
    ----------
    story
        The order in a replication.

    Returns
    -------
    str
        Lines of text; instants on the customer's clock.
    """
    return "\n".join([*_head(story), *_promises(story), *_why(story), *_latest_image(story)])


def duration(seconds: int) -> str:
    """Return a length of time in its two largest units: ``2 d 3 h``, ``1 h 5 min``, ``12 s``."""
    parts = [
        (seconds // DAY, "d"),
        (seconds % DAY // HOUR, "h"),
        (seconds % HOUR // MINUTE, "min"),
        (seconds % 60, "s"),
    ]
    first = next((place for place, (count, _) in enumerate(parts) if count), 3)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count) or "0 s"


def _at(story: OrderStory, at: int) -> str:
    """Return an instant on the customer's clock."""
    if at == NAT:
        return "not yet"
    customer = story.ledger.orders.customer[story.number]
    return (
        zone(story.ledger.customer_zone[customer]).local(int(at)).strftime("%a %Y-%m-%d %H:%M:%S")
    )


def _images(count: int) -> str:
    return f"{count:,} image{'' if count == 1 else 's'}"


def _head(story: OrderStory) -> Iterator[str]:
    orders, number = story.ledger.orders, story.number
    customer = orders.customer[number]
    name = story.ledger.customer_names[customer]
    service = SERVICES[orders.service[number]]
    yield f"order {story.name}: {_images(int(orders.images[number]))}, {service}, of {name}"
    yield f"  row {number} of the orders in replication {story.replication} of {story.spec.name}"
    place = story.ledger.customer_zone[customer]
    yield f"  submitted {_at(story, orders.submitted_at[number])} (all times here are on the clock of {place})"
    if not story.ledger.window.holds(orders.submitted_at[number]):
        yield "  it lies in the warm-up or the cool-down, and counts in no figure"


def _promises(story: OrderStory) -> Iterator[str]:
    if story.ledger.orders.refused[story.number]:
        yield "  refused: the plan takes no such order, so nothing was promised"
    view, tranches = story.deliveries, story.ledger.tranches
    for row in story.tranches.tolist():
        yield ""
        commitment = COMMITMENTS[tranches.commitment[row]].replace("_", " ")
        rule = f"{SERVICES[tranches.service[row]]}, {RULES[tranches.rule[row]]}"
        yield f"tranche {tranches.tranche[row]}: {_images(int(tranches.images[row]))}, {commitment} ({rule})"
        if tranches.reviewed[row]:
            yield f"  {_review(story, row)}"
        due = "quoted" if tranches.reviewed[row] else "promised"
        yield (
            f"  {due} for {_at(story, tranches.due_at[row])}"
            if tranches.due_at[row] != NAT
            else "  no deadline yet"
        )
        own = view.rows.tranche == row
        yield f"  {_done(story, view, own & view.first)}"
        if (again := own & ~view.first).any():
            yield f"  {int(again.sum()):,} sent back by the customer: {_done(story, view, again)}"


def _review(story: OrderStory, row: int) -> str:
    tranches = story.ledger.tranches
    if story.spec.plant.review is None:
        return f"released {_at(story, tranches.released_at[row])}"
    begun, ended = tranches.review_started_at[row], tranches.review_ended_at[row]
    return f"review begun {_at(story, begun)}, ended {_at(story, ended)}"


def _done(story: OrderStory, view: View, own: Flags) -> str:
    """Say when some deliveries were done, and how many of them are late by how much."""
    done, late, by = view.rows.done_at[own], view.late[own], lateness_of(view)[own]
    n_open = int((done == NAT).sum())
    until = f"the last one done {_at(story, done.max())}" if n_open < len(done) else "none done"
    left = f", {n_open:,} unfinished when the run ended" if n_open else ""
    if not late.any():
        return f"{until}{left}; none is known to be late" if n_open else f"{until}; all on time"
    counts = f"{int(late.sum()):,} of {len(late):,} late, by up to {duration(int(by.max()))}"
    return f"{until}{left}; {counts}"


def _why(story: OrderStory) -> Iterator[str]:
    found = story.lateness
    if not (n := len(found.late)):
        return
    yield ""
    yield f"why {n:,} {'was' if n == 1 else 'were'} late: the replication was made again on the same draws, each time"
    yield "with one cause removed for everybody; so many of them would then have been in time:"
    groups = {name: int(own.sum()) for name, own in found.groups.items()}
    rows = [
        (f"  {name}", f"{groups[name]:,} of {n:,}", one.removed) for name, one in CAUSES.items()
    ]
    rows.append(
        (
            f"  {SEVERAL}",
            f"{groups[SEVERAL]:,} of {n:,}",
            "in time only with more than one of these removed",
        )
    )
    rows.append(
        (f"  {SERVICE}", f"{groups[SERVICE]:,} of {n:,}", "late even with all of these removed")
    )
    yield from _columns(rows)


def _latest_image(story: OrderStory) -> Iterator[str]:
    view = story.deliveries
    by = np.where(view.late, lateness_of(view), NAT)
    if not view.late.any():
        return
    row = int(by.argmax())
    image, first = int(view.rows.image[row]), int(view.rows.image.min())
    state = "unfinished" if view.outcome[row] == OVERDUE else "done"
    again = ", sent back by the customer" if view.rows.service[row] == REJECTION else ""
    yield ""
    yield f"its latest image, number {image - first + 1} of the order{again}: {state} {duration(int(by[row]))} late,"
    yield f"after the deadline {_at(story, view.rows.due_at[row])}"
    yield from _columns(_visits(story, view, row))


def _visits(story: OrderStory, view: View, row: int) -> list[Row]:
    """Return a row for each visit of a delivery, the review of its tranche in front."""
    visits, deliveries = story.ledger.visits, view.rows
    review = len(story.ledger.stations) - 1
    of_tranche = deliveries.image[deliveries.tranche == deliveries.tranche[row]].min()
    own = (visits.image == deliveries.image[row]) & (visits.station != review)
    own |= (visits.image == of_tranche) & (visits.station == review)
    own &= (visits.queued_at >= deliveries.began_at[row]) & (visits.queued_at < view.until[row])
    places = np.flatnonzero(own)
    rows: list[Row] = [("  station", "queued", "started", "ended", "waited")]
    for place in places[np.argsort(visits.queued_at[places], kind="stable")].tolist():
        at = [
            int(column[place]) for column in (visits.queued_at, visits.started_at, visits.ended_at)
        ]
        waited = duration(at[1] - at[0]) if at[1] != NAT else "still waits"
        rows.append(
            (
                f"  {story.ledger.stations[visits.station[place]]}",
                *(_at(story, one) for one in at),
                waited,
            )
        )
    return rows


def _columns(rows: Iterable[Row]) -> Iterator[str]:
    """Return rows as lines, each column as wide as its longest cell."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
