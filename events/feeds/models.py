"""Feeds and the nonces of their addresses."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.feeds.states import FeedKind
from events.journal.models import Audience
from events.kernel.db import Base, Name, Utc


class Feed(Base):
    """One calendar address. Its audience's revision is its ETag; a new nonce is a new address.

    subject_id: the row of `kind` (campaign, venue, team or user) that it shows.
    """

    __tablename__ = "feed"
    __table_args__ = (UniqueConstraint("kind", "subject_id"),)

    kind: Mapped[FeedKind]
    subject_id: Mapped[int]
    audience_id: Mapped[int] = mapped_column(ForeignKey("audience.id"), unique=True)
    name: Mapped[Name]
    nonce: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[Utc]
    reset_at: Mapped[Utc | None]

    audience: Mapped[Audience] = relationship(lazy="joined", innerjoin=True)
