"""Tables of the room planning."""

revision = "radio_0002"
down_revision = "radio_0001"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
