"""Paid assessments can be corrected, opsen of MBLB apart, letters for every tax, registration of businesses."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "pajak_0002"
down_revision = "pajak_0001"
branch_labels = None
depends_on = None

ALONE = {"resolve_fks": False}  # only the table itself is read, not those that it points to


def upgrade() -> None:
    op.add_column("gawe_pajak_sppt", sa.Column("kompensasi", sa.BigInteger, nullable=False, server_default="0"))
    for name in ("kredit", "opsen", "opsen_kredit"):
        op.add_column("gawe_pajak_sptpd", sa.Column(name, sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("gawe_pajak_sptpd", sa.Column("opsen_paid_at", TimestampUTC))
    op.create_table(
        "gawe_pajak_surat_tagih",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("asal", sa.String(10), nullable=False),
        sa.Column("asal_id", sa.Integer, nullable=False),
        sa.Column("jenis", sa.String(10), nullable=False),
        sa.Column("pokok", sa.BigInteger, nullable=False),
        sa.Column("bunga", sa.BigInteger, nullable=False),
        sa.Column("at", TimestampUTC, nullable=False, index=True),
        sa.Column("by", sa.Integer),
        sa.Column("document_id", sa.Integer),
        sa.UniqueConstraint("asal", "asal_id", "jenis"),
    )
    op.execute(
        'INSERT INTO gawe_pajak_surat_tagih (asal, asal_id, jenis, pokok, bunga, "at", "by", document_id) '
        'SELECT \'sppt\', sppt_id, jenis, pokok, bunga, "at", "by", document_id FROM gawe_pajak_surat ORDER BY id'
    )
    op.drop_table("gawe_pajak_surat")
    op.create_table(
        "gawe_pajak_lebih",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("wp_id", sa.Integer, sa.ForeignKey("gawe_pajak_wp.id"), nullable=False, index=True),
        sa.Column("asal", sa.String(10), nullable=False),
        sa.Column("asal_id", sa.Integer, nullable=False),
        sa.Column("cara", sa.String(12), nullable=False),
        sa.Column("jumlah", sa.BigInteger, nullable=False),
        sa.Column("terpakai", sa.BigInteger, nullable=False),
        sa.Column("sebab", sa.String(200), nullable=False),
        sa.Column("at", TimestampUTC, nullable=False),
        sa.Column("by", sa.Integer),
        sa.UniqueConstraint("asal", "asal_id"),
    )
    op.create_table(
        "gawe_pajak_pendaftaran",
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey("core_berkas.id"), primary_key=True),
        sa.Column("jenis", sa.String(20), nullable=False),
        sa.Column("kelas", sa.String(20), nullable=False),
        sa.Column("bentuk", sa.String(8), nullable=False),
        sa.Column("wajib_pajak", sa.String(120), nullable=False),
        sa.Column("alamat_wp", sa.String(200), nullable=False),
        sa.Column("nib", sa.String(13), nullable=False),
        sa.Column("usaha", sa.String(120), nullable=False),
        sa.Column("alamat", sa.String(200), nullable=False),
        sa.Column("desa_code", sa.String(13), nullable=False),
        sa.Column("sejak", sa.Date, nullable=False),
        sa.Column("usaha_id", sa.Integer),
    )


def downgrade() -> None:
    op.drop_table("gawe_pajak_pendaftaran")
    op.drop_table("gawe_pajak_lebih")
    op.create_table(
        "gawe_pajak_surat",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sppt_id", sa.Integer, sa.ForeignKey("gawe_pajak_sppt.id"), nullable=False),
        sa.Column("jenis", sa.String(10), nullable=False),
        sa.Column("pokok", sa.BigInteger, nullable=False),
        sa.Column("bunga", sa.BigInteger, nullable=False),
        sa.Column("at", TimestampUTC, nullable=False, index=True),
        sa.Column("by", sa.Integer),
        sa.Column("document_id", sa.Integer),
        sa.UniqueConstraint("sppt_id", "jenis"),
    )
    op.execute(
        'INSERT INTO gawe_pajak_surat (sppt_id, jenis, pokok, bunga, "at", "by", document_id) '
        'SELECT asal_id, jenis, pokok, bunga, "at", "by", document_id FROM gawe_pajak_surat_tagih WHERE asal = \'sppt\' ORDER BY id'
    )
    op.drop_table("gawe_pajak_surat_tagih")
    with op.batch_alter_table("gawe_pajak_sptpd", reflect_kwargs=ALONE) as sptpd:
        for name in ("kredit", "opsen", "opsen_kredit", "opsen_paid_at"):
            sptpd.drop_column(name)
    with op.batch_alter_table("gawe_pajak_sppt", reflect_kwargs=ALONE) as sppt:
        sppt.drop_column("kompensasi")
