from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from events.campaigns.states import ActivityState
from events.feeds.models import Feed
from events.feeds.states import FeedKind
from events.flows.publish_activities import publish_activities
from events.journal.models import Audience, Change
from events.journal.states import ChangeKind
from events.kernel.db import session
from events.kernel.errors import Forbidden, NotFound, Refused
from events.schedule.states import OccurrenceStatus
from events.venues.models import BookingRequest
from events.venues.states import BookingState
from events.volunteers.models import Shift
from tests.cast import NOW, Cast
from tests.flows import season


def revision(scope: str) -> int:
    found = session().scalar(select(Audience.revision).where(Audience.scope == scope))
    return found or 0


def test_publishing_holds_the_spaces_and_asks_each_venue_once(app: Flask, cast: Cast) -> None:
    first = season.draft(cast, "A002", rule="FREQ=WEEKLY;BYDAY=SA;COUNT=3")
    second = season.draft(cast, "A003", start=season.saturday(14))
    season.publish(cast, first, second)
    states = [b.state for a in (first, second) for b in season.bookings(a)]
    assert states == [BookingState.REQUESTED] * 4
    requests = session().scalars(select(BookingRequest)).all()
    assert [len(request.bookings) for request in requests] == [4]


def test_publishing_opens_shifts_and_public_feeds(app: Flask, cast: Cast) -> None:
    activity = season.draft(cast, team="team")
    season.publish(cast, activity)
    shifts = session().scalars(select(Shift)).all()
    assert [(s.is_open, s.places, s.team_id) for s in shifts] == [(True, 2, cast["team"])]
    feeds = {(f.kind, f.subject_id) for f in session().scalars(select(Feed))}
    assert feeds == {
        (FeedKind.CAMPAIGN, cast["campaign"]),
        (FeedKind.ACTIVITY, activity),
        (FeedKind.VENUE, cast["museum"]),
        (FeedKind.TEAM, cast["team"]),
        (FeedKind.DISTRICT, cast["district"]),
        *(
            (FeedKind.ORGANIZATION, cast[unit])
            for unit in ("city", "district", "office", "culture")
        ),
    }


def test_occurrences_stay_tentative_until_the_venue_answers(app: Flask, cast: Cast) -> None:
    activity = season.draft(cast)
    season.publish(cast, activity)
    found = [(o.status, o.sequence) for o in season.occurrences(activity)]
    assert found == [(OccurrenceStatus.TENTATIVE, 0)]


def test_a_clash_keeps_one_back_and_publishes_the_others(app: Flask, cast: Cast) -> None:
    first = season.draft(cast, "A002")
    clash = season.draft(cast, "A003", start=season.saturday(10))
    other = season.draft(cast, "A004", start=season.saturday(14))
    publication = season.publish(cast, first, clash, other)
    assert publication.published == (first, other)
    kept = [(k.activity_id, k.refused.code) for k in publication.kept_back]
    assert kept == [(clash, "place_taken")]
    assert publication.kept_back[0].refused.facts == {
        "space": "示例区博物馆 报告厅",
        "by": "科学实验课 A002",
    }
    assert season.the_activity(clash).state is ActivityState.DRAFT
    assert [b.state for b in season.bookings(clash)] == [BookingState.PLANNED]


def test_an_activity_without_a_time_is_kept_back(app: Flask, cast: Cast) -> None:
    publication = season.publish(cast, cast["activity"])
    assert [k.refused.code for k in publication.kept_back] == ["time_missing"]
    assert publication.published == ()


def test_publishing_again_is_refused(app: Flask, cast: Cast) -> None:
    activity = season.draft(cast)
    season.publish(cast, activity)
    with pytest.raises(Refused, match="nothing_to_publish"):
        season.publish(cast, activity)


def test_publishing_raises_the_revisions_of_those_who_watch(app: Flask, cast: Cast) -> None:
    activity = season.draft(cast, team="team")
    scopes = [f"campaign:{cast['campaign']}", f"venue:{cast['museum']}", f"team:{cast['team']}"]
    before = [revision(scope) for scope in scopes]
    season.publish(cast, activity)
    assert all(revision(s) > b for s, b in zip(scopes, before, strict=True))
    assert revision("venue:999") == 0


def test_one_change_tells_of_the_whole_publication(app: Flask, cast: Cast) -> None:
    first, second = season.draft(cast, "A002"), season.draft(cast, "A003", space="square")
    season.publish(cast, first, second)
    told = select(Change).where(Change.kind == ChangeKind.ACTIVITY_PUBLISHED)
    assert [change.facts for change in session().scalars(told)] == [
        {"campaign_id": cast["campaign"], "activity_ids": [first, second]}
    ]


@pytest.mark.parametrize(("who", "fault"), [("xu", NotFound), ("lin", NotFound), ("tao", NotFound)])
def test_others_cannot_publish(app: Flask, cast: Cast, who: str, fault: type[Exception]) -> None:
    activity = season.draft(cast)
    with pytest.raises((fault, Forbidden)):
        publish_activities(
            cast.actor(who), NOW, campaign_id=cast["campaign"], activity_ids=[activity]
        )
    assert season.the_activity(activity).state is ActivityState.DRAFT
