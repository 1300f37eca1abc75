from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from events.identity.models import Organization, User
from events.identity.states import Expansion, Kind, Level
from events.kernel.db import session
from events.notices.models import Notice
from tests.cast import Cast

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
LogIn = Callable[[str], FlaskClient]
TOWN = {"code": "XA-SXQ", "name": "双溪桥镇", "level": "town", "kind": "region", "expansion": ""}
USER = {"name": "Dan", "email": "Dan@kepu.example", "role": "officer", "language": "zh"}


def _group(client: FlaskClient, cast: Cast) -> int:
    sent = {
        "code": "ALL",
        "name": "各乡镇办场",
        "level": Level.DISTRICT.value,
        "kind": Kind.GROUP.value,
        "expansion": Expansion.TOWNS.value,
    }
    answer = client.post(f"/organizations/{cast['district']}/new", data=sent)
    assert answer.status_code == 303, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def test_the_tree_shows_own_units_only(log_in: LogIn) -> None:
    text = log_in("mei").get("/organizations").text
    assert "温泉办事处" in text
    assert "赤壁市" not in text
    assert "咸宁市" not in text
    assert "/new" not in text


def test_search_and_kind_narrow_the_list(log_in: LogIn) -> None:
    client = log_in("mei")
    found = client.get("/organizations?q=温泉").text.split("<main")[1]
    assert "温泉办事处" in found
    assert "区科协" not in found
    departments = client.get("/organizations?kind=department").text.split("<main")[1]
    assert "区科协" in departments
    assert ">温泉办事处" not in departments


def test_a_collective_name_is_shown_with_whom_it_means(log_in: LogIn, cast: Cast) -> None:
    client = log_in("ada")
    group = _group(client, cast)
    assert "温泉办事处" in client.get(f"/organizations/{group}").text.split("<main")[1]


def test_an_administrator_adds_and_changes_a_unit(log_in: LogIn, cast: Cast) -> None:
    client = log_in("ada")
    answer = client.post(f"/organizations/{cast['district']}/new", data=TOWN)
    assert answer.status_code == 303, answer.text
    row = session().scalars(select(Organization).where(Organization.code == "XA-SXQ")).one()
    changed = TOWN | {"name": "双溪桥", "version": str(row.version), "email": "sxq@kepu.example"}
    answer = client.post(f"/organizations/{row.id}/edit", data=changed)
    assert answer.status_code == 303, answer.text
    row = session().scalars(select(Organization).where(Organization.code == "XA-SXQ")).one()
    assert (row.name, row.email) == ("双溪桥", "sxq@kepu.example")


def test_a_used_code_is_refused_at_its_field(log_in: LogIn, cast: Cast) -> None:
    answer = log_in("ada").post(
        f"/organizations/{cast['district']}/new", data=TOWN | {"code": "XA-WQ"}
    )
    assert answer.status_code == 422
    assert 'href="#code"' in answer.text
    assert 'value="双溪桥镇"' in answer.text


def test_saving_over_a_newer_version_is_a_conflict(log_in: LogIn, cast: Cast) -> None:
    sent = TOWN | {"version": "99"}
    assert log_in("ada").post(f"/organizations/{cast['town']}/edit", data=sent).status_code == 409


def test_foreign_units_are_not_there(log_in: LogIn, cast: Cast) -> None:
    client = log_in("xu")
    assert client.get(f"/organizations/{cast['district']}").status_code == 404
    assert client.get(f"/organizations/{cast['county']}").status_code == 200
    assert client.get(f"/organizations/{cast['county']}/edit").status_code == 403


def test_a_new_user_gets_a_link_to_choose_a_password(log_in: LogIn, cast: Cast) -> None:
    client = log_in("ada")
    answer = client.post("/users/new", data=USER | {"organization_id": str(cast["district"])})
    assert answer.status_code == 303, answer.text
    dan = session().scalars(select(User).where(User.email == "dan@kepu.example")).one()
    assert (dan.name, dan.password, len(dan.grants)) == ("Dan", None, 1)
    notice = session().scalars(select(Notice).where(Notice.user_id == dan.id)).one()
    link = notice.facts["link"]
    path = link.split("localhost", 1)[-1] if "localhost" in link else "/" + link.split("/", 3)[3]
    client.post("/account/logout")
    assert client.get(path).status_code == 200
    chosen = {"password": "a long enough word", "password_confirm": "a long enough word"}
    assert client.post(path, data=chosen).status_code == 302
    entered = client.post(
        "/account/login", data={"email": "dan@kepu.example", "password": "a long enough word"}
    )
    assert entered.status_code == 302
    assert client.get("/organizations").status_code == 200


def test_a_known_address_is_refused_with_what_was_typed(log_in: LogIn, cast: Cast) -> None:
    sent = USER | {"email": "mei@kepu.example", "organization_id": str(cast["district"])}
    answer = log_in("ada").post("/users/new", data=sent)
    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert 'value="Dan"' in answer.text


def test_roles_are_given_and_taken_back(log_in: LogIn, cast: Cast) -> None:
    client, mei = log_in("ada"), cast["mei"]
    sent = {"role": "observer", "organization_id": str(cast["town"])}
    for _ in range(2):
        assert client.post(f"/users/{mei}/grants", data=sent).status_code == 303
    grants = session().get_one(User, mei).grants
    assert [held.role.value for held in grants] == ["organizer", "observer"]
    for _ in range(2):
        taken = client.post(f"/users/{mei}/grants/{grants[1].id}/revoke")
        assert taken.status_code == 303
    answer = client.post(f"/users/{mei}/grants/{grants[0].id}/revoke")
    assert answer.status_code == 422
    assert "data-error-summary" in answer.text


def test_no_role_is_given_on_an_organization_that_is_not_offered(log_in: LogIn, cast: Cast) -> None:
    client = log_in("ada")
    client.post(
        "/users/new", data=USER | {"role": "admin", "organization_id": str(cast["district"])}
    )
    dan = session().scalars(select(User).where(User.email == "dan@kepu.example")).one()
    sent = {"role": "admin", "organization_id": "999999"}
    assert client.post(f"/users/{dan.id}/grants", data=sent).status_code == 422
    assert len(session().get_one(User, dan.id).grants) == 1


def test_a_closed_account_cannot_be_used(log_in: LogIn, cast: Cast) -> None:
    client = log_in("ada")
    assert client.post(f"/users/{cast['mei']}/deactivate").status_code == 303
    assert not session().get_one(User, cast["mei"]).active
    assert client.post(f"/users/{cast['mei']}/reactivate").status_code == 303
    assert session().get_one(User, cast["mei"]).active
    assert client.post(f"/users/{cast['ada']}/deactivate").status_code == 422


@pytest.mark.parametrize("who", ["mei", "tao", "lin", "xu"])
def test_only_administrators_see_users(log_in: LogIn, cast: Cast, who: str) -> None:
    client = log_in(who)
    for path in ("/users", "/users/new", f"/users/{cast['mei']}"):
        assert client.get(path).status_code == 403
