"""Words that are often needed, to begin with: what stands in brackets is filled in by the announcer."""

from __future__ import annotations

from dataclasses import dataclass

from pendopo import N_


@dataclass(frozen=True)
class Sample:
    slug: str
    name: str
    title: str
    text: str
    priority: str = "info"
    category: str = "Safety"
    repeat_min: int = 0


SAMPLES = (
    Sample("kehilangan", N_("Surat hilang"), "Ditemukan: [jenis surat] atas nama [nama]",
           "Telah ditemukan [jenis surat] atas nama [nama] di [tempat]. Pemilik dapat mengambilnya di [kantor] pada jam kerja dengan membawa tanda pengenal.",
           category="Other", repeat_min=180),
    Sample("jalan", N_("Jalan ditutup"), "Jalan [nama jalan] ditutup",
           "Jalan [nama jalan] ditutup karena [sebab] sampai [waktu]. Kendaraan dialihkan lewat [jalan lain]. Ikutilah petunjuk petugas.",
           "penting", "Transport", 60),
    Sample("lelang", N_("Lelang ikan"), "Lelang ikan [tempat]",
           "Lelang ikan di [tempat] dibuka pukul [jam]. Harga pagi ini: tongkol [harga] per kilogram, kembung [harga] per kilogram.", category="Other"),
    Sample("harga", N_("Harga pangan"), "Harga pangan hari ini",
           "Harga pangan di pasar [pasar] pagi ini: beras [harga] per kilogram, cabai merah [harga] per kilogram, telur ayam [harga] per kilogram.",
           category="Other"),
    Sample("listrik", N_("Listrik atau air padam"), "[Listrik atau air] terganggu di [tempat]",
           "Aliran [listrik atau air] di [tempat] terganggu sampai [waktu] karena [sebab]. [Keterangan bantuan.]", "penting", "Infra"),
    Sample("latihan", N_("Latihan tsunami"), "Latihan evakuasi tsunami [tempat]",
           "Sirene di [tempat] dibunyikan pukul [jam] untuk latihan evakuasi. Berjalanlah ke titik kumpul bersama petugas.", "penting", "Geo"),
)


def sample(slug: str) -> Sample | None:
    return next((one for one in SAMPLES if one.slug == slug), None)
