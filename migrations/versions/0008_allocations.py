"""Which expert comes to which session.

Revision ID: 0008
Revises: 0007
"""

revision, down_revision, branch_labels, depends_on = "0008", "0007", None, None


def upgrade() -> None: ...


def downgrade() -> None: ...
