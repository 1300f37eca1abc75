from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from events.flows.add_user import add_user
from events.flows.sign_up import sign_up
from events.flows.withdraw import withdraw
from events.identity.states import Role
from events.kernel.db import release, session
from events.kernel.errors import NotFound, Refused
from events.volunteers.models import Shift, Signup
from events.volunteers.states import SignupState
from tests.cast import NOW, Cast
from tests.flows import season


def shift_of(activity: int) -> Shift:
    (occurrence,) = season.occurrences(activity)
    return session().scalars(select(Shift).where(Shift.occurrence_id == occurrence.id)).one()


def published(cast: Cast, code: str = "A002", *, places: int = 2, team: str | None = None) -> int:
    hour = 9 if code == "A002" else 10
    activity = season.draft(
        cast, code, volunteers=places, team=team, start=season.saturday(hour), space=None
    )
    season.publish(cast, activity)
    return shift_of(activity).id


def test_a_volunteer_takes_a_place(app: Flask, cast: Cast) -> None:
    shift_id = published(cast)
    sign_up(cast.actor("lin"), NOW, shift_id=shift_id)
    assert session().get_one(Shift, shift_id).taken == 1


def test_signing_up_twice_is_refused(app: Flask, cast: Cast) -> None:
    shift_id = published(cast)
    sign_up(cast.actor("lin"), NOW, shift_id=shift_id)
    with pytest.raises(Refused, match="already_signed_up"):
        sign_up(cast.actor("lin"), NOW, shift_id=shift_id)
    assert session().get_one(Shift, shift_id).taken == 1


def test_a_full_shift_is_full(app: Flask, cast: Cast) -> None:
    shift_id = published(cast, places=1)
    sign_up(cast.actor("lin"), NOW, shift_id=shift_id)
    with pytest.raises(Refused, match="shift_full"):
        sign_up(cast.actor("bo"), NOW, shift_id=shift_id)


def test_two_shifts_at_one_time_clash(app: Flask, cast: Cast) -> None:
    first, second = published(cast), published(cast, "A003")
    sign_up(cast.actor("lin"), NOW, shift_id=first)
    with pytest.raises(Refused, match="shift_clash") as refused:
        sign_up(cast.actor("lin"), NOW, shift_id=second)
    assert refused.value.facts == {"title": "科学实验课 A002"}


def test_a_teams_shift_is_for_its_members(app: Flask, cast: Cast) -> None:
    shift_id = published(cast, team="team")
    sign_up(cast.actor("lin"), NOW, shift_id=shift_id)
    with pytest.raises(Refused, match="team_only"):
        sign_up(cast.actor("bo"), NOW, shift_id=shift_id)


def test_withdrawing_gives_the_place_back_once(app: Flask, cast: Cast) -> None:
    shift_id = published(cast, places=1)
    signup_id = sign_up(cast.actor("lin"), NOW, shift_id=shift_id)
    withdraw(cast.actor("lin"), NOW, signup_id=signup_id)
    withdraw(cast.actor("lin"), NOW, signup_id=signup_id)
    assert session().get_one(Shift, shift_id).taken == 0
    sign_up(cast.actor("bo"), NOW, shift_id=shift_id)


def test_who_withdraws_at_short_notice_says_why(app: Flask, cast: Cast) -> None:
    signup_id = sign_up(cast.actor("lin"), NOW, shift_id=published(cast))
    near = session().get_one(Signup, signup_id).shift.occurrence.starts_at - timedelta(hours=23)
    for reason in ("", " "):
        with pytest.raises(Refused, match="withdrawal_unexplained"):
            withdraw(cast.actor("lin"), near, signup_id=signup_id, reason=reason)
    withdraw(cast.actor("lin"), near, signup_id=signup_id, reason="发烧")
    assert session().get_one(Signup, signup_id).reason == "发烧"


def test_nobody_withdraws_for_another(app: Flask, cast: Cast) -> None:
    signup_id = sign_up(cast.actor("lin"), NOW, shift_id=published(cast))
    with pytest.raises(NotFound):
        withdraw(cast.actor("bo"), NOW, signup_id=signup_id)


def test_a_shift_of_another_county_cannot_be_seen(app: Flask, cast: Cast) -> None:
    with pytest.raises(NotFound):
        sign_up(cast.actor("xu"), NOW, shift_id=published(cast))


def test_a_shift_that_has_begun_is_not_signed_up_for(app: Flask, cast: Cast) -> None:
    shift_id = published(cast)
    begun = session().get_one(Shift, shift_id).occurrence.starts_at + timedelta(minutes=1)
    with pytest.raises(Refused, match="already_started"):
        sign_up(cast.actor("lin"), begun, shift_id=shift_id)


def test_sixteen_at_once_get_three_places(app: Flask, cast: Cast) -> None:
    shift_id = published(cast, places=3)
    ada, district = cast.actor("ada"), cast["district"]
    for number in range(16):
        name = f"v{number}"
        cast.ids[name] = add_user(
            ada,
            NOW,
            email=f"{name}@kepu.example",
            name=name,
            language="zh",
            role=Role.VOLUNTEER,
            organization_id=district,
        )
    actors = [cast.actor(f"v{number}") for number in range(16)]
    release()
    barrier = threading.Barrier(16)
    outcomes: list[str] = []

    def attempt(number: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                sign_up(actors[number], NOW, shift_id=shift_id)
                outcomes.append("in")
            except Refused as refused:
                outcomes.append(refused.code)
            finally:
                release()

    threads = [threading.Thread(target=attempt, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in"] * 3 + ["shift_full"] * 13
    active = select(func.count()).where(Signup.state == SignupState.SIGNED_UP)
    assert session().scalar(active.select_from(Signup)) == 3
    assert session().get_one(Shift, shift_id).taken == 3
