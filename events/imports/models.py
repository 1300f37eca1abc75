"""Import runs: one uploaded file and what came of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from events.campaigns.models import Campaign
from events.identity.models import Organization, User
from events.imports.states import ImportState, TableKind
from events.kernel.db import Base, Facts, Utc


class ImportRun(Base):
    """One file: read and checked by the worker, shown as a preview, applied when confirmed.

    done/total: rows, for the progress bar; summary: counts by verb and table; problems: the first
    thousand, each {"row", "column", "code", "facts"}; fingerprint: of the state it was checked
    against, so that a stale preview is not applied.
    """

    __tablename__ = "import_run"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    kind: Mapped[TableKind | None]
    state: Mapped[ImportState] = mapped_column(default=ImportState.WAITING, index=True)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    summary: Mapped[Facts]
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    created_at: Mapped[Utc]
    finished_at: Mapped[Utc | None]
    lease_until: Mapped[Utc | None]

    organization: Mapped[Organization] = relationship(lazy="joined")
    user: Mapped[User] = relationship(lazy="joined")
    campaign: Mapped[Campaign | None] = relationship()
