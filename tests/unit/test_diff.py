"""Studies compared: pairs, directions, families of tests, and how often nothing is called worse."""

from __future__ import annotations

import os
from math import comb

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from sim.errors import InputError
from sim.stats.means import holm, paired, welch
from sim.study.diff import compare_studies
from sim.study.study import Study
from tests.regrouped import many_replications, part

MEASURED = (
    "on_time_share",
    "tardiness_hours_p95",
    "utilisation",
    "monday_backlog",
    "in_system_mean",
)


def study(
    values: NDArray[np.float64], *, seed: int = 1, points: tuple[dict[str, int], ...] = ({},)
) -> Study:
    """Return a study of figures, shape (measures, replications), the same at each point."""
    rows = [
        {
            "point": point,
            "replication": k,
            "measure": name,
            "commitment": "all",
            "service": "all",
            "pool": "all",
            "value": x,
        }
        for point in range(len(points))
        for name, row in zip(MEASURED, values, strict=False)
        for k, x in enumerate(row)
    ]
    manifest = {
        "scenario": {"name": "made"},
        "seed": seed,
        "points": list(points),
        "replications": [],
    }
    return Study(manifest, {"replications": pd.DataFrame(rows)})


def findings(base: Study, head: Study) -> dict[str, str]:
    """Return the finding of each measure."""
    figures = compare_studies(base, head).figures
    return dict(zip(figures["measure"], figures["finding"], strict=True))


NOISE = np.random.default_rng(7).normal(0, 1, (5, 20))


@pytest.mark.parametrize(
    ("shift", "found"),
    [(9.0, ("better", "worse", "changed")), (-9.0, ("worse", "better", "changed"))],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_measure_has_a_good_way_or_none(shift: float, found: tuple[str, ...], seed: int) -> None:
    """A higher on-time share is better, a higher tardiness worse, and utilisation has no good way."""
    head = study(
        NOISE + np.array([[shift]] * 3 + [[0]] * 2) + np.roll(NOISE, 3, 1) * 0.1, seed=seed
    )
    assert tuple(findings(study(NOISE), head)[name] for name in MEASURED[:3]) == found


def test_what_has_no_good_way_never_fails() -> None:
    """Utilisation alone may change as it likes."""
    values = NOISE.copy()
    values[2] += 50
    assert not compare_studies(study(NOISE), study(values, seed=2)).got_worse


def test_pairs_see_what_independent_samples_do_not() -> None:
    """A tenth of the noise, in every replication, shows where the seeds agree, and does not where they differ."""
    head = NOISE + 0.1 + 0.01 * np.roll(NOISE, 1, 1)
    assert findings(study(NOISE), study(head))["tardiness_hours_p95"] == "worse"
    assert (
        findings(study(NOISE), study(head, seed=2))["tardiness_hours_p95"] == "no difference shown"
    )


def test_the_same_study_is_the_same() -> None:
    """Nothing differs from itself, nor from what a library rounds otherwise."""
    assert set(findings(study(NOISE), study(NOISE * (1 + 1e-13))).values()) == {"the same"}


def test_points_are_matched_by_their_levels() -> None:
    """A point moves with its levels; what only one has is counted.

    Nothing in common is bad input.
    """
    base = study(NOISE, points=({"dgi": 1}, {"dgi": 2}))
    found = compare_studies(base, study(NOISE, points=({"dgi": 2}, {"dgi": 3})))
    assert found.figures["dgi"].unique().tolist() == [2]
    lower = Study(
        base.manifest,
        {"replications": base.table("replications").assign(point=lambda rows: 1 - rows["point"])},
    )
    lower.tables["replications"].loc[lambda rows: rows["point"] == 0, "value"] += 5
    assert (
        compare_studies(lower, study(NOISE, points=({"dgi": 2},)))
        .figures["finding"]
        .eq("the same")
        .all()
    )
    with pytest.raises(InputError, match="no design point in common"):
        compare_studies(base, study(NOISE))


def test_one_replication_tests_nothing() -> None:
    """A single replication of either is no sample, whatever the difference."""
    assert set(findings(study(NOISE), study(NOISE[:, :1] + 99)).values()) == {"not tested"}


def test_tests_of_means_agree_with_scipy() -> None:
    """Paired and Welch's p are SciPy's, one-sided both ways."""
    from scipy.stats import ttest_ind, ttest_rel

    other = NOISE[:, ::-1] * 2 + 0.3
    own, apart = paired(NOISE, other, 0.95), welch(NOISE[:, :8], other, 0.95)
    for row in range(5):
        assert own.p_up[row] == pytest.approx(
            ttest_rel(other[row], NOISE[row], alternative="greater").pvalue
        )
        expected = ttest_ind(other[row], NOISE[row, :8], equal_var=False, alternative="less")
        assert apart.p_down[row] == pytest.approx(expected.pvalue)
        low, high = ttest_ind(other[row], NOISE[row, :8], equal_var=False).confidence_interval(0.95)
        assert (apart.low[row], apart.high[row]) == pytest.approx((low, high))


def test_without_variance_counting_bounds_the_certainty() -> None:
    """Three equal differences are one case in 2^3.

    Three values under three are one in 20 orders of six.
    """
    zeros, ones = np.zeros((1, 3)), np.ones((1, 3))
    assert paired(zeros, ones, 0.95).p_up[0] == pytest.approx(1 / 8)
    assert welch(zeros, ones, 0.95).p_up[0] == pytest.approx(1 / comb(6, 3))
    assert welch(zeros, ones, 0.95).p_down[0] == 1


def test_holm_by_hand() -> None:
    """Three tests: 3 x 0.01, then 2 x 0.02, then 0.5; an adjusted p never falls."""
    assert holm(np.array([0.5, 0.01, 0.02])) == pytest.approx([0.5, 0.03, 0.04])
    assert holm(np.array([0.02, 0.021])) == pytest.approx([0.04, 0.04])


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_but_chance_is_rarely_called_worse(seed: int) -> None:
    """Of 400 pairs of studies of skewed figures with nothing changed, at most 5 % fail.

    Plain tests would fail more.
    """
    rng = np.random.default_rng(11)
    bad = plain = 0
    for _ in range(400):
        base, head = rng.exponential(1.0, (2, 5, 10))
        found = compare_studies(study(base), study(head, seed=seed))
        bad += found.got_worse
        plain += bool((welch(base, head, 0.95).p_up[[1, 3, 4]] < 0.05).any())
    assert bad <= 20
    assert plain > 20


@pytest.mark.skipif(not os.environ.get("LONG"), reason="takes minutes: make long")
def test_a_plant_that_did_not_change_is_rarely_called_worse() -> None:
    """Of 200 pairs of studies of 10 replications each, no replication used twice, at most 10 fail."""
    study = many_replications(4000)
    pairs = [(part(study, 20 * k, 10), part(study, 20 * k + 10, 10, seed=6)) for k in range(200)]
    assert sum(compare_studies(base, head).got_worse for base, head in pairs) <= 10
