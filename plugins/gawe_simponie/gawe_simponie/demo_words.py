"""Invented answers, findings and remarks."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

FINDINGS = (
    "Lokasi sesuai gambar dan denah yang diajukan; akses jalan baik.",
    "Ukuran di lapangan sesuai isian; papan nama sudah terpasang dengan benar.",
    "Sesuai, dengan catatan pohon di sisi utara tidak boleh dipangkas.",
)
REASONS = (
    "Pindaian STR tidak terbaca. Unggah lagi foto yang lebih jelas.",
    "Surat persetujuan pemilik lahan belum ditandatangani.",
    "Gambar rancangan belum memuat ukuran. Lengkapi panjang dan lebarnya.",
    "Proposal belum memuat jadwal penelitian.",
)
ANSWERS = ("Sudah saya unggah lagi, terima kasih.", "Suratnya sudah ditandatangani, terlampir.", "Ukurannya sudah saya tulis pada gambar.")
REFUSALS = (
    "Lokasi berada di sempadan jalan nasional dan tidak dapat direkomendasikan.",
    "Trayek yang diminta sudah penuh menurut kajian kebutuhan angkutan.",
    "Kegiatan berada di luar wilayah kabupaten.",
)
REMARKS = ("Cepat dan jelas.", "Tidak perlu bolak-balik ke kantor.", "Petugasnya membantu.", "Sempat menunggu peninjauan lapangan.", "")
SUPERVISED = (
    "Kegiatan sesuai izin; papan izin terpasang.",
    "Nomor izin belum ditulis pada papan; pemegang diminta memasangnya.",
    "Reklame melebihi ukuran yang diizinkan.",
)

_CAMPUS = ("Universitas Sultan Ageng Tirtayasa", "UIN Sultan Maulana Hasanuddin", "Universitas Serang Raya", "Poltekkes Banten")
_TITLES = (
    "Ketahanan pangan keluarga nelayan pesisir",
    "Pengaruh BUM Desa terhadap pendapatan warga",
    "Kualitas air sumur di sekitar kawasan industri",
    "Literasi digital guru sekolah dasar",
    "Pengelolaan sampah rumah tangga",
    "Stunting dan pola asuh",
    "Pemasaran emping melinjo",
)
_EVENTS = ("Pentas Seni Pemuda", "Turnamen Voli Antarkampung", "Hajatan Khitanan Massal", "Pasar Malam Rakyat", "Festival Debus")
_ADS = ("Promo kredit motor", "Perumahan baru", "Minuman kemasan", "Kampus baru", "Toko bangunan")
_CLINICS = ("Klinik Sehat Bersama", "Puskesmas", "Praktik Mandiri", "Klinik Medika", "RS Contoh")


def values_for(code: str, dice: random.Random, when: date) -> dict[str, Any]:
    """Believable answers of a type's form, as they are kept."""
    start = when + timedelta(days=dice.randint(5, 30))
    end = start + timedelta(days=dice.choice((30, 60, 90, 180, 365)))
    days = {"mulai": start.isoformat(), "selesai": end.isoformat()}
    if code.startswith("SIP-"):
        return {
            "profesi": "Perawat" if code == "SIP-PERAWAT" else dice.choice(("Dokter umum", "Dokter gigi", "Dokter spesialis anak")),
            "nomor_str": f"STR-{dice.randint(10**6, 10**7)}",
            "str_berlaku_sampai": (when + timedelta(days=dice.randint(900, 2400))).isoformat(),
            "jenis_praktik": dice.choice(("mandiri", "fasilitas")),
            "nama_tempat": dice.choice(_CLINICS),
            "alamat_praktik": f"Jalan Raya {dice.randint(1, 90)}",
            "jadwal": "Senin sampai Jumat, 16.00 sampai 20.00",
        }
    if code == "REKLAME":
        return {
            "jenis_reklame": dice.choice(("billboard", "papan", "kain")),
            "isi": dice.choice(_ADS),
            "panjang_m": str(dice.randint(2, 8)),
            "lebar_m": str(dice.randint(1, 6)),
            "sisi": dice.choice((1, 2)),
            **days,
        }
    if code == "PENELITIAN":
        return {
            "lembaga": dice.choice(_CAMPUS),
            "judul": dice.choice(_TITLES),
            "bidang": dice.choice(("sosial", "pendidikan", "kesehatan", "teknik", "ekonomi")),
            "tempat": "Beberapa desa",
            **days,
        }
    if code == "MAKAM":
        return {
            "nama_almarhum": "Almarhum (contoh)",
            "tanggal_wafat": (when - timedelta(days=1)).isoformat(),
            "tpu": "TPU Kabupaten",
            "kelas": dice.choice(("a", "b", "b", "tidak_mampu")),
            "hubungan": dice.choice(("anak", "pasangan", "lain")),
        }
    if code == "KERAMAIAN":
        return {
            "nama_acara": dice.choice(_EVENTS),
            "jenis": dice.choice(("pertunjukan", "lomba", "hajatan", "pasar")),
            "tanggal": start.isoformat(),
            "sampai_tanggal": (start + timedelta(days=2)).isoformat(),
            "penonton": dice.choice((200, 500, 900)),
            "penanggung_jawab": "Panitia",
        }
    if code == "TRAYEK":
        return {
            "nib": f"9{dice.randint(10**11, 10**12 - 1)}",
            "badan_usaha": "Koperasi Angkutan (contoh)",
            "trayek": "Ciruas - Pontang - Tirtayasa",
            "jumlah_kendaraan": dice.randint(3, 20),
        }
    if code == "ASET":
        return {
            "nama_aset": dice.choice(("Alun-alun", "Gedung serbaguna", "Lapangan tenis")),
            "kegunaan": dice.choice(("usaha", "sosial", "olahraga")),
            "luas_m2": str(dice.choice((50, 100, 200))),
            "hari": dice.randint(1, 5),
            "mulai": start.isoformat(),
            "selesai": (start + timedelta(days=5)).isoformat(),
        }
    return {
        "nomor_simbg": f"PBG-3604{dice.randint(10**8, 10**9)}",
        "fungsi": dice.choice(("hunian", "hunian", "usaha", "usaha_umkm", "keagamaan")),
        "luas_lantai": str(dice.choice((45, 60, 90, 120, 200, 450))),
        "jumlah_lantai": dice.choice((1, 1, 2)),
        "kompleksitas": dice.choice(("sederhana", "tidak_sederhana")),
        "permanensi": "permanen",
        "kepemilikan": "perorangan",
        "kegiatan": "baru",
    }
