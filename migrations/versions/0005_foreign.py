"""Nothing yet.

Revision ID: 0005
Revises: 0004
"""

revision, down_revision, branch_labels, depends_on = "0005", "0004", None, None


def upgrade() -> None:
    pass
