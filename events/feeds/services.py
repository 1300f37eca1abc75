"""Making feeds, renaming them, and giving them new addresses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from events.feeds.models import Feed
from events.feeds.states import FeedKind
from events.journal.models import Audience
from events.kernel.db import session
from events.kernel.links import new_nonce

CHUNK = 500  # subjects a statement: far below every engine's limit of parameters


def ensure(kind: FeedKind, subject_id: int, *, name: str, now: datetime) -> Feed:
    """Return the feed of `subject_id`, made when missing; for volunteers it is the user's id.

    An existing one keeps its address and its revision and takes the name; a caller that knows
    of a new name records the change, which raises the revision.
    """
    ensure_many(kind, [(subject_id, name)], now=now)
    wanted = select(Feed).where(Feed.kind == kind, Feed.subject_id == subject_id)
    return session().scalars(wanted.execution_options(populate_existing=True)).one()


def ensure_many(kind: FeedKind, subjects: Iterable[tuple[int, str]], *, now: datetime) -> int:
    """As `ensure` for many subjects, (id, name) each. Returns how many feeds were made."""
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
    there = _names(kind, names)
    for subject_id, name in there.items():
        if name != names[subject_id]:
            here = (Feed.kind == kind, Feed.subject_id == subject_id)
            session().execute(update(Feed).where(*here).values(name=names[subject_id]))
    missing = [subject_id for subject_id in names if subject_id not in there]
    if missing:
        _make(kind, {subject_id: names[subject_id] for subject_id in missing}, now)
    return len(missing)


def _names(kind: FeedKind, subject_ids: Iterable[int]) -> dict[int, str]:
    """What the feeds that exist are called, by subject."""
    found = select(Feed.subject_id, Feed.name).where(
        Feed.kind == kind, Feed.subject_id.in_(list(subject_ids))
    )
    return {row.subject_id: row.name for row in session().execute(found)}


def _make(kind: FeedKind, names: dict[int, str], now: datetime) -> None:
    audiences = _audiences([f"{kind}:{subject_id}" for subject_id in names], now)
    rows = [
        {
            "kind": kind,
            "subject_id": subject_id,
            "audience_id": audiences[f"{kind}:{subject_id}"],
            "name": name,
            "nonce": new_nonce(),
            "created_at": now,
        }
        for subject_id, name in names.items()
    ]
    _insert_missing(Feed, rows)


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
