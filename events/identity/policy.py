"""Who may do what, on one page: each permission, and the roles that have it on their subtree."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_

from events.identity.actor import Actor
from events.identity.models import Organization
from events.identity.states import Permission, Role
from events.kernel.errors import Forbidden, NotFound

_PLANS = (Role.ADMIN, Role.ORGANIZER)
_READS = (*_PLANS, Role.OFFICER, Role.OBSERVER)

ROLES: dict[Permission, tuple[Role, ...]] = {
    Permission.CAMPAIGN_VIEW: _READS,
    Permission.CAMPAIGN_EDIT: _PLANS,
    Permission.ACTIVITY_PUBLISH: _PLANS,
    Permission.IMPORT_RUN: _PLANS,
    Permission.NOTICE_VIEW: (*_PLANS, Role.OBSERVER),
    Permission.ORGANIZATION_VIEW: _READS,
    Permission.USER_MANAGE: (Role.ADMIN,),
    Permission.YEAR_KEEP: (Role.ADMIN,),
    Permission.VENUE_VIEW: (*_READS, Role.KEEPER),
    Permission.BOOKING_ANSWER: (*_PLANS, Role.KEEPER),
    Permission.SHIFT_SIGN_UP: (Role.VOLUNTEER, Role.LEADER),
}


def may(actor: Actor, permission: Permission, organization: Organization | None = None) -> bool:
    """Whether `actor` has `permission` on `organization`; on any organization when None."""
    return any(
        organization is None or organization.path.startswith(path)
        for path in paths(actor, permission)
    )


def require(actor: Actor, permission: Permission, organization: Organization) -> None:
    """Raise Forbidden when the actor sees `organization` but lacks `permission`, else NotFound."""
    if may(actor, permission, organization):
        return
    if any(organization.path.startswith(held.path) for held in actor.held):
        raise Forbidden(permission)
    raise NotFound


def paths(actor: Actor, permission: Permission) -> list[str]:
    """The subtrees (paths) on which `actor` has `permission`."""
    return sorted({held.path for held in actor.held if held.role in ROLES[permission]})


def within(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """SQL: the joined Organization lies where `actor` has `permission`. Every query uses it."""
    return or_(false(), *(subtree(path) for path in paths(actor, permission)))


def subtree(path: str) -> ColumnElement[bool]:
    """SQL: Organization.path begins with `path`, as a range that an index can answer."""
    return and_(Organization.path >= path, Organization.path < path[:-1] + "/")
