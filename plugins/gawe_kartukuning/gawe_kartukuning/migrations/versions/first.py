"""Notes."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "kartukuning_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gawe_kartukuning_note",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("written_by", sa.Integer, sa.ForeignKey("core_account.id"), index=True),
        sa.Column("written_at", TimestampUTC, nullable=False),
        sa.Column("closed_at", TimestampUTC),
    )


def downgrade() -> None:
    op.drop_table("gawe_kartukuning_note")
