"""What a rule can be relaxed to, in words that say exactly that, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from events.planner import candidates
from events.planner.answer import Placement, Sentence
from events.planner.explain.allow import ALLOW_TIME, ALLOW_VENUE, Changed, changing, time_of
from events.planner.explain.crews import Crew
from events.planner.explain.impossible import NEW, drop
from events.planner.explain.pools import Pool
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
from events.planner.wording import Names, Template

MOST_ADDED = 9
"""New experts, kits or teams of one kind at once."""
_OTHER_VENUE, _NEAR_TIME, _OTHER_TIME, _ONE_MORE = 10, 20, 25, 30
_NO_RELATION, _ROOM, _NO_TRACK = 50, 60, 80
"""What a relaxed rule costs, in points: a permission less than a change, a promise most."""
_FEW_VENUES = 5
_MOST_NAMED = 3

Placed = Mapping[str, Placement]
New = Expert | Kit | Team


@dataclass(frozen=True, slots=True)
class Way:
    """Rules relaxed: how, at what cost; and, seen what came of it, more narrowly, in words."""

    rules: tuple[str, ...]
    cost: int
    change: Changed
    settle: Callable[[Placed], tuple[Changed, Sentence]]
    kind: str = ""
    """Tells ways of one rule apart; of one kind the cheapest that helps is enough."""
    without: frozenset[str] = frozenset()
    """The activities that are dropped."""


def single(problem: Problem, rules: Sequence[Rule]) -> Iterator[Way]:
    """One thing changed for each rule; what several crews lack is offered once."""
    names = Names(problem)
    for rule in rules:
        about = rule.about
        if isinstance(about, Activity):
            yield from _of_activity(problem, names, rule.id, about)
        elif isinstance(about, Pool):
            yield _room(problem, names, rule.id, about)
        elif isinstance(about, Site):
            yield _one_more(rule.id, about)
        elif not isinstance(about, Crew):
            yield _without(rule, about)
    for new, rule_id in _relief(problem, rules).items():
        yield _adding(names, rule_id, new, 1)


def several(problem: Problem, rules: Sequence[Rule], missing: int) -> Iterator[Way]:
    """For many too many: two or more new ones of a kind, or the least costly sessions left out."""
    names = Names(problem)
    for many in range(2, min(missing, MOST_ADDED) + 1):
        for new, rule in _relief(problem, rules).items():
            yield _adding(names, rule, new, many)
    asked = sorted(_activities(rules), key=lambda one: one.priority)
    if 2 < missing <= len(asked):
        yield _dropping(problem, names, asked[:missing])


def _activities(rules: Iterable[Rule]) -> list[Activity]:
    return [rule.about for rule in rules if isinstance(rule.about, Activity)]


def _of_activity(problem: Problem, names: Names, rule: str, asked: Activity) -> Iterator[Way]:
    def settle_venue(placed: Placed) -> tuple[Changed, Sentence]:
        venue = placed[asked.id].venue
        change = changing(asked.id, venues=(asked.venues or frozenset()) | {venue})
        said = ALLOW_VENUE.fill(activity=names.activity(asked.id), venue=names.of(Venue, venue))
        return change, said

    def settle_time(placed: Placed) -> tuple[Changed, Sentence]:
        time = time_of(asked, placed[asked.id].start)
        change = changing(asked.id, windows=(*asked.windows, time))
        said = ALLOW_TIME.fill(activity=names.activity(asked.id), time=names.span(time))
        return change, said

    if asked.venues is not None:
        wider = asked.venues | _fitting(problem, asked)
        yield Way((rule,), _OTHER_VENUE, changing(asked.id, venues=wider), settle_venue, "venue")
    if asked.windows:
        near = _whole(window.start // DAY for window in asked.windows)
        for cost, windows in ((_NEAR_TIME, near), (_OTHER_TIME, ())):
            yield Way((rule,), cost, changing(asked.id, windows=windows), settle_time, "time")
    yield _dropping(problem, names, [asked])


def _fitting(problem: Problem, asked: Activity) -> frozenset[str]:
    """A few venues that an activity does not name although they would suit it best."""
    at = problem.activities.index(asked)
    found = candidates.find(changing(asked.id, venues=None)(problem))
    indices = dict.fromkeys(found.arrays(at)[0].tolist())
    venues = [problem.venues[index] for index in indices]
    others = [
        one.id
        for one in venues
        if one.id not in (asked.venues or ()) and one.outdoor is asked.outdoor
    ]
    return frozenset(others[:_FEW_VENUES])


def _dropping(problem: Problem, names: Names, some: Sequence[Activity]) -> Way:
    """Some activities left out; of many the first three are named."""
    drops = [drop(problem, names, one) for one in some]
    said, told = drops[0].sentence, [names.activity(one.id) for one in some[:_MOST_NAMED]]
    if len(some) > _MOST_NAMED:
        first = Sentence("".join(x.zh for x in told), ", ".join(x.en for x in told))
        said = _DROP_MANY.fill(some=first, count=len(some), more=len(some) - _MOST_NAMED)
    elif len(some) > 1:
        said = _DROP.fill(some=names.activities(one.id for one in some))
    rules = tuple(rule for one in drops for rule in one.rules)
    cost, gone = sum(one.cost for one in drops), frozenset(one.id for one in some)
    return Way(rules, cost, _same, lambda _: (_same, said), "drop", gone)


def _relief(problem: Problem, rules: Sequence[Rule]) -> dict[New, str]:
    """Who would relieve the crews, free at all times; with the first rule that it relaxes."""
    asked = {field for one in _activities(rules) for field in one.fields}
    found: dict[New, str] = {}
    for rule in rules:
        if isinstance(rule.about, Crew):
            for new in _like(problem, rule.about, asked):
                found.setdefault(new, rule.id)
    return found


def _like(problem: Problem, crew: Crew, asked: Collection[str]) -> Iterator[New]:
    """One more of a crew; of experts one for each field that is asked."""
    name = crew.each.id
    if crew.number == "H4":
        able = next(one.fields for one in problem.experts if one.id == name)
        for field in sorted(able.intersection(asked)):
            yield Expert("new expert", frozenset({field}))
    elif crew.number == "H5":
        yield Kit("new kit", next(one.kind for one in problem.kits if one.id == name))
    else:
        like = next(one for one in problem.teams if one.id == name)
        yield Team("new team", like.size, skills=like.skills)


def _adding(names: Names, rule: str, new: New, many: int) -> Way:
    """So many new ones; once it is seen when they serve, on those days only."""
    kind = f"{new.id} {_asked(new)}"
    ids = [f"{kind} {number}" for number in range(many)]

    def add(problem: Problem, windows: tuple[Window, ...] = ()) -> Problem:
        table = _TABLES[type(new)]
        rows = (replace(new, id=name, windows=windows) for name in ids)
        changed: dict[str, Any] = {table: (*getattr(problem, table), *rows)}
        return replace(problem, **changed)

    def settle(placed: Placed) -> tuple[Changed, Sentence]:
        days = {
            one.start // DAY
            for one in placed.values()
            if not {*one.experts, *one.kits, one.team}.isdisjoint(ids)
        }
        return lambda problem: add(problem, _whole(days)), _said_new(names, new, many, days)

    return Way((rule,), NEW * many, add, settle, kind)


_TABLES: dict[type, str] = {Expert: "experts", Kit: "kits", Team: "teams"}


def _asked(new: New) -> str:
    if isinstance(new, Expert):
        return "、".join(sorted(new.fields))
    return new.kind if isinstance(new, Kit) else "、".join(sorted(new.skills))


def _said_new(names: Names, new: New, many: int, days: Iterable[int]) -> Sentence:
    one, more = _NEW_ONES[type(new)]
    said = (one if many == 1 else more).fill(many=many, asked=_asked(new))
    if len(set(days)) != 1:
        return said
    return _ON.fill(day=names.day(next(iter(days))), said=said)


def _whole(days: Iterable[int]) -> tuple[Window, ...]:
    """Whole days, and the night after: what begins there may end there."""
    return tuple(Window((day - 1) * DAY, (day + 2) * DAY) for day in sorted(set(days)))


def _room(problem: Problem, names: Names, rule: str, pool: Pool) -> Way:
    venue = problem.venues[pool.venues[0]]
    said = _MORE_ROOM.fill(venue=names.of(Venue, venue.id))

    def change(problem: Problem) -> Problem:
        venues = tuple(
            replace(one, rooms=one.rooms + 1) if one.id == venue.id else one
            for one in problem.venues
        )
        return replace(problem, venues=venues)

    return Way((rule,), _ROOM, change, lambda _: (change, said))


def _one_more(rule: str, site: Site) -> Way:
    said = _MORE_A_DAY.fill(site=site.name or site.id)
    more = replace(site, most_per_day=tuple(most + 1 for most in site.most_per_day))

    def change(problem: Problem) -> Problem:
        return replace(
            problem, sites=tuple(more if one.id == site.id else one for one in problem.sites)
        )

    return Way((rule,), _ONE_MORE, change, lambda _: (change, said))


def _without(rule: Rule, about: Relation | Track) -> Way:
    said = _WAIVE.fill(rule=rule.sentence)
    cost = _NO_RELATION if isinstance(about, Relation) else _NO_TRACK

    def change(problem: Problem) -> Problem:
        return replace(
            problem,
            relations=tuple(one for one in problem.relations if one is not about),
            tracks=tuple(one for one in problem.tracks if one is not about),
        )

    return Way((rule.id,), cost, change, lambda _: (change, said))


def _same(problem: Problem) -> Problem:
    return problem


_DROP = Template("不排{some}", "leave out {some}")
_DROP_MANY = Template("不排{some}等{count}场", "leave out {some} and {more} more")
_NEW_ONES: dict[type, tuple[Template, Template]] = {
    Expert: (
        Template("增加1位能讲“{asked}”的专家", "add an expert on “{asked}”"),
        Template("增加{many}位能讲“{asked}”的专家", "add {many} experts on “{asked}”"),
    ),
    Kit: (
        Template("增加1套“{asked}”", "add a “{asked}”"),
        Template("增加{many}套“{asked}”", "add {many} “{asked}”"),
    ),
    Team: (
        Template("增加1支志愿队", "add a team"),
        Template("增加{many}支志愿队", "add {many} teams"),
    ),
}
_ON = Template("{day}{said}", "{said} on {day}")
_MORE_A_DAY = Template("请{site}一天多接待1场", "ask {site} to take one more a day")
_MORE_ROOM = Template("{venue}增加1个可用房间", "one more room at {venue}")
_WAIVE = Template("不再要求：{rule}", "no longer ask: {rule}")
