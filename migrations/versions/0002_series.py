"""Series without end, split series, day choices; sessions keep their identity through a split.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None

CHOICES = ("on_rest_day", "on_holiday", "on_makeup")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("series") as series:
        for name in ("exdates", "rdates"):
            series.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
        for name in CHOICES:
            series.add_column(sa.Column(name, _choice(), nullable=False, server_default="keep"))
        series.add_column(sa.Column("expanded_until_local", sa.DateTime(), nullable=True))
        series.add_column(sa.Column("follows_id", sa.Integer(), nullable=True))
        series.add_column(sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
        series.add_column(sa.Column("changed_at", MOMENT, nullable=True))
        series.create_foreign_key("fk_series_follows_id_series", "series", ["follows_id"], ["id"])
    with op.batch_alter_table("occurrence") as occurrence:
        occurrence.add_column(sa.Column("uid", sa.String(64), nullable=True))
        occurrence.add_column(sa.Column("slot_local", sa.DateTime(), nullable=True))
    _fill()
    with op.batch_alter_table("series") as series:
        series.alter_column("changed_at", existing_type=MOMENT, nullable=False)
        for name in ("exdates", "rdates", *CHOICES, "sequence"):
            series.alter_column(name, server_default=None)
    with op.batch_alter_table("occurrence") as occurrence:
        occurrence.alter_column("uid", existing_type=sa.String(64), nullable=False)
        occurrence.alter_column("slot_local", existing_type=sa.DateTime(), nullable=False)
        occurrence.drop_constraint("uq_occurrence_series_id_recurrence_id_local", type_="unique")
        occurrence.drop_index("ix_occurrence_series_id")
        occurrence.create_unique_constraint(
            "uq_occurrence_uid_recurrence_id_local", ["uid", "recurrence_id_local"]
        )
        occurrence.create_unique_constraint(
            "uq_occurrence_series_id_slot_local", ["series_id", "slot_local"]
        )


def _fill() -> None:
    """Until now a session was identified by its series, and no series changed after its sessions."""
    op.execute(
        "UPDATE occurrence SET slot_local = recurrence_id_local, "
        "uid = (SELECT series.uid FROM series WHERE series.id = occurrence.series_id)"
    )
    op.execute(
        "UPDATE series SET changed_at = COALESCE((SELECT MAX(occurrence.changed_at) "
        "FROM occurrence WHERE occurrence.series_id = series.id), CURRENT_TIMESTAMP)"
    )


def _choice() -> sa.Enum:
    return sa.Enum("keep", "skip", "move", name="daychoice", native_enum=False, length=24)
