"""A feed's bytes, from what queries found. Pure: no clock, no database, no request.

Every entry carries the revision's time as DTSTAMP and LAST-MODIFIED: whatever changed (a title,
a venue's name), phones that compare LAST-MODIFIED take it over, and equal revisions give equal
bytes. Addresses of the feed itself never stand inside: the bytes hold no secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from pathlib import Path

from events.campaigns.states import Mode
from events.feeds import series
from events.feeds.reach import is_whole
from events.feeds.shown import Current, Place, Rhythm, Shown
from events.feeds.states import FeedKind, View
from events.kernel import calendar, texts, zones
from events.kernel.calendar import Entry
from events.kernel.links import Links
from events.kernel.wording import listed
from events.venues.states import BookingState

SOURCES = ("render.py", "series.py", "entries.py", "membership.py", "reach.py", "filters.py")
_Said = dict[tuple[object, ...], Callable[..., Entry]]


@cache
def version() -> str:
    """What the bytes depend on besides the rows: the code here, and the translations."""
    here = Path(__file__).parent
    sources = [here / name for name in SOURCES]
    sources += [Path(module.__file__ or "") for module in (calendar, zones)]
    sources += sorted(texts.FOLDER.rglob("*.po"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in sources)).hexdigest()[:16]


def calendar_of(
    feed: Current,
    shown: Iterable[Shown],
    rhythms: Mapping[int, Rhythm] | None = None,
    *,
    view: View,
    links: Links,
) -> bytes:
    """The whole calendar. rhythms: the rules of its series, for the form that writes them."""
    said: _Said = {}
    pairs = [(each, entry_of(feed, each, view, links, said)) for each in shown]
    if rhythms:
        written = series.written(
            pairs, rhythms, revision=None if is_whole(feed.kind, feed.word) else feed.revision
        )
    else:
        written = series.Written(entries=[entry for _, entry in pairs], zones={})
    return calendar.calendar_bytes(
        written.entries,
        name=feed.name,
        language=view.language,
        changed_at=feed.revised_at,
        zones=written.zones,
    )


def entry_of(
    feed: Current, shown: Shown, view: View, links: Links, said: _Said | None = None
) -> Entry:
    """One session as this feed says it. said: what sessions alike have said, for many at once."""
    key = (shown.activity.id, shown.places, shown.roles, shown.speakers)
    words = said.get(key) if said is not None else None
    if words is None:
        words = _worded(feed, shown, view.language, links)
        if said is not None:
            said[key] = words
    return words(
        uid=calendar.uid(shown.recurrence_id_local, shown.uid),
        starts_at=shown.starts_at,
        ends_at=shown.ends_at,
        sequence=shown.sequence,
        status=shown.status.value,
        alarm_min=view.alarm_min,
    )


def _worded(feed: Current, shown: Shown, language: str, links: Links) -> Callable[..., Entry]:
    """An entry, as far as sessions of one activity in one place have it in common."""
    activity = shown.activity
    return partial(
        Entry,
        summary=_summary(shown, language),
        changed_at=feed.revised_at,
        location=_location(shown, language),
        description="\n".join(_description(feed, shown, language)),
        url=links.to(f"/c/{activity.campaign_slug}/a/{activity.id}"),
        categories=tuple(filter(None, (activity.format, *activity.themes))),
        geo=_geo(shown.places),
    )


def _summary(shown: Shown, language: str) -> str:
    if not shown.roles:
        return shown.activity.title
    roles = listed(list(shown.roles), language)
    return texts.say(language, "%(title)s (%(roles)s)", title=shown.activity.title, roles=roles)


def _location(shown: Shown, language: str) -> str:
    places = listed([_named(place) for place in shown.places], language)
    if shown.activity.mode is Mode.ONSITE:
        return places or texts.say(language, "Place to be announced")
    online = texts.say(language, "Online")
    return f"{places} / {online}" if places else online


def _named(place: Place) -> str:
    return ", ".join(filter(None, (f"{place.venue} {place.space}", place.address)))


def _description(feed: Current, shown: Shown, language: str) -> list[str]:
    """Lines; a campaign's theme only in its own feed, whose audience hears of its changes."""
    activity = shown.activity
    lines = []
    if feed.kind is FeedKind.CAMPAIGN and activity.campaign_theme:
        lines.append(texts.say(language, "Theme: %(theme)s", theme=activity.campaign_theme))
    if activity.audiences:
        audiences = listed(list(activity.audiences), language)
        lines.append(texts.say(language, "For: %(audiences)s", audiences=audiences))
    if shown.speakers:
        speakers = listed(list(shown.speakers), language)
        lines.append(texts.say(language, "Speaking: %(speakers)s", speakers=speakers))
    lines.append(texts.say(language, "Lead unit: %(lead)s", lead=activity.lead))
    if feed.kind is FeedKind.VENUE and shown.places:
        state = _booking(shown.places[-1].state, language)
        lines.append(texts.say(language, "Booking: %(state)s", state=state))
    return lines


def _booking(state: BookingState, language: str) -> str:
    match state:
        case BookingState.CONFIRMED:
            return texts.say(language, "confirmed by the venue")
        case BookingState.DECLINED:
            return texts.say(language, "declined by the venue")
        case BookingState.RELEASED:
            return texts.say(language, "no longer needed")
        case _:
            return texts.say(language, "waiting for the venue's answer")


def _geo(places: tuple[Place, ...]) -> tuple[float, float] | None:
    for place in places:
        if place.lat is not None and place.lon is not None:
            return place.lat, place.lon
    return None
