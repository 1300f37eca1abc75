from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from events.flows.sign_up import sign_up
from events.kernel import clock
from events.kernel.db import session, transaction
from events.kernel.links import Links
from events.notices import compose
from events.notices.models import Delivery, Notice
from events.notices.states import DeliveryState, NoticeKind
from events.volunteers.models import Shift
from tests.cast import NOW, Cast
from tests.flows import season

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
LogIn = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=1))


@pytest.fixture
def published(cast: Cast) -> Cast:
    """A published activity for which Lin and Wei have signed up."""
    season.publish(cast, season.draft(cast, "A002", team="team"))
    shift_id = session().scalars(select(Shift.id)).one()
    for name in ("lin", "wei"):
        sign_up(cast.actor(name), NOW, shift_id=shift_id)
    compose.tick(NOW, Links(base_url="http://localhost", secret="s"))
    return cast


def _notice(kind: NoticeKind) -> Notice:
    found = select(Notice).where(Notice.kind == kind).order_by(Notice.id).limit(1)
    return session().scalars(found).one()


def test_the_timeline_says_what_comes_and_what_was(published: Cast, log_in: LogIn) -> None:
    text = log_in("mei").get("/notices").text
    coming, past = text.split('id="past-title"')
    reminder = _notice(NoticeKind.SHIFT_REMINDER)
    assert coming.count("/alike") == 1
    assert f'href="/notices/{reminder.id}/alike"' in coming
    assert past.count("/alike") == 3


def test_who_signed_up_one_by_one_is_reminded_together(published: Cast, log_in: LogIn) -> None:
    reminder = _notice(NoticeKind.SHIFT_REMINDER)
    text = log_in("mei").get(f"/notices/{reminder.id}/alike").text
    assert "lin@kepu.example" in text
    assert "wei@kepu.example" in text
    assert "tao@kepu.example" not in text


def test_a_failed_delivery_is_sent_again(published: Cast, log_in: LogIn) -> None:
    client = log_in("mei")
    request = _notice(NoticeKind.BOOKING_REQUEST)
    with transaction():
        delivery = session().scalars(select(Delivery).where(Delivery.notice_id == request.id)).one()
        delivery.state = DeliveryState.DEAD
        delivery_id, notice_id = delivery.id, request.id
    assert (
        f"/notices/deliveries/{delivery_id}/send-again"
        in client.get(f"/notices/{notice_id}/alike?state=dead").text
    )
    answer = client.post(f"/notices/deliveries/{delivery_id}/send-again")
    assert (answer.status_code, answer.location) == (303, f"/notices/{notice_id}/alike")
    assert session().get_one(Delivery, delivery_id).state is DeliveryState.READY


def test_a_waiting_delivery_is_kept_back_and_sent_after_all(published: Cast, log_in: LogIn) -> None:
    client = log_in("mei")
    reminder = _notice(NoticeKind.SHIFT_REMINDER)
    delivery_id = (
        session().scalars(select(Delivery.id).where(Delivery.notice_id == reminder.id)).one()
    )
    assert client.post(f"/notices/deliveries/{delivery_id}/hold").status_code == 303
    assert session().get_one(Delivery, delivery_id).state is DeliveryState.HELD
    assert client.post(f"/notices/deliveries/{delivery_id}/send-again").status_code == 303
    assert session().get_one(Delivery, delivery_id).state is DeliveryState.READY


def test_a_preview_may_style_itself_and_nothing_else(published: Cast, log_in: LogIn) -> None:
    request = _notice(NoticeKind.BOOKING_REQUEST)
    answer = log_in("mei").get(f"/notices/{request.id}/preview")
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; sandbox"
    )
    assert answer.mimetype == "text/html"


def test_the_secret_link_of_a_venue_is_shown_nowhere(
    app: Flask, published: Cast, log_in: LogIn
) -> None:
    client = log_in("mei")
    notice = _notice(NoticeKind.BOOKING_REQUEST)
    request = season.the_request()
    settings = app.extensions["kepu"]
    links = Links(base_url=settings.base_url, secret=settings.secret_key)
    key = links.key("answer", request.id, request.nonce)
    for page in ("", "/preview", "/alike"):
        text = client.get(f"/notices/{notice.id}{page}").text
        assert key not in text
        assert request.nonce not in text


def test_strangers_see_no_notice(published: Cast, log_in: LogIn) -> None:
    client = log_in("xu")
    notice = _notice(NoticeKind.BOOKING_REQUEST)
    assert "/alike" not in client.get("/notices").text
    for page in ("", "/preview", "/alike"):
        assert client.get(f"/notices/{notice.id}{page}").status_code == 404


def test_the_folder_is_named_only_while_there_is_no_mail_server(app: Flask, log_in: LogIn) -> None:
    client = log_in("mei")
    assert "outbox" in client.get("/notices").text
    settings = app.extensions["kepu"]
    app.extensions["kepu"] = replace(settings, smtp_url="smtp://localhost:25")
    assert "outbox" not in client.get("/notices").text
