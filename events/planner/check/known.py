"""H1, its first half: everything that a plan names exists, and nothing stands in it twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from events.planner.answer import Placement, Sentence
from events.planner.check.rule import Found, Seen, rule
from events.planner.wording import Said


@rule(
    "H1",
    "方案里的{kind}“{name}”不存在",
    "The plan names {kind} “{name}”, which does not exist",
)
def unknown(seen: Seen) -> Iterator[Found]:
    """An id that the problem does not have."""
    for placement in seen.plan.placements:
        for kind, name, known in _named(seen, placement):
            if name not in known:
                facts: dict[str, Said] = {"kind": kind, "name": name}
                yield Found(facts, (placement.activity,), (name,))
    for one in seen.plan.assignments:
        if one.volunteer not in seen.volunteers:
            facts = {"kind": _VOLUNTEER, "name": one.volunteer}
            yield Found(facts, (one.activity,), (one.volunteer,))
        if one.activity not in seen.activities:
            facts = {"kind": _ACTIVITY, "name": one.activity}
            yield Found(facts, (one.activity,), (one.volunteer,))


@rule(
    "H1",
    "{activity}在方案里出现了{times}次",
    "{activity} stands in the plan {times} times",
)
def doubled(seen: Seen) -> Iterator[Found]:
    """Two placements of one activity."""
    for activity, times in _more_than_once(one.activity for one in seen.plan.placements):
        facts: dict[str, Said] = {"activity": seen.names.activity(activity), "times": times}
        yield Found(facts, (activity,), amount=times - 1)


_ACTIVITY = Sentence("活动", "the activity")
_VENUE = Sentence("场地", "the venue")
_EXPERT = Sentence("专家", "the expert")
_KIT = Sentence("器材", "the kit")
_TEAM = Sentence("志愿队", "the team")
_VOLUNTEER = Sentence("志愿者", "the volunteer")


def _named(seen: Seen, placement: Placement) -> Iterator[tuple[Sentence, str, Collection[str]]]:
    yield _ACTIVITY, placement.activity, seen.activities
    yield _VENUE, placement.venue, seen.venues
    if placement.backup is not None:
        yield _VENUE, placement.backup, seen.venues
    if placement.team is not None:
        yield _TEAM, placement.team, seen.teams
    for expert in placement.experts:
        yield _EXPERT, expert, seen.experts
    for kit in placement.kits:
        yield _KIT, kit, seen.kits


def _more_than_once(ids: Iterable[str]) -> list[tuple[str, int]]:
    return [(one, times) for one, times in Counter(ids).items() if times > 1]


RULES = (unknown, doubled)
