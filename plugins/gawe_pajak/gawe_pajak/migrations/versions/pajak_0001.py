"""Taxpayers, objects, assessments, declarations, tariffs, letters, imports."""

from datetime import date

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "pajak_0001"
down_revision = None
branch_labels = None
depends_on = None
BERLAKU = sa.text("berlaku")
BERLAKU_1 = sa.text("berlaku = 1")  # as SQLite is asked: it would not use an index over another condition

# jenis, kelas, from which base on, percent, source
EXAMPLES = (
    ("pbb_njkp", "umum", 0, "40", "UU 1/2022 (contoh)"),
    ("pbb_njkp", "umum", 500_000_000, "50", "UU 1/2022 (contoh)"),
    ("pbb_njkp", "umum", 2_000_000_000, "100", "UU 1/2022 (contoh)"),
    ("pbb_njkp", "pangan", 0, "20", "UU 1/2022 (contoh)"),
    ("pbb", "umum", 0, "0.1", "UU 1/2022 (contoh)"),
    ("pbb", "umum", 100_000_000, "0.2", "UU 1/2022 (contoh)"),
    ("pbb", "umum", 500_000_000, "0.3", "UU 1/2022 (contoh)"),
    ("pbb", "umum", 5_000_000_000, "0.5", "UU 1/2022 (contoh)"),
    ("pbb", "pangan", 0, "0.05", "UU 1/2022 (contoh)"),
    ("bphtb", "umum", 0, "5", "UU 1/2022 Pasal 47 (contoh)"),
    ("pbjt_makan", "umum", 0, "10", "UU 1/2022 (contoh)"),
    ("pbjt_listrik", "umum", 0, "10", "UU 1/2022 (contoh)"),
    ("pbjt_listrik", "industri", 0, "3", "UU 1/2022 (contoh)"),
    ("pbjt_listrik", "sendiri", 0, "1.5", "UU 1/2022 (contoh)"),
    ("pbjt_hotel", "umum", 0, "10", "UU 1/2022 (contoh)"),
    ("pbjt_parkir", "umum", 0, "10", "UU 1/2022 (contoh)"),
    ("pbjt_hiburan", "umum", 0, "10", "UU 1/2022 (contoh)"),
    ("pbjt_khusus", "umum", 0, "40", "UU 1/2022 (contoh)"),
    ("reklame", "umum", 0, "25", "UU 1/2022 (contoh)"),
    ("pat", "umum", 0, "20", "UU 1/2022 (contoh)"),
    ("mblb", "umum", 0, "20", "UU 1/2022 (contoh)"),
    ("opsen_mblb", "umum", 0, "25", "UU 1/2022 (contoh)"),
    ("walet", "umum", 0, "10", "UU 1/2022 (contoh)"),
    ("opsen_pkb", "umum", 0, "66", "UU 1/2022"),
    ("opsen_bbnkb", "umum", 0, "66", "UU 1/2022"),
)


