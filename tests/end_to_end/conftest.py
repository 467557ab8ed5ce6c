"""A small scenario that runs in a second, and a way to call the command line in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim.cli import main

SMALL = """\
name: small
seed: 5
horizon: {start: 2026-01-05, weeks: 2, warm_up_weeks: 1, cool_down_weeks: 1}
plans:
  professional: {standard: {guaranteed_per_day: 20}}
customers:
  - group: shops
    count: 3
    plan: professional
    timezone: America/New_York
    demand: {orders_per_day: 2, images_per_order: {geometric: {mean: 8}}, expedite_share: 0.2}
plant:
  pools:
    - name: retouch
      timezone: UTC
      roster: [{days: Mon-Fri, from: "06:00", to: "22:00", editors: 2}]
  route:
    - {station: retouch, pool: retouch, minutes: {exponential: {mean: 6}}, rework: {share: 0.05, to: retouch}}
  review: {pool: retouch, minutes: {constant: 10}}
  rejection: {share: 0.1, delay_hours: {exponential: {mean: 10}}, to: retouch}
sweep:
  plans.professional.standard.guaranteed_per_day: [10, 30]
replications: 3
"""


@pytest.fixture(autouse=True)
def charts_where_they_matter(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Draw charts only for tests that are marked so: they take longer than a small study."""
    if not request.node.get_closest_marker("charts"):
        for name in ("write_charts", "write_pages"):
            monkeypatch.setattr(f"sim.report.write.{name}", lambda study, folder: [])


@pytest.fixture(autouse=True)
def no_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep no runs, but where a test names a store: every test makes its own."""
    monkeypatch.setenv("DGISIM_STORE", "none")


@dataclass
class Said:
    """What a call of the command line left."""

    code: int
    out: str
    err: str


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return the file of the small scenario."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def dgisim(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Return a function that calls the command line with arguments."""

    def call(*arguments: object) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Said(int(stop.value.code or 0), said.out, said.err)

    return call
