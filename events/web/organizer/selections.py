"""Selections that were saved as calendars: a list, a new one, renaming and removing one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext, lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from events.access import needs
from events.access.accounts import current_actor
from events.campaigns import queries as campaigns
from events.campaigns.models import Campaign
from events.campaigns.states import Mode
from events.feeds import listing, queries
from events.feeds.models import Feed
from events.feeds.states import FeedKind, Filter
from events.flows.save_filter import drop_filter, rename_filter, save_filter
from events.identity import queries as identity
from events.identity.models import Organization
from events.identity.states import Kind, Permission
from events.kernel import clock
from events.kernel.errors import NotFound, Refused
from events.planning.vocabulary import vocabulary
from events.venues import queries as venues
from events.venues.models import Venue
from events.web.forms import Form, go, unprocessable
from events.web.organizer.blueprint import blueprint
from events.web.organizer.fields import number
from events.web.organizer.forms import offered
from events.web.subscribing import subscription, subscription_page
from events.web.words import word

ANY = ("", _("All"))


class NameForm(Form):
    """What calendars call it."""

    name = StringField(_("Name"), [Length(max=200)])


class SelectionForm(NameForm):
    """What a calendar shall show; whatever is left open shows all."""

    organization_id = SelectField(_("Of"))
    campaign = SelectField(_("Campaign"), default="")
    region = SelectField(_("Region"), default="")
    venue = SelectField(_("Venue"), default="")
    audience = StringField(_("For whom"), [Length(max=64)])
    theme = StringField(_("Subject"), [Length(max=64)])
    format = StringField(_("Format"), [Length(max=40)])
    mode = SelectField(_("On site or online"), default="")

    def chosen(self) -> Filter:
        """As feeds know it; a venue says more than its region."""
        return Filter(
            audience=self.audience.data or "",
            theme=self.theme.data or "",
            format=self.format.data or "",
            mode=self.mode.data,
            campaign=self.campaign.data,
            region="" if self.venue.data else self.region.data,
            venue=self.venue.data,
        )


@blueprint.get("/selections")
@needs(Permission.CAMPAIGN_EDIT)
def selections() -> str:
    """The selections that were saved as calendars, when each was read last."""
    found = listing.saved_filters(current_actor())
    in_words = _Words()
    told = {each.feed.id: in_words.of(Filter.parse(each.feed.word)) for each in found}
    return render_template("organizer/selections/list.html", found=found, told=told)


@blueprint.get("/selections/new")
@needs(Permission.CAMPAIGN_EDIT)
def new_selection() -> str:
    """The form, filled with what a list was filtered by."""
    form = _offering(SelectionForm(data={name: request.args.get(name, "") for name in _KEPT}))
    return _page(form)


@blueprint.post("/selections/new")
@needs(Permission.CAMPAIGN_EDIT)
def add_selection() -> Any:
    """Save it; the same selection is the same calendar."""
    form = _offering(SelectionForm())
    if form.validate():
        chosen = form.chosen()
        try:
            made = save_filter(
                current_actor(),
                clock.now(),
                organization_id=number(form.organization_id.data),
                chosen=chosen,
                name=form.name.data or " · ".join(_Words().of(chosen)),
            )
        except Refused as fault:
            form.refuse(fault)
        else:
            flash(gettext("The selection has its calendar now."), "success")
            return go(".selection", feed_id=made)
    return unprocessable("organizer/selections/new.html", form=form, known=_known())


@blueprint.get("/selections/<int:feed_id>")
@needs(Permission.CAMPAIGN_EDIT)
def selection(feed_id: int) -> str:
    """One of them: how it is subscribed to, its name, when it was read."""
    feed = _mine(feed_id)
    return _shown(feed, NameForm(name=feed.name))


@blueprint.post("/selections/<int:feed_id>")
@needs(Permission.CAMPAIGN_EDIT)
def rename_selection(feed_id: int) -> Any:
    """Give it another name."""
    feed, form = _mine(feed_id), NameForm()
    if not form.validate():
        return _shown(feed, form), 422
    rename_filter(current_actor(), clock.now(), feed_id=feed.id, name=form.name.data or "")
    flash(gettext("Saved."), "success")
    return go(".selection", feed_id=feed_id)


@blueprint.get("/selections/<int:feed_id>/remove")
@needs(Permission.CAMPAIGN_EDIT)
def confirm_removal(feed_id: int) -> str:
    """What removing it means, and who has read it."""
    feed = _mine(feed_id)
    reads = queries.last_reads(feed.id)
    return render_template("organizer/selections/remove.html", feed=feed, reads=reads)


@blueprint.post("/selections/<int:feed_id>/remove")
@needs(Permission.CAMPAIGN_EDIT)
def remove_selection(feed_id: int) -> Any:
    """Remove it; its address is none from now on."""
    feed = _mine(feed_id)
    name = feed.name
    drop_filter(current_actor(), clock.now(), feed_id=feed.id)
    flash(gettext("%(name)s was removed.", name=name), "success")
    return go(".selections")


_KEPT = ("organization_id", "campaign", "region", "venue", "audience", "theme", "format", "mode")


def _mine(feed_id: int) -> Feed:
    feed = queries.feed(feed_id)
    if feed is None or feed.kind is not FeedKind.FILTER:
        raise NotFound
    identity.organization(current_actor(), feed.subject_id, Permission.CAMPAIGN_EDIT)
    return feed


def _offering(form: SelectionForm) -> SelectionForm:
    actor = current_actor()
    units = identity.organizations(actor, Permission.CAMPAIGN_EDIT)
    regions = [one for one in identity.organizations(actor) if one.kind is Kind.REGION]
    form.organization_id.choices = offered((str(one.id), one.name) for one in units)
    form.campaign.choices = offered(
        [ANY, *((str(c.id), c.name) for c in campaigns.campaigns(actor))]
    )
    form.region.choices = offered([ANY, *((str(one.id), one.name) for one in regions)])
    form.venue.choices = offered([ANY, *((str(one.id), one.name) for one in venues.venues(actor))])
    form.mode.choices = offered([ANY, *((one.value, word(one)) for one in Mode)])
    return form


def _choices(rows: Sequence[Organization | Campaign | Venue]) -> list[SelectChoice]:
    return offered((str(row.id), row.name) for row in rows)


def _known() -> dict[str, list[str]]:
    return vocabulary(current_actor())


def _page(form: SelectionForm) -> str:
    return render_template("organizer/selections/new.html", form=form, known=_known())


def _shown(feed: Feed, form: NameForm) -> str:
    return render_template(
        "organizer/selections/selection.html",
        feed=feed,
        form=form,
        told=_Words().of(Filter.parse(feed.word)),
        subscription=subscription(feed),
        page=subscription_page(feed),
        reads=queries.last_reads(feed.id),
    )


class _Words:
    """Says what filters let through, as far as the reader may see what they name."""

    def __init__(self) -> None:
        actor = current_actor()
        self._campaigns = {str(one.id): one.name for one in campaigns.campaigns(actor)}
        self._regions = {str(one.id): one.name for one in identity.organizations(actor)}
        self._venues = {str(one.id): one.name for one in venues.venues(actor)}

    def of(self, chosen: Filter) -> list[str]:
        """Each part of one in words."""
        parts = (
            self._campaigns.get(chosen.campaign, ""),
            chosen.audience,
            chosen.theme,
            chosen.format,
            str(word(Mode(chosen.mode))) if chosen.mode else "",
            self._regions.get(chosen.region, ""),
            self._venues.get(chosen.venue, ""),
        )
        return [part for part in parts if part]
