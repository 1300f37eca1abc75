"""The inner loops' compiler: numba where it is installed, plain Python where it is not.

`compiled` marks a function over numbers and numpy arrays. Without numba, or with
KEPU_WITHOUT_NUMBA=1 in the environment, the same function runs as it stands, slower. Import the
modules that use it only when a problem is to be solved: numba takes a second to load.
"""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

import numpy as np

from events.planner import machine_code

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
_folder = machine_code.folder() if _numba is not None else None
if _numba is not None and _folder is not None:
    _numba.config.CACHE_DIR = str(_folder)

IS_COMPILED = _numba is not None
"""Whether marked functions run as machine code."""

unsaved: set[str] = set()
"""Functions whose machine code the disk refused."""


def compiled(function: Function) -> Function:
    """The function as machine code, kept on disk, free of the interpreter's lock while it runs."""
    return _kept(_made(function))


def compiled_in_place(function: Function) -> Function:
    """The same for a function that makes no array.

    Nobody then counts the references to its arguments, which is half of what a small function
    costs, makes threads that share an array wait for one another, and takes long to compile.
    """
    return _kept(_made(function, _nrt=False))


def inner(function: Function) -> Function:
    """The same for one that only compiled functions call: nothing is made to call it from here."""
    return _made(function, **INNER)


def inlined(function: Function) -> Function:
    """The same for a small one, as a part of the machine code of those that call it."""
    return _made(function, forceinline=True, **INNER)


def pasted(function: Function) -> Function:
    """The same for one with one caller, whose source it becomes a part of.

    What is compiled is compiled again with each that calls it; so this is the cheapest.
    """
    return _made(function, inline="always", **INNER)


INNER = {"_nrt": False, "no_cpython_wrapper": True}


def _made(function: Function, **options: bool | str) -> Function:
    if _numba is None:
        return function
    made = _numba.njit(nogil=True, no_cfunc_wrapper=True, **options)(function)
    return cast("Function", made)


def _kept(function: Function) -> Function:
    """Where no folder can be written, each process compiles anew."""
    if _numba is not None:
        made = cast("Any", function)
        with suppress(RuntimeError):
            made.enable_caching()
            cache = made._cache  # noqa: SLF001 - numba has no other way to it
            cache.load_overload = _forgiving(cache.load_overload, function.__name__)
            cache.save_overload = _forgiving(cache.save_overload, function.__name__)
    return function


def _forgiving(keep: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Reads or saves machine code; what the disk refuses is said, once, and left."""

    def kept(*told: object) -> Any:
        try:
            return keep(*told)
        except OSError as fault:
            if not unsaved:
                said = f"Machine code is not saved: {fault.strerror}"
                warnings.warn(said, RuntimeWarning, stacklevel=2)
            unsaved.add(name)

    return kept


@inlined
def whole(number: int) -> int:
    """The number as wide as all others: for each width, and each constant, code is made anew."""
    return int(np.int64(number))
