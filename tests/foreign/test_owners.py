"""Calendars of organizations and of volunteers: what comes of them, and who may know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from events.campaigns.models import Campaign
from events.flows.deactivate_user import deactivate_user
from events.flows.drop_calendar import drop_calendar
from events.flows.refresh_calendar import refresh_calendar
from events.flows.subscribe_calendar import subscribe_calendar
from events.flows.upload_calendar import upload_calendar
from events.foreign import queries, words
from events.foreign.models import ForeignCalendar, ForeignEntry
from events.foreign.owners import Whose
from events.foreign.run import refresh_due
from events.journal.models import Change
from events.kernel.db import release, session, transaction
from events.kernel.errors import Forbidden, NotFound, Refused
from events.venues.models import Closure
from events.volunteers import crews, queries as volunteers
from events.volunteers.models import Absence, Shift, Team
from tests.cast import NOW, Cast
from tests.flows import season
from tests.foreign.calendars import calendar
from tests.foreign.server import serving

TZ = "Asia/Shanghai"
ONLY_SQLITE = pytest.mark.parametrize("engine", ["sqlite"])
OPENING = (
    "UID:opening\nSUMMARY:全省启动仪式\nDTSTART;TZID=Asia/Shanghai:20250906T093000\nDURATION:PT2H"
)
WEEK = (
    "UID:week\nSUMMARY:科技周\nDTSTART;VALUE=DATE:20250908\nDTEND;VALUE=DATE:20250911\n"
    "TRANSP:TRANSPARENT"
)
DENTIST = (
    "UID:secret-uid\nSUMMARY:看牙\nLOCATION:口腔医院\nDESCRIPTION:带病历\n"
    "DTSTART;TZID=Asia/Shanghai:20250906T080000\nDURATION:PT2H\nSEQUENCE:1"
)


def look() -> None:
    """The worker's ticks until nothing is due."""
    while refresh_due(lambda: NOW, ()):
        pass
    release()


def uploaded(cast: Cast, who: str, whose: Whose, *events: str, name: str = "own.ics") -> int:
    content = calendar(*events, head="X-WR-CALNAME:私人").encode()
    number = upload_calendar(cast.actor(who), NOW, whose=whose, tz=TZ, name=name, content=content)
    look()
    return number


def absences() -> list[tuple[str, int]]:
    rows = session().scalars(select(Absence).order_by(Absence.starts_at, Absence.id))
    return [(f"{row.starts_at:%m-%d %H:%M}–{row.ends_at:%H:%M}", row.user_id) for row in rows]


def beside(cast: Cast, **span: datetime) -> list[str]:
    campaign = session().get_one(Campaign, cast["campaign"])
    return [f"{words.when(one)} {one.title}" for one in queries.beside(campaign, **span)]


def test_a_superior_units_calendar_stands_beside_the_campaigns_below(
    app: Flask, cast: Cast
) -> None:
    gone = "UID:gone\nSUMMARY:取消了\nDTSTART:20250907T100000Z\nSTATUS:CANCELLED"
    uploaded(cast, "ada", Whose(organization_id=cast["city"]), OPENING, WEEK, gone)
    uploaded(cast, "xu", Whose(organization_id=cast["county"]), OPENING)
    assert beside(cast) == ["Sat 6 Sep 09:30–11:30 全省启动仪式", "8–10 Sep 科技周"]
    later = datetime(2025, 9, 9, tzinfo=UTC)
    assert beside(cast, start=later, end=later + timedelta(hours=1)) == ["8–10 Sep 科技周"]
    assert session().scalar(select(func.count(Closure.id))) == 0
    (change,) = session().scalars(select(Change).where(Change.organization_id == cast["city"]))
    assert (change.kind.value, change.title) == ("calendar.added", "own.ics")


@ONLY_SQLITE
def test_whoever_plans_below_reads_a_superiors_calendar_and_does_not_keep_it(
    app: Flask, cast: Cast
) -> None:
    number = uploaded(cast, "ada", Whose(organization_id=cast["city"]), OPENING)
    assert [row.id for row in queries.calendars(cast.actor("ada"))] == [number]
    assert queries.calendars(cast.actor("mei")) == []
    for who in ("mei", "tao", "lin", "xu"):
        with pytest.raises(NotFound):
            drop_calendar(cast.actor(who), NOW, calendar_id=number)
    with pytest.raises(NotFound):
        uploaded(cast, "mei", Whose(organization_id=cast["city"]), OPENING)
    drop_calendar(cast.actor("ada"), NOW, calendar_id=number)
    assert beside(cast) == []


def test_a_volunteers_calendar_becomes_absences_and_nothing_else(app: Flask, cast: Cast) -> None:
    free = "UID:free\nSUMMARY:看牙\nDTSTART:20250907T100000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT"
    number = uploaded(cast, "lin", Whose(), DENTIST, free, "UID:bad\nSUMMARY:看牙")
    assert absences() == [("09-06 00:00–02:00", cast["lin"])]
    row = session().get_one(ForeignCalendar, number)
    stored = row.content.decode() + str(row.report)
    for word in ("看牙", "口腔医院", "病历", "私人"):
        assert word not in stored
    assert {entry.title for entry in session().scalars(select(ForeignEntry))} == {""}
    assert (row.report["events"], row.report["refused"]) == (2, 1)
    assert [one["code"] for one in row.report["problems"]] == ["start_missing"]
    assert session().scalar(select(func.count(Change.id))) == 0


