"""A scenario in words: its model, its input parameters and what it takes for granted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.report.cells import NOTHING, Cell, Table
from sim.report.words import cut, listed, words_of
from sim.scenario.disciplines import DISCIPLINES

if TYPE_CHECKING:
    from sim.study.study import Study

Data = dict[str, Any]

SHIFT_ENDS = {
    "finish": "finishes the image in hand",
    "hand_over": "hands the image in hand over",
}
PROFILES = {"always": "around the clock", "office": "office hours", "shop": "shop hours"}


def scenario_words(study: Study) -> Data:
    """Return what the page says of the scenario.

    Parameters
    ----------
    study
        The results; their manifest holds the scenario with every default written out.

    Returns
    -------
    dict
        ``scenario``, the steps of the ``flow``, the tables ``plans``, ``groups``, ``pools``,
        ``rosters`` and ``route``, the ``sweep``, the ``assumptions``, the ``rejection_delay``, and
        the ``weeks`` of the horizon.
    """
    scenario = study.manifest["scenario"]
    return {
        "scenario": scenario,
        "flow": _flow(scenario),
        "plans": _plans(scenario),
        "groups": _groups(scenario),
        "pools": _pools(scenario),
        "rosters": _rosters(scenario),
        "route": _route(scenario),
        "sweep": _sweep(scenario),
        "assumptions": assumptions(study),
        "rejection_delay": _rejection_delay(scenario),
        "weeks": {key: weeks(n) for key, n in scenario["horizon"].items() if key != "start"},
    }


def _flow(scenario: Data) -> list[tuple[str, str]]:
    """Return the steps of an image, each with a remark."""
    plant = scenario["plant"]
    stations = [(step["station"], f"pool {step['pool']}{_rework(step)}") for step in plant["route"]]
    review, rejection = plant.get("review"), plant.get("rejection")
    looked_at = (
        f"over the guarantee only; pool {review['pool']}"
        if review
        else "over the guarantee; quoted at once"
    )
    back = (
        f"{_share(rejection['share'])} come back, to {rejection['to']}"
        if rejection
        else "none come back"
    )
    return [
        ("Orders", listed([group["group"] for group in scenario["customers"]])),
        ("Promise", f"splits and dates by plan {listed(list(scenario['plans']))}"),
        ("Review", looked_at),
        *stations,
        ("Delivery", back),
    ]


def _rework(step: Data) -> str:
    rework = step.get("rework")
    return f"; {_share(rework['share'])} back to {rework['to']}" if rework else ""


def _share(value: float) -> str:
    return f"{100 * value:g} %"


def distribution(given: Data) -> str:
    """Return a distribution in words: ``lognormal, mean 3, cv 0.8``."""
    ((family, parameters),) = given.items()
    if not isinstance(parameters, dict):
        return f"{family} {parameters:g}"
    own = [f"{name} {_parameter(value)}" for name, value in parameters.items() if value is not None]
    return ", ".join([family, *own])


def _parameter(value: Any) -> str:
    if isinstance(value, int | float):
        return f"{value:g}"
    return f"of {len(value)}" if isinstance(value, list | dict) else cut(str(value))


def _table(caption: str, columns: tuple[str, ...], rows: list[list[Any]]) -> Table:
    body = tuple(
        tuple(Cell(NOTHING if value is None else str(value)) for value in row) for row in rows
    )
    return Table(caption, columns, body)


def _plans(scenario: Data) -> Table:
    """Return a row a term, for there are more terms than plans."""
    plans = [_plan(plan) for plan in scenario["plans"].values()]
    rows = [[term, *(plan[term] for plan in plans)] for term in plans[0]]
    return _table("Terms of the plans", ("term", *scenario["plans"]), rows)


def _plan(plan: Data) -> Data:
    standard, expedite, window = plan["standard"], plan["expedite"], plan["expedite"]["window"]
    reviewed = standard["reviewed"]
    return {
        "guaranteed images a day (DGI)": standard["guaranteed_per_day"],
        "due": f"{standard['due']} on the customer's clock",
        "deadline over the guarantee": words_of(reviewed)
        if isinstance(reviewed, str)
        else f"{reviewed['hours']:g} h",
        "weekend allowance": words_of(standard["weekend_allowance"]),
        "expedite guarantee a day": expedite["guaranteed_per_day"],
        "expedite": f"{expedite['hours']:g} h, additional {expedite['additional_hours']:g} h",
        "expedite window": window
        if isinstance(window, str)
        else f"{window['opens']} to {window['closes']} UTC",
        "outside the window": words_of(expedite["outside_window"]),
        "rejected images": f"{plan['rejection']['hours']:g} h",
        "answer of support": f"{plan['support']['hours']:g} h",
        "hours over a weekend": words_of(plan["weekend_hours"]),
        "public holidays of": plan.get("holidays", "no country"),
    }


def _groups(scenario: Data) -> Table:
    columns = (
        "group", "customers", "plan", "clock", "orders a day", "images an order", "hours", "expedite", "variation",
    )  # fmt: skip
    return _table(
        "Customers and their orders", columns, [_group(group) for group in scenario["customers"]]
    )


def _group(group: Data) -> list[Any]:
    demand = group.get("demand")
    if demand is None:
        return [
            group["group"],
            "as in the file",
            group["plan"],
            group["timezone"],
            f"file {group['orders']}",
            *[None] * 4,
        ]
    hours = demand["hours"]
    return [
        group["group"],
        group["count"],
        group["plan"],
        group["timezone"],
        f"{demand['orders_per_day']:g}",
        distribution(demand["images_per_order"]),
        PROFILES.get(hours, hours) if isinstance(hours, str) else "a profile of its own",
        _share(demand["expedite_share"]),
        _variation(demand),
    ]


def _variation(demand: Data) -> str | None:
    """Return what moves the demand from day to day and from customer to customer."""
    day, spikes, season = demand["day_factor"], demand["spikes"], demand["season"]
    parts = [
        f"day factor cv {day['cv']:g}" if day["cv"] else "",
        f"skew {demand['skew']:g}" if demand["skew"] else "",
        f"season by week {', '.join(f'{factor:g}' for factor in season)}"
        if set(season) != {1.0}
        else "",
        f"{_share(spikes['share_of_days'])} of days x {spikes['factor']:g}"
        if spikes["share_of_days"]
        else "",
        *(f"{day} x {factor:g}" for day, factor in spikes["dates"].items()),
    ]
    return "; ".join(filter(None, parts)) or None


def _pools(scenario: Data) -> Table:
    rows = [
        [
            pool["name"],
            pool["timezone"],
            _discipline(pool["discipline"]),
            SHIFT_ENDS.get(pool["shift_end"], pool["shift_end"]),
            _share(pool["absence_share"]),
        ]
        for pool in scenario["plant"]["pools"]
    ]
    return _table("Pools", ("pool", "clock", "next image", "at a shift's end", "absent"), rows)


def _rosters(scenario: Data) -> Table:
    rows = [
        [pool["name"], line["days"], line["from"], line["to"], line["editors"]]
        for pool in scenario["plant"]["pools"]
        for line in pool["roster"]
    ]
    return _table("Rosters, on the pool's clock", ("pool", "days", "from", "to", "editors"), rows)


def _route(scenario: Data) -> Table:
    plant = scenario["plant"]
    rows = [
        [step["station"], step["pool"], distribution(step["minutes"]), _again(step)]
        for step in plant["route"]
    ]
    if review := plant.get("review"):
        rows.append(["review of a tranche", review["pool"], distribution(review["minutes"]), None])
    return _table("Work", ("station", "pool", "minutes", "goes back"), rows)


def _rejection_delay(scenario: Data) -> str | None:
    rejection = scenario["plant"].get("rejection")
    return distribution(rejection["delay_hours"]) if rejection else None


def _again(step: Data) -> str | None:
    return _rework(step).removeprefix("; ") or None


def _sweep(scenario: Data) -> list[tuple[str, str]]:
    return [
        (key, listed([cut(str(level)) for level in levels]))
        for key, levels in scenario.get("sweep", {}).items()
    ]


def assumptions(study: Study) -> list[str]:
    """Return what the figures take for granted, in sentences."""
    scenario = study.manifest["scenario"]
    horizon, plant = scenario["horizon"], scenario["plant"]
    return [
        *_of_demand(study),
        "Editors of a pool are alike and work on one image at a time. There is no set-up, no break inside a shift and "
        "no transport between stations.",
        _of_absence(plant),
        _of_returns(plant),
        f"Production quotes deadlines as if {_share(plant['planning_utilisation'])} of the rostered hours were used; "
        "it knows mean times and full rosters, not what will happen.",
        _of_horizon(horizon),
    ]


def _of_demand(study: Study) -> list[str]:
    customers = study.manifest["scenario"]["customers"]
    drawn = [group["group"] for group in customers if group.get("demand")]
    replayed = [group["group"] for group in customers if not group.get("demand")]
    bad = sum(study.manifest.get("bad_rows", {}).values())
    said = []
    if drawn:
        said.append(
            f"Orders of {listed(drawn)} are drawn: they come by chance at a rate that follows the customers' clocks, "
            "and do not depend on how well earlier orders were served."
        )
    if replayed:
        skipped = f", without {bad} bad rows" if bad else ""
        said.append(f"Orders of {listed(replayed)} are replayed from a file as they came{skipped}.")
    return said


def _of_absence(plant: Data) -> str:
    away = [
        f"{_share(pool['absence_share'])} of {pool['name']}"
        for pool in plant["pools"]
        if pool["absence_share"]
    ]
    return (
        f"Absent for whole shifts, by chance: {listed(away)}."
        if away
        else "Everybody on the roster comes."
    )


def _of_returns(plant: Data) -> str:
    rework = [
        f"{_share(step['rework']['share'])} after {step['station']}"
        for step in plant["route"]
        if step.get("rework")
    ]
    rejection = plant.get("rejection")
    back = (
        f"customers reject {_share(rejection['share'])} of the images"
        if rejection
        else "customers reject no image"
    )
    again = f"Rework is {listed(rework)}" if rework else "There is no rework"
    return f"{again}; {back}. Neither depends on the load."


def _of_horizon(horizon: Data) -> str:
    warm_up, cool_down = horizon["warm_up_weeks"], horizon["cool_down_weeks"]
    counted = f"for {weeks(warm_up)} nothing counts" if warm_up else "all orders count"
    end = f"{weeks(cool_down)} after the horizon" if cool_down else "at the end of the horizon"
    return f"The plant starts empty, and {counted}. Images unfinished {end} are late if their deadline has passed."


def weeks(n: int) -> str:
    """Return a number of weeks in words."""
    return f"{n} week{'' if n == 1 else 's'}"


def _discipline(name: str) -> str:
    """Return the label of a discipline; its name where a stored study has one that is gone."""
    return DISCIPLINES[name].label if name in DISCIPLINES else name
