"""An organizer saves a filter as a public calendar that anybody may subscribe to."""

from __future__ import annotations

from datetime import datetime

from events.feeds import queries, services as feeds
from events.feeds.models import Feed
from events.feeds.states import FeedKind, Filter
from events.identity import queries as identity
from events.identity.actor import Actor
from events.identity.models import Organization
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import transaction
from events.kernel.errors import NotFound, Refused

LONGEST = 200  # characters of a filter in one word


def save_filter(
    actor: Actor, now: datetime, *, organization_id: int, chosen: Filter, name: str
) -> int:
    """The feed of what passes `chosen` below an organization; its number.

    The same filter is the same feed, whoever saves it: a second time it takes the name, if there
    is one. Raises NotFound, Refused("filter_empty" | "filter_too_long").
    """
    with transaction():
        organization = identity.organization(actor, organization_id, Permission.CAMPAIGN_EDIT)
        if chosen == Filter():
            raise Refused("filter_empty")
        if len(chosen.word) > LONGEST:
            raise Refused("filter_too_long", most=LONGEST)
        known = queries.for_subject(FeedKind.FILTER, organization.id, chosen.word)
        if known is not None:
            _rename(actor, now, known, organization, name)
            return known.id
        called = name.strip() or organization.name
        word = chosen.word
        made = feeds.ensure(FeedKind.FILTER, organization.id, word=word, name=called, now=now)
        _record(actor, now, made, organization, ChangeKind.FILTER_SAVED)
        return made.id


def rename_filter(actor: Actor, now: datetime, *, feed_id: int, name: str) -> None:
    """Give a saved filter another name; calendars show it from the next reading on."""
    with transaction():
        feed, organization = _mine(actor, feed_id)
        _rename(actor, now, feed, organization, name)


def drop_filter(actor: Actor, now: datetime, *, feed_id: int) -> None:
    """Remove a saved filter; its address answers like every one that is none, from now on."""
    with transaction():
        feed, organization = _mine(actor, feed_id)
        _record(actor, now, feed, organization, ChangeKind.FILTER_DROPPED)
        feeds.drop(feed)


def _mine(actor: Actor, feed_id: int) -> tuple[Feed, Organization]:
    feed = queries.feed(feed_id)
    if feed is None or feed.kind is not FeedKind.FILTER:
        raise NotFound
    return feed, identity.organization(actor, feed.subject_id, Permission.CAMPAIGN_EDIT)


def _rename(actor: Actor, now: datetime, feed: Feed, whose: Organization, name: str) -> None:
    called = name.strip()
    if called and called != feed.name:
        feeds.rename(feed, called)
        _record(actor, now, feed, whose, ChangeKind.FILTER_SAVED)


def _record(
    actor: Actor, now: datetime, feed: Feed, organization: Organization, kind: ChangeKind
) -> None:
    journal.record(
        kind,
        actor=actor,
        now=now,
        organization=organization,
        subject=f"feed:{feed.id}",
        title=feed.name,
        audiences=[feed.audience.scope],
        facts={"feed_id": feed.id},
    )
