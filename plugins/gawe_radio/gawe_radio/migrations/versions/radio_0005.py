"""Tables of the room archive."""

revision = "radio_0005"
down_revision = "radio_0004"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
