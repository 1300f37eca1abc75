"""Feeds, the nonces of their addresses, and who reads them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.feeds.states import FeedKind, Form
from events.journal.models import Audience
from events.kernel.db import Base, Name, Utc


class Feed(Base):
    """One calendar address. Its audience's revision is its ETag; a new nonce is a new address.

    subject_id: the row that it is about (campaign, activity, organization, venue, expert, team,
    user);
    word: what narrows it further, such as an audience group. form: what its address says when it
    is asked for none.
    """

    __tablename__ = "feed"
    __table_args__ = (UniqueConstraint("kind", "subject_id", "word"),)

    kind: Mapped[FeedKind]
    subject_id: Mapped[int]
    word: Mapped[str] = mapped_column(String(200), default="")
    form: Mapped[Form] = mapped_column(default=Form.FLAT)
    audience_id: Mapped[int] = mapped_column(ForeignKey("audience.id"), unique=True)
    name: Mapped[Name]
    nonce: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[Utc]
    reset_at: Mapped[Utc | None]

    audience: Mapped[Audience] = relationship(lazy="joined", innerjoin=True)


class FeedRead(Base):
    """When a kind of reader ("Apple Calendar") last asked for a feed."""

    __tablename__ = "feed_read"
    __table_args__ = (UniqueConstraint("feed_id", "reader"),)

    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id", ondelete="CASCADE"))
    reader: Mapped[str] = mapped_column(String(64))
    read_at: Mapped[Utc]
