"""Series that avoid days, and their sessions as they stand.

A session is where its rule put it, be it by what the notices said then, or somebody has moved it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select

from events.journal.models import Change
from events.journal.states import ChangeKind
from events.kernel import clock
from events.kernel.db import session
from events.schedule import rules
from events.schedule.editing import Standing
from events.schedule.models import Occurrence, Series, Undo
from events.schedule.rules import KindOf, Timing
from events.schedule.states import OFF, DayChoice, SeriesKind


def series_ahead(now: datetime) -> Select[Series]:
    """Series whose rule avoids days and that go on after `now`, by id."""
    choices = (Series.on_rest_day, Series.on_holiday, Series.on_makeup)
    ahead = select(Occurrence.series_id).where(Occurrence.starts_at > now)
    return (
        select(Series)
        .where(
            Series.kind == SeriesKind.RULE,
            or_(*(each != DayChoice.KEEP for each in choices)),
            Series.id.in_(ahead),
        )
        .order_by(Series.id)
    )


def standing(series: Series, timing: Timing, was: KindOf | None = None) -> list[Standing]:
    """The sessions of a series of this timing. was: what a draft took the days for, if known."""
    avoids = {timing.on_rest_day, timing.on_holiday, timing.on_makeup} != {DayChoice.KEEP}
    planned = _planned(series, timing, was) if avoids and was else {}
    by_hand = _moved_by_hand(series) if avoids and not was else set()
    return [
        Standing(
            id=each.id,
            slot=each.slot_local,
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            is_off=each.status in OFF,
            is_by_rule=avoids
            and each.id not in by_hand
            and _may_be_by_rule(each, timing)
            and planned.get(each.slot_local, each.starts_at) == each.starts_at,
        )
        for each in series.occurrences
    ]


def _planned(series: Series, timing: Timing, was: KindOf) -> dict[datetime, datetime]:
    """When (UTC) the sessions were to begin by what `was` takes the days for."""
    if not series.occurrences:
        return {}
    ends = [each.slot_local for each in series.occurrences]
    after, before = min(ends), max(ends) + timedelta(seconds=1)
    found = rules.slots(timing, was, after=after, before=before)
    return {slot.recurrence_id: slot.starts_at for slot in found}


def _moved_by_hand(series: Series) -> set[int]:
    """Ids of the sessions that somebody has moved alone, unless that was taken back."""
    scopes = {f"occurrence:{each.id}": each.id for each in series.occurrences}
    undone = select(Undo.change_id).where(Undo.undone_at.is_not(None))
    found = select(Change.subject).where(
        Change.subject.in_(scopes),
        Change.kind == ChangeKind.OCCURRENCE_MOVED,
        Change.id.not_in(undone),
    )
    return {scopes[subject] for subject in session().scalars(found)}


def _may_be_by_rule(one: Occurrence, timing: Timing) -> bool:
    """Whether a rule could have put it there: its own day, or a later one at the same time."""
    start = clock.to_local(one.starts_at, timing.tz).replace(tzinfo=None)
    if start == one.slot_local:
        return True
    moves = DayChoice.MOVE in {timing.on_rest_day, timing.on_holiday, timing.on_makeup}
    days = (start.date() - one.slot_local.date()).days
    return moves and start.time() == one.slot_local.time() and 0 < days <= rules.MOVE_DAYS
