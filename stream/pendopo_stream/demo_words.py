"""What the demo station says: identification, jingles, times of prayer, clips and a recorded talk. All of it invented."""

from __future__ import annotations

IDENT = "Anda mendengarkan Radio Serang Gawe. Suara warga Kabupaten Serang."

# (file, title, words, genre), after a chime.
SPOKEN = (
    ("ident/ident_warga.mp3", "Ident warga", "Radio Serang Gawe. Dari warga, untuk warga.", "ident"),
    ("cart/sapaan_studio.mp3", "Sapaan studio", "Halo, warga Serang!", "klip"),
    ("cart/pembuka_warta.mp3", "Pembuka warta", "Warta Serang Gawe. Kabar dari desa dan kota.", "klip"),
    ("cart/penutup_warta.mp3", "Penutup warta", "Demikian warta. Terima kasih sudah mendengarkan.", "klip"),
    ("cart/telepon_siaran.mp3", "Ajakan menelepon", "Teleponlah siaran kami dari halaman radio.", "klip"),
    ("cart/lalu_lintas.mp3", "Info lalu lintas", "Info lalu lintas.", "klip"),
    ("cart/cuaca.mp3", "Info cuaca", "Info cuaca, sumber B M K G.", "klip"),
    (
        "programme/harga_pasar.mp3", "Harga pasar tani dan nelayan",
        "Harga pasar hari ini. Gabah kering panen tujuh ribu rupiah. Cabai merah empat puluh dua ribu. Tongkol di Pasauran dua puluh delapan ribu. "
        "Harga dapat berubah. Salam untuk petani dan nelayan Kabupaten Serang.", "layanan",
    ),
)

# The same, after strokes of a bedug: heard at a time of prayer where nobody put a recorded adzan. The genre is its time.
PRAYERS = (
    ("adzan/imsak.mp3", "Waktu imsak", "Telah masuk waktu imsak untuk wilayah Serang dan sekitarnya.", "imsak"),
    *(
        (f"adzan/{name.lower()}.mp3", f"Waktu {name}", f"Telah masuk waktu {name} untuk wilayah Serang dan sekitarnya.", name.lower())
        for name in ("Subuh", "Zuhur", "Asar", "Magrib", "Isya")
    ),
)

# The same, over a flourish of gamelan.
JINGLES = (
    ("jingle/jingle_gawe.mp3", "Jingle Gawe", "Serang Gawe. Dekat, cepat, dan ramah.", "ident"),
    ("jingle/jingle_pagi.mp3", "Jingle pagi", "Selamat pagi, Kabupaten Serang!", "pagi"),
    ("jingle/jingle_sore.mp3", "Jingle sore", "Pulang kerja, tetap bersama Radio Serang Gawe.", "sore"),
    ("jingle/jingle_lapor.mp3", "Jingle lapor", "Jalan rusak? Lampu padam? Laporkan lewat Serang Gawe.", "layanan"),
)

TALK = ("programme/bincang_saluran.mp3", "Bincang warga: saluran air sebelum hujan", "bincang")
# A host and a guest, by turns.
TURNS = (
    "Selamat datang di Bincang Warga. Hari ini kita berbicara tentang saluran air, sebab musim hujan sudah dekat. "
    "Di studio ada seorang ketua R T, tamu kita, yang warganya bergotong royong setiap bulan. Apa yang dilakukan warga di sana?",
    "Terima kasih. Kami mulai dari yang sederhana. Setiap Minggu pertama, satu rumah mengirim satu orang. "
    "Kami angkat lumpur dari selokan, lalu kami angkut sebelum hujan membawanya kembali. Dua jam selesai, lalu makan bersama.",
    "Banyak pendengar bertanya, bagaimana kalau salurannya rusak, atau tertutup bangunan?",
    "Itu bukan urusan cangkul lagi. Kami foto, lalu kami laporkan lewat Serang Gawe. Tulis letaknya dengan jelas, dekat apa, dan sejak kapan. "
    "Laporan kami bulan lalu dijawab dalam tiga hari. Petugas datang, mengukur, dan memberi tahu kapan diperbaiki.",
    "Apa pesan untuk warga yang tinggal di dekat sungai?",
    "Simpan surat penting di tempat tinggi, dan dalam plastik. Catat nomor darurat seratus dua belas. "
    "Kalau ada peringatan dari B M K G, dengarkan radio ini. Jangan menunggu air masuk rumah. Bantu dulu yang sepuh dan anak kecil.",
    "Terima kasih banyak. Itulah Bincang Warga. Bersihkan saluran di depan rumah, laporkan yang rusak, dan tetap dengarkan Radio Serang Gawe. Sampai jumpa.",
)
