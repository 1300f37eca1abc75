"""An administrator enters the holidays and make-up workdays of a year, or takes them out again.

Drafts that avoid such days go along. What is public stays until who organizes it agrees (ADR 10).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from events.days import queries as days, rules, services
from events.identity import policy, queries as identity
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.observances.daytypes import Calendar, YearNotice
from events.planning import day_changes
from events.planning.day_changes import SeriesChange
from events.schedule import queries as schedule_read, services as schedule
from events.schedule.editing import Edit, Effect
from events.schedule.models import Occurrence, Series
from events.venues import queries as venues_read, services as venues
from events.volunteers import services as volunteers

MOST_NAMED = 50


def preview(actor: Actor, now: datetime, *, days_then: Calendar) -> list[SeriesChange]:
    """What would follow if the days were those; nothing is written."""
    policy.require(actor, Permission.YEAR_KEEP, identity.root())
    return day_changes.changes(days_then, now)


def save_days(actor: Actor, now: datetime, *, notice: YearNotice) -> None:
    """Make `notice` what is known of its year; all of it or nothing.

    Drafts take the dates that their rules say then, owners of public activities are told what
    waits for them. Raises Refused("days_missing" | "days_unfit").
    """
    with transaction():
        policy.require(actor, Permission.YEAR_KEEP, identity.root())
        rules.require_notice(notice)
        found = day_changes.changes(days.known_with(notice), now)
        services.save_notice(notice)
        _follow(actor, now, notice.year, found)


def remove_days(actor: Actor, now: datetime, *, year: int) -> None:
    """Forget what was entered of `year`; what is on file counts again, if anything."""
    with transaction():
        policy.require(actor, Permission.YEAR_KEEP, identity.root())
        found = day_changes.changes(days.known_without(year), now)
        services.remove_notice(year)
        _follow(actor, now, year, found)


def _follow(actor: Actor, now: datetime, year: int, found: list[SeriesChange]) -> None:
    told = _told(found)
    moved = [each for each in found if each.is_draft and each.edit is not None]
    for each in moved:
        if each.edit is not None:
            _move_draft(each.series, each.edit, now)
    journal.record(
        ChangeKind.DAYS_SAVED,
        actor=actor,
        now=now,
        organization=identity.root(),
        subject=f"year:{year}",
        title=str(year),
        audiences={"days", *(each.activity.scope for each in moved)},
        facts={"year": year, "campaigns": told},
    )


def _told(found: list[SeriesChange]) -> list[dict[str, Any]]:
    """What each campaign's owner hears: of drafts, of what waits, of what finds no day."""
    by_campaign: dict[int, dict[str, list[str]]] = defaultdict(
        lambda: {"drafts": [], "waiting": [], "left": []}
    )
    for each in found:
        name = "left" if each.edit is None else "drafts" if each.is_draft else "waiting"
        activity = each.activity
        by_campaign[activity.campaign_id][name].append(f"{activity.code} {activity.title}")
    return [
        {
            "campaign_id": number,
            **{name: titles[:MOST_NAMED] for name, titles in names.items()},
            **{f"{name}_count": len(titles) for name, titles in names.items()},
        }
        for number, names in sorted(by_campaign.items())
    ]


def _move_draft(series: Series, edit: Edit, now: datetime) -> None:
    """Its sessions keep their identity, their space and their shifts; nobody knows of them yet."""
    model = schedule_read.model(series)
    ids = [step.id for step in edit.steps if step.id is not None]
    spaces = {n: booking.space for n, booking in venues_read.bookings_by_occurrence(ids).items()}
    done = schedule.revise(series, edit, uid=series.uid, now=now)
    by_effect: dict[Effect, list[Occurrence]] = defaultdict(list)
    for row, step in done.items():
        by_effect[step.effect].append(row)
    moved, added = by_effect[Effect.MOVED], by_effect[Effect.ADDED]
    gone = by_effect[Effect.CANCELLED]
    venues.drop_planned([*moved, *gone])
    if model is not None:
        volunteers.copy_shifts(model, added)
    for row in [*moved, *added]:
        space = spaces.get(row.id if row in moved else model.id if model else 0)
        if space is not None:
            venues.plan(row, space)
    volunteers.drop_planned(gone)
    schedule.forget(gone)
    session().flush()
