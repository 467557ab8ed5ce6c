"""Small studies made by hand, and their charts drawn."""

from __future__ import annotations

from functools import cache
from math import nan
from typing import Any

import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg

from sim.report.charts import CHARTS
from sim.scenario.schema import ScenarioSpec
from sim.study.causes import CAUSES, SERVICE, SEVERAL
from sim.study.study import Study

DGI = "plans.professional.standard.guaranteed_per_day"
DISCIPLINE = "plant.pools.retouch.discipline"
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
COMMITMENTS = ["guaranteed", "additional", "to_be_confirmed", "delivery_plan"]
SWEEP = [{DGI: 100}, {DGI: 200}, {DGI: 300}]

Row = tuple[str, str, str, float, float]
"""Measure, commitment, pool, mean, half-width."""


def rows_at(point: int) -> list[Row]:
    """Return figures by point: on time 99.5, 99.0, 98.5 %, overflow 60, 40, 20 a day."""
    return [
        ("on_time_share", "guaranteed", "all", 0.995 - 0.005 * point, 0.002),
        ("on_time_share", "additional", "all", 0.9, 0.05),
        ("overflow_share", "all", "all", 0.3 - 0.1 * point, 0.01),
        ("overflow_images_per_day", "all", "all", 60.0 - 20 * point, 4.0),
        ("overflow_images_per_day", "to_be_confirmed", "all", 50.0 - 20 * point, 4.0),
        ("overflow_images_per_day", "delivery_plan", "all", 10.0, 12.0),
        ("pile_up_factor", "all", "all", 2.5, 0.25),
        ("monday_backlog", "all", "all", 1234.0, 100.0),
        ("utilisation", "all", "retouch", 0.8, 0.05),
        ("utilisation", "all", "support", 0.1, 0.01),
    ]


def scenario() -> dict[str, Any]:
    """Return a scenario with every default; its own DGI is 200, its discipline fifo."""
    line = {"days": "Mon-Fri", "from": "08:00", "to": "16:00", "editors": 10}
    clock = {"timezone": "Europe/London"}
    pools = [
        {"name": name, **clock, "roster": [line], "discipline": "fifo"}
        for name in ("retouch", "support")
    ]
    demand = {"orders_per_day": 2, "images_per_order": {"geometric": {"mean": 8}}}
    minutes = {"lognormal": {"mean": 6, "cv": 1}}
    route = [
        {
            "station": "retouch",
            "pool": "retouch",
            "minutes": minutes,
            "rework": {"share": 0.05, "to": "retouch"},
        }
    ]
    given = {
        "name": "small",
        "confidence": 0.9,
        "replications": 8,
        "horizon": {"start": "2026-01-05", "weeks": 3, "warm_up_weeks": 1, "cool_down_weeks": 1},
        "plans": {"professional": {}},
        "customers": [
            {"group": "shops", "count": 3, "plan": "professional", **clock, "demand": demand}
        ],
        "plant": {
            "pools": pools,
            "route": route,
            "review": {"pool": "support", "minutes": {"constant": 10}},
            "rejection": {
                "share": 0.02,
                "delay_hours": {"exponential": {"mean": 12}},
                "to": "retouch",
            },
        },
        "targets": [{"measure": "on_time_share", "commitment": "guaranteed", "at_least": 0.98}],
    }
    spec = ScenarioSpec.model_validate(given)
    return spec.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"engine"})


def manifest(points: list[dict[str, Any]], replications: int) -> dict[str, Any]:
    """Return the manifest of a study."""
    sweep = {key: list(dict.fromkeys(levels[key] for levels in points)) for key in points[0]}
    return {
        "scenario": {**scenario(), "sweep": sweep, "replications": replications},
        "scenario_sha256": "5" * 64,
        "seed": 0,
        "points": points,
        "replications": list(range(replications)),
        "cut_off": False,
        "order_files": {},
        "bad_rows": {},
        "engine": {"asked": "auto", "used": "compiled", "verified": False},
        "code": {"version": "0.1.0", "sha256": "c" * 64},
        "libraries": {"numpy": "2.0.0"},
        "run": {"seconds": 1.5, "workers": 2, "python": "3.11.7"},
    }


def summary(point: int, rows: list[Row], replications: int) -> pd.DataFrame:
    """Return the summary of a point; one replication gives no intervals."""
    intervals = replications > 1
    columns: dict[str, list[Any]] = {"point": [point] * len(rows)}
    columns["measure"], columns["commitment"], columns["pool"], columns["mean"] = (
        [row[place] for row in rows] for place in (0, 1, 2, 3)
    )
    columns["low"] = [row[3] - row[4] if intervals else nan for row in rows]
    columns["high"] = [row[3] + row[4] if intervals else nan for row in rows]
    return pd.DataFrame({**columns, "service": "all", "n": replications})


def due(point: int, scale: float) -> pd.DataFrame:
    """Return 500 images on Monday, then 100, 200, 300 and 200, whose mean is 200."""
    mean = [scale * images for images in (500, 100, 200, 300, 200, 0, 20)]
    return pd.DataFrame(
        {
            "point": point,
            "weekday": DAYS,
            "mean": mean,
            "low": [-1.0] * 7,
            "high": [m + 50 for m in mean],
        }
    )


