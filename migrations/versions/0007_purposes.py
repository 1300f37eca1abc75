"""Foreign calendars of organizations and of volunteers; when volunteers are busy.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0007", "0006", None, None

MOMENT = sa.DateTime(timezone=True)
ONE_OWNER = " + ".join(
    f"CASE WHEN {name}_id IS NULL THEN 0 ELSE 1 END"
    for name in ("organization", "venue", "volunteer")
)


def upgrade() -> None:
    with op.batch_alter_table("foreign_calendar") as calendar:
        calendar.alter_column("organization_id", existing_type=sa.Integer(), nullable=True)
        calendar.alter_column("venue_id", existing_type=sa.Integer(), nullable=True)
        calendar.add_column(sa.Column("volunteer_id", sa.Integer(), nullable=True))
        calendar.add_column(sa.Column("tz", sa.String(64), nullable=True))
        calendar.create_foreign_key(
            "fk_foreign_calendar_volunteer_id_user", "user", ["volunteer_id"], ["id"]
        )
    _fill()
    with op.batch_alter_table("foreign_calendar") as calendar:
        calendar.alter_column("tz", existing_type=sa.String(64), nullable=False)
        calendar.create_check_constraint(op.f("ck_foreign_calendar_one_owner"), f"{ONE_OWNER} = 1")
    op.create_index("ix_foreign_calendar_volunteer_id", "foreign_calendar", ["volunteer_id"])
    with op.batch_alter_table("foreign_entry") as entry:
        entry.alter_column("is_blocking", existing_type=sa.Boolean(), new_column_name="counts")
    op.create_table(
        "absence",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_absence_ends_after_start")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_absence_user_id_user"),
        sa.PrimaryKeyConstraint("id", name="pk_absence"),
    )
    op.create_index("ix_absence_user_id_starts_at", "absence", ["user_id", "starts_at"])
    op.create_index("ix_absence_source", "absence", ["source"])


def _fill() -> None:
    """Until now every calendar was a venue's, whose organization the venue itself names."""
    op.execute(
        "UPDATE foreign_calendar SET organization_id = NULL, "
        "tz = (SELECT venue.tz FROM venue WHERE venue.id = foreign_calendar.venue_id)"
    )
