"""Venues, spaces, booking requests and bookings."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.campaigns.models import Campaign
from events.identity.models import Organization
from events.kernel.db import Base, Code, Name, Utc, Versioned, Words
from events.schedule.models import Occurrence
from events.venues.states import BookingState


class Venue(Versioned, Base):
    """A place kept by an organization. `hours` as in kernel/hours.py, wall time of `tz`."""

    __tablename__ = "venue"
    __table_args__ = (UniqueConstraint("organization_id", "code"),)

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    region_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    code: Mapped[Code]
    name: Mapped[Name]
    kind: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(300), default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    indoor_capacity: Mapped[int] = mapped_column(default=0)
    outdoor_capacity: Mapped[int] = mapped_column(default=0)
    facilities: Mapped[Words]
    hours: Mapped[str] = mapped_column(String(300), default="")
    tz: Mapped[str] = mapped_column(String(64), default="Asia/Shanghai")
    lead_days: Mapped[int] = mapped_column(default=0)
    most_per_day: Mapped[int | None]
    rain_backup_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    contact_name: Mapped[str] = mapped_column(String(100), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(8), default="zh")
    note: Mapped[str] = mapped_column(String(500), default="")
    is_sample: Mapped[bool] = mapped_column(default=False)

    organization: Mapped[Organization] = relationship(foreign_keys=[organization_id], lazy="joined")
    region: Mapped[Organization | None] = relationship(foreign_keys=[region_id])
    spaces: Mapped[list[Space]] = relationship(back_populates="venue", order_by="Space.id")

    @property
    def scope(self) -> str:
        """Its audience in the journal."""
        return f"venue:{self.id}"


class Space(Base):
    """One bookable part of a venue. Without a capacity of its own it has the venue's."""

    __tablename__ = "space"
    __table_args__ = (UniqueConstraint("venue_id", "name"),)

    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    name: Mapped[Name]
    is_outdoor: Mapped[bool] = mapped_column(default=False)
    capacity: Mapped[int | None]

    venue: Mapped[Venue] = relationship(back_populates="spaces", lazy="joined")

    @property
    def holds(self) -> int:
        """People it holds."""
        if self.capacity is not None:
            return self.capacity
        return self.venue.outdoor_capacity if self.is_outdoor else self.venue.indoor_capacity


class BookingRequest(Base):
    """One mail to one venue: the bookings it asks for, and the link that answers them.

    A new `nonce` makes a new link and ends the old one; after `expires_at` it only renews.
    """

    __tablename__ = "booking_request"

    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"), index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    nonce: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[Utc]
    expires_at: Mapped[Utc]

    venue: Mapped[Venue] = relationship(lazy="joined")
    campaign: Mapped[Campaign] = relationship(lazy="joined")
    bookings: Mapped[list[Booking]] = relationship(
        back_populates="request", order_by="Booking.starts_at"
    )


class Booking(Versioned, Base):
    """`space` for `occurrence`, from set-up to tear-down (starts_at, ends_at, half-open)."""

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_booking_space_id_starts_at", "space_id", "starts_at"),
    )

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), index=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("booking_request.id"), index=True)
    state: Mapped[BookingState] = mapped_column(default=BookingState.PLANNED, index=True)
    starts_at: Mapped[Utc]
    ends_at: Mapped[Utc]
    reason: Mapped[str] = mapped_column(String(300), default="")
    requested_at: Mapped[Utc | None]
    answered_at: Mapped[Utc | None]
    answered_by: Mapped[str] = mapped_column(String(100), default="")

    occurrence: Mapped[Occurrence] = relationship(lazy="joined")
    space: Mapped[Space] = relationship(lazy="joined")
    request: Mapped[BookingRequest | None] = relationship(back_populates="bookings")


class Closure(Base):
    """A time at which a venue, or one space of it, is taken by something that Kepu does not plan.

    source: where that is known from ("calendar:7"); it alone replaces or removes its closures.
    """

    __tablename__ = "closure"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_closure_venue_id_starts_at", "venue_id", "starts_at"),
    )

    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))
    starts_at: Mapped[Utc]
    ends_at: Mapped[Utc]
    title: Mapped[str] = mapped_column(String(500))
    source: Mapped[str] = mapped_column(String(64), index=True)

    venue: Mapped[Venue] = relationship()
    space: Mapped[Space | None] = relationship()
