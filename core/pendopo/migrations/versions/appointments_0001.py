"""Counters, their closed times, appointments and queue numbers."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "appointments_0001"
down_revision = "forms_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_counter",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("opd_id", sa.Integer, sa.ForeignKey("core_opd.id"), nullable=False, index=True),
        sa.Column("service", sa.String(60), nullable=False, index=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("prefix", sa.String(3), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("bring", sa.String(400), nullable=False),
        sa.Column("hours", sa.JSON, nullable=False),
        sa.Column("slot_minutes", sa.Integer, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("days_ahead", sa.Integer, nullable=False),
        sa.Column("lead_minutes", sa.Integer, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
    )
    op.create_table(
        "core_counter_closure",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("counter_id", sa.Integer, sa.ForeignKey("core_counter.id"), nullable=False, index=True),
        sa.Column("starts_at", TimestampUTC, nullable=False),
        sa.Column("ends_at", TimestampUTC, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
    )
    op.create_table(
        "core_appointment",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("counter_id", sa.Integer, sa.ForeignKey("core_counter.id"), nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id")),
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey("core_berkas.id"), index=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("starts_at", TimestampUTC, nullable=False),
        sa.Column("ends_at", TimestampUTC, nullable=False),
        sa.Column("seat", sa.Integer),
        sa.Column("open_key", sa.String(100), unique=True),
        sa.Column("serial", sa.Integer, nullable=False),
        sa.Column("prefix", sa.String(3), nullable=False),
        sa.Column("token", sa.String(32), nullable=False, unique=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("booked_at", TimestampUTC, nullable=False),
        sa.Column("booked_by", sa.Integer),
        sa.Column("reminded_at", TimestampUTC),
        sa.Column("arrived_at", TimestampUTC),
        sa.Column("called_at", TimestampUTC),
        sa.Column("called_by", sa.Integer),
        sa.Column("ended_at", TimestampUTC),
        sa.UniqueConstraint("counter_id", "starts_at", "seat"),
    )
    op.create_index("ix_core_appointment_day", "core_appointment", ["counter_id", "day", "state"])
    op.create_index("ix_core_appointment_account", "core_appointment", ["account_id", "starts_at"])
    op.create_index("ix_core_appointment_due", "core_appointment", ["state", "day"])
    op.create_table(
        "core_queue_book",
        sa.Column("counter_id", sa.Integer, sa.ForeignKey("core_counter.id"), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    for table in ("queue_book", "appointment", "counter_closure", "counter"):
        op.drop_table(f"core_{table}")
