from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from events.campaigns.models import Activity
from events.flows.publish_activities import publish_activities
from events.flows.withdraw import withdraw
from events.identity.models import Organization, User
from events.identity.states import Expansion, Kind, Level
from events.journal.models import Change
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.notices import dispatch, drafts, render
from events.notices.catalogue import CATALOGUE, WHO, WHY
from events.notices.states import NoticeKind
from events.venues.models import Venue
from tests.cast import NOW, Cast
from tests.feeds.world import FIRST, LATER, World, plan
from tests.notices.conftest import LINKS, Office, edit

ONE = pytest.mark.parametrize("engine", ["sqlite"])
DAY = timedelta(days=1)


def told(office: Office, kind: NoticeKind) -> list[tuple[str, str, str]]:
    """Recipient, reason and address ("" when there is no delivery) of each notice of a kind."""
    return [
        (n.recipient, n.because, n.deliveries[0].address if n.deliveries else "")
        for n in office.notices(kind)
    ]


def test_composing_twice_adds_nothing(world: World, office: Office) -> None:
    world.sign_up("lin")
    assert office.compose() == 5
    assert office.compose() == 0
    with transaction():
        for change in session().scalars(select(Change)):
            change.composed_at = None
    assert office.compose() == 0
    assert len(office.deliveries()) == 5


def test_a_publication_tells_units_team_and_venue(world: World, office: Office) -> None:
    office.compose()
    assert told(office, NoticeKind.PUBLISHED) == [
        ("区科协", "lead_unit", "xa-kx@kepu.example"),
        ("Wei", "team_leader", "wei@kepu.example"),
    ]
    assert told(office, NoticeKind.BOOKING_REQUEST) == [
        ("Tao", "venue_contact", "tao@kepu.example")
    ]
    (lead, team) = office.notices(NoticeKind.PUBLISHED)
    starts = [s["starts_at"] for s in lead.facts["sessions"]]
    assert starts == [(world.occurrence(n).starts_at).isoformat() for n in range(4)]
    assert {s["role"] for s in lead.facts["sessions"]} == {"lead"}
    assert {s["places"] for s in team.facts["sessions"]} == {2}


@ONE
def test_a_collective_name_stands_for_its_members(cast: Cast, office: Office) -> None:
    with transaction():
        district = session().get_one(Organization, cast["district"])
        towns = _organization(district, "XA-ZZ", "各乡镇办", Kind.GROUP, Expansion.TOWNS)
        silent = _organization(district, "XA-GP", "高桥镇", Kind.REGION, None)
        silent.level, silent.email = Level.TOWN, None
        session().flush()
        supporters = [towns.id, cast["culture"]]
    _publish_lecture(cast, supporters)
    office.compose()
    assert told(office, NoticeKind.PUBLISHED)[:4] == [
        ("区科协", "lead_unit", "xa-kx@kepu.example"),
        ("区文旅局", "supporting_unit", "xa-wlj@kepu.example"),
        ("温泉办事处", "supporting_unit", "xa-wq@kepu.example"),
        ("高桥镇", "supporting_unit", ""),
    ]


def _organization(
    parent: Organization, code: str, name: str, kind: Kind, expansion: Expansion | None
) -> Organization:
    row = Organization(
        code=code, name=name, level=Level.DISTRICT, kind=kind, expansion=expansion, parent=parent
    )
    row.path = ""
    session().add(row)
    session().flush()
    row.path = f"{parent.path}{row.id}."
    return row


def _publish_lecture(cast: Cast, supporters: list[int]) -> None:
    activity_id = plan(cast, code="G001", title="巡展", space="hall", team="team")
    with transaction():
        activity = session().get_one(Activity, activity_id)
        activity.supporters = [session().get_one(Organization, n) for n in supporters]
    mei = cast.actor("mei")
    publish_activities(mei, NOW, campaign_id=cast["campaign"], activity_ids=[activity_id])


@ONE
def test_an_answer_goes_to_the_owner_or_to_the_nearest_organizers(
    world: World, office: Office
) -> None:
    world.answer(0)
    office.compose()
    with transaction():
        session().get_one(User, world.cast["mei"]).active = False
        ada = session().get_one(User, world.cast["ada"])
        ada.language = "en"
    world.answer(1, is_yes=False)
    office.compose()
    assert told(office, NoticeKind.BOOKING_ANSWERED) == [("Mei", "organizer", "mei@kepu.example")]


def test_a_signup_is_confirmed_now_and_reminded_a_day_ahead(world: World, office: Office) -> None:
    world.sign_up("lin")
    office.compose()
    start = world.occurrence().starts_at
    (confirmed,) = office.notices(NoticeKind.SIGNED_UP)
    (reminder,) = office.notices(NoticeKind.SHIFT_REMINDER)
    assert (confirmed.due_at, confirmed.expires_at) == (NOW, world.occurrence().ends_at)
    assert (reminder.due_at, reminder.expires_at) == (start - DAY, start)
    assert [row.due_at for row in reminder.deliveries] == [start - DAY]


