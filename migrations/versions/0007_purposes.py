"""Foreign calendars of organizations and of volunteers.

Revision ID: 0007
Revises: 0006
"""

revision, down_revision, branch_labels, depends_on = "0007", "0006", None, None


def upgrade() -> None: ...


def downgrade() -> None: ...
