"""Why images are late: plants of which it is known, and what is counted of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.clock import DAY, HOUR
from sim.plant.unqueued import done_without_queues
from sim.results.view import View
from sim.runs.replication import Task
from sim.runs.run import Finished
from sim.sla.words import EXPEDITE, REJECTION, STANDARD
from sim.study.causes import CAUSES, SERVICE, SEVERAL
from sim.study.late_causes import FEWEST_REPLICATIONS, causes_of_study, late_causes
from tests import causes_plants
from tests.causes_plants import GROUPS, MONDAY, counts, found
from tests.strategies import single_station

if TYPE_CHECKING:
    from tests.strategies import Small

LATE = {"allowance": 1, "review": 1, "queue": 7, "hours": 5}


@pytest.mark.parametrize("cause", LATE)
def test_one_cause_alone_explains_everything(cause: str) -> None:
    """Each plant is late for one reason, and nothing else is named."""
    assert counts(getattr(causes_plants, cause)()) == {cause: LATE[cause]}


def test_rework_alone_explains_everything() -> None:
    """Late are the images with more than 3 visits of an hour, and without rework all would be in time."""
    small = causes_plants.rework()
    n_late = int((np.diff(small.draws.visits.first_visit) > 3).sum())
    assert n_late > 3
    assert counts(small) == {"rework": n_late}


def test_service_itself_is_what_is_left() -> None:
    """4 hours of work are late after 3 hours whatever is removed."""
    assert counts(causes_plants.service()) == {SERVICE: 5}


def test_what_no_removal_saves_alone_is_several_together() -> None:
    """One editor round the clock saves 3; many editors who are away save none.

    Both together save all.
    """
    assert counts(causes_plants.several()) == {"hours": 3, SEVERAL: 7}


def test_nothing_is_explained_where_nothing_is_late() -> None:
    """33 images are done by hour 33."""
    small = single_station(1, [("ann", MONDAY, 0, 33)])
    assert counts(small) == {}
    assert len(found(small).late) == 0


def test_a_later_quote_saves_nothing() -> None:
    """Images are held to the deadline that they had.

    Quoted at once, the one of `review` is done long before it.
    """
    small = causes_plants.review()
    late = found(small)
    (delivery,) = late.late.tolist()
    assert late.marks.due_at[delivery] == MONDAY + 57 * HOUR  # Wednesday 09:00
    assert delivery == 60


def test_a_rejected_image_has_its_hours_from_the_rejection() -> None:
    """First deliveries wait in the queue.

    Second ones take an hour for half of one, however early the first is.
    """
    small = causes_plants.rejected()
    view = View(small.ledger, small.ledger.deliveries)
    n_first, n_again = (int((view.late & own).sum()) for own in (view.first, ~view.first))
    assert n_first > 5
    assert n_again > 10
    late = found(small)
    again = (
        view.rows.service[late.late] == REJECTION
    )  # everything began, so the ledger has a row for each delivery
    assert late.groups["queue"].tolist() == (~again).tolist()
    assert late.groups[SERVICE].tolist() == again.tolist()


def test_unfinished_images_are_late_once_their_deadline_has_passed() -> None:
    """One editor does 336 of 400 images in two weeks.

    The other 64 and all from hour 34 on are late.
    """
    small = single_station(1, [("ann", MONDAY, 0, 400)]).changed(
        plans={"plain": {"standard": {"guaranteed_per_day": 400}}}
    )
    assert counts(small) == {"queue": 367}


@pytest.mark.parametrize(("shift_end", "minutes", "done"), [
    ("hand_over", 120, 12), ("hand_over", 121, 34 + 1 / 60), ("finish", 180, 13), ("hand_over", 180, 35),
])  # fmt: skip
def test_work_with_editors_enough_keeps_to_the_shift(
    shift_end: str, minutes: int, done: float
) -> None:
    """Open from 10:00 to 12:00: two hours end with the shift.

    The third is worked then, or on Tuesday from 10:00 on.
    """
    roster = [{**causes_plants.TWO_HOURS, "editors": 1}]
    small = single_station(
        0, [("ann", MONDAY + 9 * HOUR, STANDARD, 1)], roster=roster, shift_end=shift_end
    )
    at = done_without_queues(causes_plants.with_route(small, minutes).run_input)
    assert at.tolist() == [MONDAY + round(done * HOUR)]


def _task(*smalls: Small) -> Task:
    replays = {name: columns for small in smalls for name, columns in small.replays.items()}
    return Task(tuple(small.spec for small in smalls), replays)


def test_table_counts_images_and_shares() -> None:
    """Replayed orders are the same in every replication.

    3 and 7 of 10 late images, with intervals of no width.
    """
    table = late_causes(_task(causes_plants.several()), [{}], [0, 1], 0.95).set_index("cause")
    assert list(table.index) == list(GROUPS)
    assert table["late_images"].to_dict() == {
        **dict.fromkeys(GROUPS, 0.0),
        "hours": 3.0,
        SEVERAL: 7.0,
    }
    assert table["alone_images"].to_list() == table["late_images"].to_list()
    assert set(table["all_late_images"]) == {10.0}
    hours = [float(table[column]["hours"]) for column in ("mean", "low", "high", "n")]
    assert hours == [0.3, 0.3, 0.3, 2]


def test_table_tells_what_only_one_cause_explains() -> None:
    """An image is due in 3 hours, an hour after the shift: an editor more or a longer shift would do for the second.

    Open 10:00 to 12:00, one editor. At 10:00 come 4 images due at 13:00; two are done, the others
    at 11:00 and 12:00 of Tuesday. With editors enough all are done at 11:00. Round the clock the
    third is done at 13:00, the fourth at 14:00.
    """
    roster = [{**causes_plants.TWO_HOURS, "editors": 1}]
    small = single_station(0, [("ann", MONDAY + 10 * HOUR, EXPEDITE, 4)], roster=roster)
    table = late_causes(_task(small), [{}], [0], 0.95).set_index("cause")
    assert table["late_images"].to_dict() == {
        **dict.fromkeys(GROUPS, 0.0),
        "queue": 2.0,
        "hours": 1.0,
    }
    assert table["alone_images"].to_dict() == {**dict.fromkeys(GROUPS, 0.0), "queue": 1.0}


def test_orders_that_do_not_count_are_left_out_of_the_table() -> None:
    """The plant of 10 late images, all of them in the warm-up."""
    small = causes_plants.several().changed(
        horizon={"start": "2026-01-05", "weeks": 2, "warm_up_weeks": 1, "cool_down_weeks": 1}
    )
    table = late_causes(_task(small), [{}], [0], 0.95)
    assert len(found(small).late) == 10
    assert set(table["all_late_images"]) == {0.0}
    assert table["mean"].isna().all()
    assert set(table["n"]) == {0}


def test_reruns_go_on_for_orders_that_do_not_count() -> None:
    """5 images of the cool-down are due on Monday 16:00, and the shift is from 10:00 to 12:00.

    The run goes on to Tuesday for an image of Sunday 22:00, due on Monday 09:00 and late too. Round
    the clock that one is done before the week is over, and so might be the run.
    """
    week = 7 * DAY
    orders = [
        ("bob", MONDAY + week - 2 * HOUR, STANDARD, 1),
        ("ann", MONDAY + week + 13 * HOUR, EXPEDITE, 5),
    ]
    small = single_station(0, orders, roster=[{**causes_plants.TWO_HOURS, "editors": 9}])
    assert small.marks.run_until == MONDAY + week + DAY
    assert counts(small) == {"hours": 6}


def test_each_design_point_has_its_rows() -> None:
    """Points come in order with their levels."""
    points = [causes_plants.queue(), causes_plants.queue().changed(seed=2)]
    table = late_causes(_task(*points), [{"seed": 0}, {"seed": 2}], [0], 0.95)
    assert table[["point", "seed"]].drop_duplicates().to_numpy().tolist() == [[0, 0], [1, 2]]
    assert len(table) == 2 * len(GROUPS)


@pytest.mark.parametrize(("n", "cut_off", "rows"), [(5, False, 7), (4, False, 0), (9, True, 0)])
def test_short_studies_have_an_empty_table(n: int, cut_off: bool, rows: int) -> None:
    """Causes cost more than half of a study of four replications, and whoever stops a study waits for nothing."""
    finished = Finished(tuple(range(n)), (), cut_off)
    table = causes_of_study(_task(causes_plants.several()), [{"seed": 0}], finished, 0.95)
    assert len(table) == rows
    assert list(table.columns[:3]) == ["point", "seed", "cause"]
    assert FEWEST_REPLICATIONS == 5


def test_causes_stand_in_the_order_in_which_an_image_meets_them() -> None:
    """The registry is the list of the documentation."""
    assert list(CAUSES) == ["allowance", "review", "queue", "hours", "rework"]
