"""Letters, disposisi, agenda and rooms."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "surat_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kerja_surat_counter",
        sa.Column("opd_id", sa.Integer, sa.ForeignKey("core_opd.id"), primary_key=True, autoincrement=False),
        sa.Column("book", sa.String(30), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "kerja_surat_masuk",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("opd_id", sa.Integer, sa.ForeignKey("core_opd.id"), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("agenda_number", sa.Integer, nullable=False),
        sa.Column("nomor_surat", sa.String(120), nullable=False),
        sa.Column("tanggal_surat", sa.Date, nullable=False),
        sa.Column("received_at", TimestampUTC, nullable=False),
        sa.Column("pengirim", sa.String(200), nullable=False),
        sa.Column("perihal", sa.String(300), nullable=False),
        sa.Column("ringkasan", sa.Text, nullable=False),
        sa.Column("sifat", sa.String(20), nullable=False),
        sa.Column("derajat", sa.String(20), nullable=False),
        sa.Column("klasifikasi", sa.String(20), nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("source_ref", sa.Integer),
        sa.Column("source_key", sa.String(200), unique=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("due_at", TimestampUTC, nullable=False),
        sa.Column("entered_by", sa.Integer),
        sa.Column("closed_at", TimestampUTC),
        sa.UniqueConstraint("opd_id", "year", "agenda_number"),
    )
    op.create_index("ix_kerja_surat_masuk_desk", "kerja_surat_masuk", ["opd_id", "status", "due_at"])
    op.create_index("ix_kerja_surat_masuk_source", "kerja_surat_masuk", ["source", "source_ref"])
    op.create_table(
        "kerja_surat_disposisi",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("surat_id", sa.Integer, sa.ForeignKey("kerja_surat_masuk.id"), nullable=False, index=True),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("kerja_surat_disposisi.id"), index=True),
        sa.Column("from_jabatan_id", sa.Integer, sa.ForeignKey("core_jabatan.id")),
        sa.Column("to_jabatan_id", sa.Integer, sa.ForeignKey("core_jabatan.id"), nullable=False),
        sa.Column("instruksi", sa.JSON, nullable=False),
        sa.Column("catatan", sa.Text, nullable=False),
        sa.Column("due_at", TimestampUTC, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("sent_by", sa.Integer),
        sa.Column("sent_as", sa.String(10), nullable=False),
        sa.Column("sent_at", TimestampUTC, nullable=False),
        sa.Column("read_at", TimestampUTC),
        sa.Column("started_at", TimestampUTC),
        sa.Column("closed_at", TimestampUTC),
        sa.Column("result", sa.Text, nullable=False),
    )
    op.create_index("ix_kerja_surat_disposisi_desk", "kerja_surat_disposisi", ["to_jabatan_id", "status", "due_at"])
    op.create_table(
        "kerja_surat_keluar",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("opd_id", sa.Integer, sa.ForeignKey("core_opd.id"), nullable=False),
        sa.Column("jenis", sa.String(20), nullable=False),
        sa.Column("perihal", sa.String(300), nullable=False),
        sa.Column("sifat", sa.String(20), nullable=False),
        sa.Column("klasifikasi", sa.String(20), nullable=False),
        sa.Column("tujuan", sa.Text, nullable=False),
        sa.Column("tembusan", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("drafted_by", sa.Integer, nullable=False),
        sa.Column("drafted_at", TimestampUTC, nullable=False),
        sa.Column("signer_jabatan_id", sa.Integer, sa.ForeignKey("core_jabatan.id"), nullable=False),
        sa.Column("answers_id", sa.Integer, sa.ForeignKey("kerja_surat_masuk.id")),
        sa.Column("corrects_id", sa.Integer, sa.ForeignKey("kerja_surat_keluar.id")),
        sa.Column("year", sa.Integer),
        sa.Column("urut", sa.Integer),
        sa.Column("suffix", sa.String(4), nullable=False),
        sa.Column("nomor", sa.String(120), nullable=False),
        sa.Column("letter_date", sa.Date),
        sa.Column("sealed_at", TimestampUTC),
        sa.Column("sealed_by", sa.Integer),
        sa.Column("signer_name", sa.String(200), nullable=False),
        sa.Column("signer_post", sa.String(200), nullable=False),
        sa.Column("signer_nip", sa.String(18), nullable=False),
        sa.Column("token", sa.String(40), unique=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("opd_id", "year", "urut", "suffix"),
    )
    op.create_index("ix_kerja_surat_keluar_desk", "kerja_surat_keluar", ["opd_id", "status"])
    op.create_table(
        "kerja_surat_konsep",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("surat_id", sa.Integer, sa.ForeignKey("kerja_surat_keluar.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("perihal", sa.String(300), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("written_by", sa.Integer, nullable=False),
        sa.Column("written_at", TimestampUTC, nullable=False),
        sa.UniqueConstraint("surat_id", "number"),
    )
    op.create_table(
        "kerja_surat_paraf",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("surat_id", sa.Integer, sa.ForeignKey("kerja_surat_keluar.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("jabatan_id", sa.Integer, sa.ForeignKey("core_jabatan.id"), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("acted_by", sa.Integer),
        sa.Column("acted_as", sa.String(10), nullable=False),
        sa.Column("acted_at", TimestampUTC),
        sa.Column("note", sa.Text, nullable=False),
        sa.UniqueConstraint("surat_id", "position"),
    )
    op.create_index("ix_kerja_surat_paraf_desk", "kerja_surat_paraf", ["jabatan_id", "status"])
    op.create_table(
        "kerja_surat_acara",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("start_at", TimestampUTC, nullable=False),
        sa.Column("end_at", TimestampUTC, nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("surat_id", sa.Integer, sa.ForeignKey("kerja_surat_masuk.id")),
        sa.Column("made_by", sa.Integer),
        sa.Column("cancelled_at", TimestampUTC),
    )
    op.create_index("ix_kerja_surat_acara_time", "kerja_surat_acara", ["start_at", "end_at"])
    op.create_table(
        "kerja_surat_acara_pejabat",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("acara_id", sa.Integer, sa.ForeignKey("kerja_surat_acara.id"), nullable=False),
        sa.Column("jabatan_id", sa.Integer, sa.ForeignKey("core_jabatan.id"), nullable=False, index=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("wakil_jabatan_id", sa.Integer, sa.ForeignKey("core_jabatan.id")),
        sa.Column("note", sa.String(300), nullable=False),
        sa.UniqueConstraint("acara_id", "jabatan_id"),
    )
    op.create_table(
        "kerja_surat_ruang",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(120), nullable=False, unique=True),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("seats", sa.Integer, nullable=False),
        sa.Column("facilities", sa.String(300), nullable=False),
    )
    op.create_table(
        "kerja_surat_pemesanan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ruang_id", sa.Integer, sa.ForeignKey("kerja_surat_ruang.id"), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("start_at", TimestampUTC, nullable=False),
        sa.Column("end_at", TimestampUTC, nullable=False),
        sa.Column("jabatan_id", sa.Integer, sa.ForeignKey("core_jabatan.id"), nullable=False),
        sa.Column("eselon", sa.String(20), nullable=False),
        sa.Column("booked_by", sa.Integer, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("moved_to_id", sa.Integer, sa.ForeignKey("kerja_surat_ruang.id")),
    )
    op.create_index("ix_kerja_surat_pemesanan_time", "kerja_surat_pemesanan", ["ruang_id", "start_at", "end_at"])


def downgrade() -> None:
    for table in ("pemesanan", "ruang", "acara_pejabat", "acara", "paraf", "konsep", "keluar", "disposisi", "masuk", "counter"):
        op.drop_table(f"kerja_surat_{table}")
