"""Plans of a campaign's drafts, and the searches that find them.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0009", "0008", None, None

MOMENT = sa.DateTime(timezone=True)
STATES = ("waiting", "solving", "done", "stopped", "failed")


def upgrade() -> None:
    op.create_table(
        "plan_run",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="planstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("is_stop_asked", sa.Boolean(), nullable=False),
        sa.Column("phase", sa.String(24), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=True),
        sa.Column("bound", sa.Integer(), nullable=True),
        sa.Column("placed", sa.Integer(), nullable=False),
        sa.Column("unplaced", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        _to("plan_run", "campaign"),
        _to("plan_run", "user"),
        sa.PrimaryKeyConstraint("id", name="pk_plan_run"),
    )
    for column in ("campaign_id", "state"):
        op.create_index(f"ix_plan_run_{column}", "plan_run", [column])
    op.create_table(
        "plan",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("stored_at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["plan_run.id"], name="fk_plan_run_id_plan_run"),
        sa.PrimaryKeyConstraint("id", name="pk_plan"),
        sa.UniqueConstraint("run_id", name="uq_plan_run_id"),
    )
    op.create_table(
        "plan_entry",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=True),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("expert_ids", sa.JSON(), nullable=False),
        sa.Column("kit_ids", sa.JSON(), nullable=False),
        sa.Column("still_open", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _to("plan_entry", "plan", ondelete="CASCADE"),
        _to("plan_entry", "activity", ondelete="CASCADE"),
        _to("plan_entry", "space", ondelete="SET NULL"),
        _to("plan_entry", "team", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_plan_entry"),
        sa.UniqueConstraint(
            "plan_id", "activity_id", "number", name="uq_plan_entry_plan_id_activity_id_number"
        ),
    )


def _to(table: str, other: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [f"{other}_id"],
        [f"{other}.id"],
        name=f"fk_{table}_{other}_id_{other}",
        ondelete=ondelete,
    )
