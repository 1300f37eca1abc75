"""What other holidays do to sessions, for people: which change, when, where, and who is on them.

Administrators see it before a notice is stored; who organizes public activities agrees here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, flash, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from events.access import messages, needs
from events.access.accounts import current_actor
from events.access.language import current as language
from events.campaigns.models import Activity
from events.days import queries as days
from events.flows.edit_series import edit_series as do_edit_series
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.errors import Refused
from events.observances.daytypes import Calendar
from events.observances.states import DayKind
from events.planning import day_changes
from events.planning.day_changes import SeriesChange
from events.schedule import queries as schedule
from events.schedule.editing import Effect, Outcome, Step
from events.schedule.rules import Slot
from events.schedule.states import Scope
from events.schedule.words import in_words
from events.venues import fitting, queries as venues
from events.venues.models import Space
from events.venues.states import BookingState
from events.volunteers import queries as volunteers
from events.web.forms import go
from events.web.organizer.blueprint import blueprint


@dataclass(frozen=True, kw_only=True)
class Line:
    """One session that changes. why: what its old day is; place: where it stays, if it can."""

    effect: Effect
    old: Slot | None
    new: Slot | None
    why: str
    place: str
    volunteers: int


@dataclass(frozen=True, kw_only=True)
class Card:
    """One series that changes. asked: bookings to be confirmed anew; seen: for applying it.

    problems: what speaks against the places on the new days; occurrence_id: a session ahead, None
    when not one session would be left.
    """

    activity: Activity
    tz: str
    words: str
    is_draft: bool
    lines: list[Line]
    kept: int
    asked: int
    volunteers: int
    problems: list[str]
    occurrence_id: int | None
    seen: str

    def count(self, name: str) -> int:
        """How many sessions an effect ("moved", "cancelled", "added") concerns."""
        return sum(line.effect is Effect(name) for line in self.lines)


def cards(changes: Iterable[SeriesChange], calendar: Calendar, now: datetime) -> list[Card]:
    """The changes with what people need to judge them. calendar: the days as they will be."""
    found = list(changes)
    ids = [step.id for one in found for step in one.steps if step.id is not None]
    bookings, seen = venues.bookings_by_occurrence(ids), volunteers.seen(ids)
    spaces = {n: one.space for n, one in bookings.items() if one.state is not BookingState.DECLINED}
    people = {n: sum(s.startswith("volunteer:") for s in seen.scopes.get(n, ())) for n in ids}
    return [_card(one, calendar, spaces, people, now) for one in found]


@blueprint.get("/day-changes")
@needs(Permission.ACTIVITY_PUBLISH)
def waiting_days() -> str:
    """Public activities whose rules say other days since a notice was entered."""
    found = day_changes.waiting(current_actor(), clock.now())
    campaign_id = request.args.get("campaign", type=int)
    chosen = [one for one in found if campaign_id in {None, one.activity.campaign_id}]
    return render_template(
        "organizer/days/waiting.html",
        cards=cards(chosen, days.known(), clock.now()),
        others=len(found) - len(chosen),
    )


@blueprint.post("/day-changes/<int:occurrence_id>")
@needs(Permission.ACTIVITY_PUBLISH)
def apply_days(occurrence_id: int) -> Response:
    """Give the sessions the days that their rule says now, as they were shown."""
    row = schedule.occurrence(current_actor(), occurrence_id, Permission.ACTIVITY_PUBLISH)
    activity_id = row.series.activity_id
    try:
        done = do_edit_series(
            current_actor(),
            clock.now(),
            occurrence_id=occurrence_id,
            scope=Scope.PART,
            timing=schedule.timing(row.series),
            place=None,
            seen=request.form.get("seen", ""),
            uid=str(uuid.uuid4()),
            reason=request.form.get("reason", ""),
        )
    except Refused as fault:
        flash(messages.text(fault), "danger")
        return go(".waiting_days")
    except StaleDataError:
        flash(_("The sessions are not what they were when this was shown. Look again, please."))
        return go(".waiting_days")
    said = _("Done. Everybody concerned is being told.")
    if done.without_place:
        number = len(done.without_place)
        said += " " + _("Sessions whose place is taken at their new time: %(n)s", n=number)
    flash(said, "warning" if done.without_place else "success")
    return go("organizer.activity", activity_id=activity_id)


def _card(
    one: SeriesChange,
    calendar: Calendar,
    spaces: dict[int, Space],
    people: dict[int, int],
    now: datetime,
) -> Card:
    tz = one.series.tz
    lines = [_line(step, tz, calendar, spaces, people) for step in one.steps]
    goes_on = [line for line in lines if line.new is not None and line.place]
    ahead = [row for row in one.series.occurrences if row.starts_at > now]
    return Card(
        activity=one.activity,
        tz=tz,
        words=in_words(schedule.timing(one.series), language()),
        is_draft=one.is_draft,
        lines=lines,
        kept=one.kept,
        asked=0 if one.is_draft else len(goes_on),
        volunteers=sum(line.volunteers for line in lines),
        problems=[] if one.is_draft else _problems(one, spaces),
        occurrence_id=ahead[0].id if one.edit and ahead else None,
        seen=Outcome(edits=((one.series.id, one.edit),)).fingerprint if one.edit else "",
    )


def _problems(one: SeriesChange, spaces: dict[int, Space]) -> list[str]:
    """What speaks against the places where sessions go on, each said once."""
    by_space: dict[Space, list[Slot]] = {}
    for step in one.steps:
        if step.id in spaces and step.new is not None:
            by_space.setdefault(spaces[step.id], []).append(step.new)
    needs = one.activity.expected_attendance
    found = (
        fitting.space_problems(space, slots, needs=needs, apart_from=one.activity.id)
        for space, slots in by_space.items()
    )
    return [messages.text(fault) for faults in found for fault in faults]


def _line(
    step: Step, tz: str, calendar: Calendar, spaces: dict[int, Space], people: dict[int, int]
) -> Line:
    number = step.id or 0
    space = spaces.get(number)
    return Line(
        effect=step.effect,
        old=step.old,
        new=step.new,
        why=_why(step.old, tz, calendar) if step.old else "",
        place=f"{space.venue.name} {space.name}" if space else "",
        volunteers=people.get(number, 0),
    )


def _why(old: Slot, tz: str, calendar: Calendar) -> str:
    """What the day is that a session leaves."""
    on = clock.to_local(old.starts_at, tz).date()
    words: dict[DayKind, str] = {
        DayKind.HOLIDAY: _("statutory holiday"),
        DayKind.MAKEUP: _("make-up workday"),
        DayKind.REST: _("weekend"),
        DayKind.WORKDAY: _("workday"),
    }
    word, name = words[calendar.kind(on)], calendar.name(on, language())
    return f"{word} · {name}" if name else word


def context(changes: Iterable[SeriesChange], calendar: Calendar, now: datetime) -> dict[str, Any]:
    """What a preview of a notice shows of what would follow."""
    found = cards(changes, calendar, now)
    return {
        "going": [one for one in found if one.is_draft and one.lines],
        "waiting": [one for one in found if not one.is_draft and one.lines],
        "left": [one for one in found if not one.lines],
    }
