"""Every problem between a row and what is stored: its row, its column, its code."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from events.campaigns.models import Activity
from events.campaigns.states import ActivityState
from events.identity.models import Organization
from events.imports.states import TableKind
from events.journal.models import Audience
from events.kernel.db import session, transaction
from events.schedule.models import Occurrence, Series
from events.schedule.states import SeriesKind
from events.venues.models import Booking, Space, Venue
from events.venues.states import BookingState
from tests.cast import NOW, Cast
from tests.imports.files import HEADS, csv_of, do_import, found


@pytest.mark.parametrize(
    ("kind", "row", "column", "code"),
    [
        ("organizations", "N1,新,town,region,NIX", "parent_id", "organization_unknown"),
        ("organizations", "XA,咸安区,district,region,XA-WQ", "parent_id", "parent_circle"),
        ("organizations", "XN,咸宁市,city,region,XN", "parent_id", "parent_circle"),
        ("venues", "V9,馆,馆,NIX,XA-KX,9,1,", "region_id", "organization_unknown"),
        ("venues", "V9,馆,馆,XA,NIX,9,1,", "manager_org_id", "organization_unknown"),
        ("teams", "T9,队,XA-KX,V99,XA", "base_venue_id", "venue_unknown"),
        ("teams", "T9,队,XA-KX,V01,XA;NIX", "service_area", "organization_unknown"),
        ("experts", "P9,专家,NIX", "org_id", "organization_unknown"),
        ("kits", "K9,箱,箱,XA-KX,V99", "home_venue_id", "venue_unknown"),
        ("activities", "A9,讲座,60,NIX,,2025-09-05,,全国科普月", None, "campaign_missing"),
        ("activities", "A9,讲座,60,XA-KX,,2025-09-05,,", None, "campaign_missing"),
        ("activities", "A9,讲座,60,XA-KX,,2025-03-05,,全国科普月", None, "campaign_missing"),
        (
            "activities",
            "A9,讲座,60,XA-KX,NIX,2025-09-05,,全国科普月",
            "support_org_ids",
            "organization_unknown",
        ),
        (
            "activities",
            "A9,讲座,60,XA-KX,,2025-09-09,2025-09-05,全国科普月",
            "preferred_end",
            "dates_reversed",
        ),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_row_that_does_not_fit_is_named(
    cast: Cast, tmp_path: Path, kind: str, row: str, column: str | None, code: str
) -> None:
    outcome = do_import(tmp_path, None, **{kind: csv_of(kind, row)})
    assert (None if column is None else 2, column, code) in found(outcome)
    assert len(outcome.problem_lines()[0]) > len(code)
    assert do_import(tmp_path, None, **{kind: csv_of(kind, row)}).created == outcome.created


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_row_has_all_its_problems_at_once(cast: Cast, tmp_path: Path) -> None:
    outcome = do_import(tmp_path, venues=csv_of("venues", ",馆,馆,NIX,NOX,viele,1,"))
    assert found(outcome) == [
        (2, "venue_id", "value_missing"),
        (2, "capacity_indoor", "number_unreadable"),
        (2, "region_id", "organization_unknown"),
        (2, "manager_org_id", "organization_unknown"),
    ]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_venue_is_not_its_own_backup(cast: Cast, tmp_path: Path) -> None:
    text = "venue_id,name,kind,manager_org_id,rain_backup_venue_id\nV9,馆,馆,XA-KX,V9\n"
    outcome = do_import(tmp_path, venues=text)
    assert found(outcome) == [(2, "rain_backup_venue_id", "backup_is_itself")]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_code_that_two_rows_have_is_a_problem_wherever_it_is_used(
    cast: Cast, tmp_path: Path
) -> None:
    with transaction() as writes:
        office = writes.get_one(Organization, cast["office"])
        writes.add(Venue(organization=office, code="V01", name="同号", kind="馆"))
    outcome = do_import(
        tmp_path,
        kits=csv_of("kits", "K9,箱,箱,XA-KX,V01"),
        venues=csv_of("venues", "V01,馆,馆,XA,XA-KX,9,1,"),
    )
    assert found(outcome) == [
        (2, "home_venue_id", "code_ambiguous"),
        (2, "venue_id", "code_ambiguous"),
    ]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_rule_without_an_end_needs_a_last_day(cast: Cast, tmp_path: Path) -> None:
    text = HEADS["activities"] + ",recurrence\n"
    row = "A9,讲座,60,XA-KX,,2025-09-05,,全国科普月,FREQ=WEEKLY\n"
    assert found(do_import(tmp_path, activities=text + row)) == [(2, "recurrence", "rule_endless")]
    bounded = row.replace("2025-09-05,,", "2025-09-05,2025-09-30,")
    assert found(do_import(tmp_path, activities=text + bounded)) == []


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_is_only_strange_is_a_warning(cast: Cast, tmp_path: Path) -> None:
    text = HEADS["activities"] + ",time_window\n"
    row = "A9,讲座,90,XA-KX,,2025-10-05,,全国科普月,09:00-10:00\n"
    outcome = do_import(tmp_path, "september", activities=text + row)
    assert outcome.problems == ()
    assert [(one.row, one.column, one.code) for one in outcome.warnings] == [
        (2, "preferred_start", "outside_campaign"),
        (2, "time_window", "duration_too_long"),
    ]
    assert outcome.created == {TableKind.ACTIVITIES: 1}


def test_a_published_activity_may_stand_in_the_file_but_not_change(
    cast: Cast, tmp_path: Path
) -> None:
    with transaction() as writes:
        writes.get_one(Activity, cast["activity"]).state = ActivityState.PUBLISHED
    head = "activity_id,title_zh,duration_min,lead_org_id\n"
    same = do_import(tmp_path, "september", a=head + "A001,科普讲座,90,XA-KX\n")
    assert (found(same), same.unchanged) == ([], {TableKind.ACTIVITIES: 1})
    other = do_import(tmp_path, "september", a=head + "A001,别的,90,XA-KX\n")
    assert found(other) == [(2, "activity_id", "published_already")]
    assert session().get_one(Activity, cast["activity"]).title == "科普讲座"


def test_a_draft_takes_the_files_words_and_supporters(cast: Cast, tmp_path: Path) -> None:
    text = csv_of("activities", "A001,新名,90,XA-WLJ,XA-KX;XN,2025-09-05,,")
    outcome = do_import(tmp_path, "september", activities=text)
    assert (found(outcome), outcome.changed) == ([], {TableKind.ACTIVITIES: 1})
    activity = session().get_one(Activity, cast["activity"], populate_existing=True)
    assert (activity.title, activity.lead.code, activity.version) == ("新名", "XA-WLJ", 2)
    assert sorted(unit.code for unit in activity.supporters) == ["XA-KX", "XN"]
    assert activity.needed_skills == ["讲解"]


def _spaces(venue: str) -> list[str]:
    found = select(Space.name).join(Venue).where(Venue.code == venue).order_by(Space.id)
    return list(session().scalars(found))


def test_rooms_follow_the_number_but_never_take_a_booking_away(cast: Cast, tmp_path: Path) -> None:
    def with_rooms(rooms: int) -> list[str]:
        row = f"V8,馆,馆,XA,XA-KX,90,{rooms},舞台;投影;报告厅"
        outcome = do_import(tmp_path, venues=csv_of("venues", row))
        assert found(outcome) == []
        return [one.code for one in outcome.warnings]

    with_rooms(2)
    assert _spaces("V8") == ["舞台厅", "报告厅"]
    with_rooms(4)
    assert _spaces("V8") == ["舞台厅", "报告厅", "3号场地", "4号场地"]
    _book(cast, "4号场地")
    assert with_rooms(1) == []
    assert _spaces("V8") == ["4号场地"]
    with_rooms(2)
    assert with_rooms(2) == []
    _book(cast, "舞台厅")
    assert with_rooms(1) == ["spaces_kept"]
    assert _spaces("V8") == ["4号场地", "舞台厅"]


def _book(cast: Cast, name: str, state: BookingState = BookingState.RELEASED) -> None:
    with transaction() as writes:
        activity = writes.get_one(Activity, cast["activity"])
        series = Series(
            activity=activity,
            uid=f"uid-{name}",
            kind=SeriesKind.SINGLE,
            tz="Asia/Shanghai",
            starts_local=NOW.replace(tzinfo=None),
            duration_min=60,
            changed_at=NOW,
        )
        occurrence = Occurrence(
            series=series,
            uid=series.uid,
            recurrence_id_local=NOW.replace(tzinfo=None),
            slot_local=NOW.replace(tzinfo=None),
            starts_at=NOW,
            ends_at=NOW + timedelta(hours=1),
            changed_at=NOW,
        )
        space = writes.scalars(select(Space).where(Space.name == name)).one()
        writes.add(
            Booking(
                occurrence=occurrence,
                space=space,
                state=state,
                starts_at=NOW,
                ends_at=NOW + timedelta(hours=1),
            )
        )


def test_a_moved_unit_takes_its_subtree_along(cast: Cast, tmp_path: Path) -> None:
    rows = ("XA,咸安区,district,region,CB", "N1,新站,town,station,XA-WQ")
    assert found(do_import(tmp_path, organizations=csv_of("organizations", *rows))) == []
    units = {unit.id: unit for unit in session().scalars(select(Organization))}
    for unit in units.values():
        above = units[unit.parent_id].path if unit.parent_id else ""
        assert unit.path == f"{above}{unit.id}."
    district = units[cast["district"]]
    assert district.path == f"{cast['city']}.{cast['county']}.{cast['district']}."


def test_two_units_cannot_stand_below_each_other(cast: Cast, tmp_path: Path) -> None:
    rows = ("N1,一,town,zone,N2", "N2,二,town,zone,N1")
    outcome = do_import(tmp_path, organizations=csv_of("organizations", *rows))
    assert found(outcome) == [(2, "parent_id", "parent_circle"), (3, "parent_id", "parent_circle")]


def test_calendars_of_a_renamed_venue_are_raised(cast: Cast, tmp_path: Path) -> None:
    _book(cast, "报告厅", BookingState.CONFIRMED)
    with transaction() as writes:
        writes.get_one(Activity, cast["activity"]).state = ActivityState.PUBLISHED
    text = "venue_id,name,kind,manager_org_id\nV01,新馆名,博物馆,XA-WLJ\n"
    assert found(do_import(tmp_path, venues=text)) == []
    scopes = {row.scope for row in session().scalars(select(Audience))}
    assert {f"venue:{cast['museum']}", f"campaign:{cast['campaign']}"} <= scopes
