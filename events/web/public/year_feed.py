"""The observances as a calendar that anybody may subscribe to: this year and the two to come."""

from __future__ import annotations

import gzip
import hashlib
from datetime import date, datetime
from functools import lru_cache
from http import HTTPStatus

from flask import Response, current_app, request

from events.access import public
from events.access.language import current
from events.config import Settings
from events.days import calendar, queries as days
from events.kernel import clock, texts
from events.observances import Announcement
from events.web.public.blueprint import blueprint
from events.web.subscribing import Subscription, offered

PATH = "/feeds/observances.ics"
YEARS = 3
LAST = 2100


@blueprint.get(PATH)
@public
def observances_feed() -> Response:
    """`?lang=en` writes it in English, `?download=1` makes it a file to keep."""
    settings: Settings = current_app.extensions["kepu"]
    language = texts.known(request.args.get("lang")) or settings.language
    first = clock.today(settings.timezone).year
    announced = days.announced(first, first + YEARS - 1)
    plain, zipped = _bodies(
        first, language, settings.base_url, tuple(sorted(announced.items(), key=_key))
    )
    changed = max(calendar.changed_at(announced), _new_year(first, settings.timezone))
    return _answer(plain, zipped, changed)


def _answer(plain: bytes, zipped: bytes, changed: datetime) -> Response:
    """Each encoding has its tag; either will do for a 304, for the calendar is the same."""
    tag = hashlib.sha256(plain).hexdigest()[:32]
    is_zipped = request.accept_encodings.quality("gzip") > 0 and bool(request.accept_encodings)
    answer = Response(zipped if is_zipped else plain, content_type="text/calendar; charset=utf-8")
    answer.set_etag(f"{tag}-gzip" if is_zipped else tag)
    answer.last_modified = changed
    answer.headers["Cache-Control"] = "public, max-age=300"
    answer.headers["Vary"] = "Accept-Encoding"
    if is_zipped:
        answer.headers["Content-Encoding"] = "gzip"
    if request.args.get("download") == "1":
        answer.headers["Content-Disposition"] = 'attachment; filename="kepu-observances.ics"'
    known = request.if_none_match
    if any(known.contains_weak(each) for each in (tag, f"{tag}-gzip")):
        answer.status_code = HTTPStatus.NOT_MODIFIED
        answer.set_data(b"")
        return answer
    return answer.make_conditional(request)  # type: ignore[return-value]


def subscription(number: int) -> Subscription:
    """How it is subscribed to, on the page of the year `number`."""
    name = texts.say(current(), "Observances of science popularization")
    settings: Settings = current_app.extensions["kepu"]
    return offered(f"{settings.base_url}{PATH}", page=f"/year/{number}", name=name)


@lru_cache(maxsize=8)
def _bodies(
    first: int,
    language: str,
    base_url: str,
    announced: tuple[tuple[tuple[str, int], Announcement], ...],
) -> tuple[bytes, bytes]:
    """The calendar, and the same compressed."""
    plain = calendar.calendar_bytes(
        range(first, min(first + YEARS, LAST + 1)),
        dict(announced),
        language=language,
        url=f"{base_url}/year/",
        source=f"{base_url}{PATH}" + ("" if language == "zh" else f"?lang={language}"),
    )
    return plain, gzip.compress(plain, mtime=0)


def _new_year(year: int, tz: str) -> datetime:
    """On that day another year came in and one went."""
    return clock.to_utc(datetime.combine(date(year, 1, 1), datetime.min.time()), tz)


def _key(pair: tuple[tuple[str, int], Announcement]) -> tuple[str, int]:
    return pair[0]
