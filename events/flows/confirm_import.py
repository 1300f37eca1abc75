"""An organizer has read the preview and wants it done."""

from __future__ import annotations

from datetime import datetime

from events.identity.actor import Actor
from events.imports import queries, services
from events.kernel.db import transaction


def confirm_import(actor: Actor, now: datetime, *, run_id: int) -> None:  # noqa: ARG001 - as all flows
    """Hand the run to the worker. Raises Refused("import_state" | "import_has_problems")."""
    with transaction():
        services.confirm(queries.run_to_decide(actor, run_id))
