"""What the tables say, as the planner's problem: on the cast's museum, hall and square."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask

from events.campaigns.models import Activity, Campaign, Target
from events.campaigns.states import Measure, Mode
from events.kernel.db import session, transaction
from events.planner.answer import Plan
from events.planner.problem import DAY, Activity as Planned, Priority, Quota, Window
from events.planning.entries import entries
from events.planning.problem import Question, question
from events.planning.scope import Scope
from events.resources.models import Kit
from events.venues.models import Closure, Venue
from tests.cast import NOW, Cast
from tests.flows import season
from tests.web.statements import statements

ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"])
SATURDAY = date(2025, 9, 6)
"""The sixth day of the campaign's thirty."""
WISHED = Window(5 * DAY + 540, 5 * DAY + 1020)


def asked(cast: Cast, now: datetime = NOW) -> Question:
    return question(Scope(campaign=session().get_one(Campaign, cast["campaign"])), now)


def draft(cast: Cast, code: str = "B001", **values: object) -> None:
    """A draft of the office with wishes."""
    told: dict[str, object] = {
        "campaign_id": cast["campaign"],
        "lead_id": cast["office"],
        "code": code,
        "title": code,
        "duration_min": 90,
        "wish_from": SATURDAY,
        "wish_until": SATURDAY,
    }
    with transaction() as writes:
        writes.add(Activity(**told | values))


def the(found: Question, name: str = "B001") -> Planned:
    return next(one for one in found.problem.activities if one.id == name)


def kit(cast: Cast, **values: object) -> str:
    """A kit of the office; the planner's name of its first piece."""
    told = {"organization_id": cast["office"], "code": "K1", "name": "展品", "kind": "展品"}
    with transaction() as writes:
        row = Kit(**told | values)
        writes.add(row)
        writes.flush()
        return f"kit:{row.id}#1"


def test_a_draft_asks_for_what_it_wishes(app: Flask, cast: Cast) -> None:
    expert = season.expert(cast)
    piece = kit(cast)
    draft(
        cast,
        expected_attendance=100,
        audiences=["青少年", "家长"],
        priority=1,
        wish_region_id=cast["town"],
        venue_kinds=["博物馆"],
        expert_fields=["航天"],
        kit_kinds=["展品"],
        needed_skills=["讲解"],
        volunteers_needed=6,
    )
    found = asked(cast)
    assert the(found) == Planned(
        "B001",
        90,
        100,
        title="B001",
        audience="青少年",
        district="XA-WQ",
        windows=(WISHED,),
        venues=frozenset({f"space:{cast['hall']}"}),
        priority=Priority.HIGHEST,
        fields=("航天",),
        kits=("展品",),
        team_size=6,
        team_skills=frozenset({"讲解"}),
    )
    assert [one.id for one in found.problem.experts] == [f"expert:{expert}"]
    assert [one.id for one in found.problem.kits] == [piece]
    assert [(one.id, one.area) for one in found.problem.teams] == [
        (f"team:{cast['team']}", frozenset({"XA-WQ", "online"}))
    ]


@ONE_ENGINE
def test_out_of_doors_means_the_square(app: Flask, cast: Cast) -> None:
    draft(cast, is_outdoor=True)
    assert the(asked(cast)).venues == frozenset({f"space:{cast['square']}"})


@ONE_ENGINE
def test_what_happens_online_needs_no_room(app: Flask, cast: Cast) -> None:
    draft(cast, mode=Mode.ONLINE, expected_attendance=5000, needed_facilities=["网络"])
    row = the(asked(cast))
    assert (row.venues, row.visitors) == (frozenset({"online"}), 0)
    assert not row.facilities


