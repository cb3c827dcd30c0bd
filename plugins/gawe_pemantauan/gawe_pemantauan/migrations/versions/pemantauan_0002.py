"""Who wants to hear of a programme that opens, and which opening was told."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "pemantauan_0002"
down_revision = "pemantauan_0001"
branch_labels = None
depends_on = None

P = "gawe_pemantauan_"


def upgrade() -> None:
    op.add_column(f"{P}program", sa.Column("announced_on", sa.Date))
    op.create_table(
        f"{P}pengikut",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), primary_key=True),
        sa.Column("sort", sa.String(8), primary_key=True),
        sa.Column("since", TimestampUTC, nullable=False),
    )


def downgrade() -> None:
    op.drop_table(f"{P}pengikut")
    op.drop_column(f"{P}program", "announced_on")
