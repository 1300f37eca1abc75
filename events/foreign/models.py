"""Calendars of others that a venue follows, and what stands in them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from events.identity.models import Organization, User
from events.kernel.db import Base, Facts, Name, Utc
from events.venues.models import Space, Venue


class ForeignCalendar(Base):
    """A venue's own calendar: subscribed to by `url`, or uploaded (url is empty).

    space: the one space that it is about, else the whole venue. content: its newest bytes, read
    again every day as the days that matter move on; read_on: when that was last done. report: of
    the last reading {"events", "refused", "problems"}, and of a failure since then {"code",
    "facts"}. next_check_at: when the worker looks; lease_until: while it does.
    """

    __tablename__ = "foreign_calendar"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"), index=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[Name]
    url: Mapped[str] = mapped_column(String(1000))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    digest: Mapped[str] = mapped_column(String(64))
    etag: Mapped[str] = mapped_column(String(500))
    last_modified: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[Utc]
    checked_at: Mapped[Utc | None]
    read_on: Mapped[date | None]
    next_check_at: Mapped[Utc] = mapped_column(index=True)
    lease_until: Mapped[Utc | None]
    failures: Mapped[int]
    report: Mapped[Facts]

    organization: Mapped[Organization] = relationship()
    venue: Mapped[Venue] = relationship(lazy="joined")
    space: Mapped[Space | None] = relationship()
    user: Mapped[User] = relationship()


class ForeignEntry(Base):
    """One time that something takes place, as a foreign calendar has it; `key`: which instance."""

    __tablename__ = "foreign_entry"
    __table_args__ = (UniqueConstraint("calendar_id", "uid", "key"),)

    calendar_id: Mapped[int] = mapped_column(ForeignKey("foreign_calendar.id"))
    uid: Mapped[str] = mapped_column(String(500))
    key: Mapped[str] = mapped_column(String(20))
    sequence: Mapped[int]
    starts_at: Mapped[Utc]
    ends_at: Mapped[Utc]
    is_all_day: Mapped[bool]
    is_blocking: Mapped[bool]
    title: Mapped[str] = mapped_column(String(500))

    calendar: Mapped[ForeignCalendar] = relationship()
