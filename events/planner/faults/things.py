"""Faults of what a problem consists of: days, places, people, things, activities."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from events.planner.answer import Sentence
from events.planner.faults.contracts import contract
from events.planner.faults.known import Known
from events.planner.faults.report import Report, Row
from events.planner.problem import DAY, Activity, Problem
from events.planner.wording import Template

MOST_DAYS = 400
MOST_DISTRICTS = 1_000
MOST_AUDIENCES = 1_000
MOST_VENUES = 20_000
MOST_EXPERTS = 20_000
MOST_KITS = 20_000
MOST_TEAMS = 50_000
MOST_VOLUNTEERS = 100_000
MOST_ACTIVITIES = 50_000
MOST_VENUE_TIMES = 20_000_000

_NO_DAYS = Template("活动周期没有一天", "The campaign has no days")
_GAP = Template("{row}应是前一天的次日", "{row} must be the day after the one before")
_GRID = Template("时间间隔应在1至1440分钟之间", "The grid must be 1 to 1,440 minutes")
_NIGHT = Template(
    "夜间时段应从当天开始，最长24小时", "The night must begin on its day and last 24 hours at most"
)
_TOO_FINE = Template(
    "场地、天数和时间间隔合起来有{count}种时间地点，最多{most}种",
    "Venues, days and grid make {count} venue-times; {most} at most",
)
_EACH_DAY = Template(
    "{row}的{field}应有{count}个数，每天一个", "{row}: {field} must be {count} numbers, one a day"
)


def days(problem: Problem, _: Known) -> Report:
    """At least one day, each the next of the one before; hours of night that are some."""
    report = Report("day_problems", "days", Sentence("日期", "day"))
    if not problem.days:
        report.tell("", _NO_DAYS)
    if report.short_enough(problem.days, MOST_DAYS):
        for at, (before, after) in enumerate(pairwise(problem.days), start=1):
            if after.date - before.date != dt.timedelta(days=1):
                report.tell(f"[{at}].date", _GAP, row=report.named(at))
    return report


def grid(problem: Problem, _: Known) -> Report:
    """A grid between a minute and a day, and not too fine for so many venues and days."""
    report = Report("grid_problems", "grid", Sentence("时间间隔", "grid"))
    if not 1 <= problem.grid <= DAY:
        report.tell("", _GRID)
    else:
        count = len(problem.venues) * len(problem.days) * (DAY // problem.grid)
        if count > MOST_VENUE_TIMES:
            report.tell("", _TOO_FINE, count=count, most=MOST_VENUE_TIMES)
    return report


def night(problem: Problem, _: Known) -> Report:
    """A night begins on its day and ends within 24 hours."""
    report = Report("night_problems", "night", Sentence("夜间", "night"))
    if (
        not 0 <= problem.night.start < DAY
        or not 0 <= problem.night.end - problem.night.start <= DAY
    ):
        report.tell("", _NIGHT)
    return report


def districts(problem: Problem, _: Known) -> Report:
    """Ids."""
    report = Report("district_problems", "districts", Sentence("区县", "district"))
    if report.short_enough(problem.districts, MOST_DISTRICTS):
        report.ids(district.id for district in problem.districts)
    return report


def audiences(problem: Problem, _: Known) -> Report:
    """Ids."""
    report = Report("audience_problems", "audiences", Sentence("人群", "audience"))
    if report.short_enough(problem.audiences, MOST_AUDIENCES):
        report.ids(audience.id for audience in problem.audiences)
    return report


def venues(problem: Problem, known: Known) -> Report:
    """District, seats, rooms, hours."""
    report = Report("venue_problems", "venues", Sentence("场地", "venue"))
    for row, venue in report.rows(problem.venues, MOST_VENUES):
        row.known("district", venue.district, known.districts)
        row.number("seats", venue.seats)
        row.number("rooms", venue.rooms, 1)
        row.windows("open", venue.open)
        row.windows("closed", venue.closed)
    return report


def sites(problem: Problem, _: Known) -> Report:
    """A number for each day."""
    report = Report("site_problems", "sites", Sentence("场所", "site"))
    for row, site in report.rows(problem.sites, MOST_VENUES):
        if len(site.most_per_day) != len(problem.days):
            row.tell("most_per_day", _EACH_DAY, count=len(problem.days))
        elif row.few("most_per_day", site.most_per_day):
            for day, most in enumerate(site.most_per_day):
                row.number(f"most_per_day[{day}]", most)
    return report


def experts(problem: Problem, known: Known) -> Report:
    """Home, windows, limits."""
    report = Report("expert_problems", "experts", Sentence("专家", "expert"))
    for row, expert in report.rows(problem.experts, MOST_EXPERTS):
        row.known("district", expert.district, known.districts)
        row.windows("windows", expert.windows)
        row.number("most_per_day", expert.most_per_day)
        row.number("most", expert.most)
        row.number("buffer", expert.buffer)
    return report


def kits(problem: Problem, known: Known) -> Report:
    """Home, windows, limits."""
    report = Report("kit_problems", "kits", Sentence("器材", "kit"))
    for row, kit in report.rows(problem.kits, MOST_KITS):
        row.known("district", kit.district, known.districts)
        row.windows("windows", kit.windows)
        row.number("most_per_day", kit.most_per_day)
        row.number("loading", kit.loading)
    return report


def teams(problem: Problem, known: Known) -> Report:
    """Size, home, windows, area."""
    report = Report("team_problems", "teams", Sentence("志愿队", "team"))
    for row, team in report.rows(problem.teams, MOST_TEAMS):
        row.number("size", team.size)
        row.known("district", team.district, known.districts)
        row.windows("windows", team.windows)
        row.all_known("area", team.area, known.districts)
    return report


def volunteers(problem: Problem, known: Known) -> Report:
    """Home, team, windows, days off, contract."""
    report = Report("volunteer_problems", "volunteers", Sentence("志愿者", "volunteer"))
    for row, volunteer in report.rows(problem.volunteers, MOST_VOLUNTEERS):
        row.known("district", volunteer.district, known.districts)
        row.known("team", volunteer.team, known.teams)
        row.windows("windows", volunteer.windows)
        for day in sorted(volunteer.days_off) if row.few("days_off", volunteer.days_off) else ():
            row.number("days_off", day, 0, len(problem.days) - 1)
        contract(row, volunteer, min(len(problem.days), MOST_DAYS))
    return report


def activities(problem: Problem, known: Known) -> Report:
    """Sizes, times, references, places."""
    report = Report("activity_problems", "activities", Sentence("活动", "activity"))
    if not report.short_enough(problem.activities, MOST_ACTIVITIES):
        return report
    report.ids(activity.id for activity in problem.activities)
    for at, activity in enumerate(problem.activities):
        row = report.of(at, activity.title or activity.id)
        row.number("minutes", activity.minutes, 1)
        row.number("visitors", activity.visitors)
        row.number("setup", activity.setup)
        row.number("strike", activity.strike)
        row.number("team_size", activity.team_size)
        row.number("wish_day", activity.wish_day, 0, len(problem.days) - 1)
        row.known("audience", activity.audience, known.audiences)
        row.known("district", activity.district, known.districts)
        row.windows("windows", activity.windows)
        row.all_known("venues", activity.venues or frozenset(), known.venues)
        row.few("fields", activity.fields)
        row.few("kits", activity.kits)
        _places(row, activity)
    return report


def _places(row: Row, activity: Activity) -> None:
    if row.few("places", activity.places):
        row.once("places", [place.skill for place in activity.places])
        for at, place in enumerate(activity.places):
            row.number(f"places[{at}].need", place.need)
            row.number(f"places[{at}].under", place.under)
            row.number(f"places[{at}].over", place.over)


TABLES = (
    days,
    grid,
    night,
    districts,
    audiences,
    venues,
    sites,
    experts,
    kits,
    teams,
    volunteers,
    activities,
)
