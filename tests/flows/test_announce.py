from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from events import observances
from events.campaigns.drafts import ActivityDraft, CampaignDraft
from events.campaigns.models import Activity, Campaign
from events.days import queries as days
from events.flows.announce_observance import (
    announce_observance,
    preview,
    preview_withdrawal,
    withdraw_observance,
)
from events.flows.create_campaign import create_campaign
from events.flows.publish_activities import publish_activities
from events.flows.save_activity import ActivityPlan, create_activity
from events.journal import queries as journal
from events.kernel.db import session
from events.kernel.errors import Forbidden, NotFound, Refused
from events.kernel.links import Links
from events.notices import compose
from events.notices.catalogue import CATALOGUE
from events.notices.models import Notice
from events.notices.render import Letter, words
from events.notices.states import NoticeKind
from events.observances import Status
from events.schedule.models import Occurrence, Series
from events.schedule.rules import Timing
from events.schedule.states import SeriesKind
from events.venues.models import Booking
from events.volunteers.models import Shift
from tests.cast import NOW, Cast

ONE = pytest.mark.parametrize("engine", ["sqlite"])
WEEK = "science-technology-week"  # by custom the third Saturday of May for eight days
LINKS = Links(base_url="https://kepu.example", secret="a secret of tests only")


def campaign(cast: Cast, *, starts_on: date = date(2026, 5, 16), days: int = 8) -> int:
    return create_campaign(
        cast.actor("mei"),
        NOW,
        organization_id=cast["office"],
        draft=CampaignDraft(
            name="2026 科技活动周",
            year=2026,
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=days - 1),
            observance_id=WEEK,
            owner_id=cast["mei"],
        ),
        slug=f"week-{starts_on}",
    )


def draft(cast: Cast, campaign_id: int, start: datetime, code: str = "W1") -> int:
    return create_activity(
        cast.actor("mei"),
        NOW,
        campaign_id=campaign_id,
        draft=ActivityDraft(
            code=code,
            title="科学实验课",
            duration_min=90,
            volunteers_needed=2,
            wish_from=date(2026, 5, 16),
            wish_until=date(2026, 5, 23),
        ),
        lead_id=cast["office"],
        supporter_ids=[],
        plan=ActivityPlan(
            timing=Timing(
                kind=SeriesKind.SINGLE,
                tz="Asia/Shanghai",
                starts_local=start,
                duration_min=90,
            ),
            uid=code,
            space_id=cast["hall"],
            team_id=cast["team"],
        ),
    )


def announce(cast: Cast, first: date, last: date, status: Status = Status.CONFIRMED) -> int:
    return announce_observance(
        cast.actor("ada"),
        NOW,
        observance_id=WEEK,
        year=2026,
        starts_on=first,
        ends_on=last,
        status=status,
        source="国科发才〔2026〕1号",
    )


def start_of(activity_id: int) -> datetime:
    found = select(Occurrence).join(Series).where(Series.activity_id == activity_id)
    return session().scalars(found).one().starts_at


def test_campaign_and_draft_go_along(app: Flask, cast: Cast) -> None:
    """From 16-23 May to 23-31 May: the Saturday stays a Saturday, with its hall and its team."""
    number = campaign(cast)
    activity = draft(cast, number, datetime(2026, 5, 16, 9))
    moves = preview(
        cast.actor("ada"),
        NOW,
        observance_id=WEEK,
        year=2026,
        starts_on=date(2026, 5, 23),
        ends_on=date(2026, 5, 31),
    )
    assert [(m.campaign.id, m.starts_on, m.ends_on, len(m.drafts)) for m in moves] == [
        (number, date(2026, 5, 23), date(2026, 5, 31), 1)
    ]
    assert announce(cast, date(2026, 5, 23), date(2026, 5, 31)) == 1
    row = session().get_one(Campaign, number)
    assert (row.starts_on, row.ends_on) == (date(2026, 5, 23), date(2026, 5, 31))
    stored = session().get_one(Activity, activity)
    assert (stored.wish_from, stored.wish_until) == (date(2026, 5, 23), date(2026, 5, 30))
    assert start_of(activity) == datetime.fromisoformat("2026-05-23T09:00:00+08:00")
    booking = session().scalars(select(Booking)).one()
    assert (booking.space_id, booking.starts_at) == (cast["hall"], start_of(activity))
    assert session().scalars(select(Shift)).one().team_id == cast["team"]
    found = observances.occurrence(observances.get(WEEK), 2026, days.announced(2026, 2026))
    assert found is not None
    assert (found.start, found.status) == (date(2026, 5, 23), Status.CONFIRMED)


