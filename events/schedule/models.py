"""Series and occurrences."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.campaigns.models import Activity
from events.journal.models import Change
from events.kernel.db import Base, Facts, Local, Utc, Versioned
from events.schedule.states import DayChoice, OccurrenceStatus, SeriesKind


class Series(Versioned, Base):
    """When an activity happens, as its organizer said it: wall time of `tz`.

    SINGLE: starts_local; RULE: starts_local is the first instance of `rule`;
    DATES: `dates` holds every start as naive ISO text, starts_local the first.

    A rule leaves out `exdates` and adds `rdates` (naive ISO text); on_rest_day, on_holiday and
    on_makeup say what it does on weekends, statutory holidays and make-up workdays. One without
    end has rows before `expanded_until_local` only. `follows` is what it was split from.
    `sequence` and `changed_at` are those of the series as a whole.
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
    exdates: Mapped[list[str]] = mapped_column(JSON, default=list)
    rdates: Mapped[list[str]] = mapped_column(JSON, default=list)
    on_rest_day: Mapped[DayChoice] = mapped_column(default=DayChoice.KEEP)
    on_holiday: Mapped[DayChoice] = mapped_column(default=DayChoice.KEEP)
    on_makeup: Mapped[DayChoice] = mapped_column(default=DayChoice.KEEP)
    expanded_until_local: Mapped[Local | None]
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[Utc]

    activity: Mapped[Activity] = relationship(lazy="joined")
    occurrences: Mapped[list[Occurrence]] = relationship(
        back_populates="series", order_by="Occurrence.slot_local"
    )


class Occurrence(Versioned, Base):
    """One session. `uid` and `recurrence_id_local` (its first start) identify it for good.

    `slot_local` is the instance of its series that it stands for: its recurrence id, until the
    series is split or given another time. `sequence` and `changed_at` feed SEQUENCE, DTSTAMP and
    LAST-MODIFIED of calendars.
    """

    __tablename__ = "occurrence"
    __table_args__ = (
        UniqueConstraint("uid", "recurrence_id_local"),
        UniqueConstraint("series_id", "slot_local"),
    )

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    uid: Mapped[str] = mapped_column(String(64))
    recurrence_id_local: Mapped[Local]
    slot_local: Mapped[Local]
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


class Undo(Base):
    """How the sessions of an activity were before a change, for the minutes it can be undone."""

    __tablename__ = "undo"

    change_id: Mapped[int] = mapped_column(ForeignKey("change.id"), unique=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    before: Mapped[Facts]
    expires_at: Mapped[Utc]
    undone_at: Mapped[Utc | None]

    change: Mapped[Change] = relationship()
    activity: Mapped[Activity] = relationship()
