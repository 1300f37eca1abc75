"""The planner's page of a campaign: asking for a plan, watching the search, the plan itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import groupby
from typing import Any

from flask import Response, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _

from events.access import messages, needs
from events.access.accounts import current_actor
from events.access.language import current as language
from events.campaigns import queries as campaigns
from events.campaigns.models import Activity, Campaign
from events.flows.request_plan import request_plan
from events.flows.stop_plan import stop_plan
from events.identity.states import Permission
from events.kernel import clock, wording
from events.kernel.errors import Refused
from events.planning import queries
from events.planning.queries import Row, Shown
from events.web.forms import go
from events.web.organizer.blueprint import blueprint
from events.web.organizer.timing import MONDAY

SECONDS = 60


@blueprint.get("/campaigns/<int:campaign_id>/plan")
@needs(Permission.CAMPAIGN_EDIT)
def plan(campaign_id: int) -> str | Response:
    """How far the latest search is, and its plan beside the wishes."""
    row = campaigns.campaign(current_actor(), campaign_id, Permission.CAMPAIGN_EDIT)
    run = queries.latest(row)
    if run is None:
        return render_template("organizer/plans/page.html", campaign=row, done=None)
    done = queries.shown(run)
    if request.headers.get("HX-Request"):
        answer = make_response(_rendered("_search", row, done))
        if not done.is_under_way:
            answer.headers["HX-Refresh"] = "true"
        return answer
    return _rendered("page", row, done)


@blueprint.get("/campaigns/<int:campaign_id>/plan.json")
@needs(Permission.CAMPAIGN_EDIT)
def plan_calendar(campaign_id: int) -> list[dict[str, object]]:
    """The sessions of the latest plan, for FullCalendar."""
    row = campaigns.campaign(current_actor(), campaign_id, Permission.CAMPAIGN_EDIT)
    run = queries.latest(row)
    return [_on_calendar(one, row.tz) for one in queries.shown(run).placed] if run else []


@blueprint.post("/campaigns/<int:campaign_id>/plan")
@needs(Permission.CAMPAIGN_EDIT)
def ask_for_plan(campaign_id: int) -> Any:
    """Let the worker plan the drafts; pressed twice it is one search."""
    try:
        request_plan(current_actor(), clock.now(), campaign_id=campaign_id, seconds=SECONDS)
    except Refused as fault:
        flash(messages.text(fault), "info")
    return go(".plan", campaign_id=campaign_id)


@blueprint.post("/campaigns/<int:campaign_id>/plan/stop")
@needs(Permission.CAMPAIGN_EDIT)
def end_plan(campaign_id: int) -> Any:
    """End the search; the best plan so far stays."""
    stop_plan(current_actor(), clock.now(), campaign_id=campaign_id)
    flash(_("The search ends with the best plan so far."), "info")
    return go(".plan", campaign_id=campaign_id)


def _rendered(part: str, row: Campaign, done: Shown) -> str:
    from events.planning import words  # noqa: PLC0415 - the planner's words; only this page says them

    speech = language()
    return render_template(
        f"organizer/plans/{part}.html",
        campaign=row,
        done=done,
        run=done.run,
        view="calendar" if request.args.get("view") == "calendar" else "list",
        phase=words.phase(done.run, speech),
        days_of_plan=_by_day(done.placed, row.tz),
        first_on=_first_on(done.placed, row),
        points=words.points(done.run, speech),
        faults=[words.sentence(one, speech) for one in done.run.facts.get("faults", ())],
        wish_of=lambda activity: _wish(activity, speech),
        named=words.named,
        open_of=lambda one: list(words.still_open(one, speech)),
        why_of=lambda one: _why(one, lambda told: words.sentence(told, speech)),
    )


def _by_day(placed: tuple[Row, ...], tz: str) -> list[tuple[date, list[Row]]]:
    def local(row: Row) -> date:
        assert row.starts_at
        return clock.to_local(row.starts_at, tz).date()

    return [(on, list(rows)) for on, rows in groupby(placed, key=local)]


def _first_on(placed: tuple[Row, ...], row: Campaign) -> date:
    starts_at = placed[0].starts_at if placed else None
    return clock.to_local(starts_at, row.tz).date() if starts_at else row.starts_on


def _wish(activity: Activity, speech: str) -> dict[str, object]:
    """What an activity wishes, as short words."""
    hours = [f"{one:%H:%M}" for one in (activity.wish_starts, activity.wish_ends) if one]
    region = activity.wish_region
    says_more = 0 < len(activity.wish_weekdays) < 7 and activity.wish_until != activity.wish_from
    weekdays = activity.wish_weekdays if says_more else []
    return {
        "weekdays": [wording.weekday(_monday(n), speech) for n in weekdays],
        "hours": "–".join(hours),
        "region": region.name if region else "",
        "places": [*activity.venue_kinds, *activity.needed_facilities],
    }


def _monday(offset: int) -> date:
    return date.fromordinal(MONDAY.toordinal() + offset)


def _why(row: Row, said: Callable[[dict[str, str]], str]) -> dict[str, Any]:
    """The reasons of what is left out; said: a stored sentence in the reader's language."""
    told = row.reasons
    return {
        "total": told.get("total"),
        "left": told.get("left"),
        "steps": [said(one) for one in told.get("steps", ())],
        "core": [said(one) for one in told.get("core", ())],
        "repairs": [said(one) for one in told.get("repairs", ())],
    }


def _on_calendar(row: Row, tz: str) -> dict[str, object]:
    assert row.starts_at
    assert row.ends_at
    return {
        "id": row.name,
        "title": row.activity.title,
        "start": clock.to_local(row.starts_at, tz).isoformat(),
        "end": clock.to_local(row.ends_at, tz).isoformat(),
        "url": url_for("organizer.activity", activity_id=row.activity.id),
        "classNames": ["occ-draft"],
    }
