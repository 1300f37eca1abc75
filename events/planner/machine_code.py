"""Where the machine code of the loops is kept from one process to the next."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = ("compiled.py", "bound/*.py", "layout/*.py", "moves/*.py", "staff/*.py")

WHOLE = "whole"
"""The file that says that all machine code is in its folder."""


def is_whole() -> bool:
    """Whether no loop needs to be compiled any more."""
    found = folder()
    return found is not None and (found / WHOLE).exists()


def is_ready() -> bool:
    """Whether loops can be called at once: all are compiled, or nobody compiles."""
    if is_whole():
        return True
    from events.planner import compiled  # noqa: PLC0415 - numba takes a second to load

    return not compiled.IS_COMPILED


def folder() -> Path | None:
    """The folder for the machine code of these very sources; None where none can be written.

    A function is compiled together with those that it calls, of whose changes numba knows nothing:
    so every state of the sources has a folder of its own, and those of older states are removed.
    Other places, Pythons and compilers have other folders.
    """
    own = f"loops-{_digest(str(HERE), str(sys.implementation.cache_tag), _compiler())}"
    name = f"{own}-{_digest(*(file.read_text('utf-8') for file in _sources()))}"
    for parent in _parents():
        found = parent / name
        try:
            if not found.is_dir():
                found.mkdir(parents=True, exist_ok=True)
                _tidy(parent, own, name)
            if os.access(found, os.W_OK):
                return found
        except OSError:
            continue
    return None


def _sources() -> list[Path]:
    return sorted(file for pattern in SOURCES for file in HERE.glob(pattern))


def _compiler() -> str:
    try:
        return version("numba")
    except PackageNotFoundError:
        return "none"


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


def _parents() -> list[Path]:
    """Where numba is told to keep things; beside the sources; where this user's caches are."""
    told = os.environ.get("NUMBA_CACHE_DIR")
    own = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    return [*([Path(told)] if told else []), HERE / "__pycache__", Path(own) / "kepu"]


def _tidy(parent: Path, own: str, name: str) -> None:
    for old in parent.glob(f"{own}-*"):
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)
