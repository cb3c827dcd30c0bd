"""What an announcement says beside its words: voice, polygon, drill, hours, CAP; warnings of others with their feeds, and devices."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "radio_0003"
down_revision = "radio_0002"
branch_labels = None
depends_on = None

SHARED = (
    ("polygon", sa.JSON, "[]"), ("drill", sa.Boolean, sa.false()), ("category", sa.String(12), "Safety"), ("source", sa.String(120), ""),
    ("cap", sa.JSON, "{}"),
)
OWN = (
    ("only_areas", sa.Boolean, sa.false()), ("attention", sa.Boolean, sa.false()), ("voice", sa.String(140), ""), ("voice_by", sa.String(10), ""),
    ("repeat_from", sa.Integer, "0"), ("repeat_to", sa.Integer, "0"),
)


def upgrade() -> None:
    for table, columns in (("announcement", SHARED + OWN), ("version", SHARED)):
        with op.batch_alter_table(f"gawe_radio_{table}") as batch:
            for name, kind, default in columns:
                batch.add_column(sa.Column(name, kind, nullable=False, server_default=default))
    op.create_table(
        "gawe_radio_feed",
        sa.Column("address", sa.String(300), primary_key=True),
        sa.Column("etag", sa.String(200), nullable=False),
        sa.Column("last_modified", sa.String(60), nullable=False),
        sa.Column("mark", sa.String(120), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("next_at", TimestampUTC),
        sa.Column("good_at", TimestampUTC),
        sa.Column("error", sa.String(300), nullable=False),
    )
    op.create_table(
        "gawe_radio_warning",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sender", sa.String(200), nullable=False),
        sa.Column("identifier", sa.String(200), nullable=False),
        sa.Column("sent_at", TimestampUTC, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("feed", sa.String(300), nullable=False),
        sa.Column("source", sa.String(120), nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("received_at", TimestampUTC, nullable=False),
        sa.Column("until_at", TimestampUTC, nullable=False, index=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("areas", sa.JSON, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("seen_by", sa.Integer),
        sa.Column("seen_at", TimestampUTC),
        sa.Column("announcement_id", sa.Integer, sa.ForeignKey("gawe_radio_announcement.id")),
        sa.UniqueConstraint("sender", "identifier", "sent_at"),
    )
    op.create_table(
        "gawe_radio_push",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("endpoint", sa.String(500), nullable=False, unique=True),
        sa.Column("p256dh", sa.String(100), nullable=False),
        sa.Column("auth", sa.String(40), nullable=False),
        sa.Column("kecamatan", sa.String(8), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("created_at", TimestampUTC, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("gawe_radio_push")
    op.drop_table("gawe_radio_warning")
    op.drop_table("gawe_radio_feed")
    for table, columns in (("version", SHARED), ("announcement", SHARED + OWN)):
        with op.batch_alter_table(f"gawe_radio_{table}") as batch:
            for name, _kind, _default in columns:
                batch.drop_column(name)
