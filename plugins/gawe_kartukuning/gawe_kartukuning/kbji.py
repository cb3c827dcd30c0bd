"""Occupations (Klasifikasi Baku Jabatan Indonesia 2014): the unit groups that a regency meets, four digits each.

An extract, with names in plain words; the first digit is the major group.
"""

from __future__ import annotations

from functools import lru_cache

from pendopo import N_

GROUPS = {
    "1": N_("Manajer"),
    "2": N_("Profesional"),
    "3": N_("Teknisi dan asisten profesional"),
    "4": N_("Tenaga tata usaha"),
    "5": N_("Tenaga usaha jasa dan penjualan"),
    "6": N_("Pekerja terampil pertanian dan perikanan"),
    "7": N_("Pekerja pengolahan dan kerajinan"),
    "8": N_("Operator dan perakit mesin"),
    "9": N_("Pekerja kasar"),
}

_TITLES = """
1211 Manajer keuangan
1212 Manajer sumber daya manusia
1221 Manajer penjualan dan pemasaran
1321 Manajer produksi pabrik
1411 Manajer hotel
1412 Manajer restoran
1420 Manajer toko
2141 Insinyur industri dan produksi
2142 Insinyur sipil
2144 Insinyur mesin
2145 Insinyur kimia
2151 Insinyur listrik
2211 Dokter umum
2221 Perawat profesional
2222 Bidan profesional
2262 Apoteker
2263 Ahli kesehatan lingkungan dan K3
2320 Guru kejuruan
2330 Guru sekolah menengah
2341 Guru sekolah dasar
2342 Guru taman kanak-kanak
2359 Tenaga pengajar lain
2411 Akuntan
2423 Ahli kepegawaian dan karier
2431 Ahli periklanan dan pemasaran
2511 Analis sistem
2512 Pengembang perangkat lunak
2513 Pengembang web dan multimedia
2521 Perancang basis data
2522 Administrator sistem
2611 Ahli hukum
2635 Pekerja sosial
2642 Wartawan
3112 Teknisi sipil
3113 Teknisi listrik
3114 Teknisi elektronika
3115 Teknisi mesin
3116 Teknisi kimia
3118 Juru gambar
3119 Teknisi laboratorium industri
3122 Pengawas produksi
3123 Pengawas bangunan
3131 Operator pembangkit listrik
3133 Operator proses kimia
3135 Operator pengolahan logam
3139 Operator kendali proses
3151 Ahli mesin kapal
3211 Teknisi pencitraan medis
3212 Teknisi laboratorium medis
3213 Asisten apoteker
3221 Asisten perawat
3257 Pengawas kesehatan dan keselamatan kerja
3313 Tenaga pembukuan
3322 Tenaga penjualan perusahaan
3323 Tenaga pembelian
3331 Agen kepabeanan dan ekspedisi
3341 Penyelia kantor
3343 Sekretaris
3411 Asisten hukum
3432 Perancang interior dan dekorasi
3434 Juru masak kepala
3511 Teknisi operasi komputer
3512 Teknisi layanan pengguna komputer
3513 Teknisi jaringan komputer
3514 Teknisi web
3522 Teknisi telekomunikasi
4110 Tenaga administrasi umum
4120 Sekretaris umum
4131 Operator pengolah kata
4132 Tenaga entri data
4211 Teller bank
4221 Tenaga perjalanan wisata
4222 Petugas pusat panggilan
4224 Resepsionis hotel
4225 Petugas informasi
4226 Resepsionis umum
4311 Tenaga akuntansi
4312 Tenaga statistik dan asuransi
4313 Tenaga penggajian
4321 Tenaga gudang
4322 Tenaga perencanaan produksi
4323 Tenaga angkutan dan ekspedisi
4412 Kurir dan pengantar surat
4416 Tenaga kepegawaian
5113 Pemandu wisata
5120 Juru masak
5131 Pramusaji
5132 Barista
5141 Penata rambut
5142 Ahli kecantikan
5151 Penyelia kebersihan
5152 Penata rumah tangga
5153 Penjaga gedung
5212 Penjual makanan keliling
5221 Pemilik toko
5222 Penyelia toko
5223 Pramuniaga
5230 Kasir
5241 Model dan peraga
5242 Peraga barang dagangan
5244 Tenaga penjualan lewat telepon
5245 Petugas pompa bensin
5311 Pengasuh anak
5321 Perawat jompo dan orang sakit di rumah
5414 Petugas keamanan
5419 Petugas pemadam dan penyelamatan
6111 Petani padi dan palawija
6113 Petani kebun dan bibit
6121 Peternak sapi dan kambing
6122 Peternak unggas
6221 Pembudidaya ikan dan udang
6222 Nelayan
7111 Tukang bangunan rumah
7112 Tukang batu
7114 Tukang beton
7115 Tukang kayu bangunan
7121 Tukang atap
7122 Tukang lantai dan keramik
7126 Tukang ledeng dan pipa
7127 Mekanik pendingin dan AC
7131 Tukang cat
7211 Pencetak logam cor
7212 Juru las dan potong
7213 Pekerja pelat logam
7214 Perakit struktur baja
7221 Pandai besi
7222 Pembuat perkakas
7223 Operator mesin perkakas
7231 Mekanik kendaraan bermotor
7233 Mekanik mesin industri
7311 Perakit alat presisi
7322 Operator cetak
7411 Instalatir listrik bangunan
7412 Mekanik listrik
7421 Mekanik elektronika
7422 Teknisi pemasangan TIK
7511 Pengolah daging dan ikan
7512 Pembuat roti dan kue
7515 Pencicip dan penguji mutu pangan
7522 Pembuat mebel
7531 Penjahit
7532 Pembuat pola dan potong kain
7536 Pembuat sepatu
7543 Pemeriksa mutu barang
8121 Operator pengolah logam
8122 Operator pelapis logam
8131 Operator produk kimia
8141 Operator mesin karet
8142 Operator mesin plastik
8143 Operator mesin kertas
8151 Operator pemintalan
8152 Operator tenun dan rajut
8153 Operator mesin jahit
8154 Operator pencelupan kain
8156 Operator mesin sepatu
8160 Operator pengolahan makanan dan minuman
8171 Operator bubur kertas
8181 Operator kaca dan keramik
8182 Operator boiler
8183 Operator pengemasan dan pelabelan
8189 Operator mesin lain
8211 Perakit mesin
8212 Perakit alat listrik dan elektronik
8219 Perakit barang lain
8322 Sopir mobil, taksi, dan bak terbuka
8331 Sopir bus
8332 Sopir truk dan trailer
8342 Operator alat berat
8343 Operator derek dan crane
8344 Operator forklift
8350 Awak kapal
9111 Pembantu rumah tangga
9112 Petugas kebersihan gedung
9122 Pencuci kendaraan
9211 Buruh tani
9216 Buruh perikanan
9312 Buruh pekerjaan umum
9313 Buruh bangunan
9321 Buruh pengemas
9329 Buruh pabrik
9333 Buruh bongkar muat
9334 Pengisi rak toko
9412 Pembantu dapur
9611 Petugas sampah
9621 Pesuruh dan pengantar barang
9622 Pekerja serabutan
"""


@lru_cache(maxsize=1)
def titles() -> dict[str, str]:
    """Code -> title of what ships."""
    return {line[:4]: line[5:] for line in _TITLES.strip().splitlines()}


def title_of(code: str) -> str:
    return titles().get(code, code)


def grouped() -> dict[str, list[tuple[str, str]]]:
    """Group title -> `(code, title)`, for a list to choose from."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code, title in titles().items():
        found.setdefault(GROUPS[code[0]], []).append((code, title))
    return found


def choices(empty: str = "") -> list[tuple[str, str]]:
    """Every occupation by its name, with the code behind it."""
    first = [("", empty)] if empty else []
    return [*first, *((code, f"{title} ({code})") for code, title in sorted(titles().items(), key=lambda pair: pair[1]))]


def find(text: str) -> str:
    """The code for a code or a title as somebody typed it; "" when there is none."""
    clean = " ".join(text.split()).casefold()
    if clean in titles():
        return clean
    return next((code for code, title in titles().items() if title.casefold() == clean), "")
