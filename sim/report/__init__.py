"""Tables, charts and pages from stored results; no engine."""
