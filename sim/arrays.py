"""Names for the arrays that cross the borders of modules, one for each integer type."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
"""Instants and durations in seconds, counts of images, and numbers of rows."""

Shorts: TypeAlias = NDArray[np.int32]
"""Row numbers and seconds in the wide columns of a run, where half the memory counts."""

Codes: TypeAlias = NDArray[np.int8]
"""Places in a short list of words: a service, a commitment, a kind of work."""

Flags: TypeAlias = NDArray[np.bool_]
"""Yes or no, one a row."""

Floats: TypeAlias = NDArray[np.float64]
"""Shares, means and other real numbers."""
