from __future__ import annotations

import contextlib
import random
import smtplib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from events.flows.renew_link import renew_link
from events.flows.withdraw import withdraw
from events.identity.models import User
from events.kernel.db import session, transaction
from events.notices import dispatch, services, transports
from events.notices.models import Delivery, Notice
from events.notices.states import DeliveryState, NoticeKind
from events.notices.transports import smtp
from events.venues.models import BookingRequest
from tests.cast import NOW, Cast
from tests.feeds.world import FIRST, LATER, World
from tests.notices.conftest import Office
from tests.notices.smtp_server import CUT, HANG, free_port

ONE = pytest.mark.parametrize("engine", ["sqlite"])
DAY = timedelta(days=1)
TAO = "tao@kepu.example"
REQUEST, PUBLISHED = NoticeKind.BOOKING_REQUEST, NoticeKind.PUBLISHED
RECIPIENT = smtp.Smtp._recipient


def test_everything_due_is_sent_once_over_one_connection(world: World, office: Office) -> None:
    world.sign_up("lin")
    office.compose()
    assert office.send() == 4
    assert office.send() == 0
    assert sorted(to for to, _ in office.server.received) == [
        "lin@kepu.example",
        TAO,
        "wei@kepu.example",
        "xa-kx@kepu.example",
    ]
    assert sorted(office.server.copies.values()) == [1, 1, 1, 1]
    assert office.server.connections == 1
    (reminder,) = office.deliveries(NoticeKind.SHIFT_REMINDER)
    assert reminder.state is DeliveryState.READY
    sent = [row for row in office.deliveries() if row is not reminder]
    assert {(r.state, r.attempts, r.sent_at, r.token, r.lease_until) for r in sent} == {
        (DeliveryState.SENT, 1, NOW, None, None)
    }


@ONE
def test_urgent_notices_go_first(world: World, office: Office) -> None:
    world.sign_up("lin", 1)
    world.cancel(0)
    office.compose()
    office.send()
    kinds = {row.id: row.notice.kind for row in office.deliveries()}
    ids = [str(m["Message-ID"]) for m in office.server.messages]
    order = [kinds[int(one[2:].split(".")[0])] for one in ids]
    assert order == [NoticeKind.CANCELLED] * 3 + [REQUEST, NoticeKind.SIGNED_UP] + [PUBLISHED] * 2


# Still true?


def test_a_withdrawn_signup_is_not_reminded(world: World, office: Office) -> None:
    signup_id = world.sign_up("lin")
    office.compose()
    withdraw(world.cast.actor("lin"), LATER, signup_id=signup_id)
    office.now = world.occurrence().starts_at - DAY
    office.send()
    assert office.states(NoticeKind.SHIFT_REMINDER) == {"Lin": DeliveryState.SUPERSEDED}
    assert office.states(NoticeKind.SIGNED_UP) == {"Lin": DeliveryState.SUPERSEDED}


def test_a_cancelled_session_is_told_and_not_reminded(world: World, office: Office) -> None:
    world.sign_up("lin")
    office.compose()
    office.send()
    world.cancel()
    office.compose()
    office.now = world.occurrence().starts_at - DAY
    office.send()
    assert office.states(NoticeKind.SHIFT_REMINDER) == {"Lin": DeliveryState.SUPERSEDED}
    assert office.states(NoticeKind.CANCELLED) == dict.fromkeys(
        ("Lin", "Tao", "Wei", "区科协"), DeliveryState.SENT
    )


def test_a_moved_session_is_reminded_at_its_new_time_only(world: World, office: Office) -> None:
    world.sign_up("lin")
    office.compose()
    world.move(0, FIRST + timedelta(days=3), space="hall")
    office.compose()
    before, after = office.deliveries(NoticeKind.SHIFT_REMINDER)
    assert after.due_at == world.occurrence().starts_at - DAY
    office.now = before.due_at
    office.send()
    office.now = after.due_at
    office.send()
    states = [row.state for row in office.deliveries(NoticeKind.SHIFT_REMINDER)]
    assert states == [DeliveryState.SUPERSEDED, DeliveryState.SENT]


