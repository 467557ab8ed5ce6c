"""Runs: batches, executor, store, stopping rules, and the check of the engines."""
