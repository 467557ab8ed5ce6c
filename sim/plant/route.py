"""The route in numbers: which pool works at a station, and what work is expected from there on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario.plant import Plant


def station_numbers(plant: Plant) -> dict[str, int]:
    """Return the number of each station along the route, from 0."""
    return {station.station: number for number, station in enumerate(plant.route)}


def pool_numbers(plant: Plant) -> dict[str, int]:
    """Return the number of each pool in the scenario's order, from 0."""
    return {pool.name: number for number, pool in enumerate(plant.pools)}


def expected_visits(plant: Plant) -> NDArray[np.float64]:
    """Return the expected visits that an image still makes, by the station at which it is.

    Parameters
    ----------
    plant
        The route with its rework.

    Returns
    -------
    ndarray
        Shape (stations, stations): row, where the image is; column, the station visited. The visit
        in hand counts.

    Notes
    -----
    The fundamental matrix (I - P)^-1 of the absorbing Markov chain of stations: Kemeny and Snell,
    *Finite Markov Chains*, theorem 3.2.4.
    """
    numbers = station_numbers(plant)
    moves = np.diag(np.ones(len(numbers) - 1), k=1)
    for number, station in enumerate(plant.route):
        if station.rework:
            moves[number] *= 1 - station.rework.share
            moves[number, numbers[station.rework.to]] += station.rework.share
    return np.linalg.inv(np.eye(len(numbers)) - moves).astype(np.float64)


def expected_work(plant: Plant) -> NDArray[np.int64]:
    """Return the work that an image is expected to bring to each pool, by the station at which it is.

    Parameters
    ----------
    plant
        Route, service times and rework.

    Returns
    -------
    ndarray
        Shape (stations, pools), editor-milliseconds. A plan knows means, not the draws.
    """
    milliseconds = np.array([station.minutes.mean() * 60_000 for station in plant.route])
    pools = pool_numbers(plant)
    works_at = np.zeros((len(plant.route), len(pools)))
    for number, station in enumerate(plant.route):
        works_at[number, pools[station.pool]] = milliseconds[number]
    return np.rint(expected_visits(plant) @ works_at).astype(np.int64)
