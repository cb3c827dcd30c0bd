"""Invented reports: what people write, and what offices answer, for each category."""

from __future__ import annotations

# category -> (title, description); `{place}` is a place in the desa, `{since}` how long it lasts
COMPLAINTS: dict[str, tuple[tuple[str, str], ...]] = {
    "JLN-RSK": (
        (
            "Jalan berlubang di {place}",
            "Lubang cukup dalam dan tersebar di kedua lajur. {since}, pengendara motor sering menghindar sampai ke tengah. Kalau hujan tidak kelihatan.",
        ),
        (
            "Aspal amblas di {place}",
            "Bahu jalan amblas sekitar setengah meter, sudah dipasang bambu oleh warga. {since}, truk pasir tetap lewat sehingga makin lebar.",
        ),
        (
            "Jalan retak dan bergelombang di {place}",
            "Permukaan retak seperti kulit buaya, mobil harus jalan pelan. {since}, belum ada perbaikan, padahal ini jalan utama anak sekolah.",
        ),
        (
            "Jalan tergenang setiap hujan di {place}",
            "Air tidak mengalir dan menggenang setinggi mata kaki. {since}, aspalnya terkelupas, kerikilnya berserakan.",
        ),
        ("Tambalan jalan lepas lagi di {place}", "Bekas tambalan lama sudah lepas dan lubangnya lebih besar dari semula. {since}, sudah tiga motor jatuh."),
    ),
    "JMB-RSK": (
        (
            "Pagar jembatan putus di {place}",
            "Pagar sisi kiri hilang kira-kira empat meter. {since}, hanya ditutup tali. Malam hari gelap dan anak-anak bermain di dekatnya.",
        ),
        ("Lantai jembatan berlubang di {place}", "Papan dan cor di ujung jembatan pecah, besinya kelihatan. {since}, mobil bak terbuka tidak berani lewat."),
        ("Oprit jembatan turun di {place}", "Sambungan jalan dengan jembatan turun sehingga ada undakan tinggi. {since}, banyak motor tersentak."),
    ),
    "PJU-MTI": (
        (
            "Lampu jalan mati di {place}",
            "Empat tiang berturut-turut padam. {since}, warga yang pulang pengajian memakai senter. Dekat sini juga pernah ada penjambretan.",
        ),
        ("Tiang lampu miring di {place}", "Tiang miring ke arah jalan setelah tersenggol truk. {since}, kabelnya kendur dan menyentuh ranting."),
        ("Lampu jalan berkedip di {place}", "Lampu menyala-mati sepanjang malam. {since}, sudah disampaikan ke RT tetapi belum ada petugas datang."),
    ),
    "DRN-MPT": (
        ("Saluran mampet di {place}", "Got penuh lumpur dan sampah plastik, airnya hitam dan bau. {since}, kalau hujan meluap ke teras rumah."),
        ("Drainase runtuh di {place}", "Dinding saluran ambrol sepanjang beberapa meter sehingga menutup aliran. {since}, air lari ke jalan."),
        ("Tutup saluran hilang di {place}", "Ada tiga tutup beton yang hilang, lubangnya menganga di trotoar. {since}, hanya ditandai ranting pisang."),
    ),
    "SMP-TPS": (
        ("Tumpukan sampah di {place}", "Sampah rumah tangga menumpuk di pinggir jalan, sebagian dibakar. {since}, baunya sampai ke musala."),
        ("Bak sampah penuh tidak diangkut di {place}", "Bak sudah luber ke jalan, banyak lalat dan anjing. {since}, truk pengangkut belum datang lagi."),
        ("Pembuangan sampah liar di {place}", "Mobil bak dari luar desa membuang karung pada malam hari. {since}, tumpukannya sudah setinggi orang dewasa."),
    ),
    "AIR-BRS": (
        ("Air tidak mengalir di {place}", "Keran kering dari pagi sampai malam. {since}, warga membeli air tangki patungan."),
        ("Pipa bocor di {place}", "Pipa induk bocor, air terbuang ke selokan siang dan malam. {since}, tekanan di rumah kami jadi kecil."),
        ("Air keruh dan berbau di {place}", "Air berwarna kecokelatan dan berbau lumpur. {since}, tidak bisa dipakai memasak."),
    ),
    "CMR-LNG": (
        ("Bau menyengat dari saluran di {place}", "Air saluran berbusa dan berbau bahan kimia, ikan di kolam mati. {since}, paling terasa menjelang subuh."),
        ("Asap pembakaran di {place}", "Asap hitam dari pembakaran limbah masuk ke rumah dan sekolah. {since}, anak-anak batuk."),
        ("Limbah dibuang ke kali di {place}", "Air kali berubah warna kemerahan pada sore hari. {since}, petani takut memakai airnya untuk sawah."),
    ),
    "RWN-BNC": (
        ("Tebing longsor di {place}", "Tanah dan batu menutup separuh jalan. {since}, masih ada retakan di atasnya, kami khawatir longsor susulan."),
        ("Pohon tumbang di {place}", "Pohon besar melintang dan menimpa kabel. {since}, hanya motor yang bisa lewat."),
        ("Tanggul kali tergerus di {place}", "Tanggul tinggal setebal satu meter. {since}, kalau hujan di hulu air hampir melimpas."),
    ),
    "IRG-RSK": (
        ("Saluran irigasi jebol di {place}", "Air habis sebelum sampai ke sawah bagian bawah. {since}, petani bergiliran menambal dengan karung."),
        ("Pintu air macet di {place}", "Pintu air berkarat dan tidak bisa dibuka. {since}, puluhan hektare terancam gagal tanam."),
    ),
    "TRT-UMM": (
        ("Parkir liar di {place}", "Truk parkir berderet di bahu jalan sehingga macet pagi dan sore. {since}, pernah menyenggol anak sekolah."),
        ("Lapak menutup trotoar di {place}", "Pejalan kaki harus turun ke jalan. {since}, makin banyak dan bertenda permanen."),
        ("Kebisingan malam hari di {place}", "Musik keras sampai pukul dua pagi hampir setiap malam. {since}, sudah ditegur warga, tidak didengar."),
    ),
    "PLY-PBL": (
        (
            "Pelayanan surat lama di kantor desa",
            "Sudah tiga kali datang tetapi selalu disuruh kembali besok tanpa penjelasan. {since}, surat domisili belum jadi.",
        ),
        (
            "Diminta biaya di luar ketentuan",
            "Petugas menyebut ada biaya administrasi padahal papan pengumuman menulis gratis. {since}, beberapa tetangga mengalami hal yang sama.",
        ),
        ("Loket tutup pada jam kerja", "Datang pukul satu siang, loket kosong dan tidak ada keterangan. {since}, antrean menumpuk sampai sore."),
    ),
    "BNS-SLH": (
        (
            "Bantuan sosial tidak tepat sasaran",
            "Keluarga yang mampu menerima, sedangkan janda lansia di sebelahnya tidak. {since}, sudah ditanyakan ke RT, belum ada jawaban.",
        ),
        ("Beras bantuan tidak sampai", "Nama ada di daftar tetapi beras tidak pernah diterima. {since}, kami mohon ditelusuri."),
    ),
}
PLACES = (
    "depan SDN {desa}",
    "Kampung Pasir RT 03",
    "Kampung Baru RT 01",
    "pertigaan Pasar {kecamatan}",
    "dekat jembatan Kali {desa}",
    "depan Masjid Al-Ikhlas {desa}",
    "ruas {kecamatan}–{desa}",
    "samping balai desa {desa}",
    "Kampung Sukamaju RT 05",
    "depan puskesmas {kecamatan}",
    "tikungan Kampung Cibeber",
    "gang musala Nurul Huda",
)
SINCE = (
    "Sejak dua minggu lalu",
    "Sejak musim hujan",
    "Sudah lebih dari sebulan",
    "Sejak Lebaran",
    "Sudah berbulan-bulan",
    "Sejak tiga hari lalu",
    "Sejak awal tahun",
    "Sejak kendaraan proyek lewat sini",
)
ENDINGS = (
    "",
    " Mohon segera ditinjau.",
    " Kami sudah melapor ke desa, katanya menunggu kabupaten.",
    " Foto terlampir.",
    " Semoga cepat ditangani, terima kasih.",
    " Tolong jangan menunggu ada korban.",
    " Warga siap membantu kerja bakti.",
)
QUESTIONS = (
    ("Kapan jalan {place} diperbaiki?", "Saya ingin tahu apakah ruas ini masuk rencana tahun ini dan bagaimana warga dapat memantaunya. Terima kasih."),
    ("Usul lampu jalan di {place}", "Jalan ini gelap dan ramai anak mengaji. Kami mengusulkan pemasangan dua titik lampu pada tahun depan."),
)
STEP_WORDS: dict[str, tuple[str, ...]] = {
    "disposisi": ("", "Laporan lengkap, mohon ditindaklanjuti.", "Mohon dicek lapangan dan dijawab kepada pelapor.", ""),
    "terima": ("", "Laporan kami terima, petugas akan menghubungi ketua RT setempat.", "Terima kasih, laporan masuk daftar survei pekan ini.", ""),
    "survei": ("Petugas sudah mengukur di lapangan.", "Survei dilakukan bersama perangkat desa.", "Kerusakan sesuai laporan; kebutuhan bahan sedang dihitung."),
    "tangani_sementara": ("Lokasi diberi rambu dan ditutup sementara dengan batu pecah.", "Sudah diamankan sementara agar tidak membahayakan pengguna jalan."),
    "jadwalkan": ("Masuk jadwal regu pemeliharaan.", "Pekerjaan menunggu giliran alat berat pekan depan."),
    "kerjakan": ("Regu sudah berada di lokasi.", "Pekerjaan dimulai hari ini bersama warga.", "Alat dan bahan sudah di lokasi."),
    "anggarkan": ("Perlu penanganan menyeluruh. Diusulkan dalam perubahan anggaran dan dapat dipantau pada rencana kerja tahun tersebut.",),
    "selesaikan": ("Perbaikan selesai, foto terlampir.", "Sudah selesai dikerjakan dan dicek bersama ketua RT.", "Selesai. Mohon pelapor memeriksa hasilnya."),
    "jawab": (
        "Sudah kami jelaskan kepada pelapor dan pimpinan unit; tindak lanjut pembinaan dilakukan.",
        "Informasi lengkap sudah kami sampaikan. Terima kasih atas masukannya.",
    ),
    "minta_lengkapi": ("Mohon sebutkan nama jalan atau patokan terdekat, dan tambahkan foto.",),
    "tolak": ("Kiriman tidak berisi laporan yang dapat ditindaklanjuti.", "Isi berupa iklan, bukan laporan."),
    "gabung": ("Sudah ada laporan yang sama; Anda ikut mendukungnya.",),
    "teruskan_luar": ("Ruas ini kewenangan instansi lain; sudah kami teruskan dan kami pantau.",),
    "konfirmasi": ("", "Alhamdulillah sudah bagus, terima kasih.", "Betul, sudah selesai.", ""),
    "buka_kembali": ("Baru dua hari sudah rusak lagi di titik yang sama.", "Yang dikerjakan hanya sebagian, ujungnya belum."),
    "tutup": ("",),
}
COMMENTS = (
    "Betul, saya lewat sini tiap hari.",
    "Terima kasih dinas, cepat sekali.",
    "Sudah lama warga menunggu, semoga segera.",
    "Tetangga saya pernah jatuh di sini.",
    "Setelah hujan makin parah.",
    "Sudah ada petugas mengukur kemarin.",
    "Mohon kualitasnya dijaga, jangan cepat rusak lagi.",
    "Ikut memantau.",
)
REMARKS = ("", "", "Petugasnya ramah.", "Cepat ditangani.", "Agak lama, tetapi hasilnya baik.", "Mohon lebih cepat lain kali.")
