"""Days and times as people read them, in zh and en: one wording for pages, mails and calendars.

Takes wall time only (naive, already in the zone of the place) and asks no clock. A day always
carries its weekday; spans use an en dash; a time is 24-hour, so that 08:00 needs no AM.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

_WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def weekday(on: date, language: str) -> str:
    """The weekday: "周六", "Sat"."""
    name = _WEEKDAYS[language][on.weekday()]
    return f"周{name}" if language == "zh" else name


def month(on: date, language: str) -> str:
    """The month with its year: "2025年9月", "September 2025"."""
    if language == "zh":
        return f"{on.year}年{on.month}月"
    return f"{_MONTHS[on.month - 1]} {on.year}"


def day(on: date, language: str, *, year: bool = False) -> str:
    """One day with its weekday: "9月6日 周六", "Sat 6 Sep"; with the year when asked."""
    if language == "zh":
        return f"{_bare(on, language, year=year)} {weekday(on, language)}"
    return f"{weekday(on, language)} {_bare(on, language, year=year)}"


def days(first: date, last: date, language: str, *, year: bool = False) -> str:
    """Days `first` to `last`, both inclusive: "9月1日–30日", "1–30 Sep", "28 Sep – 5 Oct".

    Two different years are always said; a single day is said with its weekday.
    """
    if first == last:
        return day(first, language, year=year)
    if first.year != last.year:
        return f"{_bare(first, language, year=True)} – {_bare(last, language, year=True)}"
    if first.month != last.month:
        start = _bare(first, language, year=year and language == "zh")
        return f"{start} – {_bare(last, language, year=year and language == 'en')}"
    if language == "zh":
        return f"{_bare(first, language, year=year)}–{last.day}日"
    return f"{first.day}–{_bare(last, language, year=year)}"


def clock_time(at: time | datetime) -> str:
    """A time of day: "09:00"."""
    return f"{at.hour:02d}:{at.minute:02d}"


def moment(at_local: datetime, language: str, *, year: bool = False) -> str:
    """A moment: "9月6日 周六 09:00", "Sat 6 Sep 09:00"."""
    return f"{day(at_local.date(), language, year=year)} {clock_time(at_local)}"


def times(start_local: datetime, end_local: datetime) -> str:
    """The times of a span within one day: "09:00–12:00"; midnight as its end is "24:00"."""
    end = "24:00" if _ends_at_midnight(start_local, end_local) else clock_time(end_local)
    return f"{clock_time(start_local)}–{end}"


def span(start_local: datetime, end_local: datetime, language: str, *, year: bool = False) -> str:
    """A span: "9月6日 周六 09:00–12:00", "Sat 6 Sep 09:00–12:00".

    One that reaches into another day names both: "9月6日 周六 22:00 – 9月7日 周日 02:00".
    """
    is_one_day = start_local.date() == end_local.date()
    if is_one_day or _ends_at_midnight(start_local, end_local):
        return f"{day(start_local.date(), language, year=year)} {times(start_local, end_local)}"
    end = moment(end_local, language, year=start_local.year != end_local.year)
    return f"{moment(start_local, language, year=year)} – {end}"


def listed(words: list[str], language: str) -> str:
    """Words one after another: "讲座、展览", "talks, exhibits"."""
    return ("、" if language == "zh" else ", ").join(words)


def _bare(on: date, language: str, *, year: bool) -> str:
    if language == "zh":
        return f"{on.year}年{on.month}月{on.day}日" if year else f"{on.month}月{on.day}日"
    short = f"{on.day} {_MONTHS[on.month - 1][:3]}"
    return f"{short} {on.year}" if year else short


def _ends_at_midnight(start_local: datetime, end_local: datetime) -> bool:
    next_day = start_local.date() + timedelta(days=1)
    return end_local.time() == time(0) and end_local.date() == next_day
