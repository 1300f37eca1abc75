"""The rules that a question can be about, one literal each: what they are called, what they say."""

from __future__ import annotations

from dataclasses import dataclass, field

from events.planner.answer import Sentence
from events.planner.explain.crews import Crew
from events.planner.explain.pools import Pool
from events.planner.problem import (
    Activity,
    Expert,
    Kit,
    Problem,
    Relation,
    Site,
    Team,
    Tie,
    Track,
    Venue,
)
from events.planner.wording import Names, Template, count, listed, pause


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a core: "H4:expert", "H3:venue", "place:activity"; equal by its id."""

    id: str
    sentence: Sentence = field(compare=False)
    about: Activity | Crew | Pool | Relation | Site | Track = field(compare=False)
    """What it is a rule of."""

    @property
    def number(self) -> str:
        """H3, H4, ...; `place` for an activity that is to be placed."""
        return self.id.partition(":")[0]


def place(names: Names, activity: Activity) -> Rule:
    """An activity is to be placed, within what its own rules leave to it."""
    sentence = _PLACE.fill(activity=names.activity(activity.id))
    return Rule(f"place:{activity.id}", sentence, activity)


def rooms(names: Names, problem: Problem, pool: Pool) -> Rule:
    """So many activities at once; the id of several venues that are alike joins theirs."""
    ids = [problem.venues[venue].id for venue in pool.venues]
    some = listed([names.of(Venue, one) for one in ids[:_MOST_NAMED]])
    said = _ROOMS if len(ids) <= _MOST_NAMED else _ROOMS_OF_MANY
    held = count(pool.rooms, "场活动", "activity", "activities")
    sentence = said.fill(venues=some, more=len(ids) - _MOST_NAMED, rooms=held)
    return Rule(f"H3:{'+'.join(ids)}", sentence, pool)


def days(site: Site) -> Rule:
    """A site takes so many activities a day, fewer where other sessions stand already."""
    name, most = site.name or site.id, max(site.most_per_day)
    held = count(most, "场活动", "activity", "activities")
    said = _DAYS if min(site.most_per_day) == most else _DAYS_WITH_OTHERS
    return Rule(f"H3:{site.id}", said.fill(site=name, most=held), site)


def people(names: Names, crew: Crew) -> Rule:
    """Each expert, kit or team serves one activity at a time, when and where it can."""
    number, windows = crew.number, crew.each.windows
    is_one = len(crew.members) == 1
    are, need = ("is", "needs") if is_one else ("are", "need")
    rest = _ON_THE_WAY[number].fill(need=need)
    if 0 < len(windows) <= _MOST_NAMED:
        times = listed([names.span(window) for window in windows])
        rest = _AVAILABLE[number].fill(are=are, times=times)
    elif windows:
        rest = _AT_TIMES.fill(rest=rest, are=are)
    said = _SERVES[number] if is_one else _EACH_SERVES[number]
    ids = "+".join(member.id for member in crew.members)
    return Rule(f"{number}:{ids}", said.fill(name=_named(names, crew), rest=rest), crew)


def _named(names: Names, crew: Crew) -> Sentence:
    """A crew by the names of its members, the first three where there are many."""
    kind = {"H4": Expert, "H5": Kit, "H6": Team}[crew.number]
    told = [names.of(kind, member.id) for member in crew.members[:_MOST_NAMED]]
    more = len(crew.members) - _MOST_NAMED
    if more <= 0:
        return listed(told)
    some = Sentence("、".join(told), ", ".join(told))
    return _OF_MANY[crew.number].fill(some=some, count=len(crew.members), more=more)


def track_rule(names: Names, track: Track) -> Rule:
    """Activities for the same people are not at once."""
    some = names.activities(track.activities[:_MOST_NAMED])
    more = len(track.activities) - _MOST_NAMED
    said = _TRACK if more <= 0 else _LONG_TRACK
    return Rule(f"H11:{track.id}", said.fill(activities=some, more=more), track)


def relation_rule(names: Names, relation: Relation) -> Rule:
    """Two activities keep their order or days."""
    gap = count(relation.amount, "天", "day")
    if relation.kind is Tie.BEFORE:
        gap = pause(relation.amount)
    sentence = _TIES[relation.kind].fill(
        first=names.activity(relation.first), second=names.activity(relation.second), gap=gap
    )
    return Rule(f"H8:{relation.kind}:{relation.first}:{relation.second}", sentence, relation)


_MOST_NAMED = 3
_PLACE = Template("{activity}要排上", "{activity} is to be placed")
_ROOMS = Template("{venues}同时最多容纳{rooms}", "{venues}: room for {rooms} at once")
_ROOMS_OF_MANY = Template(
    "{venues}等场地（另有{more}个）同时最多容纳{rooms}",
    "{venues} and {more} more like them: room for {rooms} at once",
)
_DAYS = Template("{site}一天最多接待{most}", "{site} takes {most} a day")
_DAYS_WITH_OTHERS = Template(
    "{site}一天最多接待{most}（已有的预订计入）",
    "{site} takes {most} a day, standing bookings included",
)
_SERVES = {
    "H4": Template(
        "{name}一次只能参加一场，{rest}", "{name} can be at one session at a time{rest}"
    ),
    "H5": Template("{name}一次只能用于一场，{rest}", "{name} can be in one place at a time{rest}"),
    "H6": Template(
        "{name}一次只能服务一场，{rest}", "{name} can serve at one session at a time{rest}"
    ),
}
_EACH_SERVES = {
    "H4": Template(
        "{name}每人一次只能参加一场，{rest}", "{name} can each be at one session at a time{rest}"
    ),
    "H5": Template(
        "{name}每套一次只能用于一场，{rest}", "{name} can each be in one place at a time{rest}"
    ),
    "H6": Template(
        "{name}每队一次只能服务一场，{rest}", "{name} can each serve at one session at a time{rest}"
    ),
}
_ON_THE_WAY = {
    "H4": Template("路途需要时间", " and {need} time to travel"),
    "H5": Template("装卸和路途需要时间", " and {need} time to be moved"),
    "H6": Template("路途需要时间", " and {need} time to travel"),
}
_AVAILABLE = {
    "H4": Template("可参加的时间是{times}", ", and {are} available {times}"),
    "H5": Template("可使用的时间是{times}", ", and {are} available {times}"),
    "H6": Template("可服务的时间是{times}", ", and {are} available {times}"),
}
_AT_TIMES = Template("{rest}，且并非随时有空", "{rest}, and {are} not free at all times")
_OF_MANY = {
    "H4": Template("{some}等{count}位专家", "{some} and {more} more"),
    "H5": Template("{some}等{count}套器材", "{some} and {more} more"),
    "H6": Template("{some}等{count}支志愿队", "{some} and {more} more"),
}
_TRACK = Template(
    "{activities}面向同一批人，不能同时进行",
    "{activities} are for the same people and cannot be at the same time",
)
_LONG_TRACK = Template(
    "{activities}等（另有{more}场）面向同一批人，不能同时进行",
    "{activities} and {more} more are for the same people and cannot be at the same time",
)
_TIES = {
    Tie.BEFORE: Template(
        "{second}应在{first}结束{gap}后开始", "{second} begins {gap}after the end of {first}"
    ),
    Tie.SAME_DAY: Template("{first}和{second}应在同一天", "{first} and {second} are on one day"),
    Tie.OTHER_DAY: Template(
        "{first}和{second}不应在同一天", "{first} and {second} are on different days"
    ),
    Tie.DAYS_APART: Template(
        "{first}和{second}应至少相隔{gap}", "{first} and {second} are at least {gap} apart"
    ),
}
