"""Half-open spans [start, end) of moments or wall times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A half-open span: `start` belongs to it, `end` does not. Both aware, or both naive."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse a span that ends before it starts."""
        if self.end < self.start:
            msg = f"interval ends {self.end} before it starts {self.start}"
            raise ValueError(msg)

    def overlaps(self, other: Interval) -> bool:
        """Whether the two share a moment; spans that only touch do not."""
        return self.start < other.end and other.start < self.end
