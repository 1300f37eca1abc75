"""read(): a foreign calendar's bytes into what takes place in a span of days, and what is wrong.

Pure: no database, no network, no clock. Good events are kept and bad ones named; only a file that
is no calendar, or that no calendar program would write, is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TypeVar

from events.foreign.components import Calendar, calendars
from events.foreign.events import Event, Reader
from events.foreign.lines import content_lines
from events.foreign.problems import Problem, Unreadable, Unusable, shown
from events.foreign.series import Occurrence, Series, Window
from events.foreign.zones import Zones, named

MOST = 100_000
LOOKS = 500
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was read.

    occurrences: by start, then UID; problems: by line; events: how many VEVENTs were kept, also
    those that take place outside of the window; name: what the calendar calls itself.
    """

    occurrences: list[Occurrence]
    problems: list[Problem]
    events: int
    name: str

    @property
    def refused(self) -> int:
        """How many events were left out."""
        return len({one.line for one in self.problems if not one.is_kept})


def read(
    content: bytes,
    *,
    after: date,
    before: date,
    tz: tzinfo,
    is_late: Callable[[], bool] = lambda: False,
) -> Reading:
    """The calendar in `content`, on the days from `after` until `before` (exclusive) of `tz`.

    An event belongs to the window when it overlaps it. tz: also the zone of times that name none,
    unless the calendar says its own (X-WR-TIMEZONE); is_late: asked now and then, whether the
    caller's patience has ended. Raises Unusable when the calendar is refused whole.
    """
    window = Window(after, before, tz)
    events: list[Event] = []
    problems: list[Problem] = []
    name = ""
    watch = _Watch(is_late)
    for calendar in calendars(watch.over(content_lines(content))):
        name = name or calendar.value("X-WR-CALNAME") or calendar.value("NAME")
        kept, noted = _events(calendar, window, watch)
        events += kept
        problems += noted
    series, noted = _grouped(events)
    found, unfollowed = _unfold(series, window, watch)
    problems += noted + unfollowed
    lost = {one.line for one in problems if not one.is_kept}
    return Reading(
        occurrences=sorted(found, key=lambda one: (one.span(tz)[0], one.uid, one.key)),
        problems=sorted(problems, key=lambda one: one.line),
        events=sum(event.line not in lost for event in events),
        name=shown(name),
    )


class _Watch:
    """Looks at the clock of who asked, now and then."""

    def __init__(self, is_late: Callable[[], bool]) -> None:
        self._is_late = is_late

    def look(self) -> None:
        """Raise Unusable("calendar_takes_too_long") when it is late."""
        if self._is_late():
            raise Unusable("calendar_takes_too_long")

    def over(self, things: Iterable[T]) -> Iterator[T]:
        """The same things, with a look every LOOKS of them."""
        for number, thing in enumerate(things):
            if number % LOOKS == 0:
                self.look()
            yield thing


def _events(calendar: Calendar, window: Window, watch: _Watch) -> tuple[list[Event], list[Problem]]:
    own = named(calendar.value("X-WR-TIMEZONE") or calendar.value("TIMEZONE-ID"))
    until = datetime.combine(window.before, time())
    zones = Zones(calendar, until=until if until.year >= 9990 else until + timedelta(days=800))
    reader = Reader(zones, floating=own or window.zone, is_zone_given=own is not None)
    scale = calendar.value("CALSCALE").upper()
    found = []
    for component in watch.over(calendar.events):
        if scale not in {"", "GREGORIAN"}:
            reader.refuse(component, "other_calendar", scale=shown(scale))
        elif event := reader.read(component):
            found.append(event)
    return found, reader.problems


def _grouped(events: Iterable[Event]) -> tuple[list[Series], list[Problem]]:
    """Events by UID: of several masters, or several overrides of one instance, the newest."""
    masters: dict[str, Event] = {}
    overrides: dict[str, dict[datetime, Event]] = {}
    problems = []
    for event in events:
        if event.slot is not None:
            slots = overrides.setdefault(event.uid, {})
            at = event.slot.at.instant(event.zone)
            if at not in slots or slots[at].sequence < event.sequence:
                slots[at] = event
            continue
        known = masters.setdefault(event.uid, event)
        if known is event:
            continue
        if known.sequence < event.sequence:
            masters[event.uid] = event
        elif known.sequence == event.sequence and _said(known) != _said(event):
            problems.append(_problem(event, "uid_repeated"))
    uids = dict.fromkeys([*masters, *overrides])
    found = [Series(masters.get(uid), list(overrides.get(uid, {}).values())) for uid in uids]
    return found, problems


def _said(event: Event) -> tuple[object, ...]:
    return event.wall, event.length, event.summary, event.rules


def _unfold(
    series: list[Series], window: Window, watch: _Watch
) -> tuple[list[Occurrence], list[Problem]]:
    found: list[Occurrence] = []
    problems: list[Problem] = []
    for each in series:
        watch.look()
        try:
            found += _few(each, window, watch)
        except Unreadable as fault:
            assert each.master is not None
            problems.append(_problem(each.master, fault.code, **fault.facts))
            found += _few(Series(None, each.overrides), window, watch)
        if len(found) > MOST:
            raise Unusable("calendar_too_many_times", most=MOST)
    return found, problems


def _few(series: Series, window: Window, watch: _Watch) -> list[Occurrence]:
    return list(watch.over(series.between(window)))


def _problem(event: Event, code: str, **facts: object) -> Problem:
    return Problem(
        code=code,
        line=event.line,
        uid=shown(event.uid),
        summary=shown(event.summary),
        facts=facts,
    )
