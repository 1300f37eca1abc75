"""Reading series and occurrences, always within what the actor may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState, Mode
from events.days import queries as days
from events.identity import policy
from events.identity.actor import Actor
from events.identity.models import Organization
from events.identity.states import Permission
from events.kernel.db import session
from events.kernel.errors import NotFound
from events.schedule import avoiding, parts
from events.schedule.editing import Outcome, edit, ended, tail
from events.schedule.models import Occurrence, Series, Undo
from events.schedule.rules import KindOf, Timing
from events.schedule.states import OFF, OccurrenceStatus, Scope


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """One session with what a list says of its activity."""

    id: int
    activity_id: int
    campaign_id: int
    code: str
    title: str
    lead: str
    audiences: list[str]
    mode: Mode
    state: ActivityState
    status: OccurrenceStatus
    starts_at: datetime
    ends_at: datetime
    reason: str
    tz: str


def series_of(activity_id: int) -> Series | None:
    """The series of an activity, of several the one that goes on; None while it has no time."""
    return next(reversed(all_series(activity_id)), None)


def all_series(activity_id: int) -> list[Series]:
    """The series of an activity, each after the one that it follows."""
    found = select(Series).where(Series.activity_id == activity_id).order_by(Series.id)
    return list(session().scalars(found))


def of_activity(activity_id: int) -> list[Occurrence]:
    """Every occurrence of an activity, in time's order."""
    found = (
        select(Occurrence)
        .join(Occurrence.series)
        .where(Series.activity_id == activity_id)
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return list(session().scalars(found))


def ahead(activity_id: int, now: datetime) -> Occurrence | None:
    """The first session of an activity that is still to take place."""
    rows = (row for row in of_activity(activity_id) if row.starts_at > now)
    return next((row for row in rows if row.status not in OFF), None)


def undoable(activity_id: int, now: datetime) -> Undo | None:
    """The last change of an activity's sessions, while it can still be undone."""
    found = select(Undo).where(Undo.activity_id == activity_id).order_by(Undo.id.desc()).limit(1)
    last = session().scalar(found)
    return last if last and last.undone_at is None and last.expires_at > now else None


def undo(actor: Actor, change_id: int) -> Undo:
    """What can take a change back, of an activity that `actor` may publish. Raises NotFound."""
    found = session().scalar(
        select(Undo)
        .join(Undo.activity)
        .join(Campaign)
        .join(Organization, Campaign.organization_id == Organization.id)
        .where(Undo.change_id == change_id, policy.within(actor, Permission.ACTIVITY_PUBLISH))
    )
    if found is None:
        raise NotFound
    return found


def timing(series: Series) -> Timing:
    """A stored series as the value that words and rules take."""
    return Timing(
        kind=series.kind,
        tz=series.tz,
        starts_local=series.starts_local,
        duration_min=series.duration_min,
        rule=series.rule,
        dates=_moments(series.dates),
        exdates=_moments(series.exdates),
        rdates=_moments(series.rdates),
        on_rest_day=series.on_rest_day,
        on_holiday=series.on_holiday,
        on_makeup=series.on_makeup,
    )


def model(series: Series) -> Occurrence | None:
    """The last session that takes place: those that are added get its place and its shifts."""
    return next((row for row in reversed(series.occurrences) if row.status not in OFF), None)


def concerned(occurrence: Occurrence, scope: Scope, now: datetime) -> list[Series]:
    """The series that an edit concerns, in time's order: the session's own among them.

    A series that was split is edited as one (ALL), or from the session on (FOLLOWING), unless
    some of its parts are rules and others dates.
    """
    own = occurrence.series
    if scope is Scope.PART:
        return [own]
    found = [each for each in going_on(own, now) if _is_meant(each, occurrence, scope)]
    return found if parts.joined([timing(each) for each in found], timing(own)) else [own]


def going_on(own: Series, now: datetime) -> list[Series]:
    """The parts of an activity's series that have sessions ahead, and `own`; in time's order."""
    found = [each for each in all_series(own.activity_id) if each is own or _goes_on(each, now)]
    return sorted(found, key=lambda each: (each.starts_local, each.id))


def shown(occurrence: Occurrence, scope: Scope, now: datetime) -> Timing:
    """The times that an edit begins with: one timing for all that it concerns."""
    own = _meant(occurrence.series, occurrence, scope)
    series = concerned(occurrence, scope, now)
    return parts.joined([_meant(each, occurrence, scope) for each in series], own) or own


def effect(occurrence: Occurrence, scope: Scope, new: Timing, now: datetime) -> Outcome:
    """What it comes to when the timing that `shown` gives becomes `new`.

    Raises as editing.edit and parts.shared do.
    """
    series, known = concerned(occurrence, scope, now), kind_of()
    olds = [_meant(each, occurrence, scope) for each in series]
    news = parts.shared(olds, shown=shown(occurrence, scope, now), new=new)
    found = []
    for each, its in zip(series, news, strict=True):
        old = timing(each)
        standing = avoiding.standing(each, old)
        done = (
            edit(
                standing,
                old=old,
                new=its,
                now=now,
                since=occurrence.slot_local if _is_cut(each, occurrence, scope) else None,
                until=each.expanded_until_local,
                kind_of=known,
            )
            if its
            else ended(standing, old=old, now=now, kind_of=known)
        )
        found.append((each.id, done))
    return Outcome(edits=tuple(found))


def kind_of() -> KindOf:
    """What each day is, as far as the years' notices are known. One query."""
    return days.known().kind


def open_ended(before: datetime) -> list[int]:
    """Ids of published series without end that have sessions only until before naive `before`."""
    found = (
        select(Series.id)
        .join(Series.activity)
        .where(
            Series.expanded_until_local < before,
            Activity.state == ActivityState.PUBLISHED,
        )
        .order_by(Series.id)
    )
    return list(session().scalars(found))


def occurrence(
    actor: Actor, occurrence_id: int, permission: Permission = Permission.CAMPAIGN_VIEW
) -> Occurrence:
    """One occurrence on whose campaign's organization `actor` has `permission`."""
    found = session().scalar(
        select(Occurrence)
        .join(Series)
        .join(Activity)
        .join(Campaign)
        .join(Organization, Campaign.organization_id == Organization.id)
        .where(Occurrence.id == occurrence_id, policy.within(actor, permission))
    )
    if found is None:
        raise NotFound
    return found


def of_campaign(campaign_id: int, *, published_only: bool = False) -> list[Occurrence]:
    """Every occurrence of a campaign, in time's order."""
    found = (
        select(Occurrence)
        .join(Series)
        .join(Activity)
        .where(Activity.campaign_id == campaign_id)
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    if published_only:
        found = found.where(Activity.state != ActivityState.DRAFT)
    return list(session().scalars(found))


def between(actor: Actor, start: datetime, end: datetime) -> list[Occurrence]:
    """Occurrences that begin in [start, end) in campaigns that `actor` may see."""
    found = (
        select(Occurrence)
        .join(Series)
        .join(Activity)
        .join(Campaign)
        .join(Organization, Campaign.organization_id == Organization.id)
        .where(
            policy.within(actor, Permission.CAMPAIGN_VIEW),
            Occurrence.starts_at >= start,
            Occurrence.starts_at < end,
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return list(session().scalars(found))


def visible(
    actor: Actor,
    *,
    campaign_id: int | None = None,
    activity_id: int | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Select[int]:
    """Ids of occurrences in campaigns that `actor` may see; those that begin in [start, end)."""
    found = (
        select(Occurrence.id)
        .join(Occurrence.series)
        .join(Series.activity)
        .join(Activity.campaign)
        .join(Organization, Campaign.organization_id == Organization.id)
        .where(policy.within(actor, Permission.CAMPAIGN_VIEW))
    )
    if campaign_id is not None:
        found = found.where(Activity.campaign_id == campaign_id)
    if activity_id is not None:
        found = found.where(Series.activity_id == activity_id)
    if start is not None:
        found = found.where(Occurrence.starts_at >= start)
    if end is not None:
        found = found.where(Occurrence.starts_at < end)
    return found


def sessions(occurrence_ids: Select[int]) -> list[SessionRow]:
    """The sessions of `visible`, in time's order; drafts' among them. One query."""
    lead = aliased(Organization)
    found = (
        select(
            Occurrence.id,
            Series.activity_id,
            Activity.campaign_id,
            Activity.code,
            Activity.title,
            lead.name.label("lead"),
            Activity.audiences,
            Activity.mode,
            Activity.state,
            Occurrence.status,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.reason,
            Series.tz,
        )
        .join(Occurrence.series)
        .join(Series.activity)
        .join(lead, Activity.lead_id == lead.id)
        .where(Occurrence.id.in_(occurrence_ids))
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return [SessionRow(**row._mapping) for row in session().execute(found)]  # noqa: SLF001


def timed_activities(campaign_id: int) -> set[int]:
    """Ids of a campaign's activities that have a time."""
    found = select(Series.activity_id).join(Series.activity)
    return set(session().scalars(found.where(Activity.campaign_id == campaign_id)))


def _meant(series: Series, occurrence: Occurrence, scope: Scope) -> Timing:
    """What of a series an edit concerns."""
    found = timing(series)
    is_cut = _is_cut(series, occurrence, scope)
    return tail(found, occurrence.slot_local) if is_cut else found


def _is_cut(series: Series, occurrence: Occurrence, scope: Scope) -> bool:
    return scope is Scope.FOLLOWING and series is occurrence.series


def _is_meant(series: Series, occurrence: Occurrence, scope: Scope) -> bool:
    is_own = series is occurrence.series
    return is_own or scope is Scope.ALL or series.starts_local >= occurrence.slot_local


def _goes_on(series: Series, now: datetime) -> bool:
    return any(row.starts_at > now and row.status not in OFF for row in series.occurrences)


def _moments(texts: list[str]) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(text) for text in texts)
