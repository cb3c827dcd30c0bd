"""What an operator may set about permits: legal figures are data, each with its source and the day it holds from."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from pendopo import N_, SettingSpec
from pendopo.kit.settings import value

from .rules import SLA_DEFAULT_HK

OWN = "contoh; ditetapkan kabupaten"
ADMIN = "UU 30/2014 Pasal 77; perlu dikonfirmasi"

SETTINGS = [
    SettingSpec(
        "simponie.sla_bawaan_hk",
        N_("Batas keputusan bila jenis izin tidak menyebutnya (hari kerja)"),
        "days",
        SLA_DEFAULT_HK,
        "",
        "UU 30/2014 Pasal 53; UU Cipta Kerja",
        minimum=1,
        maximum=60,
    ),
    SettingSpec("simponie.perbaikan_hari", N_("Waktu pemohon memperbaiki (hari kalender)"), "int", 14, "", OWN, minimum=1, maximum=90),
    SettingSpec("simponie.keberatan_ajukan_hk", N_("Waktu mengajukan keberatan (hari kerja)"), "days", 21, "", ADMIN, minimum=1, maximum=60),
    SettingSpec("simponie.keberatan_putus_hk", N_("Batas memutus keberatan (hari kerja)"), "days", 10, "", ADMIN, minimum=1, maximum=60),
    SettingSpec("simponie.bayar_hari", N_("Jatuh tempo retribusi setelah SKRD (hari kalender)"), "int", 30, "", OWN, minimum=1, maximum=365),
    SettingSpec(
        "simponie.denda_persen",
        N_("Denda keterlambatan retribusi setiap bulan (persen)"),
        "percent",
        "1",
        N_("Bagian bulan dihitung penuh, paling lama 24 bulan."),
        "PP 35/2023; perlu dikonfirmasi",
        minimum=0,
        maximum=10,
    ),
    SettingSpec("simponie.rekening", N_("Rekening pendapatan retribusi"), "text", "4.1.02.03", "", OWN),
    SettingSpec(
        "simponie.pejabat", N_("Jabatan yang menandatangani"), "text", "", N_("Nama jabatan di perangkat daerah pemilik izin; kosong berarti pimpinannya."), OWN
    ),
    SettingSpec(
        "simponie.ingatkan_hari",
        N_("Ingatkan sebelum izin berakhir (hari)"),
        "int",
        90,
        N_("Dipakai bila jenis izin tidak menyebutnya."),
        OWN,
        minimum=1,
        maximum=365,
    ),
    SettingSpec(
        "simponie.rahasia_oss",
        N_("Kunci bersama webhook OSS"),
        "text",
        "",
        N_("Kosong berarti webhook OSS ditutup. Paling sedikit 32 huruf."),
        "kesepakatan antar sistem",
    ),
    SettingSpec(
        "simponie.rahasia_simbg",
        N_("Kunci bersama webhook SIMBG"),
        "text",
        "",
        N_("Kosong berarti webhook SIMBG ditutup. Paling sedikit 32 huruf."),
        "kesepakatan antar sistem",
    ),
    SettingSpec("simponie.webhook_detik", N_("Umur terbesar kiriman webhook (detik)"), "int", 300, "", OWN, minimum=30, maximum=3600),
    SettingSpec(
        "simponie.peniru", N_("Nyalakan peniru OSS dan SIMBG"), "bool", False, N_("Hanya untuk percobaan dan pelatihan; setiap kasusnya bertanda tiruan."), OWN
    ),
]


def option(db: Session, name: str, on: date | None = None) -> Any:
    """The value of `simponie.<name>` on a day (today)."""
    return value(db, f"simponie.{name}", on=on)
