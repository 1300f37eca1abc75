"""The tree of organizations: finding one, what stands in it, adding and changing units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext, lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from events.access import needs
from events.access.accounts import current_actor
from events.flows.add_organization import add_organization
from events.flows.save_organization import save_organization
from events.identity import policy, queries
from events.identity.drafts import OrganizationDraft
from events.identity.models import Organization
from events.identity.states import Expansion, Kind, Level, Permission
from events.journal import queries as journal
from events.kernel import clock
from events.kernel.errors import Refused
from events.venues import queries as venues
from events.volunteers import queries as volunteers
from events.web import merging
from events.web.forms import go, unprocessable
from events.web.history import said
from events.web.merging import SharedForm
from events.web.organizer.blueprint import blueprint
from events.web.organizer.fields import ADDRESS, number
from events.web.organizer.forms import offered
from events.web.words import word

CODE = r"^[^\s;,/\\#][^\s;,/\\]*$"
EXPANSIONS = {
    Expansion.TOWNS: _("all towns of the same superior"),
    Expansion.DEPARTMENTS: _("all departments of the same superior"),
}


@dataclass(frozen=True, kw_only=True)
class Node:
    """One unit of the tree with the units below it. members: whom a collective name means."""

    row: Organization
    below: tuple[Node, ...]
    members: tuple[Organization, ...]

    @property
    def size(self) -> int:
        """How many units stand below it, at any depth."""
        return sum(1 + node.size for node in self.below)


class OrganizationForm(SharedForm):
    """What an organization says of itself."""

    code = StringField(
        _("Code"),
        [
            InputRequired(_("Give it a code.")),
            Length(max=64),
            Regexp(
                r"^[^\s;,/\\#][^\s;,/\\]*$", message=_("A code has no spaces, commas or slashes.")
            ),
        ],
    )
    name = StringField(_("Name"), [InputRequired(_("Give it a name.")), Length(max=200)])
    level = SelectField(_("Level"), choices=offered((one.value, word(one)) for one in Level))
    kind = SelectField(_("Kind"), choices=offered((one.value, word(one)) for one in Kind))
    expansion = SelectField(
        _("A collective name stands for"),
        choices=offered([("", "–"), *((one.value, text) for one, text in EXPANSIONS.items())]),
    )
    email = StringField(_("Mail address"), [Optional(), Length(max=254), ADDRESS])
    note = TextAreaField(_("Note"), [Length(max=500)])

    def draft(self) -> OrganizationDraft:
        """As the flows take it."""
        return OrganizationDraft(
            name=self.name.data,
            level=Level(self.level.data),
            kind=Kind(self.kind.data),
            expansion=Expansion(self.expansion.data) if self.expansion.data else None,
            email=self.email.data or "",
            note=self.note.data or "",
        )


UNITS = {field.name: (field.name,) for field in fields(OrganizationDraft)}


@blueprint.get("/organizations")
@needs(Permission.ORGANIZATION_VIEW)
def organizations() -> str:
    """The tree; with a search or a filter a plain list."""
    actor = current_actor()
    search = " ".join(request.args.get("q", "").split())[:100]
    kind, level = request.args.get("kind", ""), request.args.get("level", "")
    everything = queries.organizations(actor)
    found = queries.organizations(actor, search=search) if search else everything
    shown = [
        one for one in found if kind in ("", one.kind.value) and level in ("", one.level.value)
    ]
    return render_template(
        "organizer/organizations/list.html",
        tree=_tree(everything),
        shown=shown,
        names={one.id: one.name for one in everything},
        is_filtered=bool(search or kind or level),
        q=search,
        kind=kind,
        level=level,
        kinds=[one for one in Kind if any(row.kind is one for row in everything)],
        levels=[one for one in Level if any(row.level is one for row in everything)],
        can_edit=policy.may(actor, Permission.USER_MANAGE),
    )


@blueprint.get("/organizations/<int:organization_id>")
@needs(Permission.ORGANIZATION_VIEW)
def organization(organization_id: int) -> str:
    """One unit: what it is, who stands in it, its venues and teams, its history."""
    actor = current_actor()
    row = queries.organization(actor, organization_id)
    below = [one for one in queries.organizations(actor) if one.parent_id == row.id]
    return render_template(
        "organizer/organizations/organization.html",
        row=row,
        parent=_parent(row),
        below=sorted(below, key=_order),
        members=[one for one in queries.members(row) if one.id != row.id],
        grants=queries.grants_on(row),
        venues=[one for one in venues.venues(actor) if one.organization_id == row.id],
        teams=[one for one in volunteers.teams(actor) if one.organization_id == row.id],
        changes=journal.of_organization(row.id, limit=20),
        said=said,
        expansions=EXPANSIONS,
        can_edit=policy.may(actor, Permission.USER_MANAGE, row),
        can_plan=policy.may(actor, Permission.CAMPAIGN_EDIT, row),
    )


@blueprint.get("/organizations/<int:organization_id>/new")
@needs(Permission.USER_MANAGE)
def new_organization(organization_id: int) -> str:
    """The form for a unit below this one."""
    parent = queries.organization(current_actor(), organization_id, Permission.USER_MANAGE)
    form = OrganizationForm(level=parent.level.value, kind=Kind.DEPARTMENT.value)
    return render_template("organizer/organizations/form.html", form=form, parent=parent, row=None)


@blueprint.post("/organizations/<int:organization_id>/new")
@needs(Permission.USER_MANAGE)
def create_organization(organization_id: int) -> Any:
    """Add a unit below this one."""
    actor = current_actor()
    parent = queries.organization(actor, organization_id, Permission.USER_MANAGE)
    form = OrganizationForm()
    if form.validate():
        try:
            made = add_organization(
                actor, clock.now(), parent_id=parent.id, code=form.code.data, draft=form.draft()
            )
        except Refused as fault:
            form.refuse(fault)
        else:
            flash(gettext("%(name)s was added.", name=form.name.data), "success")
            return go(".organization", organization_id=made)
    return unprocessable("organizer/organizations/form.html", form=form, parent=parent, row=None)


@blueprint.get("/organizations/<int:organization_id>/edit")
@needs(Permission.USER_MANAGE)
def edit_organization(organization_id: int) -> str:
    """The form of one unit."""
    row = _own(organization_id)
    return _form_page(_opened(row), row)


@blueprint.post("/organizations/<int:organization_id>/edit")
@needs(Permission.USER_MANAGE)
def change_organization(organization_id: int) -> Any:
    """Save it, all but its code; what somebody else saved in the meantime is merged."""
    done = merging.store(lambda: _desk(organization_id), request.form)
    if done.is_saved:
        flash(*done.said)
        return go(".organization", organization_id=organization_id)
    return _form_page(done.form, _own(organization_id), **done.shown), done.status


def _own(organization_id: int) -> Organization:
    return queries.organization(current_actor(), organization_id, Permission.USER_MANAGE)


def _form_page(form: OrganizationForm, row: Organization, **more: object) -> str:
    page = "organizer/organizations/form.html"
    return render_template(page, form=form, row=row, parent=_parent(row), **more)


def _desk(organization_id: int) -> merging.Desk:
    row = _own(organization_id)
    return merging.Desk(
        units=UNITS,
        scope=f"organization:{row.id}",
        made=lambda values: _made(values, row),
        opened=lambda: _opened(row),
        save=lambda form: save_organization(
            current_actor(),
            clock.now(),
            organization_id=organization_id,
            version=number(form.version.data),
            draft=form.draft(),
        ),
        words={},
    )


def _made(values: MultiDict[str, str], row: Organization) -> OrganizationForm:
    form = OrganizationForm(values)
    form.code.data = row.code
    return form


def _opened(row: Organization) -> Any:
    return merging.opened(OrganizationForm(formdata=None, obj=row), UNITS, row.version)


def _parent(row: Organization) -> Organization | None:
    """The superior unit, if the reader may see it."""
    actor = current_actor()
    above = row.parent
    return above if above and policy.may(actor, Permission.ORGANIZATION_VIEW, above) else None


def _tree(rows: Iterable[Organization]) -> list[Node]:
    """The visible tops with what stands below them, by code."""
    below: dict[int | None, list[Organization]] = {}
    seen = list(rows)
    known = {one.id for one in seen}
    for one in seen:
        parent = one.parent_id if one.parent_id in known else None
        below.setdefault(parent, []).append(one)

    def node(row: Organization) -> Node:
        return Node(
            row=row,
            below=tuple(node(one) for one in sorted(below.get(row.id, []), key=_order)),
            members=tuple(one for one in queries.members(row) if one.id in known - {row.id}),
        )

    return [node(one) for one in sorted(below.get(None, []), key=_order)]


def _order(row: Organization) -> tuple[bool, str, int]:
    return row.kind is Kind.REGION, row.code, row.id
