"""Bytes that were rendered already, kept in this process up to a limit; a burst renders once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class BytesCache:
    """Least recently used bytes go first. Safe for many threads."""

    def __init__(self, *, most_bytes: int) -> None:
        """most_bytes: what all values together may hold; one larger than that is never kept."""
        self._most = most_bytes
        self._size = 0
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._making: dict[Hashable, Lock] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The bytes of `key`; whoever comes first makes them, the others wait.

        What `make` raises is raised; the next one tries again.
        """
        kept = self.find(key)
        if kept is not None:
            return kept
        with self._lock:
            making = self._making.setdefault(key, Lock())
        with making:
            kept = self.find(key)
            if kept is not None:
                return kept
            try:
                made = make()
                self._keep(key, made)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return made

    def find(self, key: Hashable) -> bytes | None:
        """The bytes of `key`, when they are kept."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def _keep(self, key: Hashable, made: bytes) -> None:
        with self._lock:
            self._size += len(made) - len(self._kept.pop(key, b""))
            self._kept[key] = made
            while self._size > self._most:
                _, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped)
