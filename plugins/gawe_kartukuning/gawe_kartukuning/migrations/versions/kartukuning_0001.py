"""Seekers, applications, cards, reports, employers, vacancies, placements, schools."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "kartukuning_0001"
down_revision = None
branch_labels = None
depends_on = None

P = "gawe_kartukuning_"


def upgrade() -> None:
    op.create_table(
        P + "bkk",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), index=True),
        sa.Column("npsn", sa.String(8), nullable=False, unique=True),
        sa.Column("nama", sa.String(120), nullable=False),
        sa.Column("desa_code", sa.String(13)),
        sa.Column("kontak", sa.String(120), nullable=False),
        sa.Column("hp", sa.String(20), nullable=False),
        sa.Column("status", sa.String(14), nullable=False, index=True),
        sa.Column("alasan", sa.String(300), nullable=False),
        sa.Column("created_at", TimestampUTC, nullable=False),
        sa.Column("decided_at", TimestampUTC),
        sa.Column("decided_by", sa.Integer),
    )
    op.create_table(
        P + "pemberi_kerja",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), index=True),
        sa.Column("nib", sa.String(13), nullable=False, unique=True),
        sa.Column("nama", sa.String(160), nullable=False, index=True),
        sa.Column("bidang", sa.String(120), nullable=False),
        sa.Column("alamat", sa.String(200), nullable=False),
        sa.Column("desa_code", sa.String(13)),
        sa.Column("kontak", sa.String(120), nullable=False),
        sa.Column("hp", sa.String(20), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("status", sa.String(14), nullable=False, index=True),
        sa.Column("alasan", sa.String(300), nullable=False),
        sa.Column("created_at", TimestampUTC, nullable=False),
        sa.Column("decided_at", TimestampUTC),
        sa.Column("decided_by", sa.Integer),
    )
    op.create_table(
        P + "impor",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("bkk_id", sa.Integer, sa.ForeignKey(P + "bkk.id"), nullable=False, index=True),
        sa.Column("filename", sa.String(160), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at", TimestampUTC, nullable=False),
        sa.Column("oleh", sa.Integer),
        sa.Column("diterima", sa.Integer, nullable=False),
        sa.Column("ditolak", sa.Integer, nullable=False),
        sa.Column("report", sa.JSON, nullable=False),
    )
    op.create_table(
        P + "lowongan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pemberi_id", sa.Integer, sa.ForeignKey(P + "pemberi_kerja.id"), nullable=False, index=True),
        sa.Column("kbji", sa.String(4), nullable=False, index=True),
        sa.Column("judul", sa.String(120), nullable=False),
        sa.Column("uraian", sa.Text, nullable=False),
        sa.Column("jumlah_l", sa.Integer, nullable=False),
        sa.Column("jumlah_p", sa.Integer, nullable=False),
        sa.Column("jumlah", sa.Integer, nullable=False),
        sa.Column("jenjang", sa.String(3), nullable=False),
        sa.Column("jurusan", sa.JSON, nullable=False),
        sa.Column("keterampilan", sa.JSON, nullable=False),
        sa.Column("pengalaman_bulan", sa.Integer, nullable=False),
        sa.Column("lokasi", sa.String(10), nullable=False),
        sa.Column("tempat", sa.String(160), nullable=False),
        sa.Column("desa_code", sa.String(13)),
        sa.Column("kecamatan_code", sa.String(8)),
        sa.Column("hubungan", sa.String(10), nullable=False),
        sa.Column("upah_min", sa.BigInteger, nullable=False),
        sa.Column("upah_maks", sa.BigInteger),
        sa.Column("di_bawah_umk", sa.String(300), nullable=False),
        sa.Column("ramah_disabilitas", sa.Boolean, nullable=False),
        sa.Column("penutupan", sa.Date, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("alasan", sa.String(300), nullable=False),
        sa.Column("created_at", TimestampUTC, nullable=False),
        sa.Column("published_at", TimestampUTC),
        sa.Column("decided_by", sa.Integer),
    )
    op.create_index("ix_gawe_kartukuning_lowongan_open", P + "lowongan", ["status", "penutupan"])
    op.create_table(
        P + "pencari",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), unique=True),
        sa.Column("nik_cipher", sa.LargeBinary),
        sa.Column("nik_lookup", sa.String(64), unique=True),
        sa.Column("nama", sa.String(120), nullable=False, index=True),
        sa.Column("tempat_lahir", sa.String(80), nullable=False),
        sa.Column("tanggal_lahir", sa.Date, nullable=False),
        sa.Column("jk", sa.String(1), nullable=False),
        sa.Column("status_kawin", sa.String(12), nullable=False),
        sa.Column("agama", sa.String(12), nullable=False),
        sa.Column("disabilitas", sa.JSON, nullable=False),
        sa.Column("alamat", sa.String(200), nullable=False),
        sa.Column("desa_code", sa.String(13)),
        sa.Column("kecamatan_code", sa.String(8), index=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("hp", sa.String(20), nullable=False),
        sa.Column("jenjang", sa.String(3), nullable=False, index=True),
        sa.Column("jurusan", sa.String(80), nullable=False),
        sa.Column("bahasa", sa.JSON, nullable=False),
        sa.Column("photo_id", sa.Integer),
        sa.Column("bkk_id", sa.Integer, sa.ForeignKey(P + "bkk.id"), index=True),
        sa.Column("created_at", TimestampUTC, nullable=False),
        sa.Column("erased_at", TimestampUTC),
    )
    op.create_table(
        P + "kartu",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pencari_id", sa.Integer, sa.ForeignKey(P + "pencari.id"), nullable=False, index=True),
        sa.Column("live_of", sa.Integer, unique=True),
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey("core_berkas.id"), nullable=False, unique=True),
        sa.Column("document_id", sa.Integer, index=True),
        sa.Column("nomor", sa.String(40), nullable=False, unique=True),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date, nullable=False),
        sa.Column("dues", sa.JSON, nullable=False),
        sa.Column("last_report", sa.Integer, nullable=False),
        sa.Column("next_due", sa.Date),
        sa.Column("situation", sa.String(10), nullable=False),
        sa.Column("reminded", sa.Integer),
        sa.Column("revoked_at", TimestampUTC),
        sa.Column("revoked_reason", sa.String(300), nullable=False),
        sa.Column("pin_hash", sa.String(64), nullable=False),
        sa.Column("pengantar_id", sa.Integer),
        sa.Column("replaces_id", sa.Integer, sa.ForeignKey(P + "kartu.id")),
    )
    op.create_index("ix_gawe_kartukuning_kartu_issued", P + "kartu", ["issued_on"])
    op.create_index("ix_gawe_kartukuning_kartu_due", P + "kartu", ["live_of", "next_due"])
    op.create_table(
        P + "keterampilan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pencari_id", sa.Integer, sa.ForeignKey(P + "pencari.id"), nullable=False, index=True),
        sa.Column("nama", sa.String(80), nullable=False),
        sa.Column("sertifikat", sa.String(120), nullable=False),
    )
    op.create_table(
        P + "lamaran",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("lowongan_id", sa.Integer, sa.ForeignKey(P + "lowongan.id"), nullable=False),
        sa.Column("pencari_id", sa.Integer, sa.ForeignKey(P + "pencari.id"), nullable=False, index=True),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("surat", sa.String(1000), nullable=False),
        sa.Column("skor", sa.Integer, nullable=False),
        sa.Column("pesan", sa.String(500), nullable=False),
        sa.Column("at", TimestampUTC, nullable=False),
        sa.Column("decided_at", TimestampUTC),
        sa.UniqueConstraint("lowongan_id", "pencari_id"),
    )
    op.create_table(
        P + "minat",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pencari_id", sa.Integer, sa.ForeignKey(P + "pencari.id"), nullable=False),
        sa.Column("kbji", sa.String(4), nullable=False, index=True),
        sa.Column("lokasi", sa.String(10), nullable=False),
        sa.Column("upah_min", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("pencari_id", "kbji"),
    )
    op.create_table(
        P + "pendidikan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pencari_id", sa.Integer, sa.ForeignKey(P + "pencari.id"), nullable=False, index=True),
        sa.Column("jenjang", sa.String(3), nullable=False),
        sa.Column("jurusan", sa.String(80), nullable=False),
        sa.Column("institusi", sa.String(120), nullable=False),
        sa.Column("tahun_lulus", sa.Integer, nullable=False),
        sa.Column("nilai", sa.String(10), nullable=False),
    )
    op.create_table(
        P + "pengalaman",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pencari_id", sa.Integer, sa.ForeignKey(P + "pencari.id"), nullable=False, index=True),
        sa.Column("kbji", sa.String(4), nullable=False),
        sa.Column("jabatan", sa.String(80), nullable=False),
        sa.Column("perusahaan", sa.String(120), nullable=False),
        sa.Column("mulai", sa.Date, nullable=False),
        sa.Column("selesai", sa.Date),
    )
    op.create_table(
        P + "permohonan",
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey("core_berkas.id"), primary_key=True),
        sa.Column("pencari_id", sa.Integer, sa.ForeignKey(P + "pencari.id"), nullable=False, index=True),
        sa.Column("open_of", sa.Integer, unique=True),
        sa.Column("jenis", sa.String(12), nullable=False),
        sa.Column("alasan", sa.String(300), nullable=False),
        sa.Column("impor_id", sa.Integer, sa.ForeignKey(P + "impor.id"), index=True),
        sa.Column("diperiksa_oleh", sa.Integer),
        sa.Column("diperiksa_pada", TimestampUTC),
        sa.Column("wawancara", sa.Text, nullable=False),
    )
    op.create_table(
        P + "lapor",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kartu_id", sa.Integer, sa.ForeignKey(P + "kartu.id"), nullable=False, index=True),
        sa.Column("ke", sa.Integer),
        sa.Column("jatuh_tempo", sa.Date),
        sa.Column("dilapor_pada", TimestampUTC, nullable=False),
        sa.Column("keadaan", sa.String(10), nullable=False),
        sa.Column("oleh", sa.Integer),
        sa.Column("catatan", sa.String(300), nullable=False),
        sa.UniqueConstraint("kartu_id", "ke"),
    )
    op.create_table(
        P + "penempatan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pencari_id", sa.Integer, sa.ForeignKey(P + "pencari.id"), nullable=False, index=True),
        sa.Column("kartu_id", sa.Integer, sa.ForeignKey(P + "kartu.id")),
        sa.Column("lamaran_id", sa.Integer, sa.ForeignKey(P + "lamaran.id"), unique=True),
        sa.Column("pemberi_id", sa.Integer, sa.ForeignKey(P + "pemberi_kerja.id"), index=True),
        sa.Column("perusahaan", sa.String(160), nullable=False),
        sa.Column("kbji", sa.String(4), nullable=False),
        sa.Column("mulai", sa.Date, nullable=False),
        sa.Column("upah", sa.BigInteger),
        sa.Column("lokasi", sa.String(10), nullable=False),
        sa.Column("sumber", sa.String(10), nullable=False),
        sa.Column("at", TimestampUTC, nullable=False),
        sa.Column("oleh", sa.Integer),
    )


def downgrade() -> None:
    for name in (
        "penempatan",
        "lapor",
        "permohonan",
        "pengalaman",
        "pendidikan",
        "minat",
        "lamaran",
        "keterampilan",
        "kartu",
        "pencari",
        "lowongan",
        "impor",
        "pemberi_kerja",
        "bkk",
    ):
        op.drop_table(P + name)
