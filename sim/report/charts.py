"""All charts of a study, each a function from stored results to a figure.

>>> import sim
>>> from sim.report.charts import CHARTS
>>> study = sim.load("scenarios/professional.yaml", changes=("replications=2",)).run(verify=False)
>>> figure = CHARTS["weekend_backlog"](study, point=0)

Users write ``study.chart.weekend_backlog(point=0)``.
"""

from __future__ import annotations

# A chart is registered where its module is imported: this is the order of the page.
# isort: off
from sim.report.factor_charts import on_time_by_dgi, overflow_by_dgi
from sim.report.week_charts import due_by_weekday, weekend_backlog
from sim.report.utilisation_chart import utilisation_by_hour
from sim.report.lateness_chart import lateness
from sim.report.causes_chart import late_causes
from sim.report.style import CHARTS
# isort: on

__all__ = [
    "CHARTS",
    "due_by_weekday",
    "late_causes",
    "lateness",
    "on_time_by_dgi",
    "overflow_by_dgi",
    "utilisation_by_hour",
    "weekend_backlog",
]
