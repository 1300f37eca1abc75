"""The cheapest ways out of a conflict, each a changed problem in which all can be placed.

Relaxing any one rule of a minimal core resolves that core; whether it resolves the conflict is
asked again from the start, with all of the plan, so that no second core is left behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from events.planner import candidates
from events.planner.answer import Placement, Plan, Repair, Sentence
from events.planner.explain.impossible import MOST_REPAIRS, drop
from events.planner.explain.needs import Able
from events.planner.explain.pools import Pool
from events.planner.explain.question import ask
from events.planner.explain.rules import Rule
from events.planner.problem import (
    DAY,
    Activity,
    Expert,
    Kit,
    Problem,
    Relation,
    Site,
    Team,
    Track,
    Venue,
    Window,
)
from events.planner.stop import Stop
from events.planner.wording import Names, Template

MOST_TRIES = 40
"""So many sets of rules are tried."""
_OTHER_VENUE, _NEAR_TIME, _OTHER_TIME, _ONE_MORE, _NEW = 10, 20, 25, 30, 40
_NO_RELATION, _ROOM, _NO_TRACK = 50, 60, 80
"""What a relaxed rule costs, in points: a permission less than a change, a promise most."""

_FEW_VENUES = 5

Placed = Mapping[str, Placement]


@dataclass(frozen=True, slots=True)
class Way:
    """One rule relaxed: how, at what cost; and, seen what came of it, more narrowly, in words."""

    rule: str
    cost: int
    change: Callable[[Problem], Problem]
    settle: Callable[[Placed], tuple[Callable[[Problem], Problem], Sentence]]
    without: str | None = None
    """The activity that is dropped."""
    kind: str = ""
    """Tells ways of one rule apart; of one kind the cheapest that helps is enough."""


def cheapest(
    problem: Problem, plan: Plan, asked: Sequence[str], rules: Sequence[Rule], stop: Stop
) -> tuple[Repair, ...]:
    """Up to three sets of the core's rules to relax, cheapest first; all of `asked` then fit in."""
    ways = sorted(_ways(problem, rules), key=lambda way: way.cost)
    sets = [(way,) for way in ways] + sorted(
        combinations(ways, 2), key=lambda pair: sum(way.cost for way in pair)
    )
    found: list[set[tuple[str, str]]] = []
    repairs: list[Repair] = []
    for some in sets[:MOST_TRIES]:
        if len(repairs) == MOST_REPAIRS or stop.over():
            break
        kinds = {(way.rule, way.kind) for way in some}
        if len(kinds) < len(some) or any(kept <= kinds for kept in found):
            continue
        repair = _proved(problem, plan, asked, some, stop)
        if repair is not None:
            found.append(kinds)
            if all(repair.sentence != told.sentence for told in repairs):
                repairs.append(repair)
    return tuple(sorted(repairs, key=lambda repair: repair.cost))


def _proved(
    problem: Problem, plan: Plan, asked: Sequence[str], ways: Sequence[Way], stop: Stop
) -> Repair | None:
    """The repair, if all fit in after it: first relaxed widely, then as narrowly as is said."""
    placed = _placed(problem, plan, asked, [way.change for way in ways], ways, stop)
    if placed is None:
        return None
    settled = [way.settle(placed) for way in ways]
    if _placed(problem, plan, asked, [change for change, _ in settled], ways, stop) is None:
        return None
    said = Sentence(
        "；".join(sentence.zh for _, sentence in settled),
        "; ".join(sentence.en for _, sentence in settled),
    )
    return Repair(tuple(way.rule for way in ways), said, sum(way.cost for way in ways))


def _placed(
    problem: Problem,
    plan: Plan,
    asked: Sequence[str],
    changes: Sequence[Callable[[Problem], Problem]],
    ways: Sequence[Way],
    stop: Stop,
) -> Placed | None:
    for change in changes:
        problem = change(problem)
    dropped = {way.without for way in ways}
    rest = Plan(tuple(one for one in plan.placements if one.activity not in dropped))
    at = {activity.id: index for index, activity in enumerate(problem.activities)}
    kept = [at[one] for one in asked if one not in dropped]
    answer = ask(candidates.find(problem), rest, kept, stop)
    if not isinstance(answer, tuple):
        return None
    return {one.activity: one for one in answer}


