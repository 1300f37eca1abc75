"""Faults of what binds things together: series, tracks, relations, travel, wishes, locks."""

from __future__ import annotations

from events.planner.answer import Sentence
from events.planner.faults.known import Known
from events.planner.faults.report import LARGEST, Report, Row, clip
from events.planner.problem import Lock, Problem
from events.planner.wording import Template

MOST_QUOTAS = 100_000
MOST_WISHES = 200_000
MOST_GROUPS = 50_000
MOST_RELATIONS = 200_000
MOST_STORMS = 100_000
MOST_PAIRS = 10_000
MOST_LOCKS = 50_000

_ITSELF = Template("{row}的前后两个活动是同一个", "{row} ties an activity to itself")
_NOT_SQUARE = Template(
    "{table}应有{count}行、每行{count}个数，与区县一一对应",
    "{table} must have {count} rows of {count}, one for each district",
)
_NEGATIVE_WAY = Template(
    "{table}第{row}行第{column}个数应在0至{most}之间",
    "{table}, row {row}, column {column}, must be 0 to {most}",
)
_LOCKED_TWICE = Template(
    "活动“{name}”有两条锁定", "The activity “{name}” is locked twice; one lock says all"
)


def quotas(problem: Problem, known: Known) -> Report:
    """Audience, district, number."""
    report = Report("quota_problems", "quotas", Sentence("场次要求", "quota"))
    if report.short_enough(problem.quotas, MOST_QUOTAS):
        for at, quota in enumerate(problem.quotas):
            row = report.of(at)
            row.known("audience", quota.audience, known.audiences)
            row.known("district", quota.district, known.districts)
            row.number("least", quota.least)
    return report


def wishes(problem: Problem, known: Known) -> Report:
    """Volunteer, activity, points."""
    report = Report("wish_problems", "wishes", Sentence("志愿者意愿", "wish"))
    if report.short_enough(problem.wishes, MOST_WISHES):
        for at, wish in enumerate(problem.wishes):
            row = report.of(at)
            row.known("volunteer", wish.volunteer, known.volunteers)
            row.known("activity", wish.activity, known.activities)
            row.number("points", wish.points)
    return report


def series(problem: Problem, known: Known) -> Report:
    """Activities, each once; days."""
    report = Report("series_problems", "series", Sentence("系列", "series"))
    if report.short_enough(problem.series, MOST_GROUPS):
        report.ids(one.id for one in problem.series)
        for at, one in enumerate(problem.series):
            row = report.of(at, one.id)
            _group(row, one.activities, known)
            row.number("least_days", one.least_days)
    return report


def tracks(problem: Problem, known: Known) -> Report:
    """Activities, each once."""
    report = Report("track_problems", "tracks", Sentence("同一批人的活动组", "track"))
    if report.short_enough(problem.tracks, MOST_GROUPS):
        report.ids(track.id for track in problem.tracks)
        for at, track in enumerate(problem.tracks):
            _group(report.of(at, track.id), track.activities, known)
    return report


def _group(row: Row, activities: tuple[str, ...], known: Known) -> None:
    row.all_known("activities", activities, known.activities)
    row.once("activities", activities)


def relations(problem: Problem, known: Known) -> Report:
    """Two different activities, and an amount."""
    report = Report("relation_problems", "relations", Sentence("前后关系", "relation"))
    if report.short_enough(problem.relations, MOST_RELATIONS):
        for at, relation in enumerate(problem.relations):
            row = report.of(at)
            row.known("first", relation.first, known.activities)
            row.known("second", relation.second, known.activities)
            row.number("amount", relation.amount)
            if relation.first == relation.second:
                report.tell(f"[{at}]", _ITSELF, row=row.row)
    return report


def travel(problem: Problem, _: Known) -> Report:
    """Two tables, each empty or square over the districts; no way is negative."""
    report = Report("travel_problems", "travel", Sentence("路途", "travel"))
    size = len(problem.districts)
    for name, words, table in (
        ("minutes", _MINUTES, problem.travel.minutes),
        ("km", _KM, problem.travel.km),
    ):
        if table and (len(table) != size or any(len(row) != size for row in table)):
            report.tell(f".{name}", _NOT_SQUARE, table=words, count=size)
            continue
        for at, row in enumerate(table):
            if report.full:
                break
            if row and not 0 <= min(row) <= max(row) <= LARGEST:
                wrong = next(to for to, way in enumerate(row) if not 0 <= way <= LARGEST)
                facts = {"row": at + 1, "column": wrong + 1, "most": LARGEST}
                report.tell(f".{name}[{at}][{wrong}]", _NEGATIVE_WAY, table=words, **facts)
    return report


_MINUTES = Sentence("路途时间表", "The table of travel times")
_KM = Sentence("路途里程表", "The table of distances")


def storms(problem: Problem, known: Known) -> Report:
    """Day and district."""
    report = Report("storm_problems", "storms", Sentence("恶劣天气", "storm"))
    if report.short_enough(problem.storms, MOST_STORMS):
        for at, (day, district) in enumerate(sorted(problem.storms)):
            row = report.of(at)
            row.number("day", day, 0, len(problem.days) - 1)
            row.known("district", district, known.districts)
    return report


def not_after(problem: Problem, _: Known) -> Report:
    """Not too many."""
    report = Report("not_after_problems", "not_after", Sentence("次日不能承担的岗位", "not-after"))
    report.short_enough(problem.not_after, MOST_PAIRS)
    return report


def locks(problem: Problem, known: Known) -> Report:
    """References, and one lock for an activity."""
    report = Report("lock_problems", "locks", Sentence("锁定", "lock"))
    if not report.short_enough(problem.locks, MOST_LOCKS):
        return report
    seen: set[str] = set()
    for at, lock in enumerate(problem.locks):
        _lock(report.of(at), lock, known)
        if lock.activity in seen:
            report.tell(f"[{at}].activity", _LOCKED_TWICE, name=clip(lock.activity))
        seen.add(lock.activity)
    return report


def _lock(row: Row, lock: Lock, known: Known) -> None:
    row.known("activity", lock.activity, known.activities)
    row.known("venue", lock.venue, known.venues)
    row.number("start", lock.start, -LARGEST)
    row.known("team", lock.team, known.teams)
    row.all_known("experts", lock.experts or (), known.experts)
    row.all_known("kits", lock.kits or (), known.kits)
    if row.few("volunteers", lock.volunteers or ()):
        row.all_known(
            "volunteers", tuple(one for one, _ in lock.volunteers or ()), known.volunteers
        )


TABLES = (quotas, wishes, series, tracks, relations, travel, storms, not_after, locks)
