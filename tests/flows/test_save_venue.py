from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from events.campaigns.models import Activity
from events.feeds import queries as feeds
from events.feeds.states import FeedKind
from events.flows.publish_activities import publish_activities
from events.flows.save_venue import save_venue
from events.journal.models import Audience, Change
from events.kernel.db import session, transaction
from events.kernel.errors import NotFound, Refused
from events.schedule import services as schedule
from events.schedule.rules import Timing
from events.schedule.states import SeriesKind
from events.venues import services as venues
from events.venues.drafts import VenueDraft
from events.venues.models import Space, Venue
from tests.cast import NOW, Cast

DRAFT = VenueDraft(
    name="示例区博物馆",
    address="温泉路 1 号",
    hours="Tu-Su 09:00-17:00",
    contact_name="Tao",
    contact_email="tao@kepu.example",
    contact_phone="",
    language="zh",
)


def _revisions() -> dict[str, int]:
    return {row.scope: row.revision for row in session().scalars(select(Audience))}


def _save(cast: Cast, draft: VenueDraft, who: str = "tao") -> None:
    version = session().get_one(Venue, cast["museum"]).version
    save_venue(cast.actor(who), NOW, venue_id=cast["museum"], version=version, draft=draft)


def test_the_keeper_changes_contact_and_hours(cast: Cast) -> None:
    _save(cast, replace(DRAFT, hours="We 18:00-20:30", contact_phone="0715-1"))
    venue = session().get_one(Venue, cast["museum"])
    assert (venue.hours, venue.contact_phone) == ("We 18:00-20:30", "0715-1")
    change = session().scalars(select(Change)).one()
    assert (change.kind, change.subject) == ("venue.saved", f"venue:{cast['museum']}")


def test_unreadable_hours_are_refused_at_their_field(cast: Cast) -> None:
    with pytest.raises(Refused, match="hours_unreadable") as fault:
        _save(cast, replace(DRAFT, hours="always"))
    assert (fault.value.field, fault.value.facts) == ("hours", {"part": "always"})
    assert session().get_one(Venue, cast["museum"]).hours == "Tu-Su 09:00-17:00"


def test_a_stranger_cannot_change_a_venue(cast: Cast) -> None:
    for who in ("xu", "lin"):
        with pytest.raises(NotFound):
            _save(cast, DRAFT, who)


def test_saving_over_a_newer_version_is_refused(cast: Cast) -> None:
    with pytest.raises(StaleDataError):
        save_venue(cast.actor("tao"), NOW, venue_id=cast["museum"], version=99, draft=DRAFT)


def _publish(cast: Cast) -> None:
    """One session in the museum's hall, published, so that its name stands in calendars."""
    with transaction():
        activity = session().get_one(Activity, cast["activity"])
        timing = Timing(
            kind=SeriesKind.SINGLE,
            tz="Asia/Shanghai",
            starts_local=datetime(2025, 9, 6, 9, 0),
            duration_min=90,
        )
        series = schedule.plan(activity, timing, uid="one", now=NOW)
        venues.plan(series.occurrences[0], session().get_one(Space, cast["hall"]))
    publish_activities(cast.actor("mei"), NOW, campaign_id=cast["campaign"])


def test_a_renamed_venue_raises_every_calendar_that_names_it(cast: Cast) -> None:
    _publish(cast)
    before = _revisions()
    _save(cast, replace(DRAFT, name="咸安区博物馆"))
    after = _revisions()
    raised = {scope for scope in after if after[scope] != before[scope]}
    subtrees = {f"organization:{cast[unit]}" for unit in ("city", "district", "office")}
    assert raised >= subtrees | {f"campaign:{cast['campaign']}", f"venue:{cast['museum']}"}
    assert raised.isdisjoint({f"organization:{cast['county']}", f"team:{cast['team']}"})
    feed = feeds.for_subject(FeedKind.VENUE, cast["museum"])
    assert feed is not None
    assert feed.name == "咸安区博物馆"


def test_other_hours_leave_the_campaigns_calendar_alone(cast: Cast) -> None:
    _publish(cast)
    before = _revisions()
    _save(cast, replace(DRAFT, hours="Tu-Su 08:00-18:00"))
    concerned = (f"venue:{cast['museum']}", f"district:{cast['district']}")
    assert _revisions() == before | {scope: before[scope] + 1 for scope in concerned}
