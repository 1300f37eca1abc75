"""An activity that no venue-time suits: the fewest rules that leave none, found without a solver.

Every venue-time carries the set of causes against it (`Candidates.causes`). The fewest causes that
meet all of these sets are the core; a smallest set is what it takes to make one possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from events.planner import candidates, spans
from events.planner.answer import Core, Repair, Sentence
from events.planner.candidates import Candidates, Cause, Ints
from events.planner.explain.allow import CHANGES, COSTS, Change
from events.planner.explain.needs import needs
from events.planner.explain.rules import place
from events.planner.explain.waterfall import RULES
from events.planner.problem import DAY, Activity, Problem, Term, Venue
from events.planner.roads import hold
from events.planner.terms import points
from events.planner.wording import Names, Template, chained, length, listed, shortened

MOST_REPAIRS = 3
NEW = 40
"""What a further expert, kit or team costs, in points."""


def explain(
    found: Candidates, names: Names, asked: Sequence[int]
) -> tuple[Core, tuple[Repair, ...]] | None:
    """Core and repairs of the first of `asked` (by index) that cannot be placed at all."""
    for one in asked:
        activity = found.problem.activities[one]
        for need in needs(found.problem, activity):
            if not need.able:
                return _nobody(found.problem, names, activity, need.rule, need.asked)
        if not found.count(one):
            return _nowhere(found, names, one)
    return None


def drop(problem: Problem, names: Names, activity: Activity) -> Repair:
    """The way out that always is: leaving the activity out, at what that costs."""
    cost = points(problem, Term.UNPLACED) * activity.priority
    said = _DROP.fill(activity=names.activity(activity.id))
    return Repair((place(names, activity).id,), said, cost)


def _nobody(
    problem: Problem, names: Names, activity: Activity, rule: str, asked: str
) -> tuple[Core, tuple[Repair, ...]]:
    placed, served = place(names, activity), f"{rule}:{asked}"
    said = placed.sentence, _NOBODY[rule].fill(asked=asked)
    core = Core((placed.id, served), said, minimal=True)
    found = Repair((served,), _SOMEBODY[rule].fill(asked=asked), NEW)
    return core, (found, drop(problem, names, activity))


def _nowhere(found: Candidates, names: Names, one: int) -> tuple[Core, tuple[Repair, ...]]:
    activity = found.problem.activities[one]
    venues, starts, masks = _universe(found, one)
    fewest = _fewest(set(np.unique(masks).tolist()))
    placed = place(names, activity)
    core = Core(
        (placed.id, *map(_rule, fewest)),
        (placed.sentence, *(_rule_said(found.problem, names, activity, one) for one in fewest)),
        minimal=True,
    )
    ways = sorted(_ways(found, names, one, (venues, starts, masks)), key=lambda way: way.cost)
    proved = [way.repair() for way in ways if candidates.find(way.problem).count(one)][
        : MOST_REPAIRS - 1
    ]
    return core, (*proved, drop(found.problem, names, activity))


def _universe(found: Candidates, one: int) -> tuple[Ints, Ints, Ints]:
    """Every venue at every start that may be asked for, its hours aside: (n,) each."""
    masks = found.causes(one)
    columns = np.flatnonzero(found.asked(one))
    venues = np.repeat(np.arange(masks.shape[0]), len(columns))
    starts = np.tile(found.starts[columns], masks.shape[0])
    return venues, starts, masks[:, columns].ravel().astype(np.int64)


def _fewest(masks: set[int]) -> tuple[Cause, ...]:
    """The smallest set of causes that meets every mask; of equals the first in their order."""
    for many in range(len(Cause) + 1):
        for some in combinations(Cause, many):
            union = sum(cause.bit for cause in some)
            if all(mask & union for mask in masks):
                return some
    return tuple(Cause)


@dataclass(frozen=True, slots=True)
class _Way:
    """A problem in which the activity is possible, and what was changed for it."""

    problem: Problem
    rules: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    cost: int

    def repair(self) -> Repair:
        return Repair(self.rules, chained(self.sentences), self.cost)


def _ways(
    found: Candidates, names: Names, one: int, universe: tuple[Ints, Ints, Ints]
) -> Iterator[_Way]:
    """For every smallest set of causes the venue-time that is made possible most easily."""
    venues, starts, masks = universe
    activity = found.problem.activities[one]
    kinds = sorted(set(np.unique(masks).tolist()), key=lambda mask: (mask.bit_count(), mask))
    tried: list[int] = []
    for mask in kinds:
        causes = [cause for cause in Cause if mask & cause.bit]
        if any(mask & other == other for other in tried) or Cause.STORM in causes:
            continue
        tried.append(mask)
        at = np.flatnonzero(masks == mask)
        effort = _effort(found.problem, activity, venues[at], starts[at])
        if effort.min() > _MOST_EFFORT:
            continue
        best = at[np.argmin(effort)]
        venue, start = found.problem.venues[int(venues[best])], int(starts[best])
        change = Change(found.problem, names, activity, venue, start)
        changed = found.problem
        said = []
        for cause in causes:
            changed, sentence = CHANGES[cause](replace(change, problem=changed))
            said.append(sentence)
        cost = sum(COSTS[cause] for cause in causes) + int(effort.min())
        yield _Way(changed, tuple(map(_rule, causes)), tuple(said), cost)


def _effort(problem: Problem, activity: Activity, venues: Ints, starts: Ints) -> Ints:
    """How far each venue-time is from what is asked, (n,).

    Half hours beyond the opening hours, hundreds of seats and facilities that are missing, another
    district, days from the wish, days and half hours from its own windows.
    """
    effort = np.zeros(len(venues), dtype=np.int64)
    for index in np.unique(venues).tolist():
        venue, rows = problem.venues[index], venues == index
        span = hold(activity, 0)
        first, last = starts[rows] + span.start, starts[rows] + span.end
        beyond = [
            np.maximum(window.start - first, 0) + np.maximum(last - window.end, 0)
            for window in venue.open
        ]
        nearest = np.minimum.reduce(beyond) if beyond else np.full(len(first), _NEVER)
        effort[rows] = nearest // 30
        effort[rows] += max(activity.visitors - venue.seats, 0) // 100
        effort[rows] += 6 * (activity.district not in {None, venue.district})
        effort[rows] += 5 * len(activity.facilities - venue.facilities)
    if activity.wish_day is not None:
        effort += np.abs(starts // DAY - activity.wish_day)
    return effort + _away(activity, starts)


def _away(activity: Activity, starts: Ints) -> Ints:
    """How far starts lie from what its windows allow, (n,): two a day, one for a half hour."""
    if not activity.windows:
        return np.zeros(len(starts), dtype=np.int64)
    far = np.minimum.reduce(
        [
            np.abs(starts - np.clip(starts, one.start, max(one.start, one.end - activity.minutes)))
            for one in activity.windows
        ]
    )
    days = (far + DAY // 2) // DAY
    away: Ints = 2 * days + np.abs(far - days * DAY) // 30
    return away


_NEVER = 10**6
"""Minutes from the opening hours of a venue that has none."""
_MOST_EFFORT = 100
"""What is farther from what is asked is no way out."""
_DROP = Template("不排{activity}", "leave {activity} out")
_NOBODY = {
    "H4": Template("没有能讲“{asked}”的专家可请", "no expert on “{asked}” is to be had"),
    "H5": Template("没有“{asked}”可用", "no “{asked}” is to be had"),
    "H6": Template(
        "没有人数和技能都合适的志愿队可用", "no team that is large and skilled enough is to be had"
    ),
}
_SOMEBODY = {
    "H4": Template("请1位能讲“{asked}”的专家", "find an expert on “{asked}”"),
    "H5": Template("调来1套“{asked}”", "bring in a “{asked}”"),
    "H6": Template("请1支合适的志愿队", "find a fitting team"),
}


def _rule(cause: Cause) -> str:
    return f"{RULES[cause]}:{cause.name.lower()}"


def _rule_said(problem: Problem, names: Names, activity: Activity, cause: Cause) -> Sentence:
    chosen = [x for x in problem.venues if activity.venues is None or x.id in activity.venues]
    there = frozenset[str]().union(*(one.facilities for one in chosen))
    nowhere = sorted(activity.facilities - there)
    return _SAID[cause].fill(
        activity=names.activity(activity.id),
        visitors=activity.visitors,
        needed=listed(sorted(activity.facilities)),
        nowhere=_NOWHERE.fill(missing=listed(nowhere)) if nowhere else "",
        whole=length(activity.setup + activity.minutes + activity.strike),
        opened=_opened(names, activity, chosen),
        venues=shortened([names.of(Venue, one.id) for one in chosen]),
        times=shortened([names.span(window) for window in activity.windows]),
    )


def _opened(names: Names, activity: Activity, chosen: Sequence[Venue]) -> Sentence | str:
    """When the chosen venues are open on the days asked for, if that is soon said."""
    days = [spans.whole_days(one) for one in activity.windows]
    opened = {
        window
        for venue in chosen
        for window in spans.merged(venue.open)
        if any(spans.overlap(window, day) for day in days)
    }
    if not days or len(opened) > _MOST_HOURS:
        return ""
    if not opened:
        return _SHUT
    times = [names.span(one) for one in sorted(opened, key=lambda one: one.start)]
    return _OPENED.fill(times=listed(times))


_MOST_HOURS = 3
_OPENED = Template("（可用场地的开放时间：{times}）", " (the venues are open {times})")
_SHUT = Sentence("（可用场地当天都不开放）", " (none of the venues is open then)")
_NOWHERE = Template("（可用场地都没有{missing}）", " (none of the venues has {missing})")
_SAID = {
    Cause.NOT_CHOSEN: Template(
        "{activity}只能在指定的场地举办：{venues}", "{activity} may only be at: {venues}"
    ),
    Cause.TOO_SMALL: Template("座位不少于{visitors}个", "there are at least {visitors} seats"),
    Cause.FACILITIES: Template("场地具备{needed}{nowhere}", "the venue has {needed}{nowhere}"),
    Cause.HOURS: Template(
        "连布置和撤场共{whole}，都在开放时间内{opened}",
        "{whole} with set-up and strike lie in opening hours{opened}",
    ),
    Cause.CLOSED: Template(
        "避开停用、已有安排和来不及预约的时段",
        "closed and booked times are kept free, and places are asked in time",
    ),
    Cause.DATES: Template("{activity}只能排在：{times}", "{activity} may only be at: {times}"),
    Cause.STORM: Template("恶劣天气时不在户外", "nothing is outdoors in a storm"),
    Cause.LOCKED: Template(
        "{activity}的场地或时间已锁定", "the venue or the time of {activity} is locked"
    ),
    Cause.NOT_WISHED: Template("希望的时间和区县“必须”满足", "the wishes “must” be met"),
}
