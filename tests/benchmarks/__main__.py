"""``make bench``: all benchmarks, one after the other."""

from tests.benchmarks import engine, promise

promise.main()
engine.main()