def upgrade() -> None:
    op.create_table(
        "gawe_pajak_buku",
        sa.Column("surat", sa.String(8), primary_key=True),
        sa.Column("tahun", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "gawe_pajak_impor",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nama", sa.String(160), nullable=False),
        sa.Column("by", sa.Integer),
        sa.Column("at", TimestampUTC, nullable=False),
        sa.Column("dibaca", sa.Integer, nullable=False),
        sa.Column("diterima", sa.Integer, nullable=False),
        sa.Column("ditolak", sa.Integer, nullable=False),
        sa.Column("milidetik", sa.Integer, nullable=False),
        sa.Column("selesai", sa.Boolean, nullable=False),
    )
    op.create_table(
        "gawe_pajak_opsen",
        sa.Column("jenis", sa.String(20), primary_key=True),
        sa.Column("masa", sa.Date, primary_key=True),
        sa.Column("kendaraan", sa.Integer, nullable=False),
        sa.Column("pokok", sa.BigInteger, nullable=False),
        sa.Column("opsen", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "gawe_pajak_tarif",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("jenis", sa.String(20), nullable=False),
        sa.Column("kelas", sa.String(20), nullable=False),
        sa.Column("mulai", sa.BigInteger, nullable=False),
        sa.Column("persen", sa.String(12), nullable=False),
        sa.Column("dari", sa.Date, nullable=False),
        sa.Column("sampai", sa.Date),
        sa.Column("dasar_hukum", sa.String(200), nullable=False),
        sa.Column("contoh", sa.Boolean, nullable=False),
        sa.Column("set_by", sa.Integer),
        sa.UniqueConstraint("jenis", "kelas", "mulai", "dari"),
    )
    op.create_table(
        "gawe_pajak_impor_tolak",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("impor_id", sa.Integer, sa.ForeignKey("gawe_pajak_impor.id"), nullable=False, index=True),
        sa.Column("baris", sa.Integer, nullable=False),
        sa.Column("nop", sa.String(40), nullable=False),
        sa.Column("alasan", sa.String(300), nullable=False),
    )
    op.create_table(
        "gawe_pajak_simpanan",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), primary_key=True, autoincrement=False),
        sa.Column("nop", sa.String(18), primary_key=True, index=True),
        sa.Column("sebutan", sa.String(60), nullable=False),
        sa.Column("terbukti", sa.Boolean, nullable=False),
        sa.Column("at", TimestampUTC, nullable=False),
    )
    op.create_table(
        "gawe_pajak_wp",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kunci", sa.String(64), nullable=False, unique=True),
        sa.Column("npwpd", sa.String(30), unique=True),
        sa.Column("nib", sa.String(13), nullable=False),
        sa.Column("nama", sa.String(120), nullable=False),
        sa.Column("alamat", sa.String(200), nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id"), index=True),
    )
    op.create_table(
        "gawe_pajak_bphtb",
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey("core_berkas.id"), primary_key=True),
        sa.Column("nop", sa.String(18), nullable=False, index=True),
        sa.Column("jenis", sa.String(20), nullable=False),
        sa.Column("penerima", sa.String(120), nullable=False),
        sa.Column("ppat", sa.String(120), nullable=False),
        sa.Column("luas_bumi", sa.Integer, nullable=False),
        sa.Column("luas_bangunan", sa.Integer, nullable=False),
        sa.Column("harga", sa.BigInteger, nullable=False),
        sa.Column("njop", sa.BigInteger, nullable=False),
        sa.Column("pertama", sa.Boolean, nullable=False),
        sa.Column("pajak", sa.BigInteger, nullable=False),
        sa.Column("hitungan", sa.JSON, nullable=False),
        sa.Column("at", TimestampUTC, nullable=False),
        sa.Column("paid_at", TimestampUTC),
        sa.Column("dibayar", sa.BigInteger, nullable=False),
        sa.Column("ntpd", sa.String(40), nullable=False),
        sa.Column("bill_id", sa.Integer),
    )
    op.create_table(
        "gawe_pajak_ketetapan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("surat", sa.String(8), nullable=False),
        sa.Column("jenis", sa.String(20), nullable=False, index=True),
        sa.Column("kunci", sa.String(80), nullable=False),
        sa.Column("nomor", sa.String(60), nullable=False, unique=True),
        sa.Column("wp_id", sa.Integer, sa.ForeignKey("gawe_pajak_wp.id"), nullable=False, index=True),
        sa.Column("uraian", sa.String(200), nullable=False),
        sa.Column("desa_code", sa.String(13)),
        sa.Column("masa", sa.Date, nullable=False),
        sa.Column("pokok", sa.BigInteger, nullable=False),
        sa.Column("bunga", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("hitungan", sa.JSON, nullable=False),
        sa.Column("jatuh_tempo", sa.Date, nullable=False),
        sa.Column("terbit_at", TimestampUTC, nullable=False),
        sa.Column("set_by", sa.Integer),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("ganti_id", sa.Integer),
        sa.Column("sebab", sa.String(200), nullable=False),
        sa.Column("paid_at", TimestampUTC),
        sa.Column("dibayar", sa.BigInteger, nullable=False),
        sa.Column("ntpd", sa.String(40), nullable=False),
        sa.Column("bill_id", sa.Integer),
        sa.UniqueConstraint("kunci"),
    )
    op.create_index("ix_gawe_pajak_ketetapan_status", "gawe_pajak_ketetapan", ["status", "jatuh_tempo"])
    op.create_table(
        "gawe_pajak_objek",
        sa.Column("nop", sa.String(18), primary_key=True),
        sa.Column("wp_id", sa.Integer, sa.ForeignKey("gawe_pajak_wp.id"), nullable=False, index=True),
        sa.Column("alamat", sa.String(200), nullable=False),
        sa.Column("desa_code", sa.String(13), nullable=False),
        sa.Column("luas_bumi", sa.Integer, nullable=False),
        sa.Column("kelas_bumi", sa.String(5), nullable=False),
        sa.Column("njop_bumi_m2", sa.BigInteger, nullable=False),
        sa.Column("luas_bangunan", sa.Integer, nullable=False),
        sa.Column("kelas_bangunan", sa.String(5), nullable=False),
        sa.Column("njop_bangunan_m2", sa.BigInteger, nullable=False),
        sa.Column("peruntukan", sa.String(10), nullable=False),
        sa.Column("lat", sa.Double),
        sa.Column("lon", sa.Double),
        sa.Column("aktif", sa.Boolean, nullable=False),
        sa.Column("asal", sa.String(18), nullable=False),
        sa.Column("changed_at", TimestampUTC, nullable=False),
    )
    op.create_index("ix_gawe_pajak_objek_desa", "gawe_pajak_objek", ["desa_code", "nop"])
    op.create_table(
        "gawe_pajak_reklame",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("wp_id", sa.Integer, sa.ForeignKey("gawe_pajak_wp.id"), nullable=False, index=True),
        sa.Column("jenis", sa.String(40), nullable=False),
        sa.Column("naskah", sa.String(120), nullable=False),
        sa.Column("lebar_cm", sa.Integer, nullable=False),
        sa.Column("tinggi_cm", sa.Integer, nullable=False),
        sa.Column("sisi", sa.Integer, nullable=False),
        sa.Column("lokasi_kelas", sa.String(10), nullable=False),
        sa.Column("alamat", sa.String(200), nullable=False),
        sa.Column("desa_code", sa.String(13)),
        sa.Column("lat", sa.Double),
        sa.Column("lon", sa.Double),
        sa.Column("dari", sa.Date, nullable=False),
        sa.Column("sampai", sa.Date, nullable=False),
        sa.Column("izin", sa.String(80), nullable=False),
    )
    op.create_table(
        "gawe_pajak_sppt",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nop", sa.String(18), nullable=False),
        sa.Column("tahun", sa.Integer, nullable=False),
        sa.Column("versi", sa.Integer, nullable=False),
        sa.Column("berlaku", sa.Boolean, nullable=False),
        sa.Column("wp_id", sa.Integer, sa.ForeignKey("gawe_pajak_wp.id"), nullable=False, index=True),
        sa.Column("nama", sa.String(120), nullable=False),
        sa.Column("alamat", sa.String(200), nullable=False),
        sa.Column("desa_code", sa.String(13), nullable=False),
        sa.Column("luas_bumi", sa.Integer, nullable=False),
        sa.Column("njop_bumi_m2", sa.BigInteger, nullable=False),
        sa.Column("luas_bangunan", sa.Integer, nullable=False),
        sa.Column("njop_bangunan_m2", sa.BigInteger, nullable=False),
        sa.Column("peruntukan", sa.String(10), nullable=False),
        sa.Column("njop", sa.BigInteger, nullable=False),
        sa.Column("njoptkp", sa.BigInteger, nullable=False),
        sa.Column("njkp_persen", sa.String(12), nullable=False),
        sa.Column("tarif_persen", sa.String(12), nullable=False),
        sa.Column("pokok", sa.BigInteger, nullable=False),
        sa.Column("pengurangan", sa.BigInteger, nullable=False),
        sa.Column("terutang", sa.BigInteger, nullable=False),
        sa.Column("jatuh_tempo", sa.Date, nullable=False),
        sa.Column("terbit_at", TimestampUTC, nullable=False),
        sa.Column("diantar_on", sa.Date),
        sa.Column("diantar_by", sa.Integer),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("sebab", sa.String(200), nullable=False),
        sa.Column("set_by", sa.Integer),
        sa.Column("paid_at", TimestampUTC),
        sa.Column("dibayar", sa.BigInteger, nullable=False),
        sa.Column("ntpd", sa.String(40), nullable=False),
        sa.Column("bill_id", sa.Integer),
        sa.Column("ditegur", sa.Integer, nullable=False),
        sa.UniqueConstraint("nop", "tahun", "versi"),
    )
    op.create_index("ix_gawe_pajak_sppt_dhkp", "gawe_pajak_sppt", ["tahun", "desa_code", "nop"], sqlite_where=BERLAKU_1, postgresql_where=BERLAKU)
    op.create_index("ix_gawe_pajak_sppt_paid", "gawe_pajak_sppt", ["paid_at"])
    op.create_index("ix_gawe_pajak_sppt_status", "gawe_pajak_sppt", ["status", "jatuh_tempo", "id"])
    op.create_index("ix_gawe_pajak_sppt_sum", "gawe_pajak_sppt", ["tahun", "desa_code", "status", "terutang"], sqlite_where=BERLAKU_1, postgresql_where=BERLAKU)
    op.create_index("uq_gawe_pajak_sppt_berlaku", "gawe_pajak_sppt", ["tahun", "nop"], unique=True, sqlite_where=BERLAKU_1, postgresql_where=BERLAKU)
    op.create_table(
        "gawe_pajak_usaha",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("wp_id", sa.Integer, sa.ForeignKey("gawe_pajak_wp.id"), nullable=False, index=True),
        sa.Column("jenis", sa.String(20), nullable=False, index=True),
        sa.Column("kelas", sa.String(20), nullable=False),
        sa.Column("nama", sa.String(120), nullable=False),
        sa.Column("alamat", sa.String(200), nullable=False),
        sa.Column("desa_code", sa.String(13)),
        sa.Column("sejak", sa.Date, nullable=False),
        sa.Column("aktif", sa.Boolean, nullable=False),
    )
    op.create_table(
        "gawe_pajak_permohonan",
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey("core_berkas.id"), primary_key=True),
        sa.Column("jenis", sa.String(20), nullable=False),
        sa.Column("nop", sa.String(18), nullable=False, index=True),
        sa.Column("sppt_id", sa.Integer, sa.ForeignKey("gawe_pajak_sppt.id")),
        sa.Column("alasan", sa.Text, nullable=False),
        sa.Column("isi", sa.JSON, nullable=False),
        sa.Column("hasil_id", sa.Integer),
    )
    op.create_table(
        "gawe_pajak_sptpd",
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey("core_berkas.id"), primary_key=True),
        sa.Column("usaha_id", sa.Integer, sa.ForeignKey("gawe_pajak_usaha.id"), nullable=False),
        sa.Column("masa", sa.Date, nullable=False, index=True),
        sa.Column("pembetulan", sa.Integer, nullable=False),
        sa.Column("dasar", sa.BigInteger, nullable=False),
        sa.Column("pajak", sa.BigInteger, nullable=False),
        sa.Column("hitungan", sa.JSON, nullable=False),
        sa.Column("batas_bayar", sa.Date),
        sa.Column("batas_lapor", sa.Date),
        sa.Column("dilaporkan_at", TimestampUTC, nullable=False),
        sa.Column("paid_at", TimestampUTC),
        sa.Column("dibayar", sa.BigInteger, nullable=False),
        sa.Column("ntpd", sa.String(40), nullable=False),
        sa.Column("bill_id", sa.Integer),
    )
    op.create_index("uq_gawe_pajak_sptpd_masa", "gawe_pajak_sptpd", ["usaha_id", "masa", "pembetulan"], unique=True)
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
    columns = ("jenis", "kelas", "mulai", "persen", "dasar_hukum")
    tarif = sa.table("gawe_pajak_tarif", *(sa.column(name) for name in (*columns, "contoh")), sa.column("dari", sa.Date))
    op.bulk_insert(
        tarif,
        [
            {
                **dict(zip(columns, row, strict=True)),
                "dari": date(2025, 1, 5) if row[0].startswith("opsen") else date(2020, 1, 1),
                "contoh": "contoh" in row[-1],
            }
            for row in EXAMPLES
        ],
    )


def downgrade() -> None:
    for name in (
        "gawe_pajak_surat",
        "gawe_pajak_sptpd",
        "gawe_pajak_permohonan",
        "gawe_pajak_usaha",
        "gawe_pajak_sppt",
        "gawe_pajak_reklame",
        "gawe_pajak_objek",
        "gawe_pajak_ketetapan",
        "gawe_pajak_bphtb",
        "gawe_pajak_wp",
        "gawe_pajak_simpanan",
        "gawe_pajak_impor_tolak",
        "gawe_pajak_tarif",
        "gawe_pajak_opsen",
        "gawe_pajak_impor",
        "gawe_pajak_buku",
    ):
        op.drop_table(name)