@ONE
def test_of_two_moves_only_the_last_is_told(world: World, office: Office) -> None:
    world.sign_up("lin")
    world.move(0, FIRST + timedelta(days=1), space="hall")
    world.move(0, FIRST + timedelta(days=2), space="hall")
    office.compose()
    office.send()
    states = [r.state for r in office.deliveries(NoticeKind.CHANGED) if r.notice.recipient == "Lin"]
    assert states == [DeliveryState.SUPERSEDED, DeliveryState.SENT]


@ONE
def test_an_answered_request_is_not_asked(world: World, office: Office) -> None:
    office.compose()
    for number in range(4):
        world.answer(number)
    office.send()
    assert office.states(REQUEST) == {"Tao": DeliveryState.SUPERSEDED}


@ONE
def test_an_old_link_is_not_mailed_once_there_is_a_new_one(world: World, office: Office) -> None:
    office.compose()
    request = session().query(BookingRequest).one()
    office.now = NOW + timedelta(hours=1)
    renew_link(office.now, request_id=request.id, nonce=request.nonce)
    office.compose()
    office.send()
    states = [row.state for row in office.deliveries(REQUEST)]
    assert states == [DeliveryState.SUPERSEDED, DeliveryState.SENT]
    (mail,) = [m for m in office.server.messages if str(m["To"]).endswith(f"<{TAO}>")]
    request = session().query(BookingRequest).one()
    assert office.post.links.answer(request.id, request.nonce) in mail.as_string().replace(
        "=\n", ""
    ) or office.post.links.answer(request.id, request.nonce) in (
        mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    )


@ONE
def test_too_late_is_never(world: World, office: Office) -> None:
    world.sign_up("lin")
    office.compose()
    office.now = world.occurrence().starts_at
    office.send()
    assert office.states(NoticeKind.SHIFT_REMINDER) == {"Lin": DeliveryState.EXPIRED}


@ONE
def test_what_is_too_late_ends_even_when_nothing_can_be_sent(world: World, office: Office) -> None:
    world.sign_up("lin")
    office.compose()
    start = world.occurrence().starts_at
    assert dispatch.reap(start) == 2  # the reminder, and the request whose link has ended
    assert office.states(NoticeKind.SHIFT_REMINDER) == {"Lin": DeliveryState.EXPIRED}
    assert dispatch.reap(start) == 0


@ONE
def test_a_closed_account_hears_nothing(world: World, office: Office) -> None:
    world.sign_up("lin")
    office.compose()
    with transaction():
        session().get_one(User, world.cast["lin"]).active = False
    office.send()
    assert office.states(NoticeKind.SIGNED_UP) == {"Lin": DeliveryState.SUPERSEDED}


# What the relay says


@ONE
def test_a_temporary_refusal_is_tried_again_after_a_random_wait(
    world: World, office: Office
) -> None:
    office.compose()
    office.server.order("rcpt", "450 greylisted", to=TAO, times=99)
    waits = []
    for attempt in range(9):
        office.send(seed=attempt)
        (row,) = office.deliveries(REQUEST)
        assert (row.state, row.attempts) == (DeliveryState.READY, attempt + 1)
        assert row.error == "450 greylisted"
        longest = min(3600, 30 * 2**attempt)
        waits.append((row.due_at - office.now).total_seconds())
        assert waits[-1] == pytest.approx(random.Random(attempt).uniform(0, longest), abs=0.001)
        office.now = row.due_at
    assert len(office.server.received) == 2  # the others did not wait for it
    office.server.faults.clear()
    assert office.send() == 1


@ONE
def test_a_permanent_refusal_ends_one_delivery_only(world: World, office: Office) -> None:
    office.compose()
    office.server.order("rcpt", "550 no such user", to=TAO)
    assert office.send() == 2
    (row,) = office.deliveries(REQUEST)
    assert (row.state, row.error) == (DeliveryState.DEAD, "550 no such user")
    assert office.send() == 0
    assert office.server.connections == 1


