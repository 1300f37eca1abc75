"""The soft terms in the words of those who set them: unit, points, where the slider rests."""

from __future__ import annotations

from dataclasses import dataclass

from events.planner.answer import Sentence
from events.planner.problem import Level, Problem, Term


@dataclass(frozen=True, slots=True)
class Words:
    """A term's name, the unit that it counts, and its points for one unit."""

    name: Sentence
    unit: Sentence
    points: int
    rest: Level = Level.NORMAL


TERMS: dict[Term, Words] = {
    Term.UNPLACED: Words(
        Sentence("尽量都排上", "Place everything"),
        Sentence("未排活动（按优先级×1/×3/×10）", "activity left out (×1/×3/×10 by priority)"),
        200,
    ),
    Term.COVERAGE: Words(
        Sentence("各类人群、各区县都照顾到", "Reach every audience and district"),
        Sentence("比应有场次少的一场", "activity missing below a quota"),
        10,
    ),
    Term.TIME: Words(
        Sentence("时间合适", "Fitting times"),
        Sentence("偏离希望日期一天", "day away from the wish"),
        4,
    ),
    Term.VENUE: Words(
        Sentence("场地合适", "Fitting venues"),
        Sentence("不在希望的区县", "not in the wished district"),
        6,
    ),
    Term.CROWDING: Words(
        Sentence("人人有座", "A seat for everyone"),
        Sentence("超出座位的一人", "visitor above the seats"),
        1,
        Level.MUST,
    ),
    Term.SPREAD: Words(
        Sentence("系列分散在不同日子", "Spread a series over days"),
        Sentence("比应有天数少的一天", "day missing to a series' least"),
        5,
    ),
    Term.COMPACT: Words(
        Sentence("同一批人的活动前后相连", "Keep a track's sessions together"),
        Sentence("前后都不相连的一场", "session with no neighbour right before or after"),
        2,
    ),
    Term.ONE_VENUE: Words(
        Sentence("系列固定在一个场地", "One venue for a series"),
        Sentence("多用的一个场地", "further venue of a series"),
        1,
    ),
    Term.EXPERTS: Words(
        Sentence("专家不太累", "Spare the experts"),
        Sentence("一天第三场起的一场", "session of an expert from the third a day"),
        5,
    ),
    Term.WISHES: Words(
        Sentence("志愿者称心", "Volunteers' wishes"),
        Sentence("未满足的愿望（按愿望分值）", "wish not met (by its points)"),
        1,
    ),
    Term.FAIRNESS: Words(
        Sentence("志愿者公平", "Fair shares"),
        Sentence(
            "多于平均份额的一小时（最多者×5）", "hour above the fair share (the most loaded ×5)"
        ),
        1,
        Level.IGNORED,
    ),
    Term.PLACES: Words(
        Sentence("每个岗位有人", "Fill every place"),
        Sentence("空缺的岗位（按岗位分值）", "place unfilled (by its points)"),
        1,
    ),
    Term.KIT_TRAVEL: Words(
        Sentence("车和器材少跑路", "Short ways for kits"),
        Sentence("50 公里", "50 km"),
        1,
    ),
    Term.BACKUP: Words(
        Sentence("天气有备用", "A place when it rains"),
        Sentence("没有室内备用场地的户外活动", "outdoor activity without an indoor place"),
        5,
    ),
    Term.CHANGES: Words(
        Sentence("改动最少", "Few changes"),
        Sentence("一分扰动", "point of disturbance"),
        1,
    ),
}

WRONG_HALF_DAY = 3
"""Points of TIME when the start lies in another half-day than wished."""
PER_100_EMPTY_SEATS = 1
"""Points of VENUE for each full hundred of empty seats."""
PER_HOUR_OF_TRAVEL = 2
"""Points of EXPERTS for each hour of an expert's travel (pro rata, rounded down per expert)."""
UNIT_KM = 50
"""Kilometres of one unit of KIT_TRAVEL; a kit's are rounded down once."""
LARGEST_DEVIATION = 3
"""Points of COVERAGE times the largest gap below a quota."""
MOST_LOADED = 5
"""Points of FAIRNESS for each hour above the fair share of the most loaded person."""


def level(problem: Problem, term: Term) -> Level:
    """Where the slider of a term stands."""
    return problem.weights.get(term, TERMS[term].rest)


def points(problem: Problem, term: Term) -> int:
    """Points of one unit of a term as the sliders stand."""
    return TERMS[term].points * level(problem, term)
