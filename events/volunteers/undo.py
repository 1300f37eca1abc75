"""Taking a change of sessions back within ten minutes: what was before is kept with the change.

It stands on this floor because times, places and shifts meet here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from events.journal.models import Change
from events.kernel.db import Facts, session
from events.kernel.errors import Refused
from events.schedule import services as schedule
from events.schedule.models import Occurrence, Series, Undo
from events.schedule.rules import Slot
from events.schedule.states import OFF, DayChoice, OccurrenceStatus
from events.venues import queries as venues_read, services as venues
from events.venues.models import Booking, Space
from events.volunteers import services as volunteers
from events.volunteers.models import Shift

Span = tuple[datetime, datetime]
WITHIN = timedelta(minutes=10)
_SAID = (
    "kind", "tz", "starts_local", "duration_min", "rule", "dates", "exdates", "rdates",
    "on_rest_day", "on_holiday", "on_makeup", "expanded_until_local",
)  # fmt: skip
_STOOD = ("series_id", "slot_local", "starts_at", "ends_at")
_LOCAL = ("starts_local", "expanded_until_local")
_CHOICES = ("on_rest_day", "on_holiday", "on_makeup")


@dataclass(frozen=True)
class Undone:
    """What taking a change back came to: sessions, bookings that are asked, ids without a place.

    answers: what venues had said since; it counts no more.
    """

    rows: list[Occurrence]
    bookings: list[Booking]
    without_place: list[int]
    answers: list[Booking]


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """What taking a change back means for sessions for which a venue has answered since.

    then: the time that they have again, None for sessions that were added; seen: a word for all
    of it: whoever has seen it says it.
    """

    answers: list[tuple[Booking, Span | None]]

    @property
    def seen(self) -> str:
        """The word; "" when there is nothing to see."""
        said = [(booking.id, booking.version) for booking, _ in self.answers]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:32] if said else ""


def picture(rows: Iterable[Occurrence]) -> dict[str, Any]:
    """Sessions, their series, places and open shifts as they are now, as JSON."""
    rows = list(rows)
    ids = [row.id for row in rows]
    spaces = venues_read.held_spaces(ids)
    is_open = select(Shift.id).where(Shift.occurrence_id.in_(ids), Shift.is_open)
    return {
        "series": {str(one.id): _said(one) for one in {row.series for row in rows}},
        "sessions": {
            str(row.id): {
                "series_id": row.series_id,
                "slot_local": row.slot_local.isoformat(),
                "starts_at": row.starts_at.isoformat(),
                "ends_at": row.ends_at.isoformat(),
                "status": row.status.value,
                "reason": row.reason,
                "space_id": spaces[row.id].id if row.id in spaces else None,
            }
            for row in rows
        },
        "shifts": list(session().scalars(is_open)),
    }


def keep(
    change: Change, before: dict[str, Any], after: Iterable[Occurrence], *, now: datetime
) -> Undo:
    """Let `change` be undone. after: every session that it touched or added, as it is now."""
    session().flush()
    after = list(after)
    versions = {str(row.id): row.version for row in after}
    made = Undo(
        change=change,
        activity=after[0].activity,
        before=before | {"after": versions, "stood": picture(after)["sessions"]},
        expires_at=now + WITHIN,
    )
    session().add(made)
    session().flush()
    return made


def prospect(kept: Undo, *, now: datetime) -> Prospect:
    """What it means to take a change back that a venue has answered since; nothing is done.

    Raises Refused("undo_over" | "undo_overtaken").
    """
    return _prospect(kept, _since(kept, now)[1])


def take_back(kept: Undo, *, seen: str = "", now: datetime) -> Undone:
    """Make everything what it was; spaces are asked for anew.

    What was added is cancelled. seen: of the prospect, when a venue has answered since. Raises
    Refused("undo_over" | "undo_overtaken" | "undo_answered" | "already_started").
    """
    rows, answers = _since(kept, now)
    coming = _prospect(kept, answers)
    if coming.seen != seen:
        raise Refused("undo_answered" if coming.answers else "undo_overtaken")
    lost = [booking for booking, _ in coming.answers]
    stays = {row for row, booking in answers.items() if booking not in lost}
    old = {rows[int(n)]: image for n, image in kept.before["sessions"].items()}
    spaces = venues_read.held_spaces([row.id for row in old])
    changed = [
        row
        for row, image in old.items()
        if row not in stays and _is_other(row, image, spaces.get(row.id))
    ]
    for row in changed:
        if row.starts_at.isoformat() != old[row]["starts_at"]:
            _require_ahead(old[row], now)
    going = {row.series for row in rows.values()}
    _restore_series(kept, now)
    added = [row for row in rows.values() if row not in old]
    for row in added:
        schedule.cancel(row, reason="", now=now)
        volunteers.close_shifts(row)
        venues.release_all(row, reason="undone")
        if str(row.series_id) not in kept.before["series"] and row.series.follows_id:
            home = session().get_one(Series, row.series.follows_id)
            schedule.make_room(home, [row.slot_local])
            row.series = home
        schedule.make_room(row.series, [row.slot_local])  # it is gone, should its day come again
    _restore_slots(old)
    _drop_empty(going, {str(each.id) for each in going} - set(kept.before["series"]))
    bookings, without_place = _restore_sessions({row: old[row] for row in changed}, now)
    for shift in session().scalars(select(Shift).where(Shift.id.in_(kept.before["shifts"]))):
        shift.is_open = True
    kept.undone_at = now
    session().flush()
    return Undone([*changed, *added], bookings, without_place, lost)


def _said(series: Series) -> Facts:
    found = {name: getattr(series, name) for name in _SAID}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in found.items()
    }


def _since(kept: Undo, now: datetime) -> tuple[dict[int, Occurrence], dict[Occurrence, Booking]]:
    """The sessions, as the change has left them, and what venues have answered for them since."""
    if kept.undone_at is not None or kept.expires_at <= now:
        raise Refused("undo_over")
    versions = {int(n): version for n, version in kept.before["after"].items()}
    found = select(Occurrence).where(Occurrence.id.in_(versions))
    rows = {row.id: row for row in session().scalars(found)}
    others = {row for n, row in rows.items() if row.version != versions[n]}
    answers = _answers(kept, rows) if others else {}
    if set(rows) != set(versions) or others - set(answers):
        raise Refused("undo_overtaken")
    return rows, answers


def _prospect(kept: Undo, answers: dict[Occurrence, Booking]) -> Prospect:
    """Of sessions that the change has left where they are, the answer stays what it is."""
    found: list[tuple[Booking, Span | None]] = []
    for row, booking in sorted(answers.items(), key=lambda pair: (pair[0].starts_at, pair[0].id)):
        image, stood = kept.before["sessions"].get(str(row.id)), kept.before["stood"][str(row.id)]
        if image is None:
            found.append((booking, None))
        elif any(image[name] != stood[name] for name in ("starts_at", "ends_at", "space_id")):
            found.append((booking, _span(image)))
    return Prospect(answers=found)


def _answers(kept: Undo, rows: dict[int, Occurrence]) -> dict[Occurrence, Booking]:
    """The sessions to which nothing else has happened since than their venue's answer."""
    stood, now = kept.before.get("stood", {}), picture(rows.values())["sessions"]
    found = {}
    for n, booking in venues_read.bookings_by_occurrence(list(rows)).items():
        was, row = stood.get(str(n)), rows[n]
        if was is None or row.version == kept.before["after"][str(n)] or row.status in OFF:
            continue
        is_where_it_was = all(was[name] == now[str(n)][name] for name in _STOOD)
        if is_where_it_was and booking.space_id == was["space_id"] and booking.answered_at:
            found[row] = booking
    return found


