"""Pages for everybody: what is on, and one campaign with its sessions and its calendar."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, render_template, request

from events.access import language, public
from events.access.accounts import current_actor
from events.campaigns import queries as campaigns
from events.campaigns.models import Campaign
from events.config import Settings
from events.feeds import queries as feeds
from events.feeds.states import FeedKind
from events.kernel import clock
from events.kernel.errors import NotFound
from events.venues import public as sessions
from events.web.navigation import home
from events.web.public import linked, pages
from events.web.public.blueprint import blueprint
from events.web.public.choice import Choice
from events.web.public.selection import selection
from events.web.subscribing import links, subscription, subscription_page

NEXT = 6


@blueprint.get("/")
@public
def landing() -> Any:
    """What is on, for whom is not logged in; the others go to where they work."""
    actor = current_actor()
    if actor.is_known:
        return redirect(home(actor))
    now = clock.now()
    campaigns_shown = campaigns.public_campaigns()
    return render_template(
        "public/landing.html",
        current=sorted((c for c in campaigns_shown if not _is_over(c)), key=_period),
        over=[c for c in campaigns_shown if _is_over(c)][:NEXT],
        sessions=sessions.next_sessions(now=now, limit=NEXT),
    )


@blueprint.get("/c/<slug>")
@public
def campaign(slug: str) -> str:
    """One campaign's sessions as chosen in the address, and how to subscribe to them."""
    settings: Settings = current_app.extensions["kepu"]
    found = campaigns.campaign_by_slug(slug)
    if not found.is_public:
        raise NotFound
    choice = Choice.read(request.args)
    today = clock.today(found.tz)
    rows = sessions.sessions(found.id, now=clock.now())
    facets = pages.facets(rows)
    listing = pages.listing(rows, choice, today)
    feed = feeds.for_subject(FeedKind.CAMPAIGN, found.id)
    venue_feeds = feeds.for_subjects(FeedKind.VENUE, [number for number, _ in facets.venues])
    return render_template(
        "public/campaign.html",
        campaign=found,
        choice=choice,
        facets=facets,
        listing=listing,
        address=links().to(request.path),
        linked=linked.of_campaign(
            found, listing.shown, links=links(), language=language.current(settings.language)
        ),
        on=today,
        is_empty=not rows,
        selection=selection(choice, facets, found),
        subscription=subscription(feed) if feed else None,
        venue_pages=[
            (name, subscription_page(venue_feeds[number]))
            for number, name in facets.venues
            if number in venue_feeds
        ],
    )


def _is_over(row: Campaign) -> bool:
    return row.ends_on < clock.today(row.tz)


def _period(row: Campaign) -> tuple[object, ...]:
    return row.starts_on, row.ends_on, row.id
