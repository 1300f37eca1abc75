"""The cast of every story: Mei organizes, Tao keeps the museum, Lin and Bo volunteer, Wei leads.

Xu organizes a neighbouring county and must see nothing. The rows are made directly, as if they
had always been there; what the tests are about is done through flows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from flask_security import hash_password

from events.campaigns.models import Activity, Campaign
from events.identity.actor import Actor
from events.identity.models import Grant, Organization, User
from events.identity.queries import actor_of
from events.identity.states import Kind, Level, Role
from events.kernel.db import session, transaction
from events.venues.models import Space, Venue
from events.volunteers.models import Member, Team

NOW = datetime(2025, 8, 20, 1, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


@dataclass
class Cast:
    """The people and things by name; ids, so that a test reads the rows fresh."""

    ids: dict[str, int]

    @classmethod
    def create(cls) -> Cast:
        """Write everybody and everything into the current database."""
        ids: dict[str, int] = {}
        with transaction() as writes:

            def add(name: str, row: object) -> None:
                writes.add(row)
                writes.flush()
                ids[name] = row.id  # type: ignore[attr-defined]

            city = _organization("XN", "咸宁市", Level.CITY, Kind.REGION, None)
            add("city", city)
            district = _organization("XA", "咸安区", Level.DISTRICT, Kind.REGION, city)
            add("district", district)
            town = _organization("XA-WQ", "温泉办事处", Level.TOWN, Kind.REGION, district)
            add("town", town)
            office = _organization("XA-KX", "区科协", Level.DISTRICT, Kind.DEPARTMENT, district)
            add("office", office)
            keeper = _organization("XA-WLJ", "区文旅局", Level.DISTRICT, Kind.DEPARTMENT, district)
            add("culture", keeper)
            county = _organization("CB", "赤壁市", Level.DISTRICT, Kind.REGION, city)
            add("county", county)
            for name, organization, role in (
                ("mei", district, Role.ORGANIZER),
                ("ada", city, Role.ADMIN),
                ("tao", keeper, Role.KEEPER),
                ("lin", district, Role.VOLUNTEER),
                ("bo", district, Role.VOLUNTEER),
                ("wei", district, Role.LEADER),
                ("xu", county, Role.ORGANIZER),
            ):
                user = _user(name)
                user.grants = [Grant(organization=organization, role=role, created_at=NOW)]
                add(name, user)
            museum = _venue(keeper, town)
            add("museum", museum)
            add("hall", Space(venue=museum, name="报告厅", capacity=120))
            add("square", Space(venue=museum, name="广场", is_outdoor=True, capacity=800))
            team = Team(
                organization=office,
                code="T01",
                name="示例科技志愿服务队",
                size=30,
                leader_name="Wei",
                leader_email="wei@kepu.example",
                skills=["讲解", "秩序维护"],
                availability="Mo-Su 08:00-22:00",
                service_area=["XA"],
                base_venue_id=museum.id,
            )
            add("team", team)
            for member in ("wei", "lin"):
                row = Member(team=team, user_id=ids[member], is_leader=member == "wei")
                add(f"{member}_member", row)
            campaign = Campaign(
                organization=office,
                slug="september",
                name="2025 全国科普月",
                observance_id="national-science-month",
                year=2025,
                starts_on=date(2025, 9, 1),
                ends_on=date(2025, 9, 30),
                owner_id=ids["mei"],
                created_at=NOW,
            )
            add("campaign", campaign)
            activity = Activity(
                campaign=campaign,
                code="A001",
                title="科普讲座",
                duration_min=90,
                expected_attendance=80,
                lead=office,
                supporters=[keeper],
                audiences=["公众"],
                needed_skills=["讲解"],
                volunteers_needed=2,
            )
            add("activity", activity)
        return cls(ids)

    def __getitem__(self, name: str) -> int:
        """The id of somebody or something."""
        return self.ids[name]

    def actor(self, name: str) -> Actor:
        """Somebody as flows and queries take them."""
        return actor_of(session().get_one(User, self.ids[name]))


def _organization(
    code: str, name: str, level: Level, kind: Kind, parent: Organization | None
) -> Organization:
    row = Organization(code=code, name=name, level=level, kind=kind, parent=parent, path="")
    row.email = f"{code.lower()}@kepu.example"
    session().add(row)
    session().flush()
    row.path = f"{parent.path if parent else ''}{row.id}."
    return row


@cache
def _hashed() -> str:
    """Hashing is slow on purpose: once for all tests."""
    return str(hash_password(PASSWORD))


def _user(name: str) -> User:
    return User(
        email=f"{name}@kepu.example",
        name=name.capitalize(),
        password=_hashed(),
        fs_uniquifier=f"unique-{name}",
        created_at=NOW,
        confirmed_at=NOW,
    )


def _venue(keeper: Organization, town: Organization) -> Venue:
    return Venue(
        organization=keeper,
        region=town,
        code="V01",
        name="示例区博物馆",
        kind="博物馆",
        address="温泉路 1 号",
        indoor_capacity=120,
        outdoor_capacity=800,
        facilities=["报告厅", "投影"],
        hours="Tu-Su 09:00-17:00",
        contact_name="Tao",
        contact_email="tao@kepu.example",
    )
