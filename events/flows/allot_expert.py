"""An organizer names an expert who speaks at sessions of a published activity."""

from __future__ import annotations

from datetime import datetime

from events.campaigns import queries as campaigns_read
from events.campaigns.states import ActivityState
from events.feeds import services as feeds
from events.feeds.states import FeedKind
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import transaction
from events.kernel.errors import Refused
from events.resources import queries as resources_read, services as resources
from events.schedule.rules import require_future
from events.schedule.states import OFF
from events.volunteers import queries as volunteers_read


def allot_expert(
    actor: Actor, now: datetime, *, activity_id: int, expert_id: int, occurrence_ids: list[int]
) -> int:
    """Name the expert for these sessions, all or none; how many are new.

    Raises Refused("expert_of_a_draft" | "no_session_chosen" | "occurrence_cancelled" |
    "already_started" | "expert_elsewhere").
    """
    with transaction():
        activity = campaigns_read.activity(actor, activity_id, Permission.ACTIVITY_PUBLISH)
        expert = resources_read.expert(actor, expert_id)
        if activity.state is not ActivityState.PUBLISHED:
            raise Refused("expert_of_a_draft")
        if not occurrence_ids:
            raise Refused("no_session_chosen")
        rows = resources_read.chosen(activity, occurrence_ids)
        for row in rows:
            if row.status in OFF:
                raise Refused("occurrence_cancelled")
            require_future(row.starts_at, now)
        named = resources.allot(expert, rows, now=now)
        feeds.ensure(FeedKind.EXPERT, expert.id, name=expert.name, now=now)
        if named:
            ids = [row.id for row in named]
            seen = volunteers_read.seen(ids)
            journal.record(
                ChangeKind.EXPERT_ALLOTTED,
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
        return len(named)
