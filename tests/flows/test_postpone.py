from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from events.flows.cancel_occurrence import cancel_occurrence
from events.flows.move_occurrence import move_occurrence
from events.flows.postpone_occurrence import postpone_occurrence
from events.flows.sign_up import sign_up
from events.journal.models import Change
from events.journal.states import ChangeKind
from events.kernel.db import session
from events.kernel.errors import Refused
from events.schedule.states import OccurrenceStatus
from events.venues.models import Booking
from events.venues.states import HOLDING
from events.volunteers.models import Shift, Signup
from events.volunteers.states import SignupState
from tests.cast import NOW, Cast
from tests.flows import season

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
AFTERWARDS = NOW + timedelta(days=40)  # the old date is over


@pytest.fixture
def activity(app: Flask, cast: Cast) -> int:
    """A published session that Lin has signed up for, put off for a storm."""
    made = season.draft(cast)
    season.publish(cast, made)
    shift_id = session().scalars(select(Shift.id)).one()
    sign_up(cast.actor("lin"), NOW, shift_id=shift_id)
    postpone(cast, made)
    return made


def postpone(cast: Cast, activity: int, reason: str = "台风") -> None:
    (row,) = season.occurrences(activity)
    postpone_occurrence(
        cast.actor("mei"), NOW, occurrence_id=row.id, version=row.version, reason=reason
    )


def move(cast: Cast, activity: int, *, weeks: int) -> None:
    (row,) = season.occurrences(activity)
    move_occurrence(
        cast.actor("mei"),
        AFTERWARDS,
        occurrence_id=row.id,
        version=row.version,
        start_local=season.saturday(9, weeks=weeks),
        space_id=cast["hall"],
    )


def held() -> list[Booking]:
    return [row for row in session().scalars(select(Booking)) if row.state in HOLDING]


def test_a_session_put_off_frees_its_space_and_keeps_its_people(cast: Cast, activity: int) -> None:
    (row,) = season.occurrences(activity)
    assert (row.status, row.sequence, row.reason) == (OccurrenceStatus.POSTPONED, 1, "台风")
    assert held() == []
    assert session().scalars(select(Shift.is_open)).all() == [False]
    assert session().scalars(select(Signup.state)).all() == [SignupState.SIGNED_UP]
    wanted = Change.kind == ChangeKind.OCCURRENCE_POSTPONED
    change = session().scalars(select(Change).where(wanted)).one()
    assert change.facts == {
        "occurrence_id": row.id,
        "reason": "台风",
        "told": {"users": [cast["lin"]], "venue_ids": [cast["museum"]], "team_ids": []},
    }


def test_twice_changes_nothing(cast: Cast, activity: int) -> None:
    postpone(cast, activity)
    assert season.occurrences(activity)[0].sequence == 1


def test_a_new_date_makes_it_live_again_even_after_the_old_one(cast: Cast, activity: int) -> None:
    move(cast, activity, weeks=6)
    (row,) = season.occurrences(activity)
    assert (row.status, row.sequence, row.reason) == (OccurrenceStatus.TENTATIVE, 2, "")
    assert row.recurrence_id_local == season.saturday(9)
    assert [booking.starts_at for booking in held()] == [row.starts_at]
    assert session().scalars(select(Shift.is_open)).all() == [True]


def test_a_volunteer_is_free_at_the_old_time(cast: Cast, activity: int) -> None:
    other = season.draft(cast, "A003")
    season.publish(cast, other)
    shift_id = session().scalars(select(Shift.id).order_by(Shift.id.desc())).first()
    assert shift_id
    assert sign_up(cast.actor("lin"), NOW, shift_id=shift_id)


def test_it_can_be_given_up_for_good_after_its_date(cast: Cast, activity: int) -> None:
    (row,) = season.occurrences(activity)
    cancel_occurrence(
        cast.actor("mei"), AFTERWARDS, occurrence_id=row.id, version=row.version, reason="取消"
    )
    assert season.occurrences(activity)[0].status is OccurrenceStatus.CANCELLED


def test_a_reason_is_asked_for(app: Flask, cast: Cast) -> None:
    made = season.draft(cast)
    season.publish(cast, made)
    with pytest.raises(Refused, match="reason_missing"):
        postpone(cast, made, reason=" ")
