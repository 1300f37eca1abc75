"""What a repair disturbs: people, by how far they were promised that it stays as it is.

D = sum over activities of stage x (8 venue + 6 day, or 3 time only + 5 expert + 3 kit + 2 team
+ 1 per volunteer who joins or leaves). The stage is 1 for a draft, 3 confirmed, 10 published and
30 within 48 hours. An activity that drops out loses all of it; one that joins disturbs nobody but
its volunteers. A reserved backup is no promise to anybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from events.planner.answer import Assignment, Placement, Plan
from events.planner.problem import DAY, Activity, Problem

VENUE = 8
DAY_MOVED = 6
TIME_ONLY = 3
EXPERT = 5
KIT = 3
TEAM = 2
VOLUNTEER = 1


def between(problem: Problem, old: Plan, new: Plan) -> int:
    """D of a whole plan against another."""
    before, after = by_activity(old.placements), by_activity(new.placements)
    came, comes = served(old.assignments), served(new.assignments)
    return sum(
        of_activity(
            activity,
            before.get(activity.id),
            after.get(activity.id),
            volunteers=len(came.get(activity.id, set()) ^ comes.get(activity.id, set())),
        )
        for activity in problem.activities
    )


def of_activity(
    activity: Activity, before: Placement | None, after: Placement | None, *, volunteers: int
) -> int:
    """D of one activity; `volunteers` counts who joins or leaves."""
    moved = _moved(before, after) if before and before != after else 0
    return int(activity.commitment) * (moved + VOLUNTEER * volunteers)


def of_choice(before: Placement, venue: str, start: int) -> int:
    """What another venue and start alone disturb, before the stage's factor."""
    place = VENUE * (venue != before.venue)
    if start // DAY != before.start // DAY:
        return place + DAY_MOVED
    return place + TIME_ONLY * (start != before.start)


def by_activity(placements: Iterable[Placement]) -> Mapping[str, Placement]:
    """Placements by their activity's id."""
    return {x.activity: x for x in placements}


def served(assignments: Iterable[Assignment]) -> Mapping[str, set[str]]:
    """Who serves, by the activity's id."""
    found: dict[str, set[str]] = {}
    for x in assignments:
        found.setdefault(x.activity, set()).add(x.volunteer)
    return found


def _moved(before: Placement, after: Placement | None) -> int:
    if after is None:
        crew = EXPERT * len(before.experts) + KIT * len(before.kits) + TEAM * bool(before.team)
        return VENUE + DAY_MOVED + crew
    return (
        of_choice(before, after.venue, after.start)
        + EXPERT * _exchanged(before.experts, after.experts)
        + KIT * _exchanged(before.kits, after.kits)
        + TEAM * (before.team != after.team)
    )


def _exchanged(before: tuple[str, ...], after: tuple[str, ...]) -> int:
    """How many are there of whom the other side knows nothing; an exchange counts once."""
    gone, new = Counter(before) - Counter(after), Counter(after) - Counter(before)
    return max(gone.total(), new.total())
