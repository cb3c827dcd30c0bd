"""Tables of the room words and warnings."""

revision = "radio_0003"
down_revision = "radio_0002"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
