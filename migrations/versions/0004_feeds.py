"""Feeds by a word, the form that an address says unasked, and when calendars read.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0004", "0003", None, None


def upgrade() -> None:
    form = sa.Enum("flat", "series", name="form", native_enum=False, length=24)
    with op.batch_alter_table("feed") as feed:
        feed.add_column(sa.Column("word", sa.String(200), nullable=False, server_default=""))
        # whoever subscribed already keeps the entries that they have
        feed.add_column(sa.Column("form", form, nullable=False, server_default="flat"))
        feed.drop_constraint("uq_feed_kind_subject_id", type_="unique")
        feed.create_unique_constraint("uq_feed_kind_subject_id_word", ["kind", "subject_id", "word"])
    with op.batch_alter_table("feed") as feed:
        feed.alter_column("word", server_default=None)
        feed.alter_column("form", server_default=None)
    op.create_table(
        "feed_read",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("reader", sa.String(64), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feed.id"], name="fk_feed_read_feed_id_feed", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_feed_read"),
        sa.UniqueConstraint("feed_id", "reader", name="uq_feed_read_feed_id_reader"),
    )
