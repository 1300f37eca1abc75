"""All calendars of an organization: their addresses, when they were read, new ones for secrets."""

from __future__ import annotations

import csv
import io

from flask import Response, flash, render_template, request
from flask_babel import gettext

from events.access import needs
from events.access.accounts import current_actor
from events.feeds import listing
from events.feeds.models import Feed
from events.feeds.states import FeedKind
from events.flows.reset_feed import reset_feed
from events.identity import policy, queries as identity
from events.identity.models import Organization
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.errors import NotFound
from events.web.forms import go
from events.web.organizer.blueprint import blueprint
from events.web.subscribing import FEED_KINDS, links, subscription_page

PER_PAGE = 60
MOST = 100_000
BOM = b"\xef\xbb\xbf"  # without it Excel takes the file for Latin


@blueprint.get("/organizations/<int:organization_id>/feeds")
@needs(Permission.CAMPAIGN_EDIT)
def feeds(organization_id: int) -> str:
    """The calendars of the organization and below, one kind of them when the address says so."""
    row = _organization(organization_id)
    kinds = _kinds(row)
    kind = next((each for each in kinds if each == request.args.get("kind")), None)
    page = min(max(1, request.args.get("page", 1, type=int)), MOST)
    found = listing.of_subtree(
        row, kinds=kinds, kind=kind, limit=PER_PAGE + 1, offset=(page - 1) * PER_PAGE
    )
    return render_template(
        "organizer/feeds/list.html",
        row=row,
        kind=kind,
        names=FEED_KINDS,
        counts=found.counts,
        shown=[(each, _address(each.feed)) for each in found.shown[:PER_PAGE]],
        page_of=subscription_page,
        page=page,
        has_more=len(found.shown) > PER_PAGE,
    )


@blueprint.get("/organizations/<int:organization_id>/feeds.csv")
@needs(Permission.CAMPAIGN_EDIT)
def feeds_table(organization_id: int) -> Response:
    """The public ones as a table, to print or to send around."""
    row = _organization(organization_id)
    kinds = [each for each in FeedKind if not each.is_private]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([gettext("Calendar"), gettext("Kind"), gettext("Address")])
    for each in listing.of_subtree(row, kinds=kinds, limit=MOST).shown:
        kind = FEED_KINDS[each.feed.kind][0]
        writer.writerow([_harmless(each.feed.name), kind, _address(each.feed)])
    answer = Response(BOM + text.getvalue().encode(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="kepu-calendars.csv"'
    return answer


@blueprint.get("/organizations/<int:organization_id>/feeds/<int:feed_id>/renew")
@needs(Permission.CAMPAIGN_EDIT)
def confirm_new_address(organization_id: int, feed_id: int) -> str:
    """What a new address means, before it is made."""
    row = _organization(organization_id)
    return render_template(
        "organizer/feeds/renew.html", row=row, feed=_feed(row, feed_id), names=FEED_KINDS
    )


@blueprint.post("/organizations/<int:organization_id>/feeds/<int:feed_id>/renew")
@needs(Permission.CAMPAIGN_EDIT)
def make_new_address(organization_id: int, feed_id: int) -> Response:
    """Give the calendar another address; the old one is dead from now on."""
    row = _organization(organization_id)
    feed = _feed(row, feed_id)
    name, kind = feed.name, feed.kind
    reset_feed(current_actor(), clock.now(), feed_id=feed.id)
    flash(
        gettext("%(name)s has a new address; the old one has stopped working.", name=name),
        "success",
    )
    return go(".feeds", organization_id=organization_id, kind=kind.value)


def _organization(organization_id: int) -> Organization:
    return identity.organization(current_actor(), organization_id, Permission.CAMPAIGN_EDIT)


def _kinds(row: Organization) -> list[FeedKind]:
    """People's own calendars are for those alone who keep the accounts."""
    may_see_people = policy.may(current_actor(), Permission.USER_MANAGE, row)
    return [each for each in listing.ORDER if each is not FeedKind.VOLUNTEER or may_see_people]


def _feed(row: Organization, feed_id: int) -> Feed:
    feed = listing.one_of_subtree(row, feed_id)
    if feed is None or feed.kind not in _kinds(row):
        raise NotFound
    return feed


def _address(feed: Feed) -> str:
    """Of a public one; a secret is its subscriber's alone."""
    return "" if feed.kind.is_private else links().feed(feed.id, feed.nonce)


def _harmless(name: str) -> str:
    """Spreadsheets would calculate what begins like a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@")) else name
