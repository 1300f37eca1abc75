"""Steps that many stories begin with, done through flows as people would do them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from events.campaigns.drafts import ActivityDraft
from events.campaigns.models import Activity
from events.flows.publish_activities import Publication, publish_activities
from events.flows.save_activity import ActivityPlan, create_activity
from events.kernel.db import session, transaction
from events.resources.models import Expert
from events.schedule.models import Occurrence, Series
from events.schedule.rules import Timing
from events.schedule.states import SeriesKind
from events.venues.models import Booking, BookingRequest
from tests.cast import NOW, Cast

SATURDAY = date(2025, 9, 6)


def saturday(hour: int = 9, *, weeks: int = 0) -> datetime:
    """A Saturday of the season, wall time in Shanghai."""
    return datetime.combine(SATURDAY + timedelta(weeks=weeks), time(hour))


def expert(cast: Cast, name: str = "Gu") -> int:
    """A speaker of the office, on space; their id."""
    with transaction() as writes:
        row = Expert(organization_id=cast["office"], code=name, name=f"{name} 教授", field="航天")
        writes.add(row)
        writes.flush()
        return row.id


def draft(
    cast: Cast,
    code: str = "A002",
    *,
    start: datetime | None = None,
    rule: str = "",
    space: str | None = "hall",
    volunteers: int = 2,
    team: str | None = None,
    attendance: int = 80,
) -> int:
    """A draft activity with a time and a place; its id."""
    kind = SeriesKind.RULE if rule else SeriesKind.SINGLE
    timing = Timing(
        kind=kind,
        tz="Asia/Shanghai",
        starts_local=start or saturday(),
        duration_min=90,
        rule=rule,
    )
    return create_activity(
        cast.actor("mei"),
        NOW,
        campaign_id=cast["campaign"],
        draft=ActivityDraft(
            code=code,
            title=f"科学实验课 {code}",
            duration_min=90,
            expected_attendance=attendance,
            volunteers_needed=volunteers,
            needed_skills=["讲解"],
        ),
        lead_id=cast["office"],
        supporter_ids=[cast["culture"]],
        plan=ActivityPlan(
            timing=timing,
            uid=f"series-{code}",
            space_id=cast[space] if space else None,
            team_id=cast[team] if team else None,
        ),
    )


def publish(cast: Cast, *activity_ids: int, now: datetime = NOW) -> Publication:
    """Mei publishes."""
    return publish_activities(
        cast.actor("mei"), now, campaign_id=cast["campaign"], activity_ids=list(activity_ids)
    )


def occurrences(activity_id: int) -> list[Occurrence]:
    """An activity's occurrences in order."""
    found = (
        select(Occurrence)
        .join(Series)
        .where(Series.activity_id == activity_id)
        .order_by(Occurrence.recurrence_id_local)
    )
    return list(session().scalars(found))


def bookings(activity_id: int) -> list[Booking]:
    """An activity's bookings, oldest first."""
    ids = [occurrence.id for occurrence in occurrences(activity_id)]
    found = select(Booking).where(Booking.occurrence_id.in_(ids)).order_by(Booking.id)
    return list(session().scalars(found))


def the_request() -> BookingRequest:
    """The latest request to a venue."""
    found = select(BookingRequest).order_by(BookingRequest.id.desc()).limit(1)
    return session().scalars(found).one()


def the_activity(activity_id: int) -> Activity:
    """An activity, read fresh."""
    return session().get_one(Activity, activity_id)
