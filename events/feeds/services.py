"""Making feeds, renaming them, and giving them new addresses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from events.feeds.models import Feed
from events.feeds.states import FeedKind
from events.journal.models import Audience
from events.kernel.db import session
from events.kernel.links import new_nonce

CHUNK = 500  # rows a statement: seven values each stay far below every engine's limit


def ensure(kind: FeedKind, subject_id: int, *, name: str, now: datetime) -> Feed:
    """Return the feed of `subject_id`, made when missing; for volunteers it is the user's id.

    An existing one keeps its name, its address and its revision.
    """
    ensure_many(kind, [(subject_id, name)], now=now)
    return (
        session()
        .scalars(select(Feed).where(Feed.kind == kind, Feed.subject_id == subject_id))
        .one()
    )


def ensure_many(kind: FeedKind, subjects: Iterable[tuple[int, str]], *, now: datetime) -> int:
    """Make the missing feeds of `subjects`: (id, name) each. Returns how many were made."""
    names = dict(subjects)
    ids = sorted(names)
    return sum(
        _ensure_chunk(kind, {i: names[i] for i in ids[at : at + CHUNK]}, now)
        for at in range(0, len(ids), CHUNK)
    )


def rename(feed: Feed, name: str) -> None:
    """Give the calendar another name. The caller records the change, which raises the revision."""
    feed.name = name


def reset(feed: Feed, now: datetime) -> None:
    """Give the feed a new address; the old one is gone from this moment."""
    feed.nonce = new_nonce()
    feed.reset_at = now


def _ensure_chunk(kind: FeedKind, names: dict[int, str], now: datetime) -> int:
    there = select(Feed.subject_id).where(Feed.kind == kind, Feed.subject_id.in_(names))
    missing = sorted(set(names) - set(session().scalars(there)))
    if not missing:
        return 0
    audiences = _audiences([f"{kind}:{i}" for i in missing], now)
    _insert_missing(
        Feed,
        [
            {
                "kind": kind,
                "subject_id": i,
                "audience_id": audiences[f"{kind}:{i}"],
                "name": names[i],
                "nonce": new_nonce(),
                "created_at": now,
            }
            for i in missing
        ],
    )
    return len(missing)


def _audiences(scopes: list[str], now: datetime) -> dict[str, int]:
    """Ids of the audiences of `scopes`; a new one begins at revision 1."""
    _insert_missing(Audience, [{"scope": s, "revision": 1, "revised_at": now} for s in scopes])
    found = select(Audience.scope, Audience.id).where(Audience.scope.in_(scopes))
    return {row.scope: row.id for row in session().execute(found)}


def _insert_missing(model: type[Audience | Feed], rows: list[dict[str, Any]]) -> None:
    """Insert what is not there; somebody else may have been faster."""
    name = session().get_bind().dialect.name
    insert_into = postgresql.insert if name == "postgresql" else sqlite.insert
    session().execute(insert_into(model).on_conflict_do_nothing(), rows)
