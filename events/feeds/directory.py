"""Which calendars anybody may subscribe to: what the page of all calendars lists."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, select

from events.campaigns.models import Campaign
from events.feeds.models import Feed
from events.feeds.states import FeedKind
from events.kernel.db import session

KINDS = (
    FeedKind.CAMPAIGN,
    FeedKind.DISTRICT,
    FeedKind.ORGANIZATION,
    FeedKind.AUDIENCE,
    FeedKind.THEME,
    FeedKind.VENUE,
)  # in the order of the page; an activity's stands on its own page, a filter's with who made it


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page of what was looked for. counts: how many of each kind match, whatever the kind."""

    feeds: tuple[Feed, ...]
    counts: dict[FeedKind, int]


def found(words: list[str], *, kind: FeedKind | None = None, limit: int, offset: int = 0) -> Found:
    """Public feeds whose names hold all of `words`, by kind and name. Two statements."""
    matching = and_(_is_listed(), *(Feed.name.icontains(word, autoescape=True) for word in words))
    counted = select(Feed.kind, func.count()).where(matching).group_by(Feed.kind)
    shown = select(Feed).where(matching)
    if kind is not None:
        shown = shown.where(Feed.kind == kind)
    order = case({each: number for number, each in enumerate(KINDS)}, value=Feed.kind)
    rows = session().scalars(shown.order_by(order, Feed.name, Feed.id).limit(limit).offset(offset))
    counts = {row[0]: row[1] for row in session().execute(counted)}
    return Found(feeds=tuple(rows), counts={each: counts[each] for each in KINDS if each in counts})


def _is_listed() -> ColumnElement[bool]:
    """SQL: public, and of a campaign only when anything of it is published."""
    hidden = select(Campaign.id).where(Campaign.is_public.is_(False))
    return and_(
        Feed.kind.in_(KINDS),
        ~and_(Feed.kind == FeedKind.CAMPAIGN, Feed.subject_id.in_(hidden)),
    )
