"""What the scripts of this room say."""

from __future__ import annotations

from pendopo import _


def studio_words() -> dict[str, str]:
    return {
        "go": _("Mengudara"), "stop": _("Turun dari udara"), "opening": _("Menyambungkan mikrofon…"), "lamp_on": _("DI UDARA"), "lamp_off": _("TIDAK DI UDARA"),
        "lamp_other": _("%s DI UDARA"), "on": _("Anda di udara."), "off": _("Anda tidak di udara lagi."), "back": _("Tersambung lagi: Anda di udara."),
        "held": _("%s sedang memegang mikrofon."), "free": _("Mikrofon bebas."), "nobody": _("Bebas"), "revoked": _("Wewenang Anda dicabut. Mikrofon ditutup."),
        "taken": _("Mikrofon diambil penyiar lain. Anda tidak di udara."), "lease": _("Suara Anda tidak sampai. Mikrofon ditutup."),
        "line": _("Sambungan suara putus. Menyambung lagi…"), "no_mic": _("Mikrofon tidak dapat dibuka. Izinkan mikrofon di peramban, atau pilih alat lain."),
        "silent": _("Mikrofon tidak bersuara. Periksa alatnya."), "asked": _("%s meminta mikrofon."), "give": _("Serahkan"),
        "offered": _("%s menyerahkan mikrofon kepada Anda."), "accept": _("Terima dan mengudara"), "asking": _("Permintaan Anda disampaikan."),
        "given": _("Ditawarkan. Anda tetap di udara sampai diterima."), "link_on": _("Tersambung"), "link_off": _("Sambungan putus, mencoba lagi…"),
        "engine_off": _("Mesin siaran berhenti sejenak"), "music": _("Musik pilihan"),
        "leave": _("Anda sedang di udara. Tinggalkan meja dan turun dari udara?"),
        "way_webrtc": _("lewat WebRTC"), "way_opus": _("lewat websocket, Opus"), "way_pcm": _("lewat websocket, tanpa kompresi"),
        "refused": _("Tidak berhasil."),
        "queued": _("Lagu itu diputar sesudah yang sekarang."), "skipped": _("Lagu dilewati."), "monitor_on": _("Siaran terdengar di headphone Anda."),
        "talk_on_air": _("Turunlah dari udara dulu: pendengar ikut mendengar mikrofon ini."),
        "secure": _("Mikrofon hanya dapat dipakai lewat alamat https."),
    }


def call_words() -> dict[str, str]:
    return {
        "menunggu": _("Menunggu produser menjawab…"), "diterima": _("Anda di ruang tunggu. Siaran belum mendengar Anda."),
        "udara": _("Anda di udara. Silakan bicara."),
        "selesai": _("Telepon selesai. Terima kasih."), "no_mic": _("Mikrofon tidak dapat dibuka. Izinkan mikrofon di peramban, lalu coba lagi."),
        "lost": _("Sambungan putus. Silakan menelepon lagi."), "lamp": _("ANDA DI UDARA"), "wait": _("Menyambung…"),
        "talk": _("Produser berbicara dengan Anda."),
        "leave": _("Tutup telepon dan tinggalkan halaman ini?"), "secure": _("Mikrofon hanya dapat dipakai lewat alamat https."),
    }
