"""The production system: the SimPy model, rosters, routes, quotes."""
