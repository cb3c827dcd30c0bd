"""Words of the example station. Names of people and firms are invented; places are real."""

ALL = (0, 1, 2, 3, 4, 5, 6)
WORKDAYS = (0, 1, 2, 3, 4)
WEEKEND = (5, 6)

# title, description, presenter, language, class, days, at, minutes, music
PROGRAMMES = (
    ("Subuh Berkah", "Tadarus, kultum, dan harga pasar pagi.", "Ustaz Contoh", "id", "SU", ALL, "04:30", 90, ("pagi",)),
    ("Pagi Gawe", "Lalu lintas, cuaca, dan layanan yang buka hari ini.", "Rara Contoh dan Dimas Contoh", "id", "SU", WORKDAYS, "06:00", 180, ("pagi",)),
    ("Akhir Pekan Ceria", "Agenda desa, wisata pantai, dan kiriman salam.", "Dimas Contoh", "id", "SU", WEEKEND, "06:00", 180, ("pagi", "sore")),
    ("Bincang Gawe", "Kepala dinas menjawab pertanyaan warga.", "Rara Contoh", "id", "R", (1, 3), "09:00", 60, ()),
    ("Warung Warga", "Cerita usaha kecil dari 29 kecamatan.", "Nyai Contoh", "jv", "SU", (0, 2, 4), "09:00", 60, ()),
    ("Dapur Serang", "Resep, gizi anak, dan posyandu.", "Nyai Contoh", "id", "SU", ALL, "10:00", 120, ("sore",)),
    ("Warta Siang", "Berita kabupaten, pengumuman, dan harga pangan.", "Redaksi", "id", "SU", ALL, "12:00", 60, ()),
    ("Lagu Kenangan", "Musik pilihan redaksi.", "", "id", "SU", ALL, "13:00", 120, ()),
    ("Sore Pesisir", "Kabar nelayan, gelombang laut, dan bebasan Jawa Serang.", "Mang Contoh", "jv", "SU", ALL, "15:00", 120, ("sore",)),
    ("Jelang Magrib", "Kisah, selawat, dan waktu salat.", "Ustaz Contoh", "id", "SU", ALL, "17:00", 90, ("pagi",)),
    ("Karawitan Banten", "Gamelan dan tembang dari sanggar setempat.", "Ki Contoh", "su", "SU", ALL, "19:30", 90, ("malam",)),
    ("Malam Serang", "Teman berjaga: musik pelan dan bacaan ringan.", "", "id", "R", ALL, "21:00", 120, ("malam",)),
)

