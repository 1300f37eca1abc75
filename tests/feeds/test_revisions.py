"""A calendar whose bytes changed has a new revision, whatever was done."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from events.feeds import reach, services
from events.feeds.states import FeedKind, scope
from events.flows.publish_activities import publish_activities
from events.flows.reset_feed import reset_feed
from events.flows.save_organization import save_organization
from events.flows.save_venue import save_venue
from events.flows.withdraw import withdraw
from events.identity.drafts import OrganizationDraft
from events.identity.models import Organization
from events.kernel.db import session, transaction
from events.venues.drafts import VenueDraft
from events.venues.models import Venue
from tests.feeds.world import LATER, World, assert_revision_moves, snapshots

MUCH_LATER = LATER + timedelta(hours=1)


def _scopes(world: World, *names: str) -> set[str]:
    kinds = {"campaign": "campaign", "museum": "venue", "team": "team"}
    return {f"{kinds.get(name, 'volunteer')}:{world.cast[name]}" for name in names}


def _around(world: World) -> set[str]:
    """The feeds of organizations, districts, groups and themes that show the lectures."""
    return {scope(a.kind, a.subject_id, a.word) for a in reach.around([world.lectures])}


def test_equal_revisions_have_equal_bytes(world: World, app: Flask) -> None:
    world.sign_up("lin")
    assert snapshots(app) == snapshots(app)


def test_publishing(world: World, app: Flask) -> None:
    def change() -> None:
        mei = world.cast.actor("mei")
        publish_activities(
            mei, LATER, campaign_id=world.cast["campaign"], activity_ids=[world.draft]
        )

    others = _scopes(world, "campaign", "museum", "team") | _around(world)
    assert assert_revision_moves(app, change) == others - {f"activity:{world.lectures}"}


def test_answering_moving_cancelling(world: World, app: Flask) -> None:
    world.sign_up("lin", 0)
    everybody = _scopes(world, "campaign", "museum", "team", "lin") | _around(world)
    assert assert_revision_moves(app, lambda: world.answer(0, now=LATER)) == everybody
    to = datetime(2025, 9, 7, 9, 0)
    assert assert_revision_moves(app, lambda: world.move(0, to, space="square")) == everybody
    assert assert_revision_moves(app, lambda: world.answer(0, is_yes=False)) == everybody
    without_place = lambda: world.move(0, to, space=None)  # noqa: E731
    # the museum, whose keeper declined, shows nothing else; its series counts its revisions
    assert assert_revision_moves(app, without_place) == everybody
    assert assert_revision_moves(app, lambda: world.cancel(0, now=MUCH_LATER)) == everybody


def test_signing_up_and_withdrawing(world: World, app: Flask) -> None:
    signed: list[int] = []
    lin = _scopes(world, "lin")
    assert assert_revision_moves(app, lambda: signed.append(world.sign_up("lin"))) == lin
    leave = lambda: withdraw(world.cast.actor("lin"), MUCH_LATER, signup_id=signed[0])  # noqa: E731
    assert assert_revision_moves(app, leave) == lin


def test_renaming_a_venue(world: World, app: Flask) -> None:
    world.sign_up("lin")
    session().rollback()
    museum = session().get_one(Venue, world.cast["museum"])
    version, name = museum.version, "新博物馆"
    draft = VenueDraft(
        **{
            field: name if field == "name" else getattr(museum, field)
            for field in VenueDraft.__dataclass_fields__
        }
    )

    def change() -> None:
        tao = world.cast.actor("tao")
        save_venue(tao, MUCH_LATER, venue_id=museum.id, version=version, draft=draft)

    everybody = _scopes(world, "campaign", "museum", "team", "lin") | _around(world)
    assert assert_revision_moves(app, change) == everybody
    assert "X-WR-CALNAME:新博物馆" in world.text(FeedKind.VENUE, "museum")
    assert "LOCATION:新博物馆 报告厅" in world.text(FeedKind.VOLUNTEER, "lin")


def test_renaming_the_lead_unit(world: World, app: Flask) -> None:
    world.sign_up("lin")
    session().rollback()
    office = session().get_one(Organization, world.cast["office"])
    version = office.version
    draft = OrganizationDraft(name="新科协", level=office.level, kind=office.kind)

    def change() -> None:
        ada = world.cast.actor("ada")
        save_organization(ada, MUCH_LATER, organization_id=office.id, version=version, draft=draft)

    everybody = _scopes(world, "campaign", "museum", "team", "lin") | _around(world)
    assert assert_revision_moves(app, change) == everybody


def test_a_new_address_changes_no_bytes(world: World, app: Flask) -> None:
    feed_id = world.feed(FeedKind.TEAM, "team").id
    before = snapshots(app)[f"team:{world.cast['team']}"]
    reset_feed(world.cast.actor("wei"), LATER, feed_id=feed_id)
    after = snapshots(app)[f"team:{world.cast['team']}"]
    assert after.revision == before.revision + 1


def test_the_guard_catches_a_change_that_nobody_recorded(world: World, app: Flask) -> None:
    def change() -> None:
        with transaction():
            services.rename(world.feed(FeedKind.CAMPAIGN, "campaign"), "偷偷改名")

    with pytest.raises(AssertionError, match=f"campaign:{world.cast['campaign']}"):
        assert_revision_moves(app, change)
