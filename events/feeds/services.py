"""Making feeds, renaming them, giving them new addresses, noting who reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from events.campaigns.models import Activity
from events.feeds import reach
from events.feeds.models import Feed, FeedRead
from events.feeds.states import FeedKind, Form, scope
from events.journal.models import Audience
from events.kernel.db import insert_into, session
from events.kernel.links import new_nonce

CHUNK = 500  # subjects a statement: far below every engine's limit of parameters

Subject = tuple[int, str]  # a row's number, and the word that narrows it


def ensure(kind: FeedKind, subject_id: int, *, name: str, now: datetime, word: str = "") -> Feed:
    """Return the feed of `subject_id`, made when missing; for volunteers it is the user's id.

    An existing one keeps its address and its revision and takes the name; a caller that knows
    of a new name records the change, which raises the revision.
    """
    _ensure(kind, {(subject_id, word): name}, now)
    wanted = select(Feed).where(Feed.kind == kind, Feed.subject_id == subject_id, Feed.word == word)
    return session().scalars(wanted.execution_options(populate_existing=True)).one()


def ensure_many(kind: FeedKind, subjects: Iterable[tuple[int, str]], *, now: datetime) -> int:
    """As `ensure` for many subjects, (id, name) each. Returns how many feeds were made."""
    return _ensure(kind, {(subject_id, ""): name for subject_id, name in subjects}, now)


def ensure_around(activities: Iterable[Activity], *, now: datetime) -> None:
    """Make the public feeds in which these activities stand beside their campaign's and venues'."""
    session().flush()
    wanted: dict[FeedKind, dict[Subject, str]] = defaultdict(dict)
    for each in reach.around([activity.id for activity in activities]):
        wanted[each.kind][each.subject_id, each.word] = each.name
    for kind, names in wanted.items():
        _ensure(kind, names, now)


def rename(feed: Feed, name: str) -> None:
    """Give the calendar another name. The caller records the change, which raises the revision."""
    feed.name = name


def drop(feed: Feed) -> None:
    """Take the calendar away; its address is none from this moment, and who read it is forgotten.

    Its audience stays: made anew, it goes on counting revisions.
    """
    session().delete(feed)


def reset(feed: Feed, now: datetime) -> None:
    """Give the feed a new address; the old one is gone from this moment."""
    feed.nonce = new_nonce()
    feed.reset_at = now


def note_reads(reads: Mapping[tuple[int, str], datetime]) -> None:
    """Remember when each kind of reader last asked for each feed; feeds that are gone are not."""
    ids = sorted({feed_id for feed_id, _ in reads})
    there = set(session().scalars(select(Feed.id).where(Feed.id.in_(ids))))
    rows = [
        {"feed_id": feed_id, "reader": reader, "read_at": at}
        for (feed_id, reader), at in sorted(reads.items())
        if feed_id in there
    ]
    if rows:
        statement = insert_into(FeedRead)
        latest = {"read_at": statement.excluded.read_at}
        kept = [FeedRead.feed_id, FeedRead.reader]
        session().execute(statement.on_conflict_do_update(index_elements=kept, set_=latest), rows)


def _ensure(kind: FeedKind, names: Mapping[Subject, str], now: datetime) -> int:
    subjects = sorted(names)
    return sum(
        _ensure_chunk(kind, {one: names[one] for one in subjects[at : at + CHUNK]}, now)
        for at in range(0, len(subjects), CHUNK)
    )


def _ensure_chunk(kind: FeedKind, names: dict[Subject, str], now: datetime) -> int:
    there = _names(kind, names)
    for (subject_id, word), name in there.items():
        if name != names[subject_id, word]:
            here = (Feed.kind == kind, Feed.subject_id == subject_id, Feed.word == word)
            wanted = names[subject_id, word]
            session().execute(update(Feed).where(*here).values(name=wanted))
    missing = {subject: name for subject, name in names.items() if subject not in there}
    if missing:
        _make(kind, missing, now)
    return len(missing)


def _names(kind: FeedKind, subjects: Mapping[Subject, str]) -> dict[Subject, str]:
    """What the feeds that exist are called, by subject."""
    found = select(Feed.subject_id, Feed.word, Feed.name).where(
        Feed.kind == kind, Feed.subject_id.in_({subject_id for subject_id, _ in subjects})
    )
    rows = session().execute(found)
    return {
        (row.subject_id, row.word): row.name
        for row in rows
        if (row.subject_id, row.word) in subjects
    }


def _make(kind: FeedKind, names: Mapping[Subject, str], now: datetime) -> None:
    audiences = _audiences([scope(kind, *subject) for subject in names], now)
    rows = [
        {
            "kind": kind,
            "subject_id": subject_id,
            "word": word,
            "form": Form.FLAT if kind.is_private else Form.SERIES,
            "audience_id": audiences[scope(kind, subject_id, word)],
            "name": name[:200],
            "nonce": new_nonce(),
            "created_at": now,
        }
        for (subject_id, word), name in names.items()
    ]
    _insert_missing(Feed, rows)


def _audiences(scopes: list[str], now: datetime) -> dict[str, int]:
    """Ids of the audiences of `scopes`; a new one begins at revision 1."""
    _insert_missing(Audience, [{"scope": s, "revision": 1, "revised_at": now} for s in scopes])
    found = select(Audience.scope, Audience.id).where(Audience.scope.in_(scopes))
    return {row.scope: row.id for row in session().execute(found)}


def _insert_missing(model: type[Audience | Feed], rows: list[dict[str, Any]]) -> None:
    """Insert what is not there; somebody else may have been faster."""
    session().execute(insert_into(model).on_conflict_do_nothing(), rows)
