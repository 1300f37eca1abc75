"""What templates call: days and times in words, state chips, the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from babel.dates import format_timedelta
from flask import Flask
from flask_babel import get_locale
from markupsafe import Markup, escape

from events.access.accounts import current_actor
from events.access.language import current as language
from events.config import Settings
from events.kernel import clock, texts, wording
from events.schedule.models import Occurrence
from events.web.words import chip_of, word

_TIMES = re.compile(r"\d\d:\d\d–\d\d:\d\d")


def install(app: Flask, settings: Settings) -> None:
    """Give every template the filters below, and `actor`, `language`, `now`, `settings`."""
    app.jinja_env.filters.update(
        day=day, month=month, moment=moment, local=clock.to_local, weekday=weekday,
        clock_time=wording.clock_time, listed=listed, word=word, ago=ago, flat=flat,
        unbroken=unbroken,
    )  # fmt: skip
    app.jinja_env.globals.update(
        day=day, days=days, moment=moment, span=span, times=wording.times, when=when,
        chip_of=chip_of, word=word, today=clock.today,
    )  # fmt: skip

    @app.context_processor
    def _shared() -> dict[str, object]:
        return {
            "actor": current_actor(),
            "language": language(settings.language),
            "lang_tag": texts.tag(language(settings.language)),
            "now": clock.now(),
            "settings": settings,
        }


def day(on: date, *, year: bool = False) -> str:
    """A day with its weekday: "9月6日 周六"."""
    return wording.day(on, language(), year=year)


def days(first: date, last: date, *, year: bool = False) -> str:
    """Days, both inclusive: "9月1日–30日"."""
    return wording.days(first, last, language(), year=year)


def weekday(on: date) -> str:
    """The weekday: "周六"."""
    return wording.weekday(on, language())


def month(on: date) -> str:
    """The month with its year: "2025年9月"."""
    return wording.month(on, language())


def moment(at: datetime, tz: str = "", *, year: bool = False) -> str:
    """A moment: "9月6日 周六 09:00"; an aware one is first brought to `tz`."""
    return wording.moment(clock.to_local(at, tz) if tz else at, language(), year=year)


def span(start: datetime, end: datetime, tz: str = "", *, year: bool = False) -> str:
    """A span: "9月6日 周六 09:00–12:00"; aware moments are first brought to `tz`."""
    if tz:
        start, end = clock.to_local(start, tz), clock.to_local(end, tz)
    return wording.span(start, end, language(), year=year)


def when(occurrence: Occurrence, *, year: bool = False) -> str:
    """An occurrence's span, in its series' zone."""
    return span(occurrence.starts_at, occurrence.ends_at, occurrence.series.tz, year=year)


def listed(words: list[str]) -> str:
    """Words one after another: "讲座、展览"."""
    return wording.listed(words, language())


def ago(at: datetime, now: datetime) -> str:
    """How far `at` lies from `now`: "2小时前", "in 3 days"."""
    return format_timedelta(at - now, add_direction=True, locale=get_locale())


def flat(errors: Any) -> list[str]:
    """The sentences of a field's errors; those of fields within fields too, each once."""
    if isinstance(errors, dict):
        errors = errors.values()
    elif isinstance(errors, str) or not isinstance(errors, Iterable):
        return [str(errors)]
    return list(dict.fromkeys(text for each in errors for text in flat(each)))


def unbroken(text: str) -> Markup:
    """Text in which no line ends within the times of a span: "09:00–17:00"."""
    return Markup(_TIMES.sub(r'<span class="text-nowrap">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped
