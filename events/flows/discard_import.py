"""An organizer does not want an uploaded file imported."""

from __future__ import annotations

from datetime import datetime

from events.identity.actor import Actor
from events.imports import queries, services
from events.kernel.db import transaction


def discard_import(actor: Actor, now: datetime, *, run_id: int) -> None:
    """Forget the file. Raises Refused("import_state") when it is too late."""
    with transaction():
        services.discard(queries.run_to_decide(actor, run_id), now=now)
