"""Programmes, announcements with their versions, read-out requests and the log of what was on the air."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "radio_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gawe_radio_program",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("classification", sa.String(2), nullable=False),
        sa.Column("presenter", sa.String(120), nullable=False),
        sa.Column("start", TimestampUTC, nullable=False),
        sa.Column("duration_s", sa.Integer, nullable=False),
        sa.Column("rrule", sa.String(200), nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.create_table(
        "gawe_radio_announcement",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("text", sa.JSON, nullable=False),
        sa.Column("priority", sa.String(10), nullable=False),
        sa.Column("areas", sa.JSON, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("origin", sa.String(60), nullable=False),
        sa.Column("created_by", sa.Integer),
        sa.Column("author", sa.String(120), nullable=False),
        sa.Column("created_at", TimestampUTC, nullable=False),
        sa.Column("decided_by", sa.Integer),
        sa.Column("decided_at", TimestampUTC),
        sa.Column("published_at", TimestampUTC),
        sa.Column("until_at", TimestampUTC, nullable=False),
        sa.Column("repeat_min", sa.Integer, nullable=False),
        sa.Column("reading_s", sa.Float, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("said", sa.Integer, nullable=False),
        sa.Column("said_version", sa.Integer, nullable=False),
        sa.Column("last_said_at", TimestampUTC),
        sa.Column("unspoken", sa.String(300), nullable=False),
    )
    op.create_index("ix_gawe_radio_announcement_state", "gawe_radio_announcement", ["state", "until_at"])
    op.create_table(
        "gawe_radio_version",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("announcement_id", sa.Integer, sa.ForeignKey("gawe_radio_announcement.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("text", sa.JSON, nullable=False),
        sa.Column("priority", sa.String(10), nullable=False),
        sa.Column("areas", sa.JSON, nullable=False),
        sa.Column("until_at", TimestampUTC, nullable=False),
        sa.Column("sent_at", TimestampUTC, nullable=False),
        sa.Column("sent_by", sa.Integer),
        sa.UniqueConstraint("announcement_id", "number"),
    )
    op.create_table(
        "gawe_radio_readout",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(200), nullable=False, unique=True),
        sa.Column("plugin", sa.String(60), nullable=False),
        sa.Column("text", sa.JSON, nullable=False),
        sa.Column("priority", sa.String(10), nullable=False),
        sa.Column("until_at", TimestampUTC),
        sa.Column("asked_at", TimestampUTC, nullable=False),
        sa.Column("state", sa.String(10), nullable=False, index=True),
        sa.Column("decided_by", sa.Integer),
        sa.Column("decided_at", TimestampUTC),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("announcement_id", sa.Integer, sa.ForeignKey("gawe_radio_announcement.id")),
    )
    op.create_table(
        "gawe_radio_log",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("line", sa.String(60), nullable=False, unique=True),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("at", TimestampUTC, nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("announcement_id", sa.Integer),
        sa.Column("data", sa.JSON, nullable=False),
    )
    op.create_index("ix_gawe_radio_log_at", "gawe_radio_log", ["at"])
    op.create_index("ix_gawe_radio_log_event", "gawe_radio_log", ["event", "at"])
    op.create_table(
        "gawe_radio_position",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("offset", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    for table in ("position", "log", "readout", "version", "announcement", "program"):
        op.drop_table(f"gawe_radio_{table}")
