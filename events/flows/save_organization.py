"""An administrator changes what a unit says of itself."""

from __future__ import annotations

from datetime import datetime

from events.feeds import mentions
from events.identity import queries as identity, services
from events.identity.actor import Actor
from events.identity.drafts import OrganizationDraft
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import transaction
from events.kernel.versions import require_version


def save_organization(
    actor: Actor, now: datetime, *, organization_id: int, version: int, draft: OrganizationDraft
) -> None:
    """Save over `version`. Raises StaleDataError when somebody saved in the meantime."""
    with transaction():
        row = identity.organization(actor, organization_id, Permission.USER_MANAGE)
        require_version(row, version)
        is_renamed = draft.name != row.name
        services.save_organization(row, draft)
        calendars = mentions.scopes_showing_organizations([row.id]) if is_renamed else []
        journal.record(
            ChangeKind.ORGANIZATION_SAVED,
            actor=actor,
            now=now,
            organization=row,
            subject=f"organization:{row.id}",
            title=row.name,
            audiences=calendars,
            facts={"organization_id": row.id},
        )
