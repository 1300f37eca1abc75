"""Writing notices from flows: a reset mail, keeping one back, sending one again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from events.identity.models import Organization, User
from events.kernel.db import session
from events.kernel.errors import Refused
from events.kernel.links import new_nonce
from events.notices.catalogue import CATALOGUE
from events.notices.drafts import Draft, to_user
from events.notices.models import Delivery, Notice
from events.notices.states import DeliveryState, NoticeKind

_AGAIN = (DeliveryState.UNKNOWN, DeliveryState.DEAD, DeliveryState.HELD)


def send_password_reset(user: User, link: str, now: datetime) -> Notice:
    """Mail `user` the link; it is forgotten as soon as it is sent, and after an hour anyway."""
    draft = Draft(
        kind=NoticeKind.PASSWORD_RESET,
        key=f"password_reset:{new_nonce()}",
        recipient=to_user(user, "account"),
        title=user.name,
        facts={"link": link},
        due_at=now,
    )
    notice = Notice(**draft.row(None, _home(user), now))
    if draft.recipient.address:
        notice.deliveries.append(
            Delivery(
                channel="mail",
                address=draft.recipient.address,
                priority=CATALOGUE[draft.kind].priority,
                due_at=now,
            )
        )
    session().add(notice)
    session().flush()
    return notice


def hold(delivery: Delivery) -> None:
    """Keep a waiting delivery back until somebody sends it again. Twice changes nothing.

    Raises Refused("notice_not_waiting").
    """
    if delivery.state is DeliveryState.HELD:
        return
    if delivery.state is not DeliveryState.READY:
        raise Refused("notice_not_waiting")
    delivery.state = DeliveryState.HELD


def send_again(delivery: Delivery, *, now: datetime) -> None:
    """Give a delivery that nobody is sure of, that failed or was held back another try.

    Its Message-ID stays the same. Raises Refused("notice_not_repeatable" | "notice_obsolete").
    """
    notice = delivery.notice
    if delivery.state not in _AGAIN:
        raise Refused("notice_not_repeatable")
    if (notice.expires_at and notice.expires_at <= now) or not notice.facts:
        raise Refused("notice_obsolete")
    if CATALOGUE[notice.kind].is_obsolete(notice, now):
        raise Refused("notice_obsolete")
    delivery.state = DeliveryState.READY
    delivery.attempts = 0
    delivery.error = ""
    delivery.due_at = max(now, notice.due_at)


def _home(user: User) -> int:
    """The organization that a user's own notices belong to: of their first grant, else the root."""
    if user.grants:
        return user.grants[0].organization_id
    return session().scalars(select(Organization.id).order_by(Organization.path).limit(1)).one()
