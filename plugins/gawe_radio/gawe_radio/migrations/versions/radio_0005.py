"""Recorded hours, episodes, and a log that can be proved: its lines as they were, chained, never changed again."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "radio_0005"
down_revision = "radio_0004"

REFUSAL = "gawe_radio_log is append-only"


def upgrade() -> None:
    op.add_column("gawe_radio_log", sa.Column("raw", sa.Text, nullable=False, server_default=""))
    op.add_column("gawe_radio_log", sa.Column("hash", sa.String(64), nullable=False, server_default=""))
    op.create_table(
        "gawe_radio_recording",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("file", sa.String(40), nullable=False, unique=True),
        sa.Column("start", TimestampUTC, nullable=False, index=True),
        sa.Column("end", TimestampUTC, nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("removed_at", TimestampUTC),
    )
    op.create_table(
        "gawe_radio_catchup",
        sa.Column("program_id", sa.Integer, sa.ForeignKey("gawe_radio_program.id"), primary_key=True),
        sa.Column("mode", sa.String(10), nullable=False),
    )
    op.create_table(
        "gawe_radio_episode",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(60), nullable=False, unique=True),
        sa.Column("program_id", sa.Integer, sa.ForeignKey("gawe_radio_program.id"), index=True),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("presenter", sa.String(120), nullable=False),
        sa.Column("start", TimestampUTC, nullable=False, index=True),
        sa.Column("end", TimestampUTC, nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("file", sa.String(80), nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("duration_s", sa.Float, nullable=False),
        sa.Column("chapters", sa.JSON, nullable=False),
        sa.Column("made_at", TimestampUTC, nullable=False),
        sa.Column("removed_at", TimestampUTC),
    )
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER gawe_radio_log_no_{verb.lower()} BEFORE {verb} ON gawe_radio_log BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
        return
    op.execute(f"CREATE FUNCTION gawe_radio_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$")
    op.execute("CREATE TRIGGER gawe_radio_log_append_only BEFORE UPDATE OR DELETE ON gawe_radio_log FOR EACH ROW EXECUTE FUNCTION gawe_radio_log_refuse()")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER gawe_radio_log_no_{verb}")
    else:
        op.execute("DROP TRIGGER gawe_radio_log_append_only ON gawe_radio_log")
        op.execute("DROP FUNCTION gawe_radio_log_refuse()")
    for table in ("episode", "catchup", "recording"):
        op.drop_table(f"gawe_radio_{table}")
    op.drop_column("gawe_radio_log", "hash")
    op.drop_column("gawe_radio_log", "raw")
