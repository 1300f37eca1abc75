"""An organizer hands in a file; the worker checks it."""

from __future__ import annotations

from datetime import datetime

from events.campaigns import queries as campaigns
from events.identity import queries as identity
from events.identity.actor import Actor
from events.identity.states import Permission
from events.imports import services
from events.imports.parsing import clean
from events.kernel.db import transaction


def upload_import(
    actor: Actor,
    now: datetime,
    *,
    organization_id: int,
    campaign_id: int | None,
    file_name: str,
    content: bytes,
) -> int:
    """The import run's id. Raises NotFound for organizations and campaigns that are not theirs."""
    with transaction():
        organization = identity.organization(actor, organization_id, Permission.IMPORT_RUN)
        campaign = (
            campaigns.campaign(actor, campaign_id, Permission.CAMPAIGN_EDIT)
            if campaign_id is not None
            else None
        )
        run = services.add_run(
            organization,
            campaign,
            user_id=actor.user_id or 0,
            file_name=_plain_name(file_name),
            content=content,
            now=now,
        )
        return run.id


def _plain_name(file_name: str) -> str:
    """The name without folders, whatever system it comes from."""
    last = clean(file_name).replace("\\", "/").rpartition("/")[2]
    return " ".join(last.split())[-255:] or "import"
