"""Last year's campaign once more: the dates it would get, then the copy."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext, lazy_gettext as _
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from events import observances
from events.access import needs
from events.access.accounts import current_actor
from events.campaigns import queries as campaigns
from events.campaigns.drafts import CampaignDraft
from events.campaigns.models import Campaign
from events.days import queries as days
from events.flows.copy_campaign import copy_campaign
from events.identity.states import Permission
from events.kernel import clock, links
from events.kernel.errors import Refused
from events.planning.copies import copies
from events.web.forms import Form, KeyField, go
from events.web.organizer.blueprint import blueprint
from events.web.organizer.forms import DayField

WEEK = timedelta(days=7)
KEPT = ("warmup_days", "description", "observance_id", "owner_id")


class CopyForm(Form):
    """What is new about it."""

    slug = KeyField(made=links.new_slug, longest=32)
    name = StringField(_("Name"), [InputRequired(), Length(max=200)])
    year = IntegerField(_("Year"), [InputRequired(), NumberRange(min=2000, max=2100)])
    starts_on = DayField(_("First day"), [InputRequired()])
    ends_on = DayField(_("Last day"), [InputRequired()])


@blueprint.get("/campaigns/<int:campaign_id>/copy")
@needs(Permission.CAMPAIGN_EDIT)
def preview_copy(campaign_id: int) -> str:
    """The form, and what becomes of every activity on the dates in it."""
    source = campaigns.campaign(current_actor(), campaign_id, Permission.CAMPAIGN_EDIT)
    asked = request.args if "starts_on" in request.args else None
    wish = _wish(source, request.args.get("year", source.year + 1, type=int))
    form = CopyForm(asked, data=wish, meta={"csrf": False})
    if asked:
        form.validate()
    return _page(form, source)


@blueprint.post("/campaigns/<int:campaign_id>/copy")
@needs(Permission.CAMPAIGN_EDIT)
def make_copy(campaign_id: int) -> Any:
    """Make it; sent twice it is one."""
    actor = current_actor()
    source = campaigns.campaign(actor, campaign_id, Permission.CAMPAIGN_EDIT)
    form = CopyForm()
    if form.validate():
        try:
            made = copy_campaign(
                actor,
                clock.now(),
                campaign_id=campaign_id,
                draft=_draft(form, source),
                slug=form.slug.data or links.new_slug(),
            )
        except Refused as fault:
            form.refuse(fault)
        else:
            flash(
                gettext("The copy is there. All of it is draft; nobody has been asked."), "success"
            )
            return go("organizer.campaign", campaign_id=made)
    return _page(form, source), 422


def _wish(source: Campaign, year: int) -> dict[str, Any]:
    """What the form begins with: the observance's dates in that year, or the same weeks."""
    year = min(max(year, 2000), 2100)
    first, last = _dates(source, year)
    return {
        "slug": links.new_slug(),
        "name": source.name.replace(str(source.year), str(year)),
        "year": year,
        "starts_on": first,
        "ends_on": last,
    }


def _dates(source: Campaign, year: int) -> tuple[date, date]:
    """A campaign that kept its observance's dates keeps them; others stay as far from them."""
    then, now = (_observed(source, each) for each in (source.year, year))
    if then is None or now is None:
        weeks = 52 * (year - source.year)
        apart = weeks * WEEK
        return source.starts_on + apart, source.ends_on + apart
    return (
        now[0] + (source.starts_on - then[0]),
        now[1] + (source.ends_on - then[1]),
    )


def _observed(source: Campaign, year: int) -> tuple[date, date] | None:
    """The first and last day of the campaign's observance in a year, when they are known."""
    try:
        one = observances.get(source.observance_id or "")
    except KeyError:
        return None
    dated = observances.occurrence(one, year, days.announced(year, year))
    return (dated.start, dated.end or dated.start) if dated else None


def _draft(form: CopyForm, source: Campaign) -> CampaignDraft:
    return CampaignDraft(
        name=form.name.data or "",
        year=form.year.data or source.year,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        targets=tuple((each.measure, each.audience, each.goal) for each in source.targets),
        **{name: getattr(source, name) for name in KEPT},
    )


def _page(form: CopyForm, source: Campaign) -> str:
    first, last = form.starts_on.data, form.ends_on.data
    is_dated = first is not None and last is not None and first <= last
    known = days.day_types(source.starts_on, last) if is_dated else None
    found = copies(source, starts_on=first, ends_on=last, is_free=known.is_free) if known else []
    return render_template(
        "organizer/copy.html",
        form=form,
        campaign=source,
        copies=found,
        left=sum(len(each.left) for each in found),
        changed=sum(len(each.changed) for each in found),
        unofficial=known.unofficial(first, last) if known else [],
    )
