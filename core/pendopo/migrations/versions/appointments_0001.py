"""Appointments."""

revision = "appointments_0001"
down_revision = "forms_0001"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
