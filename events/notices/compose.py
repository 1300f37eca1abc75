"""From changes to notices: stored in one short transaction a batch, each exactly once."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from events.journal import queries as journal
from events.journal.models import Change
from events.kernel.db import insert_into, session, transaction
from events.kernel.links import Links
from events.notices.catalogue import CATALOGUE
from events.notices.consequences import COMPOSERS
from events.notices.drafts import Draft
from events.notices.models import Delivery, Notice
from events.notices.states import DeliveryState

BATCH = 20
MOST_BATCHES = 50

_log = logging.getLogger(__name__)


def tick(now: datetime, links: Links) -> int:
    """Store the notices that follow from changes not yet looked at; returns how many are new.

    Safe to run twice and by two: a notice's key is stored once. A change that cannot be composed
    is logged, stays where it is and does not hold up the others.
    """
    new = 0
    for _ in range(MOST_BATCHES):
        if not _is_any_left():
            break
        with transaction():
            changes = journal.uncomposed(limit=BATCH)
            composed = [_compose(change, now, links) for change in changes]
        new += sum(count or 0 for count in composed)
        if len(changes) < BATCH or None in composed:
            break
    return new


def _is_any_left() -> bool:
    found = session().scalar(select(Change.id).where(Change.composed_at.is_(None)).limit(1))
    session().rollback()
    return found is not None


def _compose(change: Change, now: datetime, links: Links) -> int | None:
    """How many notices of `change` are new; None when it failed."""
    change_id = change.id
    compose = COMPOSERS.get(change.kind)
    try:
        with session().begin_nested():
            found = list(compose(change, now, links)) if compose else []
            new = _store(found, change, now)
            session().execute(update(Change).where(Change.id == change_id).values(composed_at=now))
    except Exception:  # noqa: BLE001 - one bad change must not hold up the others
        _log.exception("change %s cannot be composed", change_id)
        return None
    return new


def _store(found: list[Draft], change: Change, now: datetime) -> int:
    if not found:
        return 0
    rows = [draft.row(change, change.organization_id, now) for draft in found]
    addresses = {row["key"]: d.recipient.address for row, d in zip(rows, found, strict=True)}
    stored = session().execute(_insert_new(), rows).all()
    deliveries = [
        {
            "notice_id": row.id,
            "channel": "mail",
            "address": addresses[row.key],
            "state": DeliveryState.READY,
            "priority": CATALOGUE[row.kind].priority,
            "due_at": row.due_at,
            "attempts": 0,
            "error": "",
        }
        for row in stored
        if addresses[row.key]
    ]
    if deliveries:
        session().execute(insert(Delivery), deliveries)
    return len(stored)


def _insert_new() -> Any:
    new = insert_into(Notice).on_conflict_do_nothing(index_elements=[Notice.key])
    return new.returning(Notice.id, Notice.key, Notice.kind, Notice.due_at)
