from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from events.flows.add_organization import add_organization
from events.flows.add_user import add_user, grant_role, revoke_role
from events.flows.deactivate_user import deactivate_user, reactivate_user
from events.flows.save_organization import save_organization
from events.identity import queries as identity
from events.identity.drafts import OrganizationDraft
from events.identity.models import Organization, User
from events.identity.states import Expansion, Kind, Level, Role
from events.journal.models import Change
from events.kernel.db import session
from events.kernel.errors import NotFound, Refused
from tests.cast import NOW, Cast

TOWN = OrganizationDraft(name="双溪桥镇", level=Level.TOWN, kind=Kind.REGION)


def test_an_added_organization_stands_below_its_parent_and_in_the_journal(cast: Cast) -> None:
    made = add_organization(
        cast.actor("ada"), NOW, parent_id=cast["district"], code="XA-SXQ", draft=TOWN
    )
    row = session().get_one(Organization, made)
    parent = session().get_one(Organization, cast["district"])
    assert (row.path, row.code, row.name) == (f"{parent.path}{made}.", "XA-SXQ", "双溪桥镇")
    change = session().scalars(select(Change)).one()
    assert (change.kind, change.subject, change.title) == (
        "organization.saved",
        f"organization:{made}",
        "双溪桥镇",
    )


def test_a_code_is_used_once_below_one_parent(cast: Cast) -> None:
    with pytest.raises(Refused, match="code_taken"):
        add_organization(
            cast.actor("ada"), NOW, parent_id=cast["district"], code="XA-WQ", draft=TOWN
        )


@pytest.mark.parametrize("who", ["mei", "tao", "xu"])
def test_only_who_manages_users_adds_organizations(cast: Cast, who: str) -> None:
    with pytest.raises(NotFound):
        add_organization(cast.actor(who), NOW, parent_id=cast["district"], code="N", draft=TOWN)


def test_saving_an_organization_over_a_newer_version_is_refused(cast: Cast) -> None:
    actor = cast.actor("ada")
    version = session().get_one(Organization, cast["town"]).version
    save_organization(actor, NOW, organization_id=cast["town"], version=version, draft=TOWN)
    assert session().get_one(Organization, cast["town"]).name == "双溪桥镇"
    with pytest.raises(StaleDataError):
        save_organization(actor, NOW, organization_id=cast["town"], version=version, draft=TOWN)


def test_only_a_collective_name_keeps_an_expansion(cast: Cast) -> None:
    actor = cast.actor("ada")
    draft = OrganizationDraft(
        name="各乡镇", level=Level.DISTRICT, kind=Kind.GROUP, expansion=Expansion.TOWNS
    )
    made = add_organization(actor, NOW, parent_id=cast["district"], code="ALL", draft=draft)
    group = session().get_one(Organization, made)
    assert [unit.id for unit in identity.members(group)] == [cast["town"]]
    plain = OrganizationDraft(
        name="各乡镇", level=Level.DISTRICT, kind=Kind.SOCIETY, expansion=Expansion.TOWNS
    )
    save_organization(actor, NOW, organization_id=made, version=group.version, draft=plain)
    assert session().get_one(Organization, made).expansion is None


def _district_admin(cast: Cast) -> int:
    return add_user(
        cast.actor("ada"),
        NOW,
        email="dan@kepu.example",
        name="Dan",
        language="zh",
        role=Role.ADMIN,
        organization_id=cast["district"],
    )


def test_nobody_grants_a_role_where_they_do_not_manage_users(cast: Cast) -> None:
    dan = identity.actor_of(session().get_one(User, _district_admin(cast)))
    with pytest.raises(NotFound):
        grant_role(dan, NOW, user_id=cast["mei"], role=Role.ADMIN, organization_id=cast["city"])
    grant_role(dan, NOW, user_id=cast["mei"], role=Role.ADMIN, organization_id=cast["town"])
    assert [(g.role, g.organization_id) for g in session().get_one(User, cast["mei"]).grants] == [
        (Role.ORGANIZER, cast["district"]),
        (Role.ADMIN, cast["town"]),
    ]


