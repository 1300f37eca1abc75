"""Reading notices, always within what the actor may see. A reset mail is nobody's to see."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVarTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from events.identity import policy
from events.identity.actor import Actor
from events.identity.models import Organization
from events.identity.states import Permission
from events.journal.models import Change, Touch
from events.kernel.db import session
from events.kernel.errors import NotFound
from events.kernel.links import Links
from events.notices import render
from events.notices.models import Delivery, Notice
from events.notices.render import Letter, Words
from events.notices.states import DeliveryState, NoticeKind

Columns = TypeVarTuple("Columns")
Group = tuple[int | None, NoticeKind]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one change told people by one kind of notice.

    first_id: of one of its notices; due_at: of the first; states: how many deliveries are how far;
    unreachable: recipients without an address; because: words of catalogue.WHO, ascending.
    """

    first_id: int
    change: Change
    kind: NoticeKind
    title: str
    due_at: datetime
    recipients: int
    unreachable: int
    states: dict[DeliveryState, int]
    because: tuple[str, ...]


def timeline(
    actor: Actor,
    *,
    scope: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Told]:
    """Notices grouped by change and kind, where `actor` may see notices.

    scope: only changes that touched it ("campaign:4"); since, before: bounds of the groups' first
    due_at, half-open. With now as `since`: what is to come, soonest first; with now as `before`:
    what has been, latest first.
    """
    first = func.min(Notice.due_at)
    found = _seen(
        actor,
        select(
            Notice.change_id,
            Notice.kind,
            first,
            func.count(),
            func.min(Notice.title),
            func.min(Notice.id),
        ),
    ).group_by(Notice.change_id, Notice.kind)
    if scope is not None:
        touched = select(Touch.change_id).where(Touch.scope == scope)
        found = found.where(Notice.change_id.in_(touched))
    if since is not None:
        found = found.having(first >= since)
    if before is not None:
        found = found.having(first < before)
    if since is not None and before is None:
        found = found.order_by(first, Notice.change_id, Notice.kind)
    else:
        found = found.order_by(first.desc(), Notice.change_id.desc(), Notice.kind)
    groups = session().execute(found.limit(limit).offset(offset)).all()
    ids = {row.change_id for row in groups}
    changes: dict[int | None, Change] = {
        c.id: c for c in session().scalars(select(Change).where(Change.id.in_(ids)))
    }
    states, because = _states(ids), _because(ids)
    return [
        Told(
            first_id=first_id,
            change=changes[change_id],
            kind=kind,
            title=title,
            due_at=due_at,
            recipients=count,
            unreachable=count - sum(states[change_id, kind].values()),
            states=states[change_id, kind],
            because=because[change_id, kind],
        )
        for change_id, kind, due_at, count, title, first_id in groups
    ]


def recipients(actor: Actor, *, change_id: int, kind: NoticeKind) -> list[Notice]:
    """Every notice of one group with its deliveries, by recipient. Raises NotFound."""
    found = (
        _seen(actor, select(Notice))
        .where(Notice.change_id == change_id, Notice.kind == kind)
        .options(selectinload(Notice.deliveries))
        .order_by(Notice.recipient, Notice.id)
    )
    rows = list(session().scalars(found))
    if not rows:
        raise NotFound
    return rows


def alike(actor: Actor, one: Notice) -> list[Notice]:
    """Every notice of the kind and title of `one` that is due in the same hour, by recipient.

    Those who signed up one by one are reminded together; so people look at them together.
    """
    hour = one.due_at.replace(minute=0, second=0, microsecond=0)
    found = (
        _seen(actor, select(Notice))
        .where(
            Notice.kind == one.kind,
            Notice.title == one.title,
            Notice.due_at >= hour,
            Notice.due_at < hour + timedelta(hours=1),
        )
        .options(selectinload(Notice.deliveries))
        .order_by(Notice.recipient, Notice.id)
    )
    return list(session().scalars(found))


def notice(actor: Actor, notice_id: int) -> Notice:
    """One notice that `actor` may see. Raises NotFound."""
    found = session().scalar(_seen(actor, select(Notice)).where(Notice.id == notice_id))
    if found is None:
        raise NotFound
    return found


def delivery(actor: Actor, delivery_id: int) -> Delivery:
    """One delivery whose notice `actor` may see. Raises NotFound."""
    found = session().scalar(
        _seen(actor, select(Delivery).join(Delivery.notice)).where(Delivery.id == delivery_id)
    )
    if found is None:
        raise NotFound
    return found


def preview(notice: Notice, language: str, links: Links) -> Words:
    """What a notice says in `language`; a venue's secret link is left out of it."""
    seen = Letter(
        delivery_id=0,
        key=notice.key,
        kind=notice.kind,
        because=notice.because,
        recipient=notice.recipient,
        address="",
        language=language,
        facts=notice.facts,
    )
    return render.words(seen, links, answer_url=links.to("/v/…"))


def _seen(actor: Actor, found: Select[*Columns]) -> Select[*Columns]:
    return found.join(Organization, Notice.organization_id == Organization.id).where(
        policy.within(actor, Permission.NOTICE_VIEW),
        Notice.change_id.is_not(None),
        Notice.kind != NoticeKind.PASSWORD_RESET,
    )


def _states(change_ids: set[int | None]) -> dict[Group, dict[DeliveryState, int]]:
    found = (
        select(Notice.change_id, Notice.kind, Delivery.state, func.count())
        .join(Notice.deliveries)
        .where(Notice.change_id.in_(change_ids))
        .group_by(Notice.change_id, Notice.kind, Delivery.state)
    )
    counts: dict[Group, dict[DeliveryState, int]] = defaultdict(dict)
    for change_id, kind, state, count in session().execute(found):
        counts[change_id, kind][state] = count
    return counts


def _because(change_ids: set[int | None]) -> dict[Group, tuple[str, ...]]:
    found = (
        select(Notice.change_id, Notice.kind, Notice.because)
        .where(Notice.change_id.in_(change_ids))
        .distinct()
        .order_by(Notice.because)
    )
    words: dict[Group, tuple[str, ...]] = defaultdict(tuple)
    for change_id, kind, because in session().execute(found):
        words[change_id, kind] += (because,)
    return words


def due_count(actor: Actor, *, before: datetime) -> int:
    """How many deliveries wait and go out before `before`, where `actor` may see notices."""
    found = _seen(actor, select(func.count(Delivery.id)).join(Delivery.notice)).where(
        Delivery.state == DeliveryState.READY, Delivery.due_at < before
    )
    return session().scalar(found) or 0
