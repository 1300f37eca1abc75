"""The workbench: what waits, what must be done, what comes next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Response, flash, render_template, request
from flask_babel import gettext as _

from events.access import messages, needs
from events.access.accounts import current_actor
from events.campaigns import queries as campaigns
from events.campaigns.models import Campaign
from events.campaigns.states import ActivityState
from events.flows.ask_again import ask_again
from events.identity import policy
from events.identity.actor import Actor
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.errors import Refused
from events.notices import queries as notices
from events.planning import day_changes
from events.web.forms import own_path, see
from events.web.organizer.agenda import Entry, by_day, entries
from events.web.organizer.blueprint import blueprint
from events.web.organizer.progress import progress_of

LATE = timedelta(hours=48)
WEEK = timedelta(days=7)
MOST = 12
NEEDS = ("waiting", "place", "volunteers")


@dataclass(frozen=True, kw_only=True)
class Task:
    """One session that needs somebody, with its needs (of NEEDS), the most urgent first.

    is_late: it waits for more than two days; is_unasked: it waits, and no mail reaches its venue.
    """

    entry: Entry
    needs: tuple[str, ...]
    is_late: bool

    @property
    def is_unasked(self) -> bool:
        """Whether it waits for a venue that no mail reaches."""
        place = self.entry.place
        return "waiting" in self.needs and place is not None and not place.has_mail


@blueprint.get("/work")
@needs(Permission.CAMPAIGN_VIEW)
def work() -> str:
    """Cards, tasks by date, the next seven days, campaigns."""
    actor, now = current_actor(), clock.now()
    ahead = [each for each in entries(actor, start=now) if _is_public(each)]
    tasks = tasks_of(ahead, now)
    need = request.args.get("need", "")
    shown = [task for task in tasks if not need or need in task.needs]
    is_all = "all" in request.args
    return render_template(
        "organizer/work.html",
        need=need,
        counts=Counter(need for task in tasks for need in task.needs),
        late=sum(task.is_late for task in tasks),
        tasks=shown if is_all else shown[:MOST],
        hidden=0 if is_all else max(0, len(shown) - MOST),
        week=by_day(e for e in ahead if not e.is_cancelled and e.session.starts_at < now + WEEK),
        progress=progress_of(current_of(campaigns.campaigns(actor), now.date())),
        due=_due_today(actor, now),
        other_days=len(day_changes.waiting(actor, now)),
        may_edit=policy.may(actor, Permission.CAMPAIGN_EDIT),
        may_publish=policy.may(actor, Permission.ACTIVITY_PUBLISH),
    )


@blueprint.post("/bookings/<int:booking_id>/ask")
@needs(Permission.ACTIVITY_PUBLISH)
def remind(booking_id: int) -> Response:
    """Mail the venue once more."""
    try:
        is_sent = ask_again(current_actor(), clock.now(), booking_id=booking_id)
    except Refused as fault:
        flash(messages.text(fault), "warning")
    else:
        sent = _("The venue is asked again; its earlier link no longer works.")
        quiet = _("The venue was asked only a few minutes ago.")
        flash(sent if is_sent else quiet, "success" if is_sent else "info")
    return see(own_path(request.form.get("next", ""), "/work"))


def tasks_of(ahead: list[Entry], now: datetime) -> list[Task]:
    """What must be done, by the date of the session; those that only lack volunteers last."""
    tasks = [
        Task(entry=entry, needs=found, is_late=_is_late(entry, now))
        for entry in ahead
        if (found := _needs_of(entry))
    ]
    return sorted(tasks, key=lambda task: task.needs == ("volunteers",))


def _needs_of(entry: Entry) -> tuple[str, ...]:
    if entry.is_cancelled:
        return ()
    lacking = (entry.waits, entry.lacks_place, entry.lacks_volunteers)
    return tuple(need for need, is_so in zip(NEEDS, lacking, strict=True) if is_so)


def _is_late(entry: Entry, now: datetime) -> bool:
    asked = entry.place.requested_at if entry.waits and entry.place else None
    return asked is not None and asked < now - LATE


def current_of(rows: list[Campaign], today: date) -> list[Campaign]:
    """Campaigns that are not over, the next one first; the latest when every one is over."""
    current = [row for row in rows if row.ends_on >= today]
    return sorted(current or rows[:6], key=lambda row: row.starts_on)


def _is_public(entry: Entry) -> bool:
    return entry.session.state is ActivityState.PUBLISHED


def _due_today(actor: Actor, now: datetime) -> int | None:
    """Notices that go out before midnight; None for those who may not see notices."""
    if not policy.may(actor, Permission.NOTICE_VIEW):
        return None
    return notices.due_count(actor, before=now + timedelta(days=1))
