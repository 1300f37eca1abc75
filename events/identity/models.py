"""Organizations in a tree, users, and the grants that tie the two."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.identity.states import Expansion, Kind, Level, Role
from events.kernel.db import Base, Code, Name, Utc, Versioned, Words


class Organization(Versioned, Base):
    """One unit of the tree. `path` holds the ids from the root: "1.4.9." - a subtree is a range."""

    __tablename__ = "organization"
    __table_args__ = (UniqueConstraint("parent_id", "code"),)

    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    path: Mapped[str] = mapped_column(
        String(255).with_variant(String(255, collation="C"), "postgresql"), index=True
    )
    code: Mapped[Code]
    name: Mapped[Name]
    level: Mapped[Level]
    kind: Mapped[Kind]
    expansion: Mapped[Expansion | None]
    duties: Mapped[Words]
    email: Mapped[str | None] = mapped_column(String(254))
    is_sample: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(500), default="")

    parent: Mapped[Organization | None] = relationship(remote_side="Organization.id")

    def __repr__(self) -> str:
        """For logs: the code and the name."""
        return f"<Organization {self.code} {self.name}>"


class User(Base):
    """A person who logs in. `fs_uniquifier` is what a session carries; a new one ends them all."""

    __tablename__ = "user"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[Name]
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(8), default="zh")
    created_at: Mapped[Utc]
    confirmed_at: Mapped[Utc | None]
    last_login_at: Mapped[Utc | None]
    current_login_at: Mapped[Utc | None]
    is_sample: Mapped[bool] = mapped_column(default=False)

    grants: Mapped[list[Grant]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin"
    )


class Grant(Base):
    """`user` has `role` on `organization` and on everything below it."""

    __tablename__ = "grant"
    __table_args__ = (
        UniqueConstraint("user_id", "organization_id", "role"),
        Index("ix_grant_organization_id_role", "organization_id", "role"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    role: Mapped[Role]
    created_at: Mapped[Utc]

    user: Mapped[User] = relationship(back_populates="grants")
    organization: Mapped[Organization] = relationship(lazy="joined")
