"""What another timing or place of a public series means, for people to see before it is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from events.access import messages
from events.access.accounts import current_actor
from events.access.language import current as language
from events.flows.edit_series import Place
from events.kernel import clock
from events.kernel.errors import Refused
from events.schedule import queries as schedule
from events.schedule.editing import Edit, Effect, Outcome, Step
from events.schedule.models import Occurrence
from events.schedule.rules import Slot, Timing
from events.schedule.states import OFF, Scope
from events.schedule.words import in_words
from events.venues import fitting, queries as venues
from events.venues.models import Space
from events.volunteers import queries as volunteers
from events.volunteers.models import Team
from events.web.organizer import besides, day_notes
from events.web.organizer.timing import Day, listed_days

MOST_MONTHS = 6
MOST_LEFT_OUT = 12


@dataclass(frozen=True, kw_only=True)
class Line:
    """One session in the list of what an edit does."""

    effect: Effect
    old: Slot | None
    new: Slot | None
    old_place: str
    place: str
    volunteers: int


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month of the strip: weeks from Monday; each day with what happens on it ("" nothing)."""

    first: date
    weeks: list[list[tuple[date, str]]]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What an edit comes to, for people.

    lines: sessions that change; kept, past: how many of the activity's do not, or have begun.
    """

    outcome: Outcome
    words: list[str]
    lines: list[Line]
    kept: int
    past: int
    months: list[Month]
    asked: int
    venues: list[str]
    volunteers: int
    teams: list[Team]
    problems: list[str]
    hints: list[str]
    left_out: list[Day]
    unannounced: list[tuple[int, int]]

    def count(self, name: str) -> int:
        """How many sessions an effect ("moved", "cancelled", "added") concerns."""
        return sum(line.effect is Effect(name) for line in self.lines)


def preview_of(
    row: Occurrence, scope: Scope, timing: Timing, wished: Place | None, now: datetime
) -> Preview:
    """What giving the series of `row` another timing and place means. Raises as the effect does.

    wished: as flows.edit_series takes it.
    """
    outcome = schedule.effect(row, scope, timing, now)
    space = venues.space(current_actor(), wished.space_id) if wished and wished.space_id else None
    rows = schedule.of_activity(row.series.activity_id)
    seen = volunteers.seen([each.id for each in rows])
    shown = [
        (step, space if wished else seen.spaces.get(step.id or model_id))
        for step, model_id in _modelled(outcome, rows)
    ]
    changed = [(s, to) for s, to in shown if _is_changed(s, seen.spaces, wished)]
    scopes = {one for step, _to in changed if step.id for one in seen.scopes[step.id]}
    asked = [(s, to) for s, to in changed if s.effect is not Effect.CANCELLED and to]
    return Preview(
        outcome=outcome,
        words=[in_words(each.timing, language()) for _, each in outcome.edits if _goes_on(each)],
        lines=[
            Line(
                effect=Effect.MOVED if step.effect is Effect.UNTOUCHED else step.effect,
                old=step.old,
                new=step.new,
                old_place=seen.place(step.id) if step.id else "",
                place=f"{to.venue.name} {to.name}" if to else "",
                volunteers=_people(seen.scopes.get(step.id or 0, ())),
            )
            for step, to in changed
        ],
        kept=_ahead(rows, now) - sum(step.id is not None for step, _to in changed),
        past=sum(each.starts_at <= now for each in rows),
        months=_months(outcome.steps, {step for step, _to in changed}, timing.tz),
        asked=len(asked),
        venues=sorted({to.venue.name for _step, to in asked}),
        volunteers=_people(scopes),
        teams=volunteers.teams_by_id(
            [int(s.split(":")[1]) for s in scopes if s.startswith("team:")]
        ),
        problems=_problems(asked, row),
        hints=besides.hints(row.activity.campaign, (s.new for s, _to in changed if s.new)),
        unannounced=day_notes.unannounced(
            (step.new.starts_at for step in outcome.steps if step.new), timing.tz
        ),
        left_out=[
            day
            for _, edit in outcome.edits
            for day in listed_days(edit.timing, now)
            if day.why and clock.to_utc(day.slot, timing.tz) > now
        ][:MOST_LEFT_OUT],
    )


def _modelled(outcome: Outcome, rows: list[Occurrence]) -> Iterator[tuple[Step, int]]:
    """Each step in time's order, with the session whose place one that is added gets."""
    series = {row.series_id: row.series for row in rows}
    models = {n: schedule.model(each) or each.occurrences[-1] for n, each in series.items()}
    home = {id(step): models[n].id for n, each in outcome.edits for step in each.steps}
    for step in outcome.steps:
        yield step, home[id(step)]


def _ahead(rows: Iterable[Occurrence], now: datetime) -> int:
    return sum(row.starts_at > now and row.status not in OFF for row in rows)


def _goes_on(edit: Edit) -> bool:
    return any(step.new is not None for step in edit.steps)


def _is_changed(step: Step, spaces: dict[int, Space], wished: Place | None) -> bool:
    if step.effect is not Effect.UNTOUCHED:
        return True
    if wished is None or step.new is None or step.id is None:
        return False
    space = spaces.get(step.id)
    return (space.id if space else None) != wished.space_id


def _people(scopes: Iterable[str]) -> int:
    return sum(scope.startswith("volunteer:") for scope in scopes)


def _problems(asked: list[tuple[Step, Space]], row: Occurrence) -> list[str]:
    """What speaks against the places, each said once."""
    by_space: dict[Space, list[Slot]] = {}
    for step, space in asked:
        if step.new is not None:
            by_space.setdefault(space, []).append(step.new)
    activity = row.activity
    found = (
        fitting.space_problems(
            space, slots, needs=activity.expected_attendance, apart_from=activity.id
        )
        for space, slots in by_space.items()
    )
    return [_problem(fault) for faults in found for fault in faults]


def _problem(fault: Refused) -> str:
    text = messages.text(fault)
    if fault.code != "place_taken":
        return text
    lost = _("Sessions whose place is taken stay without one until you find another.")
    return f"{text} {lost}"


def _months(steps: Iterable[Step], changed: set[Step], tz: str) -> list[Month]:
    """The days from the first session to the last, by month; nothing when they are too many."""
    marks: dict[date, str] = {}
    for step in steps:
        effect = step.effect.value if step in changed else ""
        old = clock.to_local(step.old.starts_at, tz).date() if step.old else None
        new = clock.to_local(step.new.starts_at, tz).date() if step.new else None
        if old and old != new:
            marks.setdefault(old, "cancelled" if new is None else "left")
        if new:
            marks[new] = {"": "kept", "untouched": "moved"}.get(effect, effect)
    if not marks:
        return []
    first, last = min(marks).replace(day=1), max(marks)
    months: list[Month] = []
    while first <= last:
        months.append(Month(first=first, weeks=_weeks(first, marks)))
        first = (first + timedelta(days=31)).replace(day=1)
    return months if len(months) <= MOST_MONTHS else []


def _weeks(first: date, marks: dict[date, str]) -> list[list[tuple[date, str]]]:
    monday = first - timedelta(days=first.weekday())
    weeks: list[list[tuple[date, str]]] = []
    while monday <= first or monday.month == first.month:
        days = (monday + timedelta(days=n) for n in range(7))
        weeks.append([(d, marks.get(d, "") if d.month == first.month else "other") for d in days])
        monday += timedelta(days=7)
    return weeks
