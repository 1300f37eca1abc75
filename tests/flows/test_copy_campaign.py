"""Last year's campaign taken over into another year."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select

from events.campaigns.drafts import CampaignDraft
from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState
from events.flows.copy_campaign import copy_campaign
from events.kernel.db import session
from events.kernel.errors import NotFound
from events.schedule import queries as schedule
from events.schedule.models import Occurrence
from events.venues import queries as venues
from events.venues.states import BookingState
from tests.cast import NOW, Cast
from tests.flows import season

ONE = pytest.mark.parametrize("engine", ["sqlite"])
NEXT = CampaignDraft(
    name="2026 全国科普月", year=2026, starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 30)
)


def copied(cast: Cast, actor: str = "mei") -> Campaign:
    made = copy_campaign(
        cast.actor(actor), NOW, campaign_id=cast["campaign"], draft=NEXT, slug="next"
    )
    return session().get_one(Campaign, made)


def starts(campaign: Campaign, code: str) -> list[datetime]:
    """Wall time of the sessions of one of its activities."""
    return [each.slot_local for each in sessions(campaign, code)]


def sessions(campaign: Campaign, code: str) -> list[Occurrence]:
    found = select(Activity.id).where(Activity.campaign_id == campaign.id, Activity.code == code)
    return schedule.of_activity(session().scalars(found).one())


def test_every_activity_comes_along_as_a_draft_with_its_place(cast: Cast) -> None:
    season.publish(cast, season.draft(cast, team="team"))
    campaign = copied(cast)
    (only,) = sessions(campaign, "A002")
    booking = venues.bookings_by_occurrence([only.id])[only.id]
    assert (only.slot_local, only.activity.state) == (
        datetime(2026, 9, 5, 9), ActivityState.DRAFT,
    )  # fmt: skip
    assert (booking.space_id, booking.state) == (cast["hall"], BookingState.PLANNED)
    assert [unit.id for unit in only.activity.supporters] == [cast["culture"]]


@ONE
def test_a_rule_stays_a_rule(cast: Cast) -> None:
    season.draft(cast, rule="FREQ=WEEKLY;BYDAY=SA;UNTIL=20250927")
    campaign = copied(cast)
    assert starts(campaign, "A002") == [datetime(2026, 9, day, 9) for day in (5, 12, 19, 26)]
    assert sessions(campaign, "A002")[0].series.rule == "FREQ=WEEKLY;BYDAY=SA;UNTIL=20260926"


@ONE
def test_a_rule_gives_way_to_a_make_up_workday(cast: Cast) -> None:
    """Sunday 20 September 2026 is a workday: that session moves to its Saturday."""
    season.draft(cast, start=season.saturday().replace(day=7), rule="FREQ=WEEKLY;COUNT=3")
    campaign = copied(cast)
    expected = [datetime(2026, 9, day, 9) for day in (6, 13, 19)]
    assert starts(campaign, "A002") == expected


@ONE
def test_copying_twice_makes_one(cast: Cast) -> None:
    season.draft(cast)
    assert copied(cast).id == copied(cast).id
    assert session().query(Activity).filter_by(code="A002").count() == 2


@ONE
def test_somebody_elses_campaign_cannot_be_copied(cast: Cast) -> None:
    with pytest.raises(NotFound):
        copied(cast, actor="xu")
