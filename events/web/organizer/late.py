"""Times that were typed for a draft while somebody else published it: shown, and led on.

A public activity's times are changed by the form of its series, which first says what that means.
What was typed goes there with it; nothing of it is dropped silently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _

from events.access import messages
from events.access.language import current as language
from events.campaigns.models import Activity
from events.campaigns.states import ActivityState
from events.journal import queries as journal
from events.journal.models import Change
from events.journal.states import ChangeKind
from events.kernel import clock
from events.kernel.errors import Refused
from events.schedule import queries as schedule
from events.schedule.models import Occurrence
from events.schedule.words import in_words
from events.web import merging
from events.web.organizer.timing import is_complete, timing_of

TIMING = (
    "kind", "starts_on", "starts", "freq", "interval", "weekdays", "monthly", "rrule", "ends",
    "count", "until", "dates[]", "on_rest_day", "on_holiday", "on_makeup", "exdates[]", "rdates[]",
    "space_id", "team_id",
)  # fmt: skip
OTHERWISE = ("space_id", "team_id")  # the series' form asks for the place in its own way
TYPED = ("starts_on", "starts", "dates", "rrule", "until")


@dataclass(frozen=True, kw_only=True)
class Late:
    """What was typed: in words, and as fields (`carried` to this form, `series` to the other's).

    ahead: a session whose series can still be changed; None when there is none, or no time.
    """

    words: str
    carried: list[tuple[str, str]]
    series: list[tuple[str, str]]
    ahead: Occurrence | None
    published: Change | None


def late_times(row: Activity | None, form: Any) -> Late | None:
    """The times in this request that cannot be saved; None when there are none, or none changed.

    form: an ActivityForm of all that was sent, with its choices.
    """
    if row is None or row.state is ActivityState.DRAFT or "kind" not in request.form:
        return None
    names = (*TIMING, "duration_min")
    base, mine = merging.read(request.form.get("base")), merging.sent(form, names)
    if "kind" in base and all(base.get(name, []) == mine[name] for name in names):
        return None
    fields = [name for name in names if name not in OTHERWISE]
    is_timed = form.kind.data != "none"
    return Late(
        words=planned_words(form, row),
        carried=merging.part(request.form, TIMING),
        series=[*merging.part(request.form, fields), ("place", str(form.space_id.data or "keep"))],
        ahead=schedule.ahead(row.id, clock.now()) if is_timed else None,
        published=_publication(row),
    )


def planned_words(form: Any, row: Activity) -> str:
    """When, where and with whom a form says, in words; what cannot be read as it was typed."""
    try:
        timing = timing_of(form, row.campaign.tz) if is_complete(form) else None
        words = in_words(timing, language()) if timing else _unread(form)
    except Refused as fault:
        words = f"{_unread(form)} ({messages.text(fault)})"
    return " · ".join([words, merging.said(form.space_id), merging.said(form.team_id)])


def _unread(form: Any) -> str:
    if form.kind.data == "none":
        return _("Not yet")
    typed = filter(None, (merging.said(form[name]) for name in TYPED))
    return " ".join(typed) or _("Not yet")


def _publication(row: Activity) -> Change | None:
    changes = journal.history(row.scope)
    return next((one for one in changes if one.kind is ChangeKind.ACTIVITY_PUBLISHED), None)
