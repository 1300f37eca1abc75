from __future__ import annotations

from dataclasses import replace
from datetime import date

from events.planner.problem import (
    Activity,
    Day,
    Expert,
    Priority,
    Problem,
    Team,
    Venue,
    Window,
)
from events.planning.asking import Asked, askable

MORNING, AFTERNOON = Window(540, 720), Window(840, 1020)
HALL = Venue("hall", "town", 100, open=(Window(480, 1080),))
TALK = Activity("talk", 60, 80, windows=(MORNING,), fields=("physics",))
PHYSICIST = Expert("p1", frozenset({"physics"}), windows=(Window(480, 720),))


def problem(*activities: Activity, **values: object) -> Problem:
    told: dict[str, object] = {"experts": (PHYSICIST,), "venues": (HALL,)}
    return Problem(days=(Day(date(2025, 9, 6)),), activities=activities, **told | values)  # type: ignore[arg-type]


def test_a_speaker_who_can_come_is_asked_for() -> None:
    assert askable(problem(TALK)) == [Asked(activity=TALK)]


def test_a_speaker_who_never_can_is_not_asked_for_and_named() -> None:
    late = replace(TALK, windows=(AFTERNOON,))
    assert askable(problem(late)) == [
        Asked(activity=replace(late, fields=()), fields=("physics",)),
    ]


def test_the_last_day_of_a_speaker_goes_to_the_more_important() -> None:
    important = replace(TALK, id="important", priority=Priority.HIGH)
    once = replace(PHYSICIST, most=1)
    assert [one.fields for one in askable(problem(TALK, important, experts=(once,)))] == [
        ("physics",),
        (),
    ]


def test_two_who_cannot_come_together_are_not_both_asked_for() -> None:
    chemist = Expert("c1", frozenset({"chemistry"}), windows=(AFTERNOON,))
    both = replace(TALK, windows=(MORNING, AFTERNOON), fields=("physics", "chemistry"))
    (asked,) = askable(problem(both, experts=(PHYSICIST, chemist)))
    assert (asked.activity.fields, asked.fields) == (("physics",), ("chemistry",))


def test_a_field_named_twice_asks_two_people() -> None:
    panel = replace(TALK, fields=("physics", "physics"))
    (asked,) = askable(problem(panel))
    assert (asked.activity.fields, asked.fields) == (("physics",), ("physics",))


def test_the_team_is_asked_for_the_skills_that_one_team_brings() -> None:
    stand = Activity(
        "stand", 60, windows=(MORNING,), team_size=30, team_skills=frozenset({"guide", "drive"})
    )
    teams = (
        Team("t1", 20, skills=frozenset({"guide", "drive"})),
        Team("t2", 40, skills=frozenset({"guide"})),
        Team("t3", 90, skills=frozenset({"guide", "drive"}), windows=(AFTERNOON,)),
    )
    assert askable(problem(stand, teams=teams)) == [
        Asked(
            activity=replace(stand, team_skills=frozenset({"guide"})), skills=frozenset({"drive"})
        )
    ]


def test_the_largest_team_is_asked_for_where_none_is_large_enough() -> None:
    stand = Activity("stand", 60, windows=(MORNING,), team_size=30)
    (asked,) = askable(problem(stand, teams=(Team("t1", 20), Team("t2", 12))))
    assert (asked.activity.team_size, asked.people) == (20, 10)


def test_a_team_of_another_district_does_not_serve() -> None:
    stand = Activity("stand", 60, windows=(MORNING,), team_size=5)
    far = Team("t1", 20, area=frozenset({"elsewhere"}))
    (asked,) = askable(problem(stand, teams=(far,)))
    assert (asked.activity.team_size, asked.people) == (0, 5)


def test_what_has_no_place_asks_for_nobody_else_s_speaker() -> None:
    crowd = replace(TALK, id="crowd", visitors=500, priority=Priority.HIGHEST)
    once = replace(PHYSICIST, most=1)
    assert askable(problem(crowd, TALK, experts=(once,))) == [
        Asked(activity=crowd),
        Asked(activity=TALK),
    ]
