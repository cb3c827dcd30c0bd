"""Holidays, settings, attachments, drafts."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "kit_0001"
down_revision = "outbox_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    holiday = op.create_table(
        "core_holiday",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
    )
    from pendopo.kit.calendar import seed_rows

    op.bulk_insert(holiday, list(seed_rows()))
    op.create_table(
        "core_setting",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(120), nullable=False, index=True),
        sa.Column("value", sa.JSON, nullable=True),
        sa.Column("effective_from", sa.Date, nullable=False),
        sa.Column("set_by", sa.Integer),
        sa.Column("set_at", TimestampUTC, nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
    )
    op.create_table(
        "core_attachment",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("ref", sa.Integer),
        sa.Column("token", sa.String(64), unique=True),
        sa.Column("filename", sa.String(160), nullable=False),
        sa.Column("mime", sa.String(80), nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        sa.Column("lat", sa.Float),
        sa.Column("lon", sa.Float),
        sa.Column("sensitive", sa.Boolean, nullable=False),
        sa.Column("uploaded_by", sa.Integer),
        sa.Column("created_at", TimestampUTC, nullable=False),
    )
    op.create_index("ix_core_attachment_owner_ref", "core_attachment", ["owner", "ref"])
    op.create_table(
        "core_draft",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), nullable=False),
        sa.Column("form", sa.String(80), nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("updated_at", TimestampUTC, nullable=False),
        sa.UniqueConstraint("account_id", "form"),
    )


def downgrade() -> None:
    for table in ("draft", "attachment", "setting", "holiday"):
        op.drop_table(f"core_{table}")