@ONE
def test_a_late_signup_hears_once_that_it_is_near(world: World, office: Office) -> None:
    start = world.occurrence().starts_at
    office.now = start - DAY
    world.sign_up("lin", now=office.now)
    office.compose()
    assert office.notices(NoticeKind.SHIFT_REMINDER) == []
    (delivery,) = office.deliveries(NoticeKind.SIGNED_UP)
    letter = replace(dispatch.letter(delivery), language="en")
    assert "there is no other reminder" in render.words(letter, LINKS).text
    office.now = start - DAY - timedelta(minutes=1)
    world.sign_up("wei", now=office.now)
    office.compose()
    (reminder,) = office.notices(NoticeKind.SHIFT_REMINDER)
    assert reminder.due_at == start - DAY


@ONE
def test_a_signup_withdrawn_before_it_was_composed_says_nothing(
    world: World, office: Office
) -> None:
    signup_id = world.sign_up("lin")
    withdraw(world.cast.actor("lin"), LATER, signup_id=signup_id)
    office.compose()
    assert told(office, NoticeKind.SIGNED_UP) == told(office, NoticeKind.SHIFT_REMINDER) == []


@ONE
def test_a_move_tells_everybody_once(world: World, office: Office) -> None:
    world.sign_up("lin")
    world.sign_up("wei")  # also leads the team: one address, one mail
    office.compose()
    world.move(0, FIRST + DAY, space="square")
    office.compose()
    assert told(office, NoticeKind.CHANGED) == [
        ("Lin", "volunteer", "lin@kepu.example"),
        ("Wei", "volunteer", "wei@kepu.example"),
        ("Tao", "venue_contact", "tao@kepu.example"),
        ("区科协", "lead_unit", "xa-kx@kepu.example"),
    ]
    facts = office.notices(NoticeKind.CHANGED)[0].facts
    assert (facts["old_place"], facts["place"]) == ("示例区博物馆 报告厅", "示例区博物馆 广场")
    assert len(office.notices(NoticeKind.SHIFT_REMINDER)) == 4


@ONE
def test_who_has_no_address_is_kept_for_the_record(world: World, office: Office) -> None:
    with transaction():
        session().get_one(Venue, world.cast["museum"]).contact_email = ""
    office.compose()
    assert told(office, NoticeKind.BOOKING_REQUEST) == [("Tao", "venue_contact", "")]


@ONE
def test_one_change_that_cannot_be_composed_does_not_hold_up_the_others(
    world: World, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction():
        wanted = select(Change).where(Change.kind == ChangeKind.BOOKINGS_REQUESTED)
        first = session().scalars(wanted).one()
        right = first.facts
        first.facts = {}
        first_id = first.id
    with caplog.at_level(logging.CRITICAL):
        assert office.compose() == 2
    with transaction():
        session().get_one(Change, first_id).facts = right
    assert [office.compose(), office.compose()] == [1, 0]


@ONE
def test_a_long_list_is_cut_and_counted(
    world: World, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MOST_LISTED", 3)
    office.compose()
    facts = office.notices(NoticeKind.PUBLISHED)[0].facts
    assert (len(facts["sessions"]), facts["count"]) == (3, 4)


def test_every_kind_stands_in_the_catalogue() -> None:
    assert set(CATALOGUE) == set(NoticeKind)
    assert len({entry.priority for entry in CATALOGUE.values()}) == len(CATALOGUE)
    assert {word for entry in CATALOGUE.values() for word in entry.because} == set(WHO) == set(WHY)
    assert all(callable(entry.is_obsolete) for entry in CATALOGUE.values())


@ONE
def test_an_edited_series_tells_everybody_once_of_their_own_sessions(
    world: World, office: Office
) -> None:
    world.sign_up("lin", 1)
    world.sign_up("lin", 2)
    world.sign_up("wei", 3)
    office.compose()
    edit(world, FIRST.replace(hour=14))
    office.compose()
    told_of = {
        notice.recipient: len(notice.facts["sessions"])
        for notice in office.notices(NoticeKind.SERIES_CHANGED)
    }
    assert told_of == {"Lin": 2, "Tao": 4, "Wei": 4, "区科协": 4}
    lin = next(n for n in office.notices(NoticeKind.SERIES_CHANGED) if n.recipient == "Lin")
    names = ("effect", "old_starts_at", "starts_at")
    assert [tuple(each[name] for name in names) for each in lin.facts["sessions"]] == [
        ("moved", f"2025-09-{day}T01:00:00+00:00", f"2025-09-{day}T06:00:00+00:00")
        for day in (13, 20)
    ]
    reminders = office.notices(NoticeKind.SHIFT_REMINDER)
    obsolete = [CATALOGUE[n.kind].is_obsolete(n, LATER) for n in reminders]
    assert sorted(obsolete) == [False] * 3 + [True] * 3


@ONE
def test_a_later_edit_overtakes_a_notice_that_waits(world: World, office: Office) -> None:
    edit(world, FIRST.replace(hour=14))
    edit(world, FIRST.replace(hour=15), now=LATER + timedelta(minutes=1))
    office.compose()
    notices = office.notices(NoticeKind.SERIES_CHANGED)
    half = len(notices) // 2
    obsolete = [CATALOGUE[n.kind].is_obsolete(n, LATER) for n in notices]
    assert obsolete == [True] * half + [False] * half
