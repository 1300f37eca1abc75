from __future__ import annotations

import itertools
from datetime import date, datetime, time, timedelta

from hypothesis import given, strategies as st

from events.kernel.hours import Hours
from events.planning.first_fit import Crew, Placed, Room, Unplaced, Wish, first_fit

SATURDAY = date(2025, 9, 6)


def wish(number: int = 1, **values: object) -> Wish:
    told: dict[str, object] = {
        "activity_id": number,
        "priority": 2,
        "duration_min": 60,
        "attendance": 50,
        "is_online": False,
        "is_outdoor": False,
        "first": SATURDAY,
        "last": SATURDAY,
        "weekdays": frozenset(),
        "starts": time(9),
        "ends": time(12),
        "rule": "",
        "venue_kinds": frozenset({"科技馆"}),
        "facilities": frozenset({"投影"}),
        "region": "XA-WQ",
        "skills": frozenset({"讲解"}),
        "volunteers": 0,
    }
    return Wish(**{**told, **values})  # type: ignore[arg-type]


def room(space_id: int = 1, **values: object) -> Room:
    told: dict[str, object] = {
        "space_id": space_id,
        "venue_id": 1,
        "kind": "科技馆",
        "holds": 100,
        "is_outdoor": False,
        "facilities": frozenset({"投影", "音响"}),
        "hours": Hours.parse("Tu-Su 09:00-17:00"),
        "regions": frozenset({"XN", "XA", "XA-WQ"}),
        "most_per_day": None,
    }
    return Room(**{**told, **values})  # type: ignore[arg-type]


def at(hour: int, minute: int = 0, *, weeks: int = 0) -> datetime:
    return datetime.combine(SATURDAY, time(hour, minute)) + timedelta(weeks=weeks)


def plan(placed: Placed) -> tuple[tuple[datetime, ...], tuple[int | None, ...]]:
    return placed.starts, placed.spaces


def test_two_wishes_share_a_room_one_after_the_other() -> None:
    placed, unplaced = first_fit([wish(1), wish(2)], [room()], [])
    assert [plan(each) for each in placed] == [((at(9),), (1,)), ((at(10),), (1,))]
    assert unplaced == []


def test_the_important_one_is_placed_first() -> None:
    placed, _ = first_fit([wish(1), wish(2, priority=1)], [room()], [])
    assert [each.activity_id for each in placed] == [2, 1]


def test_what_is_booked_already_is_not_given_away() -> None:
    busy = [(1, 1, at(9), at(10, 30))]
    placed, _ = first_fit([wish()], [room()], [], busy)
    assert plan(placed[0]) == ((at(10, 30),), (1,))


def test_a_rule_keeps_its_room_throughout_when_it_can() -> None:
    rooms = [room(1), room(2)]
    busy = [(1, 1, at(9, weeks=1), at(17, weeks=1))]
    repeated = wish(rule="FREQ=WEEKLY;COUNT=3", last=SATURDAY + timedelta(weeks=2))
    placed, unplaced = first_fit([repeated], rooms, [], busy)
    assert plan(placed[0]) == (tuple(at(9, weeks=n) for n in range(3)), (2, 2, 2))
    assert unplaced == []


def test_the_nearest_reason_is_told() -> None:
    cases = {
        "too_small": wish(1, attendance=500),
        "no_facility": wish(2, facilities=frozenset({"电源380V"})),
        "wrong_side": wish(3, is_outdoor=True),
        "wrong_kind": wish(4, venue_kinds=frozenset({"学校"})),
        "no_space_free": wish(5, starts=time(18), ends=time(20)),
        "no_time": wish(6, weekdays=frozenset({0})),
    }
    _, unplaced = first_fit(cases.values(), [room()], [])
    assert sorted(unplaced, key=lambda each: each.activity_id) == [
        Unplaced(activity_id=asked.activity_id, why=why) for why, asked in cases.items()
    ]


def test_a_day_takes_no_more_bookings_than_the_venue_allows() -> None:
    placed, unplaced = first_fit([wish(1), wish(2)], [room(most_per_day=1)], [])
    assert [each.spaces for each in placed] == [(1,), (None,)]
    assert [each.why for each in unplaced] == ["no_space_free"]


def test_a_team_is_free_fit_and_near() -> None:
    hours = Hours.parse("Mo-Su 08:00-18:00")
    skill = frozenset({"讲解"})
    crews = [
        Crew(team_id=1, size=30, skills=skill, hours=hours, area=frozenset({"CB"})),
        Crew(team_id=2, size=20, skills=frozenset({"直播"}), hours=hours, area=frozenset({"XA"})),
        Crew(team_id=3, size=10, skills=skill, hours=hours, area=frozenset({"XA"})),
    ]
    rooms = [room(1), room(2)]
    placed, _ = first_fit([wish(1, volunteers=2), wish(2, volunteers=2)], rooms, crews)
    assert [each.team_id for each in placed] == [3, None]


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(30, 240), st.integers(1, 150)), max_size=12)
)
def test_no_plan_ever_uses_a_room_twice_at_once_or_outside_its_hours(
    asked: list[tuple[int, int, int]],
) -> None:
    wishes = [
        wish(number, priority=priority, duration_min=minutes, attendance=people, ends=time(17))
        for number, (priority, minutes, people) in enumerate(asked)
    ]
    rooms = [room(1), room(2, holds=60)]
    placed, unplaced = first_fit(wishes, rooms, [])
    lengths = {each.activity_id: each.duration_min for each in wishes}
    spans = sorted(
        (space, start, start + timedelta(minutes=lengths[each.activity_id]))
        for each in placed
        for start, space in zip(each.starts, each.spaces, strict=True)
        if space is not None
    )
    assert all(rooms[0].hours.holds(start, end) for _, start, end in spans)
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in itertools.pairwise(spans))
    homeless = {each.activity_id for each in placed if None in each.spaces}
    assert homeless == {each.activity_id for each in unplaced}
    assert first_fit(wishes, rooms, []) == (placed, unplaced)
