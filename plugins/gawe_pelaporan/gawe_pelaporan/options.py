"""What an operator may set about reports: legal figures are data, each with its source and the day it holds from."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from pendopo import N_, SettingSpec
from pendopo.kit.settings import value

from .categories import BY_CODE, OPD_DEFAULT
from .rules import DEFAULT_POINTS, KELAS_SETTING

SP4N = "Perpres 76/2013; PermenPANRB 62/2018"
OWN = "contoh; ditetapkan kabupaten"

SETTINGS = [
    SettingSpec("pelaporan.sla_verifikasi_hk", N_("Batas verifikasi (hari kerja)"), "days", 3, "", SP4N, minimum=1, maximum=60),
    SettingSpec("pelaporan.sla_informasi_hk", N_("Batas permintaan informasi dan aspirasi (hari kerja)"), "days", 5, "", SP4N, minimum=1, maximum=120),
    SettingSpec("pelaporan.sla_tidak_berkadar_hk", N_("Batas pengaduan tidak berkadar pengawasan (hari kerja)"), "days", 14, "", SP4N, minimum=1, maximum=120),
    SettingSpec("pelaporan.sla_berkadar_hk", N_("Batas pengaduan berkadar pengawasan (hari kerja)"), "days", 60, "", SP4N, minimum=1, maximum=250),
    SettingSpec("pelaporan.darurat_menit", N_("Batas menanggapi laporan darurat (menit)"), "int", 60, "", OWN, minimum=5, maximum=1440),
    SettingSpec("pelaporan.nomor_darurat", N_("Nomor telepon darurat"), "text", "112", N_("Ditampilkan pada laporan yang membahayakan jiwa."), OWN),
    SettingSpec("pelaporan.buka_kembali_hk", N_("Waktu membuka kembali (hari kerja)"), "days", 10, "", OWN, minimum=1, maximum=60),
    SettingSpec("pelaporan.buka_kembali_bebas", N_("Berapa kali dibuka kembali sebelum ke Inspektorat"), "int", 1, "", OWN, minimum=0, maximum=5),
    SettingSpec("pelaporan.tutup_otomatis_hk", N_("Tutup otomatis setelah selesai (hari kerja)"), "days", 10, "", OWN, minimum=1, maximum=60),
    SettingSpec(
        "pelaporan.lengkapi_hari", N_("Waktu melengkapi (hari kalender)"), "int", 30, "", "UU 25/2009 Pasal 46-50; perlu dikonfirmasi", minimum=1, maximum=90
    ),
    SettingSpec("pelaporan.radius_duplikat_m", N_("Jarak laporan serupa (meter)"), "int", 50, "", OWN, minimum=5, maximum=1000),
    SettingSpec("pelaporan.hari_duplikat", N_("Umur laporan serupa (hari)"), "int", 30, "", OWN, minimum=1, maximum=365),
    SettingSpec(
        "pelaporan.poin_prioritas", N_("Poin prioritas"), "json", DEFAULT_POINTS, N_("Bobot tiap keadaan; enam poin ke atas menjadi prioritas 1."), OWN
    ),
    SettingSpec("pelaporan.selisih_panjang_persen", N_("Selisih panjang yang diperingatkan (persen)"), "int", 20, "", OWN, minimum=1, maximum=100),
    SettingSpec("pelaporan.opd_kategori", N_("Dinas untuk setiap kategori"), "json", OPD_DEFAULT, N_("Kode kategori dan kode perangkat daerah."), OWN),
    SettingSpec("pelaporan.opd_koordinator", N_("Koordinator pengaduan"), "text", "diskominfo", N_("Kode perangkat daerah yang memverifikasi laporan."), OWN),
    SettingSpec("pelaporan.opd_pengawas", N_("Pengawas untuk pembukaan kedua"), "text", "inspektorat", "", OWN),
    SettingSpec("pelaporan.tanpa_akun", N_("Terima laporan tanpa akun"), "bool", True, "", OWN),
    SettingSpec("pelaporan.tanpa_akun_per_jam", N_("Laporan tanpa akun setiap jam dari satu alamat"), "int", 5, "", OWN, minimum=1, maximum=1000),
    SettingSpec("pelaporan.jurisdiction_id", N_("Yurisdiksi Open311"), "text", "serangkab.go.id", "", "Open311 GeoReport v2"),
    SettingSpec("pelaporan.open311_hari", N_("Rentang terbesar permintaan Open311 (hari)"), "int", 90, "", "Open311 GeoReport v2", minimum=1, maximum=366),
    SettingSpec("pelaporan.open311_baris", N_("Baris terbanyak jawaban Open311"), "int", 1000, "", "Open311 GeoReport v2", minimum=1, maximum=5000),
    SettingSpec(
        "pelaporan.desimal_rahasia", N_("Angka desimal letak laporan rahasia"), "int", 3, N_("Tiga desimal kira-kira seratus meter."), OWN, minimum=0, maximum=4
    ),
]


def option(db: Session, name: str, on: date | None = None) -> Any:
    """The value of `pelaporan.<name>` on a day (today)."""
    return value(db, f"pelaporan.{name}", on=on)


def class_days(db: Session, kelas: str, on: date | None = None) -> int:
    return int(value(db, KELAS_SETTING[kelas], on=on))


def opd_code_for(db: Session, service_code: str, on: date | None = None) -> str:
    """The code of the office that answers for a category; the category's own when the setting leaves it out."""
    table = option(db, "opd_kategori", on)
    return str(table.get(service_code) or BY_CODE[service_code].opd) if isinstance(table, dict) else BY_CODE[service_code].opd


def points(db: Session) -> dict[str, int]:
    """Priority points, completed by the defaults where the setting leaves something out."""
    held = option(db, "poin_prioritas")
    return {**DEFAULT_POINTS, **{key: int(number) for key, number in held.items() if key in DEFAULT_POINTS}} if isinstance(held, dict) else DEFAULT_POINTS
