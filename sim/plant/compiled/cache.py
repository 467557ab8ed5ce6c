"""Where compiled code is kept between runs of the program.

numba looks at the file of a kernel alone to see whether its compiled code is out of date. A kernel
here is made from several files and from constants of others (disciplines, clock, counts), so the
stamp is that of all of `sim`.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from numba.core.caching import (
    CompileResultCacheImpl,
    FunctionCache,
    InTreeCacheLocator,
    UserProvidedCacheLocator,
    UserWideCacheLocator,
)


@cache
def package_stamp() -> bytes:
    """Return the SHA-256 of all source files of `sim`."""
    total, root = hashlib.sha256(), Path(__file__).parents[2]
    for path in sorted(root.rglob("*.py")):
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return total.digest()


class _Stamped:
    """A place for compiled code that goes out of date with any file of the package."""

    def get_source_stamp(self) -> bytes:
        return package_stamp()


class _UserProvided(_Stamped, UserProvidedCacheLocator):
    """The folder that the environment names."""


class _InTree(_Stamped, InTreeCacheLocator):
    """Beside the package, where it may be written to."""


class _UserWide(_Stamped, UserWideCacheLocator):
    """The user's own folder for caches."""


class _Kept(CompileResultCacheImpl):
    _locator_classes = [_UserProvided, _InTree, _UserWide]  # noqa: RUF012 -- numba's own form


class PackageCache(FunctionCache):
    """numba's cache of a function's compiled code, stamped with the whole package."""

    _impl_class = _Kept
