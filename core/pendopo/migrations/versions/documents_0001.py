"""Documents."""

revision = "documents_0001"
down_revision = "identity_0002"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
