"""Holidays, settings, attachments, drafts, and matters with their timeline."""

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
    _attachments_and_drafts()
    _berkas()


def _attachments_and_drafts() -> None:
    op.create_table(
        "core_attachment",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("ref", sa.Integer),
        sa.Column("token", sa.String(32), nullable=False, unique=True),
        sa.Column("filename", sa.String(160), nullable=False),
        sa.Column("mime", sa.String(80), nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False, index=True),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        sa.Column("lat", sa.Float),
        sa.Column("lon", sa.Float),
        sa.Column("uploaded_by", sa.Integer),
        sa.Column("created_at", TimestampUTC, nullable=False),
    )
    op.create_index("ix_core_attachment_owner_ref", "core_attachment", ["owner", "ref"])
    op.create_table(
        "core_draft",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("form", sa.String(80), nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id")),
        sa.Column("key_hash", sa.String(64)),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("updated_at", TimestampUTC, nullable=False),
        sa.UniqueConstraint("form", "account_id"),
        sa.UniqueConstraint("key_hash"),
    )


def _berkas() -> None:
    op.create_table(
        "core_berkas",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("register", sa.String(40), nullable=False, unique=True),
        sa.Column("pin_hash", sa.String(64), nullable=False),
        sa.Column("pin_failures", sa.Integer, nullable=False),
        sa.Column("pin_locked_until", TimestampUTC),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("plugin", sa.String(60), nullable=False),
        sa.Column("workflow", sa.Integer, nullable=False),
        sa.Column("state", sa.String(60), nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("applicant_id", sa.Integer, sa.ForeignKey("core_account.id")),
        sa.Column("received_by", sa.Integer, sa.ForeignKey("core_account.id")),
        sa.Column("opd_id", sa.Integer, sa.ForeignKey("core_opd.id")),
        sa.Column("officer_id", sa.Integer, sa.ForeignKey("core_account.id")),
        sa.Column("desa_code", sa.String(13)),
        sa.Column("kecamatan_code", sa.String(8), index=True),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("anonymous", sa.Boolean, nullable=False),
        sa.Column("opened_at", TimestampUTC, nullable=False),
        sa.Column("moved_at", TimestampUTC, nullable=False),
        sa.Column("closed_at", TimestampUTC),
        sa.Column("clock", sa.String(5), nullable=False),
        sa.Column("clock_from", TimestampUTC),
        sa.Column("deadline_days", sa.Integer),
        sa.Column("due_at", TimestampUTC),
        sa.Column("warn_at", TimestampUTC),
        sa.Column("paused_at", TimestampUTC),
        sa.Column("stopped_at", TimestampUTC),
        sa.Column("escalation", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    for name, columns in (
        ("desk", ["kind", "is_open", "opd_id", "due_at"]),
        ("applicant", ["applicant_id", "opened_at"]),
        ("officer", ["officer_id", "is_open"]),
        ("clock", ["is_open", "clock", "warn_at"]),
    ):
        op.create_index(f"ix_core_berkas_{name}", "core_berkas", columns)
    op.create_table(
        "core_berkas_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey("core_berkas.id"), nullable=False, index=True),
        sa.Column("at", TimestampUTC, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("public", sa.Boolean, nullable=False),
        sa.Column("by", sa.String(10), nullable=False),
        sa.Column("actor_id", sa.Integer),
        sa.Column("actor_name", sa.String(160), nullable=False),
        sa.Column("transition", sa.String(60), nullable=False),
        sa.Column("from_state", sa.String(60), nullable=False),
        sa.Column("to_state", sa.String(60), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("internal", sa.Text, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "core_berkas_workflow",
        sa.Column("kind", sa.String(60), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("definition", sa.JSON, nullable=False),
    )
    op.create_table(
        "core_register_book",
        sa.Column("code", sa.String(12), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "core_berkas_rating",
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey("core_berkas.id"), primary_key=True),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("detailed", sa.Boolean, nullable=False),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("at", TimestampUTC, nullable=False),
    )


def downgrade() -> None:
    for table in ("berkas_rating", "register_book", "berkas_workflow", "berkas_event", "berkas", "draft", "attachment", "setting", "holiday"):
        op.drop_table(f"core_{table}")
