"""Scenarios: YAML files read, merged, changed and checked."""
