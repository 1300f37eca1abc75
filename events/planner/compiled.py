"""The inner loops' compiler: numba where it is installed, plain Python where it is not.

`compiled` marks a function over numbers and numpy arrays. Without numba, or with
KEPU_WITHOUT_NUMBA=1 in the environment, the same function runs as it stands, slower. Import the
modules that use it only when a problem is to be solved: numba takes a second to load.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])


def _engine() -> Any:
    """The module numba, or None."""
    if os.environ.get("KEPU_WITHOUT_NUMBA") == "1":
        return None
    try:
        return importlib.import_module("numba")
    except ImportError:
        return None


_numba = _engine()

IS_COMPILED = _numba is not None
"""Whether marked functions run as machine code."""


def compiled(function: Function) -> Function:
    """The function as machine code, kept on disk, free of the interpreter's lock while it runs."""
    return _made(function)


def compiled_in_place(function: Function) -> Function:
    """The same for a function that makes no array.

    Nobody then counts the references to its arguments, which is half of what a small function
    costs, and makes threads that share an array wait for one another.
    """
    return _made(function, _nrt=False)


def inlined(function: Function) -> Function:
    """The same for a small function, as a part of those that call it."""
    return _made(function, _nrt=False, forceinline=True)


def _made(function: Function, **options: bool) -> Function:
    if _numba is None:
        return function
    fast = _numba.njit(nogil=True, **options)(function)
    with suppress(RuntimeError):  # where no folder can be written, each process compiles anew
        fast.enable_caching()
    return cast("Function", fast)
