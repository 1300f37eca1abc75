"""The shift scheduling format of T. Curtois (schedulingbenchmarks.org) as a Problem, and back.

A shift of a day is an activity that stands at its day's midnight; who works it takes a place of
the skill that bears the shift's name. Requests are wishes, cover is need, under and over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from events.planner.answer import Plan
from events.planner.problem import (
    DAY,
    Activity,
    Contract,
    Day,
    District,
    Place,
    Problem,
    Venue,
    Volunteer,
    Window,
    Wish,
)

MONDAY = dt.date(2024, 1, 1)
"""Day 0 of every file is a Monday; which one, the format does not say."""


def read(text: str) -> Problem:
    """The problem that a file states."""
    rows = list(_rows(text))
    days = range(next(int(cells[0]) for section, cells in rows if section == "HORIZON"))
    minutes = {cells[0]: int(cells[1]) for section, cells in rows if section == "SHIFTS"}
    place = Venue(
        id="house",
        district="here",
        seats=0,
        rooms=len(minutes),
        open=(Window(0, DAY * (len(days) + 1)),),
    )
    return Problem(
        days=tuple(Day(MONDAY + dt.timedelta(days=day)) for day in days),
        activities=tuple(_activities(rows, days, minutes)),
        venues=(place,),
        districts=(District("here"),),
        volunteers=tuple(_volunteers(rows)),
        wishes=tuple(_wishes(rows)),
        not_after=frozenset(
            (cells[0], later)
            for section, cells in rows
            if section == "SHIFTS"
            for later in cells[2].split("|")
            if later
        ),
    )


def write(problem: Problem, plan: Plan) -> str:
    """One line per assignment: `staff day shift`, ordered by staff and day."""
    order = {volunteer.id: rank for rank, volunteer in enumerate(problem.volunteers)}
    rows = sorted(
        (order[one.volunteer], int(one.activity.split("/")[0]), one.volunteer, one.skill)
        for one in plan.assignments
    )
    return "".join(f"{staff} {day} {shift}\n" for _, day, staff, shift in rows)


def _rows(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each line as (section, cells)."""
    section = ""
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("SECTION_"):
            section = stripped.removeprefix("SECTION_")
        elif stripped and not stripped.startswith("#"):
            yield section, [cell.strip() for cell in stripped.split(",")]


def _activities(
    rows: list[tuple[str, list[str]]], days: range, minutes: dict[str, int]
) -> Iterator[Activity]:
    cover = {
        (int(cells[0]), cells[1]): (int(cells[2]), int(cells[3]), int(cells[4]))
        for section, cells in rows
        if section == "COVER"
    }
    for day in days:
        for shift, length in minutes.items():
            need, under, over = cover.get((day, shift), (0, 0, 0))
            yield Activity(
                id=f"{day}/{shift}",
                minutes=length,
                windows=(Window(day * DAY, day * DAY + length),),
                venues=frozenset({"house"}),
                places=(Place(skill=shift, need=need, under=under, over=over),),
            )


def _volunteers(rows: list[tuple[str, list[str]]]) -> Iterator[Volunteer]:
    off = {cells[0]: frozenset(map(int, cells[1:])) for name, cells in rows if name == "DAYS_OFF"}
    for section, cells in rows:
        if section != "STAFF":
            continue
        most_by_skill = {
            skill: int(most) for skill, most in (part.split("=") for part in cells[1].split("|"))
        }
        most, least, most_run, least_run, least_run_off, weekends = map(int, cells[2:8])
        yield Volunteer(
            id=cells[0],
            skills=frozenset(skill for skill, most_of in most_by_skill.items() if most_of),
            days_off=off.get(cells[0], frozenset()),
            contract=Contract(
                least_minutes=least,
                most_minutes=most,
                most_per_day=1,
                least_run=least_run,
                most_run=most_run,
                least_run_off=least_run_off,
                most_weekends=weekends,
                most_by_skill=most_by_skill,
            ),
        )


def _wishes(rows: list[tuple[str, list[str]]]) -> Iterator[Wish]:
    wanted = {"SHIFT_ON_REQUESTS": True, "SHIFT_OFF_REQUESTS": False}
    for section, cells in rows:
        if section in wanted:
            yield Wish(
                volunteer=cells[0],
                activity=f"{cells[1]}/{cells[2]}",
                skill=cells[2],
                wanted=wanted[section],
                points=int(cells[3]),
            )
