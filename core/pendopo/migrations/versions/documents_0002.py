"""Papers of which whoever checks them learns only that they exist."""

import sqlalchemy as sa
from alembic import op

revision = "documents_0002"
down_revision = "berkas_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("core_document", sa.Column("secret", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("core_document", "secret")
