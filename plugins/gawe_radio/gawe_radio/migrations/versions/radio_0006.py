"""Listeners who call in, and accounts that may not."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "radio_0006"
down_revision = "radio_0005"


def upgrade() -> None:
    op.create_table(
        "gawe_radio_call",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, nullable=False, index=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("topic", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_at", TimestampUTC, nullable=False),
        sa.Column("seen_at", TimestampUTC, nullable=False),
        sa.Column("decided_by", sa.Integer),
        sa.Column("aired_at", TimestampUTC),
        sa.Column("ended_at", TimestampUTC),
        sa.Column("ended_by", sa.String(10), nullable=False),
    )
    op.create_index("ix_gawe_radio_call_state", "gawe_radio_call", ["state", "seen_at"])
    op.create_table(
        "gawe_radio_call_block",
        sa.Column("account_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("blocked_by", sa.Integer, nullable=False),
        sa.Column("blocked_at", TimestampUTC, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("gawe_radio_call_block")
    op.drop_table("gawe_radio_call")
