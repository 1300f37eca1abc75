"""Re-planning: what nothing hit stays, what is locked stays, as few people as planted move."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bench.planner.disturbed import EVENTS, disturbed
from bench.planner.planted import planted
from bench.planner.sizes import Size
from events.planner import disturbance
from events.planner.answer import Assignment, Limits, Placement, Plan, Progress, Status
from events.planner.changes import (
    ActivityAdded,
    DemandRises,
    ExpertIll,
    KitBroken,
    Storm,
    TeamCancels,
    VenueDeclines,
    VolunteersCancel,
    apply_all,
)
from events.planner.check import check
from events.planner.problem import (
    Activity,
    Commitment,
    Contract,
    Day,
    District,
    Expert,
    Level,
    Lock,
    Place,
    Problem,
    Term,
    Venue,
    Volunteer,
    Window,
)
from events.planner.repair import Mode, replan
from events.planner.score import score

VILLAGE = Size(24, 4, 12, 3, 6, 4, 4, 48, side_km=30)
LIMITS = Limits(seconds=600, work=3)
MORNING = Window(540, 600)


@pytest.mark.parametrize("event", EVENTS)
def test_a_planted_repair_is_met(event: str) -> None:
    given = disturbed(VILLAGE, 1, event)
    after = apply_all(given.problem, given.changes)
    result, diff = replan(given.problem, given.plan, given.changes, limits=LIMITS)
    assert check(after, result.plan) == []
    assert result.unplaced == ()
    assert len(result.plan.assignments) == len(given.repaired.assignments)
    assert diff.disturbance <= given.disturbance
    assert sum(x.disturbance > 0 for x in diff.changes) <= given.touched
    assert diff.disturbance == disturbance.between(after, given.plan, result.plan)
    assert result.score == score(after, result.plan)


@pytest.mark.parametrize("mode", ["least", "balanced", "best"])
def test_an_unchanged_problem_keeps_its_plan(mode: Mode) -> None:
    problem, plan = planted(VILLAGE, 2)
    result, diff = replan(problem, plan, (), limits=LIMITS, mode=mode)
    assert result.plan is plan
    assert (diff.changes, diff.disturbance) == ((), 0)


def test_a_change_that_hits_nothing_keeps_the_plan() -> None:
    problem, plan = planted(VILLAGE, 2)
    used = {x.venue for x in plan.placements} | {x.backup for x in plan.placements}
    idle = next(x.id for x in problem.venues if x.id not in used)
    result, _ = replan(problem, plan, [VenueDeclines(idle)], limits=LIMITS)
    assert result.plan is plan


@pytest.mark.parametrize(
    ("mode", "level", "lecture", "talk"),
    [
        ("least", Level.IMPORTANT, "far", "second"),
        ("balanced", Level.NORMAL, "far", "second"),
        ("balanced", Level.IMPORTANT, "second", "room"),
        ("best", Level.NORMAL, "second", "room"),
    ],
)
def test_modes_weigh_points_against_people(
    mode: Mode, level: Level, lecture: str, talk: str
) -> None:
    """A hall in another district costs 6 points x level, asking the talk to move a D of 8."""
    problem, plan = _a_hall_far_away(level)
    result, _ = replan(problem, plan, [VenueDeclines("hall")], limits=LIMITS, mode=mode)
    assert [x.venue for x in result.plan.placements] == [lecture, talk]


def test_the_best_is_proved_where_a_search_proves_it() -> None:
    """The talk cannot move, so the lecture goes to another district for 6 points."""
    problem, plan = _a_hall_far_away(Level.NORMAL)
    locked = replace(problem, locks=(Lock("talk", venue="second", start=540),))
    enough = Limits(seconds=600, work=12)
    result, _ = replan(locked, plan, [VenueDeclines("hall")], limits=enough, mode="best")
    assert (result.status, result.bound, result.score.total) == (Status.OPTIMAL, 6, 6)


def test_a_smaller_one_makes_room_and_it_is_said_for_whom() -> None:
    """Ring 1: only the second hall holds the lecture, and a talk for a few is there."""
    problem, plan = _two_halls()
    result, diff = replan(problem, plan, [VenueDeclines("hall")], limits=LIMITS)
    assert {x.activity: x.venue for x in result.plan.placements} == {
        "lecture": "second",
        "talk": "room",
    }
    assert [(x.activity, x.hit, x.disturbance) for x in diff.changes] == [
        ("lecture", True, 8 * 3),
        ("talk", False, 8 * 1),
    ]
    assert [x.sentence.zh for x in diff.changes] == [
        "《讲座》改在第二会堂举行，因为“大会堂”不能用了",
        "《座谈》改在会议室举行，因为要给《讲座》让出位置",
    ]
    assert [x.sentence.en for x in diff.changes] == [
        "“讲座” moves to 第二会堂, because 大会堂 is not available any more",
        "“座谈” moves to 会议室, because it makes room for “讲座”",
    ]


def test_what_is_locked_never_makes_room() -> None:
    problem, plan = _two_halls()
    locked = replace(problem, locks=(Lock("talk", venue="second", start=540),))
    result, diff = replan(locked, plan, [VenueDeclines("hall")], limits=LIMITS)
    assert result.unplaced == ("lecture",)
    assert result.plan.placements == (plan.placements[1],)
    assert [x.sentence.en for x in diff.changes] == [
        "“讲座” is left out this time, because 大会堂 is not available any more"
    ]


def test_locks_of_others_hold() -> None:
    given = disturbed(VILLAGE, 1, "venue_declines")
    after = apply_all(given.problem, given.changes)
    hit = {activity for x in check(after, given.plan) for activity in x.activities}
    held = [x for x in given.plan.placements if x.activity not in hit]
    locks = tuple(Lock(x.activity, venue=x.venue, start=x.start, experts=x.experts) for x in held)
    problem = replace(given.problem, locks=locks)
    result, _ = replan(problem, given.plan, given.changes, limits=LIMITS, mode="balanced")
    now = disturbance.by_activity(result.plan.placements)
    assert [_where(now[x.activity]) for x in held] == [_where(x) for x in held]


def test_what_is_new_is_laid_down_beside_the_rest() -> None:
    problem, plan = _two_halls()
    new = Activity("film", 60, visitors=20, title="电影", windows=(MORNING,))
    result, diff = replan(problem, plan, [ActivityAdded(new)], limits=LIMITS)
    assert result.plan.placements == (*plan.placements, Placement("film", "room", 540))
    assert [(x.activity, x.disturbance, x.sentence.zh) for x in diff.changes] == [
        ("film", 0, "《电影》排在9月20日 周六 09:00，地点会议室，因为新增了《电影》")
    ]


def test_the_volunteer_who_takes_the_place_is_free() -> None:
    problem, plan = _two_halls()
    lecture = replace(problem.activities[0], places=(Place("guide", 1),))
    people = tuple(
        Volunteer(name, name, frozenset({"guide"}), days_off=frozenset(off))
        for name, off in (("Lin", ()), ("Bo", (0,)), ("Wei", ()))
    )
    problem = replace(problem, activities=(lecture, problem.activities[1]), volunteers=people)
    plan = replace(plan, assignments=(Assignment("Lin", "lecture", "guide"),))
    result, diff = replan(problem, plan, [VolunteersCancel(frozenset({"Lin"}))], limits=LIMITS)
    assert result.plan.assignments == (Assignment("Wei", "lecture", "guide"),)
    assert [(x.disturbance, x.sentence.en) for x in diff.changes] == [
        (6, "“讲座” gets 1 volunteer more and loses 1 volunteer, because Lin cancelled")
    ]


def test_of_several_changes_each_is_told_where_it_hits() -> None:
    problem, plan = _two_halls()
    problem = replace(problem, days=(*problem.days, Day(dt.date(2025, 9, 21))))
    changes = [VenueDeclines("hall"), VenueDeclines("second")]
    _, diff = replan(problem, plan, changes, limits=LIMITS)
    reasons = {x.activity: x.sentence.en.rpartition("because ")[2] for x in diff.changes}
    assert reasons == {
        "lecture": "大会堂 is not available any more",
        "talk": "第二会堂 is not available any more",
    }


def test_asked_to_stop_at_once_it_still_answers_legally() -> None:
    given = disturbed(VILLAGE, 1, "venue_declines")
    after = apply_all(given.problem, given.changes)
    result, _ = replan(
        given.problem, given.plan, given.changes, limits=LIMITS, should_stop=lambda: True
    )
    assert check(after, result.plan) == []


def test_events_rise_and_end_with_the_plan() -> None:
    given = disturbed(VILLAGE, 1, "kit_broken")
    heard: list[Progress] = []
    result, _ = replan(
        given.problem, given.plan, given.changes, limits=LIMITS, on_event=heard.append
    )
    assert [x.seq for x in heard] == sorted({x.seq for x in heard})
    assert (heard[-1].phase, heard[-1].pct, heard[-1].plan) == ("done", 100, result.plan)


def test_minutes_that_are_owed_empty_no_plan() -> None:
    """Lin has promised two hours; one of them falls with the second hall, the other stays."""
    problem, _ = _two_halls()
    asked = {"places": (Place("guide", 1),)}
    lecture, talk = (replace(one, **asked) for one in problem.activities)  # type: ignore[arg-type]
    lin = Volunteer("lin", "Lin", frozenset({"guide"}), contract=Contract(least_minutes=120))
    hall, second, _ = (replace(one, open=(Window(540, 660),)) for one in problem.venues)
    activities = (lecture, replace(talk, venues=frozenset({"second"})))
    problem = replace(problem, activities=activities, volunteers=(lin,), venues=(hall, second))
    left = Placement("lecture", "hall", 540), Assignment("lin", "lecture", "guide")
    gone = Placement("talk", "second", 600), Assignment("lin", "talk", "guide")
    plan = Plan((left[0], gone[0]), (left[1], gone[1]))
    assert check(problem, plan) == []
    result, _ = replan(problem, plan, [VenueDeclines("second")], limits=LIMITS)
    assert result.plan == Plan(left[:1], left[1:])
    assert [one.sentence.zh for one in check(problem, result.plan)] == [
        "Lin一共服务1小时，至少2小时"
    ]


def test_a_wrong_problem_comes_back_with_its_faults() -> None:
    problem, plan = _two_halls()
    wrong = replace(problem, activities=(replace(problem.activities[0], visitors=-1),))
    result, diff = replan(wrong, plan, [], limits=LIMITS)
    assert result.status is Status.UNUSABLE
    assert result.faults
    assert diff.changes == ()


def test_disturbance_is_people_times_promise() -> None:
    activity = Activity("a", 60, commitment=Commitment.PUBLISHED)
    old = Placement("a", "hall", 540, team="t", experts=("e", "f"), kits=("k",))

    def cost(new: Placement | None, volunteers: int = 0) -> int:
        return disturbance.of_activity(activity, old, new, volunteers=volunteers)

    assert cost(old) == 0
    assert cost(replace(old, backup="room")) == 0
    assert cost(replace(old, venue="room")) == 80
    assert cost(replace(old, start=600)) == 30
    assert cost(replace(old, start=540 + 1440)) == 60
    assert cost(replace(old, experts=("f", "g"))) == 50
    assert cost(replace(old, kits=("l",))) == 30
    assert cost(replace(old, team=None)) == 20
    assert cost(old, volunteers=3) == 30
    assert cost(None) == 10 * (8 + 6 + 2 * 5 + 3 + 2)


def test_the_world_changes_only_what_it_names() -> None:
    problem, _ = planted(VILLAGE, 1)
    expert, kit, team = problem.experts[0], problem.kits[0], problem.teams[0]
    ill = ExpertIll(expert.id).apply(problem)
    assert ill.experts == (replace(expert, most_per_day=0), *problem.experts[1:])
    assert KitBroken(kit.id).apply(problem).kits[0] == replace(kit, most_per_day=0)
    assert TeamCancels(team.id).apply(problem).teams[0] == replace(team, size=0)
    storm = Storm(1, frozenset({"D000"})).apply(problem)
    assert storm.storms == problem.storms | {(1, "D000")}
    more = DemandRises("youth", 20).apply(problem)
    grown = {x.audience for x, y in zip(problem.activities, more.activities, strict=True) if x != y}
    assert grown == {"youth"}


def test_an_expert_who_is_ill_for_a_day_can_come_on_others() -> None:
    problem, _ = _two_halls()
    problem = replace(problem, experts=(Expert("e", frozenset({"sky"})),))
    ill = ExpertIll("e", (Window(0, 720),)).apply(problem)
    assert ill.experts[0].windows == (Window(720, 2880),)


def _where(placement: Placement) -> tuple[str, int, tuple[str, ...]]:
    return placement.venue, placement.start, placement.experts


def _a_hall_far_away(level: Level) -> tuple[Problem, Plan]:
    """Two halls, and a third one in another district than the lecture wishes."""
    problem, plan = _two_halls()
    far = Venue("far", "e", 100, open=(MORNING,))
    problem = replace(
        problem,
        districts=(District("d"), District("e")),
        venues=(*problem.venues, far),
        activities=(replace(problem.activities[0], district="d"), problem.activities[1]),
        weights={Term.VENUE: level},
    )
    return problem, plan


def _two_halls() -> tuple[Problem, Plan]:
    """One morning: a lecture in the hall, a talk for a few in the second hall, a room empty."""

    def venue(name: str, seats: int, words: str) -> Venue:
        return Venue(name, "d", seats, name=words, open=(MORNING,))

    problem = Problem(
        days=(Day(dt.date(2025, 9, 20)),),
        districts=(District("d"),),
        venues=(
            venue("hall", 100, "大会堂"),
            venue("second", 100, "第二会堂"),
            venue("room", 30, "会议室"),
        ),
        activities=(
            Activity("lecture", 60, 90, title="讲座", commitment=Commitment.CONFIRMED),
            Activity("talk", 60, 20, title="座谈"),
        ),
    )
    return problem, Plan((Placement("lecture", "hall", 540), Placement("talk", "second", 540)))
