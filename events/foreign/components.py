"""Content lines into the components that matter: calendars, their zones, their events.

Only depth is counted of what does not matter, so that alarms, to-dos and attachments cost little.
A missing END is put where it belongs; nothing here raises for what is inside an event.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from events.foreign.lines import Line
from events.foreign.problems import Unusable

MOST_EVENTS = 20_000
MOST_ZONES = 1_000
DEEPEST = 50
EVENT_NAMES = frozenset(
    {
        "UID", "SUMMARY", "STATUS", "SEQUENCE", "TRANSP", "LOCATION", "DTSTART", "DTEND",
        "DURATION", "RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID",
    }
)  # fmt: skip
ZONE_NAMES = frozenset({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"})
IDS = frozenset({"TZID", "X-LIC-LOCATION"})
CALENDAR_NAMES = frozenset({"CALSCALE", "NAME", "TIMEZONE-ID", "X-WR-CALNAME", "X-WR-TIMEZONE"})


@dataclass(slots=True)
class Component:
    """A VEVENT, VTIMEZONE, STANDARD or DAYLIGHT: its lines by name, in the file's order.

    is_broken: it holds a line that is no content line; is_open: its END is missing.
    """

    kind: str
    line: int
    lines: dict[str, list[Line]] = field(default_factory=dict)
    parts: list[Component] = field(default_factory=list)
    is_broken: bool = False
    is_open: bool = True

    def first(self, name: str) -> Line | None:
        """The first line of that name, or None."""
        found = self.lines.get(name)
        return found[0] if found else None

    def add(self, line: Line) -> None:
        """Keep a line."""
        self.lines.setdefault(line.name, []).append(line)


@dataclass(slots=True)
class Calendar:
    """One VCALENDAR: its own lines, zones and events."""

    lines: dict[str, list[Line]] = field(default_factory=dict)
    zones: list[Component] = field(default_factory=list)
    events: list[Component] = field(default_factory=list)

    def value(self, name: str) -> str:
        """The value of the calendar's first line of that name, or an empty text."""
        found = self.lines.get(name)
        return found[0].value.strip() if found else ""


KEPT = {
    "VEVENT": EVENT_NAMES,
    "VTIMEZONE": IDS,
    "STANDARD": ZONE_NAMES,
    "DAYLIGHT": ZONE_NAMES,
}


def calendars(lines: Iterable[Line | None]) -> list[Calendar]:
    """The calendars of a file.

    Raises Unusable("not_a_calendar" | "calendar_too_deep" | "calendar_too_many_events" |
    "calendar_too_many_zones").
    """
    tree = _Tree()
    for line in lines:
        tree.take(line)
    if not tree.calendars:
        raise Unusable("not_a_calendar")
    return tree.calendars


class _Tree:
    """Where the reader is: the names that are open, and the components that are filled."""

    def __init__(self) -> None:
        self.calendars: list[Calendar] = []
        self.open: list[tuple[str, Component | None]] = []
        self.events = self.zones = 0

    def take(self, line: Line | None) -> None:
        """The next line of the file."""
        if line is None:
            if self.open and self.open[-1][1] is not None:
                self.open[-1][1].is_broken = True
        elif line.name == "BEGIN":
            self._begin(line.number, line.value.strip().upper())
        elif line.name == "END":
            self._end(line.value.strip().upper())
        elif self.open:
            self._keep(line)

    def _begin(self, number: int, kind: str) -> None:
        if kind == "VCALENDAR":
            self.open = [(kind, None)]
            self.calendars.append(Calendar())
            return
        if not self.calendars:
            if kind not in {"VEVENT", "VTIMEZONE"}:
                return
            self.calendars.append(Calendar())  # events without the calendar around them
        if kind in {"VEVENT", "VTIMEZONE", "VTODO", "VJOURNAL", "VFREEBUSY"}:
            # these hold none of each other: an END is missing
            self.open = [one for one in self.open[:1] if one[0] == "VCALENDAR"]
        if len(self.open) >= DEEPEST:
            raise Unusable("calendar_too_deep", most=DEEPEST)
        self.open.append((kind, self._made(number, kind)))

    def _made(self, number: int, kind: str) -> Component | None:
        above = self.open[-1][1] if self.open else None
        if kind == "VEVENT":
            self.events += 1
            if self.events >= MOST_EVENTS:
                raise Unusable("calendar_too_many_events", most=MOST_EVENTS)
            made = Component(kind, number)
            self.calendars[-1].events.append(made)
            return made
        if kind == "VTIMEZONE" or (kind in KEPT and above and above.kind == "VTIMEZONE"):
            self.zones += 1
            if self.zones > MOST_ZONES:
                raise Unusable("calendar_too_many_zones", most=MOST_ZONES)
            made = Component(kind, number)
            (above.parts if above else self.calendars[-1].zones).append(made)
            return made
        return None

    def _end(self, kind: str) -> None:
        names = [name for name, _ in self.open]
        if kind not in names:
            return
        at = len(names) - 1 - names[::-1].index(kind)
        ended = self.open[at][1]
        if ended is not None:
            ended.is_open = False
        del self.open[at:]

    def _keep(self, line: Line) -> None:
        kind, component = self.open[-1]
        if component is not None:
            if line.name in KEPT[kind]:
                component.add(line)
        elif kind == "VCALENDAR" and line.name in CALENDAR_NAMES:
            self.calendars[-1].lines.setdefault(line.name, []).append(line)
