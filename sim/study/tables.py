"""From outcomes to tidy tables: one row a figure, with its interval over the replications."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.clock import DAY
from sim.demand.profile import HOURS_OF_WEEK
from sim.results.counts import LATENESS_EDGES
from sim.results.figure import KEYS, Figure
from sim.results.profiles import FRIDAY, WEEKDAYS, WEEKEND_HOURS
from sim.sla.words import COMMITMENTS
from sim.stats.intervals import paired_intervals, t_intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.runs.replication import Outcome
    from sim.scenario.load import Levels
    from sim.scenario.schema import ScenarioSpec

    Floats = NDArray[np.float64]


def tables(
    spec: ScenarioSpec,
    levels: Sequence[Levels],
    outcomes: Sequence[list[Outcome]],
    replications: Sequence[int],
) -> dict[str, pd.DataFrame]:
    """Return all result tables of a study.

    Parameters
    ----------
    spec
        The scenario; gives calendar and confidence.
    levels
        Levels of each design point.
    outcomes
        One list a replication, with an outcome a design point.
    replications
        Numbers of the replications, in the order of the outcomes.

    Returns
    -------
    dict of DataFrame
        By name; each has a column ``point`` and one column a factor in front. ``docs/glossary.md``
        names the others.
    """
    by_point = [[replication[point] for replication in outcomes] for point in range(len(levels))]

    def joined(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
        frames = [with_levels(part, point, levels[point]) for point, part in enumerate(parts)]
        return pd.concat(frames, ignore_index=True)

    base = _values(by_point[0])
    return {
        "summary": joined(_summary(own, base, spec.confidence) for own in by_point),
        "replications": joined(_replications(own, replications) for own in by_point),
        "by_day": joined(_by_day(own, spec) for own in by_point),
        "by_hour_of_week": joined(_by_hour(own, spec.confidence) for own in by_point),
        "weekend": joined(_weekend(own, spec) for own in by_point),
        "due_by_weekday": joined(_due_by_weekday(own, spec.confidence) for own in by_point),
        "lateness": joined(_lateness(own) for own in by_point),
        "flow_balance": joined(_flow_balance(own, replications) for own in by_point),
    }


def with_levels(frame: pd.DataFrame, point: int, levels: Levels) -> pd.DataFrame:
    """Return rows of a design point with its number and levels in front."""
    for place, (name, value) in enumerate([("point", point), *levels.items()]):
        frame.insert(
            place, name, value if isinstance(value, (bool, int, float, str)) else str(value)
        )
    return frame


def _keys(figures: Iterable[Figure]) -> dict[str, list[Any]]:
    return {name: [getattr(figure, name) for figure in figures] for name in KEYS}


def _values(outcomes: Sequence[Outcome]) -> Floats:
    """Return the figures as an array, shape (replications, figures)."""
    return np.array([outcome.figures.value for outcome in outcomes])


def _summary(outcomes: Sequence[Outcome], base: Floats, confidence: float) -> pd.DataFrame:
    """Return each measure with its interval, and its difference from the first design point."""
    values = _values(outcomes)
    own, change = t_intervals(values, confidence), paired_intervals(values, base, confidence)
    frame = pd.DataFrame(
        {
            **_keys(outcomes[0].figures),
            "mean": own.mean,
            "low": own.low,
            "high": own.high,
            "n": own.n,
            "difference": change.mean,
            "difference_low": change.low,
            "difference_high": change.high,
        }
    )
    return frame[frame["n"] > 0].reset_index(drop=True)


def _replications(outcomes: Sequence[Outcome], replications: Sequence[int]) -> pd.DataFrame:
    """Return every figure of every replication that has one."""
    keys = _keys(outcomes[0].figures)
    frames = [
        pd.DataFrame({"replication": number, **keys, "value": outcome.figures.value})
        for number, outcome in zip(replications, outcomes, strict=True)
    ]
    frame = pd.concat(frames)
    return frame[frame["value"].notna()].reset_index(drop=True)


def _long(rows: dict[str, Any], quantities: dict[Any, Floats], confidence: float) -> pd.DataFrame:
    """Return one row for each place of each quantity; the arrays have a row a replication."""
    frames = []
    for quantity, values in quantities.items():
        own = t_intervals(values, confidence)
        frames.append(
            pd.DataFrame(
                {**rows, "quantity": quantity, "mean": own.mean, "low": own.low, "high": own.high}
            )
        )
    return pd.concat(frames, ignore_index=True)


def _by_day(outcomes: Sequence[Outcome], spec: ScenarioSpec) -> pd.DataFrame:
    days = np.arange(spec.horizon.count_from // DAY, spec.horizon.count_until // DAY).astype(
        "datetime64[D]"
    )
    names = outcomes[0].profiles.by_day
    quantities = {
        name: np.array([outcome.profiles.by_day[name] for outcome in outcomes]) for name in names
    }
    return _long({"date": days.astype(str)}, quantities, spec.confidence)


def _by_hour(outcomes: Sequence[Outcome], confidence: float) -> pd.DataFrame:
    hour = np.arange(HOURS_OF_WEEK)
    rows = {"weekday": [WEEKDAYS[at // 24] for at in hour], "hour": hour % 24}
    frames = []
    for quantity, pool in outcomes[0].profiles.by_hour:
        values = np.array([outcome.profiles.by_hour[quantity, pool] for outcome in outcomes])
        frame = _long(rows, {quantity: values}, confidence)
        frame.insert(3, "pool", pool)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _weekend(outcomes: Sequence[Outcome], spec: ScenarioSpec) -> pd.DataFrame:
    """Return quantiles of the backlog at each hour from Friday 00:00 UTC, by weekend and over all."""
    hours = np.arange(WEEKEND_HOURS + 1)
    stack = np.array(
        [outcome.profiles.weekends for outcome in outcomes]
    )  # (replications, weekends, hours)
    parts = {"all": stack.reshape(-1, len(hours))}
    for number in range(stack.shape[1]):
        friday = (spec.horizon.count_from + FRIDAY) // DAY + 7 * number
        parts[str(np.datetime64(friday, "D"))] = stack[:, number]
    frames = []
    for friday_, values in parts.items():
        if len(values):
            low, median, high = np.quantile(values, [0.1, 0.5, 0.9], axis=0)
            columns = {
                "friday": friday_,
                "hour": hours,
                "median": median,
                "p10": low,
                "p90": high,
                "n": len(values),
            }
            frames.append(pd.DataFrame(columns))
    empty = pd.DataFrame({name: [] for name in ("friday", "hour", "median", "p10", "p90", "n")})
    return pd.concat(frames, ignore_index=True) if frames else empty


def _due_by_weekday(outcomes: Sequence[Outcome], confidence: float) -> pd.DataFrame:
    values = np.array([outcome.profiles.due_by_weekday for outcome in outcomes])
    return _long({"weekday": WEEKDAYS}, {"due_images_per_week": values}, confidence)


def _lateness(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return the share of each commitment's done images by hours from the deadline, over all replications."""
    edges = LATENESS_EDGES
    frames = []
    for commitment in COMMITMENTS:
        counts = np.sum([outcome.profiles.lateness[commitment] for outcome in outcomes], axis=0)
        rows = {
            "commitment": commitment,
            "from_hours": edges[:-1],
            "to_hours": edges[1:],
            "images": counts,
        }
        frames.append(pd.DataFrame({**rows, "share": counts / max(int(counts.sum()), 1)}))
    return pd.concat(frames, ignore_index=True)


def _flow_balance(outcomes: Sequence[Outcome], replications: Sequence[int]) -> pd.DataFrame:
    rows = [
        {"replication": number, **asdict(own.flow_balance)}
        for number, own in zip(replications, outcomes, strict=True)
    ]
    return pd.DataFrame(rows)
