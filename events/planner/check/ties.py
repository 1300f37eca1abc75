"""H8, H9, H11: activities that hang together, what is locked, and tracks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from events.planner.answer import Sentence
from events.planner.check.rule import Found, Seen, rule
from events.planner.laid import Laid
from events.planner.problem import Expert, Kit, Lock, Relation, Team, Tie, Venue, Volunteer
from events.planner.wording import Said, count, length, listed, pause


@rule(
    "H8",
    "{second}应在{first}结束{after}后开始，现于{when}开始",
    "{second} should begin {after}after the end of {first}; it begins {when}",
)
def precedence(seen: Seen) -> Iterator[Found]:
    """The second begins `amount` minutes or more after the first has ended."""
    for relation, first, second in _tied(seen, Tie.BEFORE):
        late = first.session.end + relation.amount - second.session.start
        if late > 0:
            facts: dict[str, Said] = {
                "after": pause(relation.amount),
                "when": seen.names.moment(second.session.start),
            }
            yield _pair(seen, first, second, facts, late)


@rule(
    "H8",
    "{first}和{second}应在同一天，现分别在{one}和{other}",
    "{first} and {second} should be on one day; they are on {one} and {other}",
)
def same_day(seen: Seen) -> Iterator[Found]:
    """Both begin on one day."""
    for _, first, second in _tied(seen, Tie.SAME_DAY):
        if first.day != second.day:
            yield _pair(seen, first, second, {}, abs(first.day - second.day))


@rule(
    "H8",
    "{first}和{second}不应在同一天，现都在{one}",
    "{first} and {second} should not be on one day; both are on {one}",
)
def other_day(seen: Seen) -> Iterator[Found]:
    """They begin on different days."""
    for _, first, second in _tied(seen, Tie.OTHER_DAY):
        if first.day == second.day:
            yield _pair(seen, first, second, {})


@rule(
    "H8",
    "{first}和{second}应至少相隔{least}，现在{one}和{other}",
    "{first} and {second} should be at least {least} apart; they are on {one} and {other}",
)
def days_apart(seen: Seen) -> Iterator[Found]:
    """From the day of one to the day of the other at least `amount` days."""
    for relation, first, second in _tied(seen, Tie.DAYS_APART):
        short = relation.amount - abs(first.day - second.day)
        if short > 0:
            facts: dict[str, Said] = {"least": count(relation.amount, "天", "day")}
            yield _pair(seen, first, second, facts, short)


@rule(
    "H9",
    "{activity}的{what}已锁定为{locked}，方案里是{planned}",
    "The {what} of {activity} is locked to {locked}; the plan has {planned}",
)
def locked(seen: Seen) -> Iterator[Found]:
    """Venue, start, team, experts and kits stand as locked, while the activity is placed."""
    for lock in seen.problem.locks:
        laid = seen.by_activity.get(lock.activity)
        if laid is None:
            continue
        for what, kept, planned, others in _fields(seen, lock, laid):
            facts: dict[str, Said] = {
                "activity": seen.names.activity(lock.activity),
                "what": what,
                "locked": kept,
                "planned": planned,
            }
            yield Found(facts, (lock.activity,), others)


@rule(
    "H9",
    "{volunteer}已锁定为{activity}的“{skill}”，方案里没有安排",
    "{volunteer} is locked as “{skill}” at {activity}; the plan has not",
)
def locked_volunteers(seen: Seen) -> Iterator[Found]:
    """The volunteers of a lock stand in the plan, while the activity is placed."""
    locks = [lock for lock in seen.problem.locks if lock.volunteers]
    given = {(one.activity, one.volunteer, one.skill) for one in seen.plan.assignments if locks}
    for lock in locks:
        for volunteer, skill in lock.volunteers or ():
            if lock.activity in seen.by_activity and (lock.activity, volunteer, skill) not in given:
                facts: dict[str, Said] = {
                    "volunteer": seen.names.of(Volunteer, volunteer),
                    "activity": seen.names.activity(lock.activity),
                    "skill": skill,
                }
                yield Found(facts, (lock.activity,), (volunteer,))


@rule(
    "H11",
    "{first}和{second}面向同一批人，时间却重叠了{shared}",
    "{first} and {second} are for the same people and overlap by {shared}",
)
def same_people(seen: Seen) -> Iterator[Found]:
    """Two of a track at once; a pair in several tracks is told once."""
    told: set[tuple[str, str]] = set()
    for track in seen.problem.tracks:
        for first, second in _clashes(seen.together(track.activities)):
            pair = (first.activity.id, second.activity.id)
            if pair not in told:
                told.add(pair)
                shared = min(first.session.end, second.session.end) - second.session.start
                yield _pair(seen, first, second, {"shared": length(shared)}, shared)


def _tied(seen: Seen, kind: Tie) -> Iterator[tuple[Relation, Laid, Laid]]:
    for relation in seen.problem.relations:
        first, second = (seen.by_activity.get(one) for one in (relation.first, relation.second))
        if relation.kind is kind and first is not None and second is not None:
            yield relation, first, second


def _fields(
    seen: Seen, lock: Lock, laid: Laid
) -> Iterator[tuple[Said, Said, Said, tuple[str, ...]]]:
    """What of a lock the plan does not keep: the field, as locked, as planned, whom it names."""
    placed, names = laid.placement, seen.names
    if lock.venue is not None and lock.venue != placed.venue:
        kept, planned = names.of(Venue, lock.venue), names.of(Venue, placed.venue)
        yield _VENUE, kept, planned, (lock.venue,)
    if lock.start is not None and lock.start != placed.start:
        yield _START, names.moment(lock.start), names.moment(placed.start), ()
    if lock.team is not None and lock.team != placed.team:
        yield _TEAM, names.of(Team, lock.team), _all(seen, Team, placed.team), (lock.team,)
    if lock.experts is not None and lock.experts != placed.experts:
        yield (
            _EXPERTS,
            _all(seen, Expert, *lock.experts),
            _all(seen, Expert, *placed.experts),
            lock.experts,
        )
    if lock.kits is not None and lock.kits != placed.kits:
        yield _KITS, _all(seen, Kit, *lock.kits), _all(seen, Kit, *placed.kits), lock.kits


_VENUE = Sentence("场地", "venue")
_START = Sentence("时间", "time")
_TEAM = Sentence("志愿队", "team")
_EXPERTS = Sentence("专家", "experts")
_KITS = Sentence("器材", "kits")
_NOBODY = Sentence("未安排", "none")


def _all(seen: Seen, kind: type, *ids: str | None) -> Sentence:
    named = [seen.names.of(kind, one) for one in ids if one is not None]
    return listed(named) if named else _NOBODY


def _clashes(track: Sequence[Laid]) -> Iterator[tuple[Laid, Laid]]:
    """Pairs that share a minute; `track` ascends by start."""
    running: list[Laid] = []
    for laid in track:
        running = [one for one in running if one.session.end > laid.session.start]
        yield from ((one, laid) for one in running)
        running.append(laid)


def _pair(
    seen: Seen, first: Laid, second: Laid, more: Mapping[str, Said], amount: int = 1
) -> Found:
    facts: dict[str, Said] = {
        "first": seen.names.activity(first.activity.id),
        "second": seen.names.activity(second.activity.id),
        "one": seen.names.day(first.day),
        "other": seen.names.day(second.day),
        **more,
    }
    return Found(facts, (first.activity.id, second.activity.id), amount=amount)


RULES = (
    precedence,
    same_day,
    other_day,
    days_apart,
    locked,
    locked_volunteers,
    same_people,
)
