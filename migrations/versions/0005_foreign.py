"""Calendars of others that venues follow, and the times that these block.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0005", "0004", None, None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "closure",
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name="ck_closure_ends_after_start"),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name="fk_closure_venue_id_venue"),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name="fk_closure_space_id_space"),
        sa.PrimaryKeyConstraint("id", name="pk_closure"),
    )
    op.create_index("ix_closure_venue_id_starts_at", "closure", ["venue_id", "starts_at"])
    op.create_index("ix_closure_source", "closure", ["source"])
    op.create_table(
        "foreign_calendar",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("url", sa.String(1000), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("etag", sa.String(500), nullable=False),
        sa.Column("last_modified", sa.String(500), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.Column("read_on", sa.Date(), nullable=True),
        sa.Column("next_check_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _to("foreign_calendar", "organization"),
        _to("foreign_calendar", "venue"),
        _to("foreign_calendar", "space"),
        _to("foreign_calendar", "user"),
        sa.PrimaryKeyConstraint("id", name="pk_foreign_calendar"),
    )
    for column in ("organization_id", "venue_id", "next_check_at"):
        op.create_index(f"ix_foreign_calendar_{column}", "foreign_calendar", [column])
    op.create_table(
        "foreign_entry",
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(500), nullable=False),
        sa.Column("key", sa.String(20), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("is_all_day", sa.Boolean(), nullable=False),
        sa.Column("is_blocking", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["foreign_calendar.id"],
            name="fk_foreign_entry_calendar_id_foreign_calendar",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_foreign_entry"),
        sa.UniqueConstraint("calendar_id", "uid", "key", name="uq_foreign_entry_calendar_id_uid_key"),
    )


def _to(table: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [f"{other}_id"], [f"{other}.id"], name=f"fk_{table}_{other}_id_{other}"
    )
