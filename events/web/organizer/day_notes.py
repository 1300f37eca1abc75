"""What an activity's pages say of the days of its sessions: years without a notice, days since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from events.access.accounts import current_actor
from events.campaigns.models import Activity
from events.campaigns.states import ActivityState
from events.days import queries as days
from events.kernel import clock
from events.planning import day_changes
from events.web.organizer.agenda import Entry


def unannounced(starts: Iterable[datetime], tz: str) -> list[tuple[int, int]]:
    """Years whose holidays no official notice names yet, each with how many sessions it has.

    starts: of sessions, aware; those that have begun do not count.
    """
    now = clock.now()
    found = Counter(clock.to_local(each, tz).year for each in starts if each > now)
    if not found:
        return []
    known = days.years(min(found), max(found))
    return [(year, found[year]) for year in sorted(found) if not known.is_official(year)]


def of_activity(activity: Activity, entries: list[Entry]) -> dict[str, Any]:
    """For its page: such years, and whether its public sessions wait for other days."""
    going = [each.session for each in entries if not each.is_cancelled]
    is_public = activity.state is ActivityState.PUBLISHED
    actor, now = current_actor(), clock.now()
    return {
        "unannounced": unannounced((each.starts_at for each in going), activity.campaign.tz),
        "other_days": is_public and day_changes.waiting(actor, now, activity_id=activity.id),
    }
