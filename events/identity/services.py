"""Writing organizations, users and grants."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, select

from events.identity.drafts import OrganizationDraft
from events.identity.models import Grant, Organization, User
from events.identity.states import Kind, Level, Role
from events.kernel.db import session
from events.kernel.errors import Refused


def add_organization(
    parent: Organization | None, *, code: str, name: str, level: Level, kind: Kind
) -> Organization:
    """A new unit below `parent`. Raises Refused("code_taken")."""
    parent_id = parent.id if parent else None
    taken = select(Organization.id).where(
        Organization.parent_id == parent_id, Organization.code == code
    )
    if session().scalar(taken) is not None:
        raise Refused("code_taken", field="code", taken=code)
    row = Organization(
        parent=parent, code=code, name=name, level=level, kind=kind, path="", duties=[]
    )
    session().add(row)
    session().flush()
    row.path = f"{parent.path if parent else ''}{row.id}."
    return row


def save_organization(row: Organization, draft: OrganizationDraft) -> None:
    """Write `draft` over the organization; only a group keeps an expansion."""
    row.name = draft.name
    row.level = draft.level
    row.kind = draft.kind
    row.expansion = draft.expansion if draft.kind is Kind.GROUP else None
    row.email = draft.email or None
    row.note = draft.note


def add_user(*, email: str, name: str, password: str | None, language: str, now: datetime) -> User:
    """A new user; `password` is a hash or None (they set it by the reset mail).

    Raises Refused("email_taken").
    """
    address = email.strip().lower()
    if session().scalar(select(User.id).where(User.email == address)) is not None:
        raise Refused("email_taken", field="email")
    row = User(
        email=address,
        name=name,
        password=password,
        language=language,
        fs_uniquifier=secrets.token_hex(32),
        created_at=now,
        confirmed_at=now,
        grants=[],
    )
    session().add(row)
    session().flush()
    return row


def grant(user: User, *, role: Role, organization: Organization, now: datetime) -> Grant:
    """Give `role` on the subtree of `organization`; giving it twice changes nothing."""
    for held in user.grants:
        if held.role is role and held.organization_id == organization.id:
            return held
    row = Grant(organization=organization, role=role, created_at=now)
    user.grants.append(row)
    session().flush()
    return row


def revoke(user: User, grant: Grant) -> None:
    """Take a grant back and end the user's sessions.

    Raises Refused("last_admin"), or Refused("last_grant"): without any, nobody could find the user.
    """
    if user.active and grant.role is Role.ADMIN:
        _require_admin(grant.organization, Grant.id != grant.id)
    if len(user.grants) == 1:
        raise Refused("last_grant")
    user.grants.remove(grant)
    end_sessions(user)


def deactivate(user: User) -> None:
    """Close an account: sessions end, grants stay. Raises Refused("last_admin")."""
    for held in user.grants:
        if held.role is Role.ADMIN:
            _require_admin(held.organization, Grant.user_id != user.id)
    user.active = False
    end_sessions(user)


def reactivate(user: User) -> None:
    """Open a closed account again, with the grants that it had."""
    user.active = True


def end_sessions(user: User) -> None:
    """Log `user` out everywhere: after a change of role, password or standing."""
    user.fs_uniquifier = secrets.token_hex(32)


def _require_admin(organization: Organization, kept: ColumnElement[bool]) -> None:
    """Raise Refused("last_admin") when nobody whose grant is `kept` could manage the organization.

    Whoever administers a unit above may as well; one of another county may not. Two who remove
    each other wait for each other.
    """
    above = [int(part) for part in organization.path.split(".") if part]
    found = (
        select(Grant.id)
        .join(User)
        .where(Grant.role == Role.ADMIN, Grant.organization_id.in_(above), User.active)
        .order_by(Grant.id)
        .with_for_update()
    )
    session().execute(found).all()
    if session().scalar(found.where(kept).limit(1)) is None:
        raise Refused("last_admin", name=organization.name)
