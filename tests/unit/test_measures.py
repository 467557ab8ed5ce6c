"""The measures on ledgers that are small enough to count by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.clock import DAY, HOUR, WEEK
from sim.results.figure import Figure
from sim.results.measures import MEASURES, figures
from tests.hand_made import FRI, MON, MONDAY, NINE, SAT, SUN, THU, TUE, WED, Owed, hand_made
from tests.oracle.counting import count_rows

if TYPE_CHECKING:
    from sim.results.ledger import Ledger

END = MONDAY + 2 * WEEK  # of the run


def value(
    ledger: Ledger, measure: str, commitment: str = "all", service: str = "all", pool: str = "all"
) -> float:
    """Return one figure, NaN where nothing was there to measure."""
    return figures(count_rows(ledger))[Figure(measure, commitment, service, pool)]


def owed(due: int | None, done: int | None, **more: object) -> Owed:
    """Return an image of Monday."""
    return Owed(MON, due, done, **more)  # type: ignore[arg-type]


def test_done_at_the_very_deadline_is_on_time() -> None:
    """At or before the deadline is on time; a second later is late."""
    at = TUE + NINE
    assert value(hand_made([owed(at, at)]), "on_time_share") == 1.0
    assert value(hand_made([owed(at, at + 1)]), "on_time_share") == 0.0
    assert (
        value(hand_made([owed(at, at - 1), owed(at, at), owed(at, at + 1)]), "on_time_share")
        == 2 / 3
    )


@pytest.mark.parametrize(
    ("due", "share", "tardiness"),
    [(END + 1, np.nan, np.nan), (END, np.nan, np.nan), (END - 1, 0.0, 1 / 3600)],
)
def test_unfinished_image_is_late_only_after_its_deadline(
    due: int, share: float, tardiness: float
) -> None:
    """What is censored counts as late when its deadline has passed, and is undecided before."""
    ledger = hand_made([owed(due, None)])
    assert value(ledger, "censored_share") == 1.0
    np.testing.assert_equal(value(ledger, "on_time_share"), share)
    np.testing.assert_equal(value(ledger, "tardiness_hours_p95"), tardiness)


def test_undecided_images_are_not_in_the_share() -> None:
    """One on time, one late, one censored with its deadline ahead: one of two."""
    ledger = hand_made([owed(TUE, MON + 1), owed(TUE, TUE + 1), owed(END + DAY, None)])
    assert value(ledger, "on_time_share") == 0.5
    assert value(ledger, "censored_share") == 1 / 3


def test_image_without_deadline_is_never_on_time_or_late() -> None:
    """It is reported beside the rate, whether it is done or not."""
    over = {"commitment": "to_be_confirmed"}
    ledger = hand_made([owed(TUE, MON + 1), owed(None, None, **over), owed(None, TUE, **over)])
    assert value(ledger, "on_time_share") == 1.0
    assert np.isnan(value(ledger, "on_time_share", "to_be_confirmed"))
    assert value(ledger, "unpromised_share") == 2 / 3
    assert value(ledger, "order_on_time_share") == value(ledger, "tranche_on_time_share") == 1.0
    assert np.isnan(value(ledger, "order_on_time_share", service="expedite"))


def test_figures_are_split_by_commitment_and_service() -> None:
    """Each split takes its own images; a rejection is a guaranteed promise of its own service."""
    ledger = hand_made(
        [
            owed(TUE, MON + 1),
            owed(MON + 3 * HOUR, MON + 4 * HOUR, service="expedite"),
            owed(MON + 6 * HOUR, MON + 4 * HOUR, service="expedite", commitment="additional"),
            owed(WED, THU, commitment="to_be_confirmed"),
            Owed(TUE, TUE + 5 * HOUR, TUE + HOUR, service="rejection", order=0, submitted=MON),
        ]
    )
    shares = {
        ("all", "all"): 3 / 5,
        ("guaranteed", "all"): 2 / 3,
        ("additional", "all"): 1.0,
        ("to_be_confirmed", "all"): 0.0,
        ("all", "standard"): 1 / 2,
        ("all", "expedite"): 1 / 2,
        ("all", "rejection"): 1.0,
        ("guaranteed", "expedite"): 0.0,
        ("guaranteed", "rejection"): 1.0,
    }
    for (commitment, service), share in shares.items():
        assert value(ledger, "on_time_share", commitment, service) == share
    assert np.isnan(value(ledger, "on_time_share", "delivery_plan"))


def test_only_orders_of_the_window_count() -> None:
    """Orders of the warm-up and of the cool-down are in no share; the window is half-open."""
    late = {"due": TUE, "done": WED}
    outside = [Owed(MONDAY - 1, **late), Owed(MONDAY + WEEK, **late)]  # type: ignore[arg-type]
    inside = [Owed(MONDAY, TUE, MON + 1), Owed(MONDAY + WEEK - 1, END, MONDAY + WEEK)]
    assert value(hand_made(outside[:1] + inside + outside[1:]), "on_time_share") == 1.0


def test_tranches_and_orders_are_on_time_with_all_their_images() -> None:
    """One late image makes them late, else one undecided leaves them undecided.

    Rejections do not count.
    """
    ledger = hand_made(
        [
            owed(TUE, MON + 1, order=0, tranche=0),
            owed(TUE, MON + 1, order=0, tranche=0),
            owed(WED, THU, order=0, tranche=1, commitment="to_be_confirmed"),
            owed(TUE, MON + 1, order=1, tranche=2),
            Owed(TUE, WED, THU, service="rejection", order=1, tranche=2, submitted=MON),
            owed(TUE, MON + 1, order=2, tranche=3),
            owed(END + 1, None, order=2, tranche=3),
            owed(END + 1, None, order=3, tranche=4),
            owed(TUE, None, order=3, tranche=4),
        ]
    )
    assert (
        value(ledger, "tranche_on_time_share") == 2 / 4
    )  # 0 and 2 are, 1 and 4 are not, 3 is undecided
    assert value(ledger, "tranche_on_time_share", "guaranteed") == 2 / 3
    assert value(ledger, "order_on_time_share") == 1 / 3  # 1 is, 0 and 3 are not, 2 is undecided
    assert value(ledger, "order_on_time_share", service="standard") == 1 / 3


def test_tardiness_is_zero_for_early_images_and_runs_to_the_end_for_unfinished_ones() -> None:
    """Of 0, 0, 10 and 20 hours the 95 % point is 10 + 0.85 * 10 hours.

    Earliness does not offset it.
    """
    ledger = hand_made(
        [
            owed(TUE, MON + 1),
            owed(TUE, TUE),
            owed(TUE, TUE + 10 * HOUR),
            owed(END - 20 * HOUR, None),
        ]
    )
    assert value(ledger, "tardiness_hours_p95") == pytest.approx(18.5)


def test_overflow_is_what_needs_a_review() -> None:
    """To be confirmed and delivery plan are over the guarantee.

    Additional and rejections are not.
    """
    ledger = hand_made(
        [
            owed(TUE, None),
            owed(TUE, None, commitment="additional", service="expedite"),
            owed(None, None, commitment="to_be_confirmed"),
            owed(TUE, None, commitment="delivery_plan", service="expedite"),
            owed(TUE, None, commitment="delivery_plan", service="expedite"),
            Owed(TUE, WED, None, service="rejection", order=0, submitted=MON),
        ]
    )
    assert value(ledger, "overflow_share") == 3 / 5
    assert value(ledger, "overflow_share", "to_be_confirmed") == 1 / 5
    assert value(ledger, "overflow_share", "delivery_plan") == 2 / 5
    assert value(ledger, "overflow_images_per_day") == pytest.approx(3 / 7)
    assert value(ledger, "overflow_images_per_day", "delivery_plan") == pytest.approx(2 / 7)


def test_refused_share_is_of_all_images_asked_for() -> None:
    """Two of five images are of an order that the plan does not take.

    They are in no other share.
    """
    ledger = hand_made([owed(TUE, MON + 1, order=order) for order in (0, 0, 1)], refused=(2,))
    assert value(ledger, "refused_share") == 2 / 5
    assert value(ledger, "on_time_share") == 1.0
    assert np.isnan(value(ledger, "order_on_time_share", service="expedite"))


def test_pile_up_is_on_the_customers_monday() -> None:
    """Sunday 23:30 UTC and Monday 04:30 UTC are Monday in Sydney and Sunday in New York."""
    at = SUN + 23 * HOUR + 1800
    sydney = [
        Owed(MON, at, None),
        Owed(MON, at + 5 * HOUR, None),
        Owed(MON, WED, None),
        Owed(MON, THU, None),
    ]
    ledger = hand_made(sydney, zones=("Australia/Sydney",))
    assert value(ledger, "pile_up_factor") == 2 / ((0 + 1 + 1 + 0) / 4)
    ledger = hand_made(sydney, zones=("America/New_York",))
    assert value(ledger, "pile_up_factor") == 0.0


def test_pile_up_counts_weekends_and_missing_deadlines_nowhere() -> None:
    """Six images due on Monday against the mean of 1, 2, 3 and 2 from Tuesday to Friday."""
    due = [MON] * 6 + [TUE] + [WED] * 2 + [THU] * 3 + [FRI] * 2 + [SAT, SUN] * 5 + [None] * 9
    assert value(hand_made([owed(at, None) for at in due]), "pile_up_factor") == 3.0
    assert np.isnan(value(hand_made([owed(MON, None)]), "pile_up_factor"))


def test_monday_backlog_is_what_is_due_by_the_due_time_and_unfinished_at_midnight() -> None:
    """At Monday 00:00 UTC: begun, not done, due by the customer's own 09:00.

    The mean over Mondays.
    """
    monday = MONDAY + WEEK
    new_york = {"customer": 1}
    rows = [
        Owed(FRI, monday + NINE, None),
        Owed(monday, monday + NINE, monday + 1),  # submitted at midnight
        Owed(FRI, monday + NINE, monday + 1),
        Owed(FRI, FRI + NINE, None),  # overdue
        Owed(FRI, monday + 14 * HOUR, None, **new_york),  # type: ignore[arg-type]
        Owed(FRI, monday + 14 * HOUR + 1, None, **new_york),  # type: ignore[arg-type]
        Owed(FRI, monday + NINE, monday),  # done at midnight
        Owed(FRI, monday + NINE + 1, None),
        Owed(FRI, None, None),
        Owed(monday + 1, monday + NINE, None),
    ]
    assert value(hand_made(rows, weeks=2), "monday_backlog") == 5 / 2  # none on the first Monday
    assert value(hand_made(rows, weeks=1), "monday_backlog") == 0.0


def test_utilisation_is_work_over_time_on_shift_inside_the_window() -> None:
    """Eight of sixteen hours; work after the shift counts, what lies outside the window does not."""
    shifts = [(0, 0, MON, MON + 8 * HOUR), (0, 1, MON, MON + 8 * HOUR), (0, 0, MONDAY + WEEK, END)]
    stints = [
        (0, 0, 0, MONDAY - HOUR, MON + 2 * HOUR),  # two of its three hours
        (0, 1, 1, MON + 5 * HOUR, MON + 11 * HOUR),  # three hours after the shift
        (0, 0, 2, MONDAY + WEEK, END),
        (1, 0, 3, MON, TUE),
    ]
    ledger = hand_made([], shifts=shifts, stints=stints)
    assert value(ledger, "utilisation", pool="floor") == 0.5
    assert np.isnan(value(ledger, "utilisation", pool="support"))


def test_wait_is_from_the_queue_to_the_first_touch() -> None:
    """The mean over counted, started visits of each pool and service.

    10 and 20 minutes, and no others.
    """
    visit: list[tuple[int | None, ...]]
    visit = [
        (0, 0, 0, 0, MON, MON + 600, None, 0, 1),
        (1, 0, 0, 0, MON, MON + 1200, MON + 9999, 1, 1),
    ]
    visit += [(2, 0, 0, 0, MON, None, None, 0, 1), (3, 0, 0, 0, MON, MON + 9999, None, 0, 0)]
    visit += [(4, 1, 1, 0, MON, MON + 60, None, 0, 1)]
    ledger = hand_made([], visits=visit)
    assert value(ledger, "wait_minutes_mean", pool="floor") == 15.0
    assert value(ledger, "wait_minutes_mean", service="expedite", pool="floor") == 20.0
    assert value(ledger, "wait_minutes_mean", pool="support") == 1.0
    assert np.isnan(value(ledger, "wait_minutes_mean", service="rejection", pool="floor"))


def test_in_system_and_throughput_are_of_the_window_whoever_ordered() -> None:
    """Time averages take all images that are there, also those of the warm-up, and end with the window."""
    rows = [
        Owed(MONDAY - DAY, MON, MON + DAY),  # one of seven days inside
        Owed(SUN, END, None),  # one day inside, unfinished
        Owed(MONDAY + WEEK, END, MONDAY + WEEK + DAY),  # after the window
        Owed(WED + HOUR // 2, THU, THU + HOUR // 2),  # a day between half hours
    ]
    ledger = hand_made(rows)
    assert value(ledger, "in_system_mean") == pytest.approx(3 / 7)
    assert value(ledger, "throughput_per_day") == pytest.approx(2 / 7)


def test_time_in_system_is_of_counted_images_that_are_done() -> None:
    """Three and five hours; the unfinished one and the one of the warm-up are left out."""
    rows = [
        owed(TUE, MON + 3 * HOUR),
        owed(TUE, MON + 5 * HOUR),
        owed(TUE, None),
        Owed(MONDAY - 1, TUE, TUE),
    ]
    assert value(hand_made(rows), "time_in_system_hours_mean") == 4.0


def test_support_is_on_time_when_the_review_ends_by_its_deadline() -> None:
    """Ended at the deadline, late, overdue and open, open with time left, and quoted without a review."""
    over = {"commitment": "to_be_confirmed"}
    rows = [owed(None, None, **over) for _ in range(5)] + [owed(TUE, None)]
    at = MON + 5 * HOUR
    reviews = {
        0: (at, at, at),
        1: (at, at + 1, at + 1),
        2: (at, None, None),
        3: (END, None, None),
        4: (at, None, MON),
    }
    assert value(hand_made(rows, reviews=reviews), "support_on_time_share") == 2 / 4
    assert np.isnan(value(hand_made([owed(TUE, None)]), "support_on_time_share"))


def test_every_measure_gives_the_same_figures_for_every_ledger() -> None:
    """An empty ledger has all figures, in the same order, and none of them is a number where nothing was."""
    empty, full = (figures(count_rows(hand_made(rows))) for rows in ([], [owed(TUE, MON + 1)]))
    assert list(empty) == list(full)
    assert {figure.measure for figure in empty} == set(MEASURES)
    zero = {"overflow_images_per_day", "throughput_per_day", "in_system_mean", "monday_backlog"}
    assert all(
        value == 0 if figure.measure in zero else np.isnan(value) for figure, value in empty.items()
    )