def test_an_only_role_cannot_be_taken_back(cast: Cast) -> None:
    ada, mei = cast.actor("ada"), session().get_one(User, cast["mei"])
    with pytest.raises(Refused, match="last_grant"):
        revoke_role(ada, NOW, user_id=mei.id, grant_id=mei.grants[0].id)
    grant_role(ada, NOW, user_id=mei.id, role=Role.OFFICER, organization_id=cast["town"])
    mei = session().get_one(User, cast["mei"])
    revoke_role(ada, NOW, user_id=mei.id, grant_id=mei.grants[0].id)
    assert [g.role for g in session().get_one(User, cast["mei"]).grants] == [Role.OFFICER]


def test_a_closed_account_keeps_its_roles_and_loses_its_sessions(cast: Cast) -> None:
    ada, before = cast.actor("ada"), session().get_one(User, cast["mei"]).fs_uniquifier
    deactivate_user(ada, NOW, user_id=cast["mei"])
    deactivate_user(ada, NOW, user_id=cast["mei"])
    mei = session().get_one(User, cast["mei"])
    assert (mei.active, mei.fs_uniquifier != before, len(mei.grants)) == (False, True, 1)
    assert len(session().scalars(select(Change)).all()) == 1
    reactivate_user(ada, NOW, user_id=cast["mei"])
    assert session().get_one(User, cast["mei"]).active


def test_the_last_administrator_stays(cast: Cast) -> None:
    dan = _district_admin(cast)
    deactivate_user(cast.actor("ada"), NOW, user_id=dan)
    ada = session().get_one(User, cast["ada"])
    with pytest.raises(Refused, match="last_admin"):
        revoke_role(cast.actor("ada"), NOW, user_id=ada.id, grant_id=ada.grants[0].id)
    with pytest.raises(Refused, match="own_account"):
        deactivate_user(cast.actor("ada"), NOW, user_id=ada.id)


def test_an_administrator_elsewhere_is_none_for_this_unit(cast: Cast) -> None:
    """Dan administers the district: when Ada goes, nobody is left for the city above it."""
    _district_admin(cast)
    ada = session().get_one(User, cast["ada"])
    with pytest.raises(Refused, match="last_admin") as refused:
        revoke_role(cast.actor("ada"), NOW, user_id=ada.id, grant_id=ada.grants[0].id)
    assert refused.value.facts == {"name": "咸宁市"}
    by = cast.actor("ada")
    grant_role(by, NOW, user_id=cast["ada"], role=Role.ADMIN, organization_id=cast["town"])
    ada = session().get_one(User, cast["ada"])
    city, town = sorted(ada.grants, key=lambda held: len(held.organization.path))
    revoke_role(by, NOW, user_id=ada.id, grant_id=town.id)
    grant_role(by, NOW, user_id=cast["mei"], role=Role.ADMIN, organization_id=cast["city"])
    grant_role(by, NOW, user_id=cast["ada"], role=Role.OFFICER, organization_id=cast["town"])
    revoke_role(by, NOW, user_id=ada.id, grant_id=city.id)
    assert [held.role for held in session().get_one(User, cast["ada"]).grants] == [Role.OFFICER]


def test_a_user_with_a_role_elsewhere_is_not_closed(cast: Cast) -> None:
    dan = identity.actor_of(session().get_one(User, _district_admin(cast)))
    ada = cast.actor("ada")
    grant_role(ada, NOW, user_id=cast["mei"], role=Role.OBSERVER, organization_id=cast["county"])
    with pytest.raises(Refused, match="user_elsewhere"):
        deactivate_user(dan, NOW, user_id=cast["mei"])
    assert session().get_one(User, cast["mei"]).active


def test_a_foreign_user_is_not_there(cast: Cast) -> None:
    with pytest.raises(NotFound):
        deactivate_user(cast.actor("mei"), NOW, user_id=cast["tao"])
    assert identity.users(cast.actor("mei")) == []
