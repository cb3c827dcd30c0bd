"""Words of the invented year."""

FIRST = (
    "Ahmad", "Asep", "Dedi", "Eko", "Fajar", "Hasan", "Ibrahim", "Iwan", "Jaka", "Lukman", "Maman", "Mulyadi", "Nana", "Rachmat", "Ridwan", "Rudi", "Saepul",
    "Sarmin", "Ujang", "Wawan", "Yusuf", "Zaenal", "Aisyah", "Ani", "Cucu", "Dewi", "Eneng", "Euis", "Fitri", "Halimah", "Ida", "Iis", "Kokom", "Lilis",
    "Maryam", "Neneng", "Nurhayati", "Rohmah", "Siti", "Sri", "Sumiati", "Titin", "Umi", "Yayah", "Zahra",
)  # fmt: skip
LAST = (
    "Firmansyah", "Hidayat", "Kurniawan", "Mulyana", "Maulana", "Permana", "Rohim", "Sanjaya", "Santosa", "Setiawan", "Suhaeri", "Sutisna", "Syafei", "Yahya",
    "Fauzi", "Gunawan", "Hakim", "Jamaludin", "Mansyur", "Nugraha", "Aminah", "Handayani", "Hasanah", "Khodijah", "Kurniasih", "Lestari", "Marlina",
    "Nuraeni", "Puspita", "Rahayu", "Rosmiati", "Salamah", "Suryani", "Wulandari", "Fatimah", "Hartati", "Jubaedah", "Laelasari",
)  # fmt: skip
STREETS = (
    "Jl. Raya Anyer", "Jl. Raya Cilegon", "Jl. Masjid", "Jl. Pasar", "Jl. Kebon Jahe", "Jl. Ciruas Petir", "Jl. Sawah Luhur", "Jl. Pelabuhan",
    "Jl. Bojong", "Jl. Cikande Permai", "Jl. Pesantren", "Jl. Balai Desa",
)  # fmt: skip
# kelas, land (low, high, mode), values of a m², building (low, high, mode), values, weight
CLASSES = (
    ("umum", (60, 450, 130), (200_000, 285_000, 394_000, 537_000, 702_000), (30, 180, 60), (823_000, 968_000, 1_200_000), 70),
    ("umum", (80, 900, 220), (1_032_000, 1_274_000, 1_722_000), (60, 600, 150), (1_200_000, 1_516_000, 2_200_000), 12),
    ("pangan", (800, 12_000, 2_500), (27_000, 36_000, 48_000, 64_000), (0, 0, 0), (0,), 15),
    ("umum", (5_000, 90_000, 14_000), (614_000, 850_000, 1_147_000), (1_500, 30_000, 5_000), (1_833_000, 2_200_000, 3_000_000), 3),
)  # fmt: skip
# jenis, name of the business, lowest and highest monthly base
BUSINESSES = (
    ("pbjt_makan", "RM Sate Bandeng {}", 18_000_000, 95_000_000),
    ("pbjt_makan", "Warung Seafood {}", 12_000_000, 140_000_000),
    ("pbjt_makan", "Kedai Kopi {}", 9_000_000, 60_000_000),
    ("pbjt_hotel", "Hotel {}", 60_000_000, 900_000_000),
    ("pbjt_hotel", "Penginapan {}", 15_000_000, 80_000_000),
    ("pbjt_parkir", "Parkir Pantai {}", 8_000_000, 55_000_000),
    ("pbjt_hiburan", "Taman Wisata {}", 20_000_000, 260_000_000),
    ("pbjt_khusus", "Karaoke {}", 15_000_000, 70_000_000),
    ("pbjt_listrik", "Pembangkit PT {}", 90_000_000, 800_000_000),
    ("mblb", "Tambang Batu {}", 70_000_000, 600_000_000),
    ("walet", "Gedung Walet {}", 5_000_000, 40_000_000),
    ("pat", "PT {} Tirta", 400, 9_000),
)
PLACES = (
    "Anyar",
    "Cinangka",
    "Karang Bolong",
    "Ciruas",
    "Kragilan",
    "Cikande",
    "Kibin",
    "Kramatwatu",
    "Bojonegara",
    "Sambolo",
    "Marbella",
    "Pasauran",
    "Baros",
    "Padarincang",
    "Petir",
)
REASONS = {
    "keberatan": ("Luas bangunan di SPPT 180 m², menurut IMB hanya 96 m².", "NJOP naik tiga kali dari tahun lalu, padahal tetangga tidak."),
    "pengurangan": ("Saya pensiunan dan penghasilan hanya dari uang pensiun.", "Sawah gagal panen karena banjir pada Februari."),
    "mutasi": ("SPPT masih atas nama penjual; kami membeli dengan AJB tahun lalu.", "Tanah warisan dibagi untuk tiga orang anak."),
    "objek": ("Ini rumah yang saya tempati; SPPT lama atas nama saya.", "Objek ini milik almarhum ayah saya, saya ahli warisnya."),
}  # fmt: skip
BILLBOARDS = (
    "Promo Semen",
    "Perumahan Griya Asri",
    "Operator Seluler",
    "Minuman Segar",
    "Sekolah Penerbangan",
    "Dealer Motor",
    "Rumah Sakit Harapan",
    "Rokok Filter",
)
