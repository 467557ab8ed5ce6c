"""Streams of random numbers, each keyed by (master seed, replication, name)."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np


def stream(seed: int, replication: int, name: str) -> np.random.Generator:
    """Return the stream of one random quantity of one replication.

    Two calls with the same key give the same numbers, whatever was drawn before or beside them:
    adding a quantity, a customer group or an editor shifts no other draw.

    Parameters
    ----------
    seed
        The master seed of the study.
    replication
        The replication's number, from 0.
    name
        What is drawn, for example ``us-fashion/service/retouch/0``.

    Notes
    -----
    Philox is a counter-based generator whose key is the stream: Salmon, Moraes, Dror and Shaw,
    "Parallel random numbers: as easy as 1, 2, 3", SC 2011. The key is a 128-bit hash of the three
    parts.
    """
    key = blake2b(f"{seed}/{replication}/{name}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))
