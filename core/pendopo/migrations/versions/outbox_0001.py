"""Outbox, live wire, inbox, preferences, jobs."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "outbox_0001"
down_revision = "identity_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_outbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("target", sa.String(120), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("created_at", TimestampUTC, nullable=False),
        sa.Column("run_after", TimestampUTC, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claimed_until", TimestampUTC),
        sa.Column("done_at", TimestampUTC),
        sa.Column("failed_at", TimestampUTC),
        sa.Column("error", sa.Text, nullable=False),
        sa.UniqueConstraint("kind", "target", "key"),
    )
    op.create_index("ix_core_outbox_due", "core_outbox", ["done_at", "failed_at", "run_after"])
    # An id is never given twice: pages resume from the last one that they saw.
    op.create_table(
        "core_live",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("topic", sa.String(120), nullable=False, index=True),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("created_at", TimestampUTC, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "core_inbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), nullable=False),
        sa.Column("topic", sa.String(80), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("url", sa.String(300), nullable=False),
        sa.Column("created_at", TimestampUTC, nullable=False),
        sa.Column("read_at", TimestampUTC),
        sa.UniqueConstraint("account_id", "key"),
    )
    op.create_index("ix_core_inbox_account_id_read_at", "core_inbox", ["account_id", "read_at"])
    op.create_table(
        "core_preference",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), primary_key=True),
        sa.Column("topic", sa.String(80), primary_key=True),
        sa.Column("channel", sa.String(20), primary_key=True),
        sa.Column("on", sa.Boolean, nullable=False),
    )
    op.create_table(
        "core_quiet_hours",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), primary_key=True),
        sa.Column("start", sa.String(5), nullable=False),
        sa.Column("end", sa.String(5), nullable=False),
    )
    op.create_table(
        "core_job_run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("slug", sa.String(80), nullable=False, index=True),
        sa.Column("plugin", sa.String(80), nullable=False),
        sa.Column("started_at", TimestampUTC, nullable=False),
        sa.Column("ended_at", TimestampUTC),
        sa.Column("ok", sa.Boolean),
        sa.Column("error", sa.Text, nullable=False),
    )
    op.create_table(
        "core_lease",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("holder", sa.String(80), nullable=False),
        sa.Column("until", TimestampUTC, nullable=False),
    )


def downgrade() -> None:
    for table in ("lease", "job_run", "quiet_hours", "preference", "inbox", "live", "outbox"):
        op.drop_table(f"core_{table}")
