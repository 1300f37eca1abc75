from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from events.campaigns.drafts import ActivityDraft
from events.days import queries as days
from events.flows.cancel_occurrence import cancel_occurrence
from events.flows.edit_series import edit_series
from events.flows.move_occurrence import move_occurrence
from events.flows.save_activity import ActivityPlan, create_activity
from events.flows.save_days import preview, remove_days, save_days
from events.flows.sign_up import sign_up
from events.kernel.db import session
from events.kernel.errors import Forbidden, NotFound
from events.kernel.links import Links
from events.notices import compose
from events.notices.catalogue import CATALOGUE
from events.notices.models import Notice
from events.notices.render import Letter, words
from events.notices.states import NoticeKind
from events.observances.daytypes import Special, YearNotice
from events.observances.states import DayKind, DayStatus
from events.planning import day_changes
from events.schedule import queries as schedule
from events.schedule.editing import Outcome
from events.schedule.rules import Timing
from events.schedule.states import DayChoice, OccurrenceStatus, Scope, SeriesKind
from events.venues.models import Booking
from events.volunteers.models import Shift
from tests.cast import NOW, Cast
from tests.flows import season

ONE = pytest.mark.parametrize("engine", ["sqlite"])
LINKS = Links(base_url="https://kepu.example", secret="a secret of tests only")
SATURDAYS = ["09-06", "09-13", "09-20", "09-27"]
MOVED = ["09-06", "09-14", "09-27"]  # the 13th is a holiday, the 20th a make-up workday


def notice(*more: Special) -> YearNotice:
    told = (
        Special(day=date(2025, 9, 13), kind=DayKind.HOLIDAY, name="中秋节"),
        Special(day=date(2025, 9, 20), kind=DayKind.MAKEUP, name="中秋节"),
    )
    return YearNotice(year=2025, source="国办", status=DayStatus.OFFICIAL, days=(*told, *more))


def draft(cast: Cast, *, rule: str = "FREQ=WEEKLY;COUNT=4", code: str = "D1") -> int:
    """Saturdays: a holiday moves them to the next day, a make-up workday leaves them out."""
    return create_activity(
        cast.actor("mei"),
        NOW,
        campaign_id=cast["campaign"],
        draft=ActivityDraft(
            code=code,
            title="周末科学课",
            duration_min=90,
            expected_attendance=30,
            volunteers_needed=2,
        ),
        lead_id=cast["office"],
        supporter_ids=[],
        plan=ActivityPlan(
            timing=Timing(
                kind=SeriesKind.RULE,
                tz="Asia/Shanghai",
                starts_local=season.saturday(),
                duration_min=90,
                rule=rule,
                on_holiday=DayChoice.MOVE,
                on_makeup=DayChoice.SKIP,
            ),
            uid=code,
            space_id=cast["hall"],
        ),
    )


def public(cast: Cast, **more: str) -> int:
    activity = draft(cast, **more)
    season.publish(cast, activity)
    return activity


def save(cast: Cast, *more: Special, now: datetime = NOW) -> None:
    save_days(cast.actor("ada"), now, notice=notice(*more))


def going(activity: int) -> list[str]:
    """The days of what takes place."""
    rows = schedule.of_activity(activity)
    return [f"{r.starts_at:%m-%d}" for r in rows if r.status is not OccurrenceStatus.CANCELLED]


def identities(activity: int) -> dict[int, tuple[str, datetime]]:
    return {row.id: (row.uid, row.recurrence_id_local) for row in season.occurrences(activity)}


def apply(cast: Cast, activity: int, now: datetime = NOW) -> None:
    """As the page does it: exactly what is shown."""
    (one,) = day_changes.waiting(cast.actor("mei"), now, activity_id=activity)
    assert one.edit is not None
    edit_series(
        cast.actor("mei"),
        now,
        occurrence_id=one.series.occurrences[-1].id,
        scope=Scope.PART,
        timing=schedule.timing(one.series),
        place=None,
        seen=Outcome(edits=((one.series.id, one.edit),)).fingerprint,
        uid="another",
        reason="放假安排",
    )


def test_drafts_go_along_with_their_places_and_shifts(app: Flask, cast: Cast) -> None:
    activity = draft(cast)
    assert going(activity) == SATURDAYS
    before = identities(activity)
    shown = preview(cast.actor("ada"), NOW, days_then=days.known_with(notice()))
    assert [(one.is_draft, len(one.steps), one.kept) for one in shown] == [(True, 2, 2)]
    save(cast)
    assert going(activity) == MOVED
    rows = season.occurrences(activity)
    assert identities(activity) == {
        n: one for n, one in before.items() if n in {r.id for r in rows}
    }
    held = {b.occurrence_id: (b.starts_at, b.space_id) for b in season.bookings(activity)}
    assert held == {row.id: (row.starts_at, cast["hall"]) for row in rows}
    shifts = session().scalars(select(Shift.occurrence_id).order_by(Shift.occurrence_id))
    assert list(shifts) == [row.id for row in rows]
    assert day_changes.changes(days.known(), NOW) == []


@ONE
def test_taking_the_notice_out_gives_drafts_their_days_back(app: Flask, cast: Cast) -> None:
    activity = draft(cast)
    save(cast)
    remove_days(cast.actor("ada"), NOW, year=2025)
    assert going(activity) == SATURDAYS
    held = session().scalars(select(Booking).where(Booking.space_id == cast["hall"]))
    assert len(list(held)) == 4


