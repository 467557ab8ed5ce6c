"""The ways in which this package compiles a function."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from sim.plant.compiled.cache import PackageCache

Function = TypeVar("Function", bound=Callable[..., object])
Whole: TypeAlias = Any
"""A whole number of a kernel, of 32 or 64 bits: the compiler tells them apart, a type checker of
Python cannot."""

_njit: Any = njit  # whose type knows nothing of _nrt


def kernel(function: Function) -> Function:
    """Compile a function on its first call, keep the code on disk, and let other threads run beside it.

    Parameters
    ----------
    function
        Of scalars and arrays, at module level. It makes no arrays and need not count who holds
        those it is given: counting takes 20 times as long as the work where many arrays are handed
        on at every step. No fastmath: its figures are those that Python would give.

    Returns
    -------
    callable
        With the same signature.
    """
    return cast("Function", _kept(_njit(nogil=True, _nrt=False)(function)))


def part(function: Function) -> Function:
    """Write a function out wherever a kernel calls it.

    A call with many arrays costs more than its body.
    """
    return cast("Function", _njit(nogil=True, _nrt=False, inline="always")(function))


def compiled_in(function: Callable[..., int]) -> Callable[..., int]:
    """Compile a small function of whole numbers that kernels call; the compiler writes it out."""
    return cast("Callable[..., int]", _njit(nogil=True, _nrt=False)(function))


@part
def natural(number: Whole) -> Whole:
    """Return a number that is not negative, in a way that tells the compiler.

    It need not count from an array's end.
    """
    return np.int64(np.uint32(number))


def _kept(dispatcher: Any) -> Any:
    """Let compiled code be kept, if there is a place for it."""
    with suppress(RuntimeError):  # numba's word for no folder that may be written to
        dispatcher._cache = PackageCache(dispatcher.py_func)  # type: ignore[no-untyped-call]
    return dispatcher


def _trailing_zeros(typing_context: Any, word: Any) -> Any:
    """Return the place of the lowest bit that is set in a word that has one.

    One instruction of the processor.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), codegen


trailing_zeros: Callable[[Whole], int] = cast("Any", intrinsic)(_trailing_zeros)
