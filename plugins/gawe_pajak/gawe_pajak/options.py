"""What an operator may set about taxes: legal figures are data, each with its source and the day it holds from."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from pendopo import N_, SettingSpec
from pendopo.kit.settings import value

HKPD = "UU 1/2022; Perda perlu dikonfirmasi"
PP35 = "PP 35/2023; perlu dikonfirmasi"
OWN = "contoh; ditetapkan kabupaten"

SETTINGS = [
    SettingSpec(
        "pajak.njoptkp", N_("NJOPTKP"), "rupiah", 10_000_000, N_("Sekali setahun untuk setiap wajib pajak, pada objek dengan NJOP tertinggi."), HKPD, minimum=0
    ),
    SettingSpec("pajak.npoptkp", N_("NPOPTKP perolehan pertama"), "rupiah", 80_000_000, "", "UU 1/2022 Pasal 46; Perda perlu dikonfirmasi", minimum=0),
    SettingSpec(
        "pajak.npoptkp_waris", N_("NPOPTKP waris dan hibah wasiat"), "rupiah", 300_000_000, "", "UU 1/2022 Pasal 46; Perda perlu dikonfirmasi", minimum=0
    ),
    SettingSpec(
        "pajak.pembulatan", N_("Pembulatan pajak (rupiah)"), "int", 1, N_("1 membulatkan ke rupiah terdekat; setengah ke atas."), OWN, (1, 10, 100, 1000)
    ),
    SettingSpec("pajak.bunga_persen", N_("Bunga keterlambatan setiap bulan"), "percent", "1", "", PP35, minimum=0, maximum=5),
    SettingSpec("pajak.bunga_bulan", N_("Bunga paling lama (bulan)"), "months", 24, "", PP35, minimum=1, maximum=60),
    SettingSpec("pajak.jatuh_tempo_bulan_hari", N_("Jatuh tempo PBB (bulan-hari)"), "text", "08-31", N_("Paling lama enam bulan setelah SPPT diterima."), OWN),
    SettingSpec("pajak.skpd_hari", N_("Jatuh tempo SKPD (hari setelah terbit)"), "int", 30, "", PP35, minimum=1, maximum=180),
    SettingSpec("pajak.bayar_hk", N_("Batas bayar pajak bulanan (hari kerja setelah masa)"), "days", 10, "", PP35, minimum=1, maximum=30),
    SettingSpec("pajak.lapor_hk", N_("Batas lapor SPTPD (hari kerja setelah masa)"), "days", 15, "", PP35, minimum=1, maximum=30),
    SettingSpec("pajak.keberatan_bulan", N_("Batas mengajukan keberatan (bulan sejak SPPT diterima)"), "months", 3, "", PP35, minimum=1, maximum=12),
    SettingSpec("pajak.keputusan_bulan", N_("Batas keputusan keberatan (bulan)"), "months", 12, "", PP35, minimum=1, maximum=24),
    SettingSpec("pajak.mutasi_hk", N_("Batas penelitian mutasi, pengurangan, dan pengakuan objek (hari kerja)"), "days", 30, "", OWN, minimum=1, maximum=250),
    SettingSpec("pajak.daftar_hk", N_("Batas pendaftaran wajib pajak daerah (hari kerja)"), "days", 3, "", OWN, minimum=1, maximum=60),
    SettingSpec(
        "pajak.npwpd_pola",
        N_("Pola NPWPD"),
        "text",
        "P.{golongan}.{urut:07}.{kecamatan:02}.{desa:02}",
        N_("golongan (1 pribadi, 2 badan), urut, kecamatan dan desa (nomor urut dalam kodenya)."),
        OWN,
    ),
    SettingSpec("pajak.bphtb_hk", N_("Batas penelitian BPHTB (hari kerja)"), "days", 3, "", OWN, minimum=1, maximum=60),
    SettingSpec("pajak.daluwarsa_tahun", N_("Hak menagih gugur setelah (tahun)"), "int", 5, "", PP35, minimum=1, maximum=20),
    SettingSpec("pajak.tahun_tampil", N_("Tahun yang tampil saat cek tagihan"), "int", 5, "", OWN, minimum=1, maximum=20),
    SettingSpec(
        "pajak.cek_per_jam",
        N_("Cek tagihan setiap jam dari satu alamat"),
        "int",
        40,
        N_("Membatasi orang yang mencoba-coba nomor."),
        OWN,
        minimum=5,
        maximum=5000,
    ),
    SettingSpec("pajak.teguran_hari", N_("Surat teguran setelah lewat jatuh tempo (hari)"), "int", 7, "", PP35, minimum=1, maximum=365),
    SettingSpec("pajak.stpd_hari", N_("STPD setelah lewat jatuh tempo (hari)"), "int", 30, "", PP35, minimum=1, maximum=365),
    SettingSpec("pajak.paksa_hari", N_("Surat paksa setelah teguran (hari)"), "int", 21, "", PP35, minimum=1, maximum=365),
    SettingSpec(
        "pajak.kode_desa", N_("Nomor desa dalam NOP"), "json", {}, N_('Misalnya {"200001": "36.04.30.2001"}. Yang kosong mengikuti urutan kode desa.'), OWN
    ),
    SettingSpec(
        "pajak.nilai_sewa_reklame",
        N_("Nilai sewa reklame untuk satu m² sehari"),
        "json",
        {"A": 7500, "B": 5000, "C": 3000},
        N_("Kelas lokasi dan rupiah."),
        OWN,
    ),
    SettingSpec(
        "pajak.izin_reklame",
        N_("Izin yang menjadi objek pajak reklame"),
        "json",
        ["Izin Penyelenggaraan Reklame"],
        N_("Nama jenis izin; setiap izin yang terbit menunggu ditetapkan di halaman Ketetapan."),
        OWN,
    ),
    SettingSpec("pajak.air_harga", N_("Harga dasar air tanah (rupiah untuk satu m³)"), "rupiah", 5_000, "", OWN, minimum=0),
    SettingSpec("pajak.air_faktor", N_("Faktor nilai air"), "json", {"umum": "1", "industri": "1.5"}, N_("Kelompok pemakai dan pengalinya."), OWN),
    SettingSpec("pajak.opd", N_("Kode perangkat daerah pengelola pajak"), "text", "bapenda", "", OWN),
    SettingSpec("pajak.penanda_tangan", N_("Kode perangkat daerah yang kepalanya menandatangani"), "text", "bapenda", "", OWN),
]


def option(db: Session, name: str, on: date | None = None) -> Any:
    """The value of `pajak.<name>` on a day (today)."""
    return value(db, f"pajak.{name}", on=on)


def desa_numbers(db: Session) -> dict[str, str]:
    held = option(db, "kode_desa")
    return {str(key): str(code) for key, code in held.items()} if isinstance(held, dict) else {}


def first_day(year: int) -> date:
    """What an object was on 1 January is what is taxed, by the tariffs of that day."""
    return date(year, 1, 1)


def pbb_due(db: Session, year: int) -> date:
    """The day on which PBB of a year falls due."""
    month, _dash, day = str(option(db, "jatuh_tempo_bulan_hari", on=date(year, 1, 1))).partition("-")
    return date(year, int(month), int(day))
