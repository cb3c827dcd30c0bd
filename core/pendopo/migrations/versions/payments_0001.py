"""Payments."""

revision = "payments_0001"
down_revision = "documents_0001"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
