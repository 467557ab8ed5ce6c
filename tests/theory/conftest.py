"""The runs of the validation scenarios, each made once and shared by the tests of this folder."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import sim

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "validation"


@pytest.fixture(scope="session")
def replications_of() -> Callable[[str], pd.DataFrame]:
    """Return the figures of every replication of a scenario."""

    @cache
    def run(name: str) -> pd.DataFrame:
        return sim.load(SCENARIOS / f"{name}.yaml").run().table("replications")

    return run
