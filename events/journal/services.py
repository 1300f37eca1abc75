"""Recording changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from events.identity.actor import Actor
from events.identity.models import Organization
from events.journal.models import Audience, Change, Touch
from events.journal.states import ChangeKind
from events.kernel.db import insert_into, session

Wider = Callable[[Iterable[str]], set[str]]
_wider: list[Wider] = []


def widen(by: Wider) -> None:
    """Let every change also raise `by(audiences)`: what stands higher knows who else reads them.

    The application names it once, where all its parts meet; so no flow can forget a feed.
    """
    _wider[:] = [by]


def record(
    kind: ChangeKind,
    *,
    actor: Actor,
    now: datetime,
    organization: Organization,
    subject: str,
    title: str,
    audiences: Iterable[str],
    facts: dict[str, Any] | None = None,
) -> Change:
    """Write one change and raise the revision of each audience, in the caller's transaction.

    subject, audiences: scopes such as "activity:12"; facts: JSON, ids and words, no secrets.
    Feeds that show more than one audience (a city's, a theme's) are found by `widen`.
    """
    change = Change(
        kind=kind,
        at=now,
        organization_id=organization.id,
        actor_id=actor.user_id,
        actor_name=actor.name,
        subject=subject,
        title=title[:300],
        facts=facts or {},
    )
    session().add(change)
    session().flush()
    scopes = sorted(set(audiences))
    _raise(sorted({*scopes, *(one for by in _wider for one in by(scopes))}), now)
    if scopes:
        rows = [{"change_id": change.id, "scope": scope} for scope in scopes]
        session().execute(insert(Touch), rows)
    return change


def _raise(scopes: list[str], now: datetime) -> None:
    """Raise revisions; always in the same order, so that two flows never wait for each other."""
    if scopes:
        rows = [{"scope": scope, "revision": 1, "revised_at": now} for scope in scopes]
        session().execute(_upsert(), rows)


def _upsert() -> Any:
    statement = insert_into(Audience)
    raised = {
        "revision": Audience.revision + 1,
        "revised_at": statement.excluded.revised_at,
    }
    return statement.on_conflict_do_update(index_elements=[Audience.scope], set_=raised)
