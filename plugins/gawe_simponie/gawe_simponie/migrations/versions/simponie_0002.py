"""Addresses of people's calendars."""

import sqlalchemy as sa
from alembic import op

revision = "simponie_0002"
down_revision = "simponie_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gawe_simponie_kalender",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), primary_key=True),
        sa.Column("token", sa.String(40), nullable=False, unique=True),
    )


def downgrade() -> None:
    op.drop_table("gawe_simponie_kalender")
