"""Many studies of a small plant from one.

Its replications are independent, so any grouping of them is a study.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sim
from sim.study.study import Study
from tests.end_to_end.conftest import SMALL

DGI = "plans.professional.standard.guaranteed_per_day"


@cache
def many_replications(n: int, changes: tuple[str, ...] = ()) -> Study:
    """Return the small scenario at one design point with many replications, on the compiled engine."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "small.yaml"
        path.write_text(SMALL, encoding="utf-8")
        scenario = sim.load(path, changes=("sweep={}", f"replications={n}", *changes))
        return scenario.run(workers=None, verify=False)


def part(study: Study, start: int, n: int, **manifest: Any) -> Study:
    """Return the study of some of the replications, numbered anew from 0."""
    rows = study.tables["replications"]
    own = rows[rows["replication"].between(start, start + n - 1)]
    return Study(
        {**study.manifest, "replications": list(range(n)), **manifest},
        {"replications": own.assign(replication=own["replication"] - start)},
    )
