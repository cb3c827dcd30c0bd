"""Permits of billboards wait here until they are taxed."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "pajak_0003"
down_revision = "pajak_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gawe_pajak_izin_reklame",
        sa.Column("document_id", sa.Integer, sa.ForeignKey("core_document.id"), primary_key=True, autoincrement=False),
        sa.Column("nomor", sa.String(80), nullable=False),
        sa.Column("pemegang", sa.String(120), nullable=False),
        sa.Column("lokasi", sa.String(200), nullable=False),
        sa.Column("holder_id", sa.Integer, sa.ForeignKey("core_account.id"), index=True),
        sa.Column("isian", sa.JSON, nullable=False),
        sa.Column("at", TimestampUTC, nullable=False),
        sa.Column("ketetapan_id", sa.Integer),
    )


def downgrade() -> None:
    op.drop_table("gawe_pajak_izin_reklame")
