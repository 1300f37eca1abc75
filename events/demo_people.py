"""Who can log in to the demo world, and whether it is there: all that a start asks of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select

from events.identity.models import Organization, User
from events.identity.states import Role
from events.kernel import db as kernel_db

PASSWORD = "kepu-demo"  # noqa: S105 - printed at the start, of the demo world only


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who can log in to the demo world; `code` is the organization of the grant."""

    email: str
    name: str
    role: Role
    code: str
    says: tuple[str, str]


PEOPLE = (
    Person(
        email="mei@kepu.example",
        name="梅组织",
        role=Role.ORGANIZER,
        code="XA",
        says=("组织者(区科协)", "organizer (science association)"),
    ),
    Person(
        email="ada@kepu.example",
        name="安管理",
        role=Role.ADMIN,
        code="XN",
        says=("管理员", "administrator"),
    ),
    Person(
        email="tao@kepu.example",
        name="陶馆长",
        role=Role.KEEPER,
        code="XA-KX",
        says=("场馆(科技馆)", "venue (science museum)"),
    ),
    Person(
        email="wei@kepu.example",
        name="魏队长",
        role=Role.LEADER,
        code="XA",
        says=("志愿队队长", "volunteer team leader"),
    ),
    Person(
        email="lin@kepu.example",
        name="林志愿",
        role=Role.VOLUNTEER,
        code="XA",
        says=("志愿者", "volunteer"),
    ),
    Person(
        email="ou@kepu.example",
        name="欧督导",
        role=Role.OBSERVER,
        code="XA",
        says=("督导(只读)", "inspector (read only)"),
    ),
)


def is_there() -> bool:
    """Whether the demo world is in the database."""
    found = exists().where(User.email == PEOPLE[0].email, User.is_sample)
    return bool(kernel_db.session().scalar(select(found)))


def is_half_made() -> bool:
    """Whether a demo world was begun and not finished: nothing but samples, and no last step."""
    finished = exists().where(User.email == PEOPLE[-1].email)
    if holds_real_data() or kernel_db.session().scalar(select(finished)):
        return False
    return bool(kernel_db.session().scalar(select(exists().where(Organization.is_sample))))


def holds_real_data() -> bool:
    """Whether the database holds an organization or a user that is not the demo's."""
    organization = exists().where(Organization.is_sample.is_(False))
    user = exists().where(User.is_sample.is_(False))
    return bool(kernel_db.session().scalar(select(organization | user)))


def greeting(log_in_page: str) -> list[str]:
    """Where and as whom to log in to the demo world, in both languages, one a line."""
    return [
        f"登录 · Log in: {log_in_page}",
        f"示例账号，密码均为 · Demo log-ins, password for all: {PASSWORD}",
        *(f"  {person.email:<20} {' · '.join(person.says)}" for person in PEOPLE),
    ]
