"""One activity for everybody: what, for whom, each session with its place and standing."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, current_app, render_template, request

from events.access import language, public
from events.campaigns.states import Mode
from events.config import Settings
from events.feeds import queries as feeds
from events.feeds.states import FeedKind
from events.kernel import calendar, clock, texts
from events.kernel.calendar import Entry
from events.kernel.errors import NotFound
from events.resources import queries as resources
from events.venues import public as sessions
from events.venues.public import PublicActivity, PublicSession
from events.web.calendars import download
from events.web.public import linked
from events.web.public.blueprint import blueprint
from events.web.subscribing import links, subscription


@blueprint.get("/c/<slug>/a/<int:activity_id>")
@public
def activity(slug: str, activity_id: int) -> str:
    """Its page. Raises NotFound for a draft, and for one of another campaign."""
    found = sessions.activity(slug, activity_id, now=clock.now())
    feed = feeds.for_subject(FeedKind.ACTIVITY, found.id)
    names = _speakers(found)
    return render_template(
        "public/activity.html",
        activity=found,
        coming=[each for each in found.sessions if not each.is_past],
        past=[each for each in found.sessions if each.is_past],
        address=links().to(request.path),
        linked=linked.of_activity(found, names, links=links(), language=_language()),
        speakers=names,
        map_of=map_of,
        this_year=clock.today(found.tz).year,
        subscription=subscription(feed) if feed else None,
    )


@blueprint.get("/c/<slug>/a/<int:activity_id>.ics")
@public
def activity_file(slug: str, activity_id: int) -> Response:
    """Its sessions as a file, or the one that `?session=` names. Raises NotFound."""
    found = sessions.activity(slug, activity_id, now=clock.now())
    wanted = request.args.get("session", type=int)
    shown = [each for each in found.sessions if wanted in (None, each.id)]
    if not shown:
        raise NotFound
    return download([_entry(found, each) for each in shown], name=found.title)


def _speakers(activity: PublicActivity) -> dict[int, list[str]]:
    """The names of the experts who speak, by session."""
    found = resources.speakers([each.id for each in activity.sessions])
    return {number: [one.name for one in several] for number, several in found.items()}


def map_of(session: PublicSession) -> str:
    """Where a map shows the session's venue; it converts our WGS-84 to its own coordinates."""
    name = session.venue
    if session.lat is None or session.lon is None:
        query = urlencode({"keyword": f"{name} {session.address}".strip()})
        return f"https://uri.amap.com/search?{query}"
    position = f"{session.lon:.6f},{session.lat:.6f}"
    query = urlencode({"position": position, "name": name, "coordinate": "wgs84"})
    return f"https://uri.amap.com/marker?{query}"


def _entry(activity: PublicActivity, session: PublicSession) -> Entry:
    """As the campaign's calendar says it, under the same UID."""
    return Entry(
        uid=calendar.uid(session.recurrence_id_local, session.uid),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        summary=activity.title,
        changed_at=session.changed_at,
        sequence=session.sequence,
        status=session.status.value,
        location=_place(session),
        description=activity.description,
        url=links().to(f"/c/{activity.slug}/a/{activity.id}"),
    )


def _place(session: PublicSession) -> str:
    if session.mode is Mode.ONLINE:
        return texts.say(_language(), "Online")
    named = ", ".join(filter(None, (f"{session.venue} {session.space}".strip(), session.address)))
    return named or texts.say(_language(), "Place to be announced")


def _language() -> str:
    settings: Settings = current_app.extensions["kepu"]
    return language.current(settings.language)