@ONE
def test_a_refused_connection_burns_no_attempts(world: World, office: Office) -> None:
    office.compose()
    office.post = replace(office.post, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    assert [office.send() for _ in range(3)] == [0, 0, 0]
    rows = office.deliveries()
    assert {(r.state, r.attempts, r.due_at) for r in rows} == {(DeliveryState.READY, 0, NOW)}
    assert [r.error for r in rows if r.error] == ["[Errno 111] Connection refused"]
    office.post = replace(office.post, smtp_url=office.server.url)
    assert office.send() == 3
    assert {r.error for r in office.deliveries()} == {""}


@ONE
@pytest.mark.parametrize(
    ("stage", "do", "attempts"),
    [
        ("mail", "421 too many connections", 0),
        ("mail", "530 log in first", 0),
        ("mail", "451 slow down", 1),
        ("rcpt", "421 closing", 1),
        ("rcpt", CUT, 1),
        ("rcpt", HANG, 1),
    ],
)
def test_trouble_with_the_connection_costs_at_most_one_attempt_of_one_delivery(
    world: World,
    office: Office,
    stage: str,
    do: str,
    attempts: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if do == HANG:
        monkeypatch.setattr(smtp.Smtp, "_recipient", _impatient)
    office.compose()
    office.server.order(stage, do, times=9)
    assert office.send() == 0
    monkeypatch.undo()
    assert [row.attempts for row in office.deliveries()] == [attempts, 0, 0]
    assert {row.state for row in office.deliveries()} == {DeliveryState.READY}
    office.server.faults.clear()
    office.now = NOW + timedelta(hours=1)
    assert office.send() == 3
    assert sorted(office.server.copies.values()) == [1, 1, 1]


def _impatient(self: smtp.Smtp, connection: smtplib.SMTP, to: str) -> None:
    """Wait only a moment for this answer; connecting may take its time on a busy machine."""
    assert connection.sock
    connection.sock.settimeout(0.3)
    RECIPIENT(self, connection, to)


@ONE
def test_an_answer_that_never_came_is_retried_or_parked(world: World, office: Office) -> None:
    office.compose()
    for to in (TAO, "wei@kepu.example"):
        office.server.order("dot", CUT, to=to)
    assert office.send() == 1
    assert office.states() == {
        "Tao": DeliveryState.READY,
        "Wei": DeliveryState.UNKNOWN,
        "区科协": DeliveryState.SENT,
    }
    office.now = NOW + timedelta(hours=1)
    assert office.send() == 1
    assert sorted(office.server.copies.values()) == [1, 1, 2]


@ONE
def test_refused_after_the_message_was_read_is_no_doubt(world: World, office: Office) -> None:
    office.compose()
    office.server.order("data", "554 spam", to="wei@kepu.example")
    office.server.order("data", "452 disk full", to=TAO)
    assert office.send() == 1
    assert office.states() == {
        "Tao": DeliveryState.READY,
        "Wei": DeliveryState.DEAD,
        "区科协": DeliveryState.SENT,
    }


@ONE
def test_a_kept_connection_that_ended_is_renewed(world: World, office: Office) -> None:
    office.compose()
    with transports.open(office.server.url, office.post.folder) as channel:
        for claim in dispatch._claim(NOW, lambda: NOW + DAY):
            assert dispatch._send(claim, channel, office.post)
            office.server.order("mail", CUT)
    assert office.server.connections == 3
    assert sorted(office.server.copies.values()) == [1, 1, 1]


@ONE
def test_one_that_cannot_be_written_does_not_hold_up_the_others(
    world: World, office: Office
) -> None:
    office.compose()
    _break_address(office.deliveries(REQUEST)[0].id)
    _break_facts(office.deliveries(PUBLISHED)[0].id)
    assert office.send() == 1
    assert sorted(row.state for row in office.deliveries()) == [
        DeliveryState.DEAD,
        DeliveryState.DEAD,
        DeliveryState.SENT,
    ]
    assert "no mail address" in office.deliveries(REQUEST)[0].error


def _break_address(delivery_id: int) -> None:
    with transaction():
        row = session().get_one(Delivery, delivery_id)
        row.address = "tao@kepu.example\r\nBcc: x@evil.example"


def _break_facts(delivery_id: int) -> None:
    with transaction():
        session().get_one(Delivery, delivery_id).notice.facts = {"broken": True}


# Workers


def test_a_worker_whose_lease_ended_cannot_send_any_more(world: World, office: Office) -> None:
    office.compose()
    stale = dispatch._claim(NOW, lambda: NOW)
    assert len(stale) == 3
    assert office.send() == 0  # claimed by the other
    office.now = NOW + dispatch.LEASE + timedelta(seconds=1)
    assert dispatch.reap(office.now) == 3
    assert office.send() == 3
    with transports.open(office.server.url, office.post.folder) as channel:
        done = dispatch._send_all(stale, channel, office.post, random.Random(1), lambda: False)
    dispatch._give_back(stale)
    assert done == (0, True)
    assert sorted(office.server.copies.values()) == [1, 1, 1]
    assert set(office.states().values()) == {DeliveryState.SENT}


@ONE
def test_waiting_for_other_writers_takes_nothing_from_a_lease(
    world: World, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.compose()
    wait = timedelta(seconds=15)

    @contextlib.contextmanager
    def after_others() -> Iterator[object]:
        office.now += wait
        with transaction() as writes:
            yield writes

    monkeypatch.setattr(dispatch, "transaction", after_others)
    claims = dispatch._claim(NOW, office.post.clock)
    assert {row.lease_until for row in office.deliveries()} == {NOW + wait + dispatch.LEASE}
    assert dispatch._mark(claims[0], office.post.clock)
    (marked,) = [row for row in office.deliveries() if row.state is DeliveryState.SENDING]
    assert marked.lease_until == NOW + 2 * wait + dispatch.SENDING_LEASE


@ONE
def test_told_to_stop_it_finishes_the_one_in_hand(world: World, office: Office) -> None:
    office.compose()

    def should_stop() -> bool:
        return len(office.server.received) == 1

    assert office.send(should_stop=should_stop) == 1
    assert sorted(row.state for row in office.deliveries()) == [
        DeliveryState.READY,
        DeliveryState.READY,
        DeliveryState.SENT,
    ]
    assert {row.attempts for row in office.deliveries()} == {0, 1}


@ONE
def test_a_fault_between_mark_and_answer_leaves_a_visible_mark(
    world: World, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.compose()

    def crash(*_: object, **__: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(dispatch, "_settle", crash)
    with pytest.raises(KeyboardInterrupt):
        office.send()
    monkeypatch.undo()
    states = sorted(row.state for row in office.deliveries())
    assert states == [DeliveryState.READY, DeliveryState.READY, DeliveryState.SENDING]


# Secrets


@ONE
@pytest.mark.parametrize("is_refused", [False, True])
def test_a_reset_link_is_forgotten_once_it_is_sent_or_given_up(
    cast: Cast, office: Office, is_refused: bool
) -> None:
    with transaction():
        lin = session().get_one(User, cast["lin"])
        services.send_password_reset(lin, "https://kepu.example/reset/s3cret", NOW)
    if is_refused:
        office.server.order("rcpt", "550 no")
    assert office.send() == (not is_refused)
    (notice,) = office.notices()
    assert (notice.facts, notice.expires_at) == ({}, NOW + timedelta(hours=1))
    if not is_refused:
        assert "reset/s3cret" in office.server.messages[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


@ONE
def test_a_reset_link_is_forgotten_after_an_hour(cast: Cast, office: Office) -> None:
    with transaction():
        services.send_password_reset(session().get_one(User, cast["lin"]), "secret", NOW)
    assert dispatch.reap(NOW + timedelta(hours=1)) == 1
    assert [(n.facts, n.deliveries[0].state) for n in office.notices()] == [
        ({}, DeliveryState.EXPIRED)
    ]


@ONE
def test_a_link_of_a_venue_is_not_stored(world: World, office: Office) -> None:
    office.compose()
    request = session().query(BookingRequest).one()
    secret = office.post.links.answer(request.id, request.nonce).split("/v/", 1)[1]
    stored = [str(notice.facts) for notice in session().query(Notice)]
    assert not [facts for facts in stored if secret in facts]
