"""Permit types, applications and their stages, inspections, permits, supervision, risks, national cases."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "simponie_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gawe_simponie_jenis",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kode", sa.String(20), nullable=False),
        sa.Column("versi", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("nama", sa.String(160), nullable=False),
        sa.Column("sektor", sa.String(60), nullable=False),
        sa.Column("kanal", sa.String(10), nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("made_by", sa.Integer),
        sa.Column("made_at", TimestampUTC, nullable=False),
        sa.Column("published_at", TimestampUTC),
        sa.UniqueConstraint("kode", "versi"),
    )
    op.create_index("ix_gawe_simponie_jenis_shown", "gawe_simponie_jenis", ["state", "kode"])
    op.create_table(
        "gawe_simponie_permohonan",
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey("core_berkas.id"), primary_key=True),
        sa.Column("jenis_id", sa.Integer, sa.ForeignKey("gawe_simponie_jenis.id"), nullable=False),
        sa.Column("kode", sa.String(20), nullable=False),
        sa.Column("tujuan", sa.String(16), nullable=False),
        sa.Column("izin_id", sa.Integer, index=True),
        sa.Column("applicant_name", sa.String(160), nullable=False),
        sa.Column("applicant_address", sa.String(300), nullable=False),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("measured", sa.JSON, nullable=False),
        sa.Column("lat", sa.Float),
        sa.Column("lon", sa.Float),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("submitted_at", TimestampUTC, nullable=False),
        sa.Column("inspect_on", sa.Date),
        sa.Column("recommended", sa.Boolean),
        sa.Column("fee", sa.JSON),
        sa.Column("fee_amount", sa.BigInteger, nullable=False),
        sa.Column("bill_id", sa.Integer, index=True),
        sa.Column("skrd_id", sa.Integer),
        sa.Column("paid_at", TimestampUTC),
        sa.Column("ntpd", sa.String(40), nullable=False),
        sa.Column("deemed_at", TimestampUTC),
        sa.Column("decided_at", TimestampUTC),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_gawe_simponie_permohonan_type", "gawe_simponie_permohonan", ["kode", "submitted_at"])
    op.create_table(
        "gawe_simponie_tahap",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey("core_berkas.id"), nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("opd_id", sa.Integer, sa.ForeignKey("core_opd.id")),
        sa.Column("since", TimestampUTC, nullable=False),
        sa.Column("until", TimestampUTC),
        sa.Column("due_on", sa.Date),
    )
    op.create_index("ix_gawe_simponie_tahap_berkas", "gawe_simponie_tahap", ["berkas_id", "since"])
    op.create_index("ix_gawe_simponie_tahap_open", "gawe_simponie_tahap", ["until", "due_on"])
    op.create_table(
        "gawe_simponie_bap",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey("core_berkas.id"), nullable=False, index=True),
        sa.Column("client_key", sa.String(40), nullable=False, unique=True),
        sa.Column("inspected_at", TimestampUTC, nullable=False),
        sa.Column("lat", sa.Float),
        sa.Column("lon", sa.Float),
        sa.Column("accuracy_m", sa.Integer),
        sa.Column("result", sa.String(20), nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
        sa.Column("team", sa.String(300), nullable=False),
        sa.Column("witness", sa.String(160), nullable=False),
        sa.Column("by", sa.Integer),
        sa.Column("at", TimestampUTC, nullable=False),
        sa.Column("document_id", sa.Integer),
    )
    op.create_table(
        "gawe_simponie_izin",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey("core_berkas.id"), nullable=False, unique=True),
        sa.Column("jenis_id", sa.Integer, sa.ForeignKey("gawe_simponie_jenis.id"), nullable=False),
        sa.Column("kode", sa.String(20), nullable=False),
        sa.Column("number", sa.String(80), nullable=False, unique=True),
        sa.Column("holder_id", sa.Integer, sa.ForeignKey("core_account.id")),
        sa.Column("holder_name", sa.String(160), nullable=False),
        sa.Column("place", sa.String(300), nullable=False),
        sa.Column("desa_code", sa.String(13)),
        sa.Column("lat", sa.Float),
        sa.Column("lon", sa.Float),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date, index=True),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("document_id", sa.Integer),
        sa.Column("replaces_id", sa.Integer),
        sa.Column("ended_on", sa.Date),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("reminded", sa.Boolean, nullable=False),
    )
    op.create_index("ix_gawe_simponie_izin_holder", "gawe_simponie_izin", ["holder_id", "kode"])
    op.create_index("ix_gawe_simponie_izin_public", "gawe_simponie_izin", ["status", "issued_on"])
    op.create_table(
        "gawe_simponie_pengawasan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("izin_id", sa.Integer, sa.ForeignKey("gawe_simponie_izin.id"), nullable=False, index=True),
        sa.Column("planned_on", sa.Date, nullable=False, index=True),
        sa.Column("done_at", TimestampUTC),
        sa.Column("finding", sa.Text, nullable=False),
        sa.Column("sanction", sa.String(20), nullable=False),
        sa.Column("by", sa.Integer),
    )
    op.create_table(
        "gawe_simponie_risiko_versi",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("demo", sa.Boolean, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("imported_by", sa.Integer),
        sa.Column("imported_at", TimestampUTC, nullable=False),
    )
    op.create_table(
        "gawe_simponie_risiko_kbli",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("versi_id", sa.Integer, sa.ForeignKey("gawe_simponie_risiko_versi.id"), nullable=False),
        sa.Column("kbli", sa.String(5), nullable=False),
        sa.Column("nama", sa.String(200), nullable=False),
        sa.Column("skala", sa.String(10), nullable=False),
        sa.Column("luas_dari", sa.Integer),
        sa.Column("luas_sampai", sa.Integer),
        sa.Column("risiko", sa.String(20), nullable=False),
        sa.Column("kewenangan", sa.String(12), nullable=False),
        sa.Column("lingkungan", sa.String(10), nullable=False),
        sa.Column("pb_umku", sa.JSON, nullable=False),
    )
    op.create_index("ix_gawe_simponie_risiko_kbli_asked", "gawe_simponie_risiko_kbli", ["versi_id", "kbli", "skala"])
    op.create_table(
        "gawe_simponie_kasus",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("reference", sa.String(60), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("office", sa.String(120), nullable=False),
        sa.Column("changed_at", TimestampUTC, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.UniqueConstraint("channel", "reference"),
    )
    op.create_table(
        "gawe_simponie_kasus_langkah",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kasus_id", sa.Integer, sa.ForeignKey("gawe_simponie_kasus.id"), nullable=False),
        sa.Column("event_id", sa.String(80), nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("office", sa.String(120), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("at", TimestampUTC, nullable=False),
        sa.UniqueConstraint("kasus_id", "event_id"),
    )
    op.create_table(
        "gawe_simponie_pengikut",
        sa.Column("kasus_id", sa.Integer, sa.ForeignKey("gawe_simponie_kasus.id"), primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), primary_key=True, index=True),
    )


def downgrade() -> None:
    for table in ("pengikut", "kasus_langkah", "kasus", "risiko_kbli", "risiko_versi", "pengawasan", "izin", "bap", "tahap", "permohonan", "jenis"):
        op.drop_table(f"gawe_simponie_{table}")
