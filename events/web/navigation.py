"""Where one can go: the left rail and the menu of phones, by what the actor may do; languages."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, Response, request
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from events.access import public
from events.access.accounts import current_actor
from events.access.language import COOKIE
from events.identity import policy
from events.identity.actor import Actor
from events.identity.states import Permission, Role
from events.kernel import texts
from events.web.forms import own_path, see

YEAR_S = 365 * 24 * 3600

blueprint = Blueprint("ground", __name__)


@dataclass(frozen=True)
class Place:
    """One entry of the menu."""

    path: str
    icon: str
    word: LazyString
    permission: Permission

    @property
    def is_here(self) -> bool:
        """Whether this request's page belongs to it."""
        return request.path == self.path or request.path.startswith(self.path + "/")


PLAN = (
    Place("/work", "columns-gap", _("Workbench"), Permission.CAMPAIGN_VIEW),
    Place("/campaigns", "flag", _("Campaigns"), Permission.CAMPAIGN_VIEW),
    Place("/year", "calendar4-range", _("The year"), Permission.CAMPAIGN_VIEW),
    Place("/venues", "geo-alt", _("Venues"), Permission.VENUE_VIEW),
    Place("/teams", "people", _("Volunteer teams"), Permission.CAMPAIGN_VIEW),
    Place("/experts", "mortarboard", _("Experts"), Permission.CAMPAIGN_VIEW),
    Place("/notices", "envelope", _("Notices"), Permission.NOTICE_VIEW),
)
KEEP = (
    Place("/imports", "upload", _("Imports"), Permission.IMPORT_RUN),
    Place("/calendars", "calendar2-x", _("Other calendars"), Permission.BOOKING_ANSWER),
    Place("/organizations", "diagram-3", _("Organizations"), Permission.ORGANIZATION_VIEW),
    Place("/observances", "calendar-event", _("Announced dates"), Permission.YEAR_KEEP),
    Place("/days", "calendar-check", _("Holidays"), Permission.YEAR_KEEP),
    Place("/users", "person-gear", _("Users"), Permission.USER_MANAGE),
)
SERVE = (
    Place("/me", "house-heart", _("My shifts"), Permission.SHIFT_SIGN_UP),
    Place("/me/shifts", "search-heart", _("Find a shift"), Permission.SHIFT_SIGN_UP),
    Place("/me/feed", "calendar-plus", _("My calendar"), Permission.SHIFT_SIGN_UP),
    Place("/me/calendars", "calendar2-x", _("When busy"), Permission.SHIFT_SIGN_UP),
)
GROUPS = ((_("Plan"), PLAN), (_("Records"), KEEP), (_("Volunteering"), SERVE))


def install(app: Flask) -> None:
    """Register the routes, and `places()`, `home()` for templates."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(places=places, home=home, here=here, is_here=is_here)


def places() -> list[tuple[LazyString, list[Place]]]:
    """Groups of entries that the actor may open, empty ones left out."""
    actor = current_actor()
    seen = [(name, [p for p in group if policy.may(actor, p.permission)]) for name, group in GROUPS]
    return [(name, group) for name, group in seen if group]


def is_here(place: Place) -> bool:
    """Whether `place` is the closest entry to this page ("/me/shifts" hides "/me")."""
    hits = [each for _, group in GROUPS for each in group if each.is_here]
    return bool(hits) and place is max(hits, key=lambda each: len(each.path))


def home(actor: Actor) -> str:
    """Where somebody who is logged in starts."""
    if policy.may(actor, Permission.CAMPAIGN_VIEW):
        return "/work"
    if actor.has_role(Role.KEEPER):
        return "/venues"
    return "/me"


def here() -> str:
    """This page's own path with its query, to come back to."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


@blueprint.post("/language")
@public
def choose_language() -> Response:
    """Keep the chosen language in a cookie and go back to the page it was chosen on."""
    answer = see(own_path(request.form.get("next", "")))
    chosen = texts.known(request.form.get("language"))
    if chosen:
        answer.set_cookie(
            COOKIE, chosen, max_age=YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure
        )
    return answer


@blueprint.get("/health")
@public
def health() -> tuple[str, dict[str, str]]:
    """That this process answers; it asks nothing of the database."""
    return "ok", {"Content-Type": "text/plain; charset=utf-8"}
