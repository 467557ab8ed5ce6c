"""The figures behind each chart as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.report.cells import NOTHING, Cell, Table, number_cell, percent_cell
from sim.report.summary import by_point
from sim.report.words import at_point, at_table, count, estimate, share, words_of
from sim.results.profiles import WEEKDAYS
from sim.stats.intervals import UNKNOWN, Estimate

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.study import Study

COMMITMENTS = ("guaranteed", "additional", "to_be_confirmed", "delivery_plan")
WEEKEND_DAYS = ("Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday")
WEEKEND_STEP = 6
"""Hours from one row to the next; every hour stands in ``weekend.csv``."""


def on_time_table(study: Study, point: int) -> Table:
    """Return on-time shares by commitment, a row a design point."""
    names = [*COMMITMENTS, "all"]
    points = range(len(study.manifest["points"]))
    rows = [
        [percent_cell(share(study, at, "on_time_share", commitment=name)) for name in names]
        for at in points
    ]
    return by_point(
        study, "Share of images on time, by commitment", [words_of(name) for name in names], rows
    )


def overflow_table(study: Study, point: int) -> Table:
    """Return images over the guarantee, a row a design point."""
    names = ("all", "to_be_confirmed", "delivery_plan")
    points = range(len(study.manifest["points"]))
    rows = [
        [
            number_cell(count(study, at, "overflow_images_per_day", commitment=name))
            for name in names
        ]
        for at in points
    ]
    return by_point(
        study, "Images over the guarantee a day", [words_of(name) for name in names], rows
    )


def due_table(study: Study, point: int) -> Table:
    """Return images due by weekday."""
    days = {
        str(row["weekday"]): estimate(row)
        for _, row in at_table(study, "due_by_weekday", point).iterrows()
    }
    rows = tuple((_day(day), number_cell(days[day])) for day in WEEKDAYS)
    return Table(f"Images due a week{at_point(study, point)}", ("weekday", "images due"), rows)


def weekend_table(study: Study, point: int) -> Table:
    """Return images unfinished over the weekend."""
    rows = at_table(study, "weekend", point)
    rows = rows[(rows["friday"] == "all") & (rows["hour"] % WEEKEND_STEP == 0)].sort_values("hour")
    body = tuple(
        (
            Cell(f"{WEEKEND_DAYS[hour // 24]} {hour % 24:02}:00", place=hour),
            *(number_cell(_exact(row[name])) for name in ("p10", "median", "p90")),
        )
        for hour, row in zip(rows["hour"].astype(int), rows.to_dict("records"), strict=True)
    )
    caption = f"Images unfinished over the weekend (UTC){at_point(study, point)}"
    return Table(
        caption,
        ("hour", "10 % of weekends below", "median", "90 % of weekends below"),
        body,
        note="Every 6 h; every hour is in weekend.csv",
    )


def utilisation_table(study: Study, point: int) -> Table:
    """Return utilisation by hour of the week."""
    rows = at_table(study, "by_hour_of_week", point)
    pools = [str(pool) for pool in rows["pool"].unique() if pool != "all"]
    means: dict[Any, float] = rows.set_index(["pool", "quantity", "weekday", "hour"])[
        "mean"
    ].to_dict()
    body = tuple(
        (_day(day), Cell(f"{hour:02}:00"), *(_busy(means, pool, day, hour) for pool in pools))
        for day in WEEKDAYS
        for hour in range(24)
    )
    caption = f"Utilisation by hour of the week (UTC){at_point(study, point)}"
    return Table(caption, ("weekday", "hour", *pools), body, 2, note="-: nobody on shift")


def _day(day: str) -> Cell:
    return Cell(day, place=WEEKDAYS.index(day))


def _busy(means: dict[Any, float], pool: str, day: str, hour: int) -> Cell:
    on_shift = means.get((pool, "editors_on_shift", day, hour), 0.0)
    if not on_shift > 0:
        return Cell(NOTHING)
    return percent_cell(_exact(means[pool, "busy_editors", day, hour] / on_shift))


def lateness_table(study: Study, point: int) -> Table:
    """Return lateness in bins."""
    rows = at_table(study, "lateness", point)
    parts = {
        str(name): own
        for name, own in rows.groupby("commitment", sort=False)
        if own["images"].sum() > 0
    }
    shares = [own.set_index("from_hours")["share"] for own in parts.values()]
    bins = rows[["from_hours", "to_hours"]].drop_duplicates().astype(int)
    body = tuple(
        (Cell(f"{start} to {end}"), *(_share_of_bin(own, start) for own in shares))
        for start, end in bins.itertuples(index=False)
        if any(own[start] > 0 for own in shares)
    )
    caption = f"Share of done images by hours after the deadline{at_point(study, point)}"
    note = "Empty bins are left out; the outermost hold what lies beyond"
    return Table(caption, ("hours", *(words_of(name) for name in parts)), body, note=note)


def _share_of_bin(shares: pd.Series, start: int) -> Cell:
    return percent_cell(_exact(float(shares[start])))


def _exact(value: float) -> Estimate:
    return UNKNOWN._replace(mean=float(value))


def cause_rows(study: Study, point: int) -> dict[str, pd.Series]:
    """Return the rows of the table by cause; none where the study did not work them out."""
    table = study.tables.get("late_causes")
    if table is None or table.empty:
        return {}
    return {str(row["cause"]): row for _, row in table[table["point"] == point].iterrows()}


def causes_table(study: Study, point: int) -> Table:
    """Return late images by cause."""
    body = tuple(
        (
            Cell(name),
            percent_cell(estimate(row, 1.0)),
            *(number_cell(_exact(row[column])) for column in ("late_images", "alone_images")),
        )
        for name, row in cause_rows(study, point).items()
    )
    caption = f"Late images that would be in time without a cause{at_point(study, point)}"
    columns = ("cause", "share of late images", "late images", "that nothing else explains")
    return Table(caption, columns, body, note="Images are means a replication")
