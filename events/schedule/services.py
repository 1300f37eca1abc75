"""Writing series and occurrences."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import delete, select

from events.campaigns.models import Activity
from events.campaigns.states import Mode
from events.kernel.db import session
from events.schedule import queries, rules
from events.schedule.editing import Edit, Effect, Step
from events.schedule.models import Occurrence, Series
from events.schedule.rules import Slot, Timing
from events.schedule.states import OccurrenceStatus, SeriesKind


def plan(activity: Activity, timing: Timing, *, uid: str, now: datetime) -> Series:
    """The series of a draft and its occurrences, TENTATIVE, SEQUENCE 0. Raises as rules.slots."""
    until = rules.horizon(timing, now)
    slots = rules.slots(timing, queries.kind_of(), before=until)
    series = Series(activity=activity, uid=uid, expanded_until_local=until, changed_at=now)
    _say(series, timing)
    session().add(series)
    series.occurrences = [_session(slot, uid=uid, now=now) for slot in slots]
    session().flush()
    return series


def extend(series: Series, *, now: datetime) -> list[Occurrence]:
    """The sessions of a series without end that are due to be made now; a second time none."""
    timing = queries.timing(series)
    until = rules.horizon(timing, now)
    if until is None or series.expanded_until_local is None:
        return []
    slots = rules.slots(timing, queries.kind_of(), after=series.expanded_until_local, before=until)
    series.expanded_until_local = max(series.expanded_until_local, until)
    return _add(series, slots, now)


def revise(series: Series, edit: Edit, *, uid: str, now: datetime) -> dict[Occurrence, Step]:
    """Make the sessions what `edit` says; bookings, shifts and cancelling are the caller's.

    uid: of the series that follows, when the past stays with `series`; a used one gets a
    number. Returns each session with its step. Sessions keep their identity; those that move have
    SEQUENCE + 1.
    """
    going = series
    if edit.kept is not None:
        free_uid = _unused(uid)
        going = Series(activity=series.activity, uid=free_uid, follows_id=series.id, changed_at=now)
        session().add(going)
        _say(series, edit.kept)
        series.expanded_until_local = None
    _say(going, edit.timing)
    going.expanded_until_local = edit.until
    for each in {series, going}:
        each.sequence = (each.sequence or 0) + 1
        each.changed_at = now
    session().flush()
    rows = {row.id: row for row in series.occurrences}
    done = {rows[step.id]: step for step in edit.steps if step.id is not None}
    _give_slots(done, going)
    for row, step in done.items():
        if step.effect is Effect.MOVED and step.new is not None:
            put(row, step.new, now)
    added = [step for step in edit.steps if step.effect is Effect.ADDED]
    made = _add(going, [step.new for step in added if step.new is not None], now)
    return done | dict(zip(made, added, strict=True))


def make_room(
    series: Series, slots: Iterable[datetime], *, but: Container[Occurrence] = ()
) -> None:
    """Let sessions that are gone stand beside these slots: others of the series are to have them.

    They are cancelled and no instance of its rule any more; a microsecond is enough.
    """
    session().flush()
    found = select(Occurrence).where(Occurrence.series_id == series.id)
    rows = [row for row in session().scalars(found) if row not in but]
    wanted, known = set(slots), {row.slot_local for row in rows}
    for row in rows:
        if row.slot_local in wanted:
            while row.slot_local in known:
                row.slot_local += timedelta(microseconds=1)
            known.add(row.slot_local)
    session().flush()


def drop(series: Series) -> None:
    """Forget a draft's series; whatever hangs on its occurrences must be gone already."""
    session().execute(delete(Occurrence).where(Occurrence.series_id == series.id))
    session().execute(delete(Series).where(Series.id == series.id))
    session().expire_all()


def forget(sessions: Iterable[Occurrence]) -> None:
    """Let sessions of a draft never have been; whatever hangs on them must be gone already."""
    rows = list(sessions)
    session().execute(delete(Occurrence).where(Occurrence.id.in_([row.id for row in rows])))
    for series in {row.series for row in rows}:
        session().expire(series, ["occurrences"])


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
    put(occurrence, slot, now)


