"""A volunteer's own calendar: made, subscribed to, given a new address."""

from __future__ import annotations

from flask import Response, flash, render_template
from flask_babel import gettext as _

from events.access import needs
from events.access.accounts import current_actor
from events.feeds import queries as feeds
from events.feeds.models import Feed
from events.feeds.states import FeedKind
from events.flows.open_feed import open_feed
from events.flows.reset_feed import reset_feed
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.errors import NotFound
from events.web.forms import go
from events.web.subscribing import Subscription, subscription
from events.web.volunteer.blueprint import blueprint


@blueprint.get("/me/feed")
@needs(Permission.SHIFT_SIGN_UP)
def feed() -> str:
    """How to subscribe to my shifts."""
    mine = _mine()
    return render_template(
        "volunteer/feed.html",
        subscription=own_subscription(),
        reads=feeds.last_reads(mine.id) if mine else [],
    )


@blueprint.post("/me/feed")
@needs(Permission.SHIFT_SIGN_UP)
def create_feed() -> Response:
    """Make my calendar."""
    open_feed(current_actor(), clock.now())
    return go(".feed")


@blueprint.post("/me/feed/reset")
@needs(Permission.SHIFT_SIGN_UP)
def renew_feed() -> Response:
    """Give my calendar another address; the old one is dead from now on."""
    mine = _mine()
    if mine is None:
        raise NotFound
    reset_feed(current_actor(), clock.now(), feed_id=mine.id)
    flash(_("Your calendar has a new address; subscribe to it again."), "success")
    return go(".feed")


def own_subscription() -> Subscription | None:
    """How the reader's own calendar is subscribed to; None until it is made."""
    mine = _mine()
    return subscription(mine) if mine else None


def _mine() -> Feed | None:
    user_id = current_actor().user_id
    return feeds.for_subject(FeedKind.VOLUNTEER, user_id) if user_id else None
