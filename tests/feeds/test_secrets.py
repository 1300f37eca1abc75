"""Who holds an address reads the calendar; nobody else does, and an old address is dead."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from events.feeds.states import FeedKind
from events.flows.deactivate_user import deactivate_user
from events.flows.reset_feed import reset_feed
from events.journal.models import Change
from events.journal.states import ChangeKind
from events.kernel.db import session
from events.kernel.errors import NotFound
from tests.cast import NOW
from tests.feeds.world import LATER, World, statements


def _get(client: FlaskClient, path: str) -> tuple[int, dict[str, str], bytes]:
    session().rollback()
    answer = client.get(path)
    return answer.status_code, dict(answer.headers), answer.data


def test_every_address_that_is_none_gets_the_same_answer(world: World, client: FlaskClient) -> None:
    good = world.path(FeedKind.VOLUNTEER, "lin")
    key = good.removeprefix("/feeds/").removesuffix(".ics")
    number, _, proof = key.partition("-")
    xu = world.path(FeedKind.VOLUNTEER, "xu").partition("-")[2]
    assert client.get(good).status_code == 200
    bad = [
        f"/feeds/{number}-{xu}",
        f"/feeds/999999-{proof}.ics",
        f"/feeds/0{number}-{proof}.ics",
        f"/feeds/{number}-{proof.swapcase()}.ics",
        f"/feeds/{number}-{proof[:-1]}.ics",
        f"/feeds/{number}-{proof}x.ics",
        f"/feeds/{number}-.ics",
        f"/feeds/{number}.ics",
        f"/feeds/{key}",
        f"/feeds/{key}.ICS",
        f"/feeds/x/{key}.ics",
        "/feeds/.ics",
        "/feeds/-1-abc.ics",
        "/feeds/99999999999999999-abc.ics",
        "/feeds/99999999999-abc.ics",
        "/feeds/1٣-abc.ics",
        "/feeds/1%00-abc.ics",
        "/feeds/月球.ics",
        "/feeds/" + "9" * 5000 + "-a.ics",
    ]
    answers = [_get(client, path) for path in bad]
    assert answers == [answers[0]] * len(bad)
    status, headers, body = answers[0]
    assert (status, headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert headers["Cache-Control"] == "private, no-store"
    assert "Vary" not in headers
    assert body.decode().startswith("没有这个日历")


def test_malformed_keys_ask_the_database_nothing(world: World, client: FlaskClient) -> None:
    with statements() as seen:
        for path in ("/feeds/x.ics", "/feeds/99999999999-abc.ics", "/feeds/x"):
            assert client.get(path).status_code == 404
    assert seen == []


def test_somebody_elses_key_opens_nothing(world: World, client: FlaskClient) -> None:
    world.sign_up("lin")
    lin = world.path(FeedKind.VOLUNTEER, "lin").removeprefix("/feeds/")
    xu = world.path(FeedKind.VOLUNTEER, "xu").removeprefix("/feeds/")
    forged = f"/feeds/{lin.partition('-')[0]}-{xu.partition('-')[2]}"
    assert _get(client, forged)[0] == 404
    assert b"BEGIN:VEVENT" not in _get(client, f"/feeds/{xu}")[2]
    assert b"BEGIN:VEVENT" in _get(client, f"/feeds/{lin}")[2]


def test_a_key_for_another_purpose_opens_nothing(world: World, client: FlaskClient) -> None:
    feed = world.feed(FeedKind.TEAM, "team")
    other = world.calendars.links.key("answer", feed.id, feed.nonce)
    assert _get(client, f"/feeds/{other}.ics")[0] == 404


def test_after_a_reset_only_the_new_address_works(world: World, client: FlaskClient) -> None:
    old = world.path(FeedKind.VOLUNTEER, "lin")
    tag = client.get(old).headers["ETag"]
    reset_feed(world.cast.actor("lin"), LATER, feed_id=world.feed(FeedKind.VOLUNTEER, "lin").id)
    new = world.path(FeedKind.VOLUNTEER, "lin")
    assert client.get(old, headers={"If-None-Match": tag}).status_code == 404
    assert client.get(old, headers={"If-None-Match": "*"}).status_code == 404
    answer = client.get(new, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.headers["ETag"] == tag) == (200, False)
    feed = world.feed(FeedKind.VOLUNTEER, "lin")
    assert feed.reset_at == LATER
    change = session().scalars(select(Change).where(Change.kind == ChangeKind.FEED_RESET)).one()
    assert (change.actor_name, change.facts) == ("Lin", {"feed_id": feed.id})
    assert feed.nonce not in repr(vars(change))


ALLOWED = {
    (FeedKind.VOLUNTEER, "lin"): {"lin", "ada"},
    (FeedKind.TEAM, "team"): {"wei", "mei", "ada"},
    (FeedKind.VENUE, "museum"): {"tao", "mei", "ada"},
    (FeedKind.CAMPAIGN, "campaign"): {"mei", "ada"},
    (FeedKind.ORGANIZATION, "district"): {"mei", "ada"},
    (FeedKind.ORGANIZATION, "city"): {"ada"},
}


@pytest.mark.parametrize(("kind", "name"), ALLOWED)
def test_who_may_reset(world: World, kind: FeedKind, name: str) -> None:
    may: set[str] = set()
    for hours, who in enumerate(("mei", "ada", "tao", "lin", "bo", "wei", "xu")):
        now = LATER + timedelta(hours=hours)
        before = world.feed(kind, name)
        feed_id, nonce = before.id, before.nonce
        try:
            reset_feed(world.cast.actor(who), now, feed_id=feed_id)
            may.add(who)
        except NotFound:
            assert world.feed(kind, name).nonce == nonce
    assert may == ALLOWED[kind, name]


def test_a_feed_that_is_none_cannot_be_reset(world: World) -> None:
    with pytest.raises(NotFound):
        reset_feed(world.cast.actor("ada"), LATER, feed_id=424242)


def test_a_closed_account_takes_its_calendars_address_along(
    world: World, client: FlaskClient
) -> None:
    path = world.path(FeedKind.VOLUNTEER, "lin")
    assert client.get(path).status_code == 200
    deactivate_user(world.cast.actor("ada"), NOW, user_id=world.cast["lin"])
    assert client.get(path).status_code == 404
