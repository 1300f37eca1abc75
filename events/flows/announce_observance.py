"""An administrator enters the days of an observance in a year, or withdraws them again.

What depends on them goes along.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from events import observances
from events.campaigns import services as campaigns
from events.campaigns.models import Activity
from events.days import queries as days_read, rules, services as days
from events.days.models import AnnouncedDate
from events.identity import policy, queries as identity
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import NotFound
from events.observances import Dated, Observance, Span, Status
from events.observances.rules import Announced
from events.planning import following
from events.planning.copies import ActivityCopy
from events.planning.following import CampaignMove
from events.schedule import queries as schedule_read, services as schedule
from events.venues import services as venues
from events.venues.models import Space
from events.volunteers import services as volunteers
from events.volunteers.models import Team


def announced_observance(observance_id: str) -> Observance:
    """One whose days are announced every year. Raises NotFound for any other."""
    try:
        found = observances.get(observance_id)
    except KeyError as fault:
        raise NotFound from fault
    if not isinstance(found.rule, Announced):
        raise NotFound
    return found


def preview(
    actor: Actor, now: datetime, *, observance_id: str, year: int, starts_on: date, ends_on: date
) -> list[CampaignMove]:
    """What would follow; nothing is written. Raises as announce_observance does."""
    policy.require(actor, Permission.YEAR_KEEP, identity.root())
    rules.require_dates(year, starts_on, ends_on)
    return _moves(observance_id, year, Span(start=starts_on, end=ends_on), now)


def announce_observance(
    actor: Actor,
    now: datetime,
    *,
    observance_id: str,
    year: int,
    starts_on: date,
    ends_on: date,
    status: Status,
    source: str,
) -> int:
    """Store the days and move what depends on them; how many campaigns moved.

    Raises Refused("announced_order" | "announced_year"), NotFound. Owners hear of it by a notice.
    """
    with transaction():
        policy.require(actor, Permission.YEAR_KEEP, identity.root())
        rules.require_dates(year, starts_on, ends_on)
        found = _moves(observance_id, year, Span(start=starts_on, end=ends_on), now)
        days.announce(
            observance_id,
            year,
            starts_on=starts_on,
            ends_on=ends_on,
            status=status,
            source=source,
            now=now,
        )
        facts = {"observed": _iso(starts_on, ends_on), "is_firm": status is Status.CONFIRMED}
        kind = ChangeKind.OBSERVANCE_ANNOUNCED
        return _follow(actor, now, kind, observance_id, year, found, facts)


def by_rule(observance_id: str, year: int) -> Dated | None:
    """The days that hold without what was entered; None: not known. Raises NotFound."""
    observance = announced_observance(observance_id)
    announced = days_read.announced(year, year)
    others = {key: one for key, one in announced.items() if key != (observance_id, year)}
    return observances.occurrence(observance, year, others)


def preview_withdrawal(
    actor: Actor, now: datetime, *, observance_id: str, year: int
) -> list[CampaignMove]:
    """What would follow; nothing is written. Raises NotFound unless days were entered."""
    policy.require(actor, Permission.YEAR_KEEP, identity.root())
    return _moves(observance_id, year, _without(observance_id, year), now)


def withdraw_observance(actor: Actor, now: datetime, *, observance_id: str, year: int) -> int:
    """Go back to the days by rule, with what depends on them; how many campaigns moved.

    Where the rule knows none, everything stays. Owners hear of it. Raises NotFound as above.
    """
    with transaction():
        policy.require(actor, Permission.YEAR_KEEP, identity.root())
        found = _moves(observance_id, year, _without(observance_id, year), now)
        days.withdraw(_entered(observance_id, year), now=now)
        dated = by_rule(observance_id, year)
        observed = {"observed": _iso(dated.start, dated.end or dated.start)} if dated else {}
        facts = observed | {
            "is_firm": dated is not None and dated.status is Status.CONFIRMED,
            "is_withdrawn": True,
        }
        kind = ChangeKind.OBSERVANCE_WITHDRAWN
        return _follow(actor, now, kind, observance_id, year, found, facts)


def _entered(observance_id: str, year: int) -> AnnouncedDate:
    announced_observance(observance_id)
    row = days_read.announced_date(observance_id, year)
    if row is None or row.status is Status.WITHDRAWN:
        raise NotFound
    return row


def _without(observance_id: str, year: int) -> Span:
    """The days to go back to: by rule, or where there are none those that were entered."""
    row = _entered(observance_id, year)
    dated = by_rule(observance_id, year)
    if dated is None:
        return Span(start=row.starts_on, end=row.ends_on)
    return Span(start=dated.start, end=dated.end)


def _follow(
    actor: Actor,
    now: datetime,
    kind: ChangeKind,
    observance_id: str,
    year: int,
    found: list[CampaignMove],
    facts: dict[str, Any],
) -> int:
    """Move what depends on the days and record it with `facts`; how many campaigns moved."""
    told = [_told(move) for move in found]
    moved = [_apply(move, now) for move in found if move.is_moved]
    journal.record(
        kind,
        actor=actor,
        now=now,
        organization=identity.root(),
        subject=f"{year}:{observance_id}"[:64],
        title=f"{announced_observance(observance_id).name_zh} {year}",
        audiences=["observances", *moved],
        facts=facts | {"observance_id": observance_id, "year": year, "campaigns": told},
    )
    return len(moved)


def _iso(first: date, last: date) -> list[str]:
    return [first.isoformat(), last.isoformat()]


def _moves(observance_id: str, year: int, new: Span, now: datetime) -> list[CampaignMove]:
    announced = days_read.announced(year, year)
    old = observances.occurrence(announced_observance(observance_id), year, announced)
    is_free = days_read.years(year - 1, year + 1).is_free
    return following.moves(observance_id, year, old=old, new=new, is_free=is_free, now=now)


def _told(move: CampaignMove) -> dict[str, Any]:
    """What the owner's notice says, as it was before anything moved."""
    return {
        "campaign_id": move.campaign.id,
        "is_moved": move.is_moved,
        "has_begun": move.has_begun,
        "old_starts_on": move.campaign.starts_on.isoformat(),
        "old_ends_on": move.campaign.ends_on.isoformat(),
        "drafts": len(move.drafts),
        "left": [f"{each.code} {each.title}" for each in move.left][:20],
        "published": [f"{each.code} {each.title}" for each in move.published][:20],
        "published_count": len(move.published),
    }


