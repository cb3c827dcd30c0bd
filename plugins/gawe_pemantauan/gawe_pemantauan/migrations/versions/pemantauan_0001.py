"""Programmes, bodies, proposals and what became of them."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "pemantauan_0001"
down_revision = None
branch_labels = None
depends_on = None

P = "gawe_pemantauan_"
TABLES = ("program", "lembaga", "pengurus", "penetapan", "proposal", "individu", "rab", "kunjungan", "pencairan", "lpj", "tanda")


def upgrade() -> None:
    op.create_table(
        f"{P}program",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("jenis", sa.String(24), nullable=False),
        sa.Column("proposal_year", sa.Integer, nullable=False),
        sa.Column("paid_year", sa.Integer, nullable=False, index=True),
        sa.Column("opd_id", sa.Integer, sa.ForeignKey("core_opd.id"), nullable=False),
        sa.Column("pagu", sa.BigInteger, nullable=False),
        sa.Column("approved", sa.BigInteger, nullable=False),
        sa.Column("plafon", sa.BigInteger),
        sa.Column("opens_on", sa.Date, nullable=False),
        sa.Column("closes_on", sa.Date, nullable=False),
        sa.Column("papers", sa.JSON, nullable=False),
        sa.Column("published", sa.Boolean, nullable=False),
        sa.Column("paused_at", TimestampUTC),
        sa.Column("pause_reason", sa.String(300), nullable=False),
    )
    op.create_table(
        f"{P}lembaga",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("core_account.id"), index=True),
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("jenis", sa.String(20), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("desa_code", sa.String(13), nullable=False, index=True),
        sa.Column("sk_kemenkumham", sa.String(60), nullable=False),
        sa.Column("izin_operasional", sa.String(60), nullable=False),
        sa.Column("npwp", sa.String(16), nullable=False),
        sa.Column("founded_on", sa.Date),
        sa.Column("bank", sa.String(60), nullable=False),
        sa.Column("rekening_name", sa.String(160), nullable=False),
        sa.Column("rekening_cipher", sa.LargeBinary),
        sa.Column("rekening_mark", sa.String(64), nullable=False, index=True),
        sa.Column("rekening_tail", sa.String(4), nullable=False),
        sa.Column("made_at", TimestampUTC, nullable=False),
    )
    op.create_table(
        f"{P}pengurus",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("lembaga_id", sa.Integer, sa.ForeignKey(f"{P}lembaga.id"), nullable=False),
        sa.Column("chair", sa.String(12), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("nik_cipher", sa.LargeBinary),
        sa.Column("nik_mark", sa.String(64), nullable=False, index=True),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.UniqueConstraint("lembaga_id", "chair"),
    )
    op.create_table(
        f"{P}penetapan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("program_id", sa.Integer, sa.ForeignKey(f"{P}program.id"), nullable=False),
        sa.Column("sk_number", sa.String(60), nullable=False),
        sa.Column("sk_date", sa.Date, nullable=False),
        sa.Column("dpa", sa.String(60), nullable=False),
        sa.Column("made_by", sa.Integer),
        sa.Column("made_at", TimestampUTC, nullable=False),
        sa.UniqueConstraint("program_id", "sk_number"),
    )
    op.create_table(
        f"{P}proposal",
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey("core_berkas.id"), primary_key=True),
        sa.Column("program_id", sa.Integer, sa.ForeignKey(f"{P}program.id"), nullable=False),
        sa.Column("lembaga_id", sa.Integer, sa.ForeignKey(f"{P}lembaga.id"), index=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("beneficiaries", sa.Integer, nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("lat", sa.Float),
        sa.Column("lon", sa.Float),
        sa.Column("asked", sa.BigInteger, nullable=False),
        sa.Column("eligible", sa.BigInteger, nullable=False),
        sa.Column("recommended", sa.BigInteger),
        sa.Column("considered", sa.BigInteger),
        sa.Column("approved", sa.BigInteger),
        sa.Column("paid", sa.BigInteger, nullable=False),
        sa.Column("score", sa.Integer),
        sa.Column("checklist", sa.JSON, nullable=False),
        sa.Column("desa_confirmed", sa.Boolean),
        sa.Column("desa_note", sa.String(500), nullable=False),
        sa.Column("desa_by", sa.Integer),
        sa.Column("camat_confirmed", sa.Boolean),
        sa.Column("camat_note", sa.String(500), nullable=False),
        sa.Column("camat_by", sa.Integer),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("refusal", sa.String(24), nullable=False),
        sa.Column("budget_ref", sa.String(120), nullable=False),
        sa.Column("penetapan_id", sa.Integer, sa.ForeignKey(f"{P}penetapan.id"), index=True),
        sa.Column("nphd_number", sa.String(60), nullable=False),
        sa.Column("nphd_date", sa.Date),
        sa.Column("lpj_due_on", sa.Date, index=True),
        sa.Column("bank", sa.String(60), nullable=False),
        sa.Column("rekening_name", sa.String(160), nullable=False),
        sa.Column("rekening_cipher", sa.LargeBinary),
        sa.Column("rekening_mark", sa.String(64), nullable=False, index=True),
        sa.Column("rekening_tail", sa.String(4), nullable=False),
        sa.Column("chair_mark", sa.String(64), nullable=False, index=True),
        sa.Column("sent_at", TimestampUTC, nullable=False),
    )
    op.create_index(f"ix_{P}proposal_program", f"{P}proposal", ["program_id", "score"])
    op.create_table(
        f"{P}individu",
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey(f"{P}proposal.berkas_id"), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("nik_cipher", sa.LargeBinary),
        sa.Column("nik_mark", sa.String(64), nullable=False, index=True),
        sa.Column("kk_cipher", sa.LargeBinary),
        sa.Column("kk_mark", sa.String(64), nullable=False, index=True),
        sa.Column("desil_cipher", sa.LargeBinary),
    )
    op.create_table(
        f"{P}rab",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey(f"{P}proposal.berkas_id"), nullable=False, index=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("desc", sa.String(160), nullable=False),
        sa.Column("volume_milli", sa.BigInteger, nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("price", sa.BigInteger, nullable=False),
    )
    op.create_table(
        f"{P}kunjungan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey(f"{P}proposal.berkas_id"), nullable=False, index=True),
        sa.Column("visited_at", TimestampUTC, nullable=False),
        sa.Column("by", sa.Integer),
        sa.Column("object_exists", sa.Boolean, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("has_board", sa.Boolean, nullable=False),
        sa.Column("papers_match", sa.Boolean, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("lat", sa.Float),
        sa.Column("lon", sa.Float),
        sa.Column("distance_m", sa.Integer),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("client_key", sa.String(40), unique=True),
    )
    op.create_table(
        f"{P}pencairan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey(f"{P}proposal.berkas_id"), nullable=False, index=True),
        sa.Column("sp2d", sa.String(60), nullable=False, unique=True),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Integer),
        sa.Column("at", TimestampUTC, nullable=False),
    )
    op.create_table(
        f"{P}lpj",
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey(f"{P}proposal.berkas_id"), primary_key=True),
        sa.Column("realised", sa.BigInteger, nullable=False),
        sa.Column("rest", sa.BigInteger, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("sent_at", TimestampUTC, nullable=False),
        sa.Column("accepted_at", TimestampUTC),
        sa.Column("returned", sa.BigInteger, nullable=False),
        sa.Column("returned_on", sa.Date),
        sa.Column("sts", sa.String(60), nullable=False),
    )
    op.create_table(
        f"{P}tanda",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey(f"{P}proposal.berkas_id"), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("other_id", sa.Integer, nullable=False),
        sa.Column("detail", sa.String(200), nullable=False),
        sa.Column("raised_at", TimestampUTC, nullable=False),
        sa.Column("cleared_at", TimestampUTC),
        sa.Column("cleared_by", sa.Integer),
        sa.Column("clear_note", sa.String(300), nullable=False),
        sa.UniqueConstraint("berkas_id", "kind", "other_id"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(f"{P}{table}")
