"""What an operator may set: legal figures are data, each with its source and the day it holds from."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from pendopo import N_, SettingSpec
from pendopo.identity import find_opd
from pendopo.kit.settings import value

LAW = "Permenaker 39/2016; perlu dicocokkan dengan Permenaker 18/2024"
OWN = "contoh; ditetapkan kabupaten"

SETTINGS = [
    SettingSpec("kartukuning.masa_bulan", N_("Masa berlaku kartu (bulan)"), "months", 24, "", LAW, minimum=6, maximum=60),
    SettingSpec("kartukuning.lapor_bulan", N_("Jarak antara dua laporan (bulan)"), "months", 6, "", LAW, minimum=1, maximum=24),
    SettingSpec(
        "kartukuning.tenggang_hari",
        N_("Tenggang setelah tanggal lapor (hari)"),
        "int",
        30,
        N_("Sesudahnya kartu tidak dipakai sampai pemegangnya melapor."),
        OWN,
        minimum=0,
        maximum=180,
    ),
    SettingSpec("kartukuning.buka_lapor_hari", N_("Laporan dibuka sekian hari sebelumnya"), "int", 30, "", OWN, minimum=0, maximum=90),
    SettingSpec("kartukuning.ingatkan_hari", N_("Pengingat sekian hari sebelum lapor"), "json", [30, 7, 1], "", OWN),
    SettingSpec("kartukuning.perpanjang_hari", N_("Perpanjangan dibuka sekian hari sebelum berakhir"), "int", 30, "", OWN, minimum=1, maximum=180),
    SettingSpec("kartukuning.sla_verifikasi_hk", N_("Batas verifikasi (hari kerja)"), "days", 1, "", OWN, minimum=1, maximum=30),
    SettingSpec(
        "kartukuning.sla_loket_hk", N_("Batas verifikasi di loket (hari kerja)"), "days", 0, N_("0 berarti pada hari yang sama."), OWN, minimum=0, maximum=30
    ),
    SettingSpec("kartukuning.sla_terbit_hk", N_("Batas penerbitan setelah disetujui (hari kerja)"), "days", 1, "", OWN, minimum=1, maximum=30),
    SettingSpec("kartukuning.umur_min", N_("Umur paling muda pencari kerja"), "int", 15, "", "UU 13/2003 Pasal 68-69; gawe 2", minimum=13, maximum=21),
    SettingSpec("kartukuning.umk", N_("Upah minimum kabupaten (UMK) sebulan"), "rupiah", 4_857_353, "", "contoh; ditetapkan gubernur setiap tahun", minimum=0),
    SettingSpec("kartukuning.lowongan_hari_maks", N_("Lowongan paling lama terbit (hari)"), "int", 90, "", OWN, minimum=7, maximum=365),
    SettingSpec("kartukuning.impor_baris_maks", N_("Baris terbanyak satu daftar sekolah"), "int", 600, "", OWN, minimum=10, maximum=5000),
    SettingSpec("kartukuning.periksa_per_jam", N_("Pemeriksaan kartu setiap jam dari satu alamat"), "int", 60, "", OWN, minimum=5, maximum=5000),
    SettingSpec(
        "kartukuning.nomor",
        N_("Pola nomor kartu"),
        "text",
        "3604/AK1/{year}/{seq:06}",
        N_("{year} tahun, {seq:06} nomor urut enam angka; tanpa {year} nomornya berlanjut terus."),
        OWN,
    ),
    SettingSpec("kartukuning.opd", N_("Perangkat daerah yang menerbitkan kartu"), "text", "disnakertrans", N_("Kode perangkat daerah."), OWN),
]


def option(db: Session, name: str, on: date | None = None) -> Any:
    """The value of `kartukuning.<name>` on a day (today)."""
    return value(db, f"kartukuning.{name}", on=on)


def number(db: Session, name: str, on: date | None = None) -> int:
    return int(option(db, name, on))


def reminders(db: Session) -> tuple[int, ...]:
    """Days before a report on which a holder is reminded; the usual ones when the setting is no list of numbers."""
    held = option(db, "ingatkan_hari")
    return tuple(n for n in held if isinstance(n, int) and n >= 0) if isinstance(held, list) else (30, 7, 1)


def office_id(db: Session) -> int | None:
    opd = find_opd(db, str(option(db, "opd")))
    return opd.id if opd else None
