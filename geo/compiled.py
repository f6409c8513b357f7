"""Compile array kernels with numba where it is installed, and say whether it is.

Kernels are plain functions of arrays. Their inputs are passed read-only (a memory-mapped array is
read-only, and numba would compile a second version for it inside a request); what they write to is
scratch or output. Without numba nothing here is called: :mod:`geo.reach` and
:mod:`geo.street_index` then use scipy and shapely.
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
    return function if numba is None else _compiled(function)


def inline(function: F) -> F:
    """Compile a small function that kernels call; the compiler may merge it into them."""
    return function if numba is None else _compiled(function)


def _compiled(function: F) -> F:
    try:
        kept: F = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # nowhere to keep it: neither beside the package nor in a home folder
        kept = numba.njit(nogil=True)(function)
    return kept


def plain(function: F) -> F:
    """Return the Python function behind a kernel, for a call too rare to be compiled for."""
    python: F = getattr(function, "py_func", function)
    return python


def _prefetch_signature(context: Any, array: Any, index: Any) -> tuple[Any, Any]:
    """Describe :func:`prefetch` to numba: its types, and the instruction it becomes."""
    ir = importlib.import_module("llvmlite.ir")

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, values[0]).data
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        place = builder.bitcast(builder.gep(data, [values[1]]), byte)
        code = builder.module.declare_intrinsic(
            "llvm.prefetch", [byte], ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        )
        # To be read; to be kept in every level of the cache; data, not instructions.
        builder.call(code, [place, *(ir.Constant(number, value) for value in (0, 3, 1))])
        return context.get_dummy_value()

    return numba.types.void(array, index), generate


def _no_prefetch(array: NDArray[Any], index: Any) -> None:
    """Do nothing: without compiled kernels nothing is fetched ahead."""


#: In a kernel: ask the processor to fetch ``array[index]`` into its cache, without waiting for it.
#: A hint only: the index is not checked, and a wrong one does no harm.
prefetch: Callable[[NDArray[Any], Any], None] = (
    _no_prefetch
    if numba is None
    else importlib.import_module("numba.extending").intrinsic(_prefetch_signature)
)


def readonly(array: Any, dtype: DTypeLike) -> NDArray[Any]:
    """Return a contiguous read-only plain array of that type; copies only when it must."""
    plain = np.ascontiguousarray(array, dtype=dtype).view(np.ndarray)
    if plain.flags.writeable:
        plain = plain.view()
        plain.flags.writeable = False
    return plain
