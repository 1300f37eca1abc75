"""Sessions as a calendar file to keep: a picture of now, unlike a feed."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response

from events.access import language
from events.kernel.calendar import Entry, calendar_bytes


def download(entries: Iterable[Entry], *, name: str) -> Response:
    """A .ics file of `entries`; calendars show it as `name`."""
    answer = Response(
        calendar_bytes(entries, name=name, language=language.current()),
        content_type="text/calendar; charset=utf-8",
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="kepu.ics"'
    return answer
