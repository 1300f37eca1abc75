"""Calendars of others that are followed here, and what stands in them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from events.identity.models import Organization, User
from events.kernel.db import Base, Facts, Name, Utc
from events.venues.models import Space, Venue

ONE_OWNER = " + ".join(
    f"CASE WHEN {name}_id IS NULL THEN 0 ELSE 1 END"
    for name in ("organization", "venue", "volunteer")
)


class ForeignCalendar(Base):
    """Somebody's own calendar: subscribed to by `url`, or uploaded (url is empty).

    Exactly one owner: `organization`, shown beside its campaigns; `venue` (or one `space` of it),
    whose times it blocks; `volunteer`, whom it keeps busy, and whose titles are not stored.
    tz: whose days its days are, and the zone of times without one. content: its newest bytes, read
    again every day as the days that matter move on; read_on: when that was last done. report: of
    the last reading {"events", "refused", "problems"}, and of a failure since then {"code",
    "facts"}. next_check_at: when the worker looks; lease_until: while it does.
    """

    __tablename__ = "foreign_calendar"
    __table_args__ = (CheckConstraint(f"{ONE_OWNER} = 1", name="one_owner"),)

    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    volunteer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[Name]
    tz: Mapped[str] = mapped_column(String(64))
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

    organization: Mapped[Organization | None] = relationship()
    venue: Mapped[Venue | None] = relationship()
    volunteer: Mapped[User | None] = relationship(foreign_keys=[volunteer_id])
    space: Mapped[Space | None] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])

    @property
    def is_private(self) -> bool:
        """Whether nobody but its owner may know what stands in it."""
        return self.volunteer_id is not None


class ForeignEntry(Base):
    """One time that something takes place, as a foreign calendar has it; `key`: which instance.

    counts: whether it is shown, blocks or keeps busy: neither cancelled nor, where it would take
    time, marked as free.
    """

    __tablename__ = "foreign_entry"
    __table_args__ = (UniqueConstraint("calendar_id", "uid", "key"),)

    calendar_id: Mapped[int] = mapped_column(ForeignKey("foreign_calendar.id"))
    uid: Mapped[str] = mapped_column(String(500))
    key: Mapped[str] = mapped_column(String(20))
    sequence: Mapped[int]
    starts_at: Mapped[Utc]
    ends_at: Mapped[Utc]
    is_all_day: Mapped[bool]
    counts: Mapped[bool]
    title: Mapped[str] = mapped_column(String(500))

    calendar: Mapped[ForeignCalendar] = relationship()
