"""Day types and announced dates: what the year's notices say.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0003", "0002", None, None


def upgrade() -> None:
    op.create_table(
        "day_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", _words("daykind", "workday", "rest", "holiday", "makeup"), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("status", _words("daystatus", "provisional", "official"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_day_type"),
        sa.UniqueConstraint("day", name="uq_day_type_day"),
    )
    op.create_index("ix_day_type_year", "day_type", ["year"])
    op.create_table(
        "announced_date",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("observance_id", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("status", _words("status", "confirmed", "provisional"), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_announced_date"),
        sa.UniqueConstraint(
            "observance_id", "year", name="uq_announced_date_observance_id_year"
        ),
    )
    op.create_index("ix_announced_date_year", "announced_date", ["year"])


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=24)
