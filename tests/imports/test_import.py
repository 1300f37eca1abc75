"""Files imported by command: the whole demo county, and what may not happen half."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy import Select, func, select

from events.campaigns.models import Activity, Campaign
from events.feeds.models import Feed
from events.feeds.states import FeedKind
from events.identity.models import Organization
from events.identity.states import Expansion
from events.imports.errors import Unusable
from events.imports.states import TableKind
from events.imports.world import table
from events.journal.models import Change
from events.kernel.db import Base, session
from events.venues.models import Venue
from events.volunteers.models import Team
from tests.cast import Cast
from tests.imports.files import DEMO, csv_of, do_import, found, import_path, stored, xlsx_of_csv

COUNTS = {
    TableKind.ORGANIZATIONS: 88,
    TableKind.VENUES: 30,
    TableKind.TEAMS: 30,
    TableKind.EXPERTS: 40,
    TableKind.KITS: 20,
    TableKind.ACTIVITIES: 120,
}
T = TypeVar("T", bound=Base)
NONE = dict.fromkeys(COUNTS, 0)


def _one(model: type[T], code: str) -> T:
    found: Select[T] = select(model).where(table(model).c.code == code)
    return session().scalars(found).one()


def test_the_demo_county_is_imported_whole_and_a_second_time_changes_nothing(app: Flask) -> None:
    first = import_path(DEMO)
    assert (first.created, first.changed, first.unchanged) == (COUNTS, NONE, NONE)
    assert (first.problems, first.warnings) == ((), ())
    before = stored()
    again = import_path(DEMO)
    assert (again.created, again.changed, again.unchanged) == (NONE, NONE, COUNTS)
    assert stored() == before


def test_the_demo_county_stands_as_the_files_say(app: Flask) -> None:
    import_path(DEMO)
    office, town = _one(Organization, "XA-KX"), _one(Organization, "XA-WQ")
    district = _one(Organization, "XA")
    assert office.path == f"{district.parent_id}.{district.id}.{office.id}."
    assert (office.parent, office.duties) == (district, ["lead"])
    groups = {
        code: _one(Organization, code).expansion for code in ("XA-XZBC", "XA-CYDW", "XA-LDXZ")
    }
    assert groups == {
        "XA-XZBC": Expansion.TOWNS,
        "XA-CYDW": Expansion.DEPARTMENTS,
        "XA-LDXZ": None,
    }
    museum, square = _one(Venue, "V01"), _one(Venue, "V07")
    assert [(s.name, s.is_outdoor, s.capacity) for s in museum.spaces] == [
        ("报告厅", False, None),
        ("展厅", False, None),
        ("多媒体教室", False, None),
        ("实验室", False, None),
        ("5号场地", False, None),
        ("户外场地", True, None),
    ]
    assert [(s.name, s.is_outdoor) for s in square.spaces] == [("户外场地", True)]
    assert (square.rain_backup_id, square.region) == (_one(Venue, "V06").id, town)
    team = _one(Team, "T01")
    assert (team.leader_name, team.service_area, team.base_venue) == ("队长01", ["XA"], museum)
    addresses = {
        *session().scalars(select(Venue.contact_email)),
        *session().scalars(select(Team.leader_email)),
        *session().scalars(
            select(Organization.email).join(Activity, Activity.lead_id == Organization.id)
        ),
    }
    assert {address and address.rpartition("kepu.")[2] for address in addresses} == {"example"}
    campaign = session().scalars(select(Campaign)).one()
    said = (campaign.name, campaign.observance_id, campaign.organization, str(campaign.ends_on))
    assert said == ("2025 全国科普月", "national-science-month", office, "2025-09-30")
    series = _one(Activity, "A003")
    assert (series.wish_rule, series.wish_weekdays) == ("FREQ=WEEKLY;BYDAY=SA;COUNT=4", [5])
    assert (str(series.wish_starts), str(series.wish_ends)) == ("09:00:00", "12:00:00")
    assert {unit.code for unit in series.supporters} == {"XA-JYJ", "XA-TQW"}
    assert str(_one(Activity, "A025").wish_ends) == "23:59:00"
    feeds = Counter(session().scalars(select(Feed.kind)))
    assert feeds == {FeedKind.VENUE: 30, FeedKind.TEAM: 30, FeedKind.EXPERT: 40}
    change = session().scalars(select(Change)).one()
    assert change.facts["counts"]["venues"] == {"created": 30}


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("form", ["gbk", "utf-8-sig", "xlsx"])
def test_every_form_of_the_files_makes_the_same_county(
    app: Flask, tmp_path: Path, form: str
) -> None:
    for file in DEMO.glob("*.csv"):
        text = file.read_text("utf-8")
        made = xlsx_of_csv(text) if form == "xlsx" else text.encode(form)
        suffix = "xlsx" if form == "xlsx" else "csv"
        (tmp_path / f"{file.stem}.{suffix}").write_bytes(made)
    assert import_path(tmp_path).created == COUNTS
    again = import_path(DEMO)
    assert (again.created, again.changed, again.unchanged) == (NONE, NONE, COUNTS)


def test_a_problem_in_the_last_row_leaves_the_database_empty(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(DEMO, folder)
    last = folder / "activities-2025-kepuri.csv"
    last.write_text(last.read_text("utf-8").replace("A120,", "A120 x,"), "utf-8")
    outcome = import_path(folder)
    assert found(outcome) == [(121, "activity_id", "code_unreadable")]
    assert outcome.problem_lines()[0].startswith("activities-2025-kepuri.csv:121:activity_id: ")
    assert {name: rows for name, rows in stored().items() if rows} == {}


def test_a_failure_while_writing_leaves_the_database_empty(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from events.journal import services

    monkeypatch.setattr(services, "_raise", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        import_path(DEMO)
    assert {name: rows for name, rows in stored().items() if rows} == {}


def test_a_dry_run_writes_nothing(app: Flask) -> None:
    outcome = import_path(DEMO, dry_run=True)
    assert outcome.created == COUNTS
    assert {name: rows for name, rows in stored().items() if rows} == {}


def test_only_what_differs_is_changed(cast: Cast, tmp_path: Path) -> None:
    museum = session().get_one(Venue, cast["museum"])
    before = (museum.version, museum.address, museum.contact_email, museum.hours)
    text = "venue_id,name,kind,manager_org_id,region_id\nV01,区博物馆,博物馆,XA-WLJ,XA-WQ\n"
    outcome = do_import(tmp_path, venues=text)
    assert (outcome.created, outcome.changed) == ({TableKind.VENUES: 0}, {TableKind.VENUES: 1})
    session().expire_all()
    assert museum.name == "区博物馆"
    after = (museum.version, museum.address, museum.contact_email, museum.hours)
    assert after == (before[0] + 1, *before[1:])
    feed = session().scalars(select(Feed).where(Feed.kind == FeedKind.VENUE)).one()
    assert (feed.name, feed.audience.revision) == ("区博物馆", 2)


def test_files_of_one_import_may_refer_to_each_other(app: Flask, tmp_path: Path) -> None:
    outcome = do_import(
        tmp_path,
        a_venues=csv_of("venues", "V1,甲馆,馆,B,B,10,1,"),
        b_teams=csv_of("teams", "T1,队,B,V1,A;B"),
        z_organizations=csv_of("organizations", "B,乙,town,region,A", "A,甲,district,region,"),
    )
    assert found(outcome) == []
    assert (
        _one(Organization, "B").path
        == f"{_one(Organization, 'A').id}.{_one(Venue, 'V1').organization_id}."
    )
    assert _one(Team, "T1").base_venue == _one(Venue, "V1")


def test_two_files_of_one_kind_are_one_table(app: Flask, tmp_path: Path) -> None:
    root = csv_of("organizations", "A,甲,district,region,")
    more = csv_of("organizations", "B,乙,town,region,A", "A,甲,district,region,")
    outcome = do_import(tmp_path, one=root, two=more)
    assert found(outcome) == [(3, "org_id", "code_twice")]
    assert outcome.problems[0].facts == {"named": "A", "first": "one.csv:2"}


def test_what_cannot_be_begun_is_said_in_a_line(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="没有 CSV 或 XLSX 文件"):
        import_path(tmp_path)
    with pytest.raises(Unusable, match="没有主题活动 nowhere"):
        import_path(DEMO, campaign="nowhere")


def test_activities_of_a_named_campaign_go_there(cast: Cast, tmp_path: Path) -> None:
    row = "A900,讲座,60,XA-KX,XA-WLJ,2025-09-05,2025-09-06,"
    outcome = do_import(tmp_path, "september", a=csv_of("activities", row))
    assert found(outcome) == []
    assert _one(Activity, "A900").campaign_id == cast["campaign"]
    again = do_import(tmp_path, str(cast["campaign"]), a=csv_of("activities", row))
    assert again.unchanged == {TableKind.ACTIVITIES: 1}
    assert session().scalar(select(func.count()).select_from(Campaign)) == 1


def test_an_existing_campaign_of_the_lead_is_used(cast: Cast, tmp_path: Path) -> None:
    row = "A900,讲座,60,XA-KX,,2025-09-05,2025-09-06,全国科普月"
    outcome = do_import(tmp_path, activities=csv_of("activities", row))
    assert found(outcome) == []
    assert _one(Activity, "A900").campaign_id == cast["campaign"]
