"""Plugin switches and faults."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "host_0001"
down_revision = "kit_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_plugin",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("changed_at", TimestampUTC, nullable=False),
        sa.Column("changed_by", sa.Integer),
    )
    op.create_table(
        "core_fault",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("plugin", sa.String(80), nullable=False, index=True),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("summary", sa.String(400), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("at", TimestampUTC, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("core_fault")
    op.drop_table("core_plugin")
