"""Directions of effect and extreme plants.

What more staff, a higher guarantee, plenty or nobody must do.
"""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, NAT, WEEK
from sim.results.figure import Figure
from sim.results.measures import figures
from sim.sla.words import EXPEDITE, STANDARD
from tests.strategies import Small, examples, minutes, single_station, smalls

START = 1_767_571_200  # Monday 2026-01-05 00:00 UTC
NEVER = np.iinfo(np.int64).max


def orders(most: int) -> st.SearchStrategy[list[tuple[str, int, int, int]]]:
    """Return orders of the first week, of up to `most` images each."""
    at = st.integers(START, START + WEEK - 1)
    order = st.tuples(
        st.sampled_from(["ann", "bob"]),
        at,
        st.sampled_from([STANDARD, EXPEDITE]),
        st.integers(1, most),
    )
    return st.lists(order, min_size=1, max_size=10)


def done_at(small: Small) -> list[int]:
    """Return when each image is done; unfinished ones never are."""
    done = small.ledger.deliveries.done_at
    return [int(at) for at in np.where(done == NAT, NEVER, done)]


def values(small: Small, measure: str) -> dict[Figure, float]:
    """Return a measure's figures that are not NaN."""
    return {
        figure: value
        for figure, value in figures(small.counts).items()
        if figure.measure == measure and not np.isnan(value)
    }


# Image by image this holds here only. In a tandem, more editors at the first station let one image
# overtake another on its way to the second, and that one then waits longer there. With several
# lines, an added editor of a short shift is chosen first, and the image in hand at its end waits
# where it would have gone on.
@examples(60)
@given(
    orders(12).map(lambda rows: [(name, at, STANDARD, images) for name, at, _, images in rows]),
    st.integers(1, 3),
    minutes(),
    st.sampled_from(["finish", "hand_over"]),
    st.sampled_from([("00:00", "24:00"), ("22:00", "06:00"), ("09:00", "10:15")]),
)
def test_more_editors_never_delay_an_image(
    rows: list[tuple[str, int, int, int]],
    editors: int,
    work: dict[str, object],
    shift_end: str,
    hours: tuple[str, str],
) -> None:
    """In a FIFO plant of one station and one roster line, one editor more delays nobody."""
    before: list[int] = [NEVER] * sum(images for *_, images in rows)
    for n in (editors, editors + 1, editors + 5):
        line = {"days": "Mon-Sun", "from": hours[0], "to": hours[1], "editors": n}
        small = single_station(n, rows, discipline="fifo", shift_end=shift_end, roster=[line])
        data = small.spec.plant.model_dump(by_alias=True, exclude_unset=True)
        data["route"][0]["minutes"] = work
        after = done_at(small.changed(plant=data))
        assert all(late <= early for early, late in zip(before, after, strict=True))
        before = after


@examples(40)
@given(smalls(), st.integers(1, 20))
def test_higher_dgi_never_raises_overflow(small: Small, more: int) -> None:
    """With a higher guarantee no more images are over it, in all and up to any order."""
    plans = small.spec.model_dump(by_alias=True, exclude_unset=True)["plans"]
    for plan in plans.values():
        plan["standard"]["guaranteed_per_day"] += more
    higher = small.changed(plans=plans)
    over, over_higher = (
        np.bincount(table.order[reviewed], table.images[reviewed], len(small.draws.orders.images))
        for table, reviewed in (
            (s.run_input.promises.table, s.run_input.promises.reviewed) for s in (small, higher)
        )
    )
    assert np.all(np.cumsum(over_higher) <= np.cumsum(over))
    for measure in ("overflow_share", "overflow_images_per_day"):
        low, high = values(small, measure), values(higher, measure)
        assert low.keys() == high.keys()
        assert all(high[key] <= low[key] for key in low)


@examples(40)
@given(orders(40), st.sampled_from(["edd", "class", "fifo", "slack"]))
def test_plenty_of_staff_meets_every_promise(
    rows: list[tuple[str, int, int, int]], discipline: str
) -> None:
    """With an editor for every image nobody waits, and no deadline of any commitment is missed."""
    small = single_station(400, rows, discipline=discipline)
    assert set(values(small, "on_time_share").values()) == {1.0}
    assert set(values(small, "tranche_on_time_share").values()) == {1.0}
    assert set(values(small, "order_on_time_share").values()) == {1.0}
    assert set(values(small, "wait_minutes_mean").values()) == {0.0}
    assert set(values(small, "censored_share").values()) == {0.0}
    assert set(values(small, "tardiness_hours_p95").values()) == {0.0}


@examples(40)
@given(orders(40))
def test_nobody_comes_and_every_promise_is_missed(rows: list[tuple[str, int, int, int]]) -> None:
    """With all editors absent nothing is done.

    On time 0, censored 1, and the run lasts to its very end.
    """
    small = single_station(3, rows, absence_share=1.0)
    assert set(values(small, "on_time_share").values()) == {0.0}
    assert set(values(small, "censored_share").values()) == {1.0}
    assert set(values(small, "throughput_per_day").values()) == {0.0}
    assert not values(small, "utilisation")
    assert small.ledger.window.run_until == small.spec.horizon.end_at
    assert (small.ledger.window.end, small.spec.horizon.end_at) == (START + WEEK, START + 2 * WEEK)


@examples(30)
@given(st.integers(0, WEEK // HOUR - 1), st.integers(0, 6))
def test_run_stops_on_the_day_on_which_counted_work_is_done(hour: int, days: int) -> None:
    """After the horizon the run goes on in whole days, no longer than an order that counts is open."""
    work = WEEK - hour * HOUR + days * DAY + 1  # done a second after so many days of the cool-down
    small = single_station(1, [("ann", START + hour * HOUR, STANDARD, 1)])
    data = small.spec.plant.model_dump(by_alias=True, exclude_unset=True)
    data["route"][0]["minutes"] = {"constant": work / 60}
    small = small.changed(plant=data)
    assert done_at(small) == [START + WEEK + days * DAY + 1]
    assert small.marks.run_until == START + WEEK + (days + 1) * DAY


def test_run_of_refused_orders_alone() -> None:
    """Where the plan takes no order the ledger has no delivery and no figure of any."""
    saturday = START + 5 * DAY
    small = single_station(1, [("ann", saturday, EXPEDITE, 3), ("bob", saturday, EXPEDITE, 2)])
    small = small.changed(plans={"plain": {"expedite": {"outside_window": "reject"}}})
    assert values(small, "refused_share") == {Figure("refused_share"): 1.0}
    assert len(small.ledger.deliveries) == len(small.ledger.visits) == len(small.ledger.stints) == 0
    assert not values(small, "on_time_share")


def test_run_without_orders() -> None:
    """A plant without demand leaves an empty ledger, stops with the horizon, and is never busy."""
    small = single_station(2, [])
    assert values(small, "utilisation") == {Figure("utilisation", pool="floor"): 0.0}
    assert values(small, "in_system_mean") == {Figure("in_system_mean"): 0.0}
    assert small.marks.run_until == START + WEEK
