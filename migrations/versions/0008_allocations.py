"""Which expert comes to which session.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0008", "0007", None, None


def upgrade() -> None:
    op.create_table(
        "allocation",
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name="fk_allocation_occurrence_id_occurrence"
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["expert.id"], name="fk_allocation_expert_id_expert"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_allocation"),
        sa.UniqueConstraint(
            "occurrence_id", "expert_id", name="uq_allocation_occurrence_id_expert_id"
        ),
    )
    op.create_index("ix_allocation_expert_id", "allocation", ["expert_id"])
