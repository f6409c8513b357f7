"""Compile array kernels with numba where it is installed, and say whether it is.

Kernels are plain functions of arrays. Their inputs are passed read-only (a memory-mapped array is
read-only, and numba would compile a second version for it inside a request); what they write to is
scratch or output. Without numba nothing here is called: :mod:`geo.reach` and :mod:`geo.links` then
use scipy and shapely.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

try:
    numba: Any = importlib.import_module("numba")
except ImportError:  # the slower path is complete, see the module docstring
    numba = None

#: Whether kernels run compiled.
COMPILED = numba is not None

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile a kernel at its first call and keep the machine code on disk."""
    if numba is None:
        return function
    compiled: F = numba.njit(cache=True, nogil=True)(function)
    return compiled


def inline(function: F) -> F:
    """Compile a small function that kernels call; the compiler may merge it into them."""
    if numba is None:
        return function
    small: F = numba.njit(cache=True, nogil=True)(function)
    return small


def plain(function: F) -> F:
    """Return the Python function behind a kernel, for a call too rare to be compiled for."""
    python: F = getattr(function, "py_func", function)
    return python


def readonly(array: Any, dtype: DTypeLike) -> NDArray[Any]:
    """Return a contiguous read-only plain array of that type; copies only when it must."""
    plain = np.ascontiguousarray(array, dtype=dtype).view(np.ndarray)
    if plain.flags.writeable:
        plain = plain.view()
        plain.flags.writeable = False
    return plain
