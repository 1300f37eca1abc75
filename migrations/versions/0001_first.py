"""The first schema.

Revision ID: 0001
Revises: nothing
"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


EXCLUDE = """
ALTER TABLE booking ADD CONSTRAINT ex_booking_space_id_span EXCLUDE USING gist (
    space_id WITH =, tstzrange(starts_at, ends_at) WITH &&
) WHERE (state IN ('REQUESTED', 'CONFIRMED'))
"""
TRIGGER = """
CREATE TRIGGER ex_booking_space_id_span_{verb} BEFORE {event} ON booking
WHEN NEW.state IN ('REQUESTED', 'CONFIRMED') AND EXISTS (
    SELECT 1 FROM booking b
    WHERE b.space_id = NEW.space_id AND b.id IS NOT NEW.id
      AND b.state IN ('REQUESTED', 'CONFIRMED')
      AND b.starts_at < NEW.ends_at AND NEW.starts_at < b.ends_at
)
BEGIN SELECT RAISE(ABORT, 'ex_booking_space_id_span'); END
"""


def exclude_double_bookings() -> None:
    """Two bookings that hold a space never overlap: the database itself refuses the second."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(EXCLUDE)
        return
    for verb, event in (
        ("insert", "INSERT"),
        ("update", "UPDATE OF space_id, state, starts_at, ends_at"),
    ):
        op.execute(TRIGGER.format(verb=verb, event=event))


