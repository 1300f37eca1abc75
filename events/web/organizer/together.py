"""Two people edit one series: what only one of them changed is in the form of the second.

What both changed is asked. Nothing is done by merging: the second sees the preview of both first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from events.access import messages
from events.access.language import current as language
from events.journal import queries as journal
from events.journal.models import Change
from events.kernel.errors import Refused
from events.schedule import queries as schedule
from events.schedule.models import Occurrence
from events.schedule.states import OFF, Scope
from events.schedule.words import in_words
from events.venues import queries as venues
from events.web import merging
from events.web.merging import Difference, Sent
from events.web.organizer.forms import SeriesForm
from events.web.organizer.timing import is_complete, timing_of

RULE = ("kind", "freq", "interval", "weekdays", "monthly", "rrule", "dates[]")
ENDS = ("ends", "count", "until")
SINGLE = (
    "starts_on", "starts", "duration_min", "on_rest_day", "on_holiday", "on_makeup", "exdates[]",
    "rdates[]",
)  # fmt: skip
PLACE = ("place", "places")  # what was chosen; where the sessions are
APART = {"rule": RULE, "ends": ENDS, "place": PLACE} | {n.strip("[]"): (n,) for n in SINGLE}
AS_ONE = {"when": (*RULE, *ENDS, *SINGLE), "place": PLACE}
KEEP = "keep"
UNITS = APART | AS_ONE
NAMES = (*RULE, *ENDS, *SINGLE, "place")


@dataclass(frozen=True, kw_only=True)
class Met:
    """Somebody else has edited the series since the form was opened.

    values: the form with what both changed; taken: what is theirs in it, differences: what both
    changed, its sender's for now; last: their change.
    """

    values: MultiDict[str, str]
    taken: list[tuple[str, str]]
    differences: list[Difference]
    last: Change | None


def open_with(form: SeriesForm, row: Occurrence, scope: Scope, now: datetime) -> SeriesForm:
    """The form, not yet sent, with what it shows once more, for merging."""
    rows = [each for one in schedule.concerned(row, scope, now) for each in one.occurrences]
    held = venues.bookings_by_occurrence([each.id for each in rows if each.status not in OFF])
    places = sorted({str(each.space_id) for each in held.values()})
    form.base.data = merging.written(merging.sent(form, NAMES) | {"places": places})
    return form


def meet(
    form: SeriesForm, opened: SeriesForm, sent: MultiDict[str, str], row: Occurrence
) -> Met | None:
    """Whom a form that was sent meets; opened: the form as it would be opened now."""
    base, theirs = (merging.read(each.base.data) for each in (form, opened))
    if not base or base == theirs:
        return None
    mine = merging.sent(form, NAMES) | {"places": base.get("places", [])}
    if mine["place"] == theirs["places"]:
        mine |= {name: theirs[name] for name in PLACE}
    units = _units(base, theirs, mine)
    found = merging.merge(units, base=base, theirs=theirs, mine=mine)
    values = sent.copy()
    merging.fill(values, found.values)
    values["base"] = str(opened.base.data)
    return Met(
        values=values,
        taken=[_words(unit, opened, theirs, row) for unit in found.taken],
        differences=[
            Difference(unit, *_words(unit, opened, theirs, row), _words(unit, form, mine, row)[1])
            for unit in found.conflicts
        ],
        last=next(iter(journal.history(row.activity.scope, limit=1)), None),
    )


def _units(*sides: Sent) -> Mapping[str, Sequence[str]]:
    """Field by field; as one when somebody says it in another way, which other fields belong to."""
    ways = {(*side.get("kind", ()), "OTHER" in side.get("freq", ())) for side in sides}
    return APART if len(ways) == 1 else AS_ONE


def _words(unit: str, form: SeriesForm, values: Sent, row: Occurrence) -> tuple[str, str]:
    """A unit's label, and what a form says of it."""
    if unit == "place":
        return _("Place"), _place(form, values)
    if unit in {"when", "rule"}:
        return _("When"), _when(form, row)
    if unit == "ends":
        ends = merging.said(form.ends)
        more = {"count": form.count, "until": form.until}.get(form.ends.data)
        return str(form.ends.label.text), f"{ends}: {merging.said(more)}" if more else ends
    return str(form[unit].label.text), merging.said(form[unit])


def _place(form: SeriesForm, values: Sent) -> str:
    if values["place"] == [KEEP]:
        names = {str(choice.value): str(choice.label) for choice in form.place.choices or ()}
        return "、".join(names.get(each, each) for each in values["places"]) or _("No place yet")
    return merging.said(form.place)


def _when(form: SeriesForm, row: Occurrence) -> str:
    try:
        timing = timing_of(form, row.series.tz) if is_complete(form) else None
        return in_words(timing, language()) if timing else _("Not yet")
    except Refused as fault:
        return messages.text(fault)
