"""Statistics of replications: intervals, sequential bounds, and bounds of a mean."""
