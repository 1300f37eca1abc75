"""A campaign's sessions in a frame of somebody else's page: no cookie, no script, kept by caches.

The only pages that may be framed, and by anybody. Links open beside the page that holds the frame.
"""

from __future__ import annotations

from datetime import date

from flask import Response, current_app, make_response, render_template, request

from events.access import language, public
from events.access.headers import framed
from events.campaigns import queries as campaigns
from events.config import Settings
from events.kernel import clock
from events.kernel.errors import NotFound
from events.venues import public as sessions
from events.venues.public import PublicSession
from events.web.embedding import Embedding
from events.web.public import pages
from events.web.public.blueprint import EMBED, blueprint
from events.web.public.choice import Choice
from events.web.subscribing import links

KEPT_S = 300


@blueprint.get(f"{EMBED}<slug>")
@public
def embed(slug: str) -> Response:
    """The next sessions as a list, or a month of them. Raises NotFound."""
    settings: Settings = current_app.extensions["kepu"]
    chosen = Embedding.read(request.args)
    language.speak(chosen.language or settings.language)
    found = campaigns.campaign_by_slug(slug)
    if not found.is_public:
        raise NotFound
    rows, today = sessions.sessions(found.id, now=clock.now()), clock.today(found.tz)
    month = _month(rows, today) if chosen.view == "month" else None
    coming = [row for row in rows if not row.is_past]
    answer = make_response(
        render_template(
            "public/embed.html",
            campaign=found,
            chosen=chosen,
            month=month,
            shown=_agenda(month, chosen) if month else pages.by_day(coming[: chosen.limit], today),
            more=0 if month else max(0, len(coming) - chosen.limit),
            base=links().base_url,
        )
    )
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
    answer.add_etag()
    answer.make_conditional(request)
    return framed(answer)


def _agenda(month: pages.Month, chosen: Embedding) -> list[pages.Day]:
    """The day that was touched; else what of the month is to come, or all of it when it is over."""
    on = Choice.read(request.args).on
    if on:
        return [day for day in month.days if day.on == on]
    rows = [row for day in month.days for row in day.sessions]
    coming = [row for row in rows if not row.is_past] or rows
    todays = next((day.on for day in month.days if day.is_today), date.min)
    return pages.by_day(coming[: chosen.limit], todays)


def _month(rows: list[PublicSession], today: date) -> pages.Month:
    first = pages.first_of(Choice.read(request.args).month, rows, today)
    return pages.month_of(rows, first, today)
