"""Sessions that repeat, as a rule with its exceptions. Pure.

What the rule gives and the feed shows at its time is the rule's; what it gives and the feed does
not show is an EXDATE; a session at another time or with other words is an instance of its own
(RECURRENCE-ID). What clients read differently, or Outlook refuses, is written flat beside the rule:
extra dates, and instances that cross a neighbour or share its day. Never RDATE, never COUNT.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from events.feeds.shown import Rhythm, Shown
from events.kernel import calendar, clock, recurrence, zones
from events.kernel.calendar import Entry
from events.kernel.errors import Refused
from events.kernel.recurrence import Rule

MOST = 100_000
AHEAD = 8  # years for which the zone of a series without end must hold its rules

Pair = tuple[Shown, Entry]


@dataclass(frozen=True, kw_only=True)
class Written:
    """Entries, and the VTIMEZONE of each zone that they name."""

    entries: list[Entry]
    zones: dict[str, tuple[str, ...]]


class _Kept(NamedTuple):
    """One session that stays with its rule; is_in_line: at the time that the rule says."""

    shown: Shown
    entry: Entry
    is_in_line: bool


@dataclass(frozen=True, kw_only=True)
class _Arranged:
    """A series in its parts: what the rule or an instance of it says, and what is written flat.

    until: the last instance, None when it never ends.
    """

    rule: Rule
    kept: list[_Kept]
    exdates: list[datetime]
    apart: list[Entry]
    until: datetime | None


def written(
    pairs: Iterable[Pair], rhythms: Mapping[int, Rhythm], *, revision: int | None
) -> Written:
    """The entries of a feed: rules where they say it, else the entry of each session.

    revision: of a feed that picks the sessions that concern somebody: what is changed elsewhere
    in a series does not reach it, so it counts by itself. None when it shows series whole.
    """
    by_series: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_series[pair[0].series_id].append(pair)
    entries: list[Entry] = []
    ruled: list[tuple[Rhythm, _Arranged]] = []
    for series_id, mine in by_series.items():
        rhythm = rhythms.get(series_id)
        arranged = _arranged(rhythm, mine, is_whole=revision is None) if rhythm else None
        if rhythm is None or arranged is None:
            entries += [entry for _, entry in mine]
        else:
            ruled.append((rhythm, arranged))
    told = _Zones()
    for rhythm, arranged in sorted(ruled, key=_begins, reverse=True):
        if not told.take(rhythm, arranged):
            entries += [*(each.entry for each in arranged.kept), *arranged.apart]
            continue
        sequence = rhythm.sequence if revision is None else revision
        entries += _entries(rhythm, arranged, sequence)
    return Written(entries=entries, zones=told.lines)


def _begins(ruled: tuple[Rhythm, _Arranged]) -> tuple[datetime, str]:
    return ruled[0].starts_local, ruled[0].uid


class _Zones:
    """One definition a zone, right for all the years of the series that were taken."""

    def __init__(self) -> None:
        self.lines: dict[str, tuple[str, ...]] = {}
        self._years: dict[str, tuple[int, int]] = {}

    def take(self, rhythm: Rhythm, arranged: _Arranged) -> bool:
        """Whether the zone can be told for this series too; the latest ones are taken first."""
        first = arranged.kept[0].shown.slot_local.year
        last = max(each.entry.ends_at.year for each in arranged.kept) + (
            AHEAD if arranged.until is None else 0
        )
        known = self._years.get(rhythm.tz, (first, last))
        years = min(first, known[0]), max(last, known[1])
        lines = zones.definition(rhythm.tz, *years)
        if lines is None:
            return False
        self.lines[rhythm.tz], self._years[rhythm.tz] = lines, years
        return True


def _arranged(rhythm: Rhythm, mine: list[Pair], *, is_whole: bool) -> _Arranged | None:
    """The series in its parts; None when a rule would say it worse than its sessions do."""
    try:
        rule = Rule.parse(rhythm.rule)
        is_open = is_whole and not rule.is_bounded
        instances = recurrence.expand(
            rule, rhythm.starts_local, until=_horizon(rhythm, rule, mine), most=MOST
        )
    except Refused:
        return None
    kept, apart = _sorted_out(rhythm, instances, mine)
    if len(kept) < 2:
        return None
    slots = {each.shown.slot_local for each in kept}
    first, last = min(slots), max(slots)
    end = None if is_open else last
    exdates = [
        each
        for each in instances
        if each > first and (end is None or each < end) and each not in slots
    ]
    is_cut = first != instances[0] and rule.get("BYSETPOS") is not None
    if is_cut or len(exdates) > len(kept):
        return None
    return _Arranged(rule=rule, kept=kept, exdates=exdates, apart=apart, until=end)


def _horizon(rhythm: Rhythm, rule: Rule, mine: list[Pair]) -> datetime | None:
    """Up to where a rule without end has its sessions, exclusive."""
    if rule.is_bounded:
        return None
    last = max(shown.slot_local for shown, _ in mine) + timedelta(seconds=1)
    return rhythm.expanded_until_local or last


def _sorted_out(
    rhythm: Rhythm, instances: list[datetime], mine: list[Pair]
) -> tuple[list[_Kept], list[Entry]]:
    """What stays with the rule, by instance, and what is written apart."""
    by_slot = {pair[0].slot_local: pair for pair in mine}
    lasts = timedelta(minutes=rhythm.duration_min)
    kept: list[_Kept] = []
    before = date.min
    for number, instance in enumerate(instances):
        pair = by_slot.get(instance)
        if pair is None:
            continue
        shown, entry = pair
        starts_at = clock.to_utc(instance, rhythm.tz)
        first = last = instance.date()
        is_moved = entry.starts_at != starts_at
        if is_moved:
            first, last = (
                clock.to_local(at, rhythm.tz).date() for at in (entry.starts_at, entry.ends_at)
            )
            if not _is_between(instances, number, first, last):
                continue
        if first <= before:  # a neighbour that was moved has come too close
            continue
        is_in_line = not is_moved and entry.ends_at == starts_at + lasts
        kept.append(_Kept(shown, entry, is_in_line))
        before = last
    slots = {each.shown.slot_local for each in kept}
    return kept, [entry for shown, entry in mine if shown.slot_local not in slots]


def _is_between(instances: list[datetime], number: int, first: date, last: date) -> bool:
    """Whether days stay apart from those of the instances before and after."""
    after = instances[number - 1].date() if number else date.min
    until = instances[number + 1].date() if number + 1 < len(instances) else date.max
    return after < first <= last < until


def _entries(rhythm: Rhythm, arranged: _Arranged, sequence: int) -> list[Entry]:
    """The series, its instances that differ, and what is written apart."""
    faces = [each.entry.face for each in arranged.kept]
    usual = Counter(faces).most_common(1)[0][0]  # the earliest of those that are as frequent
    starts_at = clock.to_utc(arranged.kept[0].shown.slot_local, rhythm.tz)
    master = arranged.kept[faces.index(usual)].entry._replace(
        uid=calendar.series_uid(rhythm.uid),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=rhythm.duration_min),
        sequence=sequence,
        zone=rhythm.tz,
        rule=_rule(rhythm, arranged),
        exdates=tuple(arranged.exdates),
    )
    instances = [
        each.entry._replace(
            uid=master.uid,
            sequence=sequence,
            zone=rhythm.tz,
            recurrence_id=each.shown.slot_local,
        )
        for each, face in zip(arranged.kept, faces, strict=True)
        if face != usual or not each.is_in_line
    ]
    return [master, *instances, *arranged.apart]


def _rule(rhythm: Rhythm, arranged: _Arranged) -> str:
    """The rule with its end as UNTIL in UTC."""
    parts = [f"{n}={v}" for n, v in arranged.rule.parts if n not in {"COUNT", "UNTIL"}]
    if arranged.until is not None:
        parts.append(f"UNTIL={clock.to_utc(arranged.until, rhythm.tz):%Y%m%dT%H%M%SZ}")
    return ";".join(parts)
