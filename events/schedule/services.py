"""Writing series and occurrences."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from events.campaigns.models import Activity
from events.kernel.db import session
from events.schedule import rules
from events.schedule.models import Occurrence, Series
from events.schedule.rules import Timing
from events.schedule.states import OccurrenceStatus


def plan(activity: Activity, timing: Timing, *, uid: str, now: datetime) -> Series:
    """The series of a draft and its occurrences, TENTATIVE, SEQUENCE 0. Raises as rules.starts."""
    slots = rules.slots(timing)
    series = Series(
        activity=activity,
        uid=uid,
        kind=timing.kind,
        tz=timing.tz,
        starts_local=slots[0].recurrence_id,
        duration_min=timing.duration_min,
        rule=timing.rule,
        dates=[start.isoformat() for start in timing.dates],
        changed_at=now,
    )
    session().add(series)
    series.occurrences = [
        Occurrence(
            uid=uid,
            recurrence_id_local=slot.recurrence_id,
            slot_local=slot.recurrence_id,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            status=OccurrenceStatus.TENTATIVE,
            sequence=0,
            changed_at=now,
        )
        for slot in slots
    ]
    session().flush()
    return series


def drop(series: Series) -> None:
    """Forget a draft's series; whatever hangs on its occurrences must be gone already."""
    session().execute(delete(Occurrence).where(Occurrence.series_id == series.id))
    session().execute(delete(Series).where(Series.id == series.id))
    session().expire_all()


def confirm(occurrence: Occurrence, *, now: datetime) -> None:
    """It takes place: STATUS CONFIRMED."""
    _change(occurrence, now)
    occurrence.status = OccurrenceStatus.CONFIRMED


def settle(occurrence: Occurrence, *, now: datetime) -> None:
    """Published and needing no answer (online): CONFIRMED from the start, SEQUENCE 0."""
    occurrence.status = OccurrenceStatus.CONFIRMED
    occurrence.changed_at = now


def touch(occurrence: Occurrence, *, now: datetime) -> None:
    """Something that calendars show has changed; what they schedule by has not."""
    occurrence.changed_at = now


def unsettle(occurrence: Occurrence, *, now: datetime) -> None:
    """Its place is open again: back to TENTATIVE."""
    _change(occurrence, now)
    occurrence.status = OccurrenceStatus.TENTATIVE


def move(occurrence: Occurrence, *, start_local: datetime, now: datetime) -> None:
    """Give it another start; its identity (recurrence_id_local) stays."""
    series = occurrence.series
    slot = rules.slot(start_local, series.duration_min, series.tz)
    rules.require_future(slot.starts_at, now)
    _change(occurrence, now)
    occurrence.starts_at, occurrence.ends_at = slot.starts_at, slot.ends_at


def open_again(occurrence: Occurrence) -> None:
    """Part of a move: nobody has confirmed the new time or place yet."""
    occurrence.status = OccurrenceStatus.TENTATIVE


def cancel(occurrence: Occurrence, *, reason: str, now: datetime) -> None:
    """It does not take place: STATUS CANCELLED, kept so that calendars strike it out."""
    _change(occurrence, now)
    occurrence.status = OccurrenceStatus.CANCELLED
    occurrence.reason = reason


def _change(occurrence: Occurrence, now: datetime) -> None:
    occurrence.sequence += 1
    occurrence.changed_at = now