def upgrade() -> None:
    op.create_table(
        "audience",
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("revised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience")),
        sa.UniqueConstraint("scope", name=op.f("uq_audience_scope")),
    )
    op.create_table(
        "organization",
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "country",
                "province",
                "city",
                "district",
                "town",
                name="level",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "region",
                "zone",
                "department",
                "group",
                "society",
                "university",
                "enterprise",
                "hospital",
                "school",
                "station",
                name="kind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "expansion",
            sa.Enum("towns", "departments", name="expansion", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column("duties", sa.JSON(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organization.id"], name=op.f("fk_organization_parent_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("parent_id", "code", name=op.f("uq_organization_parent_id_code")),
    )
    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organization_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_organization_path"), ["path"], unique=False)

    op.create_table(
        "user",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("current_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
    )
    op.create_table(
        "campaign",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("observance_id", sa.String(length=64), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("theme", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("warmup_days", sa.Integer(), nullable=False),
        sa.Column("tz", sa.String(length=64), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_campaign_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_campaign_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("slug", name=op.f("uq_campaign_slug")),
    )
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_campaign_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "change",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "campaign.saved",
                "activity.saved",
                "activities.placed",
                "activity.published",
                "bookings.requested",
                "bookings.answered",
                "occurrence.moved",
                "occurrence.cancelled",
                "shift.signed_up",
                "shift.withdrawn",
                "link.renewed",
                "feed.reset",
                "import.applied",
                "organization.saved",
                "venue.saved",
                "user.added",
                "user.changed",
                name="changekind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("composed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_change_actor_id_user")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_change_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_change_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_change_subject"), ["subject"], unique=False)
        batch_op.create_index(
            "ix_change_uncomposed",
            ["id"],
            unique=False,
            sqlite_where=sa.text("composed_at IS NULL"),
            postgresql_where=sa.text("composed_at IS NULL"),
        )

    op.create_table(
        "expert",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("title_level", sa.String(length=64), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("audiences", sa.JSON(), nullable=False),
        sa.Column("availability", sa.String(length=300), nullable=False),
        sa.Column("most_per_month", sa.Integer(), nullable=True),
        sa.Column("review_roles", sa.JSON(), nullable=False),
        sa.Column("is_emergency", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_expert_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_expert_organization_id_code")),
    )
    with op.batch_alter_table("expert", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_expert_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "feed",
        sa.Column(
            "kind",
            sa.Enum(
                "campaign",
                "venue",
                "team",
                "volunteer",
                name="feedkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("audience_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reset_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audience.id"], name=op.f("fk_feed_audience_id_audience")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("audience_id", name=op.f("uq_feed_audience_id")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_feed_kind_subject_id")),
    )
    op.create_table(
        "grant",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "admin",
                "organizer",
                "officer",
                "observer",
                "keeper",
                "leader",
                "volunteer",
                name="role",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_grant_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_grant_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sa.UniqueConstraint(
            "user_id", "organization_id", "role", name=op.f("uq_grant_user_id_organization_id_role")
        ),
    )
    with op.batch_alter_table("grant", schema=None) as batch_op:
        batch_op.create_index(
            "ix_grant_organization_id_role", ["organization_id", "role"], unique=False
        )

    op.create_table(
        "venue",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("indoor_capacity", sa.Integer(), nullable=False),
        sa.Column("outdoor_capacity", sa.Integer(), nullable=False),
        sa.Column("facilities", sa.JSON(), nullable=False),
        sa.Column("hours", sa.String(length=300), nullable=False),
        sa.Column("tz", sa.String(length=64), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("most_per_day", sa.Integer(), nullable=True),
        sa.Column("rain_backup_id", sa.Integer(), nullable=True),
        sa.Column("contact_name", sa.String(length=100), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_venue_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["rain_backup_id"], ["venue.id"], name=op.f("fk_venue_rain_backup_id_venue")
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["organization.id"], name=op.f("fk_venue_region_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_venue_organization_id_code")),
    )
    with op.batch_alter_table("venue", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_venue_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_venue_region_id"), ["region_id"], unique=False)

    op.create_table(
        "activity",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("format", sa.String(length=64), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("onsite", "online", "hybrid", name="mode", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("audiences", sa.JSON(), nullable=False),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "cancelled",
                name="activitystate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("responsibility", sa.String(length=32), nullable=False),
        sa.Column("observance_id", sa.String(length=64), nullable=True),
        sa.Column("needs_review", sa.Boolean(), nullable=False),
        sa.Column("is_outdoor", sa.Boolean(), nullable=False),
        sa.Column("duration_min", sa.Integer(), nullable=False),
        sa.Column("expected_attendance", sa.Integer(), nullable=False),
        sa.Column("wish_from", sa.Date(), nullable=True),
        sa.Column("wish_until", sa.Date(), nullable=True),
        sa.Column("wish_weekdays", sa.JSON(), nullable=False),
        sa.Column("wish_starts", sa.Time(), nullable=True),
        sa.Column("wish_ends", sa.Time(), nullable=True),
        sa.Column("wish_rule", sa.String(length=300), nullable=False),
        sa.Column("wish_region_id", sa.Integer(), nullable=True),
        sa.Column("venue_kinds", sa.JSON(), nullable=False),
        sa.Column("needed_facilities", sa.JSON(), nullable=False),
        sa.Column("needed_skills", sa.JSON(), nullable=False),
        sa.Column("volunteers_needed", sa.Integer(), nullable=False),
        sa.Column("expert_fields", sa.JSON(), nullable=False),
        sa.Column("kit_kinds", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_activity_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["organization.id"], name=op.f("fk_activity_lead_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["wish_region_id"],
            ["organization.id"],
            name=op.f("fk_activity_wish_region_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("campaign_id", "code", name=op.f("uq_activity_campaign_id_code")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_state"), ["state"], unique=False)

    op.create_table(
        "booking_request",
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_booking_request_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("fk_booking_request_venue_id_venue")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_request")),
    )
    with op.batch_alter_table("booking_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_booking_request_campaign_id"), ["campaign_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_booking_request_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "import_run",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "organizations",
                "venues",
                "teams",
                "experts",
                "kits",
                "activities",
                name="tablekind",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "checking",
                "ready",
                "confirmed",
                "done",
                "refused",
                "discarded",
                name="importstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_import_run_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_import_run_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_import_run_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_import_run_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_import_run_state"), ["state"], unique=False)

    op.create_table(
        "kit",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("home_venue_id", sa.Integer(), nullable=True),
        sa.Column("is_vehicle", sa.Boolean(), nullable=False),
        sa.Column("power_kw", sa.Double(), nullable=False),
        sa.Column("floor_area_m2", sa.Integer(), nullable=False),
        sa.Column("setup_min", sa.Integer(), nullable=False),
        sa.Column("teardown_min", sa.Integer(), nullable=False),
        sa.Column("most_per_day", sa.Integer(), nullable=True),
        sa.Column("required_skills", sa.JSON(), nullable=False),
        sa.Column("required_facility", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["home_venue_id"], ["venue.id"], name=op.f("fk_kit_home_venue_id_venue")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_kit_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_kit_organization_id_code")),
    )
    with op.batch_alter_table("kit", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_kit_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "notice",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "booking_request",
                "booking_answered",
                "published",
                "changed",
                "cancelled",
                "shift_reminder",
                "signed_up",
                "password_reset",
                name="noticekind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "policy",
            sa.Enum("retry", "park", name="policy", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("because", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["change.id"], name=op.f("fk_notice_change_id_change")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_notice_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notice_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_change_id"), ["change_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_due_at"), ["due_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_notice_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_notice_user_id"), ["user_id"], unique=False)

    op.create_table(
        "space",
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_outdoor", sa.Boolean(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_space_venue_id_venue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space")),
        sa.UniqueConstraint("venue_id", "name", name=op.f("uq_space_venue_id_name")),
    )
    op.create_table(
        "target",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column(
            "measure",
            sa.Enum(
                "activities",
                "sessions",
                "participants",
                "volunteers",
                name="measure",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("audience", sa.String(length=64), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_target_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint(
            "campaign_id",
            "measure",
            "audience",
            name=op.f("uq_target_campaign_id_measure_audience"),
        ),
    )
    op.create_table(
        "team",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("base_venue_id", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("leader_name", sa.String(length=100), nullable=False),
        sa.Column("leader_email", sa.String(length=254), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("availability", sa.String(length=300), nullable=False),
        sa.Column("most_hours_per_week", sa.Integer(), nullable=True),
        sa.Column("service_area", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["base_venue_id"], ["venue.id"], name=op.f("fk_team_base_venue_id_venue")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_team_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_team_organization_id_code")),
    )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_team_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "touch",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["change.id"], name=op.f("fk_touch_change_id_change")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touch")),
    )
    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_touch_change_id"), ["change_id"], unique=False)
        batch_op.create_index("ix_touch_scope_change_id", ["scope", "change_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ready",
                "leased",
                "sending",
                "sent",
                "unknown",
                "dead",
                "expired",
                "superseded",
                "held",
                name="deliverystate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_delivery_notice_id_notice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_notice_id"), ["notice_id"], unique=False)
        batch_op.create_index(
            "ix_delivery_state_priority_due_at", ["state", "priority", "due_at", "id"], unique=False
        )

    op.create_table(
        "member",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("is_leader", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_member_team_id_team")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_member_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("team_id", "user_id", name=op.f("uq_member_team_id_user_id")),
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_user_id"), ["user_id"], unique=False)

    op.create_table(
        "series",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("single", "rule", "dates", name="serieskind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("tz", sa.String(length=64), nullable=False),
        sa.Column("starts_local", sa.DateTime(), nullable=False),
        sa.Column("duration_min", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=300), nullable=False),
        sa.Column("dates", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_series_activity_id_activity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("uid", name=op.f("uq_series_uid")),
    )
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_series_activity_id"), ["activity_id"], unique=False)

    op.create_table(
        "support",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activity.id"],
            name=op.f("fk_support_activity_id_activity"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_support_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("activity_id", "organization_id", name=op.f("pk_support")),
    )
    with op.batch_alter_table("support", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_support_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "occurrence",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("recurrence_id_local", sa.DateTime(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "TENTATIVE",
                "CONFIRMED",
                "CANCELLED",
                name="occurrencestatus",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_occurrence_series_id_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrence")),
        sa.UniqueConstraint(
            "series_id",
            "recurrence_id_local",
            name=op.f("uq_occurrence_series_id_recurrence_id_local"),
        ),
    )
    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_occurrence_series_id"), ["series_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_occurrence_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "booking",
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "PLANNED",
                "REQUESTED",
                "CONFIRMED",
                "DECLINED",
                "RELEASED",
                name="bookingstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_booking_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_booking_occurrence_id_occurrence")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["booking_request.id"],
            name=op.f("fk_booking_request_id_booking_request"),
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_booking_space_id_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
    )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_booking_occurrence_id"), ["occurrence_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_booking_request_id"), ["request_id"], unique=False)
        batch_op.create_index(
            "ix_booking_space_id_starts_at", ["space_id", "starts_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_booking_state"), ["state"], unique=False)

    op.create_table(
        "shift",
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken >= 0 AND taken <= places", name=op.f("ck_shift_not_oversold")),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_shift_occurrence_id_occurrence")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_shift_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_occurrence_id"), ["occurrence_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shift_team_id"), ["team_id"], unique=False)

    op.create_table(
        "signup",
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("SIGNED_UP", "WITHDRAWN", name="signupstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("signed_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_signup_shift_id_shift")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_signup_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup")),
    )
    with op.batch_alter_table("signup", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signup_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_signup_shift_id_user_id_active",
            ["shift_id", "user_id"],
            unique=True,
            sqlite_where=sa.text("state = 'SIGNED_UP'"),
            postgresql_where=sa.text("state = 'SIGNED_UP'"),
        )

    exclude_double_bookings()


def downgrade() -> None:
    with op.batch_alter_table("signup", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_signup_shift_id_user_id_active",
            sqlite_where=sa.text("state = 'SIGNED_UP'"),
            postgresql_where=sa.text("state = 'SIGNED_UP'"),
        )
        batch_op.drop_index(batch_op.f("ix_signup_user_id"))

    op.drop_table("signup")
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shift_team_id"))
        batch_op.drop_index(batch_op.f("ix_shift_occurrence_id"))

    op.drop_table("shift")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_state"))
        batch_op.drop_index("ix_booking_space_id_starts_at")
        batch_op.drop_index(batch_op.f("ix_booking_request_id"))
        batch_op.drop_index(batch_op.f("ix_booking_occurrence_id"))

    op.drop_table("booking")
    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_occurrence_starts_at"))
        batch_op.drop_index(batch_op.f("ix_occurrence_series_id"))

    op.drop_table("occurrence")
    with op.batch_alter_table("support", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_support_organization_id"))

    op.drop_table("support")
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_series_activity_id"))

    op.drop_table("series")
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_user_id"))

    op.drop_table("member")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_state_priority_due_at")
        batch_op.drop_index(batch_op.f("ix_delivery_notice_id"))

    op.drop_table("delivery")
    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.drop_index("ix_touch_scope_change_id")
        batch_op.drop_index(batch_op.f("ix_touch_change_id"))

    op.drop_table("touch")
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_organization_id"))

    op.drop_table("team")
    op.drop_table("target")
    op.drop_table("space")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_user_id"))
        batch_op.drop_index(batch_op.f("ix_notice_organization_id"))
        batch_op.drop_index(batch_op.f("ix_notice_due_at"))
        batch_op.drop_index(batch_op.f("ix_notice_change_id"))

    op.drop_table("notice")
    with op.batch_alter_table("kit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kit_organization_id"))

    op.drop_table("kit")
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_run_state"))
        batch_op.drop_index(batch_op.f("ix_import_run_organization_id"))

    op.drop_table("import_run")
    with op.batch_alter_table("booking_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_request_venue_id"))
        batch_op.drop_index(batch_op.f("ix_booking_request_campaign_id"))

    op.drop_table("booking_request")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_state"))
        batch_op.drop_index(batch_op.f("ix_activity_lead_id"))
        batch_op.drop_index(batch_op.f("ix_activity_campaign_id"))

    op.drop_table("activity")
    with op.batch_alter_table("venue", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_venue_region_id"))
        batch_op.drop_index(batch_op.f("ix_venue_organization_id"))

    op.drop_table("venue")
    with op.batch_alter_table("grant", schema=None) as batch_op:
        batch_op.drop_index("ix_grant_organization_id_role")

    op.drop_table("grant")
    op.drop_table("feed")
    with op.batch_alter_table("expert", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expert_organization_id"))

    op.drop_table("expert")
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_change_uncomposed",
            sqlite_where=sa.text("composed_at IS NULL"),
            postgresql_where=sa.text("composed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_change_subject"))
        batch_op.drop_index(batch_op.f("ix_change_organization_id"))
        batch_op.drop_index(batch_op.f("ix_change_at"))

    op.drop_table("change")
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaign_organization_id"))

    op.drop_table("campaign")
    op.drop_table("user")
    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_path"))
        batch_op.drop_index(batch_op.f("ix_organization_parent_id"))

    op.drop_table("organization")
    op.drop_table("audience")
