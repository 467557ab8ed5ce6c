"""The setting that a scenario names itself, outside its sweep: what a planner calls today's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sim.scenario.load import Levels
    from sim.study.study import Study


def own_levels(scenario: Mapping[str, Any], factors: Iterable[str]) -> Levels:
    """Return what a scenario says at the keys of its factors; None where it says nothing.

    Parameters
    ----------
    scenario
        The resolved scenario, as in a manifest.
    factors
        Dotted keys; entries of lists go by name or number.
    """
    return {key: _value_at(scenario, key) for key in factors}


def own_point(study: Study) -> int:
    """Return the design point at the scenario's own setting, -1 where that is none of them."""
    points: list[Levels] = study.manifest["points"]
    own = own_levels(study.manifest["scenario"], study.factors)
    return points.index(own) if own in points else -1


def _value_at(data: Any, key: str) -> Any:
    for part in key.split("."):
        if isinstance(data, list):
            named = [entry for entry in data if part in _names_of(entry)]
            data = (
                named[0]
                if named
                else data[int(part)]
                if part.isdigit() and int(part) < len(data)
                else None
            )
        else:
            data = data.get(part) if isinstance(data, dict) else None
    return data


def _names_of(entry: Any) -> list[Any]:
    return (
        [entry.get(key) for key in ("name", "group", "station")] if isinstance(entry, dict) else []
    )
