"""Ledger and measures: pure functions from rows to numbers."""