def open_again(occurrence: Occurrence) -> None:
    """Part of a move: nobody has confirmed the new time or place yet; online nobody needs to."""
    is_online = occurrence.activity.mode is Mode.ONLINE
    occurrence.status = OccurrenceStatus.CONFIRMED if is_online else OccurrenceStatus.TENTATIVE
    occurrence.reason = ""


def cancel(occurrence: Occurrence, *, reason: str, now: datetime) -> None:
    """It does not take place: STATUS CANCELLED, kept so that calendars strike it out."""
    _change(occurrence, now)
    occurrence.status = OccurrenceStatus.CANCELLED
    occurrence.reason = reason


def _say(series: Series, timing: Timing) -> None:
    """Write `timing` down as the series' own."""
    said = rules.first(timing) if timing.kind is SeriesKind.RULE else timing
    dates = sorted(timing.dates)
    series.kind, series.tz, series.rule = said.kind, said.tz, said.rule
    series.starts_local = dates[0] if dates else said.starts_local
    series.duration_min = said.duration_min
    series.dates = [each.isoformat() for each in dates]
    series.exdates = [each.isoformat() for each in sorted(said.exdates)]
    series.rdates = [each.isoformat() for each in sorted(said.rdates)]
    series.on_rest_day = said.on_rest_day
    series.on_holiday = said.on_holiday
    series.on_makeup = said.on_makeup


def _unused(uid: str) -> str:
    found = select(Series.uid).where(Series.uid.startswith(uid[:54], autoescape=True))
    known = set(session().scalars(found))
    numbered = (f"{uid[:54]}-{n}" for n in count(2))
    return uid if uid not in known else next(each for each in numbered if each not in known)


def _give_slots(done: dict[Occurrence, Step], going: Series) -> None:
    """In two turns: in between no two sessions of a series may have one slot."""
    make_room(going, (step.new.recurrence_id for step in done.values() if step.new), but=done)
    for turn in (timedelta(milliseconds=1), timedelta(0)):
        for row, step in done.items():
            slot = step.new or step.old
            if slot is not None:
                row.series = going
                row.slot_local = slot.recurrence_id + turn
        session().flush()


def _add(series: Series, slots: Iterable[Slot], now: datetime) -> list[Occurrence]:
    """More sessions; one whose first start another has had already gets a uid of its own."""
    slots = list(slots)
    make_room(series, (slot.recurrence_id for slot in slots))
    found = select(Occurrence.recurrence_id_local).where(Occurrence.uid == series.uid)
    known = set(session().scalars(found))
    made = []
    for slot in slots:
        uid = series.uid
        if slot.recurrence_id in known:
            uid = f"{series.uid[:54]}.{series.sequence}"
        row = _session(slot, uid=uid, now=now)
        row.series = series
        session().add(row)
        made.append(row)
    session().flush()
    return made


def _session(slot: Slot, *, uid: str, now: datetime) -> Occurrence:
    return Occurrence(
        uid=uid,
        recurrence_id_local=slot.recurrence_id,
        slot_local=slot.recurrence_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        status=OccurrenceStatus.TENTATIVE,
        sequence=0,
        changed_at=now,
    )


def put(occurrence: Occurrence, slot: Slot, now: datetime) -> None:
    """Let it take place at `slot`: SEQUENCE + 1; its identity and its slot stay."""
    _change(occurrence, now)
    occurrence.starts_at, occurrence.ends_at = slot.starts_at, slot.ends_at


def postpone(occurrence: Occurrence, *, reason: str, now: datetime) -> None:
    """It does not take place at its time, and no new one is known: POSTPONED."""
    _change(occurrence, now)
    occurrence.status = OccurrenceStatus.POSTPONED
    occurrence.reason = reason


def _change(occurrence: Occurrence, now: datetime) -> None:
    occurrence.sequence += 1
    occurrence.changed_at = now
