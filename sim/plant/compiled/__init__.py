"""The compiled engine: the same plant as the SimPy model, in flat arrays and loops that numba compiles."""
