"""Demand: who orders what and when, from synthetic models and from order files."""
