"""What the year's notices say, as administrators enter it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from events.kernel.db import Base, Name, Utc
from events.observances import Status
from events.observances.states import DayKind, DayStatus


class DayType(Base):
    """A statutory holiday or a make-up workday, by the notice on `year`.

    The rows of a year stand in for the whole notice on file in events/observances.
    """

    __tablename__ = "day_type"

    year: Mapped[int] = mapped_column(index=True)
    day: Mapped[date] = mapped_column(unique=True)
    kind: Mapped[DayKind]
    name: Mapped[str] = mapped_column(String(64))
    source: Mapped[Name]
    status: Mapped[DayStatus]


class AnnouncedDate(Base):
    """The days of an observance in one year, by its notice; both ends included.

    sequence: how often they were entered or withdrawn, from 1; it and changed_at feed the calendar.
    """

    __tablename__ = "announced_date"
    __table_args__ = (UniqueConstraint("observance_id", "year"),)

    observance_id: Mapped[str] = mapped_column(String(64))
    year: Mapped[int] = mapped_column(index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    status: Mapped[Status]
    source: Mapped[Name]
    sequence: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[Utc]
