"""People, sessions, offices, audit trail."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "identity_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_account",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("handle", sa.String(40), unique=True),
        sa.Column("email", sa.String(254), unique=True),
        sa.Column("email_confirmed_at", TimestampUTC),
        sa.Column("phone", sa.String(20)),
        sa.Column("nik_cipher", sa.LargeBinary),
        sa.Column("nik_lookup", sa.String(64), unique=True),
        sa.Column("nip", sa.String(18), unique=True),
        sa.Column("password_hash", sa.String(200)),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("desa_code", sa.String(13)),
        sa.Column("created_at", TimestampUTC, nullable=False),
        sa.Column("disabled_at", TimestampUTC),
        sa.Column("erased_at", TimestampUTC),
        sa.Column("page_version", sa.Integer, nullable=False),
    )
    op.create_table(
        "core_session",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), nullable=False),
        sa.Column("created_at", TimestampUTC, nullable=False),
        sa.Column("last_seen_at", TimestampUTC, nullable=False),
        sa.Column("expires_at", TimestampUTC, nullable=False),
        sa.Column("revoked_at", TimestampUTC),
        sa.Column("user_agent", sa.String(200), nullable=False),
        sa.Column("address", sa.String(60), nullable=False),
        sa.Column("on_behalf_of", sa.Integer, sa.ForeignKey("core_account.id")),
        sa.Column("on_behalf_reason", sa.String(300), nullable=False),
        sa.Column("on_behalf_until", TimestampUTC),
    )
    op.create_index("ix_core_session_account_id", "core_session", ["account_id", "revoked_at"])
    op.create_table(
        "core_token",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), nullable=False, index=True),
        sa.Column("payload", sa.String(254), nullable=False),
        sa.Column("expires_at", TimestampUTC, nullable=False),
        sa.Column("used_at", TimestampUTC),
    )
    op.create_table(
        "core_opd",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(40), nullable=False, unique=True),
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("short_name", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("core_opd.id"), index=True),
        sa.Column("place_code", sa.String(13)),
    )
    op.create_table(
        "core_jabatan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("opd_id", sa.Integer, sa.ForeignKey("core_opd.id"), nullable=False, index=True),
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("eselon", sa.String(20)),
        sa.Column("atasan_id", sa.Integer, sa.ForeignKey("core_jabatan.id"), index=True),
        sa.Column("roles", sa.JSON, nullable=False),
    )
    op.create_table(
        "core_penugasan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), nullable=False, index=True),
        sa.Column("jabatan_id", sa.Integer, sa.ForeignKey("core_jabatan.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
    )
    op.create_table(
        "core_audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", TimestampUTC, nullable=False),
        sa.Column("actor_id", sa.Integer),
        sa.Column("actor_name", sa.String(160), nullable=False),
        sa.Column("on_behalf_of", sa.Integer),
        sa.Column("action", sa.String(80), nullable=False, index=True),
        sa.Column("subject", sa.String(160), nullable=False, index=True),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("prev_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    for table in ("audit", "penugasan", "jabatan", "opd", "token", "session", "account"):
        op.drop_table(f"core_{table}")
