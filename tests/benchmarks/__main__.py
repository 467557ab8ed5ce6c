"""``make bench``: all benchmarks, one after the other."""

from tests.benchmarks import engine, engines, promise

promise.main()
engine.main()
engines.main()
