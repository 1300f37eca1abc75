"""A campaign's activities in another year: what each becomes, before anything is written.

Times follow campaigns/redating.py; a rule stays a rule, counted anew; spaces and teams are those
of last time, as a proposal that holds nothing yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from events.campaigns import queries as campaigns
from events.campaigns.drafts import ActivityDraft
from events.campaigns.models import Activity, Campaign
from events.campaigns.redating import Period, Redating, Shift
from events.campaigns.rules import first_day
from events.identity.models import Organization
from events.kernel import clock
from events.kernel.errors import Refused
from events.kernel.recurrence import Rule
from events.schedule import queries as schedule, rules
from events.schedule.models import Occurrence, Series
from events.schedule.rules import Timing
from events.schedule.states import SeriesKind
from events.venues import queries as venues
from events.volunteers import queries as volunteers


@dataclass(frozen=True, kw_only=True)
class SessionCopy:
    """One session then and now, naive wall time; new: None when it found no day."""

    old: datetime
    new: datetime | None
    shift: Shift


@dataclass(frozen=True, kw_only=True)
class ActivityCopy:
    """What an activity becomes. timing: None when it had no time, or none of its days moved.

    spaces: the space of each new start, when it had one; team_id: its volunteers' team.
    """

    activity_id: int
    code: str
    title: str
    draft: ActivityDraft
    lead: Organization
    supporters: tuple[Organization, ...]
    timing: Timing | None
    sessions: tuple[SessionCopy, ...]
    spaces: dict[datetime, int]
    team_id: int | None

    @property
    def left(self) -> tuple[SessionCopy, ...]:
        """Sessions for which a person must find a day."""
        return tuple(each for each in self.sessions if each.new is None)

    @property
    def changed(self) -> tuple[SessionCopy, ...]:
        """Sessions that are not on the same weekday of the same week."""
        return tuple(
            each for each in self.sessions if each.new is not None and each.shift is not Shift.SAME
        )


def copies(
    campaign: Campaign, *, starts_on: date, ends_on: date, is_free: Callable[[date], bool]
) -> list[ActivityCopy]:
    """What every activity of `campaign` becomes in a campaign of these days, by code.

    is_free: whether a day is a rest day or a holiday, in both years.
    """
    redating = Redating(
        old=_period(campaign.starts_on, campaign.ends_on, campaign.warmup_days),
        new=_period(starts_on, ends_on, campaign.warmup_days),
        is_free=is_free,
    )
    occurrences: dict[int, list[Occurrence]] = defaultdict(list)
    for occurrence in schedule.of_campaign(campaign.id):
        occurrences[occurrence.series.activity_id].append(occurrence)
    return [
        _copy(activity, occurrences[activity.id], redating)
        for activity in campaigns.activities(campaign.id)
    ]


def _copy(activity: Activity, occurrences: list[Occurrence], redating: Redating) -> ActivityCopy:
    sessions = [_session(occurrence, redating) for occurrence in occurrences]
    return ActivityCopy(
        activity_id=activity.id,
        code=activity.code,
        title=activity.title,
        draft=_draft(activity, redating),
        lead=activity.lead,
        supporters=tuple(activity.supporters),
        timing=_timing(occurrences, sessions, redating),
        sessions=tuple(sessions),
        spaces=_spaces(occurrences, sessions),
        team_id=_team_id(occurrences),
    )


def _session(occurrence: Occurrence, redating: Redating) -> SessionCopy:
    old = clock.to_local(occurrence.starts_at, occurrence.series.tz).replace(tzinfo=None)
    day, shift = redating.day(old.date())
    new = datetime.combine(day, old.time()) if shift.is_placed else None
    return SessionCopy(old=old, new=new, shift=shift)


def _draft(activity: Activity, redating: Redating) -> ActivityDraft:
    """All that was said of it; the window of wished dates goes along by whole weeks."""
    said = {part.name: getattr(activity, part.name) for part in fields(ActivityDraft)}
    for name in ("wish_from", "wish_until"):
        said[name] = said[name] and said[name] + redating.weeks
    return ActivityDraft(**said)


def _timing(
    occurrences: list[Occurrence], sessions: list[SessionCopy], redating: Redating
) -> Timing | None:
    """The rule counted anew when no session had to give way; otherwise the new starts."""
    found = sorted({each.new for each in sessions if each.new is not None})
    if not found:
        return None
    series = occurrences[0].series
    is_one = len({each.series_id for each in occurrences}) == 1
    if is_one and series.kind is SeriesKind.RULE:
        ruled = _ruled(series, found[0], redating)
        if ruled.is_open or _gives(ruled, found):
            return ruled
    return Timing(
        kind=SeriesKind.SINGLE if len(found) == 1 else SeriesKind.DATES,
        tz=series.tz,
        starts_local=found[0],
        duration_min=series.duration_min,
        dates=tuple(found) if len(found) > 1 else (),
    )


def _ruled(series: Series, start: datetime, redating: Redating) -> Timing:
    """The series' rule from `start` on, its end moved by as many weeks as its days are."""
    rule = Rule.parse(series.rule)
    until = rule.get("UNTIL")
    text = str(rule)
    if until:
        last = date.fromisoformat(until[:8]) + redating.weeks
        text = text.replace(f"UNTIL={until}", f"UNTIL={last:%Y%m%d}")
    return replace(schedule.timing(series), starts_local=start, rule=text, exdates=(), rdates=())


def _gives(timing: Timing, found: list[datetime]) -> bool:
    try:
        return rules.starts(timing) == found
    except Refused:
        return False


def _spaces(occurrences: list[Occurrence], sessions: list[SessionCopy]) -> dict[datetime, int]:
    bookings = venues.bookings_by_occurrence([occurrence.id for occurrence in occurrences])
    return {
        session.new: bookings[occurrence.id].space_id
        for occurrence, session in zip(occurrences, sessions, strict=True)
        if session.new is not None and occurrence.id in bookings
    }


def _team_id(occurrences: list[Occurrence]) -> int | None:
    found = volunteers.shifts_by_occurrence([occurrence.id for occurrence in occurrences])
    teams = [shift.team_id for shifts in found.values() for shift in shifts]
    return next(iter(teams), None)


def _period(starts_on: date, ends_on: date, warmup_days: int) -> Period:
    return Period(first_on=first_day(starts_on, warmup_days), starts_on=starts_on, ends_on=ends_on)
