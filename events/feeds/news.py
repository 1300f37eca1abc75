"""A feed for readers of news: what comes next and what has changed. Pure, like render.py.

What comes next depends on the moment that it is asked for, so whoever keeps the bytes asks for a
whole day's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from events.feeds import render
from events.feeds.shown import Current, Shown
from events.feeds.states import FeedKind, View
from events.kernel import calendar, clock, texts
from events.kernel.links import Links
from events.kernel.wording import span

COMING = 60
CHANGED = 20


@dataclass(frozen=True, kw_only=True)
class Item:
    """One session as news. starts, ends: ISO 8601 with the offset of its place."""

    uid: str
    title: str
    text: str
    url: str
    starts: str
    ends: str
    status: str
    place: str
    lead: str
    tags: tuple[str, ...]
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class News:
    """A feed's news, the latest change first. stem: its address without suffix, "" if secret."""

    id: str
    name: str
    language: str
    home: str
    stem: str
    changed_at: datetime
    items: tuple[Item, ...]

    def address(self, suffix: str) -> str:
        """The address of the feed in one format: ".atom", ".json", ".ics"."""
        return f"{self.stem}{suffix}?lang={texts.known(self.language)}"


@cache
def version() -> str:
    """What the bytes depend on besides the rows and what calendars depend on."""
    here = Path(__file__).parent
    sources = [here / name for name in ("news.py", "atom.py", "jsonfeed.py")]
    written = b"".join(file.read_bytes() for file in sources)
    return hashlib.sha256(written + render.version().encode()).hexdigest()[:16]


def chosen(shown: Iterable[Shown], *, since: datetime) -> list[Shown]:
    """The next sessions that end after `since`, and the latest changes of all; latest change first.

    Equal changes stand by start.
    """
    rows = sorted(shown, key=lambda row: (row.starts_at, row.uid, row.recurrence_id_local))
    coming = [row for row in rows if row.ends_at > since][:COMING]
    changed = sorted(rows, key=lambda row: row.changed_at, reverse=True)[:CHANGED]
    both = {(row.uid, row.recurrence_id_local): row for row in (*coming, *changed)}
    by_start = sorted(both.values(), key=lambda row: (row.starts_at, row.uid))
    return sorted(by_start, key=lambda row: row.changed_at, reverse=True)


def news_of(
    feed: Current, shown: Iterable[Shown], *, language: str, since: datetime, links: Links
) -> News:
    """The news of `feed` in one of texts.LANGUAGES; `since`: when the day of asking began."""
    rows = chosen(shown, since=since)
    stem = links.feed(feed.id, feed.nonce).removesuffix(".ics")
    return News(
        id=f"{links.to('/feeds/')}#{feed.id}",
        name=feed.name,
        language=texts.tag(language),
        home=links.to(_home(feed, rows)),
        stem="" if feed.kind.is_private else stem,
        changed_at=max(feed.revised_at, since),
        items=tuple(_item(feed, row, View(language=language), links) for row in rows),
    )


def urn(uid: str) -> str:
    """A session's name that no move of the installation changes."""
    return f"urn:kepu:session:{quote(uid, safe='@')}"


def _item(feed: Current, row: Shown, view: View, links: Links) -> Item:
    entry, language = render.entry_of(feed, row, view, links), view.language
    starts, ends = (clock.to_local(at, row.tz) for at in (row.starts_at, row.ends_at))
    when = span(starts, ends, language, year=True)
    prefix = calendar.PREFIXES.get(entry.status, {}).get(language, "")
    zone = ZoneInfo(row.tz)
    return Item(
        uid=entry.uid,
        title=f"{prefix}{entry.summary} · {when}",
        text=f"{when}\n{entry.location}\n{entry.description}",
        url=entry.url,
        starts=row.starts_at.astimezone(zone).isoformat(),
        ends=row.ends_at.astimezone(zone).isoformat(),
        status=entry.status,
        place=entry.location,
        lead=row.activity.lead,
        tags=entry.categories,
        changed_at=row.changed_at,
    )


def _home(feed: Current, rows: list[Shown]) -> str:
    """The path of the page that people read instead."""
    if not rows or feed.kind not in {FeedKind.CAMPAIGN, FeedKind.ACTIVITY}:
        return "/"
    activity = rows[0].activity
    campaign = f"/c/{activity.campaign_slug}"
    return campaign if feed.kind is FeedKind.CAMPAIGN else f"{campaign}/a/{activity.id}"
