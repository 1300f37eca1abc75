"""Experts: finding one, where they speak, their private calendar; naming them for sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _, ngettext

from events.access import messages, needs
from events.access.accounts import current_actor
from events.campaigns import queries as campaigns
from events.campaigns.models import Activity
from events.feeds import queries as feeds
from events.feeds.states import FeedKind
from events.flows.allot_expert import allot_expert
from events.flows.release_expert import release_expert
from events.flows.reset_feed import reset_feed
from events.identity import policy
from events.identity.states import Permission
from events.journal import queries as journal
from events.kernel import clock
from events.kernel.errors import NotFound, Refused
from events.kernel.hours import Hours
from events.resources import queries
from events.resources.models import Expert
from events.schedule import queries as schedule
from events.schedule.models import Occurrence
from events.schedule.states import OFF
from events.venues import queries as venues
from events.web import history
from events.web.forms import go
from events.web.opening import opening
from events.web.organizer.blueprint import blueprint
from events.web.organizer.fields import number
from events.web.subscribing import subscription


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A session that an expert could be named for; `elsewhere`: what they do at that time.

    is_unusual: outside the hours that they have given; is_too_many: not named for it yet, and their
    month is full; is_chosen: checked, before anybody has looked at the page.
    """

    session: Occurrence
    elsewhere: Occurrence | None
    is_unusual: bool
    is_too_many: bool
    is_named: bool
    is_chosen: bool


@blueprint.get("/experts")
@needs(Permission.CAMPAIGN_VIEW)
def experts() -> str:
    """Experts whom the reader may see, filtered."""
    everybody = queries.experts(current_actor())
    shown = _found(everybody)
    return render_template(
        "organizer/experts/list.html",
        rows=shown,
        total=len(everybody),
        ahead=queries.ahead([one.id for one in shown], clock.now()),
        opening=opening,
        **_search(everybody),
    )


@blueprint.get("/experts/<int:expert_id>")
@needs(Permission.CAMPAIGN_VIEW)
def expert(expert_id: int) -> str:
    """One expert: sessions ahead, what is known of them, and the calendar to hand to them."""
    actor, now = current_actor(), clock.now()
    row = queries.expert(actor, expert_id)
    sessions = queries.sessions_of(row, since=now)
    feed = feeds.for_subject(FeedKind.EXPERT, row.id)
    keeps = policy.may(actor, Permission.CAMPAIGN_EDIT, row.organization)
    return render_template(
        "organizer/experts/expert.html",
        row=row,
        sessions=sessions,
        elsewhere=queries.clashes(row, sessions),
        bookings=venues.bookings_by_occurrence([one.id for one in sessions]),
        subscription=subscription(feed) if feed and keeps else None,
        reads=feeds.last_reads(feed.id) if feed else [],
        keeps=keeps,
        changes=journal.history(row.scope, limit=20),
        said=history.said,
        opening=opening,
    )


@blueprint.post("/experts/<int:expert_id>/feed/reset")
@needs(Permission.CAMPAIGN_EDIT)
def reset_expert_feed(expert_id: int) -> Any:
    """Give the expert's calendar another address."""
    actor = current_actor()
    row = queries.expert(actor, expert_id, Permission.CAMPAIGN_EDIT)
    feed = feeds.for_subject(FeedKind.EXPERT, row.id)
    if feed is None:
        raise NotFound
    reset_feed(actor, clock.now(), feed_id=feed.id)
    flash(_("The calendar has a new address; give it to whoever shall read it."), "success")
    return go(".expert", expert_id=expert_id)


@blueprint.get("/activities/<int:activity_id>/experts")
@needs(Permission.ACTIVITY_PUBLISH)
def speakers(activity_id: int) -> str:
    """Who could speak at an activity; with `?expert=` at which of its sessions."""
    row = campaigns.activity(current_actor(), activity_id, Permission.ACTIVITY_PUBLISH)
    chosen = number(request.args.get("expert"))
    if chosen > 0:
        return _sessions_page(row, queries.expert(current_actor(), chosen))
    everybody = queries.experts(current_actor())
    shown = sorted(_found(everybody), key=lambda one: one.field not in row.expert_fields)
    return render_template(
        "organizer/experts/choose.html",
        activity=row,
        rows=shown,
        total=len(everybody),
        ahead=queries.ahead([one.id for one in shown], clock.now()),
        session=number(request.args.get("session")),
        opening=opening,
        **_search(everybody),
    )


@blueprint.post("/activities/<int:activity_id>/experts")
@needs(Permission.ACTIVITY_PUBLISH)
def name_expert(activity_id: int) -> Any:
    """Name the expert for the sessions that were chosen."""
    return _done(activity_id, allot_expert, _named)


@blueprint.post("/activities/<int:activity_id>/experts/release")
@needs(Permission.ACTIVITY_PUBLISH)
def take_expert_off(activity_id: int) -> Any:
    """Take the expert off the sessions that were chosen."""
    told = lambda n: ngettext("Taken off %(num)s session.", "Taken off %(num)s sessions.", n)  # noqa: E731
    return _done(activity_id, release_expert, told)