@ONE
def test_what_is_public_waits_for_its_organizer(app: Flask, cast: Cast) -> None:
    activity = public(cast)
    before = identities(activity)
    save(cast)
    assert going(activity) == SATURDAYS
    assert day_changes.waiting(cast.actor("xu"), NOW) == []
    apply(cast, activity)
    assert going(activity) == MOVED
    assert identities(activity) == before
    assert [(r.status.value, r.sequence) for r in schedule.of_activity(activity)] == [
        ("TENTATIVE", 0),
        ("TENTATIVE", 1),
        ("CANCELLED", 1),
        ("TENTATIVE", 0),
    ]
    assert day_changes.waiting(cast.actor("mei"), NOW) == []


@ONE
def test_people_keep_their_places_on_sessions_that_move(app: Flask, cast: Cast) -> None:
    activity = public(cast)
    second = season.occurrences(activity)[1]
    shift = session().scalars(select(Shift).where(Shift.occurrence_id == second.id)).one()
    sign_up(cast.actor("lin"), NOW, shift_id=shift.id)
    save(cast)
    apply(cast, activity)
    shift = session().get_one(Shift, shift.id)
    assert (shift.taken, f"{shift.occurrence.starts_at:%m-%d}") == (1, "09-14")


@ONE
def test_the_past_stays_and_what_was_called_off_is_not_revived(app: Flask, cast: Cast) -> None:
    activity = public(cast)
    last = season.occurrences(activity)[3]
    cancel_occurrence(
        cast.actor("mei"), NOW, occurrence_id=last.id, version=last.version, reason="停电"
    )
    later = datetime(2025, 9, 15, tzinfo=UTC)
    save(cast, Special(day=date(2025, 9, 27), kind=DayKind.HOLIDAY, name="中秋节"), now=later)
    apply(cast, activity, now=later)
    assert going(activity) == ["09-06", "09-13"]
    remove_days(cast.actor("ada"), later, year=2025)
    found = day_changes.waiting(cast.actor("mei"), later, activity_id=activity)
    assert found == []


@ONE
def test_what_somebody_has_moved_stays_where_it_is(app: Flask, cast: Cast) -> None:
    activity = public(cast)
    second = season.occurrences(activity)[1]
    move_occurrence(
        cast.actor("mei"),
        NOW,
        occurrence_id=second.id,
        version=second.version,
        start_local=datetime(2025, 9, 12, 9),
        space_id=cast["hall"],
    )
    save(cast)
    apply(cast, activity)
    assert going(activity) == ["09-06", "09-12", "09-27"]


@ONE
def test_an_open_series_gets_no_more_sessions_by_it(app: Flask, cast: Cast) -> None:
    activity = public(cast, rule="FREQ=WEEKLY")
    last = season.occurrences(activity)[-1].starts_at
    later = datetime(2025, 9, 30, tzinfo=UTC)
    save(cast, now=later)  # without the October that is on file
    (one,) = day_changes.waiting(cast.actor("mei"), later)
    assert [step.effect.value for step in one.steps] == ["moved", "added"]
    apply(cast, activity, now=later)
    assert schedule.of_activity(activity)[-1].starts_at == last


@ONE
def test_without_a_day_left_it_stays_and_is_named(app: Flask, cast: Cast) -> None:
    activity = draft(cast, rule="FREQ=WEEKLY;INTERVAL=2;COUNT=1")
    only = Special(day=date(2025, 9, 6), kind=DayKind.MAKEUP, name="中秋节")
    save(cast, only)
    assert going(activity) == ["09-06"]
    compose.tick(NOW, LINKS)
    facts = the_notice().facts
    assert (facts["left"], facts["drafts"], facts["waiting"]) == (["D1 周末科学课"], [], [])


@ONE
@pytest.mark.parametrize(("who", "fault"), [("mei", NotFound), ("xu", NotFound)])
def test_only_who_keeps_the_year_sees_what_follows_everywhere(
    app: Flask, cast: Cast, who: str, fault: type[Exception]
) -> None:
    with pytest.raises((fault, Forbidden)):
        preview(cast.actor(who), NOW, days_then=days.known())


def the_notice() -> Notice:
    found = select(Notice).where(Notice.kind == NoticeKind.DAYS_ENTERED).order_by(Notice.id.desc())
    return session().scalars(found.limit(1)).one()


@ONE
def test_the_owner_hears_what_went_along_and_what_waits(app: Flask, cast: Cast) -> None:
    public(cast)
    draft(cast, code="D2")
    save(cast)
    compose.tick(NOW, LINKS)
    told = the_notice()
    assert (told.recipient, told.because) == ("Mei", "organizer")
    letter = Letter(
        delivery_id=1,
        key=told.key,
        kind=told.kind,
        because=told.because,
        recipient=told.recipient,
        address="mei@kepu.example",
        language="en",
        facts=told.facts,
    )
    said = words(letter, LINKS)
    assert said.subject == f"The holidays of 2025: {told.facts['campaign']} waits for your word"
    assert "apply them:\n- D1 周末科学课\n" in said.text
    assert "by their rules:\n- D2 周末科学课\n" in said.text
    assert f"https://kepu.example/day-changes?campaign={cast['campaign']}" in said.text
    assert not CATALOGUE[told.kind].is_obsolete(told, NOW)
    save(cast)
    assert CATALOGUE[told.kind].is_obsolete(told, NOW)
