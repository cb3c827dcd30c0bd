"""What an operator may set: figures of the Perbup are data, each with its source and the day from which it holds."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from pendopo import N_, SettingSpec
from pendopo.kit.settings import value

from .rules import POINTS

PERBUP = "Permendagri 77/2020; Perbup hibah dan bansos (contoh, perlu dikonfirmasi)"
OWN = "contoh; ditetapkan kabupaten"

SETTINGS = [
    SettingSpec(
        "pemantauan.jeda_tahun",
        N_("Jeda antartahun pencairan"),
        "int",
        2,
        N_("Dihitung dari tahun pencairan: 2 berarti tidak dua tahun berturut-turut."),
        PERBUP,
        minimum=0,
        maximum=10,
    ),
    SettingSpec("pemantauan.plafon_uang", N_("Plafon hibah uang"), "rupiah", 50_000_000, N_("Dipakai bila program tidak menyebut plafon."), PERBUP, minimum=0),
    SettingSpec("pemantauan.plafon_barang", N_("Plafon hibah barang"), "rupiah", 200_000_000, "", PERBUP, minimum=0),
    SettingSpec("pemantauan.lpj_batas", N_("Batas LPJ tahun berikutnya (bulan-tanggal)"), "text", "01-10", N_("Ditulis seperti 01-10."), PERBUP),
    SettingSpec(
        "pemantauan.diam_hk", N_("Proposal tanpa kabar (hari kerja)"), "days", 14, N_("Sesudahnya proposal ditandai kuning."), OWN, minimum=1, maximum=120
    ),
    SettingSpec("pemantauan.konfirmasi_hk", N_("Batas konfirmasi desa atau kecamatan (hari kerja)"), "days", 5, "", OWN, minimum=1, maximum=60),
    SettingSpec("pemantauan.administrasi_hk", N_("Batas pemeriksaan administrasi (hari kerja)"), "days", 10, "", OWN, minimum=1, maximum=60),
    SettingSpec("pemantauan.lapangan_hk", N_("Batas verifikasi lapangan (hari kerja)"), "days", 30, "", OWN, minimum=1, maximum=120),
    SettingSpec(
        "pemantauan.perbaikan_hari", N_("Waktu memperbaiki berkas (hari kalender)"), "int", 30, "", "UU 25/2009; perlu dikonfirmasi", minimum=1, maximum=120
    ),
    SettingSpec("pemantauan.darurat_hari", N_("Sasaran bansos darurat (hari kalender)"), "int", 7, "", OWN, minimum=1, maximum=60),
    SettingSpec(
        "pemantauan.usia_lembaga_tahun", N_("Umur lembaga paling sedikit (tahun)"), "int", 2, N_("Yang lebih muda diberi tanda."), PERBUP, minimum=0, maximum=10
    ),
    SettingSpec("pemantauan.jarak_kunjungan_m", N_("Jarak kunjungan dari titik usulan (meter)"), "int", 500, "", OWN, minimum=50, maximum=20000),
    SettingSpec("pemantauan.anonim_minimal", N_("Jumlah penerima paling sedikit yang ditampilkan"), "int", 5, "", "UU 27/2022", minimum=2, maximum=50),
    SettingSpec("pemantauan.poin_kunjungan", N_("Bobot nilai kunjungan lapangan"), "json", POINTS, N_("Jumlahnya seratus."), OWN),
    SettingSpec("pemantauan.opd_kesra", N_("Bagian yang mengoordinasikan"), "text", "kesra", N_("Kode perangkat daerah."), OWN),
    SettingSpec("pemantauan.opd_tapd", N_("Sekretariat TAPD"), "text", "setda", N_("Kode perangkat daerah."), OWN),
    SettingSpec("pemantauan.opd_bendahara", N_("Perangkat daerah yang mencairkan"), "text", "setda", N_("Kode perangkat daerah (PPKD)."), OWN),
    SettingSpec("pemantauan.penanda_sk", N_("Penanda tangan lampiran SK"), "text", "Bupati", N_("Nama jabatan; Plt atau Plh menggantikan sendiri."), PERBUP),
    SettingSpec("pemantauan.penanda_nphd", N_("Penanda tangan NPHD"), "text", "Sekretaris Daerah", N_("Nama jabatan yang diberi kuasa Bupati."), PERBUP),
    SettingSpec(
        "pemantauan.pengaduan_calo",
        N_("Telepon pengaduan calo"),
        "text",
        "0800-0000-555",
        N_("Ditampilkan di samping peringatan bahwa layanan ini gratis."),
        OWN,
    ),
]


def option(db: Session, name: str, on: date | None = None) -> Any:
    """The value of `pemantauan.<name>` on a day (today)."""
    return value(db, f"pemantauan.{name}", on=on)


def visit_points(db: Session) -> dict[str, int]:
    """Weights of a field visit, completed by the defaults."""
    held = option(db, "poin_kunjungan")
    return {**POINTS, **{key: int(number) for key, number in held.items() if key in POINTS}} if isinstance(held, dict) else POINTS
