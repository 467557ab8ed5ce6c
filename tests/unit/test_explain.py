"""The story of one order, and the names that orders go by."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.clock import DAY, HOUR
from sim.demand.order_file import read_orders
from sim.errors import InputError
from sim.report.order_words import duration, order_text
from sim.sla.words import EXPEDITE, STANDARD
from sim.study.explain import OrderStory, explained, order_number
from tests import causes_plants
from tests.causes_plants import MONDAY
from tests.strategies import Small, single_station

if TYPE_CHECKING:
    from pathlib import Path


def story(small: Small, order: str | None = None) -> OrderStory:
    """Return an order of the first replication."""
    return explained(small.spec, small.replays, 0, order)


def named(small: Small, *names: str) -> Small:
    """Return it with IDs for the orders of its file."""
    columns = replace(small.replays["orders.csv"], order_id=np.array(names, object))
    return Small(small.spec, {"orders.csv": columns})


THREE = [
    ("ann", MONDAY + HOUR, STANDARD, 1),
    ("bob", MONDAY, STANDARD, 2),
    ("ann", MONDAY + 2 * HOUR, STANDARD, 3),
]


def test_an_order_goes_by_the_id_of_its_file() -> None:
    """The file need not be sorted.

    Its second row is submitted first, and is number 0 in the ledger.
    """
    small = named(single_station(9, THREE), "a", "b", "c")
    assert [story(small, name).number for name in "abc"] == [1, 0, 2]
    found = story(small, "a")
    assert (found.name, int(found.ledger.orders.images[found.number])) == ("a", 1)


def test_orders_outside_the_horizon_shift_no_name() -> None:
    """A row before the start is left out of the run, and so is its name."""
    small = named(
        single_station(9, [("ann", MONDAY - DAY, STANDARD, 9), *THREE]), "early", "a", "b", "c"
    )
    assert int(story(small, "c").ledger.orders.images[story(small, "c").number]) == 3
    with pytest.raises(InputError):
        story(small, "early")


def test_an_order_that_comes_after_the_run_is_unknown() -> None:
    """The run stops once all that counts is done, after a week, and the ledger has no row for an order of day 13."""
    small = named(
        single_station(9, [*THREE, ("ann", MONDAY + 12 * DAY, STANDARD, 1)]), "a", "b", "c", "after"
    )
    with pytest.raises(InputError, match="3 order_id from 'b' to 'c'"):
        story(small, "after")


def test_an_order_without_an_id_goes_by_its_number() -> None:
    """Where the file has no IDs, or an empty one, the row of the ledger is the name."""
    assert story(single_station(9, THREE), "2").number == 2
    small = named(single_station(9, THREE), "a", "", "c")
    assert story(small, "0").number == 0


@pytest.mark.parametrize(
    ("names", "order", "said"),
    [
        (
            ["0", "1"],
            "7",
            "'7' must be an order of replication 3: the numbers of the ledger for orders without one, 0 to 1",
        ),
        (["x", "y"], "7", "2 order_id from 'x' to 'y' in their order files"),
        (
            ["x", "1"],
            "7",
            "1 order_id from 'x' to 'x' in their order files, and the numbers of the ledger",
        ),
        (["x", "x"], "x", "'x' is the ID of 2 orders; give a number: #0, #1"),
        (["x", "x"], "#2", "must be an order"),
        ([], "", "it has none"),
    ],
)
def test_a_name_that_names_no_single_order_is_refused(
    names: list[str], order: str, said: str
) -> None:
    """The message says which IDs there are."""
    with pytest.raises(InputError) as error:
        order_number(names, order, 3)
    assert said in str(error.value)


def test_a_number_sign_always_means_the_row() -> None:
    """An order file may have IDs that look like numbers."""
    assert (order_number(["1", "0"], "1", 0), order_number(["1", "0"], "#1", 0)) == (0, 1)


def test_replayed_files_may_have_ids(tmp_path: Path) -> None:
    """A replay reads the column where it is there, full or not, and does without."""
    path = tmp_path / "orders.csv"
    path.write_text(
        "order_id,customer_id,submitted_at,images\na,k,2026-01-05T00:00Z,1\n,k,2026-01-05T00:00Z,1\n"
    )
    assert read_orders(path)[0].order_id.tolist() == ["a", ""]
    path.write_text("customer_id,submitted_at,images\nk,2026-01-05T00:00Z,1\n")
    assert read_orders(path)[0].order_id.tolist() == [""]


def test_a_replication_that_the_study_has_not_is_refused() -> None:
    """The scenario has 20 of them, from 0 on."""
    small = single_station(9, THREE)
    assert explained(small.spec, small.replays, 19, "0").replication == 19
    with pytest.raises(InputError, match="'20' must be below the number of replications, 20"):
        explained(small.spec, small.replays, 20, "0")


def test_the_order_with_the_latest_image_is_taken_where_none_is_named() -> None:
    """The third order comes last to one editor.

    Where all are in time, it is the one nearest to its deadline.
    """
    late = [("ann", MONDAY + number * HOUR, EXPEDITE, 4) for number in range(3)]
    assert story(single_station(1, late)).number == 2
    in_time = [
        ("ann", MONDAY, STANDARD, 1),
        ("ann", MONDAY + HOUR, EXPEDITE, 1),
        ("ann", MONDAY + 2 * HOUR, STANDARD, 1),
    ]
    assert story(single_station(9, in_time)).number == 1


def test_causes_are_those_of_the_order_alone() -> None:
    """Of the plant with 7 late images the first order has the 34th, and the second the 6 that follow."""
    orders = [("ann", MONDAY, STANDARD, 34), ("bob", MONDAY, STANDARD, 6)]
    small = single_station(1, orders)
    assert [len(story(small, name).lateness.late) for name in "01"] == [1, 6]


def test_text_of_a_late_order() -> None:
    """Promise, instants, counts, causes and the way of the latest image, in words."""
    text = order_text(story(causes_plants.queue(), "0"))
    for line in (
        "order 0: 40 images, standard, of ann",
        "  submitted Mon 2026-01-05 00:00:00 (all times here are on the clock of UTC)",
        "tranche 1: 40 images, guaranteed (standard, STD-1)",
        "  promised for Tue 2026-01-06 09:00:00",
        "  the last one done Tue 2026-01-06 16:00:00; 7 of 40 late, by up to 7 h",
        "  queue             7 of 7  as many editors as are wanted, in the same hours",
        "  hours             0 of 7  every editor of the roster on shift round the clock",
        "its latest image, number 40 of the order: done 7 h late,",
        "  retouch  Mon 2026-01-05 00:00:00  Tue 2026-01-06 15:00:00  Tue 2026-01-06 16:00:00  1 d 15 h",
    ):
        assert line in text.splitlines()
    assert "warm-up" not in text


def test_text_of_a_reviewed_order() -> None:
    """The review stands with the tranche, and in front of the image's way."""
    lines = order_text(story(causes_plants.review(), "1")).splitlines()
    assert "  review begun Mon 2026-01-05 10:00:00, ended Wed 2026-01-07 08:30:00" in lines
    assert "  quoted for Wed 2026-01-07 09:00:00" in lines
    review, retouch = lines[-2:]
    assert review.split()[0::3] == ["review", "10:00:00", "10:00:00", "08:30:00"]
    assert review.split()[-2:] == ["0", "s"]
    assert retouch.split()[0] == "retouch"