def _apply(move: CampaignMove, now: datetime) -> str:
    """Move one campaign with its drafts; its scope in the journal."""
    campaign = move.campaign
    scope = campaign.scope
    campaigns.move_period(campaign, starts_on=move.starts_on, ends_on=move.ends_on)
    session().flush()
    for copy in move.drafts:
        _move_draft(session().get_one(Activity, copy.activity_id), copy, now)
    return scope


def _move_draft(activity: Activity, copy: ActivityCopy, now: datetime) -> None:
    """Its wishes, and its sessions planned anew: a draft's sessions are known to nobody."""
    campaigns.move_wishes(
        activity, wish_from=copy.draft.wish_from, wish_until=copy.draft.wish_until
    )
    series = schedule_read.series_of(activity.id)
    if series is None or copy.timing is None:
        return
    volunteers.drop_planned(series.occurrences)
    venues.drop_planned(series.occurrences)
    schedule.drop(series)
    planned = schedule.plan(activity, copy.timing, uid=str(uuid.uuid4()), now=now)
    team = session().get(Team, copy.team_id) if copy.team_id else None
    for occurrence in planned.occurrences:
        space_id = copy.spaces.get(occurrence.recurrence_id_local)
        if space_id is not None:
            venues.plan(occurrence, session().get_one(Space, space_id))
    volunteers.plan_shifts(planned, team=team)
    session().flush()