def test_a_volunteers_newer_file_replaces_the_times_of_the_older(app: Flask, cast: Cast) -> None:
    number = uploaded(cast, "lin", Whose(), DENTIST)
    later = DENTIST.replace("T080000", "T140000").replace("SEQUENCE:1", "SEQUENCE:2")
    assert uploaded(cast, "lin", Whose(), later) == number
    assert absences() == [("09-06 06:00–08:00", cast["lin"])]
    uploaded(cast, "lin", Whose(), DENTIST)  # an older revision changes nothing
    assert absences() == [("09-06 06:00–08:00", cast["lin"])]
    kept = uploaded(cast, "lin", Whose(), WEEK.replace("TRANSPARENT", "OPAQUE"), name="b.ics")
    drop_calendar(cast.actor("lin"), NOW, calendar_id=number)
    assert absences() == [("09-07 16:00–16:00", cast["lin"])]
    assert session().scalars(select(ForeignCalendar.id)).all() == [kept]
    assert set(session().scalars(select(ForeignEntry.calendar_id))) == {kept}


@ONLY_SQLITE
def test_a_volunteers_subscription_is_stored_without_its_words(app: Flask, cast: Cast) -> None:
    with serving() as server:
        server.content = calendar(DENTIST).encode()
        number = subscribe_calendar(
            cast.actor("lin"),
            NOW,
            whose=Whose(),
            tz=TZ,
            name="",
            url=server.url("/good"),
            offices=(server.host,),
        )
        for hours in (0, 2, 30):  # read, unchanged, and read again on another day
            assert refresh_due(lambda: NOW + timedelta(hours=hours), (server.host,))  # noqa: B023
    assert absences() == [("09-06 00:00–02:00", cast["lin"])]
    row = session().get_one(ForeignCalendar, number)
    assert "看牙" not in row.content.decode()
    assert row.failures == 0
    assert server.asked[-1][1]["If-None-Match"] == '"one"'


@ONLY_SQLITE
def test_a_file_that_is_no_calendar_is_refused_at_once(app: Flask, cast: Cast) -> None:
    lin = cast.actor("lin")
    for content, code in ((b" \n", "not_a_calendar"), (b"\na" * 1_000_001, "too_many_lines")):
        with pytest.raises(Refused, match=code):
            upload_calendar(lin, NOW, whose=Whose(), tz=TZ, name="x", content=content)


@ONLY_SQLITE
def test_nobody_else_finds_a_volunteers_calendar(app: Flask, cast: Cast) -> None:
    number = uploaded(cast, "lin", Whose(), DENTIST)
    for who in ("ada", "mei", "tao", "bo", "wei", "xu"):
        with pytest.raises(NotFound):
            refresh_calendar(cast.actor(who), NOW, calendar_id=number)
        assert queries.calendars(cast.actor(who)) == []
    assert queries.calendar(cast.actor("lin"), number).id == number
    with pytest.raises(Forbidden):
        uploaded(cast, "mei", Whose(), DENTIST)


@ONLY_SQLITE
def test_closing_an_account_forgets_when_its_person_is_busy(app: Flask, cast: Cast) -> None:
    uploaded(cast, "lin", Whose(), DENTIST)
    deactivate_user(cast.actor("ada"), NOW, user_id=cast["lin"])
    assert absences() == []
    assert session().scalar(select(func.count(ForeignCalendar.id))) == 0


@ONLY_SQLITE
def test_overlap_is_told_to_the_volunteer_and_busy_to_the_leader(app: Flask, cast: Cast) -> None:
    activity = season.draft(cast, "A002", team="team")
    season.publish(cast, activity)
    uploaded(cast, "lin", Whose(), DENTIST)
    uploaded(cast, "bo", Whose(), DENTIST)  # Bo is of no team
    (seen,) = volunteers.open_shifts(cast.actor("lin"), now=NOW)
    assert [f"{one.starts_at:%H:%M}" for one in seen.busy] == ["00:00"]
    assert volunteers.open_shifts(cast.actor("wei"), now=NOW)[0].busy == []
    team = session().get_one(Team, cast["team"])
    shifts = list(session().scalars(select(Shift)))
    (crew,) = crews.crews(team, shifts).values()
    assert (crew.coming, crew.busy) == ([], ["Lin"])
    assert crews.crews(team, []) == {}


@pytest.mark.parametrize("columns", [{}, {"organization_id": "city", "volunteer_id": "lin"}])
def test_a_calendar_has_exactly_one_owner(app: Flask, cast: Cast, columns: dict[str, str]) -> None:
    row = ForeignCalendar(
        user_id=cast["lin"],
        name="x",
        tz=TZ,
        url="",
        content=b"",
        digest="",
        etag="",
        last_modified="",
        created_at=NOW,
        next_check_at=NOW,
        failures=0,
        **{name: cast[who] for name, who in columns.items()},
    )
    with pytest.raises(IntegrityError, match="one_owner"), transaction() as writes:
        writes.add(row)
