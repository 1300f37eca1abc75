"""Mail as .eml files: a real transport for an installation without a mail server, and the demo.

A file is named by its Message-ID, so that handing over twice leaves one file.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Self

from events.notices.transports.faults import Unreachable

_UNSAFE = re.compile(r"[^A-Za-z0-9.@_-]")


class Folder:
    """Writes into `path`, made when missing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def send(self, message: EmailMessage, to: str, mark: Callable[[], bool]) -> bool:  # noqa: ARG002
        """Write one file, whole or not at all. Raises Unreachable when the folder is no use."""
        try:
            self._path.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise Unreachable(str(fault)) from fault
        if not mark():
            return False
        name = _UNSAFE.sub("_", str(message["Message-ID"]).strip("<>"))
        try:
            _write(self._path / f"{name}.eml", message.as_bytes())
        except OSError as fault:
            raise Unreachable(str(fault)) from fault
        return True


def _write(file: Path, octets: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as part:
            part.write(octets)
            part.flush()
            os.fsync(part.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
