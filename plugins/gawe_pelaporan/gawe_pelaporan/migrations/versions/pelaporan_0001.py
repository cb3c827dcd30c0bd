"""Reports, damage of roads, follow-up, support, comments and keys."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "pelaporan_0001"
down_revision = None
branch_labels = None
depends_on = None

LAPORAN = "gawe_pelaporan_laporan"


def upgrade() -> None:
    op.create_table(
        "gawe_pelaporan_api_key",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("contact", sa.String(254), nullable=False),
        sa.Column("start", sa.String(8), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("made_by", sa.Integer),
        sa.Column("made_at", TimestampUTC, nullable=False),
        sa.Column("last_used_on", sa.Date),
        sa.Column("revoked_at", TimestampUTC),
    )
    op.create_table(
        LAPORAN,
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey("core_berkas.id"), primary_key=True),
        sa.Column("token", sa.String(40), nullable=False, unique=True),
        sa.Column("service_code", sa.String(12), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("public_title", sa.String(120), nullable=False),
        sa.Column("public_text", sa.Text, nullable=False),
        sa.Column("published_at", TimestampUTC),
        sa.Column("lat", sa.Float),
        sa.Column("lon", sa.Float),
        sa.Column("accuracy_m", sa.Integer),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("desa_code", sa.String(13), index=True),
        sa.Column("kelas", sa.String(20), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("casualties", sa.Boolean, nullable=False),
        sa.Column("access_cut", sa.Boolean, nullable=False),
        sa.Column("school_route", sa.Boolean, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("anonymous", sa.Boolean, nullable=False),
        sa.Column("contact_name", sa.String(120), nullable=False),
        sa.Column("contact_phone", sa.String(20), nullable=False),
        sa.Column("contact_email", sa.String(254), nullable=False),
        sa.Column("media_url", sa.String(500), nullable=False),
        sa.Column("photo_count", sa.Integer, nullable=False),
        sa.Column("supports", sa.Integer, nullable=False),
        sa.Column("duplicate_of", sa.Integer, sa.ForeignKey(f"{LAPORAN}.berkas_id")),
        sa.Column("road_authority", sa.String(20), nullable=False),
        sa.Column("road_name", sa.String(160), nullable=False),
        sa.Column("forwarded_to", sa.String(160), nullable=False),
        sa.Column("sp4n_id", sa.String(40), unique=True),
        sa.Column("target_date", sa.Date),
        sa.Column("budget_year", sa.Integer),
        sa.Column("budget_ref", sa.String(120), nullable=False),
        sa.Column("received_at", TimestampUTC, nullable=False),
        sa.Column("verified_at", TimestampUTC),
        sa.Column("answered_at", TimestampUTC),
        sa.Column("finished_at", TimestampUTC),
        sa.Column("class_due_at", TimestampUTC),
        sa.Column("reopened", sa.Integer, nullable=False),
        sa.Column("letter", sa.String(60), nullable=False),
        sa.Column("api_key_id", sa.Integer, sa.ForeignKey("gawe_pelaporan_api_key.id")),
        sa.Column("extra", sa.JSON, nullable=False),
    )
    op.create_index("ix_gawe_pelaporan_laporan_public", LAPORAN, ["published_at", "service_code"])
    op.create_index("ix_gawe_pelaporan_laporan_near", LAPORAN, ["service_code", "lat", "lon"])
    op.create_index("ix_gawe_pelaporan_laporan_received", LAPORAN, ["received_at"])
    op.create_table(
        "gawe_pelaporan_kerusakan_jalan",
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey(f"{LAPORAN}.berkas_id"), primary_key=True),
        sa.Column("no_ruas", sa.String(20), nullable=False),
        sa.Column("length_m", sa.Integer, nullable=False),
        sa.Column("width_cm", sa.Integer),
        sa.Column("depth_cm", sa.Integer),
        sa.Column("sta_start", sa.String(10), nullable=False),
        sa.Column("sta_end", sa.String(10), nullable=False),
        sa.Column("damage", sa.String(20), nullable=False),
    )
    op.create_table(
        "gawe_pelaporan_tindak_lanjut",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey(f"{LAPORAN}.berkas_id"), nullable=False, index=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("volume", sa.String(60), nullable=False),
        sa.Column("cost", sa.BigInteger),
        sa.Column("package", sa.String(40), nullable=False),
        sa.Column("opd_id", sa.Integer, sa.ForeignKey("core_opd.id")),
        sa.Column("by", sa.Integer),
        sa.Column("at", TimestampUTC, nullable=False),
    )
    op.create_table(
        "gawe_pelaporan_dukungan",
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey(f"{LAPORAN}.berkas_id"), primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), primary_key=True, index=True),
        sa.Column("at", TimestampUTC, nullable=False),
    )
    op.create_table(
        "gawe_pelaporan_komentar",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey(f"{LAPORAN}.berkas_id"), nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), nullable=False, index=True),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("at", TimestampUTC, nullable=False),
        sa.Column("hidden_at", TimestampUTC),
        sa.Column("hidden_by", sa.Integer),
        sa.UniqueConstraint("berkas_id", "account_id"),
    )


def downgrade() -> None:
    for table in ("komentar", "dukungan", "tindak_lanjut", "kerusakan_jalan", "laporan", "api_key"):
        op.drop_table(f"gawe_pelaporan_{table}")
