"""Tables of the room board."""

revision = "radio_0004"
down_revision = "radio_0003"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
