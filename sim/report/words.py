"""Words for figures and design points, the same in charts and on the terminal."""

from __future__ import annotations

from collections import Counter
from math import isnan
from typing import TYPE_CHECKING

from sim.stats.intervals import UNKNOWN, Estimate
from sim.study.own import own_point as own_point

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from sim.study.study import Study

LONGEST_LEVEL = 24
SHORT = {"standard.guaranteed_per_day": "DGI", "expedite.guaranteed_per_day": "expedite guarantee"}


def estimate(row: pd.Series | None, most: float = float("inf")) -> Estimate:
    """Return the figure of a row of results, its bounds cut to 0 and `most`."""
    if row is None:
        return UNKNOWN
    return Estimate(float(row["mean"]), float(row["low"]), float(row["high"])).within(0.0, most)


def share(study: Study, point: int, measure: str, **of: str) -> Estimate:
    """Return a share of the summary, 0 to 1; `of` as in ``Study.figure``."""
    return estimate(study.figure(point, measure, **of), 1.0)


def count(study: Study, point: int, measure: str, **of: str) -> Estimate:
    """Return a figure of the summary that is at least 0."""
    return estimate(study.figure(point, measure, **of))


def at_table(study: Study, table: str, point: int) -> pd.DataFrame:
    """Return the rows of a table at a design point."""
    rows = study.tables[table]
    return rows[rows["point"] == point]


def highest(rows: pd.DataFrame, *columns: str) -> float:
    """Return the highest number of some columns."""
    return max(float(rows[column].max()) for column in columns if rows[column].notna().any())


def percent(value: float) -> str:
    """Return a share in percent without the sign.

    What is not all or nothing is never rounded to it.
    """
    if 0.9995 <= value < 1:
        return "over 99.9"
    if 0 < value < 0.0005:
        return "under 0.1"
    return f"{100 * value:.1f}".replace("100.0", "100")


def number(value: float) -> str:
    """Return a count or factor with the digits that matter."""
    if abs(value) >= 9.95:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.2g}"


def percents(value: Estimate) -> str:
    """Return the bounds of a share in brackets with a space before it, or nothing."""
    return "" if isnan(value.low) else f" ({percent(value.low)} to {percent(value.high)} %)"


def numbers(value: Estimate) -> str:
    """Return the bounds of a count in brackets with a space before it, or nothing."""
    return "" if isnan(value.low) else f" ({number(value.low)} to {number(value.high)})"


def factor_names(study: Study) -> dict[str, str]:
    """Return a short name for each factor of a study, as :func:`short_names`."""
    return short_names(study.factors)


def short_names(factors: Iterable[str]) -> dict[str, str]:
    """Return a short name for each factor, by its dotted key.

    The key itself where two would be the same.
    """
    short = {key: _short(key) for key in factors}
    uses = Counter(short.values())
    return {key: name if uses[name] == 1 else key for key, name in short.items()}


def _short(key: str) -> str:
    parts = key.split(".")
    last = ".".join(parts[-3:] if len(parts) > 2 and parts[-2].isdigit() else parts[-2:])
    return SHORT.get(last, last.replace(".", " ").replace("_", " "))


def level_words(study: Study, point: int) -> list[str]:
    """Return the setting of a design point, a factor at a time.

    ``["DGI 200", "retouch discipline edd"]``.
    """
    names = factor_names(study)
    return [
        f"{names[key]} {cut(str(level))}" for key, level in study.manifest["points"][point].items()
    ]


def words_of(name: str) -> str:
    """Return a name of the code as words."""
    return name.replace("_", " ")


def listed(words: list[str]) -> str:
    """Return words as ``a, b and c``."""
    return " and ".join([*([", ".join(words[:-1])] if words[1:] else []), *words[-1:]])


def cut(text: str) -> str:
    """Return a text short enough for a label."""
    return text if len(text) <= LONGEST_LEVEL else f"{text[: LONGEST_LEVEL - 1]}…"


def at_point(study: Study, point: int) -> str:
    """Return ``" at DGI 200"``, or nothing for a study without factors."""
    words = ", ".join(level_words(study, point))
    return words and f" at {words}"


def todays_point(study: Study) -> int:
    """Return the design point at the scenario's own setting, or the first where that is none of them."""
    return max(own_point(study), 0)


def made_from(study: Study) -> str:
    """Return what a result rests on: scenario, replications and confidence."""
    n = len(study.manifest["replications"])
    intervals = (
        f"{n} replications, {100 * study.confidence:g} % intervals"
        if n > 1
        else "1 replication, no intervals"
    )
    return f"{study.name}: {intervals}{', cut off' if study.manifest.get('cut_off') else ''}"
