"""Forms."""

revision = "forms_0001"
down_revision = "payments_0001"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
