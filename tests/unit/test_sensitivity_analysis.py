"""Screening and indices on functions whose indices are known, through the code that the plant goes through."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from sim.study.sensitivity_analysis import FEW, MOST, Analysis, Design, Evaluate, Factor, analysed

Floats = NDArray[np.float64]
PI = float(np.pi)


def always(function: Callable[[Floats], Floats]) -> Evaluate:
    """Return a function of the samples as one that gives every replication the same."""
    return lambda values, n: np.repeat(function(values)[:, None], n, axis=1)


def ishigami(x: Floats) -> Floats:
    """Return the function of Ishigami and Homma (1990) with a = 7, b = 0.1."""
    return np.asarray(
        np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    )


def by_factor(found: Analysis) -> pd.DataFrame:
    """Return the factors by key, in alphabetical order."""
    return found.factors.set_index("factor").sort_index()


def test_indices_of_ishigami_are_the_closed_form() -> None:
    """Indices from a, b and pi: V1 = (1 + b pi^4/5)^2/2, V2 = a^2/8, V13 = 8 b^2 pi^8/225."""
    v1, v2, v13 = (1 + 0.1 * PI**4 / 5) ** 2 / 2, 49 / 8, 8 * 0.01 * PI**8 / 225
    v = v1 + v2 + v13
    factors = [Factor(key, -PI, PI, 0.0) for key in "abc"]
    rows = by_factor(analysed(always(ishigami), factors, Design(8, 1024, 3, 0.95)))
    assert rows["first"].to_numpy() == pytest.approx([v1 / v, v2 / v, 0], abs=0.05)
    assert rows["total"].to_numpy() == pytest.approx([(v1 + v13) / v, v2 / v, v13 / v], abs=0.05)
    for index in ("first", "total"):
        assert (rows[f"{index}_low"] < rows[index]).all()
        assert (rows[f"{index}_high"] - rows[index]).max() < 0.12


def test_effects_of_a_line_are_its_slopes() -> None:
    """The effect over the whole range of 2x + 3y on ranges of 10 and 1 is 20 and 3, without spread; ends are exact."""
    factors = [Factor("x", 0, 10, 5.0), Factor("y", 0, 1, 0.0), Factor("none", 0, 1, 0.0)]
    found = analysed(
        always(lambda v: 2 * v[:, 0] - 3 * v[:, 1]), factors, Design(6, 64, 1, 0.95, 2, 2)
    )
    assert list(found.factors["factor"]) == ["x", "y", "none"]
    assert found.factors["mu_star"].to_numpy() == pytest.approx([20, 3, 0])
    assert found.factors["mu"].to_numpy() == pytest.approx([20, -3, 0])
    assert found.factors[["sigma", "noise"]].to_numpy() == pytest.approx(0, abs=1e-12)
    assert found.factors["first"].to_numpy() == pytest.approx([400 / 409, 9 / 409, 0], abs=0.1)
    assert found.base == 10
    assert list(found.ends["mean"]) == [0, 20, 10, 7, 10, 10]
    assert list(found.ends["difference"]) == [-10, 10, 0, -3, 0, 0]
    assert (found.ends["n"] == 2).all()


def test_the_numbers_of_a_question_depend_on_the_seed_alone() -> None:
    """The same seed gives the same, another one another.

    NumPy's global generator is neither used nor moved.
    """
    factors = [Factor(key, -PI, PI, 0.0) for key in "abc"]
    np.random.seed(1)  # noqa: NPY002 - to see that it is left alone
    before = np.random.get_state()[1].copy()  # type: ignore[index] # noqa: NPY002
    first, again = (analysed(always(ishigami), factors, Design(4, 16, 3, 0.95)) for _ in range(2))
    assert (np.random.get_state()[1] == before).all()  # type: ignore[index] # noqa: NPY002
    other = analysed(always(ishigami), factors, Design(4, 16, 4, 0.95))
    pd.testing.assert_frame_equal(first.factors, again.factors)
    assert not by_factor(first)["total"].equals(by_factor(other)["total"])


def test_few_factors_are_all_kept_and_of_many_those_that_matter() -> None:
    """Of more than four, those under a tenth of the largest effect get no indices, and six at most do."""
    for n, slopes in (
        (FEW, [1.0, 1e-3, 1e-3, 1e-3]),
        (5, [1.0, 0.5, 0.2, 0.05, 0.0]),
        (8, [1.0 - k / 20 for k in range(8)]),
    ):
        factors = [Factor(f"x{number}", 0, 1, 0.5) for number in range(n)]
        rows = by_factor(
            analysed(
                always(lambda v, own=slopes: v @ np.array(own)),  # type: ignore[misc]
                factors,
                Design(4, 16, 1, 0.95),
            )
        )
        kept = {4: [True] * 4, 5: [True, True, True, False, False], 8: [True] * MOST + [False] * 2}[
            n
        ]
        assert list(rows["kept"]) == kept
        assert list(rows["total"].notna()) == kept


def test_noise_is_the_effect_that_chance_would_show() -> None:
    """Draws of its own for each sample, deviation 1.

    An effect is 1.5 times the difference of two means of four.
    """
    rng = np.random.default_rng(3)
    factors = [Factor(key, 0, 1, 0.5) for key in "ab"]
    found = analysed(
        lambda values, n: rng.normal(0, 1, (len(values), n)), factors, Design(200, 8, 1, 0.95, 4, 4)
    )
    expected = 1.5 * np.sqrt(2 / 4) * np.sqrt(2 / PI)
    assert found.factors["noise"].to_numpy() == pytest.approx(expected, rel=0.1)
    assert found.factors["mu_star"].to_numpy() == pytest.approx(expected, rel=0.25)


def test_what_is_no_more_than_noise_is_left_out() -> None:
    """Of five factors, one has the effects 1.2 and -0.8 in two replications.

    Mean 0.2, chance alone 0.8.
    """
    slopes = np.array([[1.0, 1.0], [0.9, 0.9], [0.8, 0.8], [0.7, 0.7], [1.2, -0.8]])
    factors = [Factor(f"x{number}", 0, 1, 0.5) for number in range(5)]
    rows = by_factor(analysed(lambda v, n: v @ slopes[:, :n], factors, Design(4, 8, 1, 0.95, 2, 2)))
    assert rows["mu_star"].iloc[4] == pytest.approx(0.2)
    assert rows["noise"].iloc[4] == pytest.approx(np.sqrt(2 / PI))
    assert rows["noise"].iloc[:4].to_numpy() == pytest.approx(0, abs=1e-9)
    assert list(rows["kept"]) == [True] * 4 + [False]


def test_a_constant_function_has_no_influence_and_no_indices() -> None:
    """Nothing moves: effects 0, indices none, no warning."""
    found = analysed(
        always(lambda v: np.ones(len(v))), [Factor("x", 0, 1, 0.0)], Design(4, 16, 1, 0.95)
    )
    assert found.factors.loc[0, "mu_star"] == 0
    assert found.factors["total"].isna().all()
    assert not found.factors.loc[0, "kept"]


def test_whole_numbers_are_equally_likely_and_reach_both_ends() -> None:
    """Ten thousand even places on 3 to 7 give two thousand of each number, 0 gives 3 and 1 gives 7."""
    factor = Factor("n", 3, 7, 5, whole=True)
    values, counts = np.unique(factor.at((np.arange(10_000) + 0.5) / 10_000), return_counts=True)
    assert list(values) == [3, 4, 5, 6, 7]
    assert set(counts) == {2000}
    assert list(factor.at(np.array([0.0, 1.0]))) == [3, 7]
    assert list(Factor("x", 3, 7, 5).at(np.array([0.0, 0.25, 1.0]))) == [3, 4, 7]


def test_runs_are_counted_before() -> None:
    """Screening (k + 1) samples a trajectory, indices k + 2 a base sample, 2k + 1 at the ends."""
    seen = []

    def counted(values: Floats, n: int) -> Floats:
        seen.append(len(values) * n)
        return np.repeat(ishigami(values)[:, None], n, axis=1)

    design = Design(5, 16, 1, 0.95, 2, 6)
    found = analysed(counted, [Factor(key, -PI, PI, 0.0) for key in "abc"], design)
    assert design.most_runs(3) == sum(seen) == 2 * (5 * 4 + 16 * 5) + 6 * 7
    assert found.n_samples == 5 * 4 + 16 * 5 + 7
