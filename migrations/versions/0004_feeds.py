"""Nothing yet.

Revision ID: 0004
Revises: 0003
"""

revision, down_revision, branch_labels, depends_on = "0004", "0003", None, None


def upgrade() -> None:
    pass
