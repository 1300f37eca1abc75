"""What a visitor chose of a campaign, as a calendar; whoever chooses the same gets the same one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, current_app, request

from events.access import public
from events.campaigns import queries as campaigns
from events.campaigns.models import Campaign
from events.campaigns.states import Mode
from events.config import Settings
from events.feeds import queries as feeds
from events.feeds.states import FeedKind, Filter
from events.flows.share_selection import share_selection
from events.kernel import clock, texts
from events.kernel.errors import NotFound
from events.venues import public as sessions
from events.web.forms import see
from events.web.public import pages
from events.web.public.blueprint import blueprint
from events.web.public.choice import Choice
from events.web.public.pages import Facets
from events.web.subscribing import subscription_page

MODES = {Mode.ONSITE: "On site", Mode.ONLINE: "Online", Mode.HYBRID: "On site and online"}


@dataclass(frozen=True, kw_only=True)
class Selection:
    """A choice that can be subscribed to.

    name: what was chosen, in words; page: of its calendar, "" until somebody has asked for it;
    is_partly: words and days that were chosen too are no part of it.
    """

    name: str
    page: str
    is_partly: bool


@blueprint.post("/c/<slug>/selection")
@public
def select(slug: str) -> Response:
    """Make the calendar of what the form says, or find it, and show how to subscribe to it."""
    campaign = campaigns.campaign_by_slug(slug)
    if not campaign.is_public:
        raise NotFound
    choice, now = Choice.read(request.form), clock.now()
    facets = pages.facets(sessions.sessions(campaign.id, now=now))
    name = f"{campaign.name} · {_named(choice, facets)}"
    made = share_selection(
        now, campaign_id=campaign.id, chosen=_filter(choice, campaign), name=name[:200]
    )
    feed = feeds.feed(made)
    if feed is None:
        raise NotFound
    return see(subscription_page(feed))


def selection(choice: Choice, facets: Facets, campaign: Campaign) -> Selection | None:
    """How `choice` can be subscribed to; None when nothing in it lasts."""
    name = _named(choice, facets)
    if not name:
        return None
    word = _filter(choice, campaign).word
    feed = feeds.for_subject(FeedKind.FILTER, campaign.organization_id, word)
    return Selection(
        name=name,
        page=subscription_page(feed) if feed else "",
        is_partly=bool(choice.q or choice.when or choice.on),
    )


def _filter(choice: Choice, campaign: Campaign) -> Filter:
    return Filter(
        campaign=str(campaign.id),
        audience=choice.audience,
        mode=choice.mode,
        region=str(choice.town or ""),
    )


def _named(choice: Choice, facets: Facets) -> str:
    """What was chosen, in the installation's language: everybody who chooses the same reads it."""
    settings: Settings = current_app.extensions["kepu"]
    mode = next((each for each in facets.modes if each == choice.mode), None)
    parts = (
        choice.audience if choice.audience in facets.audiences else "",
        dict(facets.towns).get(choice.town or 0, ""),
        texts.say(settings.language, MODES[mode]) if mode else "",
    )
    return " · ".join(filter(None, parts))
