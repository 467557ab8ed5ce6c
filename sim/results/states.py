"""What became of deliveries, orders, tranches and reviews, as codes."""

from __future__ import annotations

import numpy as np

from sim.sla.words import REJECTION, SERVICES

HANDLED = SERVICES[: REJECTION + 1]
"""Services of a delivery."""

# The states of a delivery at the end of a run.
STATES = ("on_time", "late", "overdue", "pending", "done_unpromised", "unpromised")
ON_TIME, LATE, OVERDUE, PENDING, DONE_UNPROMISED, UNPROMISED = range(len(STATES))
DECIDED = (ON_TIME, LATE, OVERDUE)
DONE = (ON_TIME, LATE, DONE_UNPROMISED)

# The verdict on an order, a tranche or a review: its first two codes are those of a delivery.
VERDICTS = ("on_time", "late", "undecided")
UNDECIDED = 2

# What is counted by the calendar day, and by the hour of the week.
EVENTS_BY_DAY = ("submitted", "overflow", "rejected", "due", "late", "done")
EVENTS_BY_HOUR = ("submitted", "due", "done")

# Lateness in hours: what lies beyond the edges is counted in the outermost bins.
BIN_HOURS = 2
BINS_BEFORE = 36
LATENESS_EDGES = np.arange(-BINS_BEFORE, BINS_BEFORE + 1) * BIN_HOURS
N_BINS = 2 * BINS_BEFORE
