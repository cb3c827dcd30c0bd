"""Names, purposes and budgets of invented proposals."""

from __future__ import annotations

BODIES = {
    "masjid": ("Masjid Jami Nurul Huda", "Masjid Al-Muttaqin", "Masjid Baiturrahman", "Masjid At-Taqwa", "Masjid Jami Al-Falah", "Masjid Nurul Iman"),
    "musala": ("Musala Al-Ikhlas", "Musala Nurul Yaqin", "Musala Baitul Makmur", "Musala Ar-Rahman", "Musala Al-Hidayah"),
    "ponpes": ("Pondok Pesantren Darul Falah", "Pondok Pesantren Al-Hikmah", "Pondok Pesantren Riyadul Jannah", "Pondok Pesantren Miftahul Ulum"),
    "madrasah": ("Madrasah Diniyah Nurul Ilmi", "Madrasah Diniyah Al-Barokah", "Madrasah Tsanawiyah Al-Khairiyah", "Madrasah Diniyah Raudlatul Athfal"),
    "majelis_taklim": ("Majelis Taklim As-Syifa", "Majelis Taklim Nurul Qolbi", "Majelis Taklim Al-Munawaroh"),
    "kelompok": (
        "Kelompok Tani Sri Rejeki",
        "Kelompok Tani Mekar Jaya",
        "Kelompok Wanita Tani Melati",
        "Kelompok Nelayan Bahari",
        "Kelompok Tani Sumber Makmur",
    ),
}
NAMES = (
    "H. Sanusi",
    "Ahmad Jazuli",
    "Ustaz Muhyidin",
    "Hj. Rohmah",
    "Saefudin",
    "Mahpudin",
    "KH. Asmawi",
    "Sumarni",
    "Tubagus Hasan",
    "Ratu Aminah",
    "Jumhana",
    "Encep Supriatna",
    "Kosasih",
    "Hj. Masitoh",
    "Rosadi",
    "Maemunah",
    "Suhardi",
    "Abdul Hadi",
    "Siti Rukoyah",
    "Nurhasan",
    "Ujang Suherman",
    "Marhamah",
)
PURPOSES = {
    "hibah_uang": (
        (
            "Perbaikan atap {name}",
            "Atap bocor di beberapa tempat sejak musim hujan lalu; jemaah salat bergeser ke serambi. Kayu kaso lapuk dan "
            "plafon mulai turun. Dengan bantuan ini rangka diganti baja ringan dan jemaah dapat beribadah dengan tenang.",
        ),
        (
            "Tempat wudu dan sanitasi {name}",
            "Tempat wudu hanya lima keran dan airnya keruh, sehingga antre panjang setiap Jumat. Bantuan dipakai untuk "
            "sumur bor, sepuluh keran, dan toilet yang dapat dipakai pengguna kursi roda.",
        ),
        (
            "Pembangunan ruang belajar {name}",
            "Anak-anak mengaji bergantian karena hanya ada satu ruang. Dua ruang baru membuat kelas sore dan malam dapat berjalan bersama.",
        ),
        (
            "Pagar dan penerangan {name}",
            "Halaman dipakai warga untuk kegiatan malam, tetapi gelap dan terbuka ke jalan besar. Pagar dan lampu membuat anak-anak aman.",
        ),
    ),
    "hibah_barang": (
        (
            "Material jalan lingkungan {place}",
            "Jalan kampung sepanjang 350 meter menjadi lumpur setiap hujan; ambulans tidak dapat masuk. Warga menyediakan "
            "tenaga, pemerintah kabupaten material paving.",
        ),
        (
            "Alat dan mesin untuk {name}",
            "Lahan dikerjakan dengan alat sewaan yang datang bergiliran, sehingga tanam sering terlambat. Satu unit "
            "traktor tangan dan pompa air melayani 42 hektare.",
        ),
        ("Mebel kelas {name}", "Murid belajar di lantai karena 30 meja rusak. Meja dan kursi baru dipakai 120 murid kelas sore."),
    ),
    "hibah_jasa": (
        (
            "Pelatihan pengurus {name}",
            "Pengurus belum pernah menyusun pembukuan sederhana. Pelatihan tiga hari membuat laporan penggunaan bantuan dapat disusun sendiri.",
        ),
    ),
}
NEEDS = (
    "Suami sakit menahun dan tidak dapat bekerja; penghasilan dari berjualan kecil tidak cukup untuk obat dan "
    "sekolah dua anak. Bantuan dipakai untuk kebutuhan pokok dan modal berjualan.",
    "Tinggal sendiri, berusia lanjut, rumah lembap dan tidak ada yang merawat. Bantuan dipakai untuk kebutuhan pokok dan perbaikan dapur.",
    "Anak penyandang disabilitas memerlukan kursi roda dan terapi. Keluarga bekerja sebagai buruh harian tanpa penghasilan tetap.",
    "Kepala keluarga meninggal tahun lalu; ibu mengasuh tiga anak usia sekolah. Bantuan dipakai untuk biaya hidup dan seragam.",
)
RAB = {  # by a word in the programme's title
    "ibadah": (("Semen 40 kg", "sak", 68_000), ("Pasir", "m3", 310_000), ("Baja ringan", "batang", 98_000), ("Cat tembok 20 kg", "kaleng", 415_000)),
    "pertanian": (("Traktor tangan", "unit", 27_500_000), ("Pompa air 3 dim", "unit", 3_200_000), ("Selang 50 meter", "gulung", 410_000)),
    "mebel": (("Meja dan kursi murid", "set", 640_000), ("Papan tulis", "buah", 450_000), ("Lemari buku", "unit", 1_350_000)),
    "jalan": (("Paving blok", "m2", 92_000), ("Pasir urug", "m3", 240_000), ("Kanstin", "buah", 26_000)),
    "pelatihan": (("Narasumber", "orang hari", 900_000), ("Bahan pelatihan", "paket", 75_000), ("Konsumsi", "kotak", 32_000)),
}
DISASTERS = (
    (
        "kebakaran",
        "Rumah terbakar di Kampung {place}",
        "Satu rumah habis terbakar pada dini hari karena hubungan pendek listrik. Keluarga mengungsi di rumah saudara; "
        "pakaian, surat-surat, dan alat kerja hilang.",
    ),
    (
        "banjir",
        "Rumah rusak karena banjir di {place}",
        "Air setinggi dua meter merendam rumah selama dua hari; dinding belakang roboh dan persediaan makanan habis.",
    ),
    (
        "angin",
        "Atap rumah terbang karena angin di {place}",
        "Angin puting beliung menerbangkan seluruh atap. Penghuni selamat tetapi tidak dapat tinggal di rumah.",
    ),
)
VISIT_NOTES = (
    "Objek sesuai proposal. Pengurus hadir dan menunjukkan pembukuan sederhana.",
    "Keadaan sesuai foto. Kegiatan berjalan setiap sore; daftar hadir tersedia.",
    "Bangunan ada dan dipakai. Papan nama sudah pudar, diminta diperbarui.",
    "Lokasi ditemukan, ukuran cocok dengan RAB. Warga siap bergotong royong.",
)
FIXES = (
    "Rekening masih atas nama pribadi dan foto belum jelas. Mohon dilengkapi keduanya.",
    "SK pengurus sudah habis masa berlakunya, dan surat domisili belum ditandatangani.",
)
STEP_WORDS = {
    "konfirmasi_desa": ("Benar, kegiatannya ada dan dikenal warga.", "Lembaga ini ada di wilayah kami.", ""),
    "disposisi": ("Administrasi lengkap.", ""),
    "minta_perbaikan": FIXES,
    "perbaiki": ("Sudah kami perbaiki; berkas baru terlampir.",),
    "rekomendasikan": ("Layak dibantu, hasil kunjungan sesuai.", "Direkomendasikan dengan penyesuaian volume."),
    "masukkan_anggaran": ("Masuk KUA-PPAS.", ""),
    "batalkan": ("Lembaga membubarkan diri sebelum perjanjian ditandatangani.", "Penerima mengundurkan diri."),
    "tarik": ("Sudah mendapat bantuan dari swadaya warga.",),
    "kirim_lpj": ("Laporan dan nota terlampir.",),
    "terima_lpj": ("Laporan lengkap. Terima kasih.",),
}
SUMMARIES = {
    "hibah_uang": "Uang untuk memperbaiki dan membangun sarana ibadah dan pendidikan keagamaan, dikirim ke rekening lembaga.",
    "hibah_barang": "Barang atau material yang diserahkan kepada lembaga atau kelompok masyarakat; tenaga disediakan warga.",
    "hibah_jasa": "Pendampingan dan pelatihan yang diselenggarakan perangkat daerah untuk lembaga.",
    "bansos_terencana": "Bantuan untuk keluarga rentan, lanjut usia, dan penyandang disabilitas menurut data sosial ekonomi tunggal (DTSEN).",
    "bansos_tak_terencana": "Bantuan segera setelah bencana atau risiko sosial, dilaporkan oleh desa.",
}
