"""Users: who there is, adding one, giving roles and taking them back, closing accounts."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask_babel import gettext, lazy_gettext as _
from flask_security.recoverable import generate_reset_password_token
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from events.access import messages, needs
from events.access.accounts import current_actor
from events.access.language import current as language
from events.config import Settings
from events.flows.add_user import add_user, grant_role, revoke_role
from events.flows.deactivate_user import deactivate_user, reactivate_user
from events.flows.send_password_link import send_password_link
from events.identity import policy, queries
from events.identity.actor import Actor
from events.identity.models import Organization
from events.identity.states import Permission, Role
from events.kernel import clock
from events.kernel.errors import Refused
from events.web.forms import Form, go, unprocessable
from events.web.organizer.blueprint import blueprint
from events.web.organizer.fields import ADDRESS, LANGUAGES, number
from events.web.organizer.forms import offered
from events.web.words import word

PER_PAGE = 100


class GrantForm(Form):
    """A role on an organization and everything below it."""

    role = SelectField(
        _("Role"),
        choices=offered((one.value, word(one)) for one in Role),
        default=Role.ORGANIZER.value,
    )
    organization_id = SelectField(_("Organization"), [InputRequired()], coerce=int)

    def offer(self, actor: Actor) -> None:
        """Only organizations where `actor` manages users can be chosen."""
        found = queries.organizations(actor, Permission.USER_MANAGE)
        self.organization_id.choices = offered((one.id, one.name) for one in found)


class UserForm(GrantForm):
    """A new user with the first role."""

    name = StringField(_("Name"), [InputRequired(_("Give a name.")), Length(max=200)])
    email = StringField(
        _("Mail address"), [InputRequired(_("Give the address.")), Length(max=254), ADDRESS]
    )
    language = SelectField(_("Language of mails"), choices=LANGUAGES)


@blueprint.get("/users")
@needs(Permission.USER_MANAGE)
def users() -> str:
    """Everybody with a role where the reader manages users."""
    search = " ".join(request.args.get("q", "").split())[:100]
    wanted = request.args.get("role", "")
    found = [
        one
        for one in queries.users(current_actor())
        if search.casefold() in f"{one.name} {one.email}".casefold()
        and (not wanted or any(held.role == wanted for held in one.grants))
    ]
    page = max(1, number(request.args.get("page")))
    return render_template(
        "organizer/users/list.html",
        rows=found[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(found),
        page=page,
        has_more=len(found) > page * PER_PAGE,
        q=search,
        wanted=wanted,
        roles=list(Role),
    )


@blueprint.get("/users/new")
@needs(Permission.USER_MANAGE)
def new_user() -> str:
    """The form for a new user; ?organization= chooses the first role's organization."""
    form = UserForm(
        role=Role.ORGANIZER.value,
        language=language(),
        organization_id=number(request.args.get("organization")),
    )
    form.offer(current_actor())
    return render_template("organizer/users/new.html", form=form)


@blueprint.post("/users/new")
@needs(Permission.USER_MANAGE)
def create_user() -> Any:
    """Add a user and mail the link with which they choose a password."""
    actor, now = current_actor(), clock.now()
    form = UserForm()
    form.offer(actor)
    if form.validate():
        try:
            user_id = add_user(
                actor,
                now,
                email=form.email.data,
                name=form.name.data,
                language=form.language.data,
                role=Role(form.role.data),
                organization_id=form.organization_id.data,
            )
        except Refused as fault:
            form.refuse(fault)
        else:
            send_password_link(actor, now, user_id=user_id, link=_link(user_id))
            text = gettext("%(name)s was added; a link to choose a password is on its way.")
            flash(text % {"name": form.name.data}, "success")
            return go(".user", user_id=user_id)
    return unprocessable("organizer/users/new.html", form=form)


@blueprint.get("/users/<int:user_id>")
@needs(Permission.USER_MANAGE)
def user(user_id: int) -> str:
    """One user: roles, and what can be done."""
    form = GrantForm()
    return render_template("organizer/users/user.html", **_user(user_id, form))


@blueprint.post("/users/<int:user_id>/grants")
@needs(Permission.USER_MANAGE)
def give_role(user_id: int) -> Any:
    """Give one more role."""
    actor, form = current_actor(), GrantForm()
    facts = _user(user_id, form)
    if not form.validate():
        return unprocessable("organizer/users/user.html", **facts)
    grant_role(
        actor,
        clock.now(),
        user_id=user_id,
        role=Role(form.role.data),
        organization_id=form.organization_id.data,
    )
    flash(gettext("The role was given."), "success")
    return go(".user", user_id=user_id)


@blueprint.post("/users/<int:user_id>/grants/<int:grant_id>/revoke")
@needs(Permission.USER_MANAGE)
def take_role(user_id: int, grant_id: int) -> Any:
    """Take a role back; taken twice it is only gone."""
    row = queries.user(current_actor(), user_id)
    if all(held.id != grant_id for held in row.grants):
        return go(".user", user_id=user_id)
    try:
        revoke_role(current_actor(), clock.now(), user_id=user_id, grant_id=grant_id)
    except Refused as fault:
        return _refused(user_id, fault)
    flash(gettext("The role was taken back."), "success")
    is_gone = user_id not in {one.id for one in queries.users(current_actor())}
    return go(".users") if is_gone else go(".user", user_id=user_id)


@blueprint.post("/users/<int:user_id>/deactivate")
@needs(Permission.USER_MANAGE)
def close_account(user_id: int) -> Any:
    """Close an account."""
    try:
        deactivate_user(current_actor(), clock.now(), user_id=user_id)
    except Refused as fault:
        return _refused(user_id, fault)
    flash(gettext("The account is closed; nobody can log in with it."), "success")
    return go(".user", user_id=user_id)


@blueprint.post("/users/<int:user_id>/reactivate")
@needs(Permission.USER_MANAGE)
def open_account(user_id: int) -> Any:
    """Open a closed account again."""
    try:
        reactivate_user(current_actor(), clock.now(), user_id=user_id)
    except Refused as fault:
        return _refused(user_id, fault)
    flash(gettext("The account is open again."), "success")
    return go(".user", user_id=user_id)


@blueprint.post("/users/<int:user_id>/password-link")
@needs(Permission.USER_MANAGE)
def mail_password_link(user_id: int) -> Any:
    """Mail the link with which a user chooses a password."""
    actor = current_actor()
    row = queries.user(actor, user_id)
    send_password_link(actor, clock.now(), user_id=row.id, link=_link(row.id))
    flash(gettext("A link to choose a password is on its way."), "success")
    return go(".user", user_id=user_id)


def _user(user_id: int, form: GrantForm) -> dict[str, Any]:
    actor = current_actor()
    row = queries.user(actor, user_id)
    form.offer(actor)
    return {
        "row": row,
        "form": form,
        "is_self": row.id == actor.user_id,
        "own": {held.id for held in row.grants if _manages(actor, held.organization)},
        "can_close": all(_manages(actor, held.organization) for held in row.grants),
    }


def _refused(user_id: int, fault: Refused) -> Any:
    facts = _user(user_id, GrantForm(formdata=None))
    return unprocessable("organizer/users/user.html", problem=messages.text(fault), **facts)


def _manages(actor: Actor, organization: Organization) -> bool:
    return policy.may(actor, Permission.USER_MANAGE, organization)


def _link(user_id: int) -> str:
    """Where the user chooses a password; good for some days and for one use."""
    token = generate_reset_password_token(queries.user(current_actor(), user_id))
    settings: Settings = current_app.extensions["kepu"]
    return settings.base_url + url_for("security.reset_password", token=token)
