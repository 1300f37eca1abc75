"""Nothing yet.

Revision ID: 0003
Revises: 0002
"""

revision, down_revision, branch_labels, depends_on = "0003", "0002", None, None


def upgrade() -> None:
    pass