@ONE
def test_a_campaign_with_days_of_its_own_keeps_its_distance(app: Flask, cast: Cast) -> None:
    number = campaign(cast, starts_on=date(2026, 5, 14), days=14)
    announce(cast, date(2026, 5, 18), date(2026, 5, 26))
    row = session().get_one(Campaign, number)
    assert (row.starts_on, row.ends_on) == (date(2026, 5, 16), date(2026, 5, 30))


@ONE
def test_what_is_published_stays_and_is_named(app: Flask, cast: Cast) -> None:
    number = campaign(cast)
    activity = draft(cast, number, datetime(2026, 5, 16, 9))
    publish_activities(cast.actor("mei"), NOW, campaign_id=number, activity_ids=[activity])
    before = start_of(activity)
    announce(cast, date(2026, 5, 23), date(2026, 5, 31))
    assert start_of(activity) == before
    change = journal.history(f"campaign:{number}")[0]
    assert change.facts["campaigns"][0]["published"] == ["W1 科学实验课"]


@ONE
def test_the_owner_hears_once_what_moved(app: Flask, cast: Cast) -> None:
    number = campaign(cast)
    draft(cast, number, datetime(2026, 5, 16, 9))
    announce(cast, date(2026, 5, 23), date(2026, 5, 31))
    compose.tick(NOW, LINKS)
    found = select(Notice).where(Notice.kind == NoticeKind.OBSERVANCE_ANNOUNCED)
    notice = session().scalars(found).one()
    assert (notice.recipient, notice.because) == ("Mei", "organizer")
    told = {name: notice.facts[name] for name in ("old_period", "period", "drafts", "is_moved")}
    assert told == {
        "old_period": ["2026-05-16", "2026-05-23"],
        "period": ["2026-05-23", "2026-05-31"],
        "drafts": 1,
        "is_moved": True,
    }
    letter = Letter(
        delivery_id=1,
        key=notice.key,
        kind=notice.kind,
        because=notice.because,
        recipient="Mei",
        address="mei@kepu.example",
        language="en",
        facts=notice.facts
        | {"left": ["W9 <讲座>"], "published": ["W8 讲座"], "published_count": 3},
    )
    said = words(letter, LINKS)
    assert said.subject == "2026 科技活动周 is now 23–31 May 2026"
    for part in ("16–23 May 2026 is now 23–31 May 2026", "- W9 <讲座>", "- W8 讲座", "2 more"):
        assert part in said.text
    assert "W9 &lt;讲座&gt;" in said.html
    announce(cast, date(2026, 5, 24), date(2026, 5, 31))
    assert CATALOGUE[notice.kind].is_obsolete(notice, NOW)


@ONE
def test_a_campaign_that_has_begun_stays(app: Flask, cast: Cast) -> None:
    number = campaign(cast, starts_on=NOW.date())
    assert announce(cast, date(2026, 5, 23), date(2026, 5, 31)) == 0
    assert session().get_one(Campaign, number).starts_on == NOW.date()


@ONE
def test_campaigns_of_other_years_and_observances_stay(app: Flask, cast: Cast) -> None:
    assert announce(cast, date(2026, 5, 23), date(2026, 5, 31)) == 0
    assert session().get_one(Campaign, cast["campaign"]).starts_on == date(2025, 9, 1)


