"""The worker that sends: claim (transaction), render and hand over (outside), settle (transaction).

Nothing is lost: a delivery leaves READY only by a committed state. Nothing is sent twice while
workers live: every step is fenced by the token of the claim. A worker that dies between the mark
SENDING and the answer leaves the one delivery that nobody can know about: its policy decides.
"""

from __future__ import annotations

import logging
import random  # noqa: TID251 - as a type; the dice are an argument
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager

from events.identity.models import User
from events.kernel.db import session, transaction
from events.kernel.links import Links
from events.notices import render, transports
from events.notices.catalogue import CATALOGUE
from events.notices.models import Delivery, Notice
from events.notices.render import Letter
from events.notices.states import DeliveryState, Policy
from events.notices.transports.faults import (
    Ambiguous,
    Deferred,
    Dropped,
    Fault,
    Rejected,
    Unreachable,
)

BATCH = 50
LEASE = timedelta(seconds=20)
SENDING_LEASE = timedelta(seconds=65)  # three time limits of SMTP: longer than any living send
FIRST_WAIT_S = 30.0
LONGEST_WAIT_S = 3600.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Post:
    """What sending needs of this installation. clock: asked for the moment of each step.

    smtp_url: empty to write .eml files into `folder` instead.
    """

    links: Links
    mail_from: str
    smtp_url: str
    folder: Path
    clock: Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class _Claim:
    """A delivery that belongs to this worker while its token holds."""

    token: str
    policy: Policy
    attempts: int
    letter: Letter