def _is_other(row: Occurrence, image: Facts, space: Space | None) -> bool:
    now = (row.starts_at.isoformat(), row.ends_at.isoformat(), row.status in OFF)
    then = (image["starts_at"], image["ends_at"], image["status"] in OFF)
    return now != then or (space.id if space else None) != image["space_id"]


def _span(image: Facts) -> Span:
    return datetime.fromisoformat(image["starts_at"]), datetime.fromisoformat(image["ends_at"])


def _require_ahead(image: Facts, now: datetime) -> None:
    if image["status"] not in OFF and datetime.fromisoformat(image["starts_at"]) <= now:
        raise Refused("already_started")


def _restore_series(kept: Undo, now: datetime) -> None:
    for n, said in kept.before["series"].items():
        series = session().get_one(Series, int(n))
        if said == _said(series):
            continue
        for name, value in said.items():
            if name in _LOCAL and value:
                setattr(series, name, datetime.fromisoformat(value))
            else:
                setattr(series, name, DayChoice(value) if name in _CHOICES else value)
        series.sequence += 1
        series.changed_at = now


def _restore_slots(old: dict[Occurrence, Facts]) -> None:
    """In two turns: in between no two sessions of a series may have one slot."""
    for turn in (timedelta(milliseconds=1), timedelta(0)):
        for row, image in old.items():
            row.series = session().get_one(Series, image["series_id"])
            row.slot_local = datetime.fromisoformat(image["slot_local"]) + turn
        session().flush()


def _drop_empty(going: set[Series], made: set[str]) -> None:
    """The series that a split has made is no more."""
    ids = [each.id for each in going if str(each.id) in made]
    session().flush()
    for each in going:
        session().expire(each)
    session().execute(delete(Series).where(Series.id.in_(ids)))


def _restore_sessions(
    old: dict[Occurrence, Facts], now: datetime
) -> tuple[list[Booking], list[int]]:
    bookings, without_place = [], []
    for row, image in old.items():
        starts, ends = _span(image)
        schedule.put(row, Slot(recurrence_id=row.slot_local, starts_at=starts, ends_at=ends), now)
        venues.release_all(row, reason="undone")
        schedule.open_again(row)
        if image["status"] in OFF:
            row.status = OccurrenceStatus(image["status"])
        row.reason = image["reason"]
    for row, image in old.items():
        if image["space_id"] is None or row.status in OFF:
            continue
        try:
            space = session().get_one(Space, image["space_id"])
            bookings.append(venues.book(row, space, now=now))
        except Refused:
            without_place.append(row.id)
    return bookings, without_place
