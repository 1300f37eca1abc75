from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from events.flows.hold_notice import hold_notice
from events.flows.send_again import send_again
from events.identity.actor import Actor
from events.identity.models import Grant, Organization, User
from events.identity.states import Role
from events.kernel.db import db, session, transaction
from events.kernel.errors import Forbidden, NotFound, Refused
from events.notices import queries, services
from events.notices.queries import Told
from events.notices.states import DeliveryState, NoticeKind
from events.venues.models import Venue
from tests.cast import NOW
from tests.feeds.world import World
from tests.notices.conftest import Office
from tests.notices.smtp_server import CUT

ONE = pytest.mark.parametrize("engine", ["sqlite"])
SENT, READY = DeliveryState.SENT, DeliveryState.READY


def seen(rows: list[Told]) -> list[tuple[object, ...]]:
    return [(t.kind.value, t.title, t.recipients, t.unreachable, t.states, t.because) for t in rows]


def test_the_timeline_shows_what_was_told_and_what_will_be(world: World, office: Office) -> None:
    with transaction():
        session().get_one(Venue, world.cast["museum"]).contact_email = ""
    world.sign_up("lin")
    office.compose()
    office.send()
    office.now = NOW + timedelta(hours=2)
    mei = world.cast.actor("mei")
    title = world.occurrence().activity.title
    assert seen(queries.timeline(mei, before=office.now)) == [
        ("signed_up", title, 1, 0, {SENT: 1}, ("volunteer",)),
        ("published", "2025 全国科普月", 2, 0, {SENT: 2}, ("lead_unit", "team_leader")),
        ("booking_request", "示例区博物馆", 1, 1, {}, ("venue_contact",)),
    ]
    assert seen(queries.timeline(mei, since=office.now)) == [
        ("shift_reminder", title, 1, 0, {READY: 1}, ("volunteer",))
    ]
    scope = f"campaign:{world.cast['campaign']}"
    assert len(queries.timeline(mei, scope=scope)) == 2
    assert queries.timeline(mei, scope="campaign:999") == []


@ONE
def test_pages_of_the_timeline_neither_overlap_nor_leave_gaps(world: World, office: Office) -> None:
    for number in range(4):
        world.sign_up("lin", number)
    office.compose()
    mei = world.cast.actor("mei")
    whole = queries.timeline(mei)
    assert len(whole) == 10
    pages = [
        told for start in range(0, 10, 3) for told in queries.timeline(mei, limit=3, offset=start)
    ]
    assert pages == whole


@ONE
def test_the_timeline_asks_as_often_for_many_as_for_one(world: World, office: Office) -> None:
    world.sign_up("lin")
    office.compose()
    mei = world.cast.actor("mei")
    assert [_selects(mei, limit) for limit in (1, 4)] == [4, 4]


def _selects(actor: Actor, limit: int) -> int:
    """How many SELECTs a page of the timeline takes."""
    session().rollback()
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    queries.timeline(actor, limit=limit)
    event.remove(db.engine, "before_cursor_execute", note)
    return len([statement for statement in asked if statement.startswith("SELECT")])


@ONE
def test_strangers_see_nothing(world: World, office: Office) -> None:
    with transaction():
        services.send_password_reset(session().get_one(User, world.cast["lin"]), "secret", NOW)
    office.compose()
    (request,) = office.notices(NoticeKind.BOOKING_REQUEST)
    (reset,) = office.notices(NoticeKind.PASSWORD_RESET)
    delivery_id, change_id = request.deliveries[0].id, request.change_id
    reset_delivery = reset.deliveries[0].id
    assert change_id is not None
    for name in ("xu", "tao", "lin"):
        actor = world.cast.actor(name)
        assert queries.timeline(actor) == []
        for ask in (
            lambda: queries.notice(actor, request.id),  # noqa: B023
            lambda: queries.delivery(actor, delivery_id),  # noqa: B023
            lambda: queries.recipients(actor, change_id=change_id, kind=request.kind),  # noqa: B023
            lambda: send_again(actor, NOW, delivery_id=delivery_id),  # noqa: B023
            lambda: hold_notice(actor, delivery_id=delivery_id),  # noqa: B023
        ):
            with pytest.raises(NotFound):
                ask()
    ada = world.cast.actor("ada")
    assert "password_reset" not in {told.kind.value for told in queries.timeline(ada)}
    with pytest.raises(NotFound):
        queries.notice(ada, reset.id)
    with pytest.raises(NotFound):
        send_again(ada, NOW, delivery_id=reset_delivery)


@ONE
def test_recipients_of_a_group_with_their_deliveries(world: World, office: Office) -> None:
    office.compose()
    office.send()
    mei = world.cast.actor("mei")
    (told,) = [t for t in queries.timeline(mei) if t.kind is NoticeKind.PUBLISHED]
    rows = queries.recipients(mei, change_id=told.change.id, kind=told.kind)
    assert [(n.recipient, n.because, n.deliveries[0].state) for n in rows] == [
        ("Wei", "team_leader", SENT),
        ("区科协", "lead_unit", SENT),
    ]


def test_what_nobody_is_sure_of_can_be_sent_again(world: World, office: Office) -> None:
    office.compose()
    office.server.order("dot", CUT, to="wei@kepu.example")
    office.send()
    mei = world.cast.actor("mei")
    (unsure,) = [r for r in office.deliveries() if r.state is DeliveryState.UNKNOWN]
    send_again(mei, NOW, delivery_id=unsure.id)
    assert office.send() == 1
    assert sorted(office.server.copies.values()) == [1, 1, 2]
    with pytest.raises(Refused, match="notice_not_repeatable"):
        send_again(mei, NOW, delivery_id=unsure.id)


@ONE
def test_what_is_no_longer_true_is_not_sent_again(world: World, office: Office) -> None:
    office.compose()
    office.server.order("rcpt", "550 no", to="tao@kepu.example")
    office.send()
    for number in range(4):
        world.answer(number)
    (request,) = office.deliveries(NoticeKind.BOOKING_REQUEST)
    with pytest.raises(Refused, match="notice_obsolete"):
        send_again(world.cast.actor("mei"), NOW, delivery_id=request.id)


@ONE
def test_a_notice_kept_back_waits_for_a_person(world: World, office: Office) -> None:
    office.compose()
    mei = world.cast.actor("mei")
    (request,) = office.deliveries(NoticeKind.BOOKING_REQUEST)
    hold_notice(mei, delivery_id=request.id)
    hold_notice(mei, delivery_id=request.id)
    assert office.send() == 2
    send_again(mei, NOW, delivery_id=request.id)
    assert office.send() == 1
    with pytest.raises(Refused, match="notice_not_waiting"):
        hold_notice(mei, delivery_id=request.id)


@ONE
def test_seeing_notices_is_not_enough_to_send_them(world: World, office: Office) -> None:
    office.compose()
    with transaction():
        xu = session().get_one(User, world.cast["xu"])
        district = session().get_one(Organization, world.cast["district"])
        xu.grants.append(Grant(organization=district, role=Role.OBSERVER, created_at=NOW))
    (request,) = office.deliveries(NoticeKind.BOOKING_REQUEST)
    xu_now = world.cast.actor("xu")
    assert queries.delivery(xu_now, request.id).id == request.id
    with pytest.raises(Forbidden):
        hold_notice(xu_now, delivery_id=request.id)
    with pytest.raises(Forbidden):
        send_again(xu_now, NOW, delivery_id=request.id)
