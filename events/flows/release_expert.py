"""An organizer takes an expert's name off sessions."""

from __future__ import annotations

from datetime import datetime

from events.campaigns import queries as campaigns_read
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import transaction
from events.kernel.errors import Refused
from events.resources import queries as resources_read, services as resources
from events.schedule.rules import require_future
from events.volunteers import queries as volunteers_read


def release_expert(
    actor: Actor, now: datetime, *, activity_id: int, expert_id: int, occurrence_ids: list[int]
) -> int:
    """Let the expert no longer speak at these sessions; of how many that is new.

    Raises Refused("no_session_chosen" | "already_started").
    """
    with transaction():
        activity = campaigns_read.activity(actor, activity_id, Permission.ACTIVITY_PUBLISH)
        expert = resources_read.expert(actor, expert_id)
        if not occurrence_ids:
            raise Refused("no_session_chosen")
        rows = resources_read.chosen(activity, occurrence_ids)
        for row in rows:
            require_future(row.starts_at, now)
        ids = [row.id for row in resources.release(expert, rows)]
        if ids:
            seen = volunteers_read.seen(ids)
            journal.record(
                ChangeKind.EXPERT_RELEASED,
                actor=actor,
                now=now,
                organization=activity.campaign.organization,
                subject=activity.scope,
                title=activity.title,
                audiences={
                    activity.campaign.scope,
                    activity.scope,
                    expert.scope,
                    *(f"occurrence:{each}" for each in ids),
                    *(scope for each in ids for scope in seen.scopes[each]),
                },
                facts={"expert_id": expert.id, "occurrence_ids": ids},
            )
        return len(ids)
