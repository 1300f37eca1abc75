"""Reading organizations and users, always within what the actor may see."""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager

from events.identity import policy
from events.identity.actor import Actor, Held
from events.identity.models import Grant, Organization, User
from events.identity.states import Expansion, Kind, Level, Permission, Role
from events.kernel.db import session
from events.kernel.errors import NotFound


def organization(
    actor: Actor, organization_id: int, permission: Permission = Permission.ORGANIZATION_VIEW
) -> Organization:
    """One organization on which `actor` has `permission`. Raises NotFound."""
    found = session().scalar(
        select(Organization).where(
            Organization.id == organization_id, policy.within(actor, permission)
        )
    )
    if found is None:
        raise NotFound
    return found


def root() -> Organization:
    """The highest organization: whoever has a right there has it for the whole installation.

    Raises NotFound while nothing is founded.
    """
    top = select(Organization).where(Organization.parent_id.is_(None)).order_by(Organization.id)
    found = session().scalar(top.limit(1))
    if found is None:
        raise NotFound
    return found


def organizations(
    actor: Actor, permission: Permission = Permission.ORGANIZATION_VIEW, *, search: str = ""
) -> list[Organization]:
    """Organizations on which `actor` has `permission`, as a tree read from the top."""
    found = select(Organization).where(policy.within(actor, permission))
    if search:
        found = found.where(
            or_(
                Organization.name.contains(search, autoescape=True),
                Organization.code.contains(search, autoescape=True),
            )
        )
    return list(session().scalars(found.order_by(Organization.path)))


def home(actor: Actor, permission: Permission) -> Organization:
    """The highest organization on which `actor` has `permission`. Raises NotFound."""
    found = session().scalar(
        select(Organization)
        .where(policy.within(actor, permission))
        .order_by(func.length(Organization.path), Organization.path)
        .limit(1)
    )
    if found is None:
        raise NotFound
    return found


def members(group: Organization) -> list[Organization]:
    """Whom a collective name stands for now; any other organization stands for itself."""
    if group.kind is not Kind.GROUP or group.expansion is None:
        return [group]
    child = select(Organization).where(Organization.parent_id == group.parent_id)
    if group.expansion is Expansion.TOWNS:
        child = child.where(Organization.level == Level.TOWN)
    else:
        child = child.where(Organization.kind == Kind.DEPARTMENT)
    return list(session().scalars(child.order_by(Organization.id)))


def ancestors(organization: Organization) -> list[int]:
    """Ids from the root down to the organization itself."""
    return [int(part) for part in organization.path.split(".") if part]


def users(actor: Actor) -> list[User]:
    """Users who hold a grant where `actor` manages users, by name."""
    found = (
        select(User)
        .join(Grant)
        .join(Organization)
        .where(policy.within(actor, Permission.USER_MANAGE))
        .distinct()
        .order_by(User.name, User.id)
    )
    return list(session().scalars(found).unique())


def user(actor: Actor, user_id: int) -> User:
    """One of `users`. Raises NotFound."""
    found = session().scalar(
        select(User)
        .join(Grant)
        .join(Organization)
        .where(User.id == user_id, policy.within(actor, Permission.USER_MANAGE))
        .limit(1)
    )
    if found is None:
        raise NotFound
    return found


def holders(organization: Organization, role: Role) -> list[User]:
    """Active users with `role` nearest above (or on) `organization`; the nearest level only."""
    found = (
        select(User, Grant.organization_id)
        .join(Grant)
        .where(
            User.active,
            Grant.role == role,
            Grant.organization_id.in_(ancestors(organization)),
        )
        .order_by(User.id)
    )
    rows = session().execute(found).unique().all()
    depth = {org_id: n for n, org_id in enumerate(ancestors(organization))}
    nearest = max((depth[org_id] for _, org_id in rows), default=-1)
    return [user for user, org_id in rows if depth[org_id] == nearest]


def grants_on(organization: Organization) -> list[Grant]:
    """Roles that are given on exactly this organization, by role and user."""
    found = (
        select(Grant)
        .join(User)
        .where(Grant.organization_id == organization.id)
        .options(contains_eager(Grant.user))
        .order_by(Grant.role, User.name, Grant.id)
    )
    return list(session().scalars(found))


def actor_of(user: User) -> Actor:
    """The plain value that flows take, from a user's row."""
    held = tuple(
        Held(role=g.role, organization_id=g.organization_id, path=g.organization.path)
        for g in user.grants
    )
    return Actor(user_id=user.id, name=user.name, language=user.language, held=held)


def organizers(actor: Actor) -> list[User]:
    """Active users who organize where `actor` may edit campaigns, by name."""
    found = (
        select(User)
        .join(Grant)
        .join(Organization)
        .where(
            User.active,
            Grant.role == Role.ORGANIZER,
            policy.within(actor, Permission.CAMPAIGN_EDIT),
        )
        .distinct()
        .order_by(User.name, User.id)
    )
    return list(session().scalars(found).unique())
