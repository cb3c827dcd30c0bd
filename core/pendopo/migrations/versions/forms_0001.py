"""What the portal knows of people, for prefill; where a draft is resumed; what an attachment was asked for."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "forms_0001"
down_revision = "payments_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_profile_value",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), primary_key=True),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("cipher", sa.LargeBinary),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("by_id", sa.Integer),
        sa.Column("at", TimestampUTC, nullable=False),
    )
    with op.batch_alter_table("core_draft") as table:
        table.add_column(sa.Column("path", sa.String(300), nullable=False, server_default=""))
        table.add_column(sa.Column("title", sa.String(200), nullable=False, server_default=""))
    with op.batch_alter_table("core_attachment") as table:
        table.add_column(sa.Column("label", sa.String(60), nullable=False, server_default=""))
    op.create_index("ix_core_attachment_uploaded_by_label", "core_attachment", ["uploaded_by", "label"])


def downgrade() -> None:
    op.drop_index("ix_core_attachment_uploaded_by_label", "core_attachment")
    with op.batch_alter_table("core_attachment") as table:
        table.drop_column("label")
    with op.batch_alter_table("core_draft") as table:
        table.drop_column("title")
        table.drop_column("path")
    op.drop_table("core_profile_value")
