"""What a timetable costs and breaks by the words of ITC-2007's track 3, from the file itself.

Shares no code with the planner nor with the reader in ctt.py: two opinions, not one. Costs: a
student above the seats 1; a day missing to a course's least 5; a lecture of a curriculum without
another one of it right before or after 2, in each curriculum; a further room of a course 1.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import NamedTuple


class Lecture(NamedTuple):
    course: str
    room: str
    day: int
    period: int


class Course(NamedTuple):
    teacher: str
    lectures: int
    least_days: int
    students: int


class Instance(NamedTuple):
    days: int
    periods: int
    courses: dict[str, Course]
    rooms: dict[str, int]
    curricula: dict[str, set[str]]
    closed: set[tuple[str, int, int]]


def cost(text: str, solution: str) -> tuple[int, list[str]]:
    """The cost of `solution` (lines `course room day period`) and each broken rule, in words."""
    instance = _read(text)
    lectures = [
        Lecture(course, room, int(day), int(period))
        for course, room, day, period in map(str.split, solution.splitlines())
    ]
    points = _seats(instance, lectures) + _days_and_rooms(instance, lectures)
    points += 2 * sum(_alone(lectures, members) for members in instance.curricula.values())
    return points, _broken(instance, lectures)


def _seats(instance: Instance, lectures: list[Lecture]) -> int:
    return sum(
        max(0, instance.courses[one.course].students - instance.rooms[one.room]) for one in lectures
    )


def _days_and_rooms(instance: Instance, lectures: list[Lecture]) -> int:
    points = 0
    for name, course in instance.courses.items():
        own = [one for one in lectures if one.course == name]
        points += 5 * max(0, course.least_days - len({one.day for one in own}))
        points += max(0, len({one.room for one in own}) - 1)
    return points


def _alone(lectures: list[Lecture], members: set[str]) -> int:
    """Lectures of one curriculum without a neighbour."""
    held = [(one.day, one.period) for one in lectures if one.course in members]
    times = set(held)
    return sum(
        (day, period - 1) not in times and (day, period + 1) not in times for day, period in held
    )


def _broken(instance: Instance, lectures: list[Lecture]) -> list[str]:
    held = Counter(one.course for one in lectures)
    broken = [
        f"{name}: {held[name]} of {course.lectures} lectures"
        for name, course in instance.courses.items()
        if held[name] != course.lectures
    ]
    for one in lectures:
        if (one.course, one.day, one.period) in instance.closed:
            broken.append(f"{one}: not available")
        if not (0 <= one.day < instance.days and 0 <= one.period < instance.periods):
            broken.append(f"{one}: no such period")
    for one, other in combinations(lectures, 2):
        if (one.day, one.period) == (other.day, other.period):
            broken += [f"{one} and {other}: {why}" for why in _clash(instance, one, other)]
    return broken


def _clash(instance: Instance, one: Lecture, other: Lecture) -> list[str]:
    """Why two lectures cannot be at the same time."""
    reasons = []
    if one.room == other.room:
        reasons.append("one room")
    if one.course == other.course:
        reasons.append("one course")
    elif instance.courses[one.course].teacher == instance.courses[other.course].teacher:
        reasons.append("one teacher")
    elif any({one.course, other.course} <= members for members in instance.curricula.values()):
        reasons.append("one curriculum")
    return reasons


def _read(text: str) -> Instance:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    size = {words[0].rstrip(":"): words[1] for words in lines[:7]}
    begin = {words[0].rstrip(":"): n + 1 for n, words in enumerate(lines) if len(words) == 1}

    def table(name: str, count: str) -> list[list[str]]:
        return lines[begin[name] : begin[name] + int(size[count])]

    return Instance(
        days=int(size["Days"]),
        periods=int(size["Periods_per_day"]),
        courses={
            name: Course(teacher, int(lectures), int(days), int(students))
            for name, teacher, lectures, days, students in table("COURSES", "Courses")
        },
        rooms={name: int(seats) for name, seats in table("ROOMS", "Rooms")},
        curricula={words[0]: set(words[2:]) for words in table("CURRICULA", "Curricula")},
        closed={
            (course, int(day), int(period))
            for course, day, period in table("UNAVAILABILITY_CONSTRAINTS", "Constraints")
        },
    )
