"""Calendars have read feeds: remembered for whoever wonders whether a subscription works."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from events.feeds import services as feeds
from events.kernel.db import transaction


def note_reads(reads: Mapping[tuple[int, str], datetime]) -> None:
    """reads: the latest moment by feed and kind of reader. Nobody acts here and nothing changes."""
    with transaction():
        feeds.note_reads(reads)
