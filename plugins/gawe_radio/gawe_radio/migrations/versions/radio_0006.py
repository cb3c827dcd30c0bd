"""Tables of the room live and listening."""

revision = "radio_0006"
down_revision = "radio_0005"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
