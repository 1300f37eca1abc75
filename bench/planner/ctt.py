"""The course timetabling format of ITC-2007, track 3, as a Problem, and back.

A lecture is an activity of one step, a room a venue, a teacher the only expert of a field, a
curriculum a compact track, a course a series. Periods are hours; how many fit a day, too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from events.planner.answer import Plan
from events.planner.problem import (
    DAY,
    Activity,
    Day,
    District,
    Expert,
    Level,
    Priority,
    Problem,
    Series,
    Term,
    Track,
    Venue,
    Window,
)

MONDAY = dt.date(2024, 1, 1)
CAMPUS = "campus"
WEIGHTS = {
    Term.UNPLACED: Level.VERY_IMPORTANT,
    Term.CROWDING: Level.NORMAL,
    Term.SPREAD: Level.NORMAL,
    Term.COMPACT: Level.NORMAL,
    Term.ONE_VENUE: Level.NORMAL,
    Term.TIME: Level.IGNORED,
    Term.VENUE: Level.IGNORED,
    Term.EXPERTS: Level.IGNORED,
}
"""Only what the format counts, and every lecture placed before all else."""

Rows = list[list[str]]


@dataclass(frozen=True)
class Periods:
    """The grid of a file: `days` of `a_day` periods, each so many `minutes`."""

    days: int
    a_day: int

    @property
    def minutes(self) -> int:
        return min(60, DAY // self.a_day)

    def start(self, day: int, period: int) -> int:
        return day * DAY + period * self.minutes

    def of(self, start: int) -> tuple[int, int]:
        day, minute = divmod(start, DAY)
        return day, minute // self.minutes

    def day(self, day: int) -> Window:
        return Window(self.start(day, 0), self.start(day, self.a_day))

    def without(self, taken: set[tuple[int, int]]) -> tuple[Window, ...]:
        """One window for each period that is left; none at all when nothing is taken."""
        if not taken:
            return ()
        return tuple(
            Window(start, start + self.minutes)
            for day in range(self.days)
            for period in range(self.a_day)
            if (day, period) not in taken
            for start in [self.start(day, period)]
        )


def read(text: str) -> Problem:
    """The problem that a file states."""
    header, sections = _sections(text)
    periods = Periods(int(header["Days"]), int(header["Periods_per_day"]))
    lectures = {
        row[0]: [f"{row[0]}/{n}" for n in range(int(row[2]))] for row in sections["COURSES"]
    }
    return Problem(
        days=tuple(Day(MONDAY + dt.timedelta(days=day)) for day in range(periods.days)),
        grid=periods.minutes,
        districts=(District(CAMPUS),),
        venues=tuple(
            Venue(
                id=room,
                district=CAMPUS,
                seats=int(seats),
                open=tuple(periods.day(day) for day in range(periods.days)),
            )
            for room, seats in sections["ROOMS"]
        ),
        experts=tuple(
            Expert(id=teacher, fields=frozenset({teacher}))
            for teacher in dict.fromkeys(row[1] for row in sections["COURSES"])
        ),
        activities=tuple(_activities(sections, periods, lectures)),
        series=tuple(
            Series(course, tuple(lectures[course]), int(least_days))
            for course, _, _, least_days, _ in sections["COURSES"]
        ),
        tracks=tuple(
            Track(
                row[0], tuple(one for course in row[2:] for one in lectures[course]), compact=True
            )
            for row in sections["CURRICULA"]
        ),
        weights=WEIGHTS,
    )


def write(problem: Problem, plan: Plan) -> str:
    """One line per lecture: `course room day period`, in the file's order of courses."""
    order = {activity.id: n for n, activity in enumerate(problem.activities)}
    periods = Periods(len(problem.days), DAY // problem.grid)
    lines = []
    for one in sorted(plan.placements, key=lambda placement: order[placement.activity]):
        day, period = periods.of(one.start)
        lines.append(f"{one.activity.rsplit('/', 1)[0]} {one.venue} {day} {period}\n")
    return "".join(lines)


def _activities(
    sections: dict[str, Rows], periods: Periods, lectures: dict[str, list[str]]
) -> Iterator[Activity]:
    taken: dict[str, set[tuple[int, int]]] = {course: set() for course in lectures}
    for course, day, period in sections["UNAVAILABILITY_CONSTRAINTS"]:
        taken[course].add((int(day), int(period)))
    for course, teacher, _, _, students in sections["COURSES"]:
        for lecture in lectures[course]:
            yield Activity(
                id=lecture,
                minutes=periods.minutes,
                visitors=int(students),
                windows=periods.without(taken[course]),
                priority=Priority.HIGHEST,
                fields=(teacher,),
            )


def _sections(text: str) -> tuple[dict[str, str], dict[str, Rows]]:
    """The header's values, and the rows of each section."""
    header: dict[str, str] = {}
    sections: dict[str, Rows] = {}
    rows: Rows | None = None
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, value = line.partition(":")
        if line == "END.":
            break
        if line.endswith(":"):
            rows = sections.setdefault(name, [])
        elif rows is None:
            header[name] = value.strip()
        else:
            rows.append(line.split())
    return header, sections
