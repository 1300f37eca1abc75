"""What a change can be undone with.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0006", "0005", None, None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "undo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"], name="fk_undo_change_id_change"),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name="fk_undo_activity_id_activity"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_undo"),
        sa.UniqueConstraint("change_id", name="uq_undo_change_id"),
    )
    op.create_index("ix_undo_activity_id", "undo", ["activity_id"])
