"""Series into occurrences: rules, extra and left-out dates, and overrides."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property

from events.foreign.events import Event
from events.foreign.expansion import SECOND, starts
from events.foreign.moments import EARLIEST, LATEST, Moment, instant, within

SLACK = timedelta(days=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Occurrence:
    """One time that a foreign event takes place.

    starts, ends: dates (end exclusive) when it is all day, else aware; key: which instance of its
    series it is ("" for a single event), the same at every reading.
    """

    uid: str
    key: str
    starts: date
    ends: date
    is_all_day: bool
    status: str
    summary: str
    location: str
    sequence: int
    is_transparent: bool

    def span(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """From when to when, in UTC; days are those of `zone`."""
        if not self.is_all_day:
            return instant(self.starts), instant(self.ends)  # type: ignore[arg-type]
        ends = (datetime.combine(day, time(), zone) for day in (self.starts, self.ends))
        first, last = (instant(each) for each in ends)
        return first, last


@dataclass(frozen=True)
class Window:
    """Whole days of a zone: [after, before)."""

    after: date
    before: date
    zone: tzinfo

    @cached_property
    def moments(self) -> tuple[datetime, datetime]:
        """The window in UTC."""
        first, last = (
            instant(datetime.combine(day, time(), self.zone)) for day in (self.after, self.before)
        )
        return first, last

    def walls(self) -> tuple[datetime, datetime]:
        """The window in wall time of any zone: roomy, as zones differ by less than SLACK."""
        since, until = (datetime.combine(day, time()) for day in (self.after, self.before))
        return max(since, EARLIEST) - SLACK, min(until, LATEST) + SLACK

    def holds(self, occurrence: Occurrence) -> bool:
        """Whether an occurrence overlaps the window; one without length, whether it is inside."""
        if occurrence.is_all_day:
            return occurrence.starts < self.before and occurrence.ends > self.after
        first, last = self.moments
        begins, ends = occurrence.span(self.zone)
        return begins < last and (ends > first or begins == ends >= first)


class Series:
    """All VEVENTs of one UID: the master that counts, and its overrides."""

    def __init__(self, master: Event | None, overrides: list[Event]) -> None:
        self.master = master
        self.overrides = overrides

    def between(self, window: Window) -> Iterator[Occurrence]:
        """Occurrences that overlap `window`, in no order.

        Raises Unreadable for a rule that cannot be followed.
        """
        if self.master is not None and not self.master.repeats and not self.overrides:
            yield from self._only(self.master, window)
            return
        excluded = _Excluded(self.master)
        replaced: set[datetime] = set()
        days: set[date] = set()
        obsolete = self._obsolete()
        for at, override in self._slots():
            replaced.add(at)
            if _is_of_a_day(override, self.master):
                days.add(override.slot.at.wall.date())  # type: ignore[union-attr]
            if at not in obsolete and not excluded.has_slot(at):
                found = _occurrence(override, override.wall, override.length, at)
                if window.holds(found):
                    yield found
        if self.master is not None:
            yield from self._instances(self.master, window, excluded, replaced, days)

    def _only(self, master: Event, window: Window) -> Iterator[Occurrence]:
        """A single event; EXDATE and EXRULE may still leave it out."""
        found = _occurrence(master, master.wall, master.length, None)
        if not window.holds(found):
            return
        if master.exdates or master.exrules:
            at = instant(master.start_of(master.wall))
            is_left = master.wall in starts(master, master.wall, within(master.wall, SECOND))
            if not is_left or _Excluded(master).has(master.wall, at):
                return
        yield found

    def _obsolete(self) -> set[datetime]:
        """Slots of overrides of an older series, which had instances where none are now."""
        master = self.master
        if master is None:
            return set()
        walls = {
            Moment(at.replace(tzinfo=None), UTC).wall_in(master.zone): at
            for at, override in self._slots()
            if override.repeats and override.sequence < master.sequence
        }
        if not walls:
            return set()
        there = starts(master, min(walls), within(max(walls), SECOND))
        return {at for wall, at in walls.items() if wall not in there}

    def _slots(self) -> list[tuple[datetime, Event]]:
        return [(_slot(override, self.master), override) for override in self.overrides]

    def _instances(
        self,
        master: Event,
        window: Window,
        excluded: _Excluded,
        replaced: set[datetime],
        days: set[date],
    ) -> Iterator[Occurrence]:
        onward = _Onward(master, self._slots())
        since, until = window.walls()
        since = within(since, -onward.longest - onward.latest)
        until = within(until, -onward.soonest)
        for wall in starts(master, since, until):
            at = instant(master.start_of(wall))
            if at in replaced or wall.date() in days or excluded.has(wall, at):
                continue
            found = _instance(master, wall, at, onward)
            if window.holds(found):
                yield found


class _Onward:
    """Overrides that change every later instance too (RANGE=THISANDFUTURE), and by how much."""

    def __init__(self, master: Event, slots: list[tuple[datetime, Event]]) -> None:
        changes = [pair for pair in slots if pair[1].slot and pair[1].slot.is_onward]
        changes.sort(key=lambda pair: pair[0])
        self._since = [at for at, _ in changes]
        self._changes = [(one, _shift(one, at, master)) for at, one in changes]
        shifts = [shift for _, shift in self._changes]
        lengths = [length for length in master.rdates.values() if length]
        self.latest = max([*shifts, timedelta(0)])
        self.soonest = min([*shifts, timedelta(0)])
        self.longest = max([master.length, *lengths, *(one.length for _, one in changes)])

    def get(self, at: datetime) -> tuple[Event, timedelta] | None:
        """What holds for the instance at that moment, and by how much it is moved."""
        number = bisect.bisect_left(self._since, at) - 1
        return self._changes[number] if number >= 0 else None


def _instance(master: Event, wall: datetime, at: datetime, onward: _Onward) -> Occurrence:
    """One instance of the master, as the latest change "from here on" has it."""
    said, by = onward.get(at) or (master, timedelta(0))
    length = master.rdates.get(wall) or said.length
    if said is master and not master.repeats:
        return _occurrence(master, wall, length, None)
    return _occurrence(said, within(wall, by), length, at, zone=master.zone, is_changed=True)


def _occurrence(
    said: Event,
    wall: datetime,
    length: timedelta,
    at: datetime | None,
    *,
    zone: tzinfo | None = None,
    is_changed: bool = False,
) -> Occurrence:
    begins: date
    ends: date
    if said.is_all_day:
        begins, ends = wall.date(), within(wall, length).date()
    else:
        begins = wall.replace(tzinfo=zone or said.zone)
        exact = None if is_changed else said.ends_at
        ends = exact or within(wall, length).replace(tzinfo=zone or said.zone)
        if instant(ends) < instant(begins):  # the clock was put forward in between
            ends = begins
    return Occurrence(
        uid=said.uid,
        key="" if at is None else f"{at:%Y%m%dT%H%M%SZ}",
        starts=begins,
        ends=ends,
        is_all_day=said.is_all_day,
        status=said.status,
        summary=said.summary,
        location=said.location,
        sequence=said.sequence,
        is_transparent=said.is_transparent,
    )


def _slot(override: Event, master: Event | None) -> datetime:
    """Which instance an override replaces, in UTC."""
    assert override.slot is not None
    at = override.slot.at
    zone = override.zone if master is None else master.zone
    if master is not None and master.is_all_day:
        return at.wall.replace(hour=0, minute=0, second=0, tzinfo=UTC)
    return at.instant(zone)


def _is_of_a_day(override: Event, master: Event | None) -> bool:
    """Whether the override names only the day of an instance that has a time."""
    assert override.slot is not None
    return override.slot.at.is_date and master is not None and not master.is_all_day


def _shift(override: Event, at: datetime, master: Event) -> timedelta:
    """By how much an override "from here on" moves what follows, in wall time of the master."""
    to = override.wall
    if not (override.is_all_day or master.is_all_day):
        to = Moment(override.wall, override.zone).wall_in(master.zone)
    return to - Moment(at.replace(tzinfo=None), UTC).wall_in(master.zone)


class _Excluded:
    """EXDATEs, in whatever form they stand: a date, wall time, or another zone."""

    def __init__(self, master: Event | None) -> None:
        self._is_all_day = master is not None and master.is_all_day
        self._days: set[date] = set()
        self._walls: set[datetime] = set()
        self._instants: set[datetime] = set()
        for each in master.exdates if master else ():
            if each.is_date or self._is_all_day:
                self._days.add(each.wall.date())
            elif each.zone is None or (master and master.is_floating and each.zone is UTC):
                self._walls.add(each.wall)  # whoever names no zone writes its Z carelessly
            else:
                self._instants.add(each.instant(each.zone))

    def has(self, wall: datetime, at: datetime) -> bool:
        """Whether the instance at that wall time, and moment, is left out."""
        return wall.date() in self._days or wall in self._walls or at in self._instants

    def has_slot(self, at: datetime) -> bool:
        """Whether the instance that an override replaces is left out by its very moment."""
        return at in self._instants or (self._is_all_day and at.date() in self._days)
