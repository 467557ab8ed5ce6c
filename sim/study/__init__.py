"""Replications, sweeps and intervals: from a scenario to results."""