def tick(
    now: datetime,
    post: Post,
    *,
    rng: random.Random,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Send what was due at `now`; returns how many were sent.

    Ends early when `should_stop` says so (the one in hand is finished, the others are given back)
    or when the channel does not work.
    """
    sent = 0
    with transports.open(post.smtp_url, post.folder) as transport:
        while not should_stop():
            claims = _claim(now, post.clock)
            try:
                done, goes_on = _send_all(claims, transport, post, rng, should_stop)
            finally:
                _give_back(claims)
            sent += done
            if not goes_on or len(claims) < BATCH:
                break
    return sent


def reap(now: datetime) -> int:
    """Free what dead workers left behind, and end what is too late; returns how many rows.

    Never sent: READY again. Perhaps sent: READY under retry (the same Message-ID), UNKNOWN under
    park. Run it every few seconds, in as many workers as there are.
    """
    with transaction():
        return _free(Delivery.lease_until < now, now) + _expire(now)


def recover(now: datetime) -> int:
    """As `reap`, without waiting for leases: for the start of the only worker there is."""
    with transaction():
        return _free(Delivery.lease_until.is_not(None), now) + _expire(now)


# Claiming and giving back


def _claim(now: datetime, clock: Callable[[], datetime]) -> list[_Claim]:
    """Up to BATCH deliveries that are due, most urgent first; theirs is one fresh token.

    The lease begins inside: waiting for other writers takes nothing from it.
    """
    token = secrets.token_urlsafe(16)
    picked = (
        select(Delivery.id)
        .where(Delivery.state == DeliveryState.READY, Delivery.due_at <= now)
        .order_by(Delivery.priority, Delivery.due_at, Delivery.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Delivery)
        .cte("picked")
    )
    claim = (
        update(Delivery)
        .where(Delivery.id.in_(select(picked.c.id)))
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    with transaction():
        lease = {"token": token, "lease_until": clock() + LEASE}
        ids = list(session().scalars(claim.values(state=DeliveryState.LEASED, **lease)))
        claimed = (
            select(Delivery)
            .join(Delivery.notice)
            .options(contains_eager(Delivery.notice))
            .where(Delivery.id.in_(ids))
            .order_by(Delivery.priority, Delivery.due_at, Delivery.id)
        )
        return [_claimed(row, token) for row in session().scalars(claimed)]


def _claimed(row: Delivery, token: str) -> _Claim:
    return _Claim(
        token=token,
        policy=row.notice.policy,
        attempts=row.attempts,
        letter=letter(row),
    )


def letter(row: Delivery) -> Letter:
    """What a delivery says, as plain values."""
    notice = row.notice
    return Letter(
        delivery_id=row.id,
        key=notice.key,
        kind=notice.kind,
        because=notice.because,
        recipient=notice.recipient,
        address=row.address,
        language=notice.language,
        facts=notice.facts,
    )


def _give_back(claims: list[_Claim]) -> None:
    """Those not begun are READY again; the others are settled or marked, and stay so."""
    if not claims:
        return
    with transaction():
        session().execute(
            update(Delivery)
            .where(
                Delivery.id.in_([claim.letter.delivery_id for claim in claims]),
                Delivery.token == claims[0].token,
                Delivery.state == DeliveryState.LEASED,
            )
            .values(state=DeliveryState.READY, token=None, lease_until=None)
            .execution_options(synchronize_session=False)
        )


# Sending


def _send_all(
    claims: list[_Claim],
    transport: transports.Transport,
    post: Post,
    rng: random.Random,
    should_stop: Callable[[], bool],
) -> tuple[int, bool]:
    """How many were sent, and whether the channel still works."""
    sent = 0
    fresh_until = post.clock() + LEASE / 2
    for claim in claims:
        if should_stop() or post.clock() > fresh_until:
            return sent, not should_stop()
        try:
            sent += _send(claim, transport, post)
        except Rejected as fault:
            _settle(claim, DeliveryState.DEAD, error=str(fault))
        except Deferred as fault:
            _defer(claim, post.clock(), rng, fault)
            if isinstance(fault, Dropped):
                return sent, False
        except Ambiguous as fault:
            if claim.policy is Policy.PARK:
                _settle(claim, DeliveryState.UNKNOWN, error=str(fault))
            else:
                _defer(claim, post.clock(), rng, fault)
        except Unreachable as fault:
            _log.warning("mail cannot be sent now: %s", fault)
            _settle(claim, DeliveryState.READY, error=str(fault))
            return sent, False
    return sent, True


def _send(claim: _Claim, transport: transports.Transport, post: Post) -> bool:
    """Whether it was sent; False when it is no longer to be sent."""
    try:
        message = render.message(
            claim.letter, post.links, mail_from=post.mail_from, now=post.clock()
        )
    except Exception as fault:  # one that cannot be written must not hold up the others
        _log.exception("delivery %s cannot be rendered", claim.letter.delivery_id)
        raise Rejected(f"{type(fault).__name__}: {fault}") from fault
    if not transport.send(message, claim.letter.address, lambda: _mark(claim, post.clock)):
        return False
    if not _settle(claim, DeliveryState.SENT, sent_at=post.clock()):
        _log.warning("delivery %s was sent after its lease ended", claim.letter.delivery_id)
    return True


def _mark(claim: _Claim, clock: Callable[[], datetime]) -> bool:
    """Write down that it may be accepted from now on; False when it must not be sent any more."""
    with transaction():
        now = clock()
        if not _update(
            claim,
            (DeliveryState.LEASED,),
            state=DeliveryState.SENDING,
            attempts=claim.attempts + 1,
            lease_until=now + SENDING_LEASE,
        ):
            return False
        notice = (
            session()
            .scalars(select(Notice).join(Delivery).where(Delivery.id == claim.letter.delivery_id))
            .one()
        )
        over = _over(notice, now)
        if over is not None:
            _finish(claim, over)
        return over is None


def _over(notice: Notice, now: datetime) -> DeliveryState | None:
    if notice.expires_at is not None and notice.expires_at <= now:
        return DeliveryState.EXPIRED
    active = session().scalar(select(User.active).where(User.id == notice.user_id))
    if active is False or CATALOGUE[notice.kind].is_obsolete(notice, now):
        return DeliveryState.SUPERSEDED
    return None


def _defer(claim: _Claim, now: datetime, rng: random.Random, fault: Fault) -> None:
    """Try again after a random part of 30 s, 60 s, 120 s ... at most an hour."""
    longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**claim.attempts)
    wait = timedelta(seconds=rng.uniform(0, longest))
    attempts = claim.attempts + 1
    _settle(claim, DeliveryState.READY, error=str(fault), due_at=now + wait, attempts=attempts)


def _settle(claim: _Claim, state: DeliveryState, **values: Any) -> bool:
    """Write the outcome down; False when the claim is no longer this worker's."""
    with transaction():
        return _finish(claim, state, **values)


def _finish(claim: _Claim, state: DeliveryState, **values: Any) -> bool:
    values = {"error": ""} | values | {"token": None, "lease_until": None}
    values["error"] = values["error"][:500]
    held = _update(claim, (DeliveryState.LEASED, DeliveryState.SENDING), state=state, **values)
    if held and state is not DeliveryState.READY and CATALOGUE[claim.letter.kind].is_secret:
        _blank(select(Delivery.notice_id).where(Delivery.id == claim.letter.delivery_id))
    return held


def _update(claim: _Claim, states: tuple[DeliveryState, ...], **values: Any) -> bool:
    done = session().execute(
        update(Delivery)
        .where(
            Delivery.id == claim.letter.delivery_id,
            Delivery.token == claim.token,
            Delivery.state.in_(states),
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _blank(notice_ids: Any) -> None:
    """Forget a secret: nobody needs it any more."""
    session().execute(
        update(Notice)
        .where(Notice.id.in_(notice_ids))
        .values(facts={})
        .execution_options(synchronize_session=False)
    )


# Cleaning up


def _free(left: Any, now: datetime) -> int:
    found = (
        select(Delivery)
        .where(Delivery.state.in_((DeliveryState.LEASED, DeliveryState.SENDING)), left)
        .order_by(Delivery.id)
        .with_for_update(skip_locked=True, of=Delivery)
    )
    rows = list(session().scalars(found))
    for row in rows:
        is_parked = False
        if row.state is DeliveryState.SENDING:
            row.error = "the worker stopped while sending"
            row.due_at = now + _pause(row.attempts)
            is_parked = row.notice.policy is Policy.PARK
        row.state = DeliveryState.UNKNOWN if is_parked else DeliveryState.READY
        row.token = row.lease_until = None
    return len(rows)


def _pause(attempts: int) -> timedelta:
    """None after the first crash; a message that ends every worker waits longer each time."""
    if attempts <= 1:
        return timedelta(0)
    return timedelta(seconds=min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (attempts - 2)))


def _expire(now: datetime) -> int:
    found = (
        select(Delivery)
        .join(Delivery.notice)
        .where(
            Delivery.state == DeliveryState.READY,
            Delivery.due_at <= now,
            Notice.expires_at <= now,
        )
        .with_for_update(skip_locked=True, of=Delivery)
    )
    rows = list(session().scalars(found))
    for row in rows:
        row.state = DeliveryState.EXPIRED
    _blank([row.notice_id for row in rows if CATALOGUE[row.notice.kind].is_secret])
    return len(rows)