def by_hour(point: int, scale: float) -> pd.DataFrame:
    """Return ten editors on shift from Monday to Friday, ten busy on Monday and five on the other days."""
    frames = []
    for pool in ("retouch", "support"):
        for place, day in enumerate(DAYS):
            shift = 10.0 if place < 5 else 0.0
            busy = scale * (10.0 if place == 0 else 5.0 if place < 5 else 0.0)
            for quantity, mean in (("busy_editors", busy), ("editors_on_shift", shift)):
                columns = {
                    "weekday": day,
                    "hour": range(24),
                    "pool": pool,
                    "quantity": quantity,
                    "mean": mean,
                }
                frames.append(pd.DataFrame({"point": point, **columns}))
    return pd.concat(frames, ignore_index=True)


def weekend(point: int, scale: float) -> pd.DataFrame:
    """Return medians of 10 images for each hour from Friday 00:00 on, and 100 more a point."""
    hours = pd.Series(range(121))
    median = scale * (10 * hours + 100 * point)
    columns = {"hour": hours, "median": median, "p10": median / 2, "p90": median * 2}
    return pd.concat(
        [pd.DataFrame({"point": point, "friday": day, **columns}) for day in ("all", "2026-01-09")]
    )


def late_bins(point: int, scale: float) -> pd.DataFrame:
    """Return guaranteed images 25 % and 75 % in the early bins, and additional ones 10 % late."""
    counts = {
        "guaranteed": (25, 75, 0),
        "additional": (0, 9, 1),
        "to_be_confirmed": (0, 0, 0),
        "delivery_plan": (0, 0, 0),
    }
    frames = []
    for name, images in counts.items():
        total = max(sum(images), 1)
        shares = {
            "images": [int(scale * n) for n in images],
            "share": [scale * n / total for n in images],
        }
        bins = {"from_hours": [-4, -2, 0], "to_hours": [-2, 0, 2]}
        frames.append(pd.DataFrame({"point": point, "commitment": name, **bins, **shares}))
    return pd.concat(frames, ignore_index=True)


def causes(point: int, scale: float) -> pd.DataFrame:
    """Return 40 late images in each of 3 replications, of which 60 % would be in time with an editor always free."""
    names = [*CAUSES, SEVERAL, SERVICE]
    n = len(names)
    explained = [24.0, *[4.0] * (n - 1)]
    columns = {
        "cause": names,
        "late_images": explained,
        "alone_images": [8.0] * n,
        "all_late_images": 40.0,
        "n": 3,
    }
    share = [images / 40 if scale else nan for images in explained]
    return pd.DataFrame({"point": point, **columns, "mean": share, "low": share, "high": share})


def study_of(
    points: list[dict[str, Any]],
    rows: list[Row] | None = None,
    *,
    scale: float = 1.0,
    replications: int = 8,
) -> Study:
    """Return a small study; `scale` 0 empties its tables over time."""
    numbers = range(len(points))
    makers = {
        "due_by_weekday": due,
        "by_hour_of_week": by_hour,
        "weekend": weekend,
        "lateness": late_bins,
    }
    makers |= {"late_causes": causes}
    tables = {
        name: pd.concat([maker(at, scale) for at in numbers]) for name, maker in makers.items()
    }
    own = [rows_at(at) if rows is None else rows for at in numbers]
    tables["summary"] = pd.concat([summary(at, own[at], replications) for at in numbers])
    return Study(manifest(points, replications), tables)


def without_weekends() -> Study:
    """Return a study too short for a whole weekend."""
    study = study_of([{}])
    return Study(study.manifest, {**study.tables, "weekend": study.tables["weekend"].iloc[:0]})


def odd_names() -> Study:
    """Return a study whose names could be taken for formulas, or are very long."""
    study = study_of(
        [
            {"customers.$a_1$.demand.orders_per_day": "x" * 200},
            {"customers.$a_1$.demand.orders_per_day": "$\\q$"},
        ]
    )
    study.manifest["scenario"]["name"] = "a long name " * 20
    return study


NOTHING: list[Row] = [
    ("overflow_images_per_day", "all", "all", 0.0, 0.0),
    ("utilisation", "all", "retouch", 0.0, 0.0),
]
STUDIES = {
    "swept": study_of(SWEEP),
    "one point": study_of([{}]),
    "one replication": study_of(SWEEP, replications=1),
    "one point, one replication": study_of([{}], replications=1),
    "nothing due": study_of([{}], NOTHING, scale=0),
    "nothing due, swept": study_of(SWEEP, NOTHING, scale=0),
    "no figures": study_of(SWEEP, [("throughput_per_day", "all", "all", 0.0, 0.0)], scale=0),
    "words": study_of([{DISCIPLINE: "edd"}, {DISCIPLINE: "fifo"}]),
    "switches": study_of([{"plant.x": True}, {"plant.x": False}]),
    "two factors": study_of(
        [{DGI: n, DISCIPLINE: word} for n in (100, 200) for word in ("edd", "fifo")]
    ),
    "many points": study_of(
        [{DGI: n, DISCIPLINE: word} for n in range(100, 200, 5) for word in ("edd", "fifo")]
    ),
    "levels falling": study_of(SWEEP[::-1]),
    "levels close together": study_of([{DGI: 100}, {DGI: 101}, {DGI: 300}]),
    "one level": study_of([{DGI: 200}]),
    "no weekends": without_weekends(),
    "odd names": odd_names(),
}


@cache
def drawn(chart: str, name: str) -> tuple[Any, list[Any]]:
    """Draw a chart of one of the studies; drawing takes most of the time, so each is drawn once."""
    return axes_of(chart, STUDIES[name])


def axes_of(chart: str, study: Study) -> tuple[Any, list[Any]]:
    """Draw a chart; return the figure and its axes."""
    figure = CHARTS[chart](study)
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    return figure, figure.axes


def texts(axes: Any) -> list[str]:
    """Return the texts written into the axes."""
    return [text.get_text() for text in axes.texts]
