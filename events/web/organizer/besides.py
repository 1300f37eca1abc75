"""What else stands in calendars on a campaign's days: on its calendar, in its list, as hints."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from events.access.language import current as language
from events.campaigns.models import Campaign
from events.foreign import queries, words
from events.foreign.models import ForeignEntry
from events.kernel import clock
from events.schedule.rules import Slot

MOST_HINTS = 5
DAY = timedelta(days=1)


def on_calendar(
    campaign: Campaign, start: datetime | None, end: datetime | None
) -> list[dict[str, object]]:
    """For FullCalendar, with the calendar's name; whole days as such."""
    return [
        {
            "title": f"{each.title or each.calendar.name} · {each.calendar.name}",
            "allDay": each.is_all_day,
            "classNames": ["occ-beside"],
            **_bounds(each, campaign.tz),
        }
        for each in queries.beside(campaign, start=start, end=end)
    ]


def by_day(campaign: Campaign, wanted: Iterable[date]) -> dict[date, list[ForeignEntry]]:
    """What stands on each of the wanted days; days without anything are left out."""
    days = sorted(wanted)
    if not days:
        return {}
    start, end = (
        clock.to_utc(datetime.combine(on, datetime.min.time()), campaign.tz)
        for on in (days[0] - DAY, days[-1] + 2 * DAY)
    )
    result: dict[date, list[ForeignEntry]] = {}
    for each in queries.beside(campaign, start=start, end=end):
        first, last = _days(each, campaign.tz)
        for on in days:
            if first <= on <= last:
                result.setdefault(on, []).append(each)
    return result


def hints(campaign: Campaign, slots: Iterable[Slot]) -> list[str]:
    """What stands on the days of some sessions, each said once: when, what, whose calendar."""
    days = {clock.to_local(slot.starts_at, campaign.tz).date() for slot in slots}
    found = {each.id: each for group in by_day(campaign, days).values() for each in group}
    return [
        f"{words.when(each, language())} {each.title} ({each.calendar.name})"
        for each in list(found.values())[:MOST_HINTS]
    ]


def _bounds(entry: ForeignEntry, tz: str) -> dict[str, object]:
    if entry.is_all_day:
        first, last = _days(entry, tz)
        return {"start": first.isoformat(), "end": (last + DAY).isoformat()}
    starts, ends = (clock.to_local(at, tz) for at in (entry.starts_at, entry.ends_at))
    return {"start": starts.isoformat(), "end": ends.isoformat()}


def _days(entry: ForeignEntry, tz: str) -> tuple[date, date]:
    """Its first and last day; whole days are those of its own calendar."""
    zone = entry.calendar.tz if entry.is_all_day else tz
    first = clock.to_local(entry.starts_at, zone)
    last = max(first, clock.to_local(entry.ends_at, zone) - timedelta(microseconds=1))
    return first.date(), last.date()