def test_text_of_orders_in_time_refused_or_not_counted() -> None:
    """No cause is named where nothing is late, and a refused order is said to be refused."""
    assert "all on time" in order_text(story(single_station(9, THREE), "0"))
    assert "why" not in order_text(story(single_station(9, THREE), "0"))
    weekend = single_station(9, [("ann", MONDAY + 5 * DAY, EXPEDITE, 2)]).changed(
        plans={"plain": {"expedite": {"outside_window": "reject"}}}
    )
    assert "refused" in order_text(story(weekend, "0"))
    assert "tranche" not in order_text(story(weekend, "0"))
    late = single_station(
        9, [("ann", MONDAY + 8 * DAY, STANDARD, 1), ("ann", MONDAY, STANDARD, 200)]
    ).changed(plant=single_station(1, []).spec.plant.model_dump(by_alias=True, exclude_unset=True))
    assert "counts in no figure" in order_text(story(late, "1"))


def test_text_of_an_unfinished_order() -> None:
    """What is not done when the run ends is late by then, and said to be unfinished."""
    small = single_station(1, [("ann", MONDAY, STANDARD, 400)]).changed(
        plans={"plain": {"standard": {"guaranteed_per_day": 400}}}
    )
    text = order_text(story(small, "0"))
    assert "65 unfinished when the run ended; 367 of 400 late" in text
    assert "unfinished 12 d 15 h late" in text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3661, "1 h 1 min"),
        (86_400 + 60, "1 d"),
        (2 * 86_400 + 7200, "2 d 2 h"),
    ],
)
def test_durations_have_two_units(seconds: int, text: str) -> None:
    """Seconds do not matter to what is days late."""
    assert duration(seconds) == text