def _ways(problem: Problem, rules: Sequence[Rule]) -> Iterator[Way]:
    """What each rule of a core can be relaxed to."""
    names = Names(problem)
    among = [rule.about for rule in rules if isinstance(rule.about, Activity)]
    for rule in rules:
        about = rule.about
        if isinstance(about, Activity):
            yield from _of_activity(problem, names, rule.id, about)
        elif isinstance(about, Able):
            yield from _NEW_ONES[rule.number](problem, names, rule.id, about, among)
        elif isinstance(about, Pool):
            yield _room(problem, names, rule.id, about)
        elif isinstance(about, Site):
            yield _one_more(rule.id, about)
        else:
            yield _without(rule, about)


def _of_activity(problem: Problem, names: Names, rule: str, asked: Activity) -> Iterator[Way]:
    def settle_venue(placed: Placed) -> tuple[Callable[[Problem], Problem], Sentence]:
        venue = placed[asked.id].venue
        change = _changing(asked.id, venues=(asked.venues or frozenset()) | {venue})
        said = _ALLOW_VENUE.fill(activity=names.activity(asked.id), venue=names.of(Venue, venue))
        return change, said

    def settle_time(placed: Placed) -> tuple[Callable[[Problem], Problem], Sentence]:
        start = placed[asked.id].start
        window = Window(start, start + asked.minutes)
        change = _changing(asked.id, windows=(*asked.windows, window))
        said = _ALLOW_TIME.fill(activity=names.activity(asked.id), when=names.span(window))
        return change, said

    if asked.venues is not None:
        wider = asked.venues | _fitting(problem, asked)
        relax = _changing(asked.id, venues=wider)
        yield Way(rule, _OTHER_VENUE, relax, settle_venue, kind="venue")
    if asked.windows:
        near = _whole([w.start // DAY for w in asked.windows])
        for cost, windows in ((_NEAR_TIME, near), (_OTHER_TIME, ())):
            relax = _changing(asked.id, windows=windows)
            yield Way(rule, cost, relax, settle_time, kind="time")
    dropping = drop(problem, names, asked)
    settled = (_same, dropping.sentence)
    yield Way(rule, dropping.cost, _same, lambda _: settled, without=asked.id, kind="drop")


def _fitting(problem: Problem, asked: Activity) -> frozenset[str]:
    """A few venues that an activity does not name although they would suit it best."""
    at = problem.activities.index(asked)
    found = candidates.find(_changing(asked.id, venues=None)(problem))
    indices = dict.fromkeys(found.arrays(at)[0].tolist())
    venues = [problem.venues[index] for index in indices]
    others = [
        one.id
        for one in venues
        if one.id not in (asked.venues or ()) and one.outdoor is asked.outdoor
    ]
    return frozenset(others[:_FEW_VENUES])


def _new_expert(
    problem: Problem, names: Names, rule: str, able: Able, among: Sequence[Activity]
) -> Iterator[Way]:
    fields = next(one.fields for one in problem.experts if one.id == able.id)
    for field in sorted({field for one in among for field in one.fields if field in fields}):
        new = Expert(f"new expert {field}", frozenset({field}))

        def add(problem: Problem, new: Expert = new) -> Problem:
            return replace(problem, experts=(*problem.experts, new))

        def settle(
            placed: Placed, new: Expert = new, field: str = field
        ) -> tuple[Callable[[Problem], Problem], Sentence]:
            days = [one.start // DAY for one in placed.values() if new.id in one.experts]
            narrow = replace(new, windows=_whole(days))
            return lambda problem: add(problem, narrow), _said_new(names, "H4", field, days)

        yield Way(rule, _NEW, add, settle, kind=field)


def _new_kit(
    problem: Problem, names: Names, rule: str, able: Able, _: Sequence[Activity]
) -> Iterator[Way]:
    kind = next(one.kind for one in problem.kits if one.id == able.id)
    new = Kit(f"new kit {kind}", kind)

    def add(problem: Problem, new: Kit = new) -> Problem:
        return replace(problem, kits=(*problem.kits, new))

    def settle(placed: Placed) -> tuple[Callable[[Problem], Problem], Sentence]:
        days = [one.start // DAY for one in placed.values() if new.id in one.kits]
        narrow = replace(new, windows=_whole(days))
        return lambda problem: add(problem, narrow), _said_new(names, "H5", kind, days)

    yield Way(rule, _NEW, add, settle)


def _new_team(
    problem: Problem, names: Names, rule: str, able: Able, _: Sequence[Activity]
) -> Iterator[Way]:
    like = next(one for one in problem.teams if one.id == able.id)
    new = Team(f"new team like {like.id}", like.size, skills=like.skills)

    def add(problem: Problem, new: Team = new) -> Problem:
        return replace(problem, teams=(*problem.teams, new))

    def settle(placed: Placed) -> tuple[Callable[[Problem], Problem], Sentence]:
        days = [one.start // DAY for one in placed.values() if new.id == one.team]
        narrow = replace(new, windows=_whole(days))
        return lambda problem: add(problem, narrow), _said_new(names, "H6", "", days)

    yield Way(rule, _NEW, add, settle)


_NEW_ONES = {"H4": _new_expert, "H5": _new_kit, "H6": _new_team}


def _whole(days: Sequence[int]) -> tuple[Window, ...]:
    """Whole days, and the night after: what begins there may end there."""
    return tuple(Window((day - 1) * DAY, (day + 2) * DAY) for day in sorted(set(days)))


def _said_new(names: Names, number: str, asked: str, days: Sequence[int]) -> Sentence:
    if len(set(days)) == 1:
        return _ADD_ON[number].fill(asked=asked, day=names.day(days[0]))
    return _ADD[number].fill(asked=asked)


def _room(problem: Problem, names: Names, rule: str, pool: Pool) -> Way:
    venue = problem.venues[pool.venues[0]]
    said = _MORE_ROOM.fill(venue=names.of(Venue, venue.id))

    def change(problem: Problem) -> Problem:
        venues = tuple(
            replace(one, rooms=one.rooms + 1) if one.id == venue.id else one
            for one in problem.venues
        )
        return replace(problem, venues=venues)

    return Way(rule, _ROOM, change, lambda _: (change, said))


def _one_more(rule: str, site: Site) -> Way:
    said = _MORE_A_DAY.fill(site=site.name or site.id)
    more = replace(site, most_per_day=tuple(most + 1 for most in site.most_per_day))

    def change(problem: Problem) -> Problem:
        return replace(
            problem, sites=tuple(more if one.id == site.id else one for one in problem.sites)
        )

    return Way(rule, _ONE_MORE, change, lambda _: (change, said))


def _without(rule: Rule, about: Relation | Track) -> Way:
    said = _WAIVE.fill(rule=rule.sentence)
    cost = _NO_RELATION if isinstance(about, Relation) else _NO_TRACK

    def change(problem: Problem) -> Problem:
        return replace(
            problem,
            relations=tuple(one for one in problem.relations if one is not about),
            tracks=tuple(one for one in problem.tracks if one is not about),
        )

    return Way(rule.id, cost, change, lambda _: (change, said))


def _changing(activity: str, **changes: object) -> Callable[[Problem], Problem]:
    """A problem with other fields of one activity."""

    def change(problem: Problem) -> Problem:
        changed = tuple(
            replace(one, **changes) if one.id == activity else one  # type: ignore[arg-type]
            for one in problem.activities
        )
        return replace(problem, activities=changed)

    return change


def _same(problem: Problem) -> Problem:
    return problem


_ALLOW_VENUE = Template("允许{activity}使用{venue}", "allow {venue} for {activity}")
_ALLOW_TIME = Template("允许{activity}排在{when}", "allow {activity} on {when}")
_ADD_ON = {
    "H4": Template("{day}增加1位能讲“{asked}”的专家", "add an expert on “{asked}” on {day}"),
    "H5": Template("{day}增加1套“{asked}”展品", "add a “{asked}” on {day}"),
    "H6": Template("{day}增加1支志愿队", "add a team on {day}"),
}
_ADD = {
    "H4": Template("增加1位能讲“{asked}”的专家", "add an expert on “{asked}”"),
    "H5": Template("增加1套“{asked}”展品", "add a “{asked}”"),
    "H6": Template("增加1支志愿队", "add a team"),
}
_MORE_A_DAY = Template("请{site}一天多接待1场", "ask {site} to take one more a day")
_MORE_ROOM = Template("{venue}增加1个可用房间", "one more room at {venue}")
_WAIVE = Template("不再要求：{rule}", "no longer ask: {rule}")
