"""Where the machine code of the loops is kept from one process to the next."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = ("compiled.py", "layout/*.py", "staff/*.py")


def folder() -> Path | None:
    """The folder for the machine code of these very sources; None where none can be written.

    A function is compiled together with those that it calls, of whose changes numba knows nothing:
    so every state of the sources has a folder of its own, and those of older states are removed.
    """
    name = f"loops-{_digest()}"
    for parent in _parents():
        found = parent / name
        try:
            if not found.is_dir():
                found.mkdir(parents=True, exist_ok=True)
                _tidy(parent, name)
            if os.access(found, os.W_OK):
                return found
        except OSError:
            continue
    return None


def _digest() -> str:
    files = sorted(file for pattern in SOURCES for file in HERE.glob(pattern))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _parents() -> list[Path]:
    """Where numba is told to keep things; beside the sources; where this user's caches are."""
    told = os.environ.get("NUMBA_CACHE_DIR")
    own = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    return [*([Path(told)] if told else []), HERE / "__pycache__", Path(own) / "kepu"]


def _tidy(parent: Path, name: str) -> None:
    for old in parent.glob("loops-*"):
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)
