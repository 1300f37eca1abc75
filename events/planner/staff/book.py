"""The question of stage B as arrays: posts in order of time, volunteers, prices, contracts.

A post is one `Place` of a placed activity; V volunteers, J posts, D days, S skills.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from events.planner import spans
from events.planner.answer import Assignment, Placement
from events.planner.problem import DAY, Contract, Problem, Term, Volunteer, Window
from events.planner.terms import level

Ints = npt.NDArray[np.int32]

FORBIDDEN = 1 << 28
"""Price of a post that a volunteer may not take."""
STEEP = 1 << 20
"""Points that stand for a hard rule: one more than needed, a locked volunteer left out."""
UNBOUND = 1 << 28
"""A limit that is none."""
MOST_SLOTS = 6
"""Posts of one volunteer on one day, where the contract leaves it open."""

(
    LEAST_MINUTES,
    MOST_MINUTES,
    MOST_MINUTES_PER_DAY,
    MOST_PER_DAY,
    LEAST_REST,
    LEAST_RUN,
    MOST_RUN,
    LEAST_RUN_OFF,
    MOST_WEEKENDS,
) = range(9)
"""Columns of `Book.contracts`."""


class Book(NamedTuple):
    """The numbers that compiled functions read; posts are sorted by start."""

    first: Ints
    """(D+1,) the posts of day d are first[d] up to first[d+1]."""
    day: Ints
    """(J,) day of the start."""
    start: Ints
    """(J,) minute; likewise end, minutes, skill, site, district, need, under and over."""
    end: Ints
    minutes: Ints
    skill: Ints
    site: Ints
    district: Ints
    need: Ints
    under: Ints
    over: Ints
    price: Ints
    """(V, J) points of taking a post on top of `Question.base`; FORBIDDEN: may not."""
    contracts: Ints
    """(V, 9) limits by the columns above."""
    most_by_skill: Ints
    """(V, S) how often at most."""
    not_after: npt.NDArray[np.bool_]
    """(S, S) [a, b]: b may not follow a on the next day."""
    travel: Ints
    """(districts + 1, districts + 1) minutes; the last is a district that nobody knows."""
    weekend: Ints
    """(D,) which weekend a day belongs to; -1: none."""
    unit: int
    """Minutes of a usual post: the measure of minutes too many or too few."""


@dataclass(frozen=True, slots=True)
class Question:
    """The book, what its rows mean, and the points that no roster can avoid or change."""

    book: Book
    posts: tuple[tuple[str, str], ...]
    """(activity, skill) of each post."""
    volunteers: tuple[str, ...]
    base: int
    slots: int
    """Posts of one volunteer on one day at most."""
    least: Ints
    """(V,) minutes that each has promised, whatever a search makes of the contracts."""


Rank = tuple[int, int, int]
"""Of two rosters the better one ranks lower: people too many, then minutes owed, then points."""


def open_book(problem: Problem, placements: tuple[Placement, ...]) -> Question:
    """The question of who takes the places of the placed activities."""
    skills = {skill: rank for rank, skill in enumerate(_skills(problem))}
    posts, columns = _posts(problem, placements, skills)
    index = {post: rank for rank, post in enumerate(posts)}
    price, base = _prices(problem, index, columns)
    base += _left_out(problem, placements)
    start = columns["start"]
    book = Book(
        first=np.searchsorted(start, np.arange(len(problem.days) + 1) * DAY).astype(np.int32),
        day=start // DAY,
        **columns,
        price=price,
        contracts=_rows([_limits(one.contract) for one in problem.volunteers], 9),
        most_by_skill=_rows(
            [
                [one.contract.most_by_skill.get(skill, UNBOUND) for skill in skills]
                for one in problem.volunteers
            ],
            len(skills),
        ),
        not_after=_successions(problem, skills),
        travel=_travel(problem),
        weekend=_weekends(problem),
        unit=int(np.median(columns["minutes"])) if posts else 1,
    )
    slots = max(
        (min(one.contract.most_per_day or MOST_SLOTS, MOST_SLOTS) for one in problem.volunteers),
        default=1,
    )
    volunteers = tuple(one.id for one in problem.volunteers)
    least = book.contracts[:, LEAST_MINUTES].copy()
    return Question(book, posts, volunteers, base, slots, least)


def read_lines(question: Question, assignments: tuple[Assignment, ...]) -> Ints:
    """The lines (V, D, slots) that assignments make; what the posts no longer take is left out."""
    book = question.book
    volunteers = {id_: rank for rank, id_ in enumerate(question.volunteers)}
    posts = {post: rank for rank, post in enumerate(question.posts)}
    lines = empty_lines(question)
    left = book.need.copy()
    for one in assignments:
        volunteer = volunteers.get(one.volunteer)
        post = posts.get((one.activity, one.skill))
        if volunteer is None or post is None or book.price[volunteer, post] >= FORBIDDEN:
            continue
        row = lines[volunteer, book.day[post]]
        free = np.flatnonzero(row < 0)
        if len(free) and left[post] > 0 and post not in row:
            row[free[0]] = post
            row[: free[0] + 1].sort()
            left[post] -= 1
    return lines


def empty_lines(question: Question) -> Ints:
    """Nobody takes anything: (V, D, slots) of -1."""
    shape = (len(question.volunteers), len(question.book.weekend), question.slots)
    return np.full(shape, -1, dtype=np.int32)


def assignments_of(question: Question, lines: Ints) -> tuple[Assignment, ...]:
    """Lines as assignments, by volunteer and time."""
    return tuple(
        Assignment(question.volunteers[volunteer], *question.posts[lines[volunteer, day, slot]])
        for volunteer, day, slot in np.argwhere(lines >= 0)
    )


def rank(question: Question, lines: Ints) -> Rank:
    """How good the lines are; rules that one line breaks by itself are not looked at."""
    book = question.book
    spare = cover(book, lines) - book.need
    too_many = int(spare[(spare > 0) & (book.over >= STEEP)].sum())
    return too_many, int(owed(question, lines).sum()), cost(question, lines)


def owed(question: Question, lines: Ints) -> Ints:
    """(V,) minutes that each serves less than is promised."""
    served = np.where(lines >= 0, question.book.minutes[lines], 0).sum(axis=(1, 2))
    found: Ints = np.maximum(question.least - served, 0)
    return found


def cover(book: Book, lines: Ints) -> Ints:
    """(J,) how many hold each post."""
    return np.bincount(lines[lines >= 0], minlength=len(book.need)).astype(np.int32)


def cost(question: Question, lines: Ints) -> int:
    """Points of the lines: wishes, and places under and over."""
    book = question.book
    volunteers, _, _ = np.nonzero(lines >= 0)
    posts = lines[lines >= 0]
    spare = cover(book, lines) - book.need
    uneven = np.where(spare > 0, book.over, -book.under) * spare.astype(np.int64)
    return question.base + int(book.price[volunteers, posts].sum(dtype=np.int64) + uneven.sum())


def _skills(problem: Problem) -> list[str]:
    places = {place.skill for activity in problem.activities for place in activity.places}
    return sorted(places.union(*problem.not_after, *(one.skills for one in problem.volunteers)))


def _rows(rows: list[list[int]], width: int) -> Ints:
    return np.array(rows, dtype=np.int32).reshape(len(rows), width)


def _posts(
    problem: Problem, placements: tuple[Placement, ...], skills: Mapping[str, int]
) -> tuple[tuple[tuple[str, str], ...], dict[str, Ints]]:
    """The posts by start, and their columns of the book."""
    activities = {activity.id: activity for activity in problem.activities}
    venues = {venue.id: venue for venue in problem.venues}
    sites: dict[str, int] = {}
    districts = {district.id: rank for rank, district in enumerate(problem.districts)}
    weight = int(level(problem, Term.PLACES))
    rows = []
    for placement in placements:
        activity = activities[placement.activity]
        venue = venues[placement.venue]
        for place in activity.places:
            over = STEEP if place.over is None else place.over * weight
            rows.append(
                (
                    placement.start,
                    placement.start + activity.minutes,
                    activity.minutes,
                    skills[place.skill],
                    sites.setdefault(venue.site or f"venue {venue.id}", len(sites)),
                    districts.get(venue.district, len(districts)),
                    place.need,
                    place.under * weight,
                    over,
                    (activity.id, place.skill),
                )
            )
    rows.sort(key=lambda row: (row[0], row[1], row[-1]))
    names = ("start", "end", "minutes", "skill", "site", "district", "need", "under", "over")
    table = _rows([list(row[:-1]) for row in rows], len(names))
    return tuple(row[-1] for row in rows), {
        name: np.ascontiguousarray(table[:, column]) for column, name in enumerate(names)
    }


def _prices(
    problem: Problem, index: Mapping[tuple[str, str], int], columns: Mapping[str, Ints]
) -> tuple[Ints, int]:
    """(V, J) points of each post for each volunteer, and the points of all that is wanted."""
    price = np.full((len(problem.volunteers), len(index)), FORBIDDEN, dtype=np.int32)
    rank = {volunteer.id: row for row, volunteer in enumerate(problem.volunteers)}
    skills = {skill: code for code, skill in enumerate(_skills(problem))}
    for row, volunteer in enumerate(problem.volunteers):
        price[row, _may_take(problem, volunteer, skills, columns)] = 0
    weight = int(level(problem, Term.WISHES))
    base = 0
    for wish in problem.wishes:
        post = index.get((wish.activity, wish.skill))
        base += wish.points * weight if wish.wanted else 0
        if post is not None and price[rank[wish.volunteer], post] < FORBIDDEN:
            price[rank[wish.volunteer], post] += wish.points * weight * (-1 if wish.wanted else 1)
    for lock in problem.locks:
        for volunteer_id, skill in lock.volunteers or ():
            post = index.get((lock.activity, skill))
            if post is not None:
                price[rank[volunteer_id], post] = -STEEP
    return price, base


def _left_out(problem: Problem, placements: tuple[Placement, ...]) -> int:
    """The points of all places of activities that are not placed."""
    placed = {one.activity for one in placements}
    places = (one.places for one in problem.activities if one.id not in placed)
    empty = sum(place.need * place.under for several in places for place in several)
    return int(level(problem, Term.PLACES)) * empty


def _may_take(
    problem: Problem,
    volunteer: Volunteer,
    skills: Mapping[str, int],
    columns: Mapping[str, Ints],
) -> npt.NDArray[np.bool_]:
    """(J,) the posts that skills, windows, days off, night and minutes allow a volunteer."""
    start, end = columns["start"], columns["end"]
    able = np.zeros(max(len(skills), 1), dtype=bool)
    able[[skills[skill] for skill in volunteer.skills]] = True
    may = able[columns["skill"]]
    if volunteer.windows:
        may &= np.logical_or.reduce(
            [(start >= one.start) & (end <= one.end) for one in spans.merged(volunteer.windows)]
        )
    if volunteer.days_off:
        may &= ~np.isin(start // DAY, list(volunteer.days_off))
    if volunteer.minor:
        may &= ~_touches_night(problem, start, end)
    if volunteer.contract.most_minutes_per_day is not None:
        may &= columns["minutes"] <= volunteer.contract.most_minutes_per_day
    return may


def _touches_night(problem: Problem, start: Ints, end: Ints) -> npt.NDArray[np.bool_]:
    touched = np.zeros(len(start), dtype=bool)
    for day in range(-1, len(problem.days) + 1):
        night = Window(day * DAY + problem.night.start, day * DAY + problem.night.end)
        touched |= (start < night.end) & (end > night.start)
    return touched


def _limits(contract: Contract) -> list[int]:
    def most(limit: int | None) -> int:
        return UNBOUND if limit is None else limit

    return [
        contract.least_minutes or 0,
        most(contract.most_minutes),
        most(contract.most_minutes_per_day),
        most(contract.most_per_day),
        contract.least_rest,
        contract.least_run,
        most(contract.most_run),
        contract.least_run_off,
        most(contract.most_weekends),
    ]


def _successions(problem: Problem, skills: Mapping[str, int]) -> npt.NDArray[np.bool_]:
    table = np.zeros((len(skills), len(skills)), dtype=bool)
    for before, after in problem.not_after:
        table[skills[before], skills[after]] = True
    return table


def _travel(problem: Problem) -> Ints:
    size = len(problem.districts)
    table = np.zeros((size + 1, size + 1), dtype=np.int32)
    if problem.travel.minutes:
        table[:size, :size] = problem.travel.minutes
    return table


def _weekends(problem: Problem) -> Ints:
    return np.array(
        [-1 if day.date.weekday() < 5 else (day.date.toordinal() + 1) // 7 for day in problem.days],
        dtype=np.int32,
    )
