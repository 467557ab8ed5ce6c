"""Runs of a study: batches, the executor, the store, stopping rules, and the check of the engines."""
