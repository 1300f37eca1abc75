"""One VEVENT as plain values: what it says, when, and how it repeats."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from events.foreign.components import Component
from events.foreign.lines import Line
from events.foreign.moments import LONGEST, Moment, duration, moment, within
from events.foreign.problems import Problem, Unreadable, shown
from events.foreign.zones import Zones

MOST_DATES = 20_000
MOST_RULES = 5
MOST_OF_A_SUMMARY = 500
DAY = timedelta(days=1)
STATES = ("CONFIRMED", "TENTATIVE", "CANCELLED")


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """Which instance of its series an override replaces."""

    at: Moment
    is_onward: bool


@dataclass(kw_only=True, slots=True)
class Event:
    """One VEVENT. wall: naive start in `zone` (midnight for all-day); length: in wall time.

    ends_at: the exact end that the file gives, if it does; is_floating: the file names no zone,
    so that UTC forms of UNTIL mean wall time.
    """

    uid: str
    line: int
    summary: str
    location: str
    status: str
    sequence: int
    is_transparent: bool
    wall: datetime
    zone: tzinfo
    is_all_day: bool
    is_floating: bool
    length: timedelta
    ends_at: datetime | None = None
    rules: list[str] = field(default_factory=list)
    exrules: list[str] = field(default_factory=list)
    rdates: dict[datetime, timedelta | None] = field(default_factory=dict)
    exdates: list[Moment] = field(default_factory=list)
    slot: Slot | None = None

    @property
    def repeats(self) -> bool:
        """Whether it has more than its own start."""
        return bool(self.rules or self.rdates)

    def start_of(self, wall: datetime) -> datetime:
        """An instance's start, aware."""
        return wall.replace(tzinfo=self.zone)


