"""The observances of some years as a calendar of all-day entries (RFC 5545). Pure.

Explicit days and no rule: no calendar program knows the lunar year as the notices do. Nothing
asks a clock, so an equal state gives equal bytes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from events import observances
from events.kernel.calendar import PRODID, escape, fold, utc
from events.kernel.texts import say
from events.observances import Announcement, Announcements, Dated, Status
from events.observances.dataset import compiled

COLOR = "goldenrod"


def calendar_bytes(
    years: range, announced: Announcements, *, language: str, url: str, source: str
) -> bytes:
    """A whole VCALENDAR. url: the year's page without its number; source: the feed's address."""
    name = escape(say(language, "Observances of science popularization"))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODID}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{name}",
        f"X-WR-CALNAME:{name}",
        f"SOURCE;VALUE=URI:{source}",
        f"LAST-MODIFIED:{utc(changed_at(announced))}",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        "X-PUBLISHED-TTL:P1D",
        f"COLOR:{COLOR}",
    ]
    for year in years:
        for dated in observances.year(year, announced):
            lines += _entry(dated, announced, language, url)
    lines.append("END:VCALENDAR\r\n")
    return "\r\n".join(map(fold, lines)).encode()


def changed_at(announced: Announcements) -> datetime:
    """When anything that the calendar says was last changed."""
    return max([_compiled(), *(one.changed_at for one in announced.values())])


def _entry(dated: Dated, announced: Announcements, language: str, url: str) -> list[str]:
    entered = _entered(dated, announced)
    changed = utc(entered.changed_at if entered else _compiled())
    one, last = dated.observance, dated.end or dated.start
    name = one.name_zh if language == "zh" else one.name_en
    is_firm = dated.status is Status.CONFIRMED
    if not is_firm:
        name = say(language, "[Provisional] %(name)s", name=name)
    return [
        "BEGIN:VEVENT",
        f"UID:observance-{one.id}-{dated.year}@kepu",
        f"DTSTAMP:{changed}",
        f"LAST-MODIFIED:{changed}",
        f"SEQUENCE:{entered.sequence if entered else 0}",
        f"STATUS:{'CONFIRMED' if is_firm else 'TENTATIVE'}",
        f"DTSTART;VALUE=DATE:{_day(dated.start)}",
        f"DTEND;VALUE=DATE:{_day(last + timedelta(days=1))}",
        f"SUMMARY:{escape(name)}",
        f"DESCRIPTION:{escape(_description(dated, language))}",
        f"URL:{url}{dated.year}#{one.id}",
        f"CATEGORIES:{escape(say(language, 'Observance'))}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _description(dated: Dated, language: str) -> str:
    """What is not said elsewhere: the other language's name, who organizes, how firm it is."""
    one = dated.observance
    told = [one.name_en if language == "zh" else one.name_zh]
    if one.organisers:
        told.append("、".join(one.organisers))
    if dated.status is not Status.CONFIRMED:
        told.append(say(language, "By custom; this year's notice is still to come."))
    return "\n".join(told)


def _entered(dated: Dated, announced: Announcements) -> Announcement | None:
    """What somebody entered of it, or of what it is counted from."""
    base = dated.observance.derived_from
    own = announced.get((dated.observance.id, dated.year))
    return own or (announced.get((base.id, dated.year)) if base else None)


def _compiled() -> datetime:
    return datetime.combine(compiled(), datetime.min.time(), UTC)


def _day(on: date) -> str:
    return f"{on.year:04d}{on.month:02d}{on.day:02d}"
