"""Why so few venue-times are left: each one that is not is counted under its first reason."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from events.planner.answer import Plan, Reason, Sentence, Waterfall
from events.planner.candidates import Candidates, Cause
from events.planner.explain.others import FULL_DAY, Hindrance, Others
from events.planner.wording import Names, Template, listed

RULES = {
    Cause.NOT_CHOSEN: "H1",
    Cause.TOO_SMALL: "H2",
    Cause.FACILITIES: "H2",
    Cause.HOURS: "H1",
    Cause.CLOSED: "H1",
    Cause.DATES: "H1",
    Cause.STORM: "H10",
    Cause.LOCKED: "H9",
    Cause.NOT_WISHED: "H1",
}
_CAUSES = {
    Cause.NOT_CHOSEN: Template(
        "{count}个不在指定的场地", "{count} at venues that it does not name"
    ),
    Cause.TOO_SMALL: Template("{count}个座位不足", "{count} with too few seats"),
    Cause.FACILITIES: Template("{count}个缺少设施（{needed}）", "{count} without {needed}"),
    Cause.HOURS: Template("{count}个超出开放时间", "{count} not open long enough"),
    Cause.CLOSED: Template(
        "{count}个已停用、另有安排或来不及预约", "{count} closed, booked or too soon to ask for"
    ),
    Cause.DATES: Template("{count}个不在可选的日期和时间内", "{count} outside its dates and times"),
    Cause.STORM: Template("{count}个遇恶劣天气", "{count} in a storm"),
    Cause.LOCKED: Template("{count}个与锁定的场地或时间不同", "{count} other than locked"),
    Cause.NOT_WISHED: Template("{count}个不合“必须”满足的意愿", "{count} not as it must be wished"),
}
_OTHERS = {
    "H11": Template(
        "{count}个与{by}同时，而参加的是同一批人",
        "{count} at the time of {by}, for the same people",
    ),
    "H8": Template("{count}个不合与{by}约定的先后或日期", "{count} at odds with {by}"),
    "H3": Template("{count}个场地已被{by}占用", "{count} taken by {by}"),
    FULL_DAY: Template("{count}个场地当天已排满", "{count} at places that take no more that day"),
    "H4": Template("{count}个没有专家有空（{needed}）", "{count} with no expert free ({needed})"),
    "H5": Template("{count}个没有器材可用（{needed}）", "{count} with no kit free ({needed})"),
    "H6": Template("{count}个没有合适的志愿队有空", "{count} with no fitting team free"),
}


def waterfall(
    candidates: Candidates, names: Names, activity: int, plan: Plan | None = None
) -> Waterfall:
    """From all venue-times of an activity to those left: total = sum of reasons + left.

    activity: its index. With a plan, what its other activities take is counted too.
    """
    total, causes = candidates.reasons(activity)
    asked = candidates.problem.activities[activity]
    needed = listed(sorted(asked.facilities))
    reasons = [
        Reason(RULES[cause], causes[cause], _CAUSES[cause].fill(count=causes[cause], needed=needed))
        for cause in Cause
        if causes[cause]
    ]
    if plan is not None:
        reasons += _taken(candidates, names, activity, plan)
    left = total - sum(reason.count for reason in reasons)
    return Waterfall(asked.id, total, tuple(reasons), left)


def _taken(candidates: Candidates, names: Names, activity: int, plan: Plan) -> Iterator[Reason]:
    asked = candidates.problem.activities[activity]
    venues, slots = np.nonzero(candidates.possible(activity))
    starts = candidates.starts[slots]
    others = Others(candidates.problem, plan, asked)
    for rule in _OTHERS:
        hindrance = others.hindrance(rule, venues, starts)
        count = int(np.count_nonzero(hindrance.against))
        venues, starts = venues[~hindrance.against], starts[~hindrance.against]
        if count:
            yield Reason(rule.partition(" ")[0], count, _said(hindrance, count, names))


def _said(hindrance: Hindrance, count: int, names: Names) -> Sentence:
    return _OTHERS[hindrance.rule].fill(
        count=count, by=names.activities(hindrance.by), needed=listed(hindrance.asked)
    )