class Reader:
    """Reads the VEVENTs of one calendar; what it notices stands in `problems` afterwards."""

    def __init__(self, zones: Zones, *, floating: tzinfo, is_zone_given: bool) -> None:
        """floating: the zone of times without one; is_zone_given: the calendar itself names it."""
        self._zones = zones
        self._floating = floating
        self._is_zone_given = is_zone_given
        self.problems: list[Problem] = []
        self._now = Problem(code="", line=0)

    def read(self, component: Component) -> Event | None:
        """The event, or None with a problem that says why it is left out."""
        self._now = _named(component)
        try:
            return self._event(component)
        except Unreadable as fault:
            self.note(fault.code, is_kept=False, **fault.facts)
        return None

    def refuse(self, component: Component, code: str, **facts: object) -> None:
        """Leave an event out unread."""
        self._now = _named(component)
        self.note(code, is_kept=False, **facts)

    def note(self, code: str, *, is_kept: bool = True, **facts: object) -> None:
        """Add a problem of the event that is being read."""
        now = self._now
        self.problems.append(
            Problem(
                code=code,
                line=now.line,
                uid=now.uid,
                summary=now.summary,
                is_kept=is_kept,
                facts=facts,
            )
        )

    def _event(self, component: Component) -> Event:
        begun = component.first("DTSTART")
        if begun is None:
            raise Unreadable("start_missing")
        start = self._moment(begun, "DTSTART")
        zone = UTC if start.is_date else start.zone or self._floating
        event = Event(
            uid=self._uid(component),
            line=component.line,
            summary=_text(component, "SUMMARY"),
            location=_text(component, "LOCATION"),
            status=_status(component),
            sequence=_sequence(component),
            is_transparent=_text(component, "TRANSP").strip().upper() == "TRANSPARENT",
            wall=start.wall,
            zone=zone,
            is_all_day=start.is_date,
            is_floating=start.zone is None and not self._is_zone_given,
            length=DAY if start.is_date else timedelta(0),
        )
        self._set_end(event, component)
        self._set_rules(event, component)
        self._set_slot(event, component)
        if component.is_broken:
            self.note("line_unreadable")
        if component.is_open:
            self.note("end_missing")
        return event

    def _uid(self, component: Component) -> str:
        """Its UID; without one, a word that stays the same as long as the event does."""
        line = component.first("UID")
        uid = line.text.replace("\x00", "") if line else ""
        if uid.strip():
            return uid[:MOST_OF_A_SUMMARY]
        self.note("uid_missing")
        said = "\n".join(
            f"{line.name}{line.rest}:{line.value}"
            for lines in component.lines.values()
            for line in lines
        )
        return f"no-uid-{hashlib.sha256(said.encode()).hexdigest()[:24]}"

    def _set_end(self, event: Event, component: Component) -> None:
        ended, lasts = component.first("DTEND"), component.first("DURATION")
        try:
            if ended is not None:
                self._set_dtend(event, self._moment(ended, "DTEND"))
            elif lasts is not None:
                self._set_length(event, duration(lasts.value))
        except Unreadable as fault:
            self.note("end_unreadable", value=fault.facts.get("value", ""))

    def _set_dtend(self, event: Event, end: Moment) -> None:
        if event.is_all_day and not end.is_date:
            event.is_all_day = False  # it says a time of day, if only of its end
            event.zone = end.zone or self._floating
        wall = end.wall_in(event.zone)
        event.ends_at = end.at(event.zone)
        self._set_length(event, wall - event.wall)

    def _set_length(self, event: Event, length: timedelta) -> None:
        if event.is_all_day and length % DAY:
            event.is_all_day = False
            event.zone = self._floating
        if length < timedelta(0):
            self.note("ends_before_start")
            event.wall, length, event.ends_at = within(event.wall, length), -length, None
        if length > LONGEST:
            raise Unreadable("lasts_too_long")
        event.length = max(length, DAY) if event.is_all_day else length

    def _set_rules(self, event: Event, component: Component) -> None:
        event.rules = _rules(component, "RRULE")
        event.exrules = _rules(component, "EXRULE")
        for line in component.lines.get("RDATE", ()):
            for value in _values(line):
                start, _, end = value.partition("/")
                self._add_rdate(event, line, start, end)
        for line in component.lines.get("EXDATE", ()):
            for value in _values(line):
                try:
                    event.exdates.append(self._moment_of(line, value.partition("/")[0]))
                except Unreadable:
                    self.note("date_unreadable", part="EXDATE", value=shown(value))
        if len(event.rdates) + len(event.exdates) > MOST_DATES:
            raise Unreadable("too_many_dates", most=MOST_DATES)

    def _add_rdate(self, event: Event, line: Line, start: str, end: str) -> None:
        try:
            first = self._moment_of(line, start)
            wall = first.wall_in(event.zone)
            if event.is_all_day:
                wall = wall.replace(hour=0, minute=0, second=0)
            length = None
            if end.strip().upper().startswith(("P", "+", "-")):
                length = duration(end)
            elif end:
                length = self._moment_of(line, end).wall_in(event.zone) - wall
            event.rdates[wall] = None if length is None else max(length, timedelta(0))
        except Unreadable:
            self.note("date_unreadable", part="RDATE", value=shown(start))

    def _set_slot(self, event: Event, component: Component) -> None:
        line = component.first("RECURRENCE-ID")
        if line is None:
            return
        try:
            at = self._moment(line, "RECURRENCE-ID")
        except Unreadable as fault:
            raise Unreadable("recurrence_id_unreadable", **fault.facts) from None
        is_onward = line.parameter("RANGE").upper() == "THISANDFUTURE"
        event.slot = Slot(at=at, is_onward=is_onward)

    def _moment(self, line: Line, part: str) -> Moment:
        try:
            return self._moment_of(line, line.value)
        except Unreadable as fault:
            if part == "DTSTART":
                raise Unreadable("start_unreadable", **fault.facts) from None
            raise

    def _moment_of(self, line: Line, value: str) -> Moment:
        tzid = line.parameter("TZID")
        if ":" in value:  # "TZID=(UTC+08:00) Beijing" without the quotation marks it needs
            head, _, value = value.rpartition(":")
            tzid = f"{line.rest}:{head}".partition("TZID=")[2]
        return moment(value, self._zone(line, tzid))

    def _zone(self, line: Line, tzid: str) -> tzinfo | None:
        if not tzid:
            if "TZID=" in line.rest.upper() and len(line.value.strip()) > len("20260101"):
                self._note_once("zone_blank")
            return None
        found = self._zones.get(tzid)
        if found is None:
            self._note_once("zone_unknown", zone=shown(tzid))
        return found

    def _note_once(self, code: str, **facts: str) -> None:
        last = self.problems[-1] if self.problems else None
        if last is None or (last.line, last.code) != (self._now.line, code):
            self.note(code, is_kept=True, **facts)


def _named(component: Component) -> Problem:
    uid, summary = component.first("UID"), component.first("SUMMARY")
    return Problem(
        code="",
        line=component.line,
        uid=shown(uid.text) if uid else "",
        summary=shown(summary.text) if summary else "",
    )


def _text(component: Component, name: str) -> str:
    line = component.first(name)
    return line.text.strip().replace("\x00", "")[:MOST_OF_A_SUMMARY] if line else ""


def _status(component: Component) -> str:
    status = _text(component, "STATUS").upper()
    status = "CANCELLED" if status == "CANCELED" else status
    return status if status in STATES else "CONFIRMED"


def _sequence(component: Component) -> int:
    digits = _text(component, "SEQUENCE")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0


def _rules(component: Component, name: str) -> list[str]:
    rules = [line.value.strip() for line in component.lines.get(name, ()) if line.value.strip()]
    if len(rules) > MOST_RULES:
        raise Unreadable("too_many_rules", most=MOST_RULES)
    return list(dict.fromkeys(rules))


def _values(line: Line) -> Iterator[str]:
    for value in line.value.split(",")[: MOST_DATES + 1]:
        if value.strip():
            yield value.strip()
