"""Series and occurrences."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.campaigns.models import Activity
from events.kernel.db import Base, Local, Utc, Versioned
from events.schedule.states import OccurrenceStatus, SeriesKind


class Series(Versioned, Base):
    """When an activity happens, as its organizer said it: wall time of `tz`.

    SINGLE: starts_local; RULE: starts_local is the first instance of `rule`;
    DATES: `dates` holds every start as naive ISO text, starts_local the first.
    """

    __tablename__ = "series"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    uid: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[SeriesKind]
    tz: Mapped[str] = mapped_column(String(64))
    starts_local: Mapped[Local]
    duration_min: Mapped[int]
    rule: Mapped[str] = mapped_column(String(300), default="")
    dates: Mapped[list[str]] = mapped_column(JSON, default=list)

    activity: Mapped[Activity] = relationship(lazy="joined")
    occurrences: Mapped[list[Occurrence]] = relationship(
        back_populates="series", order_by="Occurrence.recurrence_id_local"
    )


class Occurrence(Versioned, Base):
    """One session. Series.uid and `recurrence_id_local` (its first start) identify it for good.

    `sequence` and `changed_at` feed SEQUENCE, DTSTAMP and LAST-MODIFIED of calendars.
    """

    __tablename__ = "occurrence"
    __table_args__ = (UniqueConstraint("series_id", "recurrence_id_local"),)

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), index=True)
    recurrence_id_local: Mapped[Local]
    starts_at: Mapped[Utc] = mapped_column(index=True)
    ends_at: Mapped[Utc]
    status: Mapped[OccurrenceStatus] = mapped_column(default=OccurrenceStatus.TENTATIVE)
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[Utc]
    reason: Mapped[str] = mapped_column(String(300), default="")

    series: Mapped[Series] = relationship(back_populates="occurrences", lazy="joined")

    @property
    def activity(self) -> Activity:
        """What it is a session of."""
        return self.series.activity