@ONE
@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2026, 5, 23), date(2026, 5, 22), "announced_order"),
        (date(2025, 5, 23), date(2025, 5, 24), "announced_year"),
    ],
)
def test_dates_that_cannot_be_are_refused(
    app: Flask, cast: Cast, first: date, last: date, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        announce(cast, first, last)


@ONE
def test_only_announced_observances_and_administrators(app: Flask, cast: Cast) -> None:
    told = {
        "year": 2026,
        "starts_on": date(2026, 5, 30),
        "ends_on": date(2026, 5, 30),
        "status": Status.CONFIRMED,
        "source": "",
    }
    for who, observance in (("ada", "sci-tech-workers-day"), ("ada", "nothing"), ("mei", WEEK)):
        with pytest.raises((NotFound, Forbidden)):
            announce_observance(cast.actor(who), NOW, observance_id=observance, **told)  # type: ignore[arg-type]
    assert days.announced(2026, 2026) == {}


def withdraw(cast: Cast, who: str = "ada") -> int:
    return withdraw_observance(cast.actor(who), NOW, observance_id=WEEK, year=2026)


@ONE
def test_withdrawing_goes_back_to_the_rule_with_what_depends_on_it(app: Flask, cast: Cast) -> None:
    number = campaign(cast)
    activity = draft(cast, number, datetime(2026, 5, 16, 9))
    announce(cast, date(2026, 5, 23), date(2026, 5, 31))
    shown = preview_withdrawal(cast.actor("ada"), NOW, observance_id=WEEK, year=2026)
    assert [(m.starts_on, m.ends_on, len(m.drafts)) for m in shown] == [
        (date(2026, 5, 16), date(2026, 5, 23), 1)
    ]
    assert withdraw(cast) == 1
    row = session().get_one(Campaign, number)
    assert (row.starts_on, row.ends_on) == (date(2026, 5, 16), date(2026, 5, 23))
    assert start_of(activity) == datetime.fromisoformat("2026-05-16T09:00:00+08:00")
    known = days.announced(2026, 2026)
    found = observances.occurrence(observances.get(WEEK), 2026, known)
    assert found == observances.occurrence(observances.get(WEEK), 2026)
    assert (known[WEEK, 2026].sequence, known[WEEK, 2026].counts) == (2, False)
    with pytest.raises(NotFound):
        withdraw(cast)
    announce(cast, date(2026, 5, 24), date(2026, 5, 31))
    assert days.announced(2026, 2026)[WEEK, 2026].sequence == 3


@ONE
def test_the_owner_hears_of_the_withdrawal(app: Flask, cast: Cast) -> None:
    campaign(cast)
    announce(cast, date(2026, 5, 23), date(2026, 5, 31))
    withdraw(cast)
    compose.tick(NOW, LINKS)
    found = select(Notice).where(Notice.kind == NoticeKind.OBSERVANCE_ANNOUNCED)
    first, second = session().scalars(found.order_by(Notice.id))
    assert CATALOGUE[first.kind].is_obsolete(first, NOW)
    assert not CATALOGUE[second.kind].is_obsolete(second, NOW)
    letter = Letter(
        delivery_id=1,
        key=second.key,
        kind=second.kind,
        because=second.because,
        recipient="Mei",
        address="mei@kepu.example",
        language="en",
        facts=second.facts,
    )
    said = words(letter, LINKS).text
    assert "is withdrawn; by custom it is on 16–23 May 2026." in said
    unknown = replace(letter, facts=second.facts | {"observed": None})
    assert "its days are not known." in words(unknown, LINKS).text


@ONE
@pytest.mark.parametrize(("who", "fault"), [("mei", NotFound), ("ada", NotFound)])
def test_only_what_was_entered_can_be_withdrawn(
    app: Flask, cast: Cast, who: str, fault: type[Exception]
) -> None:
    with pytest.raises((fault, Forbidden)):
        withdraw(cast, who)
