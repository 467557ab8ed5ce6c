"""Settings of all tests."""

from __future__ import annotations

from hypothesis import settings

# The machine may be slow: no test fails for the time that it takes.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