# title, priority, names of kecamatan, texts by language
WORDS = (
    (
        "Pelayanan KTP keliling di Ciruas", "info", ("Ciruas",),
        {"id": (
            "Mobil pelayanan KTP melayani warga di halaman Kantor Kecamatan Ciruas pada pukul 08.00-14.00. Bawalah kartu keluarga "
            "asli."
        )},
    ),
    (
        "Jalan Cinangka ditutup sebagian", "penting", ("Cinangka", "Mancak"),
        {"id": "Jalan raya Cinangka ditutup sebagian karena longsor. Kendaraan dialihkan lewat Mancak sampai pukul 18.00."},
        {"en": "Part of the Cinangka road is closed after a landslide. Traffic is diverted through Mancak until 6 p.m."},
    ),
    (
        "Imunisasi gratis di posyandu", "info", (),
        {"id": "Imunisasi bayi dan balita gratis di semua posyandu minggu ini. Bawalah buku KIA."},
    ),
    (
        "Air baku terganggu di Kragilan", "penting", ("Kragilan", "Kibin"),
        {"id": "Aliran air PDAM di Kragilan dan Kibin terganggu karena perbaikan pipa. Tangki air disiapkan di kantor desa."},
    ),
    (
        "Lelang ikan Pasauran", "info", ("Cinangka",),
        {"id": "Lelang ikan di Pasauran dibuka pukul 05.30. Harga tongkol pagi ini Rp28.000 per kilogram."},
    ),
    (
        "Batas bayar PBB tinggal sepuluh hari", "info", (),
        {"id": "Batas pembayaran PBB tinggal sepuluh hari. Bayarlah di bank, kantor pos, atau lewat portal."},
    ),
    (
        "Banjir rob di pesisir utara", "darurat", ("Pontang", "Tirtayasa"),
        {"id": (
            "Air laut pasang menggenangi jalan di Pontang dan Tirtayasa. Pindahkan kendaraan dan barang ke tempat yang lebih "
            "tinggi."
        )},
        {"en": "High tide floods roads in Pontang and Tirtayasa. Move vehicles and goods to higher ground."},
    ),
    (
        "Bursa kerja di Cikande", "info", ("Cikande",),
        {"id": "Bursa kerja dibuka di Cikande selama dua hari dengan 34 perusahaan. Bawalah kartu kuning dan fotokopi ijazah."},
    ),
    (
        "Dompet ditemukan di Pasar Baros", "info", ("Baros",),
        {"id": "Ditemukan dompet berisi kartu di Pasar Baros. Pemiliknya dapat mengambil di pos pasar dengan menyebutkan isinya."},
    ),
    (
        "Pemadaman listrik terjadwal", "info", ("Kramatwatu", "Bojonegara"),
        {"id": "PLN memadamkan listrik di Kramatwatu dan Bojonegara pukul 09.00-12.00 untuk perawatan jaringan."},
    ),
    (
        "Beasiswa santri dibuka", "info", (),
        {"id": "Pendaftaran beasiswa santri dibuka sampai akhir bulan. Syarat lengkap ada di portal."},
    ),
    (
        "Waspada demam berdarah", "penting", (),
        {"id": "Kasus demam berdarah meningkat. Kuras bak mandi, tutup tempat air, dan kubur barang bekas sekali seminggu."},
        {"en": "Dengue cases are rising. Drain, cover and bury water containers once a week."},
    ),
    (
        "Jadwal imsakiyah tersedia", "info", (),
        {"id": "Jadwal imsakiyah untuk semua kecamatan tersedia di portal dan dibacakan setiap pukul 04.30."},
    ),
    (
        "Gotong royong saluran irigasi", "info", ("Padarincang",),
        {"id": "Warga Padarincang bergotong royong membersihkan saluran irigasi hari Minggu pukul 07.00."},
    ),
    (
        "Pasar murah di Tanara", "info", ("Tanara",),
        {"id": "Pasar murah di Tanara menyediakan beras, minyak, dan gula. Satu keluarga satu paket."},
    ),
    (
        "Gelombang tinggi Selat Sunda", "penting", ("Anyar", "Cinangka"),
        {"id": "BMKG memperkirakan gelombang sampai 3 meter di Selat Sunda. Nelayan diminta menunda melaut. Sumber: BMKG."},
        {"en": "BMKG expects waves of up to 3 metres in the Sunda Strait. Fishers are asked to stay ashore. Source: BMKG."},
    ),
    (
        "Donor darah di pendopo", "info", (),
        {"id": "PMI mengadakan donor darah di pendopo kabupaten pukul 08.00-12.00. Sarapanlah sebelum datang."},
    ),
    (
        "Sekolah pantai untuk anak", "info", ("Anyar",),
        {"id": "Sekolah pantai di Anyar mengajak anak usia 7 sampai 12 tahun memungut sampah dan menanam mangrove."},
    ),
)

# words, hours ago, days to live, repeated every n minutes
NOW_WORDS = (
    ((
        "Perbaikan jembatan Pamarayan", "penting", ("Pamarayan", "Cikeusal"),
        {"id": "Jembatan Pamarayan diperbaiki. Kendaraan di atas 8 ton dialihkan lewat Cikeusal. Terima kasih atas pengertian Anda."},
        {"en": (
            "Pamarayan bridge is under repair. Vehicles above 8 tonnes are diverted through Cikeusal. Thank you for your "
            "understanding."
        )},
    ), 3, 4, 180),
    ((
        "Pelayanan kartu kuning di kecamatan", "info", (),
        {"id": "Mulai hari ini kartu pencari kerja dapat diurus di semua kantor kecamatan pada pukul 08.00-15.00."},
    ), 1, 2, 0),
    ((
        "Vaksin ternak gratis di Petir", "info", ("Petir", "Tunjung Teja"),
        {"id": "Vaksin sapi dan kambing gratis di Petir dan Tunjung Teja sampai hari Jumat."},
    ), 20, 3, 0),
)

# plugin, text, hours ago
READ_OUTS = (
    ("gawe_pelaporan", "Perbaikan jalan poros di Desa Anyar dimulai besok pagi. Pengendara diminta mengurangi kecepatan.", 2),
    ("gawe_pajak", "Jatuh tempo pajak reklame tinggal lima hari.", 6),
)
