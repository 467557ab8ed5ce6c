"""The promise a second time, from the rules alone: image by image, with datetimes, sharing no code with sim.

It knows a plan as a flat dictionary, and no holidays.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

ONE_HOUR = timedelta(hours=1)

Row = tuple[str, str, str, int, str]
"""Customer, zone, service, images, and the submission in ISO 8601."""
Part = tuple[str, str, int, datetime | None]
"""Service as handled, commitment, images, and the deadline in UTC."""


class SecondPromise:
    """Promises orders in the order of submission; ``promise`` returns None for a refused one."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.dgi_used: Counter[tuple[str, date]] = Counter()
        self.expedited: Counter[tuple[str, date]] = Counter()

    def promise(self, row: Row) -> list[Part] | None:
        """Assign the images of one order, one by one."""
        customer, zone, service, images, text = row
        at = datetime.fromisoformat(text).astimezone(UTC)
        upload_day = at.astimezone(ZoneInfo(zone)).date()
        if service == "flow":
            return None
        if service == "rejection":
            due = self._in_hours(at, self.plan["rejection_hours"])
            return [("rejection", "guaranteed", images, due)]
        start = at
        if service == "expedite" and not self._is_open(at):
            match self.plan["outside_window"]:
                case "reject":
                    return None
                case "standard":
                    service = "standard"
                case "defer":
                    while not self._is_open(start):  # windows open on the hour
                        start = start.replace(minute=0, second=0) + ONE_HOUR
        if service == "standard":
            given = [self._standard_image(customer, upload_day) for _ in range(images)]
        else:
            given = self._expedited_images(customer, upload_day, images)
        dues = {
            "guaranteed": self._morning(upload_day, zone)
            if service == "standard"
            else self._in_hours(start, self.plan["hours"]),
            "additional": self._in_hours(start, self.plan["additional_hours"]),
        }
        parts = [(word, len(list(same))) for word, same in groupby(given)]
        return [(service, word, count, dues.get(word)) for word, count in parts]

    def _is_open(self, at: datetime) -> bool:
        if self.plan["window"] == "always":
            return True
        return at.weekday() < 5  # Monday 00:00 to Saturday 00:00 UTC

    def _dgi_key(self, customer: str, day: date) -> tuple[str, date]:
        while self.plan["weekend_allowance"] == "shared" and day.strftime("%a") in {"Sat", "Sun"}:
            day -= timedelta(days=1)
        return customer, day

    def _standard_image(self, customer: str, day: date) -> str:
        key = self._dgi_key(customer, day)
        if self.dgi_used[key] < self.plan["dgi"]:
            self.dgi_used[key] += 1
            return "guaranteed"
        return "to_be_confirmed"

    def _expedited_images(self, customer: str, day: date, images: int) -> list[str]:
        limit = Fraction(str(self.plan["multiple"])) * self.plan["guarantee"]
        total_after = self.expedited[customer, day] + images
        given = []
        for _ in range(images):
            self.expedited[customer, day] += 1
            number = self.expedited[customer, day]
            over = number > limit if self.plan["covers"] == "beyond" else total_after >= limit
            if number <= self.plan["guarantee"]:
                given.append("guaranteed")
            else:
                given.append("delivery_plan" if over else "additional")
            if given[-1] == "guaranteed" or self.plan["uses_dgi"] == "all":
                self.dgi_used[self._dgi_key(customer, day)] += 1
        return given

    def _in_hours(self, start: datetime, hours: float) -> datetime:
        seconds = int(Fraction(str(hours)) * 3600)
        if self.plan["weekend_hours"] != "pause":
            due = start + timedelta(seconds=seconds)
            if self.plan["weekend_hours"] == "roll":
                due += {5: 48 * ONE_HOUR, 6: 24 * ONE_HOUR}.get(due.weekday(), timedelta())
            return due
        now = _out_of_weekend(start)
        while seconds:
            midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
            step = min(seconds, int((midnight - now).total_seconds()))
            seconds -= step
            now = _out_of_weekend(now + timedelta(seconds=step))
        return now

    def _morning(self, upload_day: date, zone: str) -> datetime:
        info, reading = ZoneInfo(zone), time.fromisoformat(self.plan["due"])
        day = upload_day + timedelta(days=1)
        while True:
            due = datetime.combine(day, reading, info).astimezone(UTC)
            day = due.astimezone(info).date()  # the day on which it really falls
            if day.weekday() < 5:
                return due
            day += timedelta(days={5: 2, 6: 1}[day.weekday()])


def _out_of_weekend(now: datetime) -> datetime:
    """Move an instant of the weekend to Monday 00:00 UTC."""
    while now.weekday() >= 5:
        now = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    return now
