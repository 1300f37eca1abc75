"""What a repair changed, activity by activity, in both languages, with its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from events.planner import disturbance
from events.planner.answer import Assignment, Change, Diff, Placement, Plan, Sentence
from events.planner.problem import DAY, Activity, Expert, Kit, Problem, Team, Venue
from events.planner.wording import Names, Template, count, listed

BETTER = Sentence("这样整体更好", "the plan as a whole gets better")
ROOM = Template("要给{activity}让出位置", "it makes room for {activity}")
WHOLE = Template("{activity}{changes}，因为{reason}", "{activity} {changes}, because {reason}")


def between(problem: Problem, old: Plan, new: Plan, reasons: Mapping[str, Sentence]) -> Diff:
    """Everything that differs, in the order of the activities.

    `reasons` are of the activities that the world hit; others made room for one of these, or
    moved for a better plan.
    """
    before = disturbance.by_activity(old.placements)
    after = disturbance.by_activity(new.placements)
    came, comes = _by_activity(old.assignments), _by_activity(new.assignments)
    words = _Words(problem, after, reasons)
    changes = []
    for activity in problem.activities:
        key = activity.id
        was, now = before.get(key), after.get(key)
        left, joined = _less(came[key], comes[key]), _less(comes[key], came[key])
        if was == now and not left and not joined:
            continue
        people = {x.volunteer for x in left} ^ {x.volunteer for x in joined}
        changes.append(
            Change(
                activity=key,
                before=was,
                after=now,
                hit=key in reasons,
                disturbance=disturbance.of_activity(activity, was, now, volunteers=len(people)),
                sentence=words.sentence(activity, was, now, len(joined), len(left)),
                joined=joined,
                left=left,
            )
        )
    return Diff(tuple(changes), sum(x.disturbance for x in changes))


class _Words:
    """What happened to one activity, and why, in both languages."""

    def __init__(
        self, problem: Problem, after: Mapping[str, Placement], reasons: Mapping[str, Sentence]
    ) -> None:
        self._names = Names(problem)
        self._minutes = {x.id: x.minutes for x in problem.activities}
        self._after = after
        self._reasons = reasons

    def sentence(
        self,
        activity: Activity,
        was: Placement | None,
        now: Placement | None,
        joined: int,
        left: int,
    ) -> Sentence:
        """One activity's change and its reason."""
        reason = self._reasons.get(activity.id) or self._made_room(was, now) or BETTER
        parts = [*self._laid(was, now), *_volunteers(joined, left)]
        changes = Sentence("，".join(x.zh for x in parts), listed(parts).en)
        title = self._names.activity(activity.id)
        return WHOLE.fill(activity=title, changes=changes, reason=reason)

    def _made_room(self, was: Placement | None, now: Placement | None) -> Sentence | None:
        """The hit activity that now has what this one had, if there is one."""
        if was is None or was == now:
            return None
        for other in self._reasons:
            its = self._after.get(other)
            if its is not None and other != was.activity and self._meet(was, its):
                return ROOM.fill(activity=self._names.activity(other))
        return None

    def _meet(self, one: Placement, other: Placement) -> bool:
        """Whether two placements want the same people on one day, or the same venue at once."""
        if one.start // DAY != other.start // DAY:
            return False
        shared = {*one.experts, *one.kits, one.team} & {*other.experts, *other.kits, other.team}
        overlap = (
            one.start < other.start + self._minutes[other.activity]
            and other.start < one.start + self._minutes[one.activity]
        )
        return bool(shared - {None}) or (one.venue == other.venue and overlap)

    def _laid(self, was: Placement | None, now: Placement | None) -> Iterable[Sentence]:
        if now is None:
            yield Sentence("这次排不下", "is left out this time")
            return
        venue = self._names.of(Venue, now.venue)
        if was is None:
            at = self._names.moment(now.start)
            yield Sentence(f"排在{at.zh}，地点{venue}", f"is on {at.en} at {venue}")
            return
        if was.start != now.start:
            at = self._names.moment(now.start)
            if was.start // DAY == now.start // DAY:
                hour = f"{now.start % DAY // 60:02}:{now.start % 60:02}"
                at = Sentence(hour, hour)
            yield Sentence(f"改到{at.zh}", f"moves to {at.en}")
        if was.venue != now.venue:
            yield Sentence(f"改在{venue}举行", f"moves to {venue}")
        yield from self._exchanged("专家", "expert", Expert, was.experts, now.experts)
        yield from self._exchanged("器材", "kit", Kit, was.kits, now.kits)
        yield from self._exchanged("志愿队", "team", Team, (was.team,), (now.team,))
        if was.backup != now.backup:
            yield self._backup(now.backup)

    def _exchanged(
        self, zh: str, en: str, kind: type, was: Sequence[str | None], now: Sequence[str | None]
    ) -> Iterable[Sentence]:
        new = listed([self._names.of(kind, x) for x in now if x is not None and x not in was])
        if new.zh:
            yield Sentence(f"{zh}换成{new.zh}", f"gets {new.en} as its {en}")

    def _backup(self, venue: str | None) -> Sentence:
        if venue is None:
            return Sentence("不再有备用场地", "has no backup venue any more")
        name = self._names.of(Venue, venue)
        return Sentence(f"备用场地改为{name}", f"has {name} as its backup")


def _volunteers(joined: int, left: int) -> Iterable[Sentence]:
    if joined:
        new = count(joined, "名志愿者", "volunteer")
        yield Sentence(f"新增{new.zh}", f"gets {new.en} more")
    if left:
        gone = count(left, "名志愿者", "volunteer")
        yield Sentence(f"减少{gone.zh}", f"loses {gone.en}")


def _by_activity(assignments: Iterable[Assignment]) -> Mapping[str, list[Assignment]]:
    found: dict[str, list[Assignment]] = defaultdict(list)
    for x in assignments:
        found[x.activity].append(x)
    return found


def _less(some: Sequence[Assignment], others: Sequence[Assignment]) -> tuple[Assignment, ...]:
    return tuple(x for x in some if x not in others)
