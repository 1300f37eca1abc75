"""An administrator adds a unit to the tree."""

from __future__ import annotations

from datetime import datetime

from events.identity import queries as identity, services
from events.identity.actor import Actor
from events.identity.drafts import OrganizationDraft
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction


def add_organization(
    actor: Actor, now: datetime, *, parent_id: int, code: str, draft: OrganizationDraft
) -> int:
    """The new organization's id. Raises Refused("code_taken")."""
    with transaction():
        parent = identity.organization(actor, parent_id, Permission.USER_MANAGE)
        row = services.add_organization(
            parent, code=code, name=draft.name, level=draft.level, kind=draft.kind
        )
        services.save_organization(row, draft)
        session().flush()
        journal.record(
            ChangeKind.ORGANIZATION_SAVED,
            actor=actor,
            now=now,
            organization=row,
            subject=f"organization:{row.id}",
            title=row.name,
            audiences=[],
            facts={"organization_id": row.id},
        )
        return row.id
