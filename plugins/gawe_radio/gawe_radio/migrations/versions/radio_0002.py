"""What is planned: media notes, playlists, blocks, clock wheels, changes of single days, the station's choices."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "radio_0002"
down_revision = "radio_0001"
branch_labels = None
depends_on = None

PROGRAM = "gawe_radio_program"


def upgrade() -> None:
    op.add_column(PROGRAM, sa.Column("presenters", sa.JSON, nullable=False, server_default="[]"))
    op.add_column(PROGRAM, sa.Column("wheel_id", sa.Integer))
    op.add_column(PROGRAM, sa.Column("playlist_id", sa.Integer))
    op.add_column(PROGRAM, sa.Column("recorded", sa.String(300), nullable=False, server_default=""))
    op.create_table(
        "gawe_radio_media",
        sa.Column("id", sa.String(300), primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("artist", sa.String(200), nullable=False),
        sa.Column("tags", sa.JSON),
        sa.Column("cue_in_s", sa.Float),
        sa.Column("cue_out_s", sa.Float),
        sa.Column("resting", sa.Boolean, nullable=False),
        sa.Column("uploaded_by", sa.Integer),
        sa.Column("uploaded_at", TimestampUTC),
    )
    op.create_table(
        "gawe_radio_playlist",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sa.Column("tracks", sa.JSON, nullable=False),
        sa.Column("order", sa.String(20), nullable=False),
        sa.Column("weight", sa.Integer, nullable=False),
    )
    op.create_table(
        "gawe_radio_block",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sa.Column("rules", sa.JSON, nullable=False),
    )
    op.create_table(
        "gawe_radio_wheel",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sa.Column("parts", sa.JSON, nullable=False),
    )
    op.create_table(
        "gawe_radio_change",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("program_id", sa.Integer, sa.ForeignKey("gawe_radio_program.id"), nullable=False),
        sa.Column("at", TimestampUTC, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("start", TimestampUTC),
        sa.Column("duration_s", sa.Integer),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("presenter", sa.String(120), nullable=False),
        sa.Column("recorded", sa.String(300), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.UniqueConstraint("program_id", "at"),
    )
    op.create_table(
        "gawe_radio_choice",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("value", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    for table in ("choice", "change", "wheel", "block", "playlist", "media"):
        op.drop_table(f"gawe_radio_{table}")
    with op.batch_alter_table(PROGRAM) as program:
        for column in ("recorded", "playlist_id", "wheel_id", "presenters"):
            program.drop_column(column)