@ONE_ENGINE
def test_a_rule_becomes_a_session_each_and_a_series(app: Flask, cast: Cast) -> None:
    draft(
        cast,
        wish_until=date(2025, 9, 30),
        wish_weekdays=[5],
        wish_rule="FREQ=WEEKLY;BYDAY=SA;COUNT=3",
    )
    found = asked(cast)
    names = ("B001/1", "B001/2", "B001/3")
    assert [the(found, name).windows[0].start // DAY for name in names] == [5, 12, 19]
    assert [(one.id, one.activities) for one in found.problem.series] == [("B001/1", names)]
    assert [(found.sessions[name].number) for name in names] == [1, 2, 3]


@ONE_ENGINE
def test_a_code_like_a_session_s_name_is_told_apart(app: Flask, cast: Cast) -> None:
    draft(cast, "B001", wish_until=date(2025, 9, 7), wish_rule="FREQ=DAILY;COUNT=2")
    draft(cast, "B001/2")
    names = [one.id for one in asked(cast).problem.activities]
    assert names == ["A001", "B001/1", "B001/2", "B001/2'"]


@ONE_ENGINE
def test_bulky_equipment_stays_for_the_whole_run(app: Flask, cast: Cast) -> None:
    kit(cast, setup_min=480, teardown_min=360)
    draft(
        cast,
        wish_until=date(2025, 9, 8),
        wish_rule="FREQ=DAILY;COUNT=3",
        kit_kinds=["展品"],
    )
    found = asked(cast)
    assert the(found, "B001/2").kits == ()
    stay = the(found, "B001/*")
    assert (stay.kits, stay.windows) == (("展品",), (Window(WISHED.start, 7 * DAY + 1020),))
    assert found.sessions["B001/*"].stays
    assert len(found.problem.kits) == 1


def test_what_is_published_holds_its_space_and_its_people(app: Flask, cast: Cast) -> None:
    season.publish(cast, season.draft(cast, team="team"))
    found = asked(cast).problem
    held = Window(5 * DAY + 540, 5 * DAY + 630)
    closed = {venue.id: venue.closed for venue in found.venues}
    assert closed[f"space:{cast['hall']}"] == (held,)
    assert closed[f"space:{cast['square']}"] == ()
    (team,) = found.teams
    assert [w for w in team.windows if w.start // DAY == 5] == [
        Window(5 * DAY + 480, held.start),
        Window(held.end, 5 * DAY + 1320),
    ]
    assert "A002" not in {one.id for one in found.activities}


@ONE_ENGINE
def test_a_published_run_keeps_its_bulky_equipment_between_sessions(app: Flask, cast: Cast) -> None:
    kit(cast, setup_min=480, teardown_min=360)
    run = season.draft(cast, rule="FREQ=WEEKLY;COUNT=2")
    with transaction() as writes:
        writes.get_one(Activity, run).kit_kinds = ["展品"]
    season.publish(cast, run)
    draft(cast, kit_kinds=["展品"])
    (piece,) = asked(cast).problem.kits
    begins, ends = WISHED.start - 840, 12 * DAY + 630 + 840
    assert piece.windows == (Window(0, begins), Window(ends, 30 * DAY))


@ONE_ENGINE
def test_planning_all_of_it_takes_what_is_published_as_unplanned(app: Flask, cast: Cast) -> None:
    season.publish(cast, season.draft(cast, team="team"))
    campaign = session().get_one(Campaign, cast["campaign"])
    found = question(Scope(campaign=campaign, is_whole=True), NOW).problem
    assert {one.id for one in found.activities} == {"A001", "A002"}
    assert {venue.closed for venue in found.venues} == {()}
    (team,) = found.teams
    assert len(team.windows) == 30


def test_a_closed_venue_is_closed_in_all_its_rooms(app: Flask, cast: Cast) -> None:
    with transaction() as writes:
        row = Closure(
            venue=writes.get_one(Venue, cast["museum"]),
            starts_at=datetime(2025, 9, 6, 1, tzinfo=UTC),
            ends_at=datetime(2025, 9, 6, 9, tzinfo=UTC),
            title="–",
            source="x",
        )
        writes.add(row)
    shut = {one.id: one.closed for one in asked(cast).problem.venues if one.site}
    assert shut == {f"space:{cast[name]}": (WISHED,) for name in ("hall", "square")}


@ONE_ENGINE
def test_a_venue_takes_so_many_a_day_less_those_that_stand(app: Flask, cast: Cast) -> None:
    with transaction() as writes:
        writes.get_one(Venue, cast["museum"]).most_per_day = 2
    season.publish(cast, season.draft(cast))
    (site,) = asked(cast).problem.sites
    assert (site.id, site.name) == (f"venue:{cast['museum']}", "示例区博物馆")
    assert site.most_per_day == tuple(1 if day == 5 else 2 for day in range(30))
    assert {one.site for one in asked(cast).problem.venues} == {site.id, ""}


@ONE_ENGINE
def test_a_venue_is_asked_in_time_and_nothing_is_planned_for_yesterday(
    app: Flask, cast: Cast
) -> None:
    with transaction() as writes:
        writes.get_one(Venue, cast["museum"]).lead_days = 3
    draft(cast, "B001")
    draft(cast, "B002", wish_from=date(2025, 9, 4), wish_until=date(2025, 9, 4))
    found = asked(cast, datetime(2025, 9, 5, 2, 30, tzinfo=UTC))
    assert found.horizon.first == date(2025, 9, 5)
    closed = {one.id: one.closed for one in found.problem.venues}
    assert closed[f"space:{cast['hall']}"] == (Window(0, 3 * DAY),)
    assert closed["online"] == (Window(0, 630),)
    assert [one.id for one in found.problem.activities] == ["A001", "B001"]
    assert found.sessions["B002"].is_outside
    row = entries(found, Plan(), {})[2]
    assert row["reasons"]["core"][1]["zh"] == "希望的日期已经过去，或者离活动周期太远"


@ONE_ENGINE
def test_a_campaign_that_is_over_is_planned_as_it_was(app: Flask, cast: Cast) -> None:
    found = asked(cast, datetime(2026, 1, 1, tzinfo=UTC))
    assert (found.horizon.first, len(found.problem.days)) == (date(2025, 9, 1), 30)
    assert {one.closed for one in found.problem.venues} == {()}


@ONE_ENGINE
def test_a_typed_time_stays_while_no_dates_are_wished(app: Flask, cast: Cast) -> None:
    season.draft(cast, "A009", start=season.saturday(14))
    assert the(asked(cast), "A009").windows == (Window(5 * DAY + 840, 5 * DAY + 930),)


@ONE_ENGINE
def test_the_grid_is_as_fine_as_the_tightest_wish(app: Flask, cast: Cast) -> None:
    assert asked(cast).problem.grid == 30
    draft(cast, wish_starts=time(9, 45), wish_ends=time(11, 15))
    assert asked(cast).problem.grid == 15


@ONE_ENGINE
def test_targets_of_an_audience_become_quotas(app: Flask, cast: Cast) -> None:
    with transaction() as writes:
        writes.get_one(Campaign, cast["campaign"]).targets = [
            Target(measure=Measure.ACTIVITIES, audience="老年人", goal=3),
            Target(measure=Measure.PARTICIPANTS, audience="老年人", goal=900),
            Target(measure=Measure.ACTIVITIES, audience="", goal=120),
        ]
    found = asked(cast).problem
    assert found.quotas == (Quota("老年人", None, 3),)
    assert [one.id for one in found.audiences] == ["公众", "老年人"]


@ONE_ENGINE
def test_a_neighbour_s_venues_and_people_are_not_planned_with(app: Flask, cast: Cast) -> None:
    with transaction() as writes:
        writes.get_one(Venue, cast["museum"]).organization_id = cast["county"]
    found = asked(cast).problem
    assert [venue.id for venue in found.venues] == ["online"]


@ONE_ENGINE
def test_two_drafts_send_no_more_queries_than_one(app: Flask, cast: Cast) -> None:
    sent = []
    for code in ("B001", "B002"):
        draft(cast, code)
        session().expire_all()
        with statements() as seen:
            asked(cast)
        sent.append(len(seen))
    assert sent[0] == sent[1]
