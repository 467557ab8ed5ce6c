"""The counter: from what a run was given and its log to its counts, for either engine."""
