"""An organizer gives a published series, or it from one session on, another time or place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from events.campaigns.models import Activity
from events.campaigns.states import ActivityState
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import audiences, services as journal
from events.journal.models import Change
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import Refused
from events.resources import services as resources
from events.schedule import queries as schedule_read, services as schedule
from events.schedule.editing import Effect, Outcome, Step
from events.schedule.models import Occurrence, Series
from events.schedule.rules import Timing, require_future
from events.schedule.states import OFF, Scope
from events.venues import queries as venues_read, services as venues
from events.venues.models import Booking, Space
from events.volunteers import queries as volunteers_read, services as volunteers, undo
from events.volunteers.queries import Seen


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where all sessions of an edit are to be; None: a place is still to be found."""

    space_id: int | None


@dataclass(frozen=True, kw_only=True)
class Edited:
    """What came of it: how many sessions, and of which the wished space was taken.

    change_id: what can be undone; None when nothing has changed.
    """

    moved: int
    cancelled: int
    added: int
    without_place: tuple[int, ...]
    change_id: int | None = field(default=None, compare=False)


def edit_series(
    actor: Actor,
    now: datetime,
    *,
    occurrence_id: int,
    scope: Scope,
    timing: Timing,
    place: Place | None,
    seen: str,
    uid: str,
    reason: str,
) -> Edited:
    """Do to the sessions what `schedule.queries.effect` says; everybody concerned is told once.

    place: None when each session keeps its own; seen: the effect's fingerprint, nothing else is
    done; uid: of the series that a split makes. A space that is taken keeps nothing back: those
    sessions are without a place. Raises StaleDataError when the effect is another by now, Refused
    as the effect's rules do, and Refused("not_published" | "reason_missing").
    """
    with transaction():
        occurrence = schedule_read.occurrence(actor, occurrence_id, Permission.ACTIVITY_PUBLISH)
        activity, reason = occurrence.activity, reason.strip()[:300]
        outcome = _outcome(occurrence, scope, timing, now)
        _require_seen(outcome, seen, reason)
        wished = venues_read.space(actor, place.space_id) if place and place.space_id else None
        rows = schedule_read.of_activity(activity.id)
        before = volunteers_read.seen([row.id for row in rows])
        ids = {step.id for step in outcome.steps}
        touched = [row for row in rows if row.id in ids] or [occurrence]
        picture = undo.picture(touched)
        done, models = _revise(outcome, uid, now)
        changed = {row: step for row, step in done.items() if _is_changed(step, row, before, place)}
        _cancel(changed, reason, now)
        spaces = {
            row: wished if place else before.spaces.get(models.get(row, row.id))
            for row, step in changed.items()
            if step.effect is not Effect.CANCELLED
        }
        bookings, without_place = _rebook(spaces, now)
        venues.ask(actor, activity.campaign, bookings, now=now)
        change = _record(actor, now, activity, changed, before, reason) if changed else None
        if change is not None:
            undo.keep(change, picture, {*done, *touched}, now=now)
        cancelled, added = (outcome.count(each) for each in (Effect.CANCELLED, Effect.ADDED))
        return Edited(
            moved=len(changed) - added - cancelled,
            cancelled=cancelled,
            added=added,
            without_place=tuple(without_place),
            change_id=change.id if change else None,
        )


def _outcome(occurrence: Occurrence, scope: Scope, timing: Timing, now: datetime) -> Outcome:
    if occurrence.activity.state is not ActivityState.PUBLISHED:
        raise Refused("not_published")
    if scope is Scope.FOLLOWING:
        require_future(occurrence.starts_at, now)
    return schedule_read.effect(occurrence, scope, timing, now)


def _require_seen(outcome: Outcome, seen: str, reason: str) -> None:
    if outcome.fingerprint != seen:
        raise StaleDataError("the series has changed since it was shown")
    if outcome.count(Effect.CANCELLED) and not reason:
        raise Refused("reason_missing", field="reason")


def _revise(
    outcome: Outcome, uid: str, now: datetime
) -> tuple[dict[Occurrence, Step], dict[Occurrence, int]]:
    """Every session with its step; and of each that is added the one that it is like, by id."""
    done: dict[Occurrence, Step] = {}
    models: dict[Occurrence, int] = {}
    for series_id, edit in outcome.edits:
        series = session().get_one(Series, series_id)
        model = schedule_read.model(series) or series.occurrences[-1]
        steps = schedule.revise(series, edit, uid=uid, now=now)
        added = [row for row, step in steps.items() if step.effect is Effect.ADDED]
        volunteers.copy_shifts(model, added)
        resources.copy_allocations(model, added, now=now)
        models |= dict.fromkeys(added, model.id)
        done |= steps
    return done, models


def _is_changed(step: Step, row: Occurrence, before: Seen, place: Place | None) -> bool:
    """Whether people must hear of it: another time, or a place that is not the one it has."""
    if step.effect is not Effect.UNTOUCHED:
        return True
    if place is None or row.status in OFF:
        return False
    space = before.spaces.get(row.id)
    return (space.id if space else None) != place.space_id


def _cancel(changed: dict[Occurrence, Step], reason: str, now: datetime) -> None:
    for row, step in changed.items():
        if step.effect is Effect.CANCELLED:
            schedule.cancel(row, reason=reason, now=now)
            volunteers.close_shifts(row)
            venues.release_all(row, reason="cancelled")


def _rebook(
    spaces: dict[Occurrence, Space | None], now: datetime
) -> tuple[list[Booking], list[int]]:
    """Take back every old booking first: sessions may take each other's hours."""
    for row in spaces:
        venues.release_all(row, reason="moved")
        schedule.open_again(row)
    bookings, without_place = [], []
    for row, space in spaces.items():
        if space is None:
            continue
        try:
            bookings.append(venues.book(row, space, now=now))
        except Refused:
            without_place.append(row.id)
    return bookings, without_place


def _record(
    actor: Actor,
    now: datetime,
    activity: Activity,
    changed: dict[Occurrence, Step],
    before: Seen,
    reason: str,
) -> Change:
    session().flush()
    after = volunteers_read.seen([row.id for row in changed])
    told = {n: scopes | before.scopes.get(n, set()) for n, scopes in after.scopes.items()}
    return journal.record(
        ChangeKind.SERIES_EDITED,
        actor=actor,
        now=now,
        organization=activity.campaign.organization,
        subject=activity.scope,
        title=activity.title,
        audiences={
            activity.campaign.scope,
            activity.scope,
            *(scope for scopes in told.values() for scope in scopes),
            *(f"occurrence:{row.id}" for row in changed),
        },
        facts={
            "activity_id": activity.id,
            "reason": reason,
            "changes": [
                _fact(step, row, before, after) | {"told": audiences.told(told[row.id])}
                for row, step in changed.items()
            ],
        },
    )


def _fact(step: Step, row: Occurrence, before: Seen, after: Seen) -> dict[str, Any]:
    """One session's change, as notices tell it."""
    effect = Effect.MOVED if step.effect is Effect.UNTOUCHED else step.effect
    found = {
        "occurrence_id": row.id,
        "effect": effect.value,
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "place": after.place(row.id),
    }
    if step.old is None:
        return found
    return found | {
        "old_starts_at": step.old.starts_at.isoformat(),
        "old_ends_at": step.old.ends_at.isoformat(),
        "old_place": before.place(row.id),
    }