def spoken(row: Activity) -> dict[str, Any]:
    """Who speaks at an activity's sessions, and who of them is elsewhere at that time."""
    sessions = schedule.of_activity(row.id)
    found = queries.speakers([one.id for one in sessions])
    ahead = [one for one in sessions if one.id in found and one.starts_at > clock.now()]
    return {"speakers": found, "elsewhere": queries.double_bookings(ahead)}


def _named(n: int) -> str:
    """What is told of an expert who was named for n sessions; also when that is too often."""
    told = ngettext("Named for %(num)s session.", "Named for %(num)s sessions.", n)
    chosen = queries.expert(current_actor(), number(request.form.get("expert")))
    count, most = max(queries.by_month(chosen).values(), default=0), chosen.most_per_month
    if most is None or count <= most:
        return told
    often = _(
        "%(name)s speaks %(count)s times in a month now; agreed are %(most)s.",
        name=chosen.name,
        count=count,
        most=most,
    )
    return f"{told} {often}"


def _done(activity_id: int, flow: Callable[..., int], told: Callable[[int], str]) -> Any:
    row = campaigns.activity(current_actor(), activity_id, Permission.ACTIVITY_PUBLISH)
    expert_id = number(request.form.get("expert"))
    ids = [number(each) for each in request.form.getlist("sessions")]
    try:
        done = flow(
            current_actor(),
            clock.now(),
            activity_id=activity_id,
            expert_id=expert_id,
            occurrence_ids=ids,
        )
    except Refused as fault:
        chosen = queries.expert(current_actor(), expert_id)
        return _sessions_page(row, chosen, fault=messages.text(fault), ids=ids), 422
    flash(told(done), "success")
    return go(".activity", activity_id=activity_id)


def _sessions_page(
    row: Activity, chosen: Expert, *, fault: str = "", ids: list[int] | None = None
) -> str:
    sessions = [
        one
        for one in schedule.of_activity(row.id)
        if one.starts_at > clock.now() and one.status not in OFF
    ]
    choices = list(_choices(chosen, sessions, ids))
    return render_template(
        "organizer/experts/sessions.html",
        activity=row,
        expert=chosen,
        free=[one for one in choices if not one.is_named],
        named=[one for one in choices if one.is_named],
        fault=fault,
        opening=opening,
    )


def _choices(chosen: Expert, sessions: list[Occurrence], ids: list[int] | None) -> Iterator[Choice]:
    """Each session; those that are checked fill their month, as those do that were named before."""
    named = queries.speakers([one.id for one in sessions])
    elsewhere = queries.clashes(chosen, sessions)
    months = queries.by_month(chosen)
    for one in sessions:
        month = queries.month(one.starts_at, one.series.tz)
        is_named = chosen in named.get(one.id, [])
        is_unusual = not _has_time(chosen, one)
        is_too_many = not is_named and _is_full(chosen, months[month])
        suits = not (is_named or is_unusual or is_too_many or one.id in elsewhere)
        is_chosen = _is_chosen(one, ids, suits=suits)
        months[month] += is_chosen and not is_named
        yield Choice(
            session=one,
            elsewhere=elsewhere.get(one.id),
            is_unusual=is_unusual,
            is_too_many=is_too_many,
            is_named=is_named,
            is_chosen=is_chosen,
        )


def _is_chosen(session: Occurrence, ids: list[int] | None, *, suits: bool) -> bool:
    """What was sent, else the session of this page's address, else each that suits the expert."""
    if ids is not None:
        return session.id in ids
    only = number(request.args.get("session"))
    return only == session.id or (only == -1 and suits)


def _is_full(row: Expert, count: int) -> bool:
    """Whether a month with so many sessions holds all that the expert has agreed to."""
    return row.most_per_month is not None and count >= row.most_per_month


def _has_time(row: Expert, session: Occurrence) -> bool:
    """Whether the session lies in the hours that the expert has named; True when unknown."""
    try:
        hours = Hours.parse(row.availability)
    except Refused:
        return True
    starts, ends = (
        clock.to_local(at, session.series.tz) for at in (session.starts_at, session.ends_at)
    )
    return not hours.openings or hours.holds(starts, ends)


def _found(everybody: list[Expert]) -> list[Expert]:
    """Those whom the address of this page asks for."""
    words = request.args.get("q", "").casefold().split()
    field = request.args.get("field", "")
    return [
        one
        for one in everybody
        if field in {"", one.field} and all(word in _text(one) for word in words)
    ]


def _search(everybody: list[Expert]) -> dict[str, Any]:
    """What the search form shows."""
    return {
        "q": " ".join(request.args.get("q", "").split())[:100],
        "field": request.args.get("field", ""),
        "fields": sorted({one.field for one in everybody if one.field}),
    }


def _text(one: Expert) -> str:
    words = (one.name, one.code, one.field, one.title_level, one.organization.name, *one.topics)
    return " ".join(words).casefold()
