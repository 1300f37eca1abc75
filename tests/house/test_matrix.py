"""Every route x every role x own and foreign rows, made from the routes themselves.

A new route joins by itself; a new kind of number in an address must be named in `Rows`.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from events.access.routes import LIBRARY, PUBLIC
from events.feeds.states import Filter
from events.flows.allot_expert import allot_expert
from events.flows.answer_request import Answer, answer_request
from events.flows.move_occurrence import move_occurrence
from events.flows.save_filter import save_filter
from events.flows.sign_up import sign_up
from events.flows.upload_calendar import upload_calendar
from events.flows.upload_import import upload_import
from events.foreign.owners import Whose
from events.identity import policy
from events.identity.models import User
from events.identity.states import Permission
from events.kernel.db import release, session
from events.kernel.links import Links, new_nonce
from events.notices import compose
from events.notices.models import Delivery, Notice
from events.schedule.models import Undo
from events.volunteers.models import Shift
from tests.cast import NOW, PASSWORD, Cast
from tests.flows import season

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
ROLES = ("mei", "ada", "tao", "lin", "wei", "xu")


class Rows:
    """Numbers and names that stand in addresses: Mei's county's own, all foreign to Xu."""

    def __init__(self, cast: Cast) -> None:
        activity = season.draft(cast, "M001", team="team")
        season.publish(cast, activity)
        (occurrence,) = season.occurrences(activity)
        shift = session().scalars(select(Shift)).one()
        shift_id, occurrence_id = shift.id, occurrence.id
        signup_id = sign_up(cast.actor("lin"), NOW, shift_id=shift_id)
        run_id = upload_import(
            cast.actor("mei"),
            NOW,
            organization_id=cast["district"],
            campaign_id=None,
            file_name="kits.csv",
            content="kit_id,name,kind,owner_org_id\nK1,展板,展板,XA-KX\n".encode(),
        )
        calendar_id = upload_calendar(
            cast.actor("tao"),
            NOW,
            whose=Whose(venue_id=cast["museum"]),
            tz="Asia/Shanghai",
            name="own.ics",
            content=b"BEGIN:VCALENDAR\nEND:VCALENDAR\n",
        )
        request = season.the_request()
        booking = request.bookings[0].id
        answer_request(
            NOW + timedelta(hours=1),
            request_id=request.id,
            nonce=request.nonce,
            answers={booking: Answer(is_yes=True)},
            by="Tao",
        )
        compose.tick(NOW + timedelta(hours=2), Links(base_url="http://localhost", secret="s"))
        expert_id = season.expert(cast)
        allot_expert(
            cast.actor("mei"),
            NOW,
            activity_id=activity,
            expert_id=expert_id,
            occurrence_ids=[occurrence_id],
        )
        notice = session().scalars(select(Notice).order_by(Notice.id)).first()
        delivery = session().scalars(select(Delivery).order_by(Delivery.id)).first()
        assert notice
        assert delivery
        change_id = _undoable(cast)
        lin = session().get_one(User, cast["lin"])
        self.values: dict[str, object] = {
            "campaign_id": cast["campaign"],
            "activity_id": activity,
            "occurrence_id": occurrence_id,
            "booking_id": booking,
            "venue_id": cast["museum"],
            "space_id": cast["hall"],
            "team_id": cast["team"],
            "expert_id": expert_id,
            "feed_id": save_filter(
                cast.actor("mei"),
                NOW,
                organization_id=cast["office"],
                chosen=Filter(theme="航天"),
                name="航天",
            ),
            "shift_id": shift_id,
            "signup_id": signup_id,
            "run_id": run_id,
            "calendar_id": calendar_id,
            "organization_id": cast["office"],
            "user_id": cast["lin"],
            "grant_id": lin.grants[0].id,
            "notice_id": notice.id,
            "delivery_id": delivery.id,
            "change_id": change_id,
        }
        self.names: dict[str, str] = {
            "slug": "september",
            "key": "1-" + new_nonce(),
            "name": "no-such-file",
            "kind": "venues",
            "number": "2025",
            "year": "2025",
        }
        release()

    def address(self, app: Flask, rule: Rule) -> str:
        values = {name: self.values.get(name, self.names.get(name)) for name in rule.arguments}
        unknown = sorted(name for name, value in values.items() if value is None)
        assert not unknown, f"tell the matrix of {unknown} in {rule.rule}"
        with app.test_request_context():
            return str(app.url_map.bind("localhost").build(rule.endpoint, values))

    def concerns_rows(self, rule: Rule) -> bool:
        return bool(rule.arguments & set(self.values))


def _undoable(cast: Cast) -> int:
    """The change that moved a session of another activity."""
    activity = season.draft(cast, "M002", space=None)
    season.publish(cast, activity)
    (row,) = season.occurrences(activity)
    move_occurrence(
        cast.actor("mei"),
        NOW,
        occurrence_id=row.id,
        version=row.version,
        start_local=season.saturday(14),
        space_id=None,
    )
    return session().scalars(select(Undo.change_id)).one()


def guarded_rules(app: Flask) -> list[Rule]:
    return [
        rule for rule in app.url_map.iter_rules() if rule.endpoint.split(".", 1)[0] not in LIBRARY
    ]


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def declared_of(app: Flask, rule: Rule) -> object:
    """What the view of `rule` says about who may call it."""
    return getattr(app.view_functions[rule.endpoint], "declared", None)


def logged_in(app: Flask, who: str) -> FlaskClient:
    client = app.test_client()
    answer = client.post(
        "/account/login", data={"email": f"{who}@kepu.example", "password": PASSWORD}
    )
    assert answer.status_code == 302, answer.text
    return client


def test_nobody_gets_in_without_logging_in(app: Flask, cast: Cast) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    rows = Rows(cast)
    open_doors = []
    for rule in guarded_rules(app):
        for method in methods(rule):
            answer = app.test_client().open(rows.address(app, rule), method=method)
            assert answer.status_code < 500, (method, rule.rule)
            if declared_of(app, rule) == PUBLIC:
                continue
            if answer.status_code != 302 or "/account/login" not in answer.headers["Location"]:
                open_doors.append((method, rule.rule, answer.status_code))
    assert open_doors == []


@pytest.mark.parametrize("who", ROLES)
def test_a_role_reaches_what_its_permissions_say(app: Flask, cast: Cast, who: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    rows = Rows(cast)
    actor = cast.actor(who)
    wrong = []
    for rule in guarded_rules(app):
        declared = declared_of(app, rule)
        for method in methods(rule):
            client = logged_in(app, who)
            status = client.open(rows.address(app, rule), method=method).status_code
            if status >= 500:
                wrong.append((method, rule.rule, status, "fails"))
            elif isinstance(declared, Permission) and not policy.may(actor, declared):
                if status != 403:
                    wrong.append((method, rule.rule, status, "should be 403"))
            elif who == "xu" and rows.concerns_rows(rule) and declared != PUBLIC and status != 404:
                wrong.append((method, rule.rule, status, "foreign row should be 404"))
    assert wrong == []


def test_own_rows_are_reached(app: Flask, cast: Cast) -> None:
    """The other side of the matrix: the guard does not simply refuse everybody."""
    app.config["WTF_CSRF_ENABLED"] = False
    rows = Rows(cast)
    client = logged_in(app, "mei")
    refused = [
        rule.rule
        for rule in guarded_rules(app)
        if "GET" in methods(rule)
        and isinstance(
            declared := declared_of(app, rule),
            Permission,
        )
        and policy.may(cast.actor("mei"), declared)
        and "<" in rule.rule
        and client.get(rows.address(app, rule)).status_code not in (200, 302, 303)
    ]
    assert refused == []
