"""What listeners send, and how many listen."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "radio_0004"
down_revision = "radio_0003"


def upgrade() -> None:
    op.create_table(
        "gawe_radio_wish",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("token", sa.String(24), nullable=False, unique=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("account_id", sa.Integer),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("contact", sa.String(120), nullable=False),
        sa.Column("track", sa.String(300), nullable=False),
        sa.Column("track_label", sa.String(300), nullable=False),
        sa.Column("programme", sa.String(120), nullable=False),
        sa.Column("sent_at", TimestampUTC, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("decided_by", sa.Integer),
        sa.Column("decided_at", TimestampUTC),
        sa.Column("done_at", TimestampUTC),
        sa.Column("reason", sa.String(300), nullable=False),
    )
    op.create_index("ix_gawe_radio_wish_state", "gawe_radio_wish", ["state", "id"])
    op.create_index("ix_gawe_radio_wish_account", "gawe_radio_wish", ["account_id"])
    op.create_table("gawe_radio_turn", sa.Column("who", sa.String(80), primary_key=True), sa.Column("at", TimestampUTC, nullable=False))
    op.create_table("gawe_radio_salt", sa.Column("day", sa.Date, primary_key=True), sa.Column("salt", sa.String(64), nullable=False))
    op.create_table(
        "gawe_radio_ears",
        sa.Column("at", TimestampUTC, primary_key=True),
        sa.Column("mount", sa.String(30), primary_key=True),
        sa.Column("listeners", sa.Integer, nullable=False),
        sa.Column("hour", TimestampUTC, nullable=False, index=True),
        sa.Column("programme", sa.String(120), nullable=False),
    )


def downgrade() -> None:
    for table in ("ears", "salt", "turn", "wish"):
        op.drop_table(f"gawe_radio_{table}")
