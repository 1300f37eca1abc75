"""Run by itself: the sessions of the calendars named on stdin, as libical expands them.

libical is the engine of Evolution and of GNOME's calendar. It expands a component with its zone and
its EXDATEs; that an instance is told by a component of its own (RECURRENCE-ID) is for its caller to
see, here as there.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

lib = ctypes.CDLL(ctypes.util.find_library("ical"))
first, last = (int(datetime.fromisoformat(word).timestamp()) for word in sys.argv[1:3])


class Time(ctypes.Structure):
    """What libical calls icaltimetype."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    )


class Span(ctypes.Structure):
    """What libical calls icaltime_span."""

    _fields_ = (("start", ctypes.c_long), ("end", ctypes.c_long), ("is_busy", ctypes.c_int))


Found = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(Span), ctypes.c_void_p)
for name, result, *arguments in (
    ("icalparser_parse_string", ctypes.c_void_p, ctypes.c_char_p),
    ("icalcomponent_string_to_kind", ctypes.c_int, ctypes.c_char_p),
    ("icalcomponent_count_errors", ctypes.c_int, ctypes.c_void_p),
    ("icalcomponent_get_first_component", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int),
    ("icalcomponent_get_next_component", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int),
    ("icalcomponent_get_uid", ctypes.c_char_p, ctypes.c_void_p),
    ("icalcomponent_get_status", ctypes.c_int, ctypes.c_void_p),
    ("icalproperty_status_to_string", ctypes.c_char_p, ctypes.c_int),
    ("icalproperty_string_to_kind", ctypes.c_int, ctypes.c_char_p),
    ("icalcomponent_get_first_property", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int),
    ("icalproperty_get_datetime_with_component", Time, ctypes.c_void_p, ctypes.c_void_p),
    ("icaltime_as_timet_with_zone", ctypes.c_long, Time, ctypes.c_void_p),
    ("icaltime_from_timet_with_zone", Time, ctypes.c_long, ctypes.c_int, ctypes.c_void_p),
    ("icaltimezone_get_utc_timezone", ctypes.c_void_p),
    ("icalcomponent_foreach_recurrence", None, ctypes.c_void_p, Time, Time, Found, ctypes.c_void_p),
    ("icalcomponent_free", None, ctypes.c_void_p),
):
    function = getattr(lib, name)
    function.restype, function.argtypes = result, arguments

VEVENT = lib.icalcomponent_string_to_kind(b"VEVENT")
RECURRENCE_ID = lib.icalproperty_string_to_kind(b"RECURRENCE-ID")


def sessions(file: str) -> list[tuple[str, str, str]]:
    calendar = lib.icalparser_parse_string(Path(file).read_bytes())
    assert calendar, file
    assert lib.icalcomponent_count_errors(calendar) == 0, file
    told = {(uid(one), instance(one)) for one in events(calendar)}
    found = [
        (said(span[0]), said(span[1]), status(one))
        for one in events(calendar)
        for span in spans(one)
        if instance(one) is not None or (uid(one), span[0]) not in told
    ]
    lib.icalcomponent_free(calendar)
    return sorted(found)


def events(calendar: int) -> Iterator[int]:
    one = lib.icalcomponent_get_first_component(calendar, VEVENT)
    while one:
        yield one
        one = lib.icalcomponent_get_next_component(calendar, VEVENT)


def spans(event: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []

    def take(_event: int, span: ctypes._Pointer[Span], _more: None) -> None:
        found.append((span.contents.start, span.contents.end))

    utc = lib.icaltimezone_get_utc_timezone()
    window = (lib.icaltime_from_timet_with_zone(at, 0, utc) for at in (first, last))
    lib.icalcomponent_foreach_recurrence(event, *window, Found(take), None)
    return [(start, end) for start, end in found if end > first and start < last]


def instance(event: int) -> int | None:
    line = lib.icalcomponent_get_first_property(event, RECURRENCE_ID)
    if not line:
        return None
    at = lib.icalproperty_get_datetime_with_component(line, event)
    return int(lib.icaltime_as_timet_with_zone(at, at.zone))


def uid(event: int) -> bytes:
    return bytes(lib.icalcomponent_get_uid(event))


def status(event: int) -> str:
    word = lib.icalproperty_status_to_string(lib.icalcomponent_get_status(event))
    return str(word, "ascii")


def said(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%MZ}"


print(json.dumps({file: sessions(file) for file in json.load(sys.stdin)}))
